"""Writes what is generated anew, leaves alone what says the same as before, and names the files that changed."""

import generated
import tree
import walkthrough


def write(path, text):
    if (tree.ROOT / path).exists() and tree.text(path) == text:
        return
    (tree.ROOT / path).write_text(text, encoding="utf-8")
    print(path)


def fresh_part(match):
    made = generated.generate(match[1])
    same = generated.normalised(made) == generated.normalised(match[2])
    return match[0] if same else f"<!-- generated: {match[1]} -->\n{made}<!-- end -->"


for file, content in generated.files().items():
    write(file, content)
for document in sorted({path for path, _, _ in generated.parts()}):
    write(document, generated.MARK.sub(fresh_part, tree.text(document)))
for document in walkthrough.DOCUMENTS:
    write(document, walkthrough.walked(document))
