"""Incidents of a pooler, for the recorded worlds of `db-pooler-switch`: a real pgbouncer, PostgreSQL, and instances that say whether they
reach the address in their DB_HOST."""

from pooler import Pooler
from standby import Standby

NAMES = ("api-1", "api-2")


def declare(project, pooler, server, env="prod"):
    for name, port in (("pooler", pooler.port), ("shop-db", server.port)):
        project.target(name, f"postgresql://127.0.0.1:{port}/shop", kind="postgres", user="looker", tls="off", env=env)


def words(server):
    return ["-p", "pooler=pooler", "-p", "direct=shop-db", "-p", f"address=127.0.0.1:{server.port}", "-p", "each_opens=5"]


def shop(stage, **more):
    """Two instances that reach their database by way of a pooler; gives that, the server and the instances."""
    stage.docker()
    server = stage.postgres(tcp=True, **more)
    pooler = Pooler(server, tcp=True)
    stage.others.append(pooler)
    stage.ports += [pooler.port, server.port]
    declare(stage.project, pooler, server)
    instances = [stage.instance(name, env={"DB_HOST": f"127.0.0.1:{pooler.port}"}) for name in NAMES]
    for one in instances:
        one.wait("healthy")
    stage.in_front_of(*instances)
    return pooler, server, instances


def without(stage, pooler, instances):
    """The pooler ends, and the instances notice."""
    pooler.stop(keep=True)
    for one in instances:
        one.wait("unhealthy")


def well(stage):
    _, server, _ = shop(stage)
    stage.run("db-pooler-switch", "--dry-run", *words(server))


def pooler_down(stage):
    pooler, server, instances = shop(stage)
    without(stage, pooler, instances)
    stage.carry_out("db-pooler-switch", "direct", *words(server), ends=(0, 5))


def no_room(stage):
    pooler, server, instances = shop(stage, max_connections=12)
    without(stage, pooler, instances)
    stage.run("db-pooler-switch", "--dry-run", *words(server))


def refuses(stage):
    pooler, server, _ = shop(stage)
    pooler.stop(keep=True)
    (pooler.folder / "users").write_text("")
    pooler.start()
    stage.run("db-pooler-switch", "--dry-run", *words(server))


def server_down(stage):
    _, server, _ = shop(stage)
    server.kill()
    stage.run("db-pooler-switch", "--dry-run", *words(server))


def not_the_primary(stage):
    """What is given as the server is a standby of it."""
    pooler, server, instances = shop(stage)
    standby = Standby(server, tcp=True)
    stage.others.append(standby)
    stage.ports.append(standby.port)
    declare(stage.project, pooler, standby)
    without(stage, pooler, instances)
    stage.run("db-pooler-switch", "--dry-run", *words(standby))


def cut_off(stage):
    """An instance without a network of its own."""
    pooler, server, instances = shop(stage)
    without(stage, pooler, instances)
    stage.engine.service("api-2", "shop/api:1.4.2", network="none", health=False, start=False).start()
    stage.run("db-pooler-switch", "--dry-run", *words(server))


SCENES = {
    "db-pooler-switch/healthy": well,
    "db-pooler-switch/pooler-down": pooler_down,
    "db-pooler-switch/no-room": no_room,
    "db-pooler-switch/pooler-refuses": refuses,
    "db-pooler-switch/not-the-primary": not_the_primary,
    "db-pooler-switch/server-down": server_down,
    "db-pooler-switch/cut-off": cut_off,
}
