"""The engine is killed at every place where it waits for the disk. Whatever was done is known afterwards."""

from watching import READS

MIB = 1 << 20
MOST = 20


def test_killed_at_any_fdatasync_the_log_verifies_and_the_next_run_settles_it(project, cache, tmp_path):
    project.target("cache-1", cache.url, env="dev")
    assert project.run("run", "limit", "--dry-run").code == 0
    kills = open_intents = 0
    for number in range(1, MOST):
        cache.ask("CONFIG", "SET", "maxmemory", 16 * MIB)
        before = cache.counts()
        trace = tmp_path / f"trace-{number}"
        killed = project.run("run", "limit", "--yes", before=["strace", "-f", "-qq", "-o", str(trace), "-e", "trace=fdatasync", "-e",
                                                              f"inject=fdatasync:signal=SIGKILL:when={number}"])
        if killed.code == 0:
            break  # there is no sync of that number: it went through
        assert "SIGKILL" in trace.read_text(), killed
        kills += 1
        arrived = cache.arrived_since(before)
        intents, outcomes = len(project.records("INTENT")), len(project.records("OUTCOME"))
        assert arrived <= READS or intents > 0, "something was changed without an INTENT"
        open_intents += intents > outcomes
        verified = project.run("audit", "verify")
        assert verified.code == 0, verified
        done = project.run("run", "limit", "--yes")
        assert (done.code, cache.config("maxmemory")) == (0, str(32 * MIB)), done
        assert len(project.records("INTENT")) == len({record["data"]["intent"] for record in project.records("OUTCOME")} - {0})
    assert 0 < kills < MOST - 1 and open_intents > 0


def kill_between_change_and_outcome(project, cache, tmp_path):
    """Leaves a run whose CONFIG SET arrived and whose OUTCOME is not written; gives its id."""
    before = cache.config()
    for number in range(1, MOST):
        words = ["strace", "-f", "-qq", "-P", str(project.log), "-o", str(tmp_path / "trace"), "-e", "trace=write", "-e",
                 f"inject=write:signal=SIGKILL:when={number}"]
        killed = project.run("run", "limit", "--yes", before=words)
        assert killed.code != 0, "it was never killed between the change and its record"
        if cache.config() != before:
            break
    assert len(project.records("INTENT")) == len(project.records("OUTCOME")) + 1
    return project.records("INTENT")[-1]["run"]


def undo(project, run):
    plan = project.run("undo", run, "--dry-run", "-o", "json").json["plans"][0]
    return project.run("undo", run, "--approve", plan["digest"], "--confirm", "cache-1", "--reason", "it died")


def test_a_change_that_was_done_when_the_engine_died_is_found_out_and_can_be_undone(project, cache, tmp_path):
    """Killed after CONFIG SET and before OUTCOME: in doubt, and undo finds out by reading the state."""
    project.target("cache-1", cache.url, env="dev")
    before = cache.config()
    run = kill_between_change_and_outcome(project, cache, tmp_path)
    assert undo(project, run).code == 0 and cache.config() == before
    assert project.run("audit", "verify").code == 0


def test_another_server_of_the_same_name_does_not_settle_a_doubt(project, cache, start_redis, tmp_path):
    """The inventory leads elsewhere since: what stands there tells nothing about the server that was changed."""
    project.target("cache-1", cache.url, env="dev")
    run = kill_between_change_and_outcome(project, cache, tmp_path)
    other = start_redis("--maxmemory", "16mb", "--maxmemory-policy", "noeviction")
    project.target("cache-1", other.url, env="dev")
    before = other.config()
    refused = project.run("run", "limit", "--yes")
    assert refused.code == 8 and f"of run {run}: the target was at unix:" in refused.err, refused
    assert other.config() == before and len(project.records("INTENT")) == len(project.records("OUTCOME")) + 1
    project.target("cache-1", cache.url, env="dev")
    assert undo(project, run).code == 0
    assert {record["data"]["intent"] for record in project.records("OUTCOME")} == {record["n"] for record in project.records("INTENT")}
