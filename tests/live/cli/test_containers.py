"""Looking into docker: containers, their logs and their surroundings, on a real Docker Engine."""

import contextlib
import json
import pathlib
import socket
import ssl
import threading

import pytest

from servers import Certificates, free_port, wait_until

LOOK = """
return playbook "look" {
  alerts = {}, severity = "SEV-5", owner = "tests", inputs = { it = input.container "c" },
  evidence = function(see, arg) local it = see.container(arg.it) return { %s } end,
  diagnose = function(found) %s return healthy "looked" end,
}
"""


@pytest.fixture
def containers(project, dockerd):
    """Starts services of the lab that are targets of the project's inventory under their own names."""
    def start(name, image="lab/service:1", **more):
        container = dockerd.service(name, image, **more)
        project.container(name, dockerd)
        return container
    return start


@pytest.fixture
def seen(project):
    """What a playbook reads of a container: {reading: value or error}, from the evidence that a dry run keeps."""
    def look(target, **readings):
        return project.seen(LOOK % (", ".join(f"{name} = it:{call}" for name, call in readings.items()), ""), it=target)
    return look


def test_the_lab_is_as_the_tests_need_it(dockerd):
    well = dockerd.service("well", memory=64 << 20).wait("healthy")
    ill = dockerd.service("ill", "lab/service:2", env={"UNHEALTHY": "redis"}).wait("unhealthy")
    assert (well.get("/version"), ill.get("/version")) == ((200, "1"), (200, "2"))
    assert (well.get("/health")[0], ill.get("/health")[0]) == (200, 503)
    assert '"redis":{"status":"down"}' in ill.get("/health")[1]
    ill.stop()
    assert (ill.state()["Status"], ill.state()["ExitCode"]) == ("exited", 0)
    cache = dockerd.redis("cache")
    ping = dockerd.ask("POST", "/containers/cache/exec", {"Cmd": ["redis-cli", "-v"], "AttachStdout": True})
    assert b"redis-cli 7" in dockerd.ask("POST", f"/exec/{ping['Id']}/start", {"Detach": False})
    assert cache.state()["Running"]


def test_the_state_of_a_container_says_what_on_call_people_ask_for(containers, seen):
    api = containers("api", env={"UNHEALTHY": "redis", "DB_PASSWORD": "hunter2hunter2"}, memory=64 << 20, restart="on-failure",
                     labels={"com.docker.compose.service": "api"}).wait("unhealthy")
    state = seen("api", state="state()")["state"]
    truth = api.inspect()
    assert (state["status"], state["running"], state["oom_killed"], state["restarts"]) == ("running", True, False, 0)
    assert (state["pid"], state["id"], state["started"]) == (truth["State"]["Pid"], truth["Id"], truth["State"]["StartedAt"])
    assert (state["image"], state["image_id"]) == ("lab/service:1", truth["Image"])
    assert (state["memory_limit"], state["restart_policy"], state["network_mode"]) == (64 << 20, "on-failure", "host")
    assert state["labels"]["com.docker.compose.service"] == "api"
    assert state["health"]["status"] == "unhealthy"
    assert state["env_keys"] == {"DB_PASSWORD": True, "PORT": True, "UNHEALTHY": True, "VERSION": True}
    assert state["up_seconds"] < 60


def test_why_a_container_ended_can_be_seen(project, dockerd, seen):
    greedy = ["/bin/sh", "-c", "x=$(yes | head -c 200000000); echo $x"]
    for name, command, memory in ("crashed", ["/bin/sh", "-c", "exit 7"], 0), ("greedy", greedy, 16 << 20):
        dockerd.run(name, command=command, memory=memory).wait("exited")
        project.container(name, dockerd)
    dockerd.run("looping", command=["/bin/sh", "-c", "exit 4"], restart="always")
    project.container("looping", dockerd)
    wait_until(lambda: dockerd.ask("GET", "/containers/looping/json")["RestartCount"] > 1, "it was restarted")
    crashed, greedy, looping = (seen(name, state="state()")["state"] for name in ("crashed", "greedy", "looping"))
    assert (crashed["status"], crashed["exit_code"], crashed["oom_killed"]) == ("exited", 7, False)
    assert (greedy["exit_code"], greedy["oom_killed"]) == (137, True)
    assert looping["restarts"] > 1
    used = seen("crashed", stats="stats()")["stats"]
    assert (used["memory_used"], used["cpu_percent"]) == (0, 0), "what does not run uses nothing"


