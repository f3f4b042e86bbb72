"""`runbook check` keeps its word: leave any slot out of any shipped playbook, or misspell any word, and it finds it.

What it does not find stands in survivors.toml with the reason. The test fails for a survivor that is not there, and for one
that is there and is found by now.
"""

import json
import os
import shutil
import tomllib

import pytest

from mutants import Mutant, mutants_of
from project import CATALOGUE, HERE

STDLIB = HERE.parents[2] / "stdlib"
BOOKS = sorted(CATALOGUE.glob("*.lua"))


def weights(project, folder, book, mutants, **environment):
    """How much check has to say of each: (errors, warnings)."""
    files = []
    for number, mutant in enumerate(mutants):
        path = folder / str(number) / book.name
        path.parent.mkdir(parents=True)
        path.write_text(mutant.source)
        files.append(path)
    done = project.run("check", "-o", "ndjson", *files, env=environment, timeout=300)
    said = [[one["severity"] for one in json.loads(line)["found"]] for line in done.out.splitlines()]
    assert len(said) == len(files), done
    return [(severities.count("error"), severities.count("warning")) for severities in said]


def survivors_of(project, folder, book, mutants=None, **environment):
    """The mutants of a playbook of which check has no more to say than of the playbook itself."""
    source = book.read_text()
    mutants = mutants or mutants_of(source)
    sound, *told = weights(project, folder, book, [Mutant("", source), *mutants], **environment)
    assert sound[0] == 0
    return {mutant.what for mutant, weight in zip(mutants, told) if weight <= sound}


def explained(book):
    groups = tomllib.loads((HERE / "survivors.toml").read_text())["survivor"]
    assert all(group["reason"] for group in groups)
    return {line for group in groups for line in group["lines"].get(book.stem, [])}


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.stem)
def test_every_slot_left_out_and_every_word_misspelled_is_found_or_explained(project, tmp_path, book):
    survived = survivors_of(project, tmp_path / "mutants", book)
    assert survived - explained(book) == set(), "not found, and not explained in survivors.toml"
    assert explained(book) - survived == set(), "found by now: take them out of survivors.toml"


def test_no_explanation_is_of_a_playbook_that_is_gone():
    groups = tomllib.loads((HERE / "survivors.toml").read_text())["survivor"]
    assert {book for group in groups for book in group["lines"]} <= {book.stem for book in BOOKS}


def test_a_check_that_no_longer_looks_lets_mutants_survive(project, tmp_path):
    """The test above can fail: without the rule that refuses unknown slots, a misspelled slot passes."""
    blind = tmp_path / "stdlib"
    shutil.copytree(STDLIB, blind)
    slots = (blind / "slots.lua").read_text()
    rule = "if not spec[key] then"
    assert rule in slots
    (blind / "slots.lua").write_text(slots.replace(rule, "if false then"))
    book = CATALOGUE / "redis-cache-key.lua"
    mutants = [mutant for mutant in mutants_of(book.read_text()) if mutant.what.startswith("«within» =")]
    assert len(mutants) == 1
    assert survivors_of(project, tmp_path / "seeing", book, mutants) == set()
    assert survivors_of(project, tmp_path / "blind", book, mutants, RUNBOOK_STDLIB=str(blind)) == {mutants[0].what}
