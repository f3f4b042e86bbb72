"""Rules of a real ufw, changed over SSH: kept only when a login that is made after the change comes through."""

import os
import signal

import pytest

from looking import declare, start  # noqa: F401
from servers import wait_until
from walled_host import WalledHost
from ward import changed, undo

BOOK = """
return playbook "ward" {
  alerts = {}, severity = "SEV-3", owner = "tests", inputs = { it = input.ssh "the host" },
  evidence = function(see, arg) return { rules = see.host(arg.it):ufw_rules() } end,
  diagnose = function(found) return finding("ill", "%%d rules", #found.rules.rules) end,
  mitigations = {
    mitigation "treat" {
      answers = { "ill" },
      plan = function(found, arg) return { %s } end,
      verify = function(arg) return { check.host(arg.it):ufw_rules().active:is(true) } end,
      within = "20s",
    },
  },
}
"""

WORDS = ["run", "ward", "--mitigate", "treat"]


@pytest.fixture
def host(project, tmp_path, request):
    """Makes a host behind ufw, as web-1 of the inventory."""
    def host(**more):
        host = WalledHost(tmp_path / "walled", **more)
        request.addfinalizer(host.stop)
        host.declare(project, env="dev")
        return host

    return host


@pytest.fixture
def treat(project):
    """Makes one change of the host; gives what came of it."""
    def treat(change, **more):
        return project.run(*planned(project, change), **more)

    return treat


def planned(project, change):
    """The words that carry out the plan of one change."""
    project.book("ward", BOOK % change)
    dry = project.run(*WORDS, "--dry-run", "-o", "json")
    assert dry.code == 0, dry
    return [*WORDS, "--approve", dry.json["plans"][0]["digest"][:12]]


def refused(project, change):
    """Why no plan comes about."""
    project.book("ward", BOOK % change)
    done = project.run(*WORDS, "--dry-run")
    assert done.code != 0, done
    return " ".join((done.out + done.err).split())


def outcome(project):
    return project.records("OUTCOME")[-1]["data"]


def test_a_rule_is_added_where_it_is_wanted_and_kept_after_a_new_login(project, host, treat):
    host = host()
    logins = host.sshd.log().count("Accepted publickey")
    done = treat('change.ufw_rule(arg.it, { rule = "deny from 203.0.113.7 to any port 443 proto tcp", at = 1, label = "incident 4711" })')
    assert changed(done) and outcome(project)["status"] == "applied", (done, project.records("OUTCOME"))
    assert host.rules[0][0] == "deny tcp 443 0.0.0.0/0 any 203.0.113.7 in comment=" + b"incident 4711".hex() and len(host.rules[0]) == 2
    assert "203.0.113.7" in host.shell("iptables -S ufw-user-input") and host.timers() == []
    assert host.sshd.log().count("Accepted publickey") == logins + 3, "of the dry run, of the run, and of the one that confirmed it"
    assert undo(project).code == 0 and len(host.rules[0]) == 1 and host.timers() == []


def test_the_plan_says_what_the_host_does_by_itself(project, host):
    host()
    project.book("ward", BOOK % 'change.ufw_rule(arg.it, { rule = "deny 8080:8090,443/tcp", unless_confirmed = 30 })')
    plan = project.run(*WORDS, "--dry-run", "-o", "json").json["plans"][0]["changes"][0]
    assert "the host itself takes that back after 30 s unless a new login comes through" in plan["text"], plan
    timer, rule, stop = plan["calls"]
    unit = timer[3].removeprefix("--unit=")
    assert timer[4:] == ["--on-active=30", "--timer-property=AccuracySec=100ms", "--", "ufw", "delete", *rule[1:]]
    assert rule == ["ufw", "deny", "from", "any", "to", "any", "port", "443,8080:8090", "proto", "tcp"]
    assert stop == ["systemctl", "--no-ask-password", "stop", f"{unit}.timer"]


def test_who_locks_themselves_out_is_let_in_again_by_the_host(project, host, treat):
    host = host()
    before = host.rules
    done = treat(f'change.ufw_rule(arg.it, {{ rule = "deny {host.sshd.port}/udp", unless_confirmed = 5 }}), '
                 f'change.ufw_rule(arg.it, {{ rule = "reject from {host.here}", at = 1, unless_confirmed = 5 }})')
    first, second = (record["data"] for record in project.records("OUTCOME")[-2:])
    assert (first["status"], second["status"]) == ("applied", "not_applied"), (done, first, second)
    assert "nobody confirmed the change, and the host took it back by itself" in second["error"]["message"]
    assert len(host.rules[0]) == len(before[0]) + 1 and host.timers() == []


