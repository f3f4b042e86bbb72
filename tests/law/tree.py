"""The tree as the law tests see it: its files, its documents, their tables and blocks."""

import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def files(*suffixes):
    """All files of the project, those not committed yet included, as paths relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True).stdout.decode()
    names = sorted({name for name in listed.split("\0") if name and (ROOT / name).is_file()})
    return [pathlib.Path(name) for name in names if not suffixes or name.endswith(suffixes)]


def text(path):
    return (ROOT / path).read_text(encoding="utf-8")


def build_folder():
    """The folder that the programs under test were built in."""
    return pathlib.Path(os.environ.get("RUNBOOK_BIN") or ROOT / "build" / "release")


def prose(path):
    """A Markdown file without its fenced code blocks."""
    return re.sub(r"^```.*?^```$", "", text(path), flags=re.DOTALL | re.MULTILINE)


def table(path, heading):
    """The rows below a heading of a Markdown file: lists of cells, the heading row left out."""
    section = prose(path).split(f"\n{heading}\n", 1)[1].split("\n#", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def code_words(cell):
    """What stands between backticks in a cell."""
    return re.findall(r"`([^`]+)`", cell)


def blocks(path, language):
    """The fenced code blocks of a language: (line, text)."""
    found = []
    current = None
    for number, line in enumerate(text(path).splitlines(), 1):
        if current is None and line == f"```{language}":
            current = (number + 1, [])
        elif current is not None and line == "```":
            found.append((current[0], "\n".join(current[1]) + "\n"))
            current = None
        elif current is not None:
            current[1].append(line)
    return found
