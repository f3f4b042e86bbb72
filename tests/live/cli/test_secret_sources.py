"""Where secrets come from: programs, systemd, Vault, age, pass, a person. Read once, only by who needs them, and never shown."""

import os
import subprocess

import pytest

from http_servers import Service
from terminal import Terminal
from test_secrets import everything_kept, forms_of

PASSWORD = "s3cr3t/+pass word-4711"


@pytest.fixture
def guarded(project, start_redis):
    """cache-1 with a password that is to be taken from a reference."""
    server = start_redis("--maxmemory", "16mb", "--maxmemory-policy", "noeviction", password=PASSWORD)
    project.target("cache-1", server.url, password="CACHE")

    def taken(reference, more=""):
        project.secret("CACHE", reference.replace("\\", "\\\\").replace('"', '\\"'))
        with open(project.root / "inventory.toml", "a") as inventory:
            inventory.write(more)
    return taken


def looks(project, env=None, *words):
    return project.run("run", "looking-only", "-n", *words, env=env)


def nothing_tells(project, *said):
    kept = b"".join(path.read_bytes() for path in project.state.rglob("*") if path.is_file())
    assert len(kept) > 1000
    for form in forms_of(PASSWORD):
        assert form not in kept and all(form not in (done.out + done.err).encode() for done in said), form


def opened(project, env=None):
    """The run gets in, and nobody learns the password from it."""
    done = looks(project, env)
    assert done.code == 0 and "PONG" in done.out, done
    doctor = project.run("doctor", env=env)
    assert "secrets: CACHE is there" in doctor.out, doctor
    nothing_tells(project, done, doctor)


def why_not(project, env=None):
    """What the run and the doctor say of a secret that cannot be read."""
    done = looks(project, env)
    doctor = project.run("doctor", env=env)
    said = " ".join(doctor.out.split())
    assert doctor.code == 1 and "secrets: the secret CACHE" in said, doctor
    assert "PONG" not in done.out and "CACHE" in done.out + done.err, done
    return said


def script(project, text, name="tell"):
    path = project.root / name
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return path


def test_a_program_tells_it_by_its_words_and_no_shell(project, guarded):
    teller = script(project, 'echo run >> "$0.ran"\n[ "$#" = 2 ] && [ "$1" = "a b" ] && [ "$2" = \'$HOME\' ] && printf "%s\\n" "' + PASSWORD + '"\n')
    guarded(f"cmd:{teller} 'a b' $HOME")
    opened(project)
    ran = project.root / "tell.ran"
    ran.unlink()
    assert looks(project).code == 0
    assert ran.read_text() == "run\n", "once in a run, however many readings need it"


def test_no_program_is_started_by_who_needs_no_secret(project, guarded):
    teller = script(project, 'echo run >> "$0.ran"\necho "' + PASSWORD + '"\n')
    guarded(f"cmd:{teller}")
    for words in (["list"], ["check"], ["runs"], ["audit", "verify"], ["show", "limit"]):
        project.run(*words)
    assert not (project.root / "tell.ran").exists()


def test_a_program_gets_none_of_the_secrets_of_the_environment(project, guarded):
    teller = script(project, 'env > "$0.env"\necho "' + PASSWORD + '"\n')
    guarded(f"cmd:{teller}")
    project.secret("OTHER", "env:TZ")
    opened(project, env={"MY_API_KEY": "not-for-others-1", "TZ": "a-secret-in-a-strange-place", "PASSWORD_STORE_DIR": "/nowhere"})
    seen = (project.root / "tell.env").read_text()
    assert "HOME=" in seen and "PASSWORD_STORE_DIR=/nowhere" in seen
    assert "not-for-others-1" not in seen and "a-secret-in-a-strange-place" not in seen


@pytest.mark.parametrize("text,says", [
    ('echo "no such \033[31mitem" >&2; exit 3', "failed with 3: no such \\x1b[31mitem"),
    ("exit 1", "failed with 1, and did not say why"),
    ("true", "said nothing"),
    ("head -c 100000 /dev/zero | tr '\\0' x", "said more than 64 KiB"),
    ("echo short", "shorter than 8 bytes"),
])
def test_a_program_that_does_not_tell_it_is_named_with_its_reason(project, guarded, text, says):
    guarded(f"cmd:{script(project, text)}")
    if "shorter" in says:
        done = looks(project)
        assert done.code == 2 and "the secret CACHE is " + says in done.err, done
        return
    said = why_not(project)
    assert says in said and "inventory.toml:" in said or says in said, said


