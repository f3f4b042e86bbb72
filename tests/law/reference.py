"""docs/reference.md: what there is to look at, to change, to compare, and what each table of a playbook may hold.

All of it comes from elsewhere: the rows (what the engine binds, checks and shows) and types/language.lua and plans.lua (held against the
language by tests/lua/annotations_test.cc).
"""

import json
import re

import annotations
import tree

INTRODUCTION = """# Reference

Made by `scripts/transcripts` from the engine's own tables and from `types/`; do not edit. [writing-playbooks.md](writing-playbooks.md)
teaches the language, this page lists it. In an editor with the Lua language server the same texts come up while typing: `runbook new`
and `runbook types` write them.
"""

LEVELS = """A change is of level 1; one more in production, and where nobody said which environment it is; one more when there is no way back, and
when it is not called for or several targets are changed; 3 when data may be lost. A playbook can raise
it, and cannot lower it. 1 is approved by `y`, 2 by the word `yes`, 3 by the name of the target (of several: their number) and a reason.
"""


def cell(text):
    return text.replace("|", "\\|") or "–"


def lua_value(arg, text):
    """An example, as an author writes it."""
    if arg["type"] == "argv":
        return "{ " + ", ".join(f'"{word}"' for word in text.split()) + " }"
    return text if arg["type"] in ("number", "boolean", "table", "target") or (text.isdigit() and arg["type"] != "text") else f'"{text}"'


def lua_table(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {lua_table(member)}" for name, member in value.items()) + " }"
    return json.dumps(value)


def examples(args):
    """The arguments up to the last that has to be given, and all that may be left out where none has to be; the command
    that takes another one back, too, where that is enough to say."""
    by_itself = all(arg["name"] != "state" for arg in args)
    required = [arg for arg in args if arg["required"] or (arg["name"] == "undo" and arg["type"] in ("argv", "text") and by_itself)]
    return [lua_value(arg, arg["example"]) for arg in (required or args)]


def target_of(row):
    return "" if row["kind"] == "engine" else "arg.redis" if row["kind"] == "*" else f"arg.{row['kind']}"


def signature(name, args):
    return f"`{name}({', '.join(arg['name'] + ('' if arg['required'] else '?') for arg in args)})`"


def argument_lines(args):
    lines = []
    for arg in args:
        values = ", ".join(f"`{value}`" for value in arg["one_of"])
        lines.append(f"* `{arg['name']}`{'' if arg['required'] else ', may be left out'}: {arg['doc']}" + (f": {values}" if values else ""))
    return lines


def reader(row):
    subject, name = row["name"].split(".")
    looked = f"see.{subject}({target_of(row)}):{name}({', '.join(examples(row['args']))})"
    return ["", f"#### {signature(f'{subject}:{name}', row['args'])}", "", row["doc"], "", *argument_lines(row["args"]),
            f"* gives {row['returns']}", f"* by hand: `{row['by_hand']}`", "", "```lua", looked, "```"]


def change_example(row):
    values = [f"arg.{row['kind']}", *examples(row["args"])]
    if row["to_example"]:
        to = row["to_example"]
        values.append("{ to = %s }" % (lua_table(json.loads(to)) if to.startswith("{") else to if to.isdigit() else f'"{to}"'))
    return f"change.{row['name'].replace('.', '_')}({', '.join(values)})"


def way_back(row, changes):
    shows = row["shows"]
    if shows["irreversible"]:
        return f"there is none: {shows['irreversible']}"
    if shows["undo"] == row["name"]:
        return "the same change, to what it was before"
    if shows["undo"]:
        return next(other["doc"] for other in changes if other["name"] == shows["undo"])
    return f"none is needed: {shows['nothing_to_undo']}"


