"""What holds for every file."""

import re
import subprocess

import tree

SOURCES = (".cc", ".h", ".lua", ".py", ".sh", ".cmake", "CMakeLists.txt")


def is_script(path):
    return path.parts[0] in ("scripts", ".ci")


def sources():
    return [path for path in tree.files() if str(path).endswith(SOURCES) or is_script(path)]


def test_no_source_file_is_longer_than_400_lines():
    long = {str(path): lines for path in sources() if (lines := len(tree.text(path).splitlines())) > 400}
    assert not long


def test_no_file_puts_work_off():
    put_off = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3]) + r")\b")
    found = [f"{path}:{number}" for path in tree.files() if path.suffix != ".pem"
             for number, line in enumerate(tree.text(path).splitlines(), 1) if put_off.search(line)]
    assert not found


def test_every_header_is_guarded_once_and_explains_itself():
    bare = [str(path) for path in tree.files(".h")
            if not tree.text(path).startswith("// ") or tree.text(path).count("#pragma once\n") != 1]
    assert not bare


def test_the_sources_are_formatted():
    names = [str(path) for path in tree.files(".cc", ".h")]
    done = subprocess.run(["clang-format", "--dry-run", "-Werror", *names], cwd=tree.ROOT, capture_output=True, text=True)
    unformatted = sorted(set(re.findall(r"^(\S+?):\d+:\d+: error", done.stderr, re.MULTILINE)))
    assert not unformatted, "run: clang-format -i " + " ".join(unformatted)
    assert done.returncode == 0, done.stderr


def test_recorded_worlds_name_no_folder_of_who_recorded_them():
    private = re.compile(r"/(tmp|home|root|work)/")
    found = [f"{path}:{number}" for path in tree.files() if "worlds" in path.parts
             for number, line in enumerate(tree.text(path).splitlines(), 1) if private.search(line)]
    assert not found


def test_scripts_can_be_run():
    dull = [str(path) for path in tree.files() if is_script(path) and not (tree.ROOT / path).stat().st_mode & 0o100]
    assert not dull


def test_every_change_has_a_fragment():
    fragments = [path for path in tree.files(".md") if path.parent.match("docs/changes/*") and path.parent.name != "changes"]
    assert fragments, "docs/changes/unreleased has no fragment"
    shape = re.compile(r"\A# [^\n]+[^.\n]\n\n\S")
    shapeless = [str(path) for path in fragments if not shape.match(tree.text(path))]
    assert not shapeless, "a fragment is a title line without a full stop, an empty line, and text"
