"""Incidents of an API that runs as two containers behind a proxy, for the recorded worlds of the playbooks that look after it."""

import itertools

import measuring
from http_servers import status_of
from servers import wait_until

BAD, GOOD = "shop/api:1.5.0", "shop/api:1.4.2"


def two(stage, image=GOOD, **more):
    """api-blue and api-green, and the address that their users reach."""
    stage.docker()
    blue, green = stage.instance("api-blue", image, **more), stage.instance("api-green", image, **more)
    stage.in_front_of(blue, green)
    return blue, green


def end(instance, last_words):
    """It says that, and ends as a program does that gave up."""
    instance.get("/say/" + last_words.replace(" ", "%20"))
    try:
        instance.get("/crash")
    except OSError:
        pass
    instance.wait("exited")


def measure(stage, share, ask=None):
    """Requests that come to what the address of its users answers, or to what `ask` says; once about that share of them fails."""
    stage.measured(ask or (lambda: status_of(stage.edge.url + "/health"))).until(share)


def well(stage):
    for one in two(stage):
        one.wait("healthy")
    measure(stage, 0)
    stage.run("api-down", "--dry-run", *measuring.INPUTS)


def failing_requests(stage):
    for one in two(stage):
        one.wait("healthy")
    measure(stage, 0.4, itertools.cycle([500, 200, 200, 500, 200]).__next__)
    stage.run("api-down", "--dry-run", *measuring.INPUTS)


def silenced(stage):
    for one in two(stage, env={"UNHEALTHY": "search"}):
        one.wait("unhealthy")
    measure(stage, 1)
    stage.carry_out("api-down", "silence", *measuring.INPUTS, ends=(0, 5))  # it cures nothing, so that the finding stands


def one_down(stage):
    blue, green = two(stage)
    green.wait("healthy")
    end(blue, "panic: runtime error: index out of range")
    stage.carry_out("api-down", "restart-one-by-one")


def both_down(stage):
    for one in two(stage):
        end(one, "fatal: lost its lease")
    stage.carry_out("api-down", "restart-one-by-one")


def comes_and_goes(stage):
    """api-blue has ended, and docker has started it again."""
    blue, green = two(stage, restart="always")
    green.wait("healthy")
    try:
        blue.get("/crash")
    except OSError:
        pass
    wait_until(lambda: blue.inspect()["RestartCount"] > 0, "docker started it again")
    blue.wait("healthy")
    stage.carry_out("api-down", "restart-one-by-one")


def out_of_memory(stage):
    blue, green = two(stage, memory=32 << 20)
    green.wait("healthy")
    try:
        blue.get("/eat/64")
    except OSError:
        pass
    wait_until(lambda: blue.state()["OOMKilled"], "the kernel killed it")
    stage.carry_out("api-down", "more-memory")


def without(stage, name, value):
    """api-blue was made without a variable that it needs and that api-green has."""
    blue, green = two(stage, env={name: value})
    green.wait("healthy")
    stage.engine.service("api-blue", GOOD, env={"NEEDS": name}, port=blue.port, start=False).start()
    blue.wait("exited")


def setting_missing(stage):
    without(stage, "CDN_BASE_URL", "https://cdn.lxd")
    stage.carry_out("api-down", "add-setting", "-p", "add-setting.value=https://cdn.lxd")


def secret_missing(stage):
    without(stage, "STREAM_API_KEY", "not-a-real-key-1")
    stage.project.secret("STREAM_KEY", "env:STREAM_KEY")
    stage.carry_out("api-down", "add-secret", "-p", "add-secret.secret=STREAM_KEY", env={"STREAM_KEY": "not-a-real-key-1"})


def fails_for(component):
    def scene(stage):
        for one in two(stage, env={"UNHEALTHY": component}):
            one.wait("unhealthy")
        stage.run("api-down", "--dry-run")
    return scene


