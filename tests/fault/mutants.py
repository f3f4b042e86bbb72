"""Audit logs, made after docs/audit.md, and the ways to damage them."""

import base64
import functools
import hashlib
import importlib.machinery
import importlib.util
import json
import pathlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "scripts"


def load_verifier(name):
    loader = importlib.machinery.SourceFileLoader(name.replace("-", "_"), str(SCRIPTS / name))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


export = load_verifier("verify-export")
audit = export.audit

# Values whose one text is easily got wrong.
CURIOUS = [0.0, -0.0, 1.5, 1e-4, 1e-5, 0.00001234, 1e15, 1e16, 1e21, 1e22, 123456789012345680000.0, 2.0 ** 53, 2.0 ** 53 - 1, 5e-324,
           1.7976931348623157e308, 0.1, 1 / 3, 100000.0, 1234567.0, 1e5 + 0.1, "", "\x7f", "\u2028", "é", "\U0001f600", "\x00\x1f\b\f",
           "\"\\/", {"$base64": "/w=="}, {"$base64": "AA=="}, {"$base64": "x"}, b"\xff\xfe", [], {}, [[[]]], {"b": 1, "a": {"é": 2, "z": 3}},
           True, False, None, {"\uffff": 1, "\U00010000": 2}]

# Other texts for the same or for no value, put where a member's value stands.
FORGED = [b"1.0", b"1e0", b"-0", b"01", b"+1", b"1e400", b"NaN", b"Infinity", b'"\\u0041"', b'"\\/"', b'"\\ud800"', b'"\\u001F"', b'"\xff"',
          b'"\xed\xa0\x80"', b'"\xc0\x80"', b"{\"a\":1,\"a\":1}", b"{\"b\":1,\"a\":1}", b" 1", b"tru", b'{"$base64":"/x=="}', b'{"$base64":"/w=="}',
          b'"\x7f"', b"9007199254740993", b"18446744073709551616", b"1e-05", b"0.00001", b"[1,]", b'"\n"', b"[" * 40 + b"]" * 40,
          b"[" * 33 + b"]" * 33, b"[" * 32 + b"]" * 32, b"[" * 31 + b"]" * 31, b'"' + b"x" * 131000 + b'"']


def sealed(record, key):
    """The line of a record without hash and sig."""
    digest = audit.sha256(audit.stub_of(record))
    return audit.canonical({**record, "hash": digest, "sig": base64.b64encode(key.sign(digest.encode())).decode()}).encode(), digest


class Log:
    """A sound log: its records, their tokens, the key, the numbers of the records that begin a file, and of the one that HEAD names."""

    def __init__(self, random, count):
        self.key = Ed25519PrivateKey.from_private_bytes(random.randbytes(32))
        self.tokens = [random.randbytes(32) for _ in range(count)]
        self.borders = [1] + sorted(random.sample(range(2, count + 1), min(count - 1, random.choice([0, 0, 1, 1, 2]))))
        self.records = []
        for n in range(1, count + 1):
            kind = random.choice(["INTENT", "OUTCOME", "EVIDENCE"])
            data = {"x": random.choice(CURIOUS), "more": [random.choice(CURIOUS)], "é": n}
            if kind == "OUTCOME":
                data = {"intent": random.choice([n - 1, n - 2, n + 1, 1.5, "2", None]), "status": random.choice(["applied", "in_doubt", 7])}
            if n in self.borders:
                kind, data = ("LOG_START", {"format": 1.0}) if n == 1 else ("LOG_GOES_ON", None)
            self.records.append({"n": n, "type": kind, "run": random.choice(["", "r-1"]), "boot_id": "b", "boot_ms": random.randrange(10 ** 9),
                                 "time": f"2026-11-20T23:31:{n % 60:02d}.{random.randrange(1000):03d}Z", "data": data})
        # HEAD names a record of the last file, or one of the file before that while there is no second record.
        oldest = self.borders[-1]
        if oldest == count and len(self.borders) > 1 and random.random() < 0.5:
            oldest = self.borders[-2]
        self.head = random.randint(oldest, count)
        self.seal(self.records, self.key)

    @property
    def pem(self):
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def seal(self, records, key):
        """Chains and signs; gives the lines. What a new file carries on is worked out, where nobody says."""
        self.lines, self.hashes, last, still_open = [], [], audit.NO_HASH, {}
        for n, (record, token) in enumerate(zip(records, self.tokens), 1):
            if record["data"] is None:
                record = {**record, "data": {"format": 1, "open": [still_open[intent] for intent in sorted(still_open)]}}
            line, last = sealed({**record, "prev": last, "seal": record.get("seal", audit.seal_of(token))}, key)
            self.lines.append(line)
            self.hashes.append(last)
            if record["type"] == "INTENT":
                still_open[n] = {"n": n, "hash": last, "log": self.log_of(n), "size": self.size_of(n)}
            elif record["type"] == "OUTCOME" and isinstance(record["data"], dict) and record["data"].get("status") != "in_doubt":
                settled = record["data"].get("intent")
                still_open.pop(settled if isinstance(settled, (int, float)) else None, None)
        return self.lines

    def border_of(self, n):
        """The first record of the file in which record n stands."""
        return max(border for border in self.borders if border <= n)

    def log_of(self, n):
        return f"{self.borders.index(self.border_of(n)) + 1:03d}.log"

    def size_of(self, n):
        """The byte of its file at which record n ends."""
        return sum(len(line) + 1 for line in self.lines[self.border_of(n) - 1:n])

    def head_file(self, n):
        return audit.head_bytes({"format": 1, "log": self.log_of(n), "n": n, "hash": self.hashes[n - 1], "size": self.size_of(n),
                                 "token": base64.b64encode(self.tokens[n - 1]).decode()})

    def logs(self):
        """{name: bytes} of the logs."""
        found = {self.log_of(border): b"" for border in self.borders}
        for n, line in enumerate(self.lines, 1):
            found[self.log_of(n)] += line + b"\n"
        return found

    def files(self):
        return {**self.logs(), "HEAD": self.head_file(self.head)}


