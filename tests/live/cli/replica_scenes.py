"""Incidents of a replica, for the recorded worlds of `db-replica-down`: a real primary and its standby, a unit of a real systemd."""

from servers import wait_until
from sshd import Sshd
from standby import Standby
from systemd import Systemd

UNIT = "postgresql@15-main.service"


class Replica:
    """A primary and its standby, with what the standby runs in; what a stage wants of the things that end with it."""

    def __init__(self, folder, project, primary, env="prod", **settings):
        self.primary = primary
        self.standby = Standby(primary, start=False, slot="standby_1", **settings)
        self.systemd = Systemd(folder / "systemd")
        self.standby.as_unit(self.systemd, UNIT)
        self.host = Sshd(folder / "sshd", path=f"{self.systemd.bin}:/usr/bin:/bin")
        project.targets["db-2-host"] = {"kind": "ssh", "address": "127.0.0.1", "ssh_config": str(self.host.folder / "ssh_config"), "env": env}
        project.target("db-1", primary.url(""), kind="postgres", user="looker", env=env)
        project.target("db-2", self.standby.url(""), kind="postgres", user="looker", env=env, host="db-2-host")

    def kill(self):
        self.systemd.ctl("kill", "--signal=KILL", UNIT)
        wait_until(lambda: self.systemd.show(UNIT, "ActiveState") == "failed", "systemd knows that it ended")

    def write(self, rows=1):
        """Something for it to follow."""
        self.primary.sql(f"CREATE TABLE IF NOT EXISTS t (n int); INSERT INTO t SELECT generate_series(1, {rows})", database="shop")

    def starve(self):
        """Up, and nothing feeds it any more: where it is told to ask, nobody listens."""
        self.standby.sql("ALTER SYSTEM SET primary_conninfo = 'host=/nonexistent'")
        self.standby.sql("SELECT pg_reload_conf()")
        wait_until(lambda: not self.standby.receives(), "nothing feeds it")

    def in_public(self, text):
        for server, name in ((self.primary, "db-1"), (self.standby, "db-2")):
            text = text.replace(f"?host={server.folder}&port={server.port}", f"?host=/run/{name}")
            text = text.replace(f"{server.folder}/.s.PGSQL.{server.port}", f"/run/{name}/.s.PGSQL.5432").replace(str(server.folder), f"/run/{name}")
        return text.replace(str(self.host.folder), "/etc/ssh")

    def stop(self):
        self.host.stop()
        self.systemd.stop()
        self.standby.stop()


WORDS = ["-p", "primary=db-1", "-p", "replica=db-2"]


def pair(stage, **settings):
    primary = stage.postgres()
    replica = Replica(stage.folder, stage.project, primary, **settings)
    stage.others.append(replica)
    return replica


def readers(stage):
    """Two instances that read from the replica."""
    stage.docker()
    for name in ("api-1", "api-2"):
        stage.instance(name, env={"READ_DATABASE_URL": "postgresql://db-2/shop"}).wait("healthy")
    return ["-p", "instances=tag:backend"]


def well(stage):
    """So little late that only one who took the age of the last change for it would say so."""
    pair(stage).write()
    stage.run("db-replica-down", "--dry-run", *WORDS, "-p", "late=0")


def down(stage):
    pair(stage).kill()
    stage.carry_out("db-replica-down", "restart-replica", *WORDS)


def starved(stage):
    replica = pair(stage)
    replica.write()
    replica.starve()
    stage.carry_out("db-replica-down", "without-replica", *WORDS, *readers(stage), ends=(0, 5))


def late(stage):
    """Its slot is in use, and counts for nothing, however little is too much."""
    replica = pair(stage, hot_standby_feedback="off", max_standby_streaming_delay="-1")
    replica.write(10)
    session = behind(replica)
    stage.run("db-replica-down", "--dry-run", *WORDS, "-p", "late=2", "-p", "slot_bytes=-1")
    session.kill()
    session.wait(10)


def behind(replica):
    """A long look at what the primary cleans up holds up the replay; gives the session that looks."""
    wait_until(lambda: replica.standby.sql("SELECT count(*) FROM t", database="shop") == "10", "it has followed")
    looking = replica.standby.session("BEGIN ISOLATION LEVEL REPEATABLE READ;", "SELECT count(*) FROM t;", role="postgres")
    replica.primary.sql("DELETE FROM t", database="shop")
    replica.primary.sql("VACUUM t", database="shop")
    replica.write(1000)
    wait_until(lambda: float(replica.standby.sql("SELECT extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())")) > 4, "it is late")
    return looking


def paused(stage):
    replica = pair(stage)
    replica.write()
    replica.standby.sql("SELECT pg_wal_replay_pause()")
    wait_until(lambda: replica.standby.sql("SELECT pg_get_wal_replay_pause_state()") == "paused", "it is paused")
    stage.run("db-replica-down", "--dry-run", *WORDS)


def slot_grows(stage):
    replica = pair(stage)
    replica.kill()
    replica.write(50000)
    stage.run("db-replica-down", "--dry-run", *WORDS, "-p", "slot_bytes=1000000")


def promoted(stage):
    replica = pair(stage)
    replica.standby.sql("SELECT pg_promote()")
    stage.run("db-replica-down", "--dry-run", *WORDS)


def swapped(stage):
    pair(stage)
    stage.run("db-replica-down", "--dry-run", "-p", "primary=db-2", "-p", "replica=db-1", "-p", "host=db-2-host")


def primary_down(stage):
    pair(stage).primary.kill()
    stage.run("db-replica-down", "--dry-run", *WORDS)


SCENES = {
    "db-replica-down/healthy": well,
    "db-replica-down/down": down,
    "db-replica-down/not-streaming": starved,
    "db-replica-down/late": late,
    "db-replica-down/paused": paused,
    "db-replica-down/slot-grows": slot_grows,
    "db-replica-down/promoted": promoted,
    "db-replica-down/swapped": swapped,
    "db-replica-down/primary-down": primary_down,
}
