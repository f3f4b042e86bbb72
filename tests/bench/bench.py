"""Measures what runbook costs, beside other tools that do the same work: medians of several runs, on this machine.

Everything is measured in turns with what it is compared with, so that both meet the same weather. Run by scripts/bench; words on its
command line choose what is measured: redis (all that needs no other server), http, docker.
"""

import datetime
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "live" / "cli"))
import dockerd  # noqa: E402: the servers of the live tests
import servers  # noqa: E402

import docker  # noqa: E402
import bench_http  # noqa: E402: beside this file
import bench_psql  # noqa: E402
import bench_ssh  # noqa: E402

BIN = pathlib.Path(os.environ["RUNBOOK_BIN"]).resolve()
CALLS = 2048
IN_FLIGHT = 256
CHECKED = 500
HISTORY = 200_000
QUIET_PAIR_MS = 1.0  # more for two appends and syncs: a busy disk, or one too slow for the ratio to say anything

PINGS = """--- Many readings, for measuring.
return playbook "%(name)s" {
  alerts = {}, severity = "SEV-5", owner = "bench",
  inputs = { redis = input.redis "any" },
  evidence = function(see, arg)
    local redis = see.redis(arg.redis)
    %(body)s
    return { ping = redis:ping() }
  end,
  diagnose = function() return healthy "measured" end,
}
"""
BODIES = {
    "none": "",
    "sequence": f"for i = 1, {CALLS} do redis:ping():value() end",
    "flight": f"""local list = {{}}
    for i = 1, {CALLS} do list[i] = i end
    parallel.map(list, function() return redis:ping() end, {{ limit = {IN_FLIGHT} }})""",
}

# What the readings of redis-down ask, as one would type it.
BY_HAND = """redis-cli -s "$1" PING
redis-cli -s "$1" INFO memory
redis-cli -s "$1" CONFIG GET maxmemory-policy
redis-cli -s "$1" INFO persistence
redis-cli -s "$1" INFO errorstats
redis-cli -s "$1" INFO clients
redis-cli -s "$1" ROLE
redis-cli -s "$1" SLOWLOG GET 8
redis-cli -s "$1" MEMORY DOCTOR
redis-cli -s "$1" --memkeys
redis-cli -s "$1" CONFIG GET maxmemory
"""


def milliseconds(work):
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1000


def in_turns(times, **works):
    """The median of each of the works, run in turns."""
    measured = {name: [] for name in works}
    for _ in range(times + 1):
        for name, work in works.items():
            measured[name].append(milliseconds(work))
    return {name: statistics.median(all_of_them[1:]) for name, all_of_them in measured.items()}


