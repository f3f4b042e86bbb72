"""Incidents of a host whose disk is full, for the recorded worlds of disk-full."""


def well(stage):
    stage.small_host().write("app/app.log", 2)
    stage.run("disk-full", "--dry-run")


def large_log(stage):
    host = stage.small_host()
    host.write("app/app.log", 13.5)
    host.write("nginx/access.log", 2)
    stage.carry_out("disk-full", "cut-log")


def large_journal(stage):
    stage.small_host().write("journal/system.journal", 15)
    stage.carry_out("disk-full", "shrink-journal")


def of_something_else(stage):
    stage.small_host().write("core.bin", 15)
    stage.run("disk-full", "--dry-run")


def no_inodes(stage):
    stage.small_host(inodes=60).shell("cd /var/log && for i in $(seq 55); do : >mail.$i; done")
    stage.run("disk-full", "--dry-run")


SCENES = {
    "disk-full/well": well,
    "disk-full/large-log": large_log,
    "disk-full/large-journal": large_journal,
    "disk-full/of-something-else": of_something_else,
    "disk-full/no-inodes": no_inodes,
}
