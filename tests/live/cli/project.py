"""A project folder as an operator has it: runbook.toml, an inventory, playbooks, a state directory; and runbook itself."""

import dataclasses
import json
import os
import pathlib
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
CATALOGUE = HERE.parents[2] / "playbooks"
BIN = pathlib.Path(os.environ.get("RUNBOOK_BIN", HERE.parents[2] / "build" / "debug")).resolve()


@dataclasses.dataclass
class Done:
    code: int
    out: str
    err: str

    @property
    def json(self):
        """The one object on stdout; fails when there is anything else."""
        assert self.out.endswith("\n") and self.out.count("\n") == 1, self.out
        return json.loads(self.out)

    @property
    def digests(self):
        """The digests of the plans that were shown, by mitigation."""
        found, plan = {}, None
        for line in self.out.splitlines():
            if line.startswith("Plan "):
                plan = line[len("Plan "):]
            elif plan and ", digest " in line:
                found[plan] = line.split(", digest ")[1].split(",")[0].strip()
        return found


class Project:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.state = self.root / "state"
        self.home = self.root / "home"
        self.books = self.root / "books"
        self.home.mkdir(parents=True)
        shutil.copytree(HERE / "books", self.books)
        self.targets, self.secrets = {}, {}
        self.configure()
        self.write_inventory()

    def configure(self, rotate_at=None, **limits):
        text = f'inventory = "inventory.toml"\nplaybooks = ["books", {json.dumps(str(CATALOGUE))}]\nstate = "state"\n'
        text += f'[audit]\nrotate_at = "{rotate_at}"\n' if rotate_at else ""
        text += "[limits]\n" * bool(limits) + "".join(f'{name} = "{value}"\n' for name, value in limits.items())
        (self.root / "runbook.toml").write_text(text)

    def target(self, name="cache-1", url=None, **members):
        """Declares a redis in the inventory; a second call replaces it. password="NAME" refers to a secret."""
        members = {"kind": "redis", "url": url, "env": "prod", **members}
        if "password" in members:
            members["password"] = {"secret": members["password"]}
        self.targets[name] = members
        self.write_inventory()

    def container(self, name, engine, **members):
        """Declares a container of that name on a Docker Engine (dockerd.py)."""
        self.targets[name] = {"kind": "container", "engine": engine.url, "name": name, "env": "prod", **members}
        self.write_inventory()

    def secret(self, name, reference):
        self.secrets[name] = reference
        self.write_inventory()

    def write_inventory(self):
        def toml(value):
            if isinstance(value, dict):
                return "{ " + ", ".join(f"{key} = {toml(member)}" for key, member in value.items()) + " }"
            return json.dumps(value)

        lines = []
        for name, members in self.targets.items():
            lines += [f"[targets.{name}]"] + [f"{key} = {toml(value)}" for key, value in members.items()]
        lines += ["[secrets]"] + [f'{name} = "{reference}"' for name, reference in self.secrets.items()]
        (self.root / "inventory.toml").write_text("\n".join(lines) + "\n")

    def book(self, name, source):
        path = self.books / f"{name}.lua"
        path.write_text(source)
        return path

    def environment(self, **more):
        return {"HOME": str(self.home), "PATH": f"{BIN}:/usr/bin:/bin", "LANG": "C.UTF-8", "TERM": "xterm", **more}

    def argv(self, *words, program="runbook", before=()):
        return [*before, str(BIN / program), *map(str, words)]

    def run(self, *words, program="runbook", before=(), env=None, stdin=subprocess.DEVNULL, timeout=60, **popen):
        """runbook without a terminal, in the project's folder; `before` is a program it is started through."""
        env = dict(env or {})
        if "strace" in before:  # under which a sanitised build cannot look for leaks, and fails because of that alone
            env["ASAN_OPTIONS"] = "detect_leaks=0"
        done = subprocess.run(self.argv(*words, program=program, before=before), cwd=self.root, env=self.environment(**env),
                              stdin=stdin, capture_output=True, timeout=timeout, start_new_session=True, **popen)
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def shell(self, command, env=None, timeout=60):
        """A line as somebody pastes it into a shell in the project's folder."""
        done = subprocess.run(["/bin/sh", "-c", command], cwd=self.root, env=self.environment(**(env or {})), stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=timeout, start_new_session=True)
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, *words, env=None, **popen):
        """runbook in the background; the caller ends it."""
        return subprocess.Popen(self.argv(*words), cwd=self.root, env=self.environment(**(env or {})), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, **popen)

    def seen(self, source, program="runbook", **inputs):
        """What a dry run of this playbook read: {reading: its value, or {"error": why there is none, "code": …}}."""
        book = source.split('playbook "')[1].split('"')[0]
        self.book(book, source)
        done = self.run("run", book, "--dry-run", *(word for name, value in inputs.items() for word in ("-p", f"{name}={value}")),
                        program=program)
        assert done.code in (0, 11), done
        self.last_out = done.out
        read = [record["data"] for record in self.records("EVIDENCE") if record["run"] == self.last_run()]
        return {one["name"]: self.evidence(one["sha256"]) if "sha256" in one else {"error": one["error"]["message"], "code": one["error"]["code"]}
                for one in read}

    def evidence(self, digest):
        return json.loads(next(self.state.glob(f"evidence/**/{digest}*")).read_bytes())

    def plan(self, book, mitigation, *words):
        """The digest of a plan, by a dry run."""
        done = self.run("run", book, "--dry-run", "--mitigate", mitigation, *words)
        assert done.code == 0, done
        return done.digests[mitigation]

    @property
    def logs(self):
        """The files of the audit log, the oldest first."""
        return sorted((self.state / "audit").glob("*.log"))

    @property
    def log(self):
        """The one that is written."""
        return (self.logs or [self.state / "audit" / "001.log"])[-1]

    def records(self, *types):
        records = [json.loads(line) for log in self.logs for line in log.read_bytes().split(b"\n")[:-1]]
        return [record for record in records if not types or record["type"] in types]

    def rehearsed(self, book):
        """Makes a world of the last run of this book and rehearses it: what was played, by what it came to."""
        recorded = self.run("test", "--record", self.last_run(), "--as", "recorded")
        assert recorded.code == 0, recorded
        done = self.run("test", book, "-o", "json")
        return {case["case"]: case["problem"] or "good" for case in done.json["cases"]}

    def last_run(self):
        return self.records("RUN_START")[-1]["run"]