def quietly(*argv, cwd=None):
    subprocess.run([str(word) for word in argv], cwd=cwd, check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def libraries(program):
    headers = subprocess.run(["readelf", "-d", str(BIN / program)], check=True, stdout=subprocess.PIPE, text=True).stdout
    return set(re.findall(r"\(NEEDED\).*\[(.+)\]", headers))


def start():
    assert libraries("bench-empty") == libraries("runbook"), "or the comparison means nothing"
    took = in_turns(40, version=lambda: quietly(BIN / "runbook", "version"), empty=lambda: quietly(BIN / "bench-empty"))
    yield ("`runbook version`", took["version"], "ms", "an empty program, linked alike", took["empty"], 1.5, "ratio",
           "the empty program")


def write_project(folder, url):
    (folder / "runbook.toml").write_text('inventory = "inventory.toml"\nstate = "state"\n')
    (folder / "inventory.toml").write_text(f'[targets.cache-1]\nkind = "redis"\nurl = "{url}"\nenv = "prod"\n')
    for name, body in BODIES.items():
        (folder / f"{name}.lua").write_text(PINGS % {"name": name, "body": body})
    (folder / "by-hand.sh").write_text(BY_HAND)


def dry_run(folder, redis):
    took = in_turns(20,
                    dry=lambda: quietly(BIN / "runbook", "run", "redis-down", "-n", cwd=folder),
                    hand=lambda: quietly("sh", "by-hand.sh", redis.socket, cwd=folder),
                    empty=lambda: quietly(BIN / "bench-empty"))
    yield ("dry run of redis-down, whole process", took["dry"], "ms", "the commands by redis-cli, in sh", took["hand"], 40, "value",
           f"one start of a program, {took['empty']:.1f} ms")


def look_ms(folder, book, *words):
    """How long a playbook looked: from the RUN_START record to its first EVIDENCE record."""
    done = subprocess.run([str(BIN / "runbook"), "run", f"./{book}.lua", "-n", "-o", "ndjson", *words], cwd=folder, check=True,
                          stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    first = {}
    for line in done.stdout.splitlines():
        record = json.loads(line)
        first.setdefault(record["type"], datetime.datetime.fromisoformat(record["time"]))
    return (first["EVIDENCE"] - first["RUN_START"]).total_seconds() * 1000


def ping_us(redis, in_flight):
    """One PING as redis-benchmark, a client in C, sends it on one connection, so many of them under way at a time."""
    argv = ["redis-benchmark", "-s", redis.socket, "-c", "1", "-n", str(CALLS * 10), "-P", str(in_flight), "-t", "ping_mbulk", "--csv"]
    printed = subprocess.run(argv, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return 1e6 / float(re.search(r'"PING_MBULK","([\d.]+)"', printed)[1])


def calls(folder, redis):
    looks = {name: [] for name in BODIES}
    pings = {"sequence": [], "flight": []}
    for _ in range(9):
        for name in BODIES:
            looks[name].append(look_ms(folder, name))
        pings["sequence"].append(ping_us(redis, 1))
        pings["flight"].append(ping_us(redis, IN_FLIGHT))
    none = statistics.median(looks["none"])
    for name, words in (("sequence", "one after the other"), ("flight", f"{IN_FLIGHT} in flight")):
        network = statistics.median(pings[name])
        beyond = (statistics.median(looks[name]) - none) * 1000 / CALLS - network
        yield (f"a call beyond its network time, {words}", beyond, "µs", "PING by redis-benchmark", network, 60, "value",
               "two passes through a socketpair")


def audited_change(folder):
    times = []
    for turn in range(5):
        place = folder / f"disk-{turn}"
        place.mkdir()
        printed = subprocess.run([str(BIN / "bench-audited-change"), str(place), "300"], check=True, stdout=subprocess.PIPE).stdout
        times.append(json.loads(printed))
    # Where others keep the disk busy the syncs hide what is measured: the turn in which it was fastest counts.
    quietest = min(times, key=lambda took: took["bare_ms"])
    disturbed = quietest["bare_ms"] > QUIET_PAIR_MS
    yield ("an audited change (INTENT, OUTCOME)", quietest["audited_ms"], "ms", f"2 × append {quietest['line_bytes']:.0f} B + fdatasync",
           quietest["bare_ms"], None if disturbed else 1.5, "ratio", "the bare pair" + (", of a disturbed disk: not judged" if disturbed else ""))


def redaction():
    """1 MiB of what a server says, on its way in past 100 declared secrets."""
    took = json.loads(subprocess.run([str(BIN / "bench-redaction")], check=True, stdout=subprocess.PIPE).stdout)
    yield (f"1 MiB of an answer made clean of {took['forms']} forms of 100 secrets", took["door_ms"], "ms", "its SHA-256", took["sha256_ms"], 20, "value",
           f"the search for declared secrets alone, {took['net_ms']:.1f} ms")


def audit_history(folder):
    """What a run waits for when the log is long, beside reading all of it, which it once did."""
    place = folder / "history"
    place.mkdir()
    words = [str(BIN / "bench-audit-history"), str(place), str(HISTORY), str(16 << 20)]
    took = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout)
    for name, figure in (("in_doubt", "what is in doubt"), ("approved", "the plans of the last hour"), ("last_run", "the records of the last run"),
                         ("runs", "the list of runs, the second time")):
        yield (f"{figure}, of {HISTORY:,} records", took[name], "ms", "reading all of them", took["whole"], 0.2, "ratio", "one file of 16 MB")


def check(folder):
    """500 playbooks as long as redis-down, beside luacheck, which knows Lua but not what a playbook may say."""
    books = folder / "many"
    books.mkdir()
    source = (ROOT / "playbooks" / "redis-down.lua").read_text()
    for number in range(CHECKED):
        (books / f"down-{number}.lua").write_text(source.replace('playbook "redis-down"', f'playbook "down-{number}"'))
    files = sorted(books.glob("*.lua"))

    def luacheck():  # it exits 1, for the words of playbooks are news to it
        subprocess.run(["luacheck", "-q", "--no-cache", "--std", "luajit", *files], stdout=subprocess.DEVNULL, check=False)

    took = in_turns(3, check=lambda: quietly(BIN / "runbook", "check", *files, cwd=folder), luacheck=luacheck)
    yield (f"`runbook check`, each of {CHECKED} playbooks", took["check"] / CHECKED, "ms", "luacheck, which knows no playbooks",
           took["luacheck"] / CHECKED, 2, "value", "a start of the worker each")


def rehearsals(folder):
    """All rehearsals of the shipped playbooks, beside one dry run against a server that is there."""
    books = sorted((ROOT / "playbooks").glob("*.lua"))
    told = subprocess.run([str(BIN / "runbook"), "test", *books], cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout
    count = int(re.search(r"(\d+) rehearsals", told)[1])
    took = in_turns(3, test=lambda: quietly(BIN / "runbook", "test", *books, cwd=folder),
                    dry=lambda: quietly(BIN / "runbook", "run", "redis-down", "-n", cwd=folder))
    yield (f"`runbook test`, each of {count} rehearsals", took["test"] / count, "ms", "a dry run of redis-down", took["dry"], 50, "value",
           "a start of the worker each")


def memory_of(folder, argv, name):
    """The most memory that a process of that name had among this program and what it starts, in MiB."""
    process = subprocess.Popen([str(word) for word in argv], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    most = 0
    while process.poll() is None:
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children")
        try:
            for pid in [str(process.pid), *children.read_text().split()]:
                status = pathlib.Path(f"/proc/{pid}/status").read_text()
                peak = re.search(r"VmHWM:\s+(\d+) kB", status)
                if peak and status.startswith(f"Name:\t{name[:15]}\n"):
                    most = max(most, int(peak[1]))
        except (FileNotFoundError, ProcessLookupError):
            pass
    assert process.returncode == 0, argv
    return most / 1024


def memory(folder, redis):
    run = [BIN / "runbook", "run", "redis-down", "-n"]
    for name in ("runbook", "runbook-worker"):
        most = statistics.median(memory_of(folder, run, name) for _ in range(7))
        yield (f"peak memory of {name}, in that dry run", most, "MiB", None, None, None, None, "–")


def containers(folder):
    engine = dockerd.Docker(folder / "docker")
    try:
        engine.make_lab()
        yield from docker.measured(folder, engine, look_ms)
    finally:
        engine.stop()


def show(row):
    what, value, unit, beside, other, aim, of, limit = row
    ratio = value / other if other else None
    if aim is None:
        verdict = "–"
    else:
        met = (ratio if of == "ratio" else value) <= aim
        verdict = ("≤ " + (f"{aim} ×" if of == "ratio" else f"{aim} {unit}")) + (", met" if met else ", MISSED")
    compared = f"{beside}: {other:.2f} {unit} | {ratio:.2f}" if other else "– | –"
    print(f"| {what} | {value:.2f} {unit} | {compared} | {verdict} | {limit} |", flush=True)


def main():
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; medians\n")
    print("| figure | measured | beside it | ratio | aim | physical limit |")
    print("|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory(prefix="runbook-bench-") as name:
        folder = pathlib.Path(name)
        redis = servers.Redis(folder / "redis", "--maxmemory", "16mb", "--maxmemory-policy", "noeviction")
        try:
            redis.fill_up()
            write_project(folder, redis.url)
            groups = {"redis": lambda: (start(), dry_run(folder, redis), calls(folder, redis), audited_change(folder), audit_history(folder), redaction(),
                                        check(folder), rehearsals(folder), memory(folder, redis)),
                      "http": lambda: (bench_http.rows(folder, BIN, look_ms),), "docker": lambda: (containers(folder),),
                      "psql": lambda: (bench_psql.rows(folder, BIN, look_ms),),
                      "ssh": lambda: (bench_ssh.rows(folder, BIN, look_ms, memory_of),)}
            for group in sys.argv[1:] or groups:
                for measure in groups[group]():
                    for row in measure:
                        show(row)
            print(f"\nload at the end {os.getloadavg()[0]:.1f}")
        finally:
            redis.stop()


if __name__ == "__main__":
    main()
