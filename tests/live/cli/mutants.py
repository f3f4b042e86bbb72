"""Mutants of a playbook: one slot left out, or one word misspelled."""

import dataclasses
import re

# And `_`, a name for what is not looked at: under any other name it is the same.
KEYWORDS = set("_ and break do else elseif end false for function goto if in local nil not or repeat return then true until while".split())
TOKEN = re.compile(r"(?P<blank>\s+|--\[\[.*?\]\]|--[^\n]*)|(?P<text>\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')|(?P<name>[A-Za-z_]\w*)|(?P<other>\d[\w.]*|\.\.\.?|[=~<>]=|.)",
                   re.DOTALL)
OPEN, CLOSE = {"(", "{", "[", "function", "if", "do", "repeat"}, {")", "}", "]", "end", "until"}


@dataclasses.dataclass
class Token:
    kind: str
    text: str
    begin: int
    end: int


@dataclasses.dataclass
class Mutant:
    what: str    # as survivors.toml names it: the line, with what was changed in it between « and »
    source: str


def tokens_of(source):
    found = [Token(match.lastgroup, match.group(), match.start(), match.end()) for match in TOKEN.finditer(source)]
    return [token for token in found if token.kind != "blank"]


def marked(source, begin, end):
    """The line with the first of the words between the marks, without its indent."""
    start = source.rfind("\n", 0, begin) + 1
    stop = source.find("\n", begin)
    return (source[start:begin] + "«" + source[begin:min(end, stop)] + "»" + source[min(end, stop):stop]).strip()


def misspelled(word):
    middle = len(word) // 2
    return word[:middle] + ("q" if word[middle] != "q" else "z") + word[middle + 1:]


def names_a_finding(tokens, at, lists):
    """Whether a text is the name of a finding: finding("x"), ["x"] =, or in the list of answers or not_while."""
    before = [token.text for token in tokens[max(0, at - 2):at]]
    after = tokens[at + 1].text if at + 1 < len(tokens) else ""
    return before[-1:] == ["finding"] or before == ["finding", "("] or (before[-1:] == ["["] and after == "]") or any(
        begin < at < end for begin, end in lists)


def end_of_value(tokens, at):
    """The place of the comma or bracket that ends the expression that begins there."""
    depth = 0
    while at < len(tokens):
        text = tokens[at].text
        if depth == 0 and text in {",", ";", "}"}:
            return at
        depth += (text in OPEN) - (text in CLOSE)
        at += 1
    raise AssertionError("an expression without an end")


def lists_of_findings(tokens):
    return [(at, end_of_value(tokens, at + 2)) for at, token in enumerate(tokens) if token.text in {"answers", "not_while"}]


def misspellings(source):
    tokens = tokens_of(source)
    lists = lists_of_findings(tokens)
    for at, token in enumerate(tokens):
        begin, end = token.begin, token.end
        if token.kind == "text" and names_a_finding(tokens, at, lists):
            begin, end = begin + 1, end - 1
        elif token.kind != "name" or token.text in KEYWORDS:
            continue
        yield Mutant(marked(source, begin, end), source[:begin] + misspelled(source[begin:end]) + source[end:])


def removals(source):
    """Without each slot of the playbook and of its mitigations in turn."""
    tokens = tokens_of(source)
    for at, token in enumerate(tokens):
        if token.text not in {"playbook", "mitigation"} or tokens[at + 1].kind != "text":
            continue
        place = at + 3
        while tokens[place].text != "}":
            end = end_of_value(tokens, place)
            begin, stop = tokens[place].begin, tokens[end].end if tokens[end].text != "}" else tokens[end].begin
            if tokens[place + 1].text == "=":
                yield Mutant(marked(source, begin, stop), source[:begin] + source[stop:])
            place = end + (tokens[end].text != "}")


def mutants_of(source):
    return [*removals(source), *misspellings(source)]
