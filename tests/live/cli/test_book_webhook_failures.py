"""The playbook `webhook-failures` on a real Docker Engine: a sender, a receiver, and the key that both should have."""

import json

import pytest

import webhooks
from servers import wait_until

RIGHT, WRONG = "right-key-right-key", "wrong-key-wrong-key"


@pytest.fixture
def start(project, dockerd):
    """A receiver and a sender with these keys; gives both."""
    def pair(receivers_key, **jobs):
        api = dockerd.service("api", env={"API_KEY": receivers_key})
        project.container("api", dockerd, env="dev", tags=["backend"])
        stream = webhooks.sender(dockerd, "stream", api, RIGHT, **jobs)
        project.container("stream", dockerd, env="dev")
        project.target("outbox", stream.url, kind="http", env="dev")
        project.secret("HOOK_KEY", "env:HOOK_KEY")
        return api.wait("healthy"), stream.wait("healthy")
    return pair


def run(project, *words):
    inputs = ["-p", "sender=stream", "-p", "key=API_KEY", "-p", "outbox=outbox", "-p", f"list={webhooks.LIST}", "-p", f"resend={webhooks.RESENDS}"]
    return project.run("run", "webhook-failures", *inputs, *words, env={"HOOK_KEY": RIGHT}, timeout=180)


def outbox(stream):
    return json.loads(stream.get(webhooks.LIST)[1])


def in_one_line(text):
    return " ".join(text.split())


def test_the_same_key_goes_to_who_has_another_one_and_what_waited_is_delivered(project, start):
    api, stream = start(WRONG, waiting=["job-1", "job-2"])
    wait_until(lambda: b" 401" in api.ask("GET", "logs", stdout=1, tail=50), "the first was refused")
    done = run(project, "--yes", "-p", "same-key.secret=HOOK_KEY")
    assert done.code == 0 and "api: another API_KEY than stream" in in_one_line(done.out), done
    assert "make stream anew" not in done.out, "the sender has the right key"
    wait_until(lambda: outbox(stream)["waiting"] == 0, "all are delivered")
    state = b"".join(path.read_bytes() for path in project.state.rglob("*") if path.is_file())
    for key in (RIGHT, WRONG):
        assert key.encode() not in state and key not in done.out + done.err


def test_only_what_carries_an_idempotency_key_is_sent_again(project, start):
    api, stream = start(RIGHT, failed={"job-2": "a1", "job-3": ""})
    dry = run(project, "--dry-run", "-o", "json").json
    assert [finding["name"] for finding in dry["findings"]] == ["given-up", "look-first"]
    plan = dry["plans"][0]
    assert [call for change in plan["changes"] for call in change["calls"]] and "job-3" not in json.dumps(plan["changes"])
    done = run(project, "--approve", plan["digest"])
    wait_until(lambda: b"/hooks/job-2 200" in api.ask("GET", "logs", stdout=1, tail=50), "it is delivered")
    assert [one["id"] for one in outbox(stream)["failed"]] == ["job-3"], done
    assert b"job-3" not in api.ask("GET", "logs", stdout=1, tail=500)


def test_where_the_keys_are_the_same_and_nothing_is_refused_it_is_healthy(project, start):
    start(RIGHT)
    done = run(project, "--yes")
    assert done.code == 0 and "the keys are the same" in in_one_line(done.out), done