def change(row, changes):
    shows = row["shows"]
    arguments = [{"name": "target", "required": True}, *row["args"]]
    level = shows["level"]
    lines = ["", f"#### {signature('change.' + row['name'].replace('.', '_'), arguments)}", "", row["doc"], "", *argument_lines(row["args"])]
    if row["to"]:
        lines.append(f"* `to`: {row['to']}")
    lines += [f"* level {level}, in production {min(level + 1, 3)}", f"* before it, `{shows['state']}` is read and kept"]
    lines += [f"* loses {lost}" for lost in shows["destroys"]]
    lines += [f"* compares: {shows['comparing']}", f"* undo: {way_back(row, changes)}"]
    return lines + ["", "```lua", change_example(row), "```", "", "sends:", "", "```text", *shows["calls"], "```"]


def subject(rows, name):
    reads = [row for row in rows["reads"] if row["name"].startswith(name + ".")]
    changes = [row for row in rows["changes"] if row["name"].startswith(name + ".") and row["offered"]]
    kind = (reads or changes)[0]["kind"]
    takes = {"engine": "take no target: it is read where the engine runs", "*": "take a target of any kind"}
    lines = ["", f"## {name}", "", f"`see.{name}` and `check.{name}` {takes.get(kind, f'take a target of the kind `{kind}`')}."]
    for row in reads:
        lines += reader(row)
    for row in changes:
        lines += change(row, rows["changes"])
    return lines


ENTRY = re.compile(r"(?P<notes>(?:---[^\n]*\n)+)(?:function (?P<call>[\w.:]+\([^)]*\)) end|(?P<table>\w+) = \{\}|local \w+ = \{\})?")


def note(notes):
    return " ".join(line[4:].strip() for line in notes.splitlines() if line.startswith("--- "))


def field_rows(notes):
    for kind, name, rest in re.findall(r"^---@(field|param) (\S+)\s?(.*)$", notes, re.MULTILINE):
        if not name.startswith("["):
            yield kind, name, rest


def split_type(rest):
    """A type ends at the first blank that no bracket or `:` holds together; the text behind it is about the field."""
    depth = 0
    for at, sign in enumerate(rest):
        depth += sign in "({<"
        depth -= sign in ")}>"
        if sign == " " and depth == 0 and rest[at - 1] not in ":,|":
            return rest[:at], rest[at + 1:]
    return rest, ""


def plain_type(text):
    return text.replace("runbook.", "")


def slot(name, holds, text):
    needed = "" if name.endswith("?") else " (needed)"
    return f"| `{name.rstrip('?')}`{needed} | `{cell(plain_type(holds))}` | {cell(text)} |"


def words(section):
    """What a section of the words of the language says, as Markdown."""
    lines = []
    for found in ENTRY.finditer(section):
        notes, name = found["notes"], found["call"]
        fields = [(field, *split_type(rest)) for kind, field, rest in field_rows(notes) if kind == "field"]
        kind = "---@class" in notes
        if name:
            params = [(param.rstrip("?"), split_type(rest)[1]) for what, param, rest in field_rows(notes) if what == "param"]
            about = "; ".join(f"`{param}`: {text}" for param, text in params if text)
            shown = re.sub(r"^[A-Z](?=\w*:)", lambda match: match[0].lower(), name)
            lines += [f"* `{shown}`: {note(notes)}" + (f" ({about})" if about else "")]
        elif fields:
            lines += ["", note(notes), "", "| slot | holds | what it says |", "|---|---|---|"]
            lines += [slot(*field) for field in fields] + [""]
        elif note(notes) and kind:
            lines += ["", note(notes), ""]
    return lines


def language():
    text = tree.text("types/language.lua") + tree.text("types/plans.lua")
    sections = re.split(r"^-- (\w+) -+$", text, flags=re.MULTILINE)[1:]
    lines = ["", "## The language"]
    for title, section in zip(sections[::2], sections[1::2]):
        lines += ["", f"### {title}", "", *words(section)]
    return lines


def page(rows):
    lines = [INTRODUCTION.rstrip(), *language()]
    lines += ["", "## Levels", "", LEVELS.rstrip()]
    for name in annotations.subjects(rows):
        lines += subject(rows, name)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def files(rows):
    return {"docs/reference.md": page(rows)}
