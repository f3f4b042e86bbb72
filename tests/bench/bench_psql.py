"""200 trivial reads of a real PostgreSQL on one connection: through our gate, beside a bare libpq loop, psql and pgbench."""

import pathlib
import re
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "live" / "cli"))
from postgres import BINARIES, Postgres, Template  # noqa: E402: the servers of the live tests

COUNT = 200
BOOK = """--- Many queries, for measuring.
return playbook "queries-%(count)d" {
  alerts = {}, severity = "SEV-5", owner = "bench",
  inputs = { db = input.postgres "the server" },
  evidence = function(see, arg)
    local db = see.postgres(arg.db)
    for i = 1, %(count)d do db:query("select 1"):value() end
    return { first = db:query "select 1" }
  end,
  diagnose = function() return healthy "measured" end,
}
"""


def rows(folder, bin_folder, look_ms):
    template = Template()
    server = Postgres(template, log_statement="'none'")
    try:
        (folder / "inventory.toml").write_text(
            (folder / "inventory.toml").read_text() + f'[targets.db]\nkind = "postgres"\nurl = "{server.url("")}"\nuser = "looker"\n')
        for count in (0, COUNT):
            (folder / f"queries-{count}.lua").write_text(BOOK % {"count": count})
        yield from measured(folder, bin_folder, look_ms, server)
    finally:
        server.stop()
        template.remove()


def measured(folder, bin_folder, look_ms, server):
    script = folder / "reads.sql"
    script.write_text("select 1;\n" * COUNT)
    one = folder / "one.sql"
    one.write_text("select 1;\n")
    words = [*server.words, "-U", "looker", "-d", "shop", "-qAt"]
    pgbench = [str(BINARIES / "pgbench"), "-h", str(server.folder), "-p", str(server.port), "-U", "looker", "-n", "-t", str(COUNT), "-M", "extended",
               "-f", str(one), "shop"]
    took = {name: [] for name in ("bare", "gate", "ours", "none", "file", "each", "pgbench")}
    for turn in range(7):
        for mode in ("bare", "gate"):
            took[mode].append(loop_ms(bin_folder, server, mode))
        took["ours"].append(look_ms(folder, f"queries-{COUNT}"))
        took["none"].append(look_ms(folder, "queries-0"))
        took["file"].append(timed([*words, "-f", str(script)]))
        printed = subprocess.run(pgbench, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
        took["pgbench"].append(float(re.search(r"latency average = ([\d.]+) ms", printed)[1]) * COUNT)
        if turn < 2:  # it takes more than all others together
            took["each"].append(sum(timed([*words, "-c", "select 1"]) for _ in range(COUNT)))
    median = {name: statistics.median(times) for name, times in took.items()}
    beside = f"the loop; psql -f took {median['file']:.0f} ms, pgbench {median['pgbench']:.0f} ms, psql for each {median['each']:.0f} ms"
    yield (f"{COUNT} reads through the gate, one connection", median["gate"], "ms", "libpq's bare loop", median["bare"], 3, "ratio", beside)
    yield ("the gate's cost, of one read", (median["gate"] - median["bare"]) * 1000 / COUNT, "µs", "a bare read", median["bare"] * 1000 / COUNT, None,
           None, "its look-up of names in the catalogue")
    ours = median["ours"] - median["none"]
    yield (f"{COUNT} queries of a playbook, with their evidence", ours, "ms", "psql for each", median["each"], None, None, "the loop")


def loop_ms(bin_folder, server, mode):
    argv = [str(bin_folder / "bench-postgres-loop"), mode, server.url(""), "looker", str(COUNT)]
    return float(subprocess.run(argv, check=True, stdout=subprocess.PIPE, text=True).stdout)


def timed(argv):
    begin = time.perf_counter()
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (time.perf_counter() - begin) * 1000
