"""From nothing to a playbook that checks and holds in its worlds, with one command."""

import json
import pathlib

import pytest

from terminal import Terminal

TREE = pathlib.Path(__file__).resolve().parents[3]


@pytest.fixture
def empty(project):
    """A project with one folder of playbooks, and nothing in it."""
    (project.root / "playbooks").mkdir()
    (project.root / "runbook.toml").write_text('inventory = "inventory.toml"\nplaybooks = ["playbooks"]\nstate = "state"\n')
    project.books = project.root / "playbooks"
    return project


def all_files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("flags", [[], ["--read-only"]])
@pytest.mark.parametrize("kind", sorted(path.parent.name for path in TREE.glob("templates/*/book.lua")))
def test_a_new_playbook_checks_and_holds_in_its_worlds_at_once(empty, kind, flags):
    made = empty.run("new", "first", "--kind", kind, *flags)
    assert made.code == 0 and made.err == "", made
    checked = empty.run("check", "--strict", "first")
    assert checked.code == 0 and " 0 errors, 0 warnings" in checked.out, checked
    tested = empty.run("test", "first")
    assert tested.code == 0 and ", 0 failed" in tested.out and "without a world" not in tested.out, tested
    shown = empty.run("show", "first", "-o", "json").json
    assert shown["read_only"] is bool(flags)


def test_what_it_tells_to_type_next_works_on_a_real_server(empty, start_redis):
    server = start_redis("--maxclients", "200")
    empty.target("cache-1", server.url, env="staging")
    made = empty.run("new", "redis-clients")
    commands = [line.split("#")[0].strip() for line in made.out.splitlines() if line.startswith("  runbook ")]
    assert [command.split()[1] for command in commands] == ["check", "test", "run"], made.out
    for command in commands:
        done = empty.shell(command)
        assert done.code == 0, (command, done)
    assert "1 of 200 clients" in done.out or "2 of 200 clients" in done.out, done.out
    held = [server.connect() for _ in range(185)]
    planned = empty.run("run", "-n", "redis-clients")
    assert planned.code == 0 and "set maxclients of cache-1 from 200 to 300" in planned.out, planned
    assert empty.run("run", "redis-clients", "--yes").code == 0 and server.config("maxclients") == "300"
    assert held


def test_flags_say_what_it_is_for(empty):
    empty.run("new", "login-slow", "--summary", 'Logins "hang"', "--alert", "LoginSlow", "--alert", "LoginErrors,Login5xx", "--severity", "SEV-1",
              "--owner", "team \\ auth")
    shown = empty.run("show", "login-slow", "-o", "json").json
    assert shown["summary"] == 'Logins "hang"'
    assert shown["alerts"] == ["LoginSlow", "LoginErrors", "Login5xx"]
    assert (shown["severity"], shown["owner"]) == ("SEV-1", "team \\ auth")
    assert empty.run("test", "login-slow").code == 0


def test_at_a_terminal_it_asks_for_what_the_flags_leave_open(empty):
    session = Terminal(empty, "new", "login-slow", "--owner", "auth on-call")
    session.see("What kind of target does it look at?").answer("redis")
    session.see("What is wrong when one needs it?").answer("Logins hang.")
    session.see("Which alerts does it answer?").answer("LoginSlow, LoginErrors")
    session.see("How bad is it?").answer("terrible").see("severity wants one of").see("How bad is it?").answer("SEV-2")
    session.see("Does it change something?").answer("no")
    assert session.end() == 0, session.text
    assert "Who answers for it?" not in session.text
    shown = empty.run("show", "login-slow", "-o", "json").json
    assert (shown["summary"], shown["alerts"], shown["severity"], shown["read_only"]) == ("Logins hang.", ["LoginSlow", "LoginErrors"], "SEV-2", True)
    assert empty.run("test", "login-slow").code == 0


def test_enter_takes_what_is_offered(empty):
    session = Terminal(empty, "new", "login-slow")
    for question in ("What kind", "What is wrong", "Which alerts", "How bad", "Who answers", "Does it change"):
        session.see(question).see(": ").answer()
    assert session.end() == 0, session.text
    assert empty.run("new", "other", "--no-input").code == 0
    made, plain = ((empty.books / f"{name}.lua").read_text() for name in ("login-slow", "other"))
    assert made == plain.replace('"other"', '"login-slow"')


