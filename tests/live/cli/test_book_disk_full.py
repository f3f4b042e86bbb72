"""The playbook `disk-full` on a real host with a disk of 16 MiB: what fills it is found, and goes, and nothing else."""

import json

import pytest

from small_host import MIB, SmallHost


@pytest.fixture
def host(project, tmp_path, request):
    host = SmallHost(tmp_path / "small")
    request.addfinalizer(host.stop)
    project.target("web-1", kind="ssh", address="127.0.0.1", ssh_config=str(host.folder / "ssh_config"))
    del project.targets["web-1"]["url"]
    project.write_inventory()
    return host


def carry_out(project, mitigation, *words):
    plan = project.run("run", "disk-full", "--dry-run", "--mitigate", mitigation, *words, "-o", "json")
    assert plan.code == 0, plan
    digest = plan.json["plans"][0]["digest"]
    return project.run("run", "disk-full", "--mitigate", mitigation, *words, "--approve", digest, "--confirm", "web-1", "--reason", "a test")


def test_the_log_that_fills_the_disk_is_cut_and_its_last_lines_are_kept(project, host):
    host.write("app/app.log", 14, last="panic: what nobody may lose")
    host.write("nginx/access.log", 1)
    other = host.size("nginx/access.log")
    done = carry_out(project, "cut-log")
    assert done.code == 0 and "large-log" in done.out, done
    assert (host.size("app/app.log"), host.size("nginx/access.log")) == (0, other)
    kept = [r["data"] for r in project.records("EVIDENCE") if r["data"]["name"] == "lost with it: host.log"][-1]
    text = json.loads((project.state / "evidence" / kept["sha256"]).read_bytes())["text"]
    assert "panic: what nobody may lose" in text and text.count("\n") == 5000
    refused = project.run("undo", project.last_run(), "--dry-run")
    assert "its last lines, which are kept" in " ".join((refused.out + refused.err).split()), refused


def test_who_writes_to_a_log_goes_on_after_it_was_cut(project, host):
    host.write("app/app.log", 14.5)
    host.shell("(while sleep 0.1; do echo more; done >>/var/log/app/app.log) >/dev/null 2>&1 & echo $! >/var/log/pid")
    try:
        assert carry_out(project, "cut-log").code == 0
        host.shell("for i in $(seq 100); do grep -q more /var/log/app/app.log && exit; sleep 0.1; done; exit 1")
        assert host.size("app/app.log") < MIB
    finally:
        host.shell("kill $(cat /var/log/pid)")


def test_the_journal_is_shortened_where_it_is_to_blame(project, host):
    host.write("journal/system.journal", 15)
    done = carry_out(project, "shrink-journal", "-p", "shrink-journal.keep=4M")
    assert done.code == 0 and host.size("journal/system.journal") == 0, done
    assert "sudo" not in done.out and "journalctl --vacuum-size=4M" in done.out, done


def test_a_journal_on_another_disk_is_not_to_blame(project, host):
    host.shell("mkdir /var/log/journal; mount -t tmpfs -o size=32m tmpfs /var/log/journal")
    host.write("journal/system.journal", 16)
    host.write("core.bin", 15)
    done = project.run("run", "disk-full", "--yes")
    assert done.code == 11 and "neither logs nor docker are to blame" in " ".join(done.out.split()), done


def test_what_no_playbook_may_remove_is_left_and_told(project, host):
    host.write("core.bin", 15)
    done = project.run("run", "disk-full", "--yes")
    assert done.code == 11 and "neither logs nor docker are to blame" in " ".join(done.out.split()), done
    assert host.size("core.bin") > 14 * MIB


def test_a_disk_with_room_is_healthy(project, host):
    done = project.run("run", "disk-full", "--yes")
    assert done.code == 0 and "Healthy" in done.out, done


def test_what_is_no_log_that_may_be_read_is_not_cut(project, host):
    host.write("app/app.log", 15)
    host.shell("ln -s /etc/passwd /var/log/link.log; mkdir /var/log/private; echo x >/var/log/private/a.log")
    for path, why in [("/etc/shadow", "let no line out"), ("/var/log/link.log", "it is a link"), ("/var/log/none.log", "there is no"),
                      ("/var/log/private/a.log", "let no line out"), ("/srv/data.db", "there is no")]:
        done = project.run("run", "disk-full", "--dry-run", "--mitigate", "cut-log", "-p", f"cut-log.log={path}")
        assert done.code != 0 and why in " ".join((done.out + done.err).split()), (path, done)
