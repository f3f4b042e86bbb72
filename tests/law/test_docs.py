"""The documents: their links lead somewhere, their commands run, their code is code, their generated parts are fresh."""

import os
import re
import subprocess

import generated
import pytest
import tree
import walkthrough

DOCUMENTS = [str(path) for path in tree.files(".md")]
PARTS = [pytest.param(*part, id=f"{part[0]}: {part[1]}") for part in generated.parts()]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_link_leads_to_a_file_of_the_tree(path):
    links = re.findall(r"\]\(([^)\s]+)\)", tree.prose(path))
    dead = [link for link in links if not link.startswith(("https://", "#"))
            and not (tree.ROOT / path).parent.joinpath(link.split("#")[0]).exists()]
    assert not dead


def test_the_commands_that_the_readme_names_are_there():
    named = set(re.findall(r"\bscripts/[a-z-]+", "".join(tree.text(path) for path in ("README.md", "CONTRIBUTING.md"))))
    assert {"scripts/demo", "scripts/test"} <= named
    assert not [name for name in named if not os.access(tree.ROOT / name, os.X_OK)]


def test_the_build_machine_runs_the_command_of_the_readme():
    assert "scripts/test" in tree.text(".ci/run")


@pytest.mark.parametrize("path,name,stored", PARTS)
def test_generated_parts_say_what_the_program_says(path, name, stored):
    assert generated.normalised(generated.generate(name)) == generated.normalised(stored), "run scripts/transcripts"


def test_the_files_that_are_made_as_a_whole_are_fresh():
    stale = [path for path, text in generated.files().items() if not (tree.ROOT / path).exists() or tree.text(path) != text]
    assert not stale, "run scripts/transcripts"


def test_every_file_of_annotations_comes_from_somewhere():
    there = {str(path) for path in tree.files(".lua") if path.parts[0] == "types"}
    assert there == {"types/language.lua", "types/plans.lua"} | {path for path in generated.files() if path.startswith("types/")}


def test_every_playbook_has_its_page_and_its_line():
    books = {path.stem for path in tree.files(".lua") if len(path.parts) == 2 and path.parts[0] == "playbooks" and not path.stem.startswith("_")}
    pages = {path.stem for path in tree.files(".md") if path.match("docs/playbooks/*")} - {"README"}
    assert pages == books == set(re.findall(r"\]\(([\w-]+)\.md\)", tree.text("docs/playbooks/README.md")))


def test_the_readme_lists_the_exit_codes_that_the_program_lists():
    documented = {code for row in tree.table("README.md", "## Use it on your own Redis")
                  for code in re.findall(r"\d+", row[0])}
    help_text = generated.said("runbook --help", tree.ROOT).split("Exit codes:")[1]
    assert documented == set(re.findall(r"(?:^|[;,\s])(\d+)(?=[ ,])", help_text))


def is_whole_playbook(source):
    return re.search(r'^return playbook "([\w-]+)"', source, re.MULTILINE)


def project_of(path, folder, redis):
    """The files that a document describes, with the address of a real server in place of the one it names."""
    for _, source in tree.blocks(path, "toml"):
        named = re.match(r"# (\S+\.toml)\n", source)
        assert named, f"{path}: a toml block begins with # and its file's name"
        source = re.sub(r'^(url|seen_as) = "(?:redis://)?127\.0\.0\.1:6379"',
                        lambda found: f'{found[1]} = "{redis.url.removeprefix("redis://" if found[1] == "seen_as" else "")}"',
                        source, flags=re.MULTILINE)
        (folder / named[1]).write_text(source)
    for _, source in tree.blocks(path, "lua"):
        if book := is_whole_playbook(source):
            (folder / "playbooks").mkdir(exist_ok=True)
            (folder / "playbooks" / f"{book[1]}.lua").write_text(source)


@pytest.fixture
def redis(tmp_path):
    server = generated.servers.Redis(tmp_path / "redis", "--maxmemory", "16mb", "--maxmemory-policy", "noeviction",
                                     port=generated.servers.free_port(), password="a password of the documents")
    server.fill_up()
    yield server
    server.stop()


