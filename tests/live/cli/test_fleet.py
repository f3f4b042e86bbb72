"""Many hosts at once: taken from Ansible's inventory, looked at over real SSH, and told in few lines.

40 hosts of which 8 hang and 60 hostile outputs; with RUNBOOK_BUDGET 500 of which 50 hang, and 1,000."""

import os
import re
import socket
import time

import pytest

from looking import declare, start  # noqa: F401
from sshd import Fleet
from terminal import APPROVE, CHOOSE, Terminal

MANY, HANGING = (500, 50) if os.environ.get("RUNBOOK_BUDGET") else (40, 8)

BOOK = """
return playbook "fleet" { alerts = {}, severity = "SEV-5", owner = "tests", inputs = { hosts = input.ssh("the hosts"):many() },
  evidence = function(see, arg)
    return { release = parallel.map(arg.hosts, function(host) return %s end, { limit = 256 }) }
  end,
  diagnose = function(found) return finding("seen", "%%d hosts", #found.release) end }"""
UNAME = 'see.host(host):exec_read { "uname", "-s" }'


def address(number):
    return f"127.0.{number // 250}.{number % 250 + 1}"


class Hosts:
    """An Ansible inventory of hosts h-0, h-1 …; every tenth or so accepts connections and says nothing."""

    def __init__(self, project, folder, many, hanging):
        self.project = project
        every = many // hanging if hanging else many + 1
        self.hanging = [number for number in range(many) if number % every == every - 1][:hanging]
        self.answering = [number for number in range(many) if number not in self.hanging]
        self.sshd = Fleet(folder, [address(number) for number in self.answering])
        self.silent = []
        for number in self.hanging:
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((address(number), self.sshd.port))
            listener.listen(4)
            self.silent.append(listener)
        lines = ["[web]", *(f"h-{number} ansible_host={address(number)}" for number in range(many)), "[canary]", "h-0", "h-1",
                 "[silent]", *(f"h-{number}" for number in self.hanging)]
        (project.root / "hosts.ini").write_text("\n".join(lines) + "\n")
        (project.root / "inventory.toml").write_text(
            f'[[import]]\nkind = "ansible"\nfile = "hosts.ini"\nenv = "dev"\nssh_config = "{self.sshd.folder}/ssh_config"\n')

    def look(self, reading=UNAME, select="tag:web", *words, timeout=300, **more):
        self.project.book("fleet", BOOK % reading)
        return self.project.run("run", "fleet", "-p", f"hosts={select}", "--dry-run", *words, timeout=timeout, **more)

    def stop(self):
        self.sshd.stop()
        for listener in self.silent:
            listener.close()


@pytest.fixture
def hosts(project, tmp_path, request):
    def hosts(many, hanging=0):
        made = Hosts(project, tmp_path / "fleet", many, hanging)
        request.addfinalizer(made.stop)
        return made

    return hosts


def shown(done):
    return " ".join(done.out.split())


def test_of_many_hosts_those_that_hang_cost_one_deadline_and_are_named(project, hosts):
    fleet = hosts(MANY, HANGING)
    project.configure(evidence="200s", phase="200s")
    began = time.monotonic()
    without = fleet.look(select="tag:web and not tag:silent")
    took_without = time.monotonic() - began
    assert f"{MANY - HANGING} targets: exit code 0: Linux" in shown(without), without
    began = time.monotonic()
    done = fleet.look()
    took = time.monotonic() - began
    assert f"{MANY - HANGING} targets: exit code 0: Linux" in shown(done), done
    assert f"{HANGING} targets: not read: it lets nobody in within" in shown(done), done
    told = shown(done).split("lets nobody in")[1]
    assert all(f"h-{number}" in told for number in sorted(fleet.hanging, key=str)[:12]), done
    assert len(done.out.splitlines()) < 40, done
    assert len([record for record in project.records("EVIDENCE") if record["run"] == project.last_run()]) == MANY
    deadline = float(re.search(r"within (\d+) s", shown(done)).group(1))
    # Nobody waits for those that hang but they themselves, all at the same time.
    assert took < took_without + 2 * deadline, (took, took_without)
    print(f"{MANY} hosts, {HANGING} of them silent: {took:.1f} s; without those {took_without:.1f} s")


def test_tags_of_ansible_select_and_the_resolved_list_is_in_the_record(project, hosts):
    fleet = hosts(6)
    assert fleet.look(select="tag:web and not tag:canary").code == 0
    assert project.records("RUN_START")[-1]["data"]["inputs"]["hosts"] == ["h-2", "h-3", "h-4", "h-5"]
    nothing = fleet.look(select="tag:canary and not tag:web")
    assert (nothing.code, "selects no ssh" in nothing.err) == (2, True), nothing


