"""The playbook `ufw-blocks` on a host with a real ufw: the rule that keeps clients out is found among others, and goes."""

import pytest

from walled_host import WalledHost


@pytest.fixture
def host(project, tmp_path, request):
    host = WalledHost(tmp_path / "walled")
    request.addfinalizer(host.stop)
    host.declare(project, env="prod")
    host.port = host.web()
    project.target("shop", f"http://{host.address}:{host.port}", kind="http")
    return host


def book(project, host, *words, **more):
    return project.run("run", "ufw-blocks", "-p", f"port={host.port}", *words, **more)


def carry_out(project, host, *words):
    plan = book(project, host, "--dry-run", "--mitigate", "delete-rule", *words, "-o", "json")
    assert plan.code == 0, plan
    plan = plan.json["plans"][0]
    gate = [] if plan["level"] < 3 else ["--confirm", "web-1", "--reason", "a test"]
    return book(project, host, "--mitigate", "delete-rule", *words, "--approve", plan["digest"], *gate)


def test_the_rule_that_denies_is_deleted_and_no_other(project, host):
    host.ufw("deny", "from", "203.0.113.8")
    host.ufw("deny", "from", host.here, "to", "any", "port", str(host.port), "proto", "tcp")
    host.ufw("allow", f"{host.port}/tcp")
    before = host.rules[0]
    done = carry_out(project, host, "-p", f"from={host.here}")
    assert done.code == 0 and f"rule 3 of ufw: deny from {host.here} to any port {host.port} proto tcp" in " ".join(done.out.split()), done
    assert host.rules[0] == [before[0], before[1], before[3]] and host.timers() == []
    undone = project.run("undo", project.last_run(), "--dry-run", "-o", "json").json["plans"][0]["changes"][0]
    assert undone["calls"][1][:3] == ["ufw", "insert", "3"], undone


def test_a_rule_after_whose_end_nobody_could_log_in_comes_back(project, host):
    host.ufw("reject", "in", "on", "eth0", "to", "any", "port", str(host.port))
    host.ufw("allow", f"{host.port}/tcp")
    before = host.rules
    # Somebody else's script shuts the door when that rule goes, and opens it again when it comes: with its own rule in front, the
    # number that the rule had is another place.
    host.systemd.write_program("ufw", f'/usr/sbin/ufw "$@" || exit; case "$*" in delete*) /usr/sbin/ufw prepend deny from {host.here};; insert*) /usr/sbin/ufw delete deny from {host.here};; esac')
    done = carry_out(project, host, "-p", "delete-rule.seconds=5")
    assert done.code != 0 and [sorted(rules) for rules in host.rules] == [sorted(rules) for rules in before], (done, host.rules)
    assert "took it back by itself" in project.records("OUTCOME")[-1]["data"]["error"]["message"]


def test_what_is_not_the_firewalls_doing_is_told_as_such(project, host):
    done = book(project, host, "--dry-run")
    assert "no-rule-allows" in done.out, done
    host.ufw("allow", f"{host.port}/tcp")
    assert "Healthy" in book(project, host, "--dry-run").out
    web = host.others.pop()
    web.kill()
    web.wait()
    assert "nothing-listens" in book(project, host, "--dry-run").out


def test_a_host_whose_ufw_cannot_be_asked_is_unclear(project, host):
    host.systemd.write_program("ufw", "echo 'ERROR: You need to be root to run this script' >&2; exit 1")
    done = book(project, host, "--dry-run")
    assert "You need to be root" in " ".join(done.out.split()) and "unclear" in done.out, done
