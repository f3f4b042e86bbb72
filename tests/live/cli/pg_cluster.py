"""A real cluster of pg_auto_failover for the tests: a monitor and two nodes on loopback, in a folder of its own, run as Debian's `postgres`.

Its times are shortened so that a test need not wait: a keeper looks once in a second whatever is set. Everything below a `pg_autoctl run`
is stopped by its pid.
"""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading
import time

from postgres import AS_ROOT, BINARIES, owner
from servers import free_port, wait_until

# By itself the monitor gives a primary up when nobody has heard of it for as long as this.
UNHEALTHY_AFTER = 8

SETTINGS = {
    "pgautofailover.health_check_period": "500ms",
    "pgautofailover.health_check_timeout": "3s",
    "pgautofailover.health_check_max_retries": 2,
    "pgautofailover.health_check_retry_delay": "300ms",
    "pgautofailover.node_considered_unhealthy_timeout": f"{UNHEALTHY_AFTER}s",
    "pgautofailover.startup_grace_period": "1s",
    "pgautofailover.primary_demote_timeout": "2s",
}

ROLES = """
CREATE ROLE looker LOGIN; GRANT USAGE ON SCHEMA pgautofailover TO looker; GRANT SELECT ON ALL TABLES IN SCHEMA pgautofailover TO looker;
CREATE ROLE changer LOGIN; GRANT autoctl_node TO changer;
"""


def below(pid):
    """The processes that this one started, and theirs."""
    try:
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [process for child in map(int, children) for process in (child, *below(child))]


def kill(pids):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


class Member:
    """The monitor or a node: its `pg_autoctl run`, and the PostgreSQL below it."""

    def __init__(self, cluster, name, *create):
        self.cluster, self.name, self.port, self.process = cluster, name, free_port(), None
        self.data = cluster.folder / name
        self.autoctl("create", *create, "--pgdata", self.data, "--pgport", self.port, "--pgctl", BINARIES / "pg_ctl", "--hostname", "127.0.0.1",
                     "--auth", "trust", "--no-ssl", *(["--name", name] if name != "monitor" else []))
        self.configure(unix_socket_directories=f"'{cluster.folder}'", fsync="off")

    def autoctl(self, *words):
        done = subprocess.run(["pg_autoctl", *map(str, words)], capture_output=True, timeout=120, cwd="/", env=self.cluster.environment, **owner())
        assert done.returncode == 0, done.stderr.decode()[-2000:]

    def configure(self, **settings):
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as file:
            file.write("".join(f"{name} = {value}\n" for name, value in settings.items()))

    def start(self):
        with open(self.cluster.folder / f"{self.name}.log", "ab") as log:
            self.process = subprocess.Popen(["pg_autoctl", "run", "--pgdata", str(self.data)], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                                            start_new_session=True, env=self.cluster.environment, **owner())

    def log(self):
        return (self.cluster.folder / f"{self.name}.log").read_text(errors="replace")

    def url(self, database="shop", role=""):
        return f"postgresql://{role}{'@' if role else ''}127.0.0.1:{self.port}/{database}"

    def words(self, database, role="postgres"):
        return ["psql", "-X", "-At", "-h", "127.0.0.1", "-p", str(self.port), "-U", role, "-d", database, "-v", "ON_ERROR_STOP=1"]

    def sql(self, text, database="shop", role="postgres"):
        done = subprocess.run(self.words(database, role), input=text.encode(), capture_output=True, timeout=30, env=self.cluster.environment)
        assert done.returncode == 0, done.stderr.decode()[-2000:]
        return done.stdout.decode().strip()

    def kill(self):
        """As a machine that loses its power: keeper and PostgreSQL at once, and nobody is told."""
        pids = [self.process.pid, *below(self.process.pid)]
        self.process.send_signal(signal.SIGSTOP)  # a keeper starts again what it sees end
        kill([*below(self.process.pid), *pids])
        self.process.wait(10)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.kill()


