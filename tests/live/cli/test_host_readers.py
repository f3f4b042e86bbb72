"""What a host tells of its files, sockets, processes and the like: asked of the real programs, by a real sshd."""

import hashlib
import os
import pathlib
import shutil

from looking import BOOK, declare, look, start  # noqa: F401
from servers import Certificates, free_port, wait_until
from sshd import USER


def test_a_file_tells_whose_it_is_and_where_it_lies(start, declare, look, tmp_path):
    declare(start())
    (tmp_path / "spool").mkdir(mode=0o750)
    file = tmp_path / "spool" / "-odd,name=x"
    file.write_text("one\ntwo\n")
    file.chmod(0o640)
    (tmp_path / "spool" / "link").symlink_to(file)
    found = look(f'''file = host:file "{file}", folder = host:file {{ path = "{file.parent}/" }}, link = host:file "{file.parent}/link",
                     absent = host:file "{tmp_path}/spool/none", nowhere = host:file "{tmp_path}/none/none", root = host:file "/"''')
    told = found["file"]
    assert (told["kind"], told["size"], told["mode"], told["owner"], told["links"]) == ("file", 8, "0640", USER, 1)
    assert told["directory"] == {"mode": "0750", "owner": USER, "group": told["group"]}
    assert "sha256" not in told and "does not pass as a look" in told["unread"], "not a file that may be read"
    assert found["folder"]["kind"] == "directory" and found["folder"]["mode"] == "0750"
    assert (found["link"]["kind"], found["link"]["target"]) == ("link", str(file))
    assert found["absent"]["exists"] is False and found["absent"]["directory"]["mode"] == "0750"
    assert found["nowhere"]["exists"] is False and "directory" not in found["nowhere"]
    assert found["root"]["kind"] == "directory"


def test_what_is_in_a_file_is_told_when_it_is_asked_for_and_may_be_read(start, declare, look):
    declare(start())
    found = look('''plain = host:file "/etc/hosts", text = host:file { path = "/etc/hosts", content = true },
                    shadow = host:file { path = "/etc/shadow", content = true }, folder = host:file { path = "/etc/ssh", content = true },
                    link = host:file { path = "/proc/mounts", content = true }''')
    hosts = open("/etc/hosts", encoding="utf-8").read()
    digest = hashlib.sha256(hosts.encode()).hexdigest()
    assert found["plain"]["sha256"] == digest and "text" not in found["plain"]
    assert (found["text"]["text"], found["text"]["sha256"], found["text"]["lines"]) == (hosts, digest, len(hosts.splitlines()))
    assert found["shadow"]["code"] == "refused" and "/etc/shadow does not pass as a look" in found["shadow"]["message"]
    assert found["folder"]["code"] == "usage" and "is a directory" in found["folder"]["message"]
    assert found["link"]["code"] == "usage" and "self/mounts" in found["link"]["next"]


def test_a_long_file_comes_with_its_beginning_and_says_so(start, declare, look, tmp_path):
    with open("/var/log/runbook-test.log", "w", encoding="utf-8") as log:
        log.write("x" * 99 + "\n" + "y" * 70_000)
    try:
        declare(start())
        told = look('log = host:file { path = "/var/log/runbook-test.log", content = true }')["log"]
    finally:
        os.unlink("/var/log/runbook-test.log")
    assert told["cut"] and len(told["text"]) == 65536 and told["lines"] == 2
    assert told["sha256"] == hashlib.sha256(b"x" * 99 + b"\n" + b"y" * 70_000).hexdigest(), "the hash is of all of it"


def test_a_name_that_could_be_read_in_two_ways_is_not_asked_for(start, declare, look):
    declare(start())
    found = look(r'''line = host:file "/tmp/a\nb", blank = host:file "/tmp/a b", up = host:file "/var/log/../../etc/shadow", relative = host:file "etc/hosts"''')
    assert {error["code"] for error in found.values()} == {"usage"}, found
    assert r"/tmp/a\nb" in found["line"]["message"], found["line"]


