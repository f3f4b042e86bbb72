"""Changes of containers on a real Docker Engine: what is sent, what is kept before, and what the undo brings back."""

import threading
import time

import pytest

from ward import book, changed, lasting, undo


@pytest.mark.parametrize("change, becomes, start", [("stop", "exited", "running"), ("pause", "paused", "running")])
def test_a_status_is_set_and_taken_back(project, service, treat, change, becomes, start):
    web = service("web").wait("healthy")
    before = lasting(web.inspect())
    done = treat("web", f"change.container_{change}(arg.it)", becomes)
    assert (changed(done), web.state()["Status"]) == (True, becomes), done
    done = undo(project)
    assert (done.code, lasting(web.inspect())) == (0, before), done


def test_a_restart_keeps_what_it_destroys_and_shows_by_its_mark(project, service, treat):
    web = service("web").wait("healthy")
    web.get("/say/its-last-words")
    before = web.state()
    done = treat("web", 'change.container_restart(arg.it, { timeout = 3 })')
    assert changed(done), done
    after = web.state()
    assert after["StartedAt"] > before["StartedAt"] and after["Pid"] != before["Pid"]
    assert "keeps     before it: what container.logs 5000 tells" in treat.shown, treat.shown
    assert f"POST /containers/{web.inspect()['Id'][:12]}/restart?t=3" in treat.shown
    kept = [r for r in project.records("EVIDENCE", "INTENT") if r["run"] == project.last_run()]
    intent = next(i for i, record in enumerate(kept) if record["type"] == "INTENT")
    lost = [r["data"] for r in kept[:intent] if r["data"]["name"] == "lost with it: container.logs"]
    assert len(lost) == 2, "for the plan, and right before the INTENT"
    assert "its-last-words" in (project.state / "evidence" / lost[-1]["sha256"]).read_text()
    assert kept[intent - 1]["data"]["name"].startswith("lost with it"), "nothing but the comparison is between the two"


def test_a_restart_without_logs_to_keep_is_of_level_3_and_names_what_is_lost(project, service, treat):
    web = service("web", log_driver="none").wait("healthy")
    before = web.state()["StartedAt"]
    done = treat("web", "change.container_restart(arg.it, { timeout = 1 })", level=3)
    assert (changed(done), web.state()["StartedAt"] > before) == (True, True), done
    assert "LOSES     what container.logs 5000 tells, which could not be kept: docker keeps no log of it" in " ".join(treat.shown.split("\n               "))
    attempts = [r["data"] for r in project.records("EVIDENCE") if r["data"]["name"] == "lost with it: container.logs"]
    assert all("its log driver is none" in one["error"]["message"] for one in attempts) and attempts


def test_logs_that_cannot_be_kept_any_more_let_nothing_be_sent(project, service, dockerd, between):
    web = service("web").wait("healthy")
    before = web.state()["StartedAt"]
    project.container("web", between, env="dev")
    project.book("ward", book("change.container_restart(arg.it)"))
    words = ["run", "ward", "-p", "it=web", "--mitigate", "treat"]
    digest = project.run(*words, "--dry-run", "-o", "json").json["plans"][0]["digest"]
    between.refuse("/logs?", after=1)  # that of the plan
    done = project.run(*words, "--approve", digest[:12])
    assert (done.code, web.state()["StartedAt"], project.records("INTENT")) == (8, before, []), done
    assert "what container.logs 5000 tells could not be kept" in " ".join((done.out + done.err).split())


def test_a_signal_is_sent_and_cannot_be_taken_back(project, service, treat):
    web = service("web").wait("healthy")
    done = treat("web", 'change.container_kill(arg.it, "KILL")', "exited", level=2)
    assert (changed(done), web.state()["ExitCode"]) == (True, 137), done
    assert "a signal cannot be taken back" in treat.shown


def test_a_container_that_was_replaced_meanwhile_is_left_alone(project, service, treat, dockerd):
    service("web").wait("healthy")
    project.book("ward", book("change.container_stop(arg.it)", "exited"))
    words = ["run", "ward", "-p", "it=web", "--mitigate", "treat"]
    digest = project.run(*words, "--dry-run", "-o", "json").json["plans"][0]["digest"]
    other = dockerd.service("web").wait("healthy")
    done = project.run(*words, "--approve", digest[:12])
    assert (done.code, other.state()["Running"]) == (8, True), done


# ---- made anew