class PgCluster:
    """Database `shop` on node_1, the primary, and node_2, its standby; the monitor knows them as formation default, group 0."""

    def __init__(self, nodes=2):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="runbook-ha-"))
        if AS_ROOT:
            shutil.chown(self.folder, "postgres", "postgres")
        self.environment = {"PATH": f"{BINARIES}:/usr/bin:/bin", "HOME": str(self.folder), "LANG": "C.UTF-8", "PGHOST": "127.0.0.1",
                            **{f"XDG_{name}": str(self.folder / name.lower()) for name in ("CONFIG_HOME", "DATA_HOME", "CACHE_HOME", "RUNTIME_DIR")}}
        self.nodes = []
        try:
            self.monitor = Member(self, "monitor", "monitor")
            self.monitor.configure(**SETTINGS)
            self.monitor.start()
            wait_until(lambda: self.answers(self.monitor), "the monitor answers", 30)
            self.monitor.sql(ROLES, "pg_auto_failover")
            for _ in range(nodes):
                self.add_node()
            self.primary.sql("CREATE TABLE orders (id serial PRIMARY KEY, at timestamptz DEFAULT clock_timestamp());"
                             "CREATE ROLE looker LOGIN; GRANT pg_monitor TO looker; CREATE ROLE changer LOGIN;"
                             "GRANT ALL ON ALL TABLES IN SCHEMA public TO changer; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO changer")
        except BaseException:
            self.stop()
            raise

    def answers(self, member):
        assert member.process.poll() is None, member.log()
        return subprocess.run([str(BINARIES / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(member.port)], timeout=30).returncode == 0

    def add_node(self):
        """One more, and waits until it is what it is going to be."""
        address = f"postgresql://autoctl_node@127.0.0.1:{self.monitor.port}/pg_auto_failover?sslmode=disable"
        self.nodes.append(Member(self, f"node_{len(self.nodes) + 1}", "postgres", "--monitor", address, "--dbname", "shop"))
        self.nodes[-1].start()
        self.settle()

    def states(self):
        """What each node said last that it is, by name; with what it is told to become, where that is another thing."""
        rows = self.monitor.sql("SELECT nodename, reportedstate, goalstate FROM pgautofailover.node ORDER BY nodename", "pg_auto_failover")
        cells = (row.split("|") for row in rows.splitlines())
        return {name: reported if reported == goal else f"{reported}→{goal}" for name, reported, goal in cells}

    def settle(self):
        """Waits until every node that runs is primary or secondary."""
        wanted = {"single"} if len(self.nodes) == 1 else {"primary", "secondary"}
        wait_until(lambda: set(self.states().values()) == wanted and len(self.states()) == len(self.nodes) and self.all_well, "the cluster is at rest", 90)

    @property
    def all_well(self):
        """Whether the monitor reaches every node, and the primary has its standbys in sync."""
        return self.monitor.sql("SELECT bool_and(health = 1), bool_or(reportedrepstate = 'quorum') OR count(*) = 1 FROM pgautofailover.node",
                                "pg_auto_failover") == "t|t"

    def tune(self, **settings):
        """Other times of the monitor than those above, until `heal`."""
        words = [f"ALTER SYSTEM SET pgautofailover.{name} = '{value}'" for name, value in settings.items()] or ["ALTER SYSTEM RESET ALL"]
        self.monitor.sql(";".join([*words, "SELECT pg_reload_conf()"]).replace(";", ";\n"), "pg_auto_failover")

    def heal(self):
        """Starts what does not run, and waits until the cluster is at rest."""
        self.tune()
        for node in self.nodes:
            if node.process.poll() is not None:
                node.start()
        self.settle()

    @property
    def primary(self):
        """The node that takes writes, as the monitor says."""
        name = self.monitor.sql("SELECT nodename FROM pgautofailover.node WHERE reportedstate IN ('single', 'wait_primary', 'primary')"
                                " AND goalstate IN ('single', 'wait_primary', 'primary')", "pg_auto_failover")
        return next(node for node in self.nodes if node.name == name)

    @property
    def standby(self):
        return next(node for node in self.nodes if node is not self.primary)

    @property
    def address(self):
        """Where an application finds the one that takes writes."""
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        return f"postgresql://changer@{hosts}/shop?target_session_attrs=read-write&connect_timeout=2"

    def declare(self, project, **more):
        """The monitor as `ha` of the inventory, and its nodes under their own names."""
        roles = {"kind": "postgres", "user": "looker", "change_user": "changer", "tls": "off", "env": "dev", **more}
        project.target("ha", self.monitor.url("pg_auto_failover"), **roles, tags=["pg-monitor"])
        for node in self.nodes:
            project.target(node.name, node.url(), **roles, tags=["pg-node"])

    def in_public(self, text):
        """The same without the ports that the members have here."""
        for number, node in enumerate(self.nodes, 1):
            text = text.replace(f"127.0.0.1:{node.port}", f"db-{number}:5432")
        return text.replace(f"127.0.0.1:{self.monitor.port}", "db-monitor:5432")

    def stop(self):
        for member in [*self.nodes, *([self.monitor] if hasattr(self, "monitor") else [])]:
            member.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Writer(threading.Thread):
    """An application that writes a row every 100 ms, wherever the cluster takes it; `gap` is the longest time that it could not."""

    def __init__(self, cluster):
        super().__init__()
        self.words = ["psql", "-X", "-q", "-d", cluster.address, "-c", "INSERT INTO orders DEFAULT VALUES"]
        self.environment, self.written, self.over = cluster.environment, [], threading.Event()
        self.start()
        wait_until(lambda: len(self.written) >= 3, "it writes")

    def run(self):
        while not self.over.wait(0.1):
            with contextlib.suppress(subprocess.SubprocessError):
                subprocess.run(self.words, check=True, capture_output=True, timeout=3, env=self.environment)
                self.written.append(time.monotonic())

    def writes_after(self, moment):
        """Waits until it wrote after that moment of time.monotonic()."""
        wait_until(lambda: self.written[-1] > moment, "it writes again", 60)

    @property
    def gap(self):
        return max(after - before for before, after in zip(self.written, self.written[1:]))

    def stop(self):
        self.over.set()
        self.join(20)
