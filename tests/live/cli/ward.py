"""A playbook that makes one change of a container, whatever it finds, and what tests of such changes ask afterwards."""

BOOK = """
return playbook "ward" {
  alerts = {}, severity = "SEV-3", owner = "tests", inputs = { it = input.container "the container" },
  evidence = function(see, arg) return { state = see.container(arg.it):state() } end,
  diagnose = function(found) return finding("ill", "it is " .. found.state.status) end,
  mitigations = {
    mitigation "treat" {
      answers = { "ill" },
      plan = function(found, arg) return { %(plan)s } end,
      verify = function(arg) return { check.container(arg.it):state().status:is "%(becomes)s" } end,
      within = "%(within)s",
    },
  },
}
"""


def book(change, becomes="running", within="20s"):
    return BOOK % {"plan": change, "becomes": becomes, "within": within}


def undo(project, run=None):
    run = run or project.last_run()
    dry = project.run("undo", run, "--dry-run", "-o", "json")
    assert dry.code == 0, dry
    plan = dry.json["plans"][0]
    return project.run("undo", run, "--approve", plan["digest"][:12], "--confirm", plan["changes"][0]["target"], "--reason", "a test")


def changed(done):
    """Whether a change was made and its checks held. The playbook always finds something, so that it always has something to do."""
    return done.code == 5 and "changed, but a problem remains" in done.out


def lasting(inspect):
    """What of an inspect does not come and go with a start."""
    state = {key: inspect["State"][key] for key in ("Status", "Running", "Paused")}
    about = {key: value for key, value in inspect.items() if key not in ("State", "ExecIDs", "ResolvConfPath", "RestartCount", "NetworkSettings")}
    # A daemon that starts anew says [] where it said nothing before.
    about["HostConfig"] = {key: value or None for key, value in about["HostConfig"].items()}
    return {**about, "State": state, "Networks": sorted(inspect["NetworkSettings"]["Networks"])}
