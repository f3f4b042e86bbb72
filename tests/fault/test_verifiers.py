"""Two verifiers of the audit log, written apart, judge the same damaged logs and exports. Wherever they differ, one of them is wrong.

RUNBOOK_BUDGET asks for a million logs and a hundred thousand exports; RUNBOOK_SEED for others than those of seed 1."""

import collections
import contextlib
import multiprocessing
import os
import pathlib
import random
import re
import subprocess

import export_mutants
import mutants

BIN = pathlib.Path(os.environ["RUNBOOK_BIN"]).resolve()
COUNT = 1_000_000 if "RUNBOOK_BUDGET" in os.environ else 4000
EXPORTS = 100_000 if "RUNBOOK_BUDGET" in os.environ else 4000
PER_LOG, PER_SHARE = 200, 2000


class Engine:
    """The program's own verifier."""

    def __init__(self):
        self.process = subprocess.Popen([BIN / "audit-judge"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def judge(self, pem, logs):
        """Judges a list of logs. What it answers to all of them has to fit into a pipe, for it is read at the end."""
        return self.judge_files([{"keys/audit.pub": pem, **{f"audit/{name}": content for name, content in files.items()}} for files in logs])

    def judge_files(self, directories):
        """The same, of files below the state directory; or of exports, each the one file `export`."""
        for everything in directories:
            self.process.stdin.write(b"%d\n" % len(everything))
            for name, content in everything.items():
                self.process.stdin.write(b"%s %d\n%s" % (name.encode(), len(content), content))
        self.process.stdin.flush()
        return [self.process.stdout.readline().decode(errors="replace").strip() for _ in directories]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def judged_here(verifier, files):
    try:
        found = verifier.verify(files)
    except mutants.audit.Damage as damage:
        return f"damaged {damage}"
    return "sound {records} {anchored} {torn} {hash}".format(**found)


def place(judgement):
    """The file and the line, as far as both name one."""
    found = re.match(r"damaged (\d{3}\.log:\d+): ", judgement)
    return found[1] if found else judgement.split()[0] if judgement.startswith("damaged") else judgement


def agree(one, other):
    if place(one) == place(other):
        return True
    # A cut end is named by its file alone here, and there by the line that is missing.
    return one.startswith("damaged") and other.startswith("damaged") and ("cut off" in one) == ("cut off" in other) and (
        "cut off" in one or not (re.match(r"damaged \d{3}\.log:\d+: ", one) and re.match(r"damaged \d{3}\.log:\d+: ", other)))


def judge_a_share(number):
    """Of one share of the logs: how often each damage was judged how, and where the two differ."""
    source = random.Random(f"{os.environ.get('RUNBOOK_SEED', '1')} {number}")
    engine, tally, differing = Engine(), collections.Counter(), []
    for _ in range(PER_SHARE // PER_LOG):
        log = mutants.Log(source, source.randint(1, 9))
        verifier = mutants.audit.Verifier(log.pem)
        damaged = [(["nothing"], log.files())] + [mutants.mutant(source, log) for _ in range(PER_LOG - 1)]
        for (done, files), there in zip(damaged, engine.judge(log.pem, [files for _, files in damaged])):
            here = judged_here(verifier, files)
            tally.update((kind, here.split()[0]) for kind in {*done, "all"})
            if not agree(here, there):
                differing.append((done, here, there))
    engine.close()
    return tally, differing


def export_judged_here(content):
    try:
        found = mutants.export.Export(content).verify()
    except mutants.audit.Damage as damage:
        return f"damaged {damage}"
    return f"sound {found.records} {found.others} {len(found.evidence)} {found.hash}"


def same_line(one, other):
    """Whether both name the same line, or both find it sound."""
    lines = [re.match(r"damaged (?:line )?(\d+): ", judgement) for judgement in (one, other)]
    return one == other if None in lines else lines[0][1] == lines[1][1]


def judge_a_share_of_exports(number):
    """The same, of exports."""
    source = random.Random(f"{os.environ.get('RUNBOOK_SEED', '1')} exports {number}")
    engine, tally, differing = Engine(), collections.Counter(), []
    for _ in range(PER_SHARE // PER_LOG):
        export = export_mutants.Export(source)
        damaged = [(["nothing"], export.file())] + [export_mutants.mutant(source, export) for _ in range(PER_LOG - 1)]
        for (done, content), there in zip(damaged, engine.judge_files([{"export": content} for _, content in damaged])):
            here = export_judged_here(content)
            tally.update((kind, here.split()[0]) for kind in {*done, "all"})
            if not same_line(here, there):
                differing.append((done, here, there))
    engine.close()
    return tally, differing


def judged_alike(judge, count, what, capsys):
    """Lets all processors judge so many; none may be judged differently. Tells how far it is, for a long run may be stopped."""
    tally, differing = collections.Counter(), []
    with multiprocessing.Pool() as pool:
        for number, (judged, different) in enumerate(pool.imap_unordered(judge, range(count // PER_SHARE)), 1):
            tally += judged
            differing += different
            if number % 50 == 0:
                with capsys.disabled():
                    print(f"\n{number * PER_SHARE} damaged {what}, {len(differing)} judged differently", flush=True)
    with capsys.disabled() if "RUNBOOK_BUDGET" in os.environ else contextlib.nullcontext():
        for (kind, judgement), times in sorted(tally.items()):
            print(f"{times:8} {what}, {kind}: {judgement}")
    assert not differing, f"{len(differing)} differ: " + "\n".join(map(str, differing[:20]))
    assert tally["nothing", "sound"] == count // PER_LOG and tally["nothing", "damaged"] == 0
    return {kind for kind, _ in tally}


def test_both_verifiers_judge_damaged_logs_alike(capsys):
    kinds = judged_alike(judge_a_share, COUNT, "logs", capsys)
    assert kinds == {damage.__name__ for damage in mutants.DAMAGES} | {"nothing", "all"}


def test_both_verifiers_judge_damaged_exports_alike(capsys):
    kinds = judged_alike(judge_a_share_of_exports, EXPORTS, "exports", capsys)
    assert kinds == {damage.__name__ for damage in export_mutants.DAMAGES} | {"nothing", "all", "keep_the_seal"}
