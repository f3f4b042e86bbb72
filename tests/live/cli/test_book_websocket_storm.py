"""The playbook `websocket-storm` on a real nginx, which a real systemd runs, and a real container behind it."""

import re

import pytest

from servers import wait_until
from socket_scenes import NOT_PASSED_ON, PASSED_ON, WORDS, opened, proxied, storm


@pytest.fixture
def backend(project, dockerd):
    backend = dockerd.service("chat", health=False)
    project.container("chat", dockerd, env="dev")
    project.target("chat-direct", backend.url, kind="http", env="dev")
    return backend


@pytest.fixture
def proxy(project, backend, tmp_path, request):
    def proxy(params):
        host = proxied(tmp_path, backend, params)
        request.addfinalizer(host.stop)
        host.declare(project, env="dev")
        return host

    return proxy


def run(project, *words):
    return project.run("run", "websocket-storm", *WORDS, "-p", "window=10s", *words, timeout=120)


def carried_out(project, mitigation, *words):
    dry = run(project, "--dry-run", "--mitigate", mitigation, *words, "-o", "json")
    assert dry.json["plans"], dry
    return run(project, "--mitigate", mitigation, *words, "--approve", dry.json["plans"][0]["digest"])


def test_a_proxy_that_does_not_pass_sockets_on_is_made_to_and_back_again(project, proxy):
    host = proxy(NOT_PASSED_ON)
    assert opened(host.port) == 426
    done = carried_out(project, "pass-them-on", "-p", "direct=chat-direct")
    assert done.code == 0 and "no-upgrade" in done.out and re.search(r"/proxy_params does not pass them on; (\d) of \1 were refused", " ".join(done.out.split())), done
    assert opened(host.port) == 101
    assert (host.etc / "proxy_params").read_text() == ("proxy_set_header Host $http_host;\nproxy_set_header Connection \"upgrade\";\n"
                                                       "proxy_http_version 1.1;\nproxy_set_header Upgrade $http_upgrade;\n")
    run_id = project.last_run()
    back = project.run("undo", run_id, "--dry-run")
    assert back.code == 0 and "proxy_params" in back.out and not re.search(r"^ *changes |proxy_http_version", back.out, re.MULTILINE), back
    done = project.run("undo", run_id, "--yes")
    assert done.code == 0 and (host.etc / "proxy_params").read_text() == NOT_PASSED_ON, done
    wait_until(lambda: opened(host.port) == 426, "the workers of before are gone")


def test_a_short_timeout_is_raised_where_sockets_end_often(project, proxy):
    host = proxy(PASSED_ON)
    storm(host, 60)
    done = carried_out(project, "raise-timeout", "-p", "raise-timeout.seconds=900")
    assert "+ proxy_read_timeout 900s;" in done.out, done
    assert done.code == 0 and "short-timeout" in done.out and "after 60 s of silence" in " ".join(done.out.split()), done
    assert (host.etc / "proxy_params").read_text() == PASSED_ON + "proxy_read_timeout 900s;\n"


def test_a_backend_that_takes_none_is_restarted_and_the_proxy_left_alone(project, proxy, backend):
    host = proxy(PASSED_ON)
    backend.get("/break-sockets")
    done = carried_out(project, "restart-backend", "-p", "direct=chat-direct")
    assert done.code == 0 and "backend-refuses" in done.out and "it answers 503, not 101" in " ".join(done.out.split()), done
    assert (opened(host.port), (host.etc / "proxy_params").read_text()) == (101, PASSED_ON)


def test_sockets_that_end_often_for_another_reason_are_only_told(project, proxy):
    storm(proxy(PASSED_ON + "proxy_read_timeout 10m;\n"), 60)
    done = run(project, "--yes")
    assert done.code == 11 and re.search(r"storm \d+ sockets are asked for in a minute, and \d+ end", " ".join(done.out.split())), done


def test_a_proxy_that_passes_them_on_in_several_places_is_not_guessed_at(project, proxy):
    host = proxy(NOT_PASSED_ON)
    (host.etc / "two.conf").write_text("location /a {\n  proxy_pass http://a;\n}\nlocation /b {\n  proxy_pass http://b;\n}\n")
    done = run(project, "--yes", "-p", "settings=/etc/nginx/two.conf")
    assert done.code == 11 and "name the file of the right one" in " ".join(done.out.split()), done
    again = run(project, "--dry-run", "--mitigate", "pass-them-on", "-p", "settings=/etc/nginx/two.conf")
    assert "host_file" not in again.out and (host.etc / "two.conf").read_text().count("upgrade") == 0, again


def test_where_sockets_open_and_last_it_is_healthy(project, proxy):
    proxy(PASSED_ON)
    done = run(project, "--yes")
    assert done.code == 0 and "Healthy" in done.out, done
