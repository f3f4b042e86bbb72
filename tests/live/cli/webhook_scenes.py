"""Incidents of two services of which one sends webhooks to the other, for the recorded worlds of `webhook-failures`."""

import webhooks
from servers import wait_until

RIGHT, WRONG = "not-a-real-key-1", "not-a-real-key-2"
INPUTS = ["-p", "sender=stream", "-p", "key=API_KEY", "-p", "outbox=outbox", "-p", f"list={webhooks.LIST}", "-p", f"resend={webhooks.RESENDS}"]


def pair(stage, receivers_key, **jobs):
    """The receiver `api` with that key or none, and the sender `stream` with the right one."""
    stage.docker()
    api = stage.instance("api", env={"API_KEY": receivers_key} if receivers_key else None)
    stream = webhooks.sender(stage.engine, "stream", api, RIGHT, **jobs)
    stage.ports.append(stream.port)
    stage.project.container("stream", stage.engine, env="prod")
    stage.project.target("outbox", stream.url, kind="http", env="prod")
    stage.project.secret("HOOK_KEY", "env:HOOK_KEY")
    return api.wait("healthy"), stream.wait("healthy")


def refusals(api):
    wait_until(lambda: b" 401" in api.ask("GET", "logs", stdout=1, tail=50), "one was refused")


def well(stage):
    pair(stage, RIGHT)
    stage.run("webhook-failures", "--dry-run", *INPUTS, env={"HOOK_KEY": RIGHT})


def mismatch(stage):
    api, _ = pair(stage, WRONG, waiting=["job-1"])
    refusals(api)
    stage.carry_out("webhook-failures", "same-key", *INPUTS, "-p", "same-key.secret=HOOK_KEY", env={"HOOK_KEY": RIGHT})


def key_missing(stage):
    pair(stage, None)
    stage.carry_out("webhook-failures", "same-key", *INPUTS, "-p", "same-key.secret=HOOK_KEY", env={"HOOK_KEY": RIGHT})


def given_up(stage):
    pair(stage, RIGHT, failed={"job-2": "a1"})
    stage.carry_out("webhook-failures", "send-again", *INPUTS, env={"HOOK_KEY": RIGHT})


def look_first(stage):
    pair(stage, RIGHT, failed={"job-2": "a1", "job-3": ""})
    stage.run("webhook-failures", "--dry-run", *INPUTS, env={"HOOK_KEY": RIGHT})


def refused(stage):
    """The keys are the same now; what was refused stands in the log still."""
    api, stream = pair(stage, RIGHT)
    stream.stop()
    wrong = webhooks.sender(stage.engine, "stranger", api, WRONG, waiting=["job-1"])
    refusals(api)
    wrong.remove()
    stream.start()
    stream.wait("healthy")
    stage.run("webhook-failures", "--dry-run", *INPUTS, env={"HOOK_KEY": RIGHT})


SCENES = {
    "webhook-failures/healthy": well,
    "webhook-failures/key-mismatch": mismatch,
    "webhook-failures/key-missing": key_missing,
    "webhook-failures/given-up": given_up,
    "webhook-failures/look-first": look_first,
    "webhook-failures/refused": refused,
}
