"""What runs a target, in one shape: a container of a real Docker Engine, or a unit of a host."""

from looking import declare, look, start  # noqa: F401
from test_host_readers import program

BOOK = """
return playbook "looks" { alerts = {}, severity = "SEV-5", owner = "tests", inputs = { it = input.http "what runs somehow" },
  evidence = function(see, arg) local service = see.service(arg.it); return { %s } end,
  diagnose = function() return finding("seen", "seen") end }"""

READINGS = "state = service:state(), logs = service:logs { lines = 2, since = '1h' }"

SYSTEMCTL = """#!/bin/sh
[ "$TZ" = UTC ] || exit 2
echo 'Id=shop.service
LoadState=loaded
ActiveState=active
SubState=running
Result=success
MainPID=4711
NRestarts=2
ExecMainStatus=0
ActiveEnterTimestamp=Sat 2026-11-21 12:40:02 UTC'
"""

JOURNALCTL = """#!/bin/sh
echo '{"__REALTIME_TIMESTAMP":"1795264802075511","PRIORITY":"6","MESSAGE":"asked: '"$*"'"}'
"""


def test_a_unit_of_a_host(project, start, declare, look, tmp_path):
    program(tmp_path, "systemctl", SYSTEMCTL)
    declare(start(path=program(tmp_path, "journalctl", JOURNALCTL)))
    project.target("shop", "http://127.0.0.1:1", kind="http", unit="shop", host="cache-host")
    found = look(READINGS, book=BOOK)
    assert found["state"] == {"as": "unit", "name": "shop.service", "where": "cache-host", "running": True, "status": "active (running)",
                              "since": "2026-11-21T12:40:02.000Z", "restarts": 2, "exit_code": 0, "oom_killed": False, "pid": 4711}
    line = found["logs"]["lines"][0]
    assert line["at"] == "2026-11-21T12:40:02.075Z" and "-n 2 -u shop --since=-3600s" in line["text"]


def test_a_container(project, dockerd, look):
    dockerd.run("shop-box", command=["/bin/sh", "-c", "for line in one two three; do echo $line; done; exec /bin/sleep 600"])
    project.container("shop-box", dockerd, env="dev")
    project.target("shop", "http://127.0.0.1:1", kind="http", container="shop-box")
    found = look(READINGS, book=BOOK)
    state = found["state"]
    assert (state["as"], state["where"], state["running"], state["status"], state["restarts"]) == ("container", "shop-box", True, "running", 0)
    assert state["since"].endswith("Z") and [line["text"] for line in found["logs"]["lines"]] == ["two", "three"]


def test_where_the_inventory_says_nothing_the_reading_names_the_target(project, look):
    project.target("shop", "http://127.0.0.1:1", kind="http")
    error = look("state = service:state()", book=BOOK)["state"]
    assert error["code"] == "usage" and "what runs shop" in error["message"] and "unit" in error["next"], error


def test_the_page_by_hand_has_the_words_of_either(project, start, declare):
    declare(start())
    project.book("looks", BOOK % READINGS)
    project.target("shop", "http://127.0.0.1:1", kind="http", unit="shop", host="cache-host")
    page = project.run("show", "looks", "--by-hand").out
    assert "systemctl status shop" in page and "journalctl --no-pager -u shop" in page, page