def test_a_program_that_is_not_there_is_named(project, guarded):
    guarded("cmd:/nowhere/tell")
    assert "cannot be read: the program /nowhere/tell cannot be started" in why_not(project)


@pytest.mark.parametrize("reference,says", [
    ("cmd:tell 'x", "has a quote that is not closed"), ("cmd:", "names nothing"), ("plain", "wants env:VARIABLE"),
    ("vault:secret/app#", "names no field"), ("vault:secret#x", "names no path"), ("vault:secret/data/app#x", "vault:secret/app#x"),
    ("vault:secret/../app#x", "that none in Vault can have"), ("vault:secret/app#x", "no [vault] says where"), ("age:/x", "no [age] says with what"),
    ("pass:-x", "begins with a dash"), ("cred:../x", "without slashes"),
])
def test_a_reference_that_cannot_be_meant_so_is_refused_with_its_line(project, guarded, reference, says):
    guarded(reference)
    done = project.run("list")
    assert done.code == 2 and says in done.err and "inventory.toml:" in done.err, done


def test_a_credential_of_systemd_is_read_from_its_folder(project, guarded, tmp_path):
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / "cache").write_text(PASSWORD)
    guarded("cred:cache")
    opened(project, env={"CREDENTIALS_DIRECTORY": str(tmp_path / "credentials")})
    assert "is a credential of systemd, and $CREDENTIALS_DIRECTORY is not set" in why_not(project)


def test_a_file_for_age_is_decrypted_with_the_identity_of_the_inventory(project, guarded):
    key, file = project.root / "age.key", project.root / "cache.age"
    subprocess.run(["age-keygen", "-o", str(key)], check=True, capture_output=True)
    recipient = subprocess.run(["age-keygen", "-y", str(key)], check=True, capture_output=True, text=True).stdout.strip()
    subprocess.run(["age", "-r", recipient, "-o", str(file)], input=PASSWORD.encode() + b"\n", check=True)
    guarded(f"age:{file}", f'[age]\nidentity = "{key}"\n')
    opened(project)
    file.write_bytes(b"no age at all")
    assert "the program age failed with 1" in why_not(project)
    key.chmod(0o644)
    assert "may be read or written by others (chmod 600" in why_not(project)


@pytest.fixture
def password_store(project, request):
    """pass with a key of its own; its agent ends with the test."""
    home = project.home
    gnupg = home / ".gnupg"
    gnupg.mkdir(mode=0o700)
    env = project.environment(GNUPGHOME=str(gnupg), PASSWORD_STORE_DIR=str(home / "store"))
    request.addfinalizer(lambda: subprocess.run(["gpgconf", "--kill", "all"], env=env, check=True))
    subprocess.run(["gpg", "--batch", "--passphrase", "", "--quick-gen-key", "ops@example.org", "default", "default", "never"], env=env, check=True, capture_output=True)
    subprocess.run(["pass", "init", "ops@example.org"], env=env, check=True, capture_output=True)
    subprocess.run(["pass", "insert", "-m", "ops/cache"], env=env, input=f"{PASSWORD}\nuser: runbook\n".encode(), check=True, capture_output=True)
    return {"GNUPGHOME": str(gnupg), "PASSWORD_STORE_DIR": str(home / "store")}


def test_the_first_line_of_an_entry_of_pass_is_the_secret(project, guarded, password_store):
    guarded("pass:ops/cache")
    opened(project, env=password_store)
    guarded("pass:ops/other")
    assert "the program pass failed with 1: Error: ops/other is not in the password store" in why_not(project, env=password_store)


def kv(**fields):
    return 200, {}, {"data": {"data": fields, "metadata": {"version": 3}}, "request_id": "1", "lease_id": "", "renewable": False}


@pytest.fixture
def vault(request):
    """What answers as a Vault does; the test says what."""
    service = Service({"/v1/team/data/cache": kv(password=PASSWORD, port=6379, empty="")})
    request.addfinalizer(service.stop)
    return service


