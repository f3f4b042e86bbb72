"""The lessons: each checks without a warning, holds in its recorded worlds, and does what it teaches with real servers."""

import pytest

from lessons import SCENES
from stage import LESSONS, Stage

BOOKS = sorted(LESSONS.glob("*.lua"))


@pytest.fixture
def stage(tmp_path):
    stage = Stage(tmp_path)
    yield stage
    stage.close()


def test_there_are_eight_and_each_is_short():
    assert [book.name[0] for book in BOOKS] == list("12345678")
    lines = {book.name: [line for line in book.read_text().splitlines() if line] for book in BOOKS}
    assert not {name for name in lines if not 10 <= len(lines[name]) <= 30}
    assert not {name for name in lines if max(map(len, lines[name])) > 130}


def test_all_check_without_a_warning(project):
    done = project.run("check", "--strict", *BOOKS)
    assert done.code == 0 and f"{len(BOOKS)} playbooks checked: 0 errors, 0 warnings" in done.out, done


def test_all_hold_in_their_worlds(project):
    done = project.run("test", *BOOKS, "-o", "json")
    assert done.code == 0, done
    assert {f"{case['book']}/{case['world']}" for case in done.json["cases"]} == set(SCENES)


@pytest.mark.parametrize("scene", SCENES)
def test_it_goes_so_with_real_servers(scene, stage):
    SCENES[scene](stage)
