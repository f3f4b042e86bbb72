"""What an editor is told of the rows: types/<subject>.lua, one for each thing that can be looked at or changed."""

LUA_TYPES = {"text": "string", "number": "number", "boolean": "boolean", "argv": "string[]", "bytes": "number|string", "table": "table", "target": "Target"}


def type_of(arg):
    """A closed list of texts is told one by one, so that an editor can offer them."""
    return "|".join(f'"{value}"' for value in arg["one_of"]) or LUA_TYPES[arg["type"]]


def parameters(args):
    return [f'---@param {arg["name"]}{"" if arg["required"] else "?"} {type_of(arg)} {arg["doc"]}' for arg in args]


def by_name(holder, args, result):
    """A reader takes its arguments as one table of names, too."""
    if not args:
        return []
    named = ", ".join(f'{arg["name"]}{"" if arg["required"] else "?"}: {type_of(arg)}' for arg in args)
    return [f"---@overload fun(self: {holder}, named: {{ {named} }}): {result}"]


def call(name, args):
    return f'function {name}({", ".join(args)}) end'


def reader(word, row):
    subject, name = row["name"].split(".")
    result = "runbook.Reading" if word == "see" else "runbook.Check"
    return ["", f"--- {row['doc']}", *parameters(row["args"]), *by_name(f"runbook.{word}.{subject}", row["args"], result), f"---@return {result} # {row['returns']}",
            call(f"{word}_{subject}:{name}", [arg["name"] for arg in row["args"]])]


def looks(word, holder, subject, rows):
    kind = rows[0]["kind"]
    target = "" if kind == "engine" else "target: runbook.Target"
    return ["", f"---@class runbook.{holder}", f"---@field {subject} fun({target}): runbook.{word}.{subject}", "",
            f"---@class runbook.{word}.{subject}", f"local {word}_{subject} = {{}}", *[line for row in rows for line in reader(word, row)]]


def change(row):
    short = row["name"].replace(".", "_")
    options = "runbook.ChangeOptions"
    lines = [""]
    if row["to"]:
        options = f"runbook.change.{short}"
        plain = "table" if row["to_example"].startswith("{") else "string|number"
        field = "to " + plain + ("|runbook.Secret" if row["takes_secret"] and plain != "table" else "") if row["to_example"] else "to? table"
        lines += [f"---@class {options}: runbook.ChangeOptions", f"---@field {field} {row['to']}", ""]
    given = "options" if row["to_example"] else "options?"
    return lines + [f"--- {row['doc']}", "---@param target runbook.Target", *parameters(row["args"]), f"---@param {given} {options}",
                    "---@return runbook.Change", call(f"change.{short}", ["target", *[arg["name"] for arg in row["args"]], "options"])]


def kind_of_target(kind):
    return ["", f"--- A target of the kind {kind}.", "---@param label string what it is for", "---@return runbook.Input",
            call(f"input.{kind}", ["label"])]


def subjects(rows):
    return sorted({row["name"].split(".")[0] for row in rows["reads"] + rows["changes"]})


def of_subject(rows, subject):
    mine = {word: [row for row in rows[word] if row["name"].startswith(subject + ".")] for word in ("reads", "changes")}
    offered = [row for row in mine["changes"] if row["offered"]]
    kinds = sorted({row["kind"] for row in mine["reads"] + offered} & {subject})
    lines = ["---@meta", "", f"-- Made from the rows of {subject} by scripts/transcripts; the next one overwrites it."]
    for kind in kinds:
        lines += kind_of_target(kind)
    if mine["reads"]:
        lines += looks("see", "See", subject, mine["reads"]) + looks("check", "checks", subject, mine["reads"])
    for row in offered:
        lines += change(row)
    return "\n".join(lines) + "\n"


def files(rows):
    """Path → what stands there."""
    return {f"types/{subject}.lua": of_subject(rows, subject) for subject in subjects(rows)}

