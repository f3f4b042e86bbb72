"""Looking at hosts over SSH: a real sshd, its keys judged first, and only commands that look."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

import pytest

from looking import BOOK, declare, look, start  # noqa: F401
from servers import wait_until
from sshd import USER, fingerprint, keygen

def ways(project):
    """How the readings of the last run got to their targets, as their records have it: {name: (transport, via)}."""
    records = [record["data"] for record in project.records("EVIDENCE") if record["run"] == project.last_run()]
    return {data["name"]: (data.get("transport"), data.get("via")) for data in records}


def test_a_reading_over_ssh_says_by_which_transport_and_no_other_does(project, start, declare, start_redis):
    server = start_redis()
    declare(start())
    project.target("cache-1", server.url, host="cache-host", unit="ssh.service")
    project.book("looks", """return playbook "looks" { alerts = {}, severity = "SEV-5", owner = "tests", inputs = { cache = input.redis "it", host = input.ssh "its host" },
      evidence = function(see, arg) return { ping = see.redis(arg.cache):ping(), load = see.host(arg.host):load(),
        unit = see.service(arg.cache):state(), port = see.net(arg.host):tcp_probe() } end,
      diagnose = function() return finding("seen", "seen") end }""")
    done = project.run("run", "looks", "--dry-run", "-o", "json")
    assert ways(project) == {"ping": (None, None), "load": ("libssh2", None), "unit": ("libssh2", None), "port": (None, None)}, done
    told = {item["id"]: item.get("transport") for item in done.json["evidence"]}
    assert told == {"ping": None, "load": "libssh2", "unit": "libssh2", "port": None}


def test_a_host_tells_of_its_load_memory_and_disks(start, declare, look):
    declare(start())
    found = look('load = host:load(), memory = host:memory(), root = host:disk "/", disks = host:disk()')
    assert found["load"]["processors"] == os.cpu_count() and found["load"]["one"] >= 0
    meminfo = dict(line.split(":") for line in pathlib.Path("/proc/meminfo").read_text().splitlines())
    assert found["memory"]["total"] == int(meminfo["MemTotal"].split()[0]) * 1024
    assert found["root"]["mount"] == "/" and found["root"]["size"] == shutil.disk_usage("/").total
    assert any(disk["mount"] == "/" for disk in found["disks"])


def test_a_command_that_only_looks_runs_and_any_exit_code_is_an_answer(start, declare, look):
    declare(start())
    found = look('''up = host:exec_read { "cat", "/proc/uptime" }, no = host:exec_read { "ls", "/no/such/place" },
                    many = host:exec_read { "uname", "-s" }''')
    assert found["up"]["exit_code"] == 0 and float(found["up"]["stdout"].split()[0]) > 0
    assert found["no"]["exit_code"] == 2 and "/no/such/place" in found["no"]["stderr"]
    assert found["many"]["stdout"] == "Linux\n"


def test_a_command_that_could_change_something_is_refused_before_anything_is_sent(start, declare, look, tmp_path):
    server = start()
    declare(server)
    found = look(f'''touch = host:exec_read {{ "touch", "{tmp_path}/made" }}, sh = host:exec_read {{ "sh", "-c", "id" }},
                    find = host:exec_read {{ "find", "{tmp_path}", "-delete" }}''')
    assert {reading["code"] for reading in found.values()} == {"refused"}, found
    assert not (tmp_path / "made").exists() and tmp_path.exists()


def test_a_host_whose_key_is_not_recorded_is_not_logged_in_to(start, declare, look):
    server = start()
    declare(server)
    (server.folder / "known_hosts").write_text("")
    error = look("load = host:load()")["load"]
    assert error["code"] == "not_found" and fingerprint(server.host_keys[0].with_suffix(".pub")) in error["message"]
    assert "Accepted" not in server.log() and "userauth" not in server.log()


def test_a_host_that_shows_another_key_gets_no_byte_of_a_login(start, declare, look):
    server = start()
    declare(server)
    other = keygen(server.folder / "other").with_suffix(".pub").read_text()
    (server.folder / "known_hosts").write_text(f"# ours\n[127.0.0.1]:{server.port} {other}")
    error = look("load = host:load()")["load"]
    assert error["code"] == "refused" and "another key" in error["message"], error
    assert f"for {USER}" not in server.log()


def test_a_host_that_lets_us_in_with_no_key_says_so(start, declare, look):
    server = start()
    declare(server)
    (server.folder / "authorized_keys").write_text("")
    error = look("load = host:load()")["load"]
    assert error["code"] == "auth" and USER in error["message"], error


def test_several_readings_share_one_login(start, declare, look):
    server = start()
    declare(server)
    look("a = host:load(), b = host:memory(), c = host:disk(), d = host:exec_read { 'uptime' }")
    assert server.log().count("Accepted publickey") == 1


def slow_uptime(folder):
    """A folder whose `uptime` goes on for minutes, with a child; and the file with its process."""
    (folder / "bin").mkdir()
    (folder / "bin" / "uptime").write_text(f"#!/bin/sh\nsleep 300 &\necho $$ > {folder}/began\nwait\n")
    (folder / "bin" / "uptime").chmod(0o755)
    return f"{folder}/bin:/usr/bin:/bin", folder / "began"


def group_is_gone(process):
    try:
        os.killpg(process, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize("key", ["ed25519", "rsa"])
def test_a_command_that_goes_on_for_too_long_is_ended_on_the_host_too(project, start, declare, look, tmp_path, key):
    path, began = slow_uptime(tmp_path)
    declare(start(path=path, user_key=key))
    project.configure(evidence="2s")
    found = look("up = host:exec_read { 'uptime' }, load = host:load()")
    assert found["up"]["code"] in ("timeout", "cancelled"), found
    assert found["load"]["processors"] == os.cpu_count(), "the host is read all the same"
    wait_until(lambda: group_is_gone(int(began.read_text())), "the command and its child have ended")


def test_a_connection_that_breaks_while_a_command_runs_is_told_as_such(project, start, declare, tmp_path):
    path, began = slow_uptime(tmp_path)
    server = start(path=path)
    declare(server)
    project.book("looks", BOOK % "up = host:exec_read { 'uptime' }")
    running = project.start("run", "looks", "--dry-run")
    process = int(wait_until(lambda: began.exists() and began.read_text().strip(), "the command runs"))
    os.kill(parent_of(process), signal.SIGKILL)
    running.wait(timeout=10)
    error = project.records("EVIDENCE")[0]["data"]["error"]
    assert error["code"] == "unreachable", error
    os.killpg(process, signal.SIGKILL)


def parent_of(process):
    return int(pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[1])


@pytest.mark.parametrize("settings", [
    {"user_key": "rsa"},
    {"host_keys": ["rsa"]},
    {"lines": ["Ciphers chacha20-poly1305@openssh.com"]},
    {"lines": ["MACs hmac-sha2-512-etm@openssh.com"]},
], ids=["user-rsa", "host-rsa", "chacha20", "etm"])
def test_what_libssh2_cannot_do_the_systems_ssh_does_without_a_question(project, start, declare, look, settings):
    lines = settings.pop("lines", [])
    server = start(*lines, **settings)
    declare(server)
    found = look("load = host:load(), memory = host:memory(), find = host:exec_read { 'find', '/tmp', '-delete' }")
    assert found["load"]["processors"] == os.cpu_count() and found["memory"]["total"] > 0, found
    assert ways(project) == {"load": ("ssh", None), "memory": ("ssh", None), "find": ("ssh", None)}
    assert found["find"]["code"] == "refused", "the guard stands before both"


def test_a_host_behind_another_is_reached_through_it(project, start, declare, look):
    far, near = start(name="far"), start(name="near")
    known = (near.folder / "known_hosts").read_text()
    with open(far.folder / "known_hosts", "a") as file:
        file.write(known)
    (far.folder / "authorized_keys").write_text((far.folder / "authorized_keys").read_text())
    with open(near.folder / "authorized_keys", "a") as file:
        file.write((far.folder / "user.pub").read_text())
    config = far.folder / "ssh_config"
    config.write_text(f"Host inner\n HostName 127.0.0.1\n HostKeyAlias [127.0.0.1]:{far.port}\n ProxyJump near\nHost near\n HostName 127.0.0.1\n Port {near.port}\nHost *\n" +
                      config.read_text())
    declare(far, address="inner")
    assert look("load = host:load()")["load"].get("processors") == os.cpu_count()
    assert "Accepted publickey" in near.log() and "Accepted publickey" in far.log()
    assert ways(project) == {"load": ("ssh", "near")}
    assert "answers, by ssh via near" in project.run("doctor").out


def test_an_agent_signs_the_login(project, start, declare, look, tmp_path, request):
    server = start()
    socket = tmp_path / "agent"
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.DEVNULL)
    request.addfinalizer(lambda: (agent.terminate(), agent.wait()))
    wait_until(socket.exists, "the agent listens")
    subprocess.run(["ssh-add", "-q", str(server.user_key)], check=True, env={**os.environ, "SSH_AUTH_SOCK": str(socket)}, stdin=subprocess.DEVNULL)
    server.user_key.unlink()
    config = server.folder / "ssh_config"
    config.write_text(config.read_text().replace("IdentitiesOnly yes", "IdentitiesOnly no").replace("IdentityAgent none", f"IdentityAgent {socket}"))
    declare(server)
    assert look("load = host:load()")["load"].get("processors") == os.cpu_count()


JOURNAL = r'''#!/bin/sh
# As journalctl prints it, from a host on which the kernel killed a process.
for word in "$@"; do [ "$word" = -k ] && kernel=yes; done
if [ "$kernel" ]; then
  echo '{"__REALTIME_TIMESTAMP":"1795264802075511","PRIORITY":"3","SYSLOG_IDENTIFIER":"kernel","MESSAGE":"Out of memory: Killed process 4711 (redis-server) total-vm:123kB, anon-rss:99kB"}'
else
  echo "{\"__REALTIME_TIMESTAMP\":\"1795264802075511\",\"PRIORITY\":\"4\",\"MESSAGE\":\"asked: $*\"}"
fi
'''


def test_the_journal_and_what_the_kernel_killed(start, declare, look, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "journalctl").write_text(JOURNAL)
    (tmp_path / "bin" / "journalctl").chmod(0o755)
    declare(start(path=f"{tmp_path}/bin:/usr/bin:/bin"))
    found = look('journal = host:journal { unit = "redis-server", since = "1h", lines = 20, priority = "warning" }, kills = host:oom_kills { within = "90m" }')
    line = found["journal"]["lines"][0]
    assert (line["priority"], line["time"]) == ("warning", "2026-11-21T12:40:02.075Z")
    assert line["message"] == "asked: --no-pager -q -o json --output-fields=MESSAGE,PRIORITY,_SYSTEMD_UNIT,SYSLOG_IDENTIFIER,_PID -n 20 -u redis-server -p warning --since=-3600s"
    assert [(kill["process"], kill["pid"], kill["in_group"]) for kill in found["kills"]] == [("redis-server", 4711, False)]


def test_the_real_journalctl_understands_what_it_is_asked(start, declare, look):
    declare(start())
    found = look('journal = host:journal { unit = "redis-server", since = "1h" }, kills = host:oom_kills()')
    assert found["journal"]["count"] == len(found["journal"]["lines"]) and isinstance(found["kills"], list), found


def test_a_host_can_be_given_as_a_url_and_is_then_only_looked_at(project, start, look):
    server = start()
    home = pathlib.Path.home() / ".ssh"
    error = look("load = host:load()", "-p", f"host=ssh://{USER}@127.0.0.1:{server.port}")["load"]
    assert error["code"] == "not_found" and "is not known" in error["message"], (error, home)


@pytest.mark.parametrize("members, words", [
    ({}, "has no address"), ({"address": "a b"}, "names no host"), ({"address": "-oProxyCommand=id"}, "names no host"),
    ({"address": "a", "port": 70000}, "port is a number"), ({"address": "a", "url": "ssh://b"}, "both url and address"),
    ({"url": "ssh://ops:secret@b"}, "carries a password"), ({"address": "a", "sudo": "yes"}, "sudo wants true or false")])
def test_a_host_that_the_inventory_describes_badly_is_told_with_its_line(project, members, words):
    project.targets["cache-host"] = {"kind": "ssh", **members}
    project.write_inventory()
    done = project.run("list")
    assert done.code == 2 and words in done.err and "inventory.toml:" in done.err, done


def test_what_is_said_to_run_on_a_host_names_one(project):
    project.target("cache-1", "redis://127.0.0.1:6379", host="nowhere")
    done = project.run("list")
    assert done.code == 2 and "cache-1 runs on nowhere, which is no host" in done.err, done


def test_a_list_of_commands_that_is_not_sound_lets_nothing_pass_and_says_so(project, start, declare):
    declare(start())
    with open(project.root / "runbook.toml", "a") as config:
        config.write('[commands.mine]\nforms = "uptime"\n')
    project.book("looks", BOOK % "load = host:load()")
    done = project.run("run", "looks", "--dry-run")
    assert "no command is run on a host" in done.err and "runbook.toml" in done.err, done
    assert project.records("EVIDENCE")[0]["data"]["error"]["code"] == "refused"


def test_a_site_lets_a_command_of_its_own_pass(project, start, declare, look):
    declare(start())
    with open(project.root / "runbook.toml", "a") as config:
        config.write('[commands.sleep]\nforms = ["sleep NUMBER"]\n')
    assert look("slept = host:exec_read { 'sleep', '0' }, no = host:exec_read { 'sleep', '-1' }")["slept"]["exit_code"] == 0


@pytest.mark.parametrize("key", ["ed25519", "rsa"])
def test_more_readings_than_sshd_allows_at_a_time_all_come(start, declare, look, key):
    declare(start("MaxSessions 10", "MaxStartups 10", user_key=key))
    found = look(", ".join(f"r{number} = host:exec_read {{ 'uname', '-s' }}" for number in range(25)))
    assert {reading.get("stdout") for reading in found.values()} == {"Linux\n"}, found


@pytest.mark.parametrize("key", ["ed25519", "rsa"])
def test_a_command_that_floods_us_stops_neither_the_others_nor_the_clock(project, start, declare, look, tmp_path, key):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "uptime").write_text(f"#!/bin/sh\necho $$ > {tmp_path}/began\nexec yes\n")
    (tmp_path / "bin" / "uptime").chmod(0o755)
    declare(start(path=f"{tmp_path}/bin:/usr/bin:/bin", user_key=key))
    project.configure(evidence="3s")
    begin = time.monotonic()
    found = look("flood = host:exec_read { 'uptime' }, load = host:load()")
    assert found["flood"]["code"] in ("timeout", "cancelled") and "processors" in found["load"], found
    assert time.monotonic() - begin < 3 + 5
    wait_until(lambda: group_is_gone(int((tmp_path / "began").read_text())), "the flood has ended")


def test_ten_commands_that_hang_are_all_ended(project, start, declare, look, tmp_path):
    path, began = slow_uptime(tmp_path)
    script = tmp_path / "bin" / "uptime"
    script.write_text(script.read_text().replace(f"> {tmp_path}/began", f">> {tmp_path}/began"))
    declare(start("MaxSessions 10", path=path))
    project.configure(evidence="2s")
    found = look(", ".join(f"r{number} = host:exec_read {{ 'uptime' }}" for number in range(12)))
    assert {reading["code"] for reading in found.values()} <= {"timeout", "cancelled"}, found
    processes = [int(line) for line in began.read_text().split()]
    assert len(processes) == 8, "so many run at a time; the others were never sent"
    for process in processes:
        wait_until(lambda process=process: group_is_gone(process), "each has ended")


def test_whether_root_runs_it_is_not_for_a_playbook_to_say(start, declare, look):
    declare(start())
    error = look("load = host:exec_read { 'sudo', '-n', '--', 'uname' }")["load"]
    assert error["code"] == "refused" and "sudo" in error["message"], error


def test_doctor_asks_a_host_itself(project, start, declare):
    server = start()
    declare(server)
    assert "✓  target cache-host: answers, by libssh2" in project.run("doctor").out
    (server.folder / "known_hosts").write_text("")
    done = project.run("doctor")
    assert "✗  target cache-host: the host" in done.out and "is not known" in done.out, done