def test_an_image_is_changed_and_the_very_container_comes_back(project, service, treat, dockerd):
    web = service("web", env={"DB_PASSWORD": "hunter2hunter2", "FEATURE_X": "on"}, restart="always", labels={"com.docker.compose.service": "web"})
    web.wait("healthy")
    before = web.inspect()
    done = treat("web", 'change.container_image(arg.it, { to = "lab/service:2", timeout = 1 })')
    assert (changed(done), web.get("/version")) == (True, (200, "2")), done
    assert "hunter2" not in done.out + done.err + treat.shown
    now = web.inspect()
    assert set(now["Config"]["Env"]) - {"VERSION=2"} == set(before["Config"]["Env"]) - {"VERSION=1"}
    assert now["Config"]["Labels"]["com.docker.compose.service"] == "web"
    kept = dockerd.ask("GET", f"/containers/web.before-{before['Id'][:12]}/json")
    assert (kept["Id"], kept["State"]["Status"], kept["HostConfig"]["RestartPolicy"]["Name"]) == (before["Id"], "exited", "no")
    done = undo(project)
    assert (done.code, web.get("/version")) == (0, (200, "1")), done
    assert lasting(web.inspect()) == lasting(before)
    for file in [*project.state.rglob("*")]:
        assert not file.is_file() or b"hunter2" not in file.read_bytes(), file


def test_a_flag_of_the_environment_is_flipped_and_rolled_back(project, service, treat):
    web = service("web", env={"FEATURE_X": "on"}).wait("healthy")
    before = web.inspect()
    done = treat("web", 'change.container_env(arg.it, { key = "FEATURE_X", to = "off", timeout = 1 })')
    assert (changed(done), web.get("/env/FEATURE_X")) == (True, (200, "off")), done
    assert set(web.inspect()["Config"]["Env"]) == {pair.replace("FEATURE_X=on", "FEATURE_X=off") for pair in before["Config"]["Env"]}
    done = undo(project)
    assert (done.code, web.get("/env/FEATURE_X")) == (0, (200, "on")), done
    assert lasting(web.inspect()) == lasting(before)


def test_a_secret_of_the_inventory_reaches_a_container_and_nothing_else(project, service, treat):
    project.secret("API_KEY", f"file:{project.root}/key")
    (project.root / "key").write_text("correct horse battery")
    (project.root / "key").chmod(0o600)
    web = service("web").wait("healthy")
    done = treat("web", 'change.container_env(arg.it, { key = "API_KEY", to = secret "API_KEY", timeout = 1 })')
    assert (changed(done), web.get("/env/API_KEY")) == (True, (200, "correct horse battery")), done
    assert "API_KEY of the secret API_KEY" in " ".join(treat.shown.split())
    for file in [*project.state.rglob("*")]:
        assert not file.is_file() or b"correct horse" not in file.read_bytes(), file


def test_a_new_container_that_does_not_become_healthy_is_replaced_by_the_old_one(project, service, treat, dockerd):
    web = service("web", restart="unless-stopped").wait("healthy")
    before = web.inspect()
    done = treat("web", 'change.container_env(arg.it, { key = "UNHEALTHY", to = "redis", timeout = 1, within = 20 })')
    assert done.code == 1, done
    said = " ".join(done.out.split())
    assert "the new container does not do: it is unhealthy" in said
    assert "everything was put back, the old container is as it was" in said
    assert lasting(web.wait("healthy").inspect()) == lasting(before)
    assert [c["Names"] for c in dockerd.ask("GET", "/containers/json", all=1)] == [["/web"]]


def test_what_cannot_come_back_is_refused_with_the_reason(project, dockerd):
    body = {"Image": "lab/service:1", "Env": ["PORT=1"], "HostConfig": {"NetworkMode": "host", "AutoRemove": True}}
    dockerd.ask("POST", "/containers/create", body, name="brief")
    dockerd.ask("POST", "/containers/brief/start")
    project.container("brief", dockerd, env="dev")
    project.book("ward", book('change.container_image(arg.it, { to = "lab/service:2" })'))
    done = project.run("run", "ward", "-p", "it=brief", "--mitigate", "treat", "--dry-run")
    assert "docker removes it as soon as it stops (--rm)" in done.out + done.err, done