def test_logs_come_with_their_streams_and_with_counts(containers, seen):
    api = containers("api", health=False)
    for what in ("/say/ERROR:no-redis", "/version", "/say/error:again"):
        api.get(what)
    wait_until(lambda: api.ask("GET", "logs", stdout=1, stderr=1).count(b"\n") == 4, "the log has it all")
    logs = seen("api", logs='logs { since = "10m", match = { "error:*", "fatal" } }')["logs"]
    assert sorted((line["stream"], line["text"]) for line in logs["lines"] if "ERR" in line["text"].upper()) == [
        ("stderr", "ERROR:no-redis"), ("stderr", "error:again")]
    assert (logs["count"], logs["stdout"], logs["stderr"], logs["complete"]) == (4, 2, 2, True)
    assert (logs["matches"]["error:*"]["count"], logs["matches"]["fatal"]["count"]) == (2, 0)
    assert logs["matches"]["error:*"]["per_minute"] == 0.2
    assert len(seen("api", logs="logs(2)")["logs"]["lines"]) == 2


def test_a_container_with_a_terminal_has_a_plain_log_and_one_without_a_log_says_so(project, containers, seen):
    containers("plain", health=False, tty=True)
    containers("silent", health=False, log_driver="none")
    plain = seen("plain", logs="logs()")["logs"]
    assert [line["text"].split()[0] for line in plain["lines"]] == ["listening"] and plain["stderr"] == 0
    assert seen("silent", logs="logs()")["logs"]["error"] == "docker keeps no log of it: its log driver is none"
    assert "log driver is none" in project.last_out


def test_stats_tell_what_it_uses(containers, seen):
    containers("api", memory=64 << 20)
    stats = seen("api", stats="stats()")["stats"]
    assert stats["memory_limit"] == 64 << 20 and 0 < stats["memory_used"] < 64 << 20
    assert stats["pids"] >= 1 and stats["cpu_percent"] >= 0


def test_no_value_of_an_environment_leaves_the_engine_but_two_can_be_compared(project, containers, seen):
    values = {"DB_PASSWORD": "hunter2hunter2", "FLAG": "unlikely-flag-value", "NUMBER": "73819", "NOTHING": ""}
    containers("blue", env=values)
    containers("green", env={**values, "DB_PASSWORD": "another-password"})
    project.book("both", """
return playbook "both" {
  alerts = {}, severity = "SEV-5", owner = "tests", inputs = { a = input.container "a", b = input.container "b" },
  evidence = function(see, arg)
    local a, b = see.container(arg.a), see.container(arg.b)
    return { a = a:env(), b = b:env(), flag = a:env "FLAG", state = a:state() }
  end,
  diagnose = function(found)
    print(inspect(found.a), inspect(found.state))
    return healthy("%s %s %s", same_secret(found.a.FLAG, found.b.FLAG), same_secret(found.a.DB_PASSWORD, found.b.DB_PASSWORD),
      same_secret(found.flag, found.a.FLAG))
  end,
}""")
    done = project.run("run", "both", "--dry-run", "-p", "a=blue", "-p", "b=green")
    assert done.code == 0 and "true false true" in done.out, done
    kept = "".join(path.read_text(errors="replace") for path in pathlib.Path(project.state).rglob("*") if path.is_file())
    for value in [*filter(None, values.values()), "another-password"]:
        assert value not in done.out + done.err + kept
    assert '"NOTHING":""' in kept
    assert seen("blue", one='env "NO_SUCH"')["one"]["error"] == "its environment has no NO_SUCH"


