"""Enrolling hosts: a real sshd shows its keys, somebody agrees, known_hosts has them; and all that must not happen."""

import fcntl
import json
import os
import socket
import stat
import struct
import subprocess
import threading

import pytest

from looking import declare, look, start  # noqa: F401
from servers import wait_until
from sshd import USER, fingerprint, keygen
from terminal import Terminal

F_OFD_SETLK = 37  # which Python 3.11 has no name for
ASK = "a fingerprint to record its key; else no: "


def public(server, number=0):
    return server.host_keys[number].with_suffix(".pub")


def known_hosts(server):
    return server.folder / "known_hosts"


def recorded(server):
    """What ssh-keygen finds for the host in its file: the types."""
    found = subprocess.run(["ssh-keygen", "-f", str(known_hosts(server)), "-F", f"[127.0.0.1]:{server.port}"], stdout=subprocess.PIPE, text=True).stdout
    return [line.split()[1] for line in found.splitlines() if not line.startswith("#")]


@pytest.fixture
def stranger(start, declare):
    """An sshd that the inventory names and no file of known hosts does."""
    server = start(host_keys=("ed25519", "ecdsa", "rsa"))
    declare(server)
    known_hosts(server).write_text("")
    return server


def test_a_host_is_shown_as_ssh_keygen_shows_it_and_recorded_on_a_yes(project, stranger, look):
    shown = [subprocess.run(["ssh-keygen", "-lf", str(key.with_suffix(".pub"))], stdout=subprocess.PIPE, text=True).stdout.split() for key in stranger.host_keys]
    terminal = Terminal(project, "host", "enroll", "cache-host")
    terminal.see(ASK)
    for bits, print_, _, kind in shown:
        assert f"  {bits} {print_} [127.0.0.1]:{stranger.port} {kind}\n" in terminal.text, terminal.text
    assert f"written: {known_hosts(stranger)}" in terminal.text and known_hosts(stranger).read_text() == "", "asked before anything is written"
    terminal.answer("yes")
    assert terminal.end() == 0, terminal.text
    assert "3 keys recorded in" in terminal.text
    assert sorted(recorded(stranger)) == ["ecdsa-sha2-nistp256", "ssh-ed25519", "ssh-rsa"]
    assert "Accepted" not in stranger.log() and "userauth" not in stranger.log(), "nobody logged in for it"
    assert "processors" in look("load = host:load()")["load"]


@pytest.mark.parametrize("answer", ["", "y", "no", "YES", "q"])
def test_anything_but_yes_is_no(project, stranger, answer):
    terminal = Terminal(project, "host", "enroll", "cache-host").see(ASK).answer(answer)
    assert terminal.end() == 3, terminal.text
    assert known_hosts(stranger).read_text() == ""


def test_a_typed_fingerprint_records_its_key_alone(project, stranger):
    terminal = Terminal(project, "host", "enroll", "cache-host").see(ASK).answer(fingerprint(public(stranger)))
    assert terminal.end() == 0 and recorded(stranger) == ["ssh-ed25519"]


def test_a_typed_fingerprint_that_is_not_shown_is_loud(project, stranger, tmp_path):
    other = fingerprint(keygen(tmp_path / "other").with_suffix(".pub"))
    terminal = Terminal(project, "host", "enroll", "cache-host").see(ASK).answer(other)
    assert terminal.end() == 8 and "shows no key with that fingerprint" in terminal.text
    assert known_hosts(stranger).read_text() == ""


def test_what_is_asked_about_stands_where_the_question_is_when_stdout_is_a_file(project, stranger, tmp_path):
    script = f"{project.argv('host', 'enroll', 'cache-host', '-o', 'json')[0]} host enroll cache-host -o json >{tmp_path}/out 2>{tmp_path}/err"
    terminal = Terminal(project, program=["/bin/sh", "-c", script])
    terminal.see(fingerprint(public(stranger))).see(ASK).answer("yes")
    assert terminal.end() == 0
    host = json.loads((tmp_path / "out").read_text())["hosts"][0]
    assert (host["status"], host["name"], len(host["recorded"])) == ("recorded", f"[127.0.0.1]:{stranger.port}", 3)