def test_volumes_that_nobody_named_move_over_and_its_name_of_its_own_does_not(project, dockerd, treat):
    body = {"Image": "lab/service:1", "Cmd": ["/bin/sh", "-c", "sleep 1000"], "Volumes": {"/data": {}}, "HostConfig": {"NetworkMode": "none"}}
    old = dockerd.ask("POST", "/containers/create", body, name="store")["Id"]
    dockerd.ask("POST", "/containers/store/start")
    project.container("store", dockerd, env="dev")
    volume = dockerd.ask("GET", "/containers/store/json")["Mounts"][0]["Name"]
    done = treat("store", 'change.container_env(arg.it, { key = "FEATURE_X", to = "off", timeout = 0 })')
    assert changed(done), done
    new = dockerd.ask("GET", "/containers/store/json")
    assert [(mount["Name"], mount["Destination"]) for mount in new["Mounts"]] == [(volume, "/data")]
    assert new["Id"] != old and new["Config"]["Hostname"] == new["Id"][:12]


@pytest.fixture
def networks(dockerd):
    for name, subnet in (("front", "10.231.7.0/24"), ("back", "10.231.8.0/24")):
        dockerd.ask("POST", "/networks/create", {"Name": name, "Driver": "bridge", "IPAM": {"Config": [{"Subnet": subnet}]}})


def attached(inspect):
    """How it stands in its networks, but for what docker gives each container anew."""
    def of(endpoint):
        aliases = [alias for alias in endpoint["Aliases"] if alias != inspect["Id"][:12]]
        return aliases, endpoint["IPAMConfig"], endpoint["IPAddress"]
    return {name: of(endpoint) for name, endpoint in inspect["NetworkSettings"]["Networks"].items()}


def test_a_container_in_several_networks_keeps_its_names_and_addresses_there(project, dockerd, treat, networks):
    def endpoint(alias, address):
        return {"Aliases": [alias], "IPAMConfig": {"IPv4Address": address}}
    body = {"Image": "lab/service:1", "Env": ["PORT=8080"], "HostConfig": {"NetworkMode": "front"},
            "NetworkingConfig": {"EndpointsConfig": {"front": endpoint("api", "10.231.7.9")}}}
    dockerd.ask("POST", "/containers/create", body, name="web")
    dockerd.ask("POST", "/networks/back/connect", {"Container": "web", "EndpointConfig": endpoint("api-of-workers", "10.231.8.9")})
    dockerd.ask("POST", "/containers/web/start")
    project.container("web", dockerd, env="dev")
    before = dockerd.ask("GET", "/containers/web/json")
    done = treat("web", 'change.container_image(arg.it, { to = "lab/service:2", timeout = 1 })')
    now = dockerd.ask("GET", "/containers/web/json")
    assert changed(done) and now["Id"] != before["Id"], done
    assert attached(now) == attached(before) == {
        "front": (["api"], {"IPv4Address": "10.231.7.9"}, "10.231.7.9"),
        "back": (["api-of-workers"], {"IPv4Address": "10.231.8.9"}, "10.231.8.9")}
    assert lasting(now)["HostConfig"] == lasting(before)["HostConfig"]
    done = undo(project)
    back = dockerd.ask("GET", "/containers/web/json")
    assert (done.code, back["Id"], attached(back)) == (0, before["Id"], attached(before)), done


def test_what_was_kept_is_listed_and_removed(project, service, treat, dockerd):
    web = service("web").wait("healthy")
    before = web.inspect()["Id"]
    assert changed(treat("web", 'change.container_env(arg.it, { key = "FEATURE_X", to = "off", timeout = 1 })'))
    for name in ("web.other", "web.before-the-move"):
        dockerd.service(name).wait("healthy").stop()
    done = treat("web", "change.container_remove_kept(arg.it)", level=3)
    assert changed(done) and f"1 container: web.before-{before[:12]}" in treat.shown, done
    assert "the way back of the runs that made it anew" in " ".join(treat.shown.split())
    assert sorted(name for c in dockerd.ask("GET", "/containers/json", all=1) for name in c["Names"]) == ["/web", "/web.before-the-move", "/web.other"]
    lost = [r["data"] for r in project.records("EVIDENCE") if r["data"]["name"] == "lost with it: container.kept_words"]
    assert "GET /health 200" in (project.state / "evidence" / lost[-1]["sha256"]).read_text()


# ---- limits

def test_a_memory_limit_is_set_with_its_swap_and_taken_back(project, service, treat):
    web = service("web", memory=64 << 20).wait("healthy")
    before = lasting(web.inspect())
    done = treat("web", 'change.container_memory(arg.it, { to = "96mb" })')
    limits = web.inspect()["HostConfig"]
    assert (changed(done), limits["Memory"]) == (True, 96 << 20), done
    assert limits["MemorySwap"] - limits["Memory"] == before["HostConfig"]["MemorySwap"] - before["HostConfig"]["Memory"]
    done = undo(project)
    assert (done.code, lasting(web.inspect())) == (0, before), done


