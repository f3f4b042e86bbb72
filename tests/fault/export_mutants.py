"""Exports of a run, made after docs/audit.md, and the ways to damage them."""

import base64
import hashlib

import mutants
from mutants import audit

PIECES = [b'"noeviction"', b"17", b"\xff\xfe", b""]


class Export:
    """A sound export: its lines, and the key to seal them with."""

    def __init__(self, random):
        log = mutants.Log(random, random.randint(3, 14))
        named = {}
        for n, record in enumerate(log.records, 1):
            if n in log.borders:
                record["run"] = ""
            elif record["type"] == "EVIDENCE" and random.random() < 0.7:
                piece = random.choice(PIECES)
                record["data"]["sha256"] = hashlib.sha256(piece).hexdigest()
            elif record["type"] == "INTENT" and random.random() < 0.5:
                piece = random.choice(PIECES)
                record["data"]["calls"] = [["SET", {"$blob": hashlib.sha256(piece).hexdigest()}], "odd"]
            else:
                continue
            if record["run"] == "r-1":
                named[hashlib.sha256(piece).hexdigest()] = piece
        own = [n for n, record in enumerate(log.records, 1) if record["run"] == "r-1"] or [log.borders[-1] + 1]
        if own[0] > len(log.records):
            own = [1]
        first = log.records[own[0] - 1]
        first["type"], first["run"], first["data"] = "RUN_START", "r-1", {"x": 1}
        if len(own) > 1 and random.random() < 0.5:
            log.records[own[-1] - 1].update(type=random.choice(["RUN_END", "RESUME"]), data={"status": random.choice(["verified", 7, None])})
        log.seal(log.records, log.key)
        self.key = log.key
        self.with_evidence = random.random() < 0.6
        records = [audit.parse(line.decode()) for line in log.lines]
        self.named = set().union(*(mutants.export.named_evidence(records[n - 1]) for n in own))
        header = {"evidence": self.with_evidence, "format": 1, "key": log.pem.decode(), "run": "r-1"}
        self.lines = [audit.canonical(header).encode()]
        for n in range(own[0], own[-1] + 1):
            self.lines.append(log.lines[n - 1] if n in own else audit.stub_of(records[n - 1]).encode())
        for name in sorted(self.named if self.with_evidence else ()):
            self.lines.append(piece_line(named[name]))

    def file(self, lines=None):
        return sealed(self.lines if lines is None else lines, self.key)


def piece_line(piece):
    return audit.canonical({"base64": base64.b64encode(piece).decode(), "sha256": hashlib.sha256(piece).hexdigest()}).encode()


def sealed(lines, key):
    """The file of these lines, with a last one that fits."""
    content = b"".join(line + b"\n" for line in lines)
    digest = hashlib.sha256(content).hexdigest()
    signature = base64.b64encode(key.sign(f"runbook audit export {digest}".encode())).decode()
    return content + audit.canonical({"sha256": digest, "sig": signature}).encode() + b"\n"


def remove_a_line(random, export, lines):
    del lines[random.randrange(len(lines))]


def double_a_line(random, export, lines):
    at = random.randrange(len(lines))
    lines.insert(random.randrange(len(lines) + 1), lines[at])


def swap_lines(random, export, lines):
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]


def cut_lines(random, export, lines):
    del lines[random.randrange(1, len(lines) + 1):]


def hide_a_record(random, export, lines):
    """Its stub in its place."""
    at = random.randrange(1, len(lines)) if len(lines) > 1 else 0
    try:
        lines[at] = audit.stub_of(audit.parse_record(lines[at])).encode()
    except audit.Damage:
        pass


def change_a_member(random, export, lines):
    at = random.randrange(len(lines))
    try:
        part = audit.parse(lines[at].decode())
    except ValueError:
        return
    if not isinstance(part, dict) or not part:
        return
    name = random.choice(sorted(part))
    part[name] = random.choice([*mutants.CURIOUS, "r-1", "r-2", audit.NO_HASH, 1.0, 2.0])
    lines[at] = audit.canonical(part).encode()


def put_in_evidence(random, export, lines):
    lines.insert(random.randrange(1, len(lines) + 1), piece_line(random.choice(PIECES)))


def flip_a_bit(random, export, lines):
    at = random.randrange(len(lines))
    line = bytearray(lines[at])
    if line:
        line[random.randrange(len(line))] ^= 1 << random.randrange(8)
    lines[at] = bytes(line)


def put_in(random, export, lines):
    at = random.randrange(len(lines))
    where = random.randrange(len(lines[at]) + 1)
    lines[at] = lines[at][:where] + random.choice([b"\n", b" ", b"0", b'"', b"\x00", b"}\n{"]) + lines[at][where:]


DAMAGES = [remove_a_line, double_a_line, swap_lines, cut_lines, hide_a_record, change_a_member, put_in_evidence, flip_a_bit, put_in]


def mutant(random, export):
    """A damaged copy: the names of what was done to it, and the file. Most are sealed anew, with the log's own key."""
    lines, done = list(export.lines), []
    for damage in random.choices(DAMAGES, k=random.choice([1, 1, 2])):
        if lines:
            damage(random, export, lines)
            done.append(damage.__name__)
    if random.random() < 0.7:
        return done, export.file(lines)
    # Not sealed anew: the last line is as it was, or is changed.
    content = bytearray(b"".join(line + b"\n" for line in lines) + export.file().splitlines(keepends=True)[-1])
    if random.random() < 0.7:
        content[random.randrange(len(content))] ^= 1 << random.randrange(8)
    return [*done, "keep_the_seal"], bytes(content[:random.choice([len(content)] * 4 + [random.randrange(len(content))])])