def test_doctor_asks_containers_and_engines(project, dockerd, containers):
    containers("api", health=False)
    project.target("docker-1", dockerd.url, kind="docker")
    project.container("gone", dockerd)
    done = project.run("doctor")
    assert "target api: answers" in done.out and "target docker-1: answers" in done.out
    assert "target gone: No such container: gone" in done.out and done.code == 1


def test_what_to_type_by_hand_is_docker_s_own_client(project, dockerd, containers):
    containers("api", health=False)
    project.book("look", LOOK % ('state = it:state(), logs = it:logs { tail = 5, since = "1h" }', ""))
    done = project.run("show", "look", "--by-hand", "-p", "it=api")
    assert f"docker -H {dockerd.url} logs --timestamps --tail 5 --since 1h api" in " ".join(done.out.split()), done


ENGINE = """
return playbook "engine" {
  alerts = {}, severity = "SEV-5", owner = "tests", inputs = { it = input.docker "d" },
  evidence = function(see, arg) local it = see.docker(arg.it) return { %s } end,
  diagnose = function() return healthy "looked" end,
}
"""


@pytest.fixture
def engine(project, dockerd):
    """The same for a Docker Engine."""
    project.target("docker-1", dockerd.url, kind="docker")

    def look(**readings):
        return project.seen(ENGINE % ", ".join(f"{name} = it:{call}" for name, call in readings.items()), it="docker-1")
    return look


def test_an_engine_tells_what_runs_there_and_what_it_has(dockerd, engine):
    dockerd.service("api", health=False, labels={"com.docker.compose.project": "shop"})
    dockerd.run("done", command=["/bin/sh", "-c", "exit 3"]).wait("exited")
    seen = engine(ps="ps()", mine='ps { label = "com.docker.compose.project=shop", status = "running" }', images="images()",
                  one='images "lab/redis"', df="df()", info="info()", version="version()")
    assert (seen["ps"]["count"], seen["ps"]["by_status"]) == (2, {"running": 1, "exited": 1})
    assert [one["name"] for one in seen["mine"]["containers"]] == ["api"]
    assert {"lab/service:1", "lab/redis:7"} <= {tag for image in seen["images"]["images"] for tag in image["tags"]}
    assert [image["tags"] for image in seen["one"]["images"]] == [["lab/redis:7"]]
    assert seen["df"]["containers"]["count"] == 2 and seen["df"]["images"]["bytes"] > 0
    assert (seen["info"]["running"], seen["info"]["stopped"]) == (1, 1)
    assert seen["version"]["api"] == "1.41"


def test_an_engine_tells_what_happened_lately(dockerd, engine):
    dockerd.run("done", command=["/bin/sh", "-c", "exit 3"]).wait("exited")
    events = engine(events='events { since = "5m", container = "done" }')["events"]
    assert [event["event"] for event in events["events"]][-3:] == ["create", "start", "die"]
    assert events["events"][-1]["exit_code"] == 3 and events["complete"]


def test_the_inside_of_a_container_can_be_seen(containers, seen):
    containers("api", health=False)
    seen_inside = seen("api", top="top()", image="previous_image()")
    assert [one["CMD"] for one in seen_inside["top"]["processes"]] == ["/service"]
    assert seen_inside["image"]["current"]["tags"] == ["lab/service:1"]
    assert [image["tags"] for image in seen_inside["image"]["others"]] == [["lab/service:2"]]


def test_files_that_a_container_wrote_and_passwords_on_its_command_line(project, dockerd, seen):
    sleeps = "echo x > /tmp/new; sleep 1000 & exec sh -c 'sleep 1000; true' --password hunter2hunter2"
    dockerd.run("writer", command=["/bin/sh", "-c", sleeps])
    project.container("writer", dockerd)
    wait_until(lambda: len(dockerd.ask("GET", "/containers/writer/top")["Processes"]) > 2, "it runs")
    inside = seen("writer", diff="diff()", top="top()", state="state()")
    assert "/tmp/new" in inside["diff"]["added"]
    assert any("--password ‹redacted:" in one["CMD"] for one in inside["top"]["processes"])
    assert "hunter2" not in json.dumps(inside)