def at(vault, **more):
    text = f'[vault]\naddress = "http://127.0.0.1:{vault.port}"\n' + "".join(f"{key} = {value}\n" for key, value in more.items())
    return text


TOKEN = {"VAULT_TOKEN": "hvs.token-for-tests-1"}
BY_TOKEN = {"token": '{ secret = "VAULT_TOKEN" }'}


@pytest.fixture
def in_vault(project, guarded, vault):
    def taken(field="password"):
        project.secret("VAULT_TOKEN", "env:VAULT_TOKEN")
        guarded(f"vault:team/cache#{field}", at(vault, **BY_TOKEN))
    return taken


def test_a_field_of_a_secret_in_vault(project, in_vault, vault):
    in_vault()
    opened(project, env=TOKEN)
    assert [(one["method"], one["path"]) for one in vault.heard] == [("GET", "/v1/team/data/cache")] * 2, "once for each program"
    assert all(one["headers"]["X-Vault-Token"] == TOKEN["VAULT_TOKEN"] for one in vault.heard)
    assert b"hvs.token-for-tests-1" not in everything_kept(project)


def test_vault_is_opened_by_approle_once_and_its_token_is_hidden_too(project, guarded, vault):
    heard = {}

    def login(request):
        heard["login"] = request["body"]
        return 200, {}, {"auth": {"client_token": "hvs.given-by-approle-1", "policies": ["default"], "lease_duration": 3600}}

    vault.pages["/v1/auth/approle/login"] = login
    vault.pages["/v1/team/data/other"] = 403, {}, {"errors": ["the token hvs.given-by-approle-1 may not"]}
    project.secret("ROLE", "env:ROLE")
    project.secret("SECRET_ID", "env:SECRET_ID")
    project.secret("OTHER", "vault:team/other#x")
    guarded("vault:team/cache#password", at(vault, role_id='{ secret = "ROLE" }', secret_id='{ secret = "SECRET_ID" }'))
    env = {"ROLE": "role-id-of-tests", "SECRET_ID": "secret-id-of-tests"}
    done = looks(project, env)
    assert done.code == 0 and "PONG" in done.out, done
    assert [one["path"] for one in vault.heard] == ["/v1/auth/approle/login", "/v1/team/data/cache"]
    assert "secret-id-of-tests" in heard["login"] and vault.heard[-1]["headers"]["X-Vault-Token"] == "hvs.given-by-approle-1"
    doctor = project.run("doctor", env=env)
    assert "the token ‹secret:the token of Vault› may not" in " ".join(doctor.out.split()), doctor
    nothing_tells(project, done, doctor)


@pytest.mark.parametrize("page,says", [
    ((403, {}, {"errors": ["permission denied"]}), "Vault refuses it (403): permission denied"),
    ((404, {}, {"errors": []}), "Vault has nothing there (404)"),
    ((503, {}, {"errors": ["Vault is sealed"]}), "Vault answers with 503: Vault is sealed (it is sealed"),
    ((200, {}, "<html>welcome</html>"), "does not speak as Vault does"),
    ((200, {}, {"data": {"password": "kv-version-1-secret"}}), "is no secret of KV version 2"),
    ((200, {}, b"x" * (3 << 20)), "MiB"),
    (lambda request: None, "at team/cache"),
])
def test_what_vault_says_instead_is_told_and_what_to_do(project, in_vault, vault, page, says):
    in_vault()
    vault.pages["/v1/team/data/cache"] = page
    assert says in why_not(project, env=TOKEN)


@pytest.mark.parametrize("field,says", [("port", "its field port is a number, and no text"), ("nothing", "has no field nothing (it has empty, password, port)"),
                                        ("empty", "its field empty is empty")])
def test_a_field_that_is_no_text_is_named(project, in_vault, field, says):
    in_vault(field)
    assert says in why_not(project, env=TOKEN)


def test_a_vault_that_sends_us_on_does_not_make_us_carry_the_token_there(project, in_vault, vault, request):
    thief = Service({"/v1/team/data/cache": kv(password=PASSWORD)})
    request.addfinalizer(thief.stop)
    in_vault()
    vault.pages["/v1/team/data/cache"] = 307, {"Location": f"http://127.0.0.1:{thief.port}/v1/team/data/cache"}, ""
    assert "sends us elsewhere (307), and no redirect is followed" in why_not(project, env=TOKEN)
    assert thief.heard == []


