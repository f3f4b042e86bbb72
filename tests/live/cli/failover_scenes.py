"""Incidents of a cluster of pg_auto_failover, for the recorded worlds of `db-failover`: a real monitor, two nodes and an API that needs them."""

import subprocess

from http_servers import Service
from pg_cluster import PgCluster
from servers import free_port, wait_until

BOOK = "db-failover"
INPUTS = ["-p", "api=api"]
SQL = "SELECT bool_and(health = 1) FROM pgautofailover.node WHERE reportedstate = 'primary'"


class Api:
    """It says that it is up where the cluster lets it write, and not while the node that it `shuns` is the primary."""

    def __init__(self, cluster, project, **more):
        self.service = Service({"/health/deep": lambda _: self.health()})
        self.cluster, self.shuns = cluster, None
        project.target("api", self.service.url, kind="http", **more)

    def health(self):
        writes = ["psql", "-X", "-q", "-d", self.cluster.address, "-c", "INSERT INTO orders DEFAULT VALUES"]
        well = subprocess.run(writes, capture_output=True, timeout=8, env=self.cluster.environment).returncode == 0 and self.cluster.primary.name != self.shuns
        word = "up" if well else "down"
        return 200 if well else 503, {}, {"status": word, "components": {"database": {"status": word}}}

    def in_public(self, text):
        return text.replace(f"127.0.0.1:{self.service.port}", "api.example.org")

    def stop(self):
        self.service.stop()


def cluster(stage, env="prod"):
    made = PgCluster()
    stage.others += [Api(made, stage.project, env=env), made]
    made.declare(stage.project, env=env)
    return made


def sees_it_down(cluster):
    wait_until(lambda: cluster.monitor.sql(SQL, "pg_auto_failover") == "f", "the monitor sees that the primary is down", 30)


def is_at_it(cluster):
    wait_until(lambda: "→stop_replication" in str(cluster.states()) or "'stop_replication'" in str(cluster.states()), "the monitor is at it", 60)


def kill_standby(cluster):
    standby = cluster.standby
    standby.kill()
    wait_until(lambda: "→catchingup" in cluster.states()[standby.name], "the standby is given up", 60)


def hold(node, count, *statements):
    """So many sessions at that node, which have sent these statements."""
    sessions = [subprocess.Popen([*node.words("shop", "changer"), "-q"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=node.cluster.environment)
                for _ in range(count)]
    for session in sessions:
        session.stdin.write("".join(f"{statement};\n" for statement in statements) or "SELECT 1;\n")
        session.stdin.flush()
    wait_until(lambda: int(node.sql("SELECT count(*) FROM pg_stat_activity WHERE usename = 'changer' AND state LIKE 'idle%'")) >= count, "they are there", 30)
    return sessions


class Sessions:
    def __init__(self, sessions):
        self.sessions = sessions

    def in_public(self, text):
        return text

    def stop(self):
        for session in self.sessions:
            session.kill()
            session.wait(10)


def healthy(stage):
    cluster(stage)
    stage.run(BOOK, "--dry-run", *INPUTS)


def primary_down(stage):
    made = cluster(stage)
    made.tune(node_considered_unhealthy_timeout="120s")
    made.primary.kill()
    sees_it_down(made)
    stage.carry_out(BOOK, "fail-over", *INPUTS, ends=(0, 5, 11))


def after_it(stage):
    made = cluster(stage)
    made.primary.kill()
    wait_until(lambda: "wait_primary" in made.states().values(), "another one takes writes", 60)
    stage.run(BOOK, "--dry-run", *INPUTS)


def failing_over(stage):
    made = cluster(stage)
    made.tune(primary_demote_timeout="20s")
    made.primary.kill()
    is_at_it(made)
    stage.run(BOOK, "--dry-run", *INPUTS)


def no_standby(stage):
    made = cluster(stage)
    kill_standby(made)
    made.primary.kill()
    wait_until(lambda: made.monitor.sql("SELECT max(health) FROM pgautofailover.node", "pg_auto_failover") == "0", "both are seen to be down", 30)
    stage.run(BOOK, "--dry-run", *INPUTS)


def one_left(stage):
    made = cluster(stage)
    kill_standby(made)
    wait_until(lambda: "'wait_primary'" in str(made.states()), "commits wait for nobody", 30)
    stage.run(BOOK, "--dry-run", *INPUTS)


def held_open(stage):
    made = cluster(stage)
    made.primary.sql("GRANT pg_signal_backend TO changer; GRANT changer TO looker")
    stage.others.append(Sessions(hold(made.primary, 10, "BEGIN", "SELECT 1")))
    stage.carry_out(BOOK, "end-idle", *INPUTS, "-p", "crowded=8", "-p", "idle=0")


def crowded(stage):
    made = cluster(stage)
    stage.others.append(Sessions(hold(made.primary, 10)))
    stage.run(BOOK, "--dry-run", *INPUTS, "-p", "crowded=8")


def api_unwell(stage):
    made = cluster(stage)
    stage.others[0].shuns = made.primary.name
    stage.run(BOOK, "--dry-run", *INPUTS)


def moved(stage):
    made = cluster(stage)
    stage.others[0].shuns = made.primary.name
    stage.carry_out(BOOK, "fail-over", *INPUTS, ends=(0, 5, 11))


def cut_off(stage):
    made = cluster(stage)
    there = made.primary
    stage.project.targets[there.name]["url"] = f"postgresql://127.0.0.1:{free_port()}/shop"
    stage.project.write_inventory()
    stage.run(BOOK, "--dry-run", *INPUTS)


def two_primaries(stage):
    """Somebody promoted the standby by hand, and nobody stopped the primary."""
    made = cluster(stage)
    made.standby.sql("SELECT pg_promote()", "postgres")
    stage.run(BOOK, "--dry-run", *INPUTS)


def monitor_away(stage):
    cluster(stage).monitor.kill()
    stage.run(BOOK, "--dry-run", *INPUTS)


SCENES = {
    f"{BOOK}/healthy": healthy,
    f"{BOOK}/primary-down": primary_down,
    f"{BOOK}/after-it": after_it,
    f"{BOOK}/failing-over": failing_over,
    f"{BOOK}/no-standby": no_standby,
    f"{BOOK}/one-left": one_left,
    f"{BOOK}/held-open": held_open,
    f"{BOOK}/crowded": crowded,
    f"{BOOK}/api-unwell": api_unwell,
    f"{BOOK}/moved": moved,
    f"{BOOK}/cut-off": cut_off,
    f"{BOOK}/monitor-away": monitor_away,
    f"{BOOK}/two-primaries": two_primaries,
}