def test_lowering_a_memory_limit_is_of_level_3_and_setting_the_first_one_has_no_way_back(project, service, treat):
    service("web", memory=64 << 20).wait("healthy")
    assert changed(treat("web", 'change.container_memory(arg.it, { to = "48mb" })', level=3))
    service("web").wait("healthy")
    assert changed(treat("web", 'change.container_memory(arg.it, { to = "96mb" })', level=3))
    assert "NONE: docker cannot take a limit away again" in treat.shown


def test_a_restart_policy_is_set_and_taken_back(project, service, treat):
    web = service("web", restart="on-failure").wait("healthy")
    before = lasting(web.inspect())
    assert changed(treat("web", 'change.container_restart_policy(arg.it, { to = "unless-stopped" })'))
    assert web.inspect()["HostConfig"]["RestartPolicy"]["Name"] == "unless-stopped"
    assert undo(project).code == 0
    assert lasting(web.inspect()) == before


def test_a_container_is_removed_only_when_it_is_stopped_and_its_logs_are_kept(project, service, treat, dockerd):
    web = service("web").wait("healthy")
    web.get("/say/its-last-words")
    project.book("ward", book("change.container_remove(arg.it)", "gone"))
    done = project.run("run", "ward", "-p", "it=web", "--mitigate", "treat", "--dry-run")
    assert "it runs: stop it first" in done.out + done.err, done
    web.stop()
    done = treat("web", "change.container_remove(arg.it)", "gone", level=3, within="1s")
    assert (done.code, dockerd.ask("GET", "/containers/json", all=1)) == (5, []), done
    kept = [r["data"] for r in project.records("EVIDENCE") if r["data"]["name"] == "lost with it: container.logs"]
    assert "its-last-words" in (project.state / "evidence" / kept[-1]["sha256"]).read_text()


# ---- one after the other

ROLLING = """
return playbook "rolling" {
  alerts = {}, severity = "SEV-3", owner = "tests", inputs = { apis = input.container("all of them"):many() },
  evidence = function(see, arg)
    return { states = parallel.map(arg.apis, function(api) return see.container(api):state() end) }
  end,
  diagnose = function() return finding("stuck", "they are stuck") end,
  mitigations = {
    mitigation "roll" {
      answers = { "stuck" },
      plan = function(found, arg)
        local function well(api) return { check.container(api):state().health.status:is "healthy" } end
        local function restart(api) return { change.container_restart(api, { timeout = 1 }) } end
        return { change.across(arg.apis, { at_a_time = 1, check = well, within = "8s" }, restart) }
      end,
      verify = function(arg) return { check.container(arg.apis[2]):state().health.status:is "healthy" } end,
      within = "5s",
    },
  },
}
"""


@pytest.fixture
def roll(project):
    project.book("rolling", ROLLING)

    def run():
        words = ["run", "rolling", "-p", "apis=blue,green", "--mitigate", "roll"]
        plan = project.run(*words, "--dry-run", "-o", "json").json["plans"][0]
        return project.run(*words, "--approve", plan["digest"][:12], "--confirm", "2", "--reason", "a test")
    return run


def test_a_rolling_restart_under_load_leaves_no_moment_with_both_down(service, roll):
    blue, green = service("blue").wait("healthy"), service("green").wait("healthy")
    before = [it.state()["StartedAt"] for it in (blue, green)]
    over, seen = threading.Event(), []

    def load():
        while not over.is_set():
            seen.append((bool(blue.listens()), bool(green.listens())))
            time.sleep(0.01)

    client = threading.Thread(target=load)
    client.start()
    done = roll()
    over.set()
    client.join()
    assert changed(done), done
    assert all(it.state()["StartedAt"] > was for it, was in zip((blue, green), before))
    assert (False, False) not in seen
    assert {(False, True), (True, False)} <= set(seen), "each was down for a moment, or the load saw nothing"


def test_a_rolling_restart_stops_at_the_first_that_does_not_become_healthy(service, roll):
    once = ["/bin/sh", "-c", "[ -f /tmp/ran ] && export UNHEALTHY=redis; echo > /tmp/ran; exec /service"]
    blue, green = service("blue", command=once).wait("healthy"), service("green").wait("healthy")
    before = green.state()["StartedAt"]
    done = roll()
    assert done.code == 5, done
    assert blue.state()["Health"]["Status"] == "unhealthy"
    assert green.state()["StartedAt"] == before
    assert "the plan stops here" in done.out, done
