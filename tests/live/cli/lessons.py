"""The lessons of examples/lessons as they go with real servers: each scene brings about what its lesson is for, and runs it.

test_lessons.py plays them; scripts/record-worlds makes the lessons' worlds of them.
"""

from servers import wait_until
from terminal import APPROVE, CHOOSE, Terminal

CROWDED = ["--maxclients", "40"]


def found(done):
    assert done.code == 0, done
    return [finding["name"] for finding in done.json["findings"]] or done.json["status"]


def look(stage, book, *words, env=None):
    return found(stage.run(book, "--dry-run", "-o", "json", *words, env=env))


def crowded(stage, *options, **more):
    server = stage.cache(*CROWDED, *options, env="staging", **more)
    stage.fill(server, 35)
    return server


def one_crowded(stage):
    crowded(stage)
    assert look(stage, "1-look-at-one-thing") == ["crowded"]


def one_healthy(stage):
    stage.cache(*CROWDED, env="staging")
    assert look(stage, "1-look-at-one-thing") == "healthy"


def two_away(stage):
    stage.cache(env="staging").stop()
    assert look(stage, "2-what-could-not-be-read") == ["away"]


def two_locked_out(stage):
    server = stage.redis(password="right-password")
    stage.project.target("cache-1", server.url, env="staging", password="CACHE")
    stage.project.secret("CACHE", "env:CACHE")
    assert look(stage, "2-what-could-not-be-read", env={"CACHE": "wrong-password"}) == ["locked-out"]


def two_healthy(stage):
    stage.cache(env="staging")
    assert look(stage, "2-what-could-not-be-read") == "healthy"


def three_idle_and_crowded(stage):
    server = crowded(stage)
    idle = lambda: server.ask("CLIENT", "LIST").decode().count(" idle=0 ") < 3
    wait_until(idle, "the others have said nothing for a second")
    assert look(stage, "3-several-causes", "-p", "silence=1") == ["idle", "crowded"]


def three_crowded(stage):
    crowded(stage)
    assert look(stage, "3-several-causes") == ["crowded"]


def four_crowded(stage):
    server = crowded(stage)
    done = stage.carry_out("4-a-first-change", "allow-more")
    assert (done.code, server.config("maxclients")) == (0, "200"), done


def five_crowded(stage):
    server = crowded(stage)
    done = stage.carry_out("5-ask-for-a-value", "allow-more")
    assert (done.code, server.config("maxclients")) == (0, "60"), done


def five_as_asked(stage):
    server = crowded(stage)
    done = stage.carry_out("5-ask-for-a-value", "allow-more", "-p", "allow-more.limit=100")
    assert (done.code, server.config("maxclients")) == (0, "100"), done


def six_kept(stage):
    file = stage.folder / "redis.conf"
    file.write_text("maxclients 40\n")
    server = stage.cache(config=file, env="staging")
    done = stage.carry_out("6-one-step-after-another", "close-the-silent")
    assert (done.code, server.config("timeout")) == (0, "60"), done
    assert {"maxclients 200", "timeout 60"} <= set(file.read_text().splitlines())


def seven_leak(stage):
    stage.fill(stage.cache("--maxclients", "100", env="staging"), 35)
    session = Terminal(stage.project, "run", "7-what-a-person-does").see(CHOOSE).answer("1").see(APPROVE).answer("y")
    session.see("What do you see?")
    stage.empty()
    session.answer("drained").see("Verified").see("watching").interrupt()
    assert session.end() == 0, session.text


def seven_tight(stage):
    stage.cache(*CROWDED, env="staging")
    assert look(stage, "7-what-a-person-does") == ["tight"]


def eight_twenty(stage):
    servers = [stage.redis() for _ in range(20)]
    for number, server in enumerate(servers, 1):
        stage.project.target(f"cache-{100 + number}", server.url, env="staging", tags=["cache"])
    done = stage.carry_out("8-twenty-servers", "close-the-silent")
    assert (done.code, {server.config("timeout") for server in servers}) == (0, {"60"}), done


SCENES = {
    "1-look-at-one-thing/crowded": one_crowded,
    "1-look-at-one-thing/healthy": one_healthy,
    "2-what-could-not-be-read/away": two_away,
    "2-what-could-not-be-read/locked-out": two_locked_out,
    "2-what-could-not-be-read/healthy": two_healthy,
    "3-several-causes/idle-and-crowded": three_idle_and_crowded,
    "3-several-causes/crowded": three_crowded,
    "4-a-first-change/crowded": four_crowded,
    "5-ask-for-a-value/crowded": five_crowded,
    "5-ask-for-a-value/as-asked": five_as_asked,
    "6-one-step-after-another/kept-for-ever": six_kept,
    "7-what-a-person-does/leak": seven_leak,
    "7-what-a-person-does/tight": seven_tight,
    "8-twenty-servers/kept-for-ever": eight_twenty,
}
