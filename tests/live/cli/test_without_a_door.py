"""Each promise stands behind doors (docs/safety.md). Here each door is taken out of the program at link time (tests/law/doors), and the tests that
guard it are run: they must fail, or they guard nothing."""

import os
import re
import subprocess
import sys

import pytest

from project import BIN, HERE

# program: tests, of which each has to fail
DOORS = {
    "runbook-dryonly-neither": ["test_doors.py::test_either_door_alone_keeps_a_change_out[runbook]",
                                "test_hostile.py::test_a_playbook_that_attacks_in_a_slot_changes_nothing[evidence-runbook]",
                                "test_postgres.py::test_nothing_that_a_superuser_reads_changes_anything"],
    "runbook-no-looking": ["test_evidence_first.py::test_a_plan_for_a_target_that_was_not_looked_at_is_refused"],
    "runbook-no-keeping": ["test_container_changes.py::test_a_restart_keeps_what_it_destroys_and_shows_by_its_mark",
                           "test_container_changes.py::test_logs_that_cannot_be_kept_any_more_let_nothing_be_sent"],
    "runbook-no-digest": ["test_approval.py::test_a_plan_that_is_no_longer_the_approved_one_is_refused_with_the_difference[other_from]",
                          "test_approval.py::test_a_plan_that_is_no_longer_the_approved_one_is_refused_with_the_difference[other_source]"],
    "runbook-no-question": ["test_terminal.py::test_anything_but_the_wanted_word_is_no[no]"],
    "runbook-lying-applier-no-guard": ["test_approval.py::test_the_right_digest_changes_exactly_what_the_plan_says"],
    "runbook-no-durable-intent": ["test_audit.py::test_a_disk_that_fails_stops_changes_and_not_looking[fdatasync-EIO]"],
    "runbook-no-handle": ["test_container_exec.py::test_killed_while_it_runs_it_is_in_doubt_until_it_ended",
                          "test_container_exec.py::test_killed_after_it_ended_its_exit_code_is_told"],
    "runbook-no-outcome": ["test_audit.py::test_intent_comes_before_outcome_and_both_before_the_end"],
    "runbook-no-verifying": ["test_audit.py::test_verify_finds_damage_and_names_the_place"],
    "runbook-no-doubt": ["test_crash.py::test_another_server_of_the_same_name_does_not_settle_a_doubt"],
    "runbook-no-redaction": ["test_redaction.py::test_no_form_of_a_secret_that_a_server_tells_is_shown_or_kept",
                             "test_containers.py::test_no_value_of_an_environment_leaves_the_engine_but_two_can_be_compared"],
    "runbook-no-nets": ["test_redaction.py::test_what_an_author_wrote_into_a_playbook_is_hidden_too"],
    "runbook-nothing-stands": ["test_undo.py::test_undo_restores_the_exact_previous_configuration"],
}


def run_tests(program, tests, folder):
    """Runs the tests with this program as `runbook`; gives how many failed and passed, and what was said."""
    for path in BIN.iterdir():
        if not path.is_dir():
            (folder / path.name).symlink_to(path)
    (folder / "runbook").unlink()
    (folder / "runbook").symlink_to(BIN / program)
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=line", *tests], cwd=HERE, text=True, capture_output=True,
                          env={**os.environ, "RUNBOOK_BIN": str(folder)}, timeout=600)
    counts = {what: int(number) for number, what in re.findall(r"(\d+) (failed|passed|error)", done.stdout.splitlines()[-1])}
    return counts, done.stdout + done.stderr


@pytest.mark.parametrize("program", DOORS)
def test_without_the_door_its_tests_fail(program, tmp_path):
    counts, said = run_tests(program, DOORS[program], tmp_path)
    assert counts.keys() == {"failed"}, said


def test_with_all_doors_these_tests_hold(tmp_path):
    counts, said = run_tests("runbook", [test for tests in DOORS.values() for test in tests], tmp_path)
    assert counts.keys() == {"passed"}, said