def somewhere(random, content):
    return random.randrange(len(content)) if content else 0


def flip_a_bit(random, log, files, name):
    content = bytearray(files[name])
    if content:
        content[somewhere(random, content)] ^= 1 << random.randrange(8)
    files[name] = bytes(content)


def cut(random, log, files, name):
    files[name] = files[name][:somewhere(random, files[name])]


def zeros(random, log, files, name):
    at, length = somewhere(random, files[name]), random.randrange(1, 600)
    files[name] = files[name][:at] + bytes(len(files[name][at:at + length])) + files[name][at + length:]


def remove_bytes(random, log, files, name):
    at = somewhere(random, files[name])
    files[name] = files[name][:at] + files[name][at + random.randrange(1, 60):]


def put_in(random, log, files, name):
    at = somewhere(random, files[name])
    files[name] = files[name][:at] + random.choice([b"\n", b" ", b"0", b'"', b"\x00", b"}\n{", random.randbytes(5)]) + files[name][at:]


def logs_in(files):
    return sorted(name for name in files if name.endswith(".log"))


def with_lines(change):
    @functools.wraps(change)
    def damage(random, log, files, name):
        name = random.choice(logs_in(files))
        lines = files[name].splitlines(keepends=True)
        if lines:
            change(random, lines)
        files[name] = b"".join(lines)
    return damage


@with_lines
def remove_a_line(random, lines):
    del lines[somewhere(random, lines)]


@with_lines
def double_a_line(random, lines):
    at = somewhere(random, lines)
    lines.insert(random.choice([at, len(lines)]), lines[at])


@with_lines
def swap_lines(random, lines):
    one, other = somewhere(random, lines), somewhere(random, lines)
    lines[one], lines[other] = lines[other], lines[one]


@with_lines
def cut_lines(random, lines):
    del lines[somewhere(random, lines):]


def sign_anew(random, log, files, name):
    """A tail that was changed and signed, with the key or another one; HEAD as it was, or made to fit as well as one can."""
    records = [dict(record) for record in log.records]
    record = records[somewhere(random, records)]
    member = random.choice(["data", "data", "data", "type", "run", "time", "boot_ms", "boot_id", "n", "seal", "extra"])
    record[member] = {"data": {"x": random.choice(CURIOUS)}, "n": random.choice([0, 1, 1.5, -1, 2 ** 53]), "boot_ms": random.choice(
        [-1, 0.5, 2 ** 53, "1"]), "time": random.choice(["1969-12-31T23:59:59.000Z", "2026-02-30T00:00:00.000Z", "2026-11-20T23:31:60.000Z",
        "2026-11-20T23:31:07.12Z", "9999-12-31T23:59:59.999Z", "0000-01-01T00:00:00.000Z", ""])}.get(member, random.choice(CURIOUS))
    sound = log.lines, log.hashes
    log.seal(records, random.choice([log.key, log.key, log.key, Ed25519PrivateKey.from_private_bytes(bytes(32))]))
    files.update(log.logs())
    if random.random() < 0.7:
        files["HEAD"] = log.head_file(log.head)
    log.lines, log.hashes = sound


def forge_a_value(random, log, files, name):
    """Another text where data has a value, hashed and signed as it stands: what only a bug or the key's holder writes."""
    records = [{**record, "data": audit.parse(line.decode())["data"]} for record, line in zip(log.records, log.lines)]
    at = random.randrange(1, len(records)) if len(records) > 1 else 0
    records[at]["data"] = {"x": "FORGED"}
    text, last, lines = random.choice(FORGED), audit.NO_HASH, []
    for number, (record, token) in enumerate(zip(records, log.tokens)):
        full = {**record, "prev": last, "seal": audit.seal_of(token)}
        data = audit.canonical(record["data"]).encode()
        told = hashlib.sha256(data.replace(b'"FORGED"', text) if number == at else data).hexdigest()
        last = audit.sha256(audit.canonical({**full, "data": told}))
        line = audit.canonical({**full, "hash": last, "sig": base64.b64encode(log.key.sign(last.encode())).decode()}).encode()
        lines.append(line.replace(b'"FORGED"', text) if number == at else line)
    sound = log.lines, log.hashes
    log.lines = lines
    log.hashes = [json.loads(line)["hash"] if number != at else hashlib.sha256(b"").hexdigest() for number, line in enumerate(lines)]
    files.update(log.logs())
    if log.head - 1 != at:
        files["HEAD"] = log.head_file(log.head)
    log.lines, log.hashes = sound