def test_a_token_that_is_not_there_is_what_is_told(project, in_vault, vault):
    in_vault()
    assert "for what opens Vault is not there: the secret VAULT_TOKEN is not there" in why_not(project)
    assert vault.heard == []


def test_vault_is_not_asked_without_tls_but_on_loopback(project, guarded):
    project.secret("VAULT_TOKEN", "env:VAULT_TOKEN")
    guarded("vault:team/cache#password", '[vault]\naddress = "http://vault.lxd:8200"\ntoken = { secret = "VAULT_TOKEN" }\n')
    done = project.run("list")
    assert done.code == 2 and "Vault is asked over https" in done.err, done


def test_what_opens_vault_cannot_come_out_of_it(project, guarded, vault):
    project.secret("VAULT_TOKEN", "vault:team/token#token")
    guarded("vault:team/cache#password", at(vault, **BY_TOKEN))
    done = project.run("list")
    assert done.code == 2 and "cannot come out of Vault: VAULT_TOKEN" in done.err, done


def test_a_person_is_asked_once_and_nothing_is_shown(project, guarded):
    guarded("prompt:the password of the cache")
    session = Terminal(project, "run", "looking-only", "-n")
    session.see("the password of the cache (not shown): ").answer(PASSWORD)
    assert session.end() == 0, session.text
    assert "PONG" in session.text and session.text.count("(not shown)") == 1 and PASSWORD not in session.text
    nothing_tells(project)


def test_a_question_for_a_secret_is_ended_by_ctrl_c_and_by_an_empty_line(project, guarded):
    guarded("prompt:")
    for end in (lambda session: session.interrupt(), lambda session: session.answer("")):
        session = Terminal(project, "run", "looking-only", "-n")
        end(session.see("The secret CACHE (not shown): "))
        assert session.end() in (3, 130), session.text
        assert "the secret CACHE was not given" in session.text


def test_without_a_terminal_the_run_ends_with_the_way_out(project, guarded):
    guarded("prompt:")
    done = looks(project)
    assert done.code == 4 and "the secret CACHE is asked for at the terminal, and nobody can be asked" in done.err, done
    assert "or take it from another source" in done.err
    doctor = project.run("doctor")
    assert "CACHE is asked for at the terminal when a run needs it" in " ".join(doctor.out.split()), doctor


def test_the_secret_of_a_neighbour_is_known_before_it_can_be_told(project, start_redis):
    """What a server says of a target that uses it, or runs beside it, is looked at with those secrets in mind."""
    server = start_redis()
    server.ask("SET", "config:other", "dsn is " + PASSWORD)
    teller = script(project, 'echo "' + PASSWORD + '"\n')
    stranger = script(project, 'echo run >> "$0.ran"\necho "not-needed-at-all"\n', "stranger")
    project.target("cache-1", server.url)
    project.target("cache-2", "redis://127.0.0.1:1", uses=["cache-1"], password="OTHER")
    project.target("cache-3", "redis://127.0.0.1:1", password="FAR")
    project.secret("OTHER", f"cmd:{teller}")
    project.secret("FAR", f"cmd:{stranger}")
    seen = project.seen("""
return playbook "nosy" { alerts = {}, severity = "SEV-5", owner = "tests", inputs = { redis = input.redis "r" },
  evidence = function(see, arg) return { v = see.redis(arg.redis):read { "GET", "config:other" } } end,
  diagnose = function(found) return healthy "ok" end }""", redis="cache-1")
    assert seen["v"] == "dsn is ‹secret:OTHER›", seen
    assert not (project.root / "stranger.ran").exists()
    nothing_tells(project)


def test_a_neighbours_secret_that_cannot_be_read_is_a_warning(project, cache):
    project.target("cache-2", "redis://127.0.0.1:1", uses=["cache-1"], password="OTHER")
    project.secret("OTHER", "cmd:false")
    done = project.run("run", "looking-only", "-n", "-p", "redis=cache-1")
    assert done.code == 0 and "not kept out of sight where a server tells it: " in done.err and "OTHER" in done.err, done
