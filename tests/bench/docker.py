"""What looking at a container costs, beside docker's own client and beside one bare connection that is kept."""

import http.client
import socket
import statistics
import subprocess
import time

LOOKS = 100
LINES = 500

BOOK = """--- Many looks at a container, for measuring.
return playbook "%(name)s" {
  alerts = {}, severity = "SEV-5", owner = "bench",
  inputs = { container = input.container "any" },
  evidence = function(see, arg)
    local container, looks = see.container(arg.container), {}
    for i = 1, %(count)d do looks["look_" .. i] = container:%(reading)s end
    return looks
  end,
  diagnose = function() return healthy "measured" end,
}
"""


class Kept(http.client.HTTPConnection):
    """One connection to the daemon, and nothing done with what comes."""

    def __init__(self, path):
        super().__init__("docker")
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(path)

    def get(self, target):
        self.request("GET", target)
        self.getresponse().read()


def milliseconds(work):
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1000


def measured(folder, docker, look_ms):
    """Rows for the table of bench.py. `look_ms(folder, book)` says how long a playbook looked."""
    talker = ["/bin/sh", "-c", f"i=0; while [ $i -lt {LINES} ]; do echo line $i of the log of a service; i=$((i+1)); done; exec sleep 10000"]
    docker.run("talker", command=talker)
    while docker.ask("GET", "/containers/talker/logs", stdout=1).count(b"\n") < LINES:
        time.sleep(0.05)
    inventory = folder / "inventory.toml"
    inventory.write_text(inventory.read_text() + f'[targets.talker]\nkind = "container"\nengine = "{docker.url}"\nname = "talker"\nenv = "dev"\n')
    logs = f"/v1.41/containers/talker/logs?stdout=1&stderr=1&timestamps=1&tail={LINES}"
    for what, reading, targets, words in (
            ("inspect", "state()", ["/v1.41/containers/talker/json"], ["inspect", "talker"]),
            (f"logs of {LINES} lines", f"logs({LINES})", [logs], ["logs", "--tail", str(LINES), "talker"])):
        name = "docker-" + reading.split("(")[0]
        (folder / f"{name}.lua").write_text(BOOK % {"name": name, "count": LOOKS, "reading": reading})
        (folder / "docker-none.lua").write_text(BOOK % {"name": "docker-none", "count": 1, "reading": reading})
        kept = Kept(docker.socket)

        def bare():
            for _ in range(LOOKS):
                for target in targets:
                    kept.get(target)

        def client():
            for _ in range(LOOKS):
                subprocess.run(["/usr/bin/docker", "-H", docker.url, *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        took = {"look": [], "one": [], "bare": [], "client": []}
        for _ in range(5):
            took["one"].append(look_ms(folder, "docker-none"))
            took["look"].append(look_ms(folder, name))
            took["bare"].append(milliseconds(bare))
        took["client"].append(milliseconds(client))
        middle = {name: statistics.median(times) for name, times in took.items()}
        beyond = middle["look"] - middle["one"]
        yield (f"{LOOKS} × {what} of a container, stored as evidence", beyond, "ms", "one kept connection", middle["bare"], 1.5, "ratio",
               f"docker's own client: {middle['client']:.0f} ms")