def test_a_line_that_is_cut_changes_nothing_about_that(project, host):
    host = host()
    before = host.rules
    run = project.start(*planned(project, f'change.ufw_rule(arg.it, {{ rule = "deny from {host.here}", at = 1, unless_confirmed = 5 }})'))
    wait_until(lambda: host.rules != before, "the rule is there")
    host.sshd.end_sessions()
    run.communicate(timeout=90)
    assert outcome(project)["status"] == "not_applied" and "took it back by itself" in outcome(project)["error"]["message"], outcome(project)
    assert (host.rules, host.timers()) == (before, [])


def test_an_engine_that_is_killed_before_it_could_confirm_leaves_the_host_as_it_was(project, host):
    host = host()
    before = host.rules
    words = planned(project, f'change.ufw_rule(arg.it, {{ rule = "deny from {host.here} proto tcp", at = 1, unless_confirmed = 8 }})')
    run = project.start(*words)
    wait_until(lambda: host.rules != before, "the rule is there")
    os.kill(run.pid, signal.SIGKILL)
    run.communicate(timeout=60)
    assert host.timers() != []
    wait_until(lambda: host.rules == before and host.timers() == [], "the host takes it back", seconds=30)
    settled = project.run("undo", project.last_run())
    assert settled.code == 0 and "it is back already" in " ".join(settled.out.split()), settled


def test_a_rule_that_lasts_for_a_time_is_ended_by_the_host_even_after_a_restart(project, host, treat):
    host = host()
    before, units = host.rules, host.folder / "systemd" / "units"
    done = treat('change.ufw_rule(arg.it, { rule = "deny from 203.0.113.7", lasts = "2h" })')
    assert changed(done) and len(host.rules[0]) == 2 and len(host.timers()) == 2 and all("-end." in unit for unit in host.timers()), (outcome(project), host.timers())
    shown = project.records("PLAN")[-1]["data"]["items"][0]["text"]
    assert "there it ends after 2 h, counted anew when the host restarts" in shown, shown
    timer, service = (next(units.glob(f"*-end.{kind}")) for kind in ("timer", "service"))
    assert "OnActiveSec=7200" in timer.read_text() and "WantedBy=timers.target" in timer.read_text()
    assert len(list(host.folder.rglob(f"timers.target.wants/{timer.name}"))) == 1, "it is enabled"
    # Two hours later.
    timer.write_text(timer.read_text().replace("7200", "1"))
    host.systemd.ctl("daemon-reload")
    host.systemd.ctl("restart", timer.name)
    wait_until(lambda: host.rules == before and not timer.exists() and not service.exists(), "it ends, and leaves nothing")


def test_the_undo_of_a_rule_takes_its_end_away_too(project, host, treat):
    host = host()
    before = host.rules
    assert changed(treat('change.ufw_rule(arg.it, { rule = "deny from 203.0.113.7", lasts = "2h" })'))
    assert undo(project).code == 0
    assert (host.rules, host.timers(), list((host.folder / "systemd" / "units").glob("*-end.*"))) == (before, [], [])


def test_a_rule_that_was_not_confirmed_leaves_no_end_behind(project, host, treat):
    host = host()
    before = host.rules
    treat(f'change.ufw_rule(arg.it, {{ rule = "reject from {host.here}", at = 1, lasts = "2h", unless_confirmed = 5 }})')
    assert outcome(project)["status"] == "not_applied", outcome(project)
    assert (host.rules, host.timers(), list((host.folder / "systemd" / "units").glob("*-end.*"))) == (before, [], [])


def test_a_rule_that_is_deleted_comes_back_to_its_place_with_what_was_said_of_it(project, host, treat):
    host = host()
    host.ufw("deny", "from", "203.0.113.8")
    host.ufw("deny", "9000:9010/tcp", "comment", "who wanted that?")
    host.ufw("deny", "from", "2001:db8::1")
    host.ufw("allow", "in", "on", "eth0", "to", "any", "port", "5432", "proto", "tcp")
    before = host.rules
    done = treat('change.ufw_delete(arg.it, "deny 9000:9010/tcp")')
    assert changed(done) and [len(rules) for rules in host.rules] == [len(rules) - 1 for rules in before], done
    assert host.timers() == []
    assert undo(project).code == 0 and sorted(host.rules[1]) == sorted(before[1]) and host.rules[0] == before[0]


def test_the_half_for_ipv6_that_would_come_back_elsewhere_is_told_of(project, host):
    host = host()
    host.ufw("deny", "9000/tcp")
    host.ufw("deny", "from", "203.0.113.8")
    host.ufw("allow", "9001/tcp")
    project.book("ward", BOOK % 'change.ufw_delete(arg.it, "deny 9000/tcp")')
    shown = project.run(*WORDS, "--dry-run", "-o", "json").json["plans"][0]["changes"][0]["text"]
    assert shown.endswith("put back, its half for IPv6 comes behind all others"), shown


