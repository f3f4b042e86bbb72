"""What a site adds to the list of commands that only look."""

import pathlib
import re


def configure(project, text):
    project.configure()
    with (project.root / "runbook.toml").open("a") as file:
        file.write(text)


def test_the_doctor_names_what_the_configuration_adds_as_the_document_says(project):
    page = (pathlib.Path(__file__).parents[3] / "docs" / "readonly-commands.md").read_text()
    configure(project, re.search(r"```toml\n# runbook.toml\n(.*?)```", page, re.DOTALL)[1])
    told = " ".join(project.run("doctor").out.split())
    assert "rules, and of the configuration shop-status" in told


def test_a_rule_that_means_nothing_is_named_with_its_line(project):
    for text, said in (('[commands.x]\nforms = ["x UNITT"]\n', ": there is no kind UNITT (did you mean UNIT?)"),
                       ('[commands.x]\nforms = ["x"]\nflag = "-a"\n', ": a command has no key flag"),
                       ('[commands.df]\nforms = ["df"]\n', ": there is a command df already"),
                       ('[kinds.X]\nchar = "a"\n', ": a kind has no key char, did you mean chars?")):
        configure(project, text)
        before = len((project.root / "runbook.toml").read_text().splitlines()) - len(text.splitlines())
        done = project.run("doctor")
        told = " ".join(done.out.split())
        assert done.code == 1 and said in told, told
        assert f"runbook.toml:{before + (1 if 'df' in text else len(text.splitlines()))}{said}" in told, told