def test_a_file_of_variables_tells_names_and_compares_values_that_nobody_sees(project, start, declare, look, tmp_path):
    declare(start())
    (tmp_path / "shop.env").write_text('# the shop\nDATABASE_URL="postgres://shop@db/orders"\nCOPY=postgres://shop@db/orders\nEMPTY=\nbroken line\nCOPY=other-value\n')
    found = look(f'''env = host:env_file "{tmp_path}/shop.env", none = host:env_file "{tmp_path}/no.env", hosts = host:env_file "/etc/hosts",
                     shown = host:exec_read {{ "cat", "{tmp_path}/shop.env" }}, file = host:file {{ path = "{tmp_path}/shop.env", content = true }}''')
    env = found["env"]
    assert (env["keys"], env["empty"], env["twice"], env["broken"]) == (["DATABASE_URL", "COPY", "EMPTY"], ["EMPTY"], ["COPY"], [5])
    assert env["values"]["DATABASE_URL"].startswith("‹redacted:") and env["values"]["DATABASE_URL"] != env["values"]["COPY"]
    assert found["none"]["code"] == "not_found" and found["shown"]["code"] == found["file"]["code"] == "refused"
    assert "host.env_file" in found["shown"]["next"]
    assert "orders" not in "".join(path.read_text(errors="replace") for path in project.state.rglob("*") if path.is_file())


def program(folder, name, script):
    """A program of that name in a folder that the sshd's commands are looked for in first; gives the path to look along."""
    (folder / "bin").mkdir(exist_ok=True)
    (folder / "bin" / name).write_text(script)
    (folder / "bin" / name).chmod(0o755)
    return f"{folder}/bin:/usr/bin:/bin:/usr/sbin"


def test_what_takes_room_runs_and_listens(start, declare, look, tmp_path):
    server = start()
    declare(server)
    (tmp_path / "spool" / "deep").mkdir(parents=True)
    (tmp_path / "spool" / "big file").write_bytes(os.urandom(300_000))
    (tmp_path / "spool" / "deep" / "small").write_bytes(os.urandom(20_000))
    found = look(f'''room = host:largest {{ path = "{tmp_path}/spool/" }}, deep = host:largest {{ path = "{tmp_path}/spool", depth = 2, count = 2 }},
                     none = host:largest "{tmp_path}/none", tasks = host:processes {{ count = 5 }}, busy = host:processes {{ sort = "cpu", count = 200 }},
                     sockets = host:sockets {{ count = 200 }}''')
    room = found["room"]
    assert [entry["path"].rsplit("/", 1)[1] for entry in room["largest"]] == ["big file", "deep"]
    assert room["complete"] and room["total"] >= 320_000 > room["largest"][0]["bytes"] >= 300_000
    assert len(found["deep"]["largest"]) == 2 and found["none"]["code"] == "not_found", found
    assert found["tasks"]["count"] > 5 == len(found["tasks"]["processes"])
    used = [process["memory"] for process in found["tasks"]["processes"]]
    assert used == sorted(used, reverse=True) and used[0] > 0
    ours = [process for process in found["busy"]["processes"] if process["pid"] == server.process.pid]
    assert not ours or (ours[0]["name"], ours[0]["user"]) == ("sshd", USER) and str(server.folder) in ours[0]["command"]
    assert any(socket["port"] == server.port for socket in found["sockets"]["listening"])
    port = next(port for port in found["sockets"]["ports"] if port["port"] == server.port)
    assert port["states"]["ESTAB"] >= 1 and any(peer["address"] == "127.0.0.1" for peer in found["sockets"]["peers"])


UFW = """#!/bin/sh
[ "$1 $2" = "status numbered" ] && [ "$LC_ALL" = C ] || exit 2
echo 'Status: active

     To                         Action      From
     --                         ------      ----
[ 1] 22/tcp                     ALLOW IN    Anywhere
[ 2] 6379/tcp                   DENY IN     10.0.0.3                   # blocked in May'
"""


def test_the_firewall_is_told_by_its_rules_and_its_absence_as_such(start, declare, look, tmp_path):
    declare(start())
    assert look("rules = host:firewall()")["rules"]["message"] == "the host has no ufw"
    declare(start(name="walled", path=program(tmp_path, "ufw", UFW)))
    assert look("rules = host:firewall()")["rules"]["rules"][1] == {
        "number": 2, "to": "6379/tcp", "action": "DENY IN", "from": "10.0.0.3", "v6": False, "comment": "blocked in May"}


