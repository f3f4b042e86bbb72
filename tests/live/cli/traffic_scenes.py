"""Incidents of a host that is asked too much, for the recorded worlds of ratelimit-tighten and ddos."""

from crowded_host import CrowdedHost

ABUSER, OTHER = 50, 51
EVERYBODY = range(100, 130)


def crowded(stage):
    host = CrowdedHost(stage.folder / "crowded")
    stage.others.append(host)
    host.declare(stage.project, env="prod")
    return host


def limited(stage):
    """Two instances, which take 60 requests in a minute of an address."""
    stage.docker()
    for name in ("api-blue", "api-green"):
        stage.instance(name, env={"RATE_LIMIT_PER_MINUTE": "60"})


def visits(host, *, abuser=0, each=2, others=EVERYBODY, path="/"):
    for number in others:
        host.ask(number, each)
    if abuser:
        host.ask(ABUSER, abuser, path)


def words(window, most=None):
    return ["-p", f"window={window}", *(["-p", f"most={most}"] if most else [])]


def well(stage):
    visits(crowded(stage), each=1)
    stage.run("ratelimit-tighten", "--dry-run")


def few_addresses(stage):
    host = crowded(stage)
    visits(host, abuser=300, path="/limited")
    stage.carry_out("ratelimit-tighten", "keep-out", "-p", "firewall=web-1", *words("20s"))


def many_addresses(stage):
    host = crowded(stage)
    limited(stage)
    visits(host, each=130)
    stage.carry_out("ratelimit-tighten", "tighten", "-p", "instances=tag:backend", ends=(0, 5))


def usual_traffic(stage):
    visits(crowded(stage))
    stage.run("ddos", "--dry-run")


def few_sources(stage):
    host = crowded(stage)
    visits(host, abuser=3500)
    stage.carry_out("ddos", "keep-out", "-p", "firewall=web-1", *words("20s"))


def many_sources(stage):
    host = crowded(stage)
    limited(stage)
    visits(host, each=120)
    stage.carry_out("ddos", "tighten", "-p", "instances=tag:backend", ends=(0, 5))


SCENES = {
    "ratelimit-tighten/well": well,
    "ratelimit-tighten/few-addresses": few_addresses,
    "ratelimit-tighten/many-addresses": many_addresses,
    "ddos/well": usual_traffic,
    "ddos/few-sources": few_sources,
    "ddos/many-sources": many_sources,
}