def test_nobody_to_ask_is_told_how_to_say_yes(project, stranger):
    done = project.run("host", "enroll", "cache-host")
    assert done.code == 4 and fingerprint(public(stranger)) in done.err and str(known_hosts(stranger)) in done.err, done
    assert "runbook host enroll cache-host --fingerprint SHA256:" in done.err, done
    assert known_hosts(stranger).read_text() == ""


def test_a_given_fingerprint_is_a_yes_to_its_key_alone(project, stranger, look):
    done = project.run("host", "enroll", "cache-host", "--fingerprint", fingerprint(public(stranger)), "-o", "json")
    assert (done.code, done.json["hosts"][0]["status"]) == (0, "recorded"), done
    assert recorded(stranger) == ["ssh-ed25519"]
    assert "processors" in look("load = host:load()")["load"]


def test_a_given_fingerprint_of_another_key_is_refused(project, stranger, tmp_path):
    done = project.run("host", "enroll", "cache-host", "--fingerprint", fingerprint(keygen(tmp_path / "other").with_suffix(".pub")), "-o", "json")
    assert (done.code, done.json["exit"], done.json["hosts"][0]["status"]) == (8, 8, "refused"), done
    assert known_hosts(stranger).read_text() == ""


def test_a_known_host_is_said_to_be_known_and_nothing_is_written(project, start, declare):
    server = start(host_keys=("ed25519", "ecdsa"))
    declare(server)
    known_hosts(server).write_text(f"[127.0.0.1]:{server.port} {public(server).read_text().strip()}")
    before = known_hosts(server).read_bytes(), known_hosts(server).stat().st_mtime_ns
    done = project.run("host", "enroll", "cache-host")
    assert done.code == 0 and "known already" in done.out, done
    assert (known_hosts(server).read_bytes(), known_hosts(server).stat().st_mtime_ns) == before


