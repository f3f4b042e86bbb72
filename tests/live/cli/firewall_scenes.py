"""A host whose ufw keeps out what should come in, for the recorded worlds of `ufw-blocks`."""

from servers import free_port


def walled(stage, *rules, listens=True):
    """A host behind ufw with these rules, in which `{port}` is that of its service; gives the words that name it."""
    host, port = stage.walled_host(listens)
    for rule in rules:
        host.ufw(*rule.format(port=port).split())
    return ["-p", f"port={port}"]


def well(stage):
    stage.run("ufw-blocks", "--dry-run", *walled(stage, "allow {port}/tcp"))


def rule_denies(stage):
    words = walled(stage, "deny from 203.0.113.7", "reject {port}/tcp", "allow proto tcp from any to any port 1:65535")
    stage.carry_out("ufw-blocks", "delete-rule", *words)


def for_one_client(stage):
    words = walled(stage, "deny proto tcp from 203.0.113.0/24 to any port {port}", "allow {port}/tcp")
    stage.carry_out("ufw-blocks", "delete-rule", *words, "-p", "from=203.0.113.7", "-p", "delete-rule.seconds=30")


def lets_that_client_in(stage):
    stage.run("ufw-blocks", "--dry-run", *walled(stage, "allow {port}/tcp"), "-p", "from=203.0.113.7")


def no_rule_allows(stage):
    stage.run("ufw-blocks", "--dry-run", *walled(stage, "default reject incoming"))


def application(stage):
    host, _ = stage.walled_host(port=443)
    host.ufw("reject", "WWW Secure")
    stage.run("ufw-blocks", "--dry-run")


def nothing_listens(stage):
    stage.run("ufw-blocks", "--dry-run", *walled(stage, "allow {port}/tcp", listens=False))


def elsewhere(stage, *rules):
    words = walled(stage, *rules)
    stage.service(f"http://127.0.0.1:{free_port()}")
    stage.run("ufw-blocks", "--dry-run", *words)


def not_the_firewall(stage):
    elsewhere(stage, "allow {port}/tcp")


def not_active(stage):
    elsewhere(stage, "disable")


def cannot_tell(stage):
    words = walled(stage)
    stage.walled.systemd.write_program("ufw", "echo 'ERROR: You need to be root to run this script' >&2; exit 1")
    stage.run("ufw-blocks", "--dry-run", *words)


SCENES = {
    "ufw-blocks/well": well,
    "ufw-blocks/rule-denies": rule_denies,
    "ufw-blocks/for-one-client": for_one_client,
    "ufw-blocks/lets-that-client-in": lets_that_client_in,
    "ufw-blocks/no-rule-allows": no_rule_allows,
    "ufw-blocks/application": application,
    "ufw-blocks/nothing-listens": nothing_listens,
    "ufw-blocks/not-the-firewall": not_the_firewall,
    "ufw-blocks/not-active": not_active,
    "ufw-blocks/cannot-tell": cannot_tell,
}