def test_an_engine_that_is_not_there_says_so_with_what_to_do(project, seen):
    project.targets["api"] = {"kind": "container", "engine": f"unix://{project.root}/no.sock", "name": "api", "env": "prod"}
    project.write_inventory()
    assert "no connection to unix:" in seen("api", state="state()")["state"]["error"]
    assert "→ does the daemon run, and may this user open its socket (group docker)?" in " ".join(project.last_out.split())


def test_a_command_inside_may_look_and_nothing_else(dockerd, containers, seen):
    containers("api", health=False, env={"SECRET_FLAG": "unlikely-value"})
    inside = seen("api", memory='exec_read { "cat", "/proc/meminfo" }', files='exec_read { "ls", "/no-such" }', shell='exec_read { "sh", "-c", "x" }',
                  env='exec_read { "env" }', environ='exec_read { "cat", "/proc/1/environ" }', none='exec_read { "redis-cli", "PING" }')
    assert inside["memory"]["stdout"].startswith("MemTotal:") and inside["memory"]["exit_code"] == 0
    assert inside["files"]["exit_code"] == 1 and "/no-such" in inside["files"]["stderr"]
    for refused in ("shell", "env", "environ"):
        assert "runs only commands that are known to look" in inside[refused]["error"]
    assert inside["none"]["error"] == "its image has no redis-cli"
    assert dockerd.ask("GET", "/containers/api/json")["State"]["Running"]


def test_redis_can_be_asked_from_inside_its_container(project, dockerd, seen):
    cache = dockerd.redis("cache")
    project.container("cache", dockerd)
    answer = seen("cache", role=f'exec_read {{ "redis-cli", "-p", "{cache.port}", "ROLE" }}')["role"]
    assert (answer["exit_code"], answer["stdout"].split()[0]) == (0, "master")


REACH = """
return playbook "reach" {
  alerts = {}, severity = "SEV-5", owner = "tests",
  inputs = { it = input.container "c", redis = input.redis "r", other = input.redis "o" },
  evidence = function(see, arg)
    local it = see.container(arg.it)
    return { redis = it:can_reach(arg.redis), other = it:can_reach(arg.other) }
  end,
  diagnose = function() return healthy "looked" end,
}
"""


@pytest.mark.parametrize("network,how", [("host", "the host's network, which it shares"), ("none", "nc inside the container")])
def test_whether_a_container_reaches_a_target_is_seen_from_inside(project, dockerd, start_redis, network, how):
    redis = start_redis(port=free_port())
    project.target("cache-1", redis.url)
    project.target("gone", f"redis://127.0.0.1:{free_port()}")
    dockerd.run("api", command=["/bin/sleep", "1000"], network=network)
    project.container("api", dockerd)
    seen = project.seen(REACH, it="api", redis="cache-1", other="gone")
    assert seen["redis"]["reachable"] == (network == "host") and seen["redis"]["how"] == how
    assert seen["redis"]["address"] == f"127.0.0.1:{redis.port}"
    assert seen["other"]["reachable"] is False


def test_an_image_without_tools_cannot_tell_what_it_reaches(project, dockerd, start_redis):
    redis = start_redis(port=free_port())
    project.target("cache-1", redis.url)
    dockerd.run("bare", "lab/bare:1", network="none")
    project.container("bare", dockerd)
    assert project.seen(REACH, it="bare", redis="cache-1", other="cache-1")["redis"]["error"] == "cannot tell: its image has no nc that can try it"


def test_an_nc_that_cannot_knock_has_not_shown_that_nothing_is_reached(project, dockerd, start_redis):
    redis = start_redis(port=free_port())
    project.target("cache-1", redis.url)
    dockerd.add_image("lab/old-nc:1", {"bin/busybox": pathlib.Path("/bin/busybox"), "bin/nc": "busybox"}, command=["/bin/busybox", "sleep", "600"])
    dockerd.run("old", "lab/old-nc:1", network="none")
    project.container("old", dockerd)
    assert project.seen(REACH, it="old", redis="cache-1", other="cache-1")["redis"]["error"] == "cannot tell: its image has no nc that can try it"