NC = """#!/bin/bash
[ "$1 $2 $3" = "-z -w 3" ] || exit 2
exec 3<>/dev/tcp/$4/$5
"""


def test_a_host_says_which_target_it_finds_and_reaches(project, start, declare, look, tmp_path, start_redis):
    redis = start_redis(port=free_port())
    project.target("cache-1", f"redis://localhost:{redis.port}")
    project.target("gone", f"redis://127.0.0.1:{free_port()}")
    project.target("nowhere", "redis://no-such-name.invalid:6379")
    declare(start())
    book = BOOK.replace('input.ssh "the host"', 'input.ssh "the host", cache = input.redis "up", gone = input.redis "down", nowhere = input.redis "unknown"')
    inputs = [word for name in ("cache=cache-1", "gone=gone", "nowhere=nowhere") for word in ("-p", name)]
    found = look("name = host:dns(arg.cache), none = host:dns(arg.nowhere), no = host:can_reach(arg.cache)", *inputs, book=book)
    assert "127.0.0.1" in found["name"]["addresses"] and found["none"]["code"] == "unreachable", found
    assert found["no"]["code"] == "not_found" and "no nc" in found["no"]["message"]
    declare(start(name="knocking", path=program(tmp_path, "nc", NC)))
    found = look("up = host:can_reach(arg.cache), down = host:can_reach(arg.gone), asked = host:exec_read { 'getent', 'ahosts', 'localhost' }", *inputs, book=book)
    assert found["up"]["reachable"] and not found["down"]["reachable"] and "refused" in found["down"]["why"], found
    assert found["asked"]["code"] == "refused", "a playbook has nothing looked up that is no target"


def test_a_certificate_on_the_host_says_until_when_it_holds(start, declare, look, tmp_path):
    pki = Certificates(tmp_path / "pki")
    folder = pathlib.Path("/srv/runbook-test")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "site.pem").write_text(pathlib.Path(pki.certificate).read_text())
    try:
        declare(start())
        found = look('''site = host:certificate "/srv/runbook-test/site.pem", none = host:certificate "/srv/runbook-test/none.pem",
                        key = host:certificate "/srv/runbook-test/privkey.pem"''')
    finally:
        shutil.rmtree(folder)
    site = found["site"]
    assert (site["subject"], site["issuer"], site["names"]) == ("CN=localhost", "CN=test CA", ["localhost"])
    assert 1.8 < site["days_left"] <= 2 and site["not_after"] > site["not_before"]
    assert found["none"]["code"] == "remote" and found["key"]["code"] == "refused", found


def test_the_clock_of_a_host_is_compared_with_ours(start, declare, look, tmp_path):
    declare(start())
    skew = look("clock = host:clock_skew()")["clock"]
    assert abs(skew["skew_ms"]) <= skew["error_ms"] + 1 and skew["error_ms"] < 5_000, skew
    declare(start(name="late", path=program(tmp_path, "date", '#!/bin/sh\necho $(($(/bin/date +%s) - 90))\n')))
    assert -93_000 < look("clock = host:clock_skew()")["clock"]["skew_ms"] < -88_000


SUDO = """#!/bin/sh
echo "$*" >> {folder}/sudo.log
[ "$1 $2" = "-n --" ] || exit 1
shift 2
exec "$@"
"""


def test_where_root_is_asked_root_ends_what_goes_on_for_too_long(project, start, declare, look, tmp_path):
    program(tmp_path, "sudo", SUDO.format(folder=tmp_path))
    declare(start(path=program(tmp_path, "du", f"#!/bin/sh\necho $$ > {tmp_path}/began\nexec sleep 300\n")), sudo=True)
    project.configure(evidence="3s")
    found = look('load = host:load(), room = host:largest "/srv"')
    assert "processors" in found["load"] and found["room"]["code"] in ("timeout", "cancelled"), found
    process = int((tmp_path / "began").read_text())
    wait_until(lambda: not pathlib.Path(f"/proc/{process}").exists(), "it has ended")
    assert f"-n -- kill -TERM -- -{process}" in (tmp_path / "sudo.log").read_text()