def test_leaving_in_the_middle_writes_nothing(empty):
    before = all_files(empty.root)
    session = Terminal(empty, "new", "login-slow").see("What kind").see(": ").answer().see("What is wrong").answer("Logins hang.").see("Which alerts").type("\x04")
    assert session.end() == 3, session.text
    assert all_files(empty.root) == before


def test_nothing_is_overwritten(empty):
    assert empty.run("new", "login-slow").code == 0
    (empty.books / "login-slow.lua").unlink()
    world = empty.books / "worlds" / "login-slow" / "healthy.toml"
    world.write_text("mine")
    before = all_files(empty.root)
    done = empty.run("new", "login-slow")
    assert done.code == 2 and "there is playbooks/worlds/login-slow/healthy.toml, " in done.err, done
    assert "login-slow.lua" not in done.err and "already, and nothing is overwritten" in done.err, done
    assert all_files(empty.root) == before and world.read_text() == "mine"


def test_what_lies_where_a_transcript_would_go_is_not_overwritten_either(empty):
    folder = empty.books / "worlds" / "login-slow"
    folder.mkdir(parents=True)
    (folder / "healthy.txt").write_text("mine")
    (empty.books / "login-slow.lua").symlink_to("nowhere.lua")
    before = all_files(empty.root)
    done = empty.run("new", "login-slow")
    assert done.code == 2 and "there is playbooks/login-slow.lua, playbooks/worlds/login-slow/healthy.txt already" in done.err, done
    assert all_files(empty.root) == before and (folder / "healthy.txt").read_text() == "mine"


def test_worlds_that_are_there_keep_what_they_show(empty):
    folder = empty.books / "worlds" / "login-slow"
    folder.mkdir(parents=True)
    (folder / "mine.toml").write_text("of another playbook")
    (folder / "mine.txt").write_text("mine")
    assert empty.run("new", "login-slow").code == 0
    assert (folder / "mine.txt").read_text() == "mine"


def test_the_settings_of_the_editor_are_left_alone(empty):
    settings = empty.root / ".luarc.json"
    settings.write_text("{}")
    done = empty.run("new", "login-slow")
    assert done.code == 0 and "left .luarc.json as it was;" in done.out, done
    assert settings.read_text() == "{}"


def test_an_editor_finds_the_language_where_its_settings_say(empty):
    empty.run("new", "login-slow")
    settings = json.loads((empty.root / ".luarc.json").read_text())
    (folder,) = settings["workspace.library"]
    types = empty.root / folder
    assert {path.name: path.read_text() for path in types.iterdir()} == {path.name: path.read_text() for path in (TREE / "types").iterdir()}
    (types / "redis.lua").write_text("older")
    assert empty.run("types").code == 0
    assert (types / "redis.lua").read_text() == (TREE / "types" / "redis.lua").read_text()
    written = empty.run("types", "--out", "elsewhere", "-o", "json").json["written"]
    assert set(written) == {f"elsewhere/{path.name}" for path in (TREE / "types").iterdir()} == {f"elsewhere/{name}" for name in all_files(empty.root / "elsewhere")}


def test_another_folder_outside_the_project_gets_settings_of_its_own(empty, tmp_path):
    done = empty.run("new", "login-slow", "--dir", tmp_path / "books")
    assert done.code == 0 and f"runbook test {tmp_path}/books/login-slow.lua" in done.out, done
    assert (tmp_path / "books" / ".luarc.json").exists()
    assert empty.run("check", "--strict", tmp_path / "books" / "login-slow.lua").code == 0


@pytest.mark.parametrize("words,says", [
    (["Login"], 'a playbook is named with small letters, digits and -, got "Login"'),
    (["../login"], 'got "../login"'),
    (["-x"], "--help"),
    (["login", "--kind", "radish"], "there is no template for playbooks that look at radish"),
    (["login", "--severity", "bad"], "SEV-1"),
    ([], "NAME is required"),
])
def test_what_cannot_be_is_refused(empty, words, says):
    before = all_files(empty.root)
    done = empty.run("new", *words)
    assert done.code == 2 and says in done.err, done
    assert all_files(empty.root) == before


def test_a_program_reads_what_was_written(empty):
    made = empty.run("new", "login-slow", "-o", "json").json
    assert made["book"] == "login-slow" and made["left"] == []
    assert set(made["written"]) == all_files(empty.root) - {"runbook.toml", "inventory.toml"} - {
        name for name in all_files(empty.root) if name.startswith(("books/", "home/"))}