def test_a_changed_key_is_refused_loudly_with_what_to_do_after_asking(project, stranger):
    other = keygen(stranger.folder / "other").with_suffix(".pub").read_text()
    known_hosts(stranger).write_text(f"[127.0.0.1]:{stranger.port} {other}")
    before = known_hosts(stranger).read_text()
    for words in ([], ["--fingerprint", fingerprint(public(stranger))]):
        done = project.run("host", "enroll", "cache-host", *words)
        assert done.code == 8 and "another key" in done.err, done
        assert f"ssh-keygen -f {known_hosts(stranger)} -R '[127.0.0.1]:{stranger.port}'" in done.err.replace("\n", " "), done
        assert known_hosts(stranger).read_text() == before
    command = done.err.split("new key: ")[1].split("\n")[0].strip().rstrip(")")
    assert subprocess.run(command, shell=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0, command
    assert project.run("host", "enroll", "cache-host", "--fingerprint", fingerprint(public(stranger))).code == 0


def test_a_key_of_a_type_that_the_host_no_longer_has_makes_it_a_changed_one(project, start, declare):
    server = start(host_keys=("ed25519",))
    declare(server)
    other = keygen(server.folder / "other", "ecdsa").with_suffix(".pub").read_text()
    known_hosts(server).write_text(f"[127.0.0.1]:{server.port} {other}")
    done = project.run("host", "enroll", "cache-host", "--fingerprint", fingerprint(public(server)))
    assert done.code == 8 and "another key" in done.err, done


def test_a_revoked_key_is_refused(project, stranger):
    known_hosts(stranger).write_text(f"@revoked * {public(stranger).read_text()}")
    done = project.run("host", "enroll", "cache-host", "--fingerprint", fingerprint(public(stranger)))
    assert done.code == 8 and "is revoked" in done.err, done


def test_a_key_in_revoked_host_keys_is_refused(project, stranger):
    (stranger.folder / "revoked").write_text(public(stranger).read_text())
    stranger.write_client_config(f"RevokedHostKeys {stranger.folder}/revoked")
    done = project.run("host", "enroll", "cache-host", "--fingerprint", fingerprint(public(stranger)))
    assert done.code == 8 and known_hosts(stranger).read_text() == "", done


def test_revoked_host_keys_that_name_other_keys_keep_nobody_out(project, stranger, tmp_path, look):
    (stranger.folder / "revoked").write_text(keygen(tmp_path / "other").with_suffix(".pub").read_text())
    stranger.write_client_config(f"RevokedHostKeys {stranger.folder}/revoked")
    done = project.run("host", "enroll", "cache-host", "--fingerprint", fingerprint(public(stranger)))
    assert done.code == 0 and recorded(stranger) == ["ssh-ed25519"], done
    assert "processors" in look("load = host:load()")["load"]


def certified(server, authority):
    """The host's key, signed by that authority for 127.0.0.1; sshd shows it from then on."""
    subprocess.run(["ssh-keygen", "-q", "-s", str(authority), "-I", "host", "-h", "-n", "127.0.0.1", str(public(server))], check=True)
    server.settings += (f"HostCertificate {server.folder}/host_ed25519-cert.pub",)
    server.stop()
    server.start()


def test_a_host_whose_certificate_a_known_authority_signed_needs_no_enrolling(project, start, declare, look, tmp_path):
    server = start()
    declare(server)
    authority = keygen(tmp_path / "authority")
    certified(server, authority)
    known_hosts(server).write_text(f"@cert-authority [127.0.0.1]:{server.port} {authority.with_suffix('.pub').read_text()}")
    before = known_hosts(server).read_text()
    done = project.run("host", "enroll", "cache-host")
    assert done.code == 0 and "known already" in done.out and known_hosts(server).read_text() == before, done
    assert "processors" in look("load = host:load()")["load"], "ssh itself reads the certificate"


def test_a_certificate_of_another_authority_makes_no_host_known(project, start, declare, tmp_path):
    server = start()
    declare(server)
    certified(server, keygen(tmp_path / "other"))
    known_hosts(server).write_text(f"@cert-authority [127.0.0.1]:{server.port} {keygen(tmp_path / 'authority').with_suffix('.pub').read_text()}")
    assert project.run("host", "enroll", "cache-host").code == 4
    done = project.run("host", "enroll", "cache-host", "--fingerprint", fingerprint(public(server)))
    assert done.code == 0 and "ssh-ed25519" in recorded(server), done


def test_another_operator_who_was_faster_counts(project, stranger):
    terminal = Terminal(project, "host", "enroll", "cache-host").see(ASK)
    stranger.write_known_hosts()
    before = known_hosts(stranger).read_text()
    assert terminal.answer("yes").end() == 0
    assert "known already" in terminal.text and known_hosts(stranger).read_text() == before


def test_another_key_that_came_while_the_question_stood_is_a_changed_one(project, stranger):
    terminal = Terminal(project, "host", "enroll", "cache-host").see(ASK)
    line = f"[127.0.0.1]:{stranger.port} {keygen(stranger.folder / 'other').with_suffix('.pub').read_text()}"
    known_hosts(stranger).write_text(line)
    assert terminal.answer("yes").end() == 8 and known_hosts(stranger).read_text() == line


def test_a_file_that_another_of_us_writes_is_waited_for(project, stranger):
    with open(known_hosts(stranger), "r+") as held:
        fcntl.fcntl(held, F_OFD_SETLK, struct.pack("hhlli4x", fcntl.F_WRLCK, 0, 0, 0, 0))
        running = project.start("host", "enroll", "cache-host", "--fingerprint", fingerprint(public(stranger)))
        wait_until(lambda: project.records("ENROLL"), "it is about to write")
        assert running.poll() is None and known_hosts(stranger).read_text() == ""
    assert running.wait(timeout=20) == 0 and recorded(stranger) == ["ssh-ed25519"]


def test_a_line_without_an_end_is_mended_and_nothing_else_touched(project, stranger):
    known_hosts(stranger).write_text("# ours\nother.lxd ssh-ed25519 AAAA")
    node = known_hosts(stranger).stat().st_ino
    assert project.run("host", "enroll", "cache-host", "--fingerprint", fingerprint(public(stranger))).code == 0
    text = known_hosts(stranger).read_text()
    assert text.startswith("# ours\nother.lxd ssh-ed25519 AAAA\n[127.0.0.1]:") and text.endswith("\n") and text.count("\n") == 3
    assert known_hosts(stranger).stat().st_ino == node, "appended to, not replaced"


def in_a_folder_of_its_own(server, path):
    config = server.folder / "ssh_config"
    config.write_text(config.read_text().replace(str(known_hosts(server)), str(path)))


def test_a_file_and_a_folder_that_are_made_are_the_operators_alone(project, stranger, tmp_path):
    place = tmp_path / "new" / "hosts"
    in_a_folder_of_its_own(stranger, place)
    assert project.run("host", "enroll", "cache-host", "--fingerprint", fingerprint(public(stranger))).code == 0
    assert (stat.S_IMODE(place.stat().st_mode), stat.S_IMODE(place.parent.stat().st_mode)) == (0o600, 0o700)


def test_a_link_of_the_operators_is_followed_and_stays_a_link(project, stranger, tmp_path):
    (tmp_path / "dotfiles").write_text("")
    known_hosts(stranger).unlink()
    known_hosts(stranger).symlink_to("../dotfiles")
    assert project.run("host", "enroll", "cache-host", "--fingerprint", fingerprint(public(stranger))).code == 0
    assert known_hosts(stranger).is_symlink() and (tmp_path / "dotfiles").read_text().count("\n") == 1


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make a link of somebody else's")
def test_a_link_of_somebody_else_is_not_followed(project, stranger, tmp_path):
    (tmp_path / "theirs").write_text("")
    known_hosts(stranger).unlink()
    known_hosts(stranger).symlink_to(tmp_path / "theirs")
    os.lchown(known_hosts(stranger), 65534, 65534)
    done = project.run("host", "enroll", "cache-host", "--fingerprint", fingerprint(public(stranger)))
    assert done.code == 8 and "a link that somebody else made" in done.err and (tmp_path / "theirs").read_text() == "", done


@pytest.mark.parametrize("place, words", [("/dev/null", "no file that could keep a host"), ("none", "names no file")])
def test_a_place_that_keeps_no_host_is_none(project, stranger, place, words):
    in_a_folder_of_its_own(stranger, place)
    done = project.run("host", "enroll", "cache-host", "--fingerprint", fingerprint(public(stranger)))
    assert done.code in (2, 8) and words in done.err, done


def test_a_file_that_anybody_may_write_to_is_refused(project, stranger):
    known_hosts(stranger).chmod(0o666)
    done = project.run("host", "enroll", "cache-host", "--fingerprint", fingerprint(public(stranger)))
    assert done.code == 8 and "anybody may write" in done.err, done


def test_names_are_hashed_where_ssh_hashes_them(project, stranger, look):
    stranger.write_client_config("HashKnownHosts yes")
    assert project.run("host", "enroll", "cache-host", "--fingerprint", fingerprint(public(stranger))).code == 0
    text = known_hosts(stranger).read_text()
    assert text.startswith("|1|") and "127.0.0.1" not in text and recorded(stranger) == ["ssh-ed25519"]
    assert "processors" in look("load = host:load()")["load"]


def test_an_alias_of_the_key_is_the_name_that_is_recorded(project, stranger, look):
    stranger.write_client_config("HostKeyAlias Cache.LXD")
    assert project.run("host", "enroll", "cache-host", "--fingerprint", fingerprint(public(stranger))).code == 0
    assert known_hosts(stranger).read_text().startswith("cache.lxd ssh-ed25519 ")
    assert "processors" in look("load = host:load()")["load"]


def test_an_alias_that_would_be_a_pattern_is_refused(project, stranger):
    stranger.write_client_config("HostKeyAlias *")
    done = project.run("host", "enroll", "cache-host", "--fingerprint", fingerprint(public(stranger)))
    assert done.code == 2 and "would mean something else" in done.err and known_hosts(stranger).read_text() == "", done


def test_all_goes_on_when_one_fails_and_tells_of_each(project, start, declare):
    first, second, dead = start(name="first"), start(name="second"), start(name="dead")
    for server, name in ((first, "a"), (second, "b"), (dead, "dead")):
        declare(server, name=name)
    known_hosts(first).write_text("")
    dead.stop()
    dead.process = None
    done = project.run("host", "enroll", "--all", "--fingerprint", fingerprint(public(first)), "-o", "json")
    told = {host["target"]: host for host in done.json["hosts"]}
    assert {name: host["status"] for name, host in told.items()} == {"a": "recorded", "b": "known", "dead": "failed"}, done
    assert told["dead"]["error"]["code"] == "unreachable" and done.code == done.json["exit"] == 1
    assert recorded(first) == ["ssh-ed25519"]


def test_a_host_behind_another_is_left_to_the_users_ssh_in_its_own_words(project, start, declare):
    far, near = start(name="far"), start(name="near")
    config = far.folder / "ssh_config"
    known_hosts(far).write_text(known_hosts(near).read_text())
    with open(near.folder / "authorized_keys", "a") as file:
        file.write((far.folder / "user.pub").read_text())
    config.write_text(f"Host inner\n HostName 127.0.0.1\n HostKeyAlias inner\n ProxyJump near\nHost near\n HostName 127.0.0.1\n Port {near.port}\nHost *\n" + config.read_text())
    declare(far, address="inner")
    done = project.run("host", "enroll", "cache-host")
    assert done.code == 8 and "reached through near" in done.err and f"ssh -F {config} inner" in done.err.replace("\n", " "), done
    with open(known_hosts(far), "a") as file:
        file.write(f"inner {public(far).read_text()}")
    done = project.run("host", "enroll", "cache-host")
    assert done.code == 0 and "known already" in done.out, done


def test_an_unknown_host_is_told_how_to_be_enrolled(project, stranger, look):
    error = look("load = host:load()")["load"]
    assert error["code"] == "not_found" and error["next"].endswith("runbook host enroll cache-host"), error
    (stranger.folder / "revoked").write_text("")
    stranger.write_client_config(f"RevokedHostKeys {stranger.folder}/revoked")
    error = look("load = host:load()")["load"]
    assert error["code"] == "not_found" and error["next"].endswith("runbook host enroll cache-host"), "ssh itself says so"


def test_a_host_can_be_enrolled_by_its_url(project, stranger):
    done = project.run("host", "enroll", f"ssh://{USER}@127.0.0.1:{stranger.port}", "-o", "json")
    assert done.code == 4 and done.json["hosts"][0]["name"] == f"[127.0.0.1]:{stranger.port}", done


def test_what_speaks_no_ssh_has_no_key(project, stranger):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def talk():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                connection.sendall(b"220 mail\r\n" * 100)
                connection.close()
        threading.Thread(target=talk, daemon=True).start()
        config = stranger.folder / "ssh_config"
        config.write_text(config.read_text().replace(f"Port {stranger.port}", f"Port {port}"))
        done = project.run("host", "enroll", "cache-host")
        server.shutdown(socket.SHUT_RDWR)
    assert done.code == 1 and "shows no host key" in done.err, done


@pytest.mark.parametrize("words, said", [
    ([], "no host was named"), (["cache-hots"], "cache-host"), (["cache-1"], "is no host"), (["cache-host", "--all"], "--all")])
def test_what_is_not_meant_as_a_host_is_told(project, stranger, words, said):
    project.target("cache-1", "redis://127.0.0.1:6379", host="cache-host")
    done = project.run("host", "enroll", *words)
    assert done.code == 2 and said in done.err, done


def test_an_enrolment_is_on_record_before_and_after(project, stranger):
    project.run("host", "enroll", "cache-host", "--fingerprint", fingerprint(public(stranger)))
    before, after = project.records("ENROLL", "ENROLLED")
    assert before["data"]["keys"] == [{"fingerprint": fingerprint(public(stranger)), "type": "ssh-ed25519"}]
    assert before["data"]["file"] == str(known_hosts(stranger)) and before["data"]["accepted"] == "fingerprint, given"
    assert after["data"] == {"enroll": before["n"], "status": "recorded", "target": "cache-host"}
    assert project.run("audit", "verify").code == 0


def test_nothing_is_recorded_in_known_hosts_that_the_log_cannot_keep(project, stranger):
    project.run("host", "enroll", "cache-host")
    (project.state / "audit").mkdir(parents=True)
    (project.state / "audit" / "001.log").write_text("no record\n" * 3)
    done = project.run("host", "enroll", "cache-host", "--fingerprint", fingerprint(public(stranger)))
    assert done.code == 9 and known_hosts(stranger).read_text() == "", done
