"""1,000 GETs to a local nginx through the worker, each answer stored as evidence, beside libcurl's bare loop and curl itself."""

import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "live" / "cli"))
import http_servers  # noqa: E402: the servers of the live tests

COUNT = 1000
BOOK = """--- Many requests, for measuring.
return playbook "gets-%(count)d-%(at_once)d" {
  alerts = {}, severity = "SEV-5", owner = "bench",
  inputs = { api = input.http "the server" },
  evidence = function(see, arg)
    local api, list = see.http(arg.api), {}
    for i = 1, %(count)d do list[i] = i end
    return { first = api:get "/", pages = parallel.map(list, function() return api:get "/" end, { limit = %(at_once)d }) }
  end,
  diagnose = function() return healthy "measured" end,
}
"""


def rows(folder, bin_folder, look_ms):
    server = http_servers.nginx(folder / "nginx")
    try:
        (folder / "inventory.toml").write_text((folder / "inventory.toml").read_text() + f'[targets.nginx]\nkind = "http"\nurl = "{server.url}"\n')
        for count, at_once in ((0, 1), (COUNT, 1), (COUNT, 50)):
            (folder / f"gets-{count}-{at_once}.lua").write_text(BOOK % {"count": count, "at_once": at_once})
        for at_once, words in ((1, "one after the other"), (50, "50 at once")):
            yield from measured(folder, bin_folder, look_ms, server.url + "/", at_once, words)
    finally:
        server.stop()


def measured(folder, bin_folder, look_ms, url, at_once, words):
    took = {"ours": [], "none": [], "bare": [], "tool": []}
    urls = folder / "urls"
    urls.write_text(f'url = "{url}"\noutput = "/dev/null"\n' * COUNT)
    tool = ["curl", "-sS", "-K", str(urls), *(["--parallel", "--parallel-immediate", "--parallel-max", str(at_once)] if at_once > 1 else [])]
    for _ in range(7):
        took["ours"].append(look_ms(folder, f"gets-{COUNT}-{at_once}"))
        took["none"].append(look_ms(folder, "gets-0-1"))
        bare = subprocess.run([str(bin_folder / "bench-http-loop"), url, str(COUNT), str(at_once)], check=True, stdout=subprocess.PIPE, text=True)
        took["bare"].append(float(bare.stdout))
        took["tool"].append(timed(tool))
    median = {name: statistics.median(times) for name, times in took.items()}
    ours = median["ours"] - median["none"]
    yield (f"{COUNT:,} GETs, {words}, with their evidence", ours, "ms", "libcurl's bare loop", median["bare"], None, "ratio",
           f"the loop; curl took {median['tool']:.0f} ms")
    yield (f"a GET beyond the loop's time, {words}", (ours - median["bare"]) * 1000 / COUNT, "µs", None, None, 150, "value",
           "two passes through a socketpair")


def timed(argv):
    begin = time.perf_counter()
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (time.perf_counter() - begin) * 1000