def move_head(random, log, files, name):
    n = random.randint(1, len(log.records))
    head = audit.parse_head(log.head_file(n))
    head["token"] = base64.b64encode(random.choice([head["token"], log.tokens[somewhere(random, log.tokens)], b"", bytes(32)])).decode()
    if random.random() < 0.4:
        member, value = random.choice([("n", 0), ("n", n + 1), ("n", 10 ** 6), ("n", 1.5), ("size", 0), ("size", head["size"] + 1), ("format", 2),
                                       ("log", "002.log"), ("log", ""), ("hash", audit.NO_HASH), ("size", 2 ** 53), ("n", "1"), ("hash", b"\xff"), ("extra", 1)])
        head[member] = value
    files["HEAD"] = audit.head_bytes(head)


def divide_otherwise(random, log, files, name):
    """The same records in other files."""
    everything = b"".join(log.logs().values()).splitlines(keepends=True)
    at = random.randint(0, len(everything))
    for name in log.logs():
        files.pop(name, None)
    files["001.log"], files["002.log"] = b"".join(everything[:at]), b"".join(everything[at:])


def carry_on_something_else(random, log, files, name):
    """Another list of what is open, signed with the key, where a file begins; and HEAD that fits."""
    borders = [n for n in log.borders if n > 1]
    if not borders:
        return
    n, records = random.choice(borders), [dict(record) for record in log.records]
    data = audit.parse(log.lines[n - 1].decode())["data"]
    items = data["open"]
    what = random.randrange(5)
    if what == 0:
        items.append({"n": float(random.randint(0, n)), "hash": audit.NO_HASH, "log": random.choice(["001.log", "", "../x"]), "size": 7.0})
    elif what == 1 and items:
        del items[random.randrange(len(items))]
    elif what == 2 and items:
        items[0][random.choice(["n", "hash", "log", "size", "more"])] = random.choice([1.0, "x", b"\xff", None])
    elif what == 3:
        data[random.choice(["format", "open", "more"])] = random.choice([2.0, True, [], None, {}, [[]]])
    else:
        items.reverse()
    records[n - 1]["data"] = data
    sound = log.lines, log.hashes
    log.seal(records, log.key)
    files.update(log.logs())
    files["HEAD"] = log.head_file(log.head)
    log.lines, log.hashes = sound


def swap_logs(random, log, files, name):
    one, other = random.choice(logs_in(files)), random.choice(logs_in(files))
    files[one], files[other] = files[other], files[one]


def remove_a_log(random, log, files, name):
    del files[random.choice(logs_in(files))]


def begin_another_log(random, log, files, name):
    """As a crash leaves it, or longer."""
    files[f"{len(log.borders) + 1:03d}.log"] = random.choice([b"", b"{", b"{}\n", bytes(300), log.lines[-1] + b"\n", b"\n\n", b"x" * 131073,
                                                             bytes(131072) + b"\n", bytes(131073) + b"\n"])


def append_what_a_crash_left(random, log, files, name):
    line = log.lines[-1]
    files[max(log.logs())] = files.get(max(log.logs()), b"") + random.choice([line[:40], bytes(100), bytes(100) + line[100:] + b"\n", line[:50] + b"\n" + line + b"\n", b"\n", b"x" * 131073,
                                       b"x" * 131073 + b"\n", b"{}\n", bytes(5) + b"\n" + bytes(5)])


def change_the_folder(random, log, files, name):
    what = random.randrange(5)
    if what == 0:
        files["notes.txt"] = b""
    elif what == 1:
        del files[random.choice(sorted(files))]
    elif what == 2:
        files["003.log"] = b""
    elif what == 3:
        files["002.log"] = b""
    else:
        files["000.log"] = b""


DAMAGES = [flip_a_bit, cut, zeros, remove_bytes, put_in, remove_a_line, double_a_line, swap_lines, cut_lines, sign_anew, forge_a_value, move_head,
           divide_otherwise, carry_on_something_else, swap_logs, remove_a_log, begin_another_log, append_what_a_crash_left, change_the_folder]
# What costs signatures is drawn less often.
WEIGHTS = [6, 4, 4, 4, 6, 3, 3, 3, 3, 1, 1, 4, 2, 1, 2, 1, 3, 4, 1]


def mutant(random, log):
    """A damaged copy: the names of what was done to it, and its files."""
    files, done = log.files(), []
    for damage in random.choices(DAMAGES, WEIGHTS, k=random.choice([1, 1, 1, 2, 3])):
        name = random.choice(sorted(files)) if files else ""
        if not logs_in(files):
            break
        damage(random, log, files, name)
        done.append(damage.__name__)
    return done, files