class Reader:
    """Somebody who types what a document says, and puts in the RUN and the DIGEST that they saw."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = generated.environment() | {"REDIS_PASSWORD": "a password of the documents"}
        self.run = self.digest = ""

    def type(self, line):
        command = re.sub(r"\bRUN\b", self.run, re.sub(r"\bDIGEST\b", self.digest, line))
        done = subprocess.run(["bash", "-c", command], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
        # Nobody is at a terminal: what asks, and only that, ends with 4.
        asks = re.match(r"runbook (run|undo)\b(?!.*--(dry-run|approve))", line)
        assert done.returncode == (4 if asks else 0), f"{line}\nexits {done.returncode}:\n{done.stdout}"
        if seen := re.search(r"digest ([0-9a-f]{12})", done.stdout):
            self.digest = self.digest or seen[1]
        if "--approve" in line:
            self.run = re.search(r"\d{8}-\d{6}-\w{4}", done.stdout)[0]


def test_what_the_readme_tells_to_type_works(tmp_path, redis):
    folder = tmp_path / "project"
    folder.mkdir()
    project_of("README.md", folder, redis)
    reader = Reader(folder)
    lines = [line for _, block in tree.blocks("README.md", "sh") for line in block.splitlines()]
    assert len(lines) > 3
    for line in lines:
        reader.type(line)


@pytest.mark.parametrize("path", walkthrough.DOCUMENTS)
def test_a_fresh_reader_sees_what_the_document_shows(path):
    document = tree.text(path)
    assert walkthrough.walked(path) == document, "run scripts/transcripts"


def test_a_fresh_reader_ends_with_tested_playbooks():
    """Word by word: what the last test of the page says covers every playbook that the page shows."""
    document = tree.text("docs/writing-playbooks.md")
    said = document.rsplit("\n$ runbook test\n", 1)[1].split("\n$ ")[0]
    shown = re.findall(r'^return playbook "([\w-]+)"', document, re.MULTILINE)
    assert len(shown) == 8 and [book for book in shown if f"\n{book}\n" not in f"\n{said}"] == []
    assert "✗" not in said and "without a world" not in said


def test_every_whole_playbook_in_a_document_checks(tmp_path):
    books = [(path, line, source) for path in DOCUMENTS for line, source in tree.blocks(path, "lua")
             if is_whole_playbook(source)]
    assert books
    for path, line, source in books:
        file = tmp_path / f"{is_whole_playbook(source)[1]}.lua"
        file.write_text(source)
        generated.said(f"runbook check {file}", tmp_path)


def test_the_layers_of_the_sources_are_the_folders_that_are_built():
    built = set(re.findall(r"add_subdirectory\((\w+)\)", tree.text("engine/CMakeLists.txt")))
    folders = {path.parts[1] for path in tree.files(".cc", ".h") if path.parts[0] == "engine"}
    assert built == folders


def inputs():
    """An input for each kind of target, named like it."""
    rows = generated.rows()
    kinds = {row["kind"] for row in rows["reads"] + rows["changes"]} - {"*", "engine"}
    return ", ".join(f'{kind} = input.{kind} "one"' for kind in sorted(kinds))


PART_OF_A_PLAN = """return playbook "part" {
  alerts = {}, severity = "SEV-4", owner = "tests", inputs = { %s, caches = input.redis("many"):many() },
  findings = { wrong = "something is" },
  evidence = function(see, arg) return { ping = see.redis(arg.redis):ping() } end,
  diagnose = function(found) if found.ping then return healthy "well" end return finding "wrong" end,
  mitigations = { mitigation "m" { answers = { "wrong" }, asks = { limit = ask.bytes("limit", "5gb") }, warning = "careful",
    %s,
    verify = function(arg, chosen) return { check.redis(arg.redis):ping():is "PONG" } end } },
}
"""


def test_every_part_of_a_plan_in_a_document_checks(tmp_path):
    parts = [source.rstrip().rstrip(",") for path in DOCUMENTS for _, source in tree.blocks(path, "lua") if not is_whole_playbook(source)
             if source.startswith(("plan = ", "change."))]
    assert len(parts) > 1
    for number, part in enumerate(parts):
        plan = part if part.startswith("plan") else "plan = function(found, arg, chosen) return { %s } end" % part
        book = tmp_path / f"part{number}" / "part.lua"
        book.parent.mkdir()
        book.write_text(PART_OF_A_PLAN % (inputs(), plan))
        said = generated.said(f"runbook check {book}", tmp_path)
        assert " 0 errors" in said, (part, said)


LOOK = """return playbook "look" {
  alerts = {}, severity = "SEV-4", owner = "tests", inputs = { %s },
  evidence = function(see, arg) return { %s } end,
  diagnose = function() return healthy "well" end,
}
"""


def test_every_look_in_a_document_checks(tmp_path):
    looks = [look for path in DOCUMENTS for _, source in tree.blocks(path, "lua") if source.startswith("see.")
             for look in source.strip().splitlines()]
    assert len(looks) > 10
    book = tmp_path / "look.lua"
    book.write_text(LOOK % (inputs(), ", ".join(f"r{number} = {look}" for number, look in enumerate(looks))))
    assert " 0 errors" in generated.said(f"runbook check {book}", tmp_path)


def test_every_kind_of_target_has_a_template_for_new_playbooks():
    rows = generated.rows()
    kinds = {row["kind"] for row in rows["reads"] + rows["changes"]} - {"*", "engine"}
    assert kinds <= {path.parts[1] for path in tree.files("book.lua") if path.parts[0] == "templates"}


def test_every_argument_that_has_to_be_given_has_an_example():
    rows = generated.rows()
    without = [row["name"] for row in rows["reads"] + rows["changes"] for arg in row["args"] if arg["required"] and not arg["example"]]
    without += [row["name"] for row in rows["changes"] if row["offered"] and row["to"] and not row["to_example"] and "may be left out" not in row["to"]]
    assert not without


def test_every_reader_says_what_a_person_would_type_for_it():
    silent = [row["name"] for row in generated.rows()["reads"] if not row["by_hand"]]
    assert not silent, "a row without a by-hand form is a line missing from the page for the day this program cannot run"
