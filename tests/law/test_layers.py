"""Who may include whom. The tables are those of docs/architecture.md: what is written there is what is tested here."""

import fnmatch
import re

import tree

PAGE = "docs/architecture.md"


def layers():
    """Folder below engine/ → the folders it may include."""
    rules = {}
    for folder, _, may_include in tree.table(PAGE, "## Layers"):
        name = tree.code_words(folder)[0].removeprefix("engine/")
        rules[name] = set(tree.code_words(may_include)) | {name}
        if may_include == "everything":
            rules[name] = None
    return rules


def layer_of(path, names):
    """The longest folder of the table that holds the file; primitive/reach is the two files of that name."""
    below = str(path).removeprefix("engine/")
    fitting = [name for name in names if below.startswith((name + "/", name + "."))]
    return max(fitting, key=len, default=None)


def engine_sources():
    return [path for path in tree.files(".cc", ".h", ".h.in") if path.parts[0] == "engine"]


def includes(path):
    return re.findall(r'^\s*#\s*include\s+"([^"]+)"', tree.text(path), re.MULTILINE)


def test_every_engine_folder_stands_in_the_table():
    names = layers()
    homeless = [str(path) for path in engine_sources() if layer_of(path, names) is None]
    assert not homeless
    empty = [name for name in names if not any(layer_of(path, names) == name for path in engine_sources())]
    assert not empty


def test_a_layer_includes_only_what_the_table_allows():
    rules = layers()
    wrong = []
    for path in engine_sources():
        allowed = rules[layer_of(path, rules)]
        for included in includes(path):
            target = layer_of("engine/" + included, rules)
            if target is None or (allowed is not None and target not in allowed):
                wrong.append(f"{path} includes {included}")
    assert not wrong


def test_a_foreign_library_is_included_by_its_adapter_only():
    adapters = {}
    for prefix, files in ((tree.code_words(row[0]), tree.code_words(row[1])) for row in tree.table(PAGE, "## Foreign libraries")):
        for header in prefix:
            adapters[header] = files
    wrong = []
    for path in engine_sources():
        for header in re.findall(r"^\s*#\s*include\s+<([^>]+)>", tree.text(path), re.MULTILINE):
            owners = [files for start, files in adapters.items() if header.startswith(start)]
            if owners and not any(fnmatch.fnmatch(str(path), pattern) for files in owners for pattern in files):
                wrong.append(f"{path} includes <{header}>")
            elif not owners and ("." in header or "/" in header) and not is_of_the_system(header):
                wrong.append(f"{path} includes <{header}>, which no row of {PAGE} names")
    assert not wrong


def is_of_the_system(header):
    """Of the C library, the kernel or the compiler."""
    return header.startswith(("sys/", "linux/", "netinet/", "arpa/", "sanitizer/")) or header in (
        "dirent.h", "fcntl.h", "fnmatch.h", "glob.h", "malloc.h", "netdb.h", "poll.h", "pthread.h", "pwd.h", "regex.h", "signal.h", "spawn.h", "termios.h",
        "ucontext.h", "unistd.h")


def test_only_the_live_executor_can_make_a_permit():
    header = tree.text("engine/guard/permit.h")
    assert re.findall(r"friend\s+\w+\s+([\w:]+);", header) == ["live::LiveExecutor"]
    makers = [str(path) for path in engine_sources() if re.search(r"\bclass\s+LiveExecutor\b[^;]*\{", tree.text(path))]
    assert makers == ["engine/live/live_executor.h"]


def test_only_the_live_program_names_the_appliers():
    users = sorted(str(path) for path in engine_sources() if "primitive/change/appliers.h" in includes(path))
    assert [path for path in users if not path.startswith("engine/primitive/change/")] == ["engine/cli/main.cc"]


def test_only_the_live_program_names_the_live_executor():
    users = sorted(str(path) for path in engine_sources() if "live/live_executor.h" in includes(path))
    assert users == ["engine/cli/main.cc", "engine/live/live_executor.cc"]