def log_tells(line):
    def scene(stage):
        blue, green = two(stage)
        green.wait("healthy")
        end(blue, line)
        stage.run("api-down", "--dry-run")
    return scene


def bad_release(book):
    def scene(stage):
        for one in two(stage, BAD):
            one.wait("unhealthy")
        stage.carry_out(book, "previous-release")
    return scene


def not_reached(stage):
    for one in two(stage):
        one.wait("healthy")
    stage.edge.stop()
    stage.run("api-down", "--dry-run")


def with_updater(stage):
    """What pulls new releases by itself."""
    stage.engine.run("watchtower", command=["/bin/sleep", "600"])
    stage.project.container("watchtower", stage.engine, env="prod")


def roll_back(stage):
    for one in two(stage, BAD):
        one.wait("unhealthy")
    with_updater(stage)
    measure(stage, 1)
    stage.carry_out("rollback", "previous-release", "-p", "updater=watchtower", "-p", "version=/version", *measuring.INPUTS)


def roll_back_what_is_well(stage):
    stage.docker()
    stage.engine.add_service("shop/api:1.5.1", newer_than=BAD)
    blue = stage.instance("api-blue", "shop/api:1.5.1").wait("healthy")
    stage.in_front_of(blue)
    stage.engine.ask("DELETE", f"/images/{BAD}", force=1)
    stage.carry_out("rollback", "previous-release")


def rolled_back(stage):
    for one in two(stage):
        one.wait("healthy")
    stage.run("rollback", "--dry-run")


def nowhere_to_go(stage):
    for one in two(stage, env={"UNHEALTHY": "search"}):
        one.wait("unhealthy")
    stage.run("rollback", "--dry-run")


BUSY, IDLE = ["/bin/sh", "-c", "yes > /dev/null"], ["/bin/sleep", "600"]
SEARCHING = ["search-orphan", "-p", "page=/version", "-p", "cpu_percent=5"]


def with_search(stage, command, **users):
    """A search engine, and the site whose search page answers without it."""
    stage.docker()
    stage.in_front_of(stage.instance("shop").wait("healthy"))
    stage.project.targets = {}
    stage.project.target("site", stage.edge.url, kind="http", env="prod", **users)
    stage.engine.run("search", command=command)
    stage.project.container("search", stage.engine, env="prod")


def stop_search(stage):
    with_search(stage, BUSY)
    stage.carry_out(SEARCHING[0], "stop-search", *SEARCHING[1:])


def search_in_use(stage):
    with_search(stage, BUSY, uses=["search"])
    stage.run(*SEARCHING, "--dry-run")


def search_idle(stage):
    with_search(stage, IDLE)
    stage.run(*SEARCHING, "--dry-run")


def search_page_down(stage):
    with_search(stage, BUSY)
    stage.run(SEARCHING[0], "-p", "page=/nothing", *SEARCHING[3:], "--dry-run")


SCENES = {
    "api-down/healthy": well,
    "api-down/one-down": one_down,
    "api-down/both-down": both_down,
    "api-down/comes-and-goes": comes_and_goes,
    "api-down/out-of-memory": out_of_memory,
    "api-down/setting-missing": setting_missing,
    "api-down/secret-missing": secret_missing,
    "api-down/database": log_tells("FATAL: too many connections for role shop"),
    "api-down/redis": fails_for("redis"),
    "api-down/dependency": fails_for("search"),
    "api-down/bad-release": bad_release("api-down"),
    "api-down/edge": not_reached,
    "api-down/failing-requests": failing_requests,
    "api-down/silenced": silenced,
    "rollback/ill": roll_back,
    "rollback/looks-well": roll_back_what_is_well,
    "rollback/rolled-back": rolled_back,
    "rollback/nowhere-to-go": nowhere_to_go,
    "search-orphan/orphan": stop_search,
    "search-orphan/in-use": search_in_use,
    "search-orphan/idle": search_idle,
    "search-orphan/page-down": search_page_down,
}
