"""Canaries: many secrets of every sort, right and wrong, through what reads with them and what fails with them. Afterwards no form
of any is found in what was said and kept, in the arguments and the environment of children, or in the worker's memory.

RUNBOOK_BUDGET (scripts/test --long) sends 500 of them."""

import base64
import itertools
import json
import os
import pathlib
import random
import threading
import urllib.parse

import pytest

from http_servers import Service
from servers import wait_until

HOW_MANY = 500 if os.environ.get("RUNBOOK_BUDGET") else 36
BOOK = """
return playbook "canary" { alerts = {}, severity = "SEV-5", owner = "tests", inputs = { redis = input.redis "r", api = input.http "a" },
  evidence = function(see, arg)
    local redis, api = see.redis(arg.redis), see.http(arg.api)
    return { ping = redis:ping(), told = redis:read { "GET", "told" }, list = redis:read { "LRANGE", "list", "0", "-1" }, slow = redis:slowlog(8),
             page = api:get "/echo", broken = api:get "/broken", cut = api:get "/cut" }
  end,
  diagnose = function(found) print(found.told, found.page, found:why "ping") return healthy "ok" end }"""


def make_canaries(count, seed=20261122):
    """8 to 4096 bytes: words, quotes, percent signs, several lines, beyond ASCII, and prefixes of one another."""
    dice = random.Random(seed)
    plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    alphabets = [plain, plain + "'\"`\\$(){}[]<>|&;", plain + "%25%0a%s%n+=&?/", plain + " \t,:", plain + "äöüßéñ漢字кириллица🙂", plain + "-_.~"]
    sizes = [8, 9, 12, 16, 24, 32, 48, 64, 128, 257, 1024, 4096]
    made, seen = [], set()
    for number in itertools.count():
        if len(made) == count:
            return made
        size, letters = sizes[number % len(sizes)], alphabets[number // 2 % len(alphabets)]
        text = "".join(dice.choice(letters) for _ in range(size))
        if number % 7 == 3 and size >= 48:
            text = text[:size // 2 - 1] + "\n" + text[size // 2:]
        if number % 9 == 5 and made and len(made[-1].encode()) < 2000 and "\n" not in made[-1]:
            text = made[-1] + text[:24]
        while len(text.encode()) > 4096:
            text = text[:-1]
        text = "x" + text[1:-1] + "x"
        if len(text.encode()) >= 8 and text not in seen:
            seen.add(text)
            made.append(text)


def forms_of(secret):
    """Whole, and line by line, as others write it."""
    found = set()
    for part in {secret, *(line for line in secret.split("\n") if len(line.encode()) >= 8)}:
        raw = part.encode()
        found |= {raw, json.dumps(part)[1:-1].encode(), json.dumps(part, ensure_ascii=False)[1:-1].encode(), raw.hex().encode(), raw.hex().upper().encode(),
                  urllib.parse.quote(part, safe="").encode(), urllib.parse.quote_plus(part).encode(), base64.b64encode(raw).rstrip(b"="), base64.urlsafe_b64encode(raw).rstrip(b"=")}
    return {form for form in found if len(form) >= 8}


def found_in(text, forms):
    return [(number, form[:40]) for number, its in forms.items() for form in its if form in text]


class Stage:
    """A Redis with a user for each canary, who has that password or, for every other one, another; and a service that says all it heard."""

    def __init__(self, project, redis, service, secrets):
        self.project, self.secrets = project, secrets
        self.forms = {number: forms_of(secret) for number, secret in enumerate(secrets)}
        folder = project.root.parent / "kept-elsewhere"
        folder.mkdir(mode=0o700)
        lines = []
        for number, secret in enumerate(secrets):
            (folder / f"{number}").write_text(secret)
            wrong = number % 3 == 2
            redis.ask("ACL", "SETUSER", f"u{number}", "on", ">" + (secret[::-1] + "other" if wrong else secret), "~*", "&*", "+@all")
            source = f"file:{folder}/{number}" if number % 4 else f"cmd:cat {folder}/{number}"
            sendable = "\n" not in secret and secret.isascii() and secret == secret.strip() and secret.isprintable()
            member = f'token = {{ secret = "S{number}" }}' if sendable else f'user = "ops"\npassword = {{ secret = "S{number}" }}'
            lines += [f"[targets.r{number}]", 'kind = "redis"', 'env = "dev"', f"url = {json.dumps(redis.url)}", f'user = "u{number}"', f'password = {{ secret = "S{number}" }}',
                      f"[targets.a{number}]", 'kind = "http"', 'env = "dev"', f'url = "{service.url}"', member]
            self.sources = getattr(self, "sources", []) + [f'S{number} = "{source}"']
        (project.root / "inventory.toml").write_text("\n".join([*lines, "[secrets]", *self.sources]) + "\n")
        redis.ask("SET", "told", "before " + secrets[0] + " after")
        project.book("canary", BOOK)

    def words(self, number, *more):
        return ["run", "canary", "-n", "-p", f"redis=r{number}", "-p", f"api=a{number}", *more]

    def kept(self):
        return b"\0".join(path.read_bytes() for path in self.project.state.rglob("*") if path.is_file())


@pytest.fixture
def stage(project, start_redis, request):
    secrets = make_canaries(HOW_MANY)
    redis = start_redis()
    redis.ask("CONFIG", "SET", "slowlog-log-slower-than", "-1")
    held = threading.Event()

    def echo(status):
        def answer(request):
            heard = request["headers"].get("Authorization", "").split(" ", 1)[-1]
            told = base64.b64decode(heard).decode().split(":", 1)[1] if "Basic" in request["headers"].get("Authorization", "") else heard
            body = "\n".join([f"token {told}", json.dumps({"said": told}), urllib.parse.quote(told), base64.b64encode(told.encode()).decode(), told.encode().hex(), heard])
            return status, {"X-Heard": urllib.parse.quote(told)[:3000]}, body
        return answer

    def hold(request):
        held.wait(60)
        return 200, {}, "gone on"

    service = Service({"/echo": echo(200), "/broken": echo(500), "/cut": lambda request: None, "/hold": hold})
    service.held = held
    request.addfinalizer(lambda: (held.set(), service.stop()))
    stage = Stage(project, redis, service, secrets)
    stage.redis, stage.service = redis, service
    return stage


def test_no_form_of_any_of_many_secrets_is_said_or_kept(stage):
    project, said = stage.project, []
    for number in range(len(stage.secrets)):
        stage.redis.ask("DEL", "list")
        stage.redis.ask("RPUSH", "list", *[form.decode() for form in sorted(stage.forms[number])][:12])
        stage.redis.ask("SET", "told", f"before {stage.secrets[number]} after")
        done = project.run(*stage.words(number, *(["-o", "json"] if number % 5 == 0 else [])))
        assert done.code in (0, 11), done
        assert found_in((done.out + done.err).encode(), {number: stage.forms[number]}) == [], number
        said.append(done.out + done.err)
        if number % 3 == 2:
            assert "WRONGPASS" in done.out + done.err or "auth" in done.out + done.err, done
    heard = sum("Authorization" in one["headers"] for one in stage.service.heard)
    assert heard >= 3 * len(stage.secrets) - 3, "or nothing was at stake"
    run = project.last_run()
    for words in (["report", run], ["evidence", run, "told", "page", "broken", "list"], ["audit", "export", run, "--with-evidence", "--with-findings"], ["doctor"],
                  ["evidence", "--scan"], ["runs"]):
        done = project.run(*words)
        said.append(done.out + done.err)
    assert "‹secret:S" in "".join(said) + stage.kept().decode(errors="replace")
    assert found_in("".join(said).encode(), stage.forms) == []
    assert found_in(stage.kept(), stage.forms) == []


def children_of(pid):
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *children_of(int(child))]
    return found


def memory_of(pid):
    """What is mapped and can be read, the worker's whole image, mapping by mapping."""
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines():
            begin, end = (int(part, 16) for part in line.split()[0].split("-"))
            if line.split()[1].startswith("r") and "[vvar" not in line and "[vsyscall" not in line:
                try:
                    memory.seek(begin)
                    yield memory.read(end - begin)
                except OSError:
                    continue


@pytest.mark.skipif(os.geteuid() != 0, reason="reads the memory of a process that may not be traced")
def test_the_worker_never_has_one_nor_any_child_in_its_words_and_a_core_is_not_written(stage):
    project = stage.project
    project.configure(evidence="60s")
    project.book("canary", BOOK.replace('cut = api:get "/cut"', 'cut = api:get "/cut", hold = api:get "/hold"'))
    number = 1
    stage.redis.ask("SET", "told", f"before {stage.secrets[number]} after")
    going = project.start(*stage.words(number))
    try:
        wait_until(lambda: "GET /hold" in stage.service.asked() and "GET /broken" in stage.service.asked(), "it waits for an answer")
        worker = wait_until(lambda: [pid for pid in children_of(going.pid) if "runbook-worker" in pathlib.Path(f"/proc/{pid}/cmdline").read_text()], "the worker runs")[0]
        wait_until(lambda: any("‹secret:S1›".encode() in piece for piece in memory_of(worker)), "the worker has the answers that came")
        image = list(memory_of(worker))
        for pid in children_of(going.pid):
            words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes() + pathlib.Path(f"/proc/{pid}/environ").read_bytes()
            assert found_in(words, stage.forms) == []
        for pid in (going.pid, worker):
            core = next(line for line in pathlib.Path(f"/proc/{pid}/limits").read_text().splitlines() if line.startswith("Max core"))
            assert core.split()[4:6] == ["0", "0"], core
        assert found_in(pathlib.Path(f"/proc/{going.pid}/cmdline").read_bytes(), stage.forms) == []
        stage.service.held.set()
        assert [leak for piece in image for leak in found_in(piece, stage.forms)] == []
    finally:
        stage.service.held.set()
        out, err = going.communicate(timeout=60)
    assert going.returncode in (0, 11), (out, err)
    assert found_in(out + err, stage.forms) == []


def test_what_is_kept_is_its_owners_alone(stage):
    assert stage.project.run(*stage.words(0)).code in (0, 11)
    modes = {str(path.relative_to(stage.project.state)): path.stat().st_mode & 0o777 for path in stage.project.state.rglob("*")}
    assert any(name.startswith("keys/") for name in modes)
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}
    (stage.project.state / "keys" / "audit.key").chmod(0o644)
    done = stage.project.run(*stage.words(0))
    assert "NOT RECORDED" in done.err and "the key of the audit log may be read or written by others" in done.err, done