def test_a_host_that_differs_is_named_beside_those_that_do_not(project, hosts):
    fleet = hosts(8)
    # The key of one is another: refused, and told apart from the seven that answer.
    known = fleet.sshd.folder / "known_hosts"
    known.write_text(known.read_text().replace(f"[{address(3)}]", "[127.9.9.9]"))
    done = fleet.look()
    assert "7 targets:" in shown(done) and "h-3: not read:" in shown(done), done


def test_ssh_is_asked_about_two_of_the_hosts_that_its_configuration_cannot_tell_apart(project, hosts, tmp_path):
    fleet = hosts(12)
    (tmp_path / "bin").mkdir()
    asked = tmp_path / "asked"
    (tmp_path / "bin" / "ssh").write_text(f'#!/bin/sh\necho "$@" >>{asked}\nexec /usr/bin/ssh "$@"\n')
    (tmp_path / "bin" / "ssh").chmod(0o755)

    def hosts_asked_about():
        asked.write_text("")
        done = fleet.look(env={"PATH": f"{tmp_path}/bin:/usr/bin:/bin"})
        return done, sorted(line.split()[-1] for line in asked.read_text().splitlines())

    done, about = hosts_asked_about()
    assert "12 targets: exit code 0: Linux" in shown(done) and len(about) == 2, (done, about)
    with open(fleet.sshd.folder / "ssh_config", "a") as config:
        config.write(f"Host {address(4)}\n  HostKeyAlias elsewhere\n")
    done, about = hosts_asked_about()
    assert "11 targets: exit code 0: Linux" in shown(done) and "h-4: not read:" in shown(done) and "elsewhere" in shown(done), done
    assert len(about) == 3 and address(4) in about, about
    with open(fleet.sshd.folder / "ssh_config", "a") as config:
        config.write(f"Match host {address(5)}\n  HostKeyAlias nowhere\n")
    done, about = hosts_asked_about()
    assert "10 targets: exit code 0: Linux" in shown(done) and "nowhere" in shown(done), done
    assert set(about) == {address(number) for number in range(12)}, about


def test_of_many_that_fail_the_first_are_named_and_a_command_names_all(project, hosts):
    fleet = hosts(22, 20)
    for listener in fleet.silent:
        listener.close()
    done = fleet.look()
    assert "20 targets: not read: cannot connect to it:" in shown(done), done
    more = f"and 8 more: runbook evidence {project.last_run()}"
    assert more in shown(done), done
    listed = project.shell(more.split(": ")[1]).out
    assert all(f"h-{number} " in listed for number in range(22)), listed


def test_doctor_asks_all_hosts_at_the_same_time_and_says_which_are_left_out(project, hosts):
    fleet = hosts(8, 4)
    with open(project.root / "hosts.ini", "a") as inventory:
        inventory.write("odd ansible_connection=local\n")
    began = time.monotonic()
    done = project.run("doctor", timeout=120)
    took = time.monotonic() - began
    assert done.code == 1 and done.out.count("answers") == 4, done
    assert "left out odd" in done.out and re.search(r"hosts.ini:\d+: its connection is local", shown(done)), done
    within = float(re.search(r"within (\d+) s", shown(done)).group(1))
    assert took < 2 * within, (took, within)
    assert all(f"target h-{number}: " in done.out for number in fleet.hanging)


def test_readings_that_were_held_back_are_shown_when_the_run_is_interrupted(project, hosts):
    fleet = hosts(8, 2)
    project.configure(evidence="60s", phase="60s")
    project.book("fleet", BOOK % UNAME)
    process = project.start("run", "fleet", "-p", "hosts=tag:web", "--dry-run")
    try:
        deadline = time.monotonic() + 30
        while fleet.sshd.first.log().count("Accepted") < 6 and time.monotonic() < deadline:
            time.sleep(0.1)
        process.terminate()
        out = process.communicate(timeout=60)[0].decode()
    finally:
        process.kill()
    assert "not read: the run was stopped" in out and "h-3" in out and "h-7" in out, out


def test_readings_that_were_held_back_are_shown_when_the_look_ends_by_an_error(project, hosts):
    hosts(6)
    project.book("fleet", (BOOK % (UNAME + ":value()")).replace("return { release = parallel.map", "parallel.map").replace(
        "{ limit = 256 }) }", '{ limit = 256 })\n    error "a mistake of the author"'))
    done = project.run("run", "fleet", "-p", "hosts=tag:web", "--dry-run")
    assert done.code == 2 and "a mistake of the author" in done.err, done
    assert "6 targets: exit code 0: Linux" in shown(done), done


