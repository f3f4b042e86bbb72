"""Leave any slot out of any shipped playbook, or misspell any word, and `runbook check` finds it, or `runbook test` does.

What neither finds stands in survivors.toml with the reason. The test fails for a survivor that is not there, and for one
that is there and is found by now. Check judges all mutants each time. What it lets through is rehearsed in the playbook's
worlds: all of it with RUNBOOK_BUDGET set (`scripts/test --long`), otherwise a sample that is another one when the playbook is.
"""

import json
import os
import random
import shutil
import tomllib

import pytest

from mutants import Mutant, mutants_of
from project import CATALOGUE, HERE

STDLIB = HERE.parents[2] / "stdlib"
BOOKS = sorted(CATALOGUE.glob("[a-z]*.lua"))


def beside(book, folder):
    """A folder for a mutant, with the modules that the playbook loads."""
    folder.mkdir(parents=True)
    for module in book.parent.glob("_*.lua"):
        (folder / module.name).symlink_to(module)
    return folder / book.name


def weights(project, folder, book, mutants, **environment):
    """How much check has to say of each: (errors, warnings)."""
    files = []
    for number, mutant in enumerate(mutants):
        path = beside(book, folder / str(number))
        path.write_text(mutant.source)
        files.append(path)
    done = project.run("check", "-o", "ndjson", *files, env=environment, timeout=300)
    said = [[one["severity"] for one in json.loads(line)["found"]] for line in done.out.splitlines()]
    assert len(said) == len(files), done
    return [(severities.count("error"), severities.count("warning")) for severities in said]


def unchecked(project, folder, book, mutants=None, **environment):
    """The mutants of a playbook of which check has no more to say than of the playbook itself."""
    source = book.read_text()
    mutants = mutants or mutants_of(source)
    sound, *told = weights(project, folder, book, [Mutant("", source), *mutants], **environment)
    assert sound[0] == 0
    return [mutant for mutant, weight in zip(mutants, told) if weight <= sound]


def holds_in_its_worlds(project, folder, book, mutant):
    """Whether no rehearsal tells a mutant from its playbook; looks no further than the first that does."""
    path = beside(book, folder)
    (folder / "worlds").symlink_to(book.parent / "worlds")
    path.write_text(mutant.source)
    with project.start("test", path) as process:
        told = any("✗".encode() in line for line in process.stdout)
        process.kill()
    return not told


def sample_of(mutants, reasons, source):
    """A few that are to be found, and one that is not."""
    chance = random.Random(source)
    told = [mutant for mutant in mutants if mutant.what not in reasons]
    explained = [mutant for mutant in mutants if mutant.what in reasons]
    return [*chance.sample(told, min(6, len(told))), *chance.sample(explained, min(1, len(explained)))]


def explained(book):
    groups = tomllib.loads((HERE / "survivors.toml").read_text())["survivor"]
    assert all(group["reason"] for group in groups)
    return {line for group in groups for line in group["lines"].get(book.stem, [])}


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.stem)
def test_every_slot_left_out_and_every_word_misspelled_is_found_or_explained(project, tmp_path, book):
    mutants, reasons = unchecked(project, tmp_path / "mutants", book), explained(book)
    assert reasons - {mutant.what for mutant in mutants} == set(), "found by check by now: take them out of survivors.toml"
    tried = mutants if "RUNBOOK_BUDGET" in os.environ else sample_of(mutants, reasons, book.read_text())
    lived = {mutant.what for number, mutant in enumerate(tried)
             if holds_in_its_worlds(project, tmp_path / "rehearsed" / str(number), book, mutant)}
    assert lived - reasons == set(), "not found, and not explained in survivors.toml"
    assert reasons & {mutant.what for mutant in tried} - lived == set(), "found by test by now: take them out of survivors.toml"


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
    assert unchecked(project, tmp_path / "seeing", book, mutants) == []
    assert unchecked(project, tmp_path / "blind", book, mutants, RUNBOOK_STDLIB=str(blind)) == mutants


def test_a_world_less_lets_mutants_survive(project, tmp_path):
    """The other half can fail too: what only one world tells is not told without it."""
    book = tmp_path / "few" / "redis-cache-key.lua"
    shutil.copytree(CATALOGUE / "worlds" / book.stem, book.parent / "worlds" / book.stem)
    shutil.copy(CATALOGUE / book.name, book)
    misspelled = [mutant for mutant in mutants_of(book.read_text()) if "found.key.«bytes»" in mutant.what]
    assert not holds_in_its_worlds(project, tmp_path / "all", book, misspelled[0])
    (book.parent / "worlds" / book.stem / "present.toml").unlink()
    assert holds_in_its_worlds(project, tmp_path / "without", book, misspelled[0])
