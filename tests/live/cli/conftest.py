import itertools
import signal

import pytest

from between import Between
from dockerd import Docker
from measuring import Measuring
from pg_cluster import PgCluster
from pooler import Pooler
from postgres import Postgres, Template
from project import Project
from servers import Redis
from terminal import APPROVE, CHOOSE, LIMIT, Terminal
from three import BOOK
from ward import book

# Whoever started the tests in the background may have them ignore what an operator's shell does not.
for number in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture
def project(tmp_path):
    """A project whose inventory is still empty."""
    return Project(tmp_path / "project")


@pytest.fixture
def start_redis(tmp_path):
    """Starts redis-servers that are stopped at the end of the test; takes what Redis takes, but the folder."""
    started, numbers = [], itertools.count(1)

    def start(*options, folder=None, **more):
        server = Redis(folder or tmp_path / f"redis-{next(numbers)}", *options, **more)
        started.append(server)
        return server

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def redis(start_redis):
    """A Redis with 16 MiB under noeviction, which the playbook `limit` finds too small."""
    return start_redis("--maxmemory", "16mb", "--maxmemory-policy", "noeviction")


@pytest.fixture(scope="session")
def cluster_template():
    template = Template()
    yield template
    template.remove()


@pytest.fixture
def start_postgres(cluster_template):
    """Starts PostgreSQL servers that are stopped at the end of the test; takes what Postgres takes, but the template."""
    started = []

    def start(**more):
        started.append(Postgres(cluster_template, **more))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def postgres(start_postgres):
    return start_postgres()


@pytest.fixture
def shop(project, postgres):
    """The same, as shop-db of the project's inventory, outside of production."""
    project.target("shop-db", postgres.url(""), kind="postgres", user="looker", change_user="changer", env="dev")
    return postgres


@pytest.fixture(scope="session")
def running_cluster():
    """One cluster of pg_auto_failover for all tests."""
    made = PgCluster()
    yield made
    made.stop()


@pytest.fixture
def cluster(project, running_cluster):
    """The same at rest, outside of production: its monitor is `ha` of the project's inventory, the nodes stand there too."""
    running_cluster.heal()
    running_cluster.declare(project)
    return running_cluster


@pytest.fixture
def start_pooler():
    """Starts pgbouncers that are stopped at the end of the test; takes what Pooler takes."""
    started = []

    def start(server, **more):
        started.append(Pooler(server, **more))
        return started[-1]

    yield start
    for pooler in started:
        pooler.stop()


@pytest.fixture
def cache(project, redis):
    """The same, as cache-1 of the project's inventory, in production."""
    project.target("cache-1", redis.url)
    return redis


@pytest.fixture
def measured(project, tmp_path, request):
    """Has requests counted that come to the status that `ask` gives."""
    def measured(ask):
        measuring = Measuring(project, tmp_path, ask, env="dev")
        request.addfinalizer(measuring.stop)
        return measuring
    return measured

@pytest.fixture
def three(project, cache):
    """The same outside of production, with the playbook `three`, whose changes are of level 1."""
    project.target("cache-1", cache.url, env="dev")
    project.book("three", BOOK % {"more": ""})
    return cache


@pytest.fixture
def holder(project, cache):
    """A run of an operator who sits at the gate, and so holds the lock of cache-1."""
    session = Terminal(project, "run", "limit").see(CHOOSE).answer("1").see(LIMIT).answer().see(APPROVE)
    session.run = project.last_run()
    yield session
    session.child.close(force=True)


@pytest.fixture(scope="session")
def docker_engine(tmp_path_factory):
    """One dockerd for all tests, with the lab's images."""
    engine = Docker(tmp_path_factory.mktemp("docker", numbered=True))
    try:
        engine.make_lab()
        yield engine
    finally:
        engine.stop()


@pytest.fixture
def dockerd(docker_engine):
    """A Docker Engine without containers, and with no images but the lab's."""
    yield docker_engine
    docker_engine.clear()


@pytest.fixture
def treat(project):
    """Runs a playbook that makes this change of a container; gives what came of it. Its plan is what `treat.plan` tells."""
    def run(it, change, becomes="running", level=1, within="20s", **more):
        project.book("ward", book(change, becomes, within))
        words = ["run", "ward", "-p", f"it={it}", "--mitigate", "treat"]
        dry = project.run(*words, "--dry-run", "-o", "json")
        assert dry.code == 0, dry
        run.plan = dry.json["plans"][0]
        assert run.plan["level"] == level, run.plan
        run.shown = project.run(*words, "--dry-run").out
        return project.run(*words, "--approve", run.plan["digest"][:12], "--confirm", it, "--reason", "a test", **more)
    return run


@pytest.fixture
def between(dockerd, tmp_path):
    """A socket that leads to the Docker Engine, at which a test can strike."""
    made = Between(dockerd, tmp_path)
    yield made
    made.close()


@pytest.fixture
def service(project, dockerd):
    """Starts a service of the lab that is a target of the inventory under its own name."""
    def start(name, image="lab/service:1", **more):
        container = dockerd.service(name, image, **more)
        project.container(name, dockerd, env="dev")
        return container
    return start
