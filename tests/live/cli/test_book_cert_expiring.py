"""The playbook `cert-expiring` on a real nginx, whose certificate a unit of a real systemd renews."""

import pytest

from tls_proxy import TlsProxy


@pytest.fixture
def proxy(project, tmp_path, request):
    """Starts the host; its certificate has as many days left as are said."""
    def start(**more):
        proxy = TlsProxy(tmp_path / "proxy", **more)
        request.addfinalizer(proxy.stop)
        proxy.declare(project, env="dev")
        return proxy

    return start


def run(project, proxy, *words):
    return project.run("run", "cert-expiring", *proxy.inputs, *words)


def approved(project, proxy, mitigation):
    plan = run(project, proxy, "--dry-run", "--mitigate", mitigation, "-o", "json").json["plans"][0]
    return run(project, proxy, "--mitigate", mitigation, "--approve", plan["digest"])


def test_the_renewal_runs_and_the_proxy_shows_what_it_brought(project, proxy):
    it = proxy()
    before = it.shown()
    done = approved(project, it, "renew")
    assert done.code == 0 and "not-renewed" in done.out, done.out + done.err
    assert it.shown() != before
    again = run(project, it)
    assert again.code == 0 and "each has at least 14 days left" in " ".join(again.out.split()), again


def test_what_was_renewed_already_is_only_loaded(project, proxy):
    it = proxy()
    it.renew()
    before = it.shown()
    done = approved(project, it, "reload")
    assert done.code == 0 and "not-loaded" in done.out and it.shown() != before, done.out + done.err


def test_a_renewal_that_fails_is_told_with_its_log_and_the_proxy_is_left_alone(project, proxy):
    it = proxy()
    (it.folder / "pki" / "broken").touch()
    before = it.shown()
    done = approved(project, it, "renew")
    assert done.code == 5 and "systemctl ended with exit code 1" in done.out and it.shown() == before, done.out + done.err
    again = run(project, it, "--dry-run")
    assert "renew.service: exit-code" in " ".join(again.out.split()) and "too many requests" in again.out, again


def test_a_timer_that_does_not_run_is_the_cause(project, proxy):
    it = proxy()
    it.systemd.ctl("stop", "renew.timer")
    done = run(project, it, "--dry-run")
    assert "no-timer" in done.out and "renew.timer is inactive" in " ".join(done.out.split()), done


def test_one_that_clients_refuse_is_found_whatever_time_it_has(project, proxy):
    it = proxy(days=80)
    project.target("site", f"https://localhost:{it.port}", kind="http", env="dev")
    done = run(project, it, "--dry-run")
    assert done.code == 0 and "not-trusted" in done.out and "Plan" not in done.out, done