TOUCH = """
return playbook "touch" {
  alerts = {}, severity = "SEV-5", owner = "tests", inputs = { it = input.container "c" },
  evidence = function(see, arg) return { touched = see.container(arg.it):exec_read { "touch", "/tmp/touched" } } end,
  diagnose = function() return healthy "looked" end,
}
"""


@pytest.mark.parametrize("program", ["runbook", "runbook-dryonly", "runbook-dryonly-no-guard", "runbook-dryonly-no-effect"])
def test_either_list_alone_keeps_a_command_that_changes_out_of_a_container(project, dockerd, containers, program):
    containers("api", health=False)
    project.book("touch", TOUCH)
    done = project.run("run", "touch", "--dry-run", program=program)
    assert "not read" in done.out, done
    assert not dockerd.ask("GET", "/containers/api/changes")


def test_without_both_lists_the_command_would_be_run(project, dockerd, containers):
    containers("api", health=False)
    project.book("touch", TOUCH)
    project.run("run", "touch", "--dry-run", program="runbook-dryonly-neither")
    assert "/tmp/touched" in [change["Path"] for change in dockerd.ask("GET", "/containers/api/changes") or []]


BOTH = """
return playbook "both" {
  alerts = {}, severity = "SEV-5", owner = "tests",
  inputs = { redis = input.redis "r", it = input.container("its container"):default(container_of "redis") },
  findings = { stopped = "it does not run" },
  evidence = function(see, arg)
    local it = see.container(arg.it)
    return { ping = see.redis(arg.redis):ping(), state = it:state(), logs = it:logs { since = "5m", match = { "ready" } }, reach = it:can_reach(arg.redis) }
  end,
  diagnose = function(found)
    if not found.state or not found.reach then return unclear "its state could not be read" end
    return found.state.running and healthy("it runs, reachable %s", found.reach.reachable) or finding "stopped"
  end,
}
"""


def test_the_container_of_another_input_is_looked_at_and_the_run_becomes_a_world(project, dockerd):
    cache = dockerd.redis("cache-box")
    project.container("cache-box", dockerd)
    project.container("another", dockerd)
    project.target("cache-1", cache.url, container="cache-box")
    project.book("both", BOTH)
    done = project.run("run", "both", "--dry-run")
    assert done.code == 0 and "it: cache-box, the container of cache-1" in done.out and "it runs, reachable true" in done.out, done
    assert set(project.rehearsed("both").values()) == {"good"}
    alone = project.run("run", "limit", "--dry-run")
    assert alone.code == 0 and set(project.rehearsed("limit").values()) == {"good"}


def test_what_has_no_container_has_none_to_offer(project, cache):
    project.book("both", BOTH)
    done = project.run("run", "both", "--dry-run")
    assert done.code == 2 and "no container is the container of cache-1" in done.err, done


def piped(source, sink):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


@pytest.fixture
def over_tls(dockerd, tmp_path):
    """The engine behind a TLS socket on loopback: (its url, the authority of its certificate)."""
    certificates = Certificates(tmp_path / "certificates")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.certificate, certificates.key)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                with contextlib.suppress(OSError):
                    secured, engine = context.wrap_socket(client, server_side=True), socket.socket(socket.AF_UNIX)
                    engine.connect(dockerd.socket)
                    for pair in (secured, engine), (engine, secured):
                        threading.Thread(target=piped, args=pair, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield f"tcp://localhost:{listener.getsockname()[1]}", certificates.ca
    listener.close()


def test_an_engine_is_reached_over_tls_when_its_certificate_holds(project, dockerd, over_tls, seen):
    url, authority = over_tls
    dockerd.service("api", health=False)
    project.target("docker-1", url, kind="docker", ca_file=authority)
    project.targets["api"] = {"kind": "container", "engine": "docker-1", "name": "api", "env": "prod"}
    project.write_inventory()
    assert seen("api", state="state()")["state"]["running"]
    project.target("docker-1", url, kind="docker")
    assert "certificate" in seen("api", state="state()")["state"]["error"]