def test_the_hosts_of_an_openssh_configuration_are_looked_at_as_it_says(project, hosts):
    fleet = hosts(2)
    config = fleet.sshd.folder / "fleet_config"
    config.write_text(f"Include {fleet.sshd.folder}/conf.d/*\nHost *\n" + (fleet.sshd.folder / "ssh_config").read_text())
    (fleet.sshd.folder / "conf.d").mkdir()
    (fleet.sshd.folder / "conf.d" / "ours").write_text(f"Host first\n HostName {address(0)}\nHost \"second\" *.lxd\n HostName {address(1)}\n")
    (project.root / "inventory.toml").write_text(f'[[import]]\nkind = "ssh_config"\nfile = "{config}"\ntags = ["web"]\n')
    done = fleet.look()
    assert "first: exit code 0: Linux" in shown(done) and "second: exit code 0: Linux" in shown(done), done


HOSTILE = [b"\x1b[2J\x1b[H", b"\x1b]52;c;cm0gLXJmIC8=\x07", b"\x1b]0;owned\x07", "\u202eevil".encode(), b"ok\rALL GOOD", b"\x9b1m", b"\xff\xfe",
           "\x9b2J".encode(), b"\x1b[8m", b"\x01\x02", "\u2066x\u2069".encode(), b"\b\b\b\bfine", b"\r\n\r\nPlan x\r\n  level 1", b"\x1bP1$q\x1b\\", b"\x7f" * 9]
RAW = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
OUTPUTS = 1000 if os.environ.get("RUNBOOK_BUDGET") else 60
SAID = """
return playbook "said" { alerts = {}, severity = "SEV-5", owner = "tests", inputs = { host = input.ssh "h", redis = input.redis "r" },
  evidence = function(see, arg)
    local numbers = {}
    for number = 0, %d do numbers[#numbers + 1] = number end
    return { hz = see.redis(arg.redis):config "hz", long = see.host(arg.host):exec_read { "uname", "-a" },
             said = parallel.map(numbers, function(number) return see.host(arg.host):exec_read { "ls", ("%s/%%d"):format(number) } end) }
  end,
  diagnose = function(found)
    local all = {}
    for _, one in ipairs(found.said) do
      if one.error then return unclear("%%s", one.error.message) end
      all[#all + 1] = one.value.stdout
    end
    return finding("said", "%%s", table.concat(all, " "))
  end,
  mitigations = { mitigation "speed-up" { answers = { "said" },
    plan = function(found, arg) return { change.redis_config(arg.redis, "hz", { to = 20 }) } end,
    verify = function(arg) return { check.redis(arg.redis):config("hz"):is(20) } end, within = "1s" } } }"""


@pytest.fixture
def talker(project, cache, tmp_path, start, declare):
    """A host whose folders hold a file each whose name is what `say` gives, listed by a real ls; its uname prints 10 MB in one line."""
    bin = tmp_path / "bin"
    bin.mkdir()
    (bin / "uname").write_text("#!/bin/sh\nyes '\033]0;x\007' | head -c 10000000 | tr -d '\\n'\n")
    (bin / "uname").chmod(0o755)
    declare(start(path=f"{bin}:/usr/bin:/bin"), name="h-0")
    project.target("cache-1", cache.url, env="dev")
    project.configure(evidence="120s", phase="120s")

    def say(kind, say):
        for number in range(OUTPUTS):
            place = tmp_path / kind / str(number)
            place.mkdir(parents=True)
            os.close(os.open(os.fsencode(place) + b"/" + say(number), os.O_CREAT | os.O_WRONLY))
        project.book("said", SAID % (OUTPUTS - 1, tmp_path / kind))
        return Terminal(project, "run", "said").see(CHOOSE).answer("1").see(APPROVE)

    return say


def gate(session):
    """From the plan to the question, as it stands on the screen, without its digest."""
    text = re.sub("digest [0-9a-f]+", "digest", session.text)
    return text[text.rindex("Plan speed-up"):]


def test_no_hostile_output_of_a_host_reaches_the_screen_raw_and_the_gate_looks_the_same(project, talker):
    hostile = talker("hostile", lambda number: HOSTILE[number % len(HOSTILE)] + HOSTILE[number // 7 % len(HOSTILE)] + b"%d" % number)
    bad = gate(hostile)
    hostile.answer("no")
    assert hostile.end() == 3
    read = [record["data"] for record in project.records("EVIDENCE")]
    assert len([one for one in read if one["name"] == "said"]) == OUTPUTS and not [one for one in read if "error" in one], read
    shown_text = re.sub(r"\x1b\[[0-9;]*m|\x1b\[K|\r\n|\r(?=\x1b\[K)", "\n", hostile.text)
    assert not RAW.search(shown_text.replace("\n", "")), RAW.search(shown_text.replace("\n", ""))
    assert "\\x1b" in hostile.text and "\\u{202e}" in hostile.text
    tame = talker("tame", lambda number: b"a-file-%d" % number)
    assert gate(tame) == bad
    tame.answer("no")
    assert tame.end() == 3
