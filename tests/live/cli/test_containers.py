"""Looking into docker: containers, their logs and their surroundings, on a real Docker Engine."""


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
