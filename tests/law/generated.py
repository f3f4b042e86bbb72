"""The parts of the documents that the program itself writes: transcripts against throw-away servers, and tables of rows; and
the files that are made as a whole.

The parts stand between `<!-- generated: NAME -->` and `<!-- end -->`. `scripts/transcripts` writes them (rewrite.py); test_docs.py makes
them anew and holds them against what stands there. Run ids, digests, paths and numbers differ each time and do not count.
"""

import functools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import annotations
import reference
import tree

sys.path.insert(0, str(tree.ROOT / "tests" / "live" / "cli"))
import servers  # noqa: E402: the servers of the live tests

MARK = re.compile(r"<!-- generated: ([^>]+?) -->\n(.*?)<!-- end -->", re.DOTALL)


def environment():
    """The environment of an operator who just installed the program, in the language of the documents."""
    return {"PATH": f"{tree.build_folder().resolve()}:{os.environ['PATH']}", "LANG": "C.UTF-8", "HOME": "/nonexistent",
            "XDG_STATE_HOME": "/nonexistent"}


def said(command, folder, exits=(0,)):
    """What a shell command writes to stdout and stderr, in the order in which it does."""
    done = subprocess.run(["sh", "-c", command], cwd=folder, env=environment(), stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    assert done.returncode in exits, f"{command} exits {done.returncode}:\n{done.stdout}"
    return done.stdout


LESSONS = tree.ROOT / "examples" / "lessons"


def lesson(book):
    return f"```lua\n{(LESSONS / f'{book}.lua').read_text()}```\n"


def plan(world):
    """The plan that a world of a lesson shows, up to its second barrier."""
    shown = (LESSONS / "worlds" / f"{world}.txt").read_text()
    lines = shown[shown.index("\nPlan ") + 1:].splitlines()
    items = [at for at, line in enumerate(lines) if re.match(r"  \d+\. ", line)]
    barriers = [at for at in items if "go on only when" in lines[at]]
    end = items[items.index(barriers[1]) + 1]
    return fenced("\n".join([*lines[:end], "  …"]))


def shortened(text):
    """The demo without what it shows twice; each place where lines are left out says so with an … of its own."""
    # The readings: the first three tell how they look.
    text = re.sub(r"(\nLooking\n(?:  \S.*\n(?:     .*\n)*){3})(?:  .*\n)+", r"\1  …\n", text)
    # The second run up to its first change repeats the first one.
    return re.sub(r"(\n\$ runbook run [^\n]*--approve[^\n]*\n[^\n]*\n).*?\n(→)", r"\1…\n\n\2", text, count=1, flags=re.DOTALL)


def demo():
    with tempfile.TemporaryDirectory(prefix="runbook-") as name:
        return fenced(shortened(said("runbook demo", name)).strip() + "\n")


def fenced(text):
    return f"```text\n{text.rstrip()}\n```\n"


def rows():
    printed = subprocess.run([str(tree.build_folder() / "law-rows")], check=True, capture_output=True, text=True).stdout
    return json.loads(printed)


MAKERS = {"lesson": lesson, "plan": plan}


def generate(name):
    """The text of a generated part: "demo", "lesson BOOK", "plan BOOK/WORLD"."""
    if name == "demo":
        return demo()
    what, subject = name.rsplit(" ", 1)
    return MAKERS[what](subject)


def pages():
    """What `runbook doc` says of the shipped playbooks."""
    with tempfile.TemporaryDirectory(prefix="runbook-") as name:
        said(f"runbook doc --out {name} {tree.ROOT}/playbooks/[a-z]*.lua", name)
        return {f"docs/playbooks/{page.name}": page.read_text() for page in pathlib.Path(name).iterdir()}


@functools.cache
def files():
    """Path → text of the files that are made as a whole."""
    made = rows()
    return annotations.files(made) | reference.files(made) | pages()


def normalised(text):
    """What a generated part says when everything that differs from one time to the next is left out."""
    text = re.sub(r"\d{8}-\d{6}-\w{4}", "RUN", text)
    text = re.sub(r"\b[0-9a-f]{11,64}\b", "DIGEST", text)
    text = re.sub(r"/tmp/\S+", "PATH", text)
    lines, looking = [], ""
    for line in text.splitlines():
        looking = line if line.startswith("Looking") else looking and line and looking
        # Of a reading only its name counts, and whether it could be read; of a second look, that it was there.
        if not looking or line == looking:
            lines.append(line)
        elif looking == "Looking" and (reading := re.match(r"  (\S+)\s+(\S+)", line)) and not line.startswith("   "):
            lines.append(" ".join(reading.groups()))
    return " ".join(re.sub(r"\d+(?:\.\d+)?", "N", "\n".join(lines)).split())


def parts():
    """All generated parts: (document, name, text)."""
    return [(path, *found) for path in tree.files(".md") for found in MARK.findall(tree.text(path))]