def test_who_deletes_the_rule_that_lets_them_in_finds_it_where_it_was(project, host, treat):
    host = host()
    host.ufw("deny", "from", "203.0.113.8")
    host.ufw("allow", "443/tcp")
    before = host.rules
    done = treat(f'change.ufw_delete(arg.it, {{ rule = "allow {host.sshd.port}/tcp", unless_confirmed = 5 }})')
    assert outcome(project)["status"] == "not_applied" and "took it back by itself" in outcome(project)["error"]["message"], (done, outcome(project))
    assert (host.rules, host.timers()) == (before, [])


def test_what_is_there_is_left_and_what_it_would_do_away_with_keeps_it_from_being_added(project, host, treat):
    host = host()
    host.ufw("deny", "443/tcp")
    host.ufw("allow", "444/tcp")
    treat('change.ufw_rule(arg.it, "deny from any to any port 443 proto tcp")')
    assert outcome(project)["status"] == "skipped"
    treat('change.ufw_delete(arg.it, "deny 9999/tcp")')
    assert outcome(project)["status"] == "skipped"
    assert 'ufw would make "allow from 0.0.0.0/0 to any port 444 proto tcp", which is there, into it' in refused(project, 'change.ufw_rule(arg.it, "deny 444/tcp")')
    assert "it is there already, at number 2" in refused(project, 'change.ufw_rule(arg.it, { rule = "deny 443/tcp", at = 1 })')


def test_the_three_rules_that_ufw_shows_alike_are_told_apart(project, host, treat):
    host = host()
    host.ufw("deny", "from", "0.0.0.0/0", "to", "any", "port", "77", "proto", "tcp")
    host.ufw("deny", "from", "::/0", "to", "any", "port", "78", "proto", "tcp")
    host.ufw("deny", "79/tcp")
    before = host.rules
    for port in (77, 78, 79):
        assert changed(treat(f'change.ufw_delete(arg.it, "deny {port}/tcp")'))
        assert undo(project).code == 0
    assert [sorted(rules) for rules in host.rules] == [sorted(rules) for rules in before]


@pytest.mark.parametrize("rule, why", [
    ("deny from 203.0.113.7; reboot", 'neither an address nor a network'),
    ("--force reset", "it begins with allow, deny, reject or limit"),
    ("deny ssh", "not the name of a service"),
    ("deny from 10.1.2.3/8", "names a network by an address in it"),
    ("deny from 10.0.0.1 to ::1", "names an address of IPv4 and one of IPv6"),
    ("deny 80,443", "several ports want proto tcp or proto udp"),
    ("deny in on -x from any", "the name of an interface"),
    ("deny from any port", "a port comes behind port"),
    ("route deny from any", "it begins with allow"),
])
def test_words_that_are_no_rule_are_refused_before_anything_is_sent(project, start, declare, rule, why):
    declare(start(), env="dev")
    assert why in refused(project, f'change.ufw_rule(arg.it, "{rule}")')


def test_a_ufw_that_counts_for_nothing_is_not_changed(project, host):
    host(active=False)
    assert "ufw is not active there, and no rule of it counts" in refused(project, 'change.ufw_rule(arg.it, "deny 443/tcp")')


def test_without_systemd_nothing_could_take_it_back_and_nothing_is_changed(project, host):
    host = host(systemd=False)
    assert "the host has no systemd, whose timer would take it back" in refused(project, 'change.ufw_rule(arg.it, "deny 443/tcp")')


def test_a_host_without_ufw_says_so(project, start, declare):
    declare(start(path="/usr/bin:/bin"), env="dev")
    assert "the host has no ufw" in refused(project, 'change.ufw_rule(arg.it, "deny 443/tcp")')


def test_a_timer_that_cannot_be_started_means_that_no_rule_is_changed(project, host, treat):
    host = host()
    before = host.rules
    words = planned(project, 'change.ufw_rule(arg.it, "deny 443/tcp")')
    host.systemd.write_program("systemd-run", "echo 'Failed to start transient timer unit' >&2; exit 1")
    done = project.run(*words)
    assert (outcome(project)["status"], host.rules) == ("not_applied", before), done
    assert outcome(project)["error"]["message"].endswith("Failed to start transient timer unit; no rule was changed")


def test_what_ufw_refuses_is_put_back_and_its_timer_stopped(project, host):
    host = host()
    before = host.rules
    words = planned(project, 'change.ufw_rule(arg.it, "deny 443/tcp")')
    host.systemd.write_program("ufw", 'case "$*" in deny*) echo "ERROR: problem running" >&2; exit 1;; esac; exec /usr/sbin/ufw "$@"')
    done = project.run(*words)
    assert (outcome(project)["status"], host.rules, host.timers()) == ("not_applied", before, []), done
    assert "ufw ended with exit code 1: ERROR: problem running" in outcome(project)["error"]["message"]
