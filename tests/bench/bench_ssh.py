"""One command on many hosts, and many on one, beside libssh2's bare loop and what people use instead. The hosts are loopback addresses."""

import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "live" / "cli"))
import sshd  # noqa: E402: the sshds of the live tests

HOSTS = (1, 10, 100, 500)
ON_ONE = 200
COMMAND = "uname"  # the cheapest that is on the list of what only looks
BOOK = """--- One command on many hosts, for measuring.
return playbook "hosts-%(count)d" {
  alerts = {}, severity = "SEV-5", owner = "bench",
  inputs = { hosts = input.ssh("the hosts"):many() },
  evidence = function(see, arg)
    return { names = parallel.map(arg.hosts, function(host) return see.host(host):exec_read { "uname" } end, { limit = 250 }) }
  end,
  diagnose = function() return healthy "measured" end,
}
"""
SEQUENCE = """--- Many commands on one host, for measuring.
return playbook "one-host-%(count)d" {
  alerts = {}, severity = "SEV-5", owner = "bench",
  inputs = { host = input.ssh "the host" },
  evidence = function(see, arg)
    for _ = 1, %(count)d do see.host(arg.host):exec_read({ "uname" }):value() end
    return { last = see.host(arg.host):exec_read { "uname" } }
  end,
  diagnose = function() return healthy "measured" end,
}
"""


def address(number):
    return f"127.0.{number // 250}.{number % 250 + 1}"


def rows(folder, bin_folder, look_ms, memory_of):
    fleet = sshd.Fleet(folder / "fleet", [address(number) for number in range(max(HOSTS))])
    try:
        inventory = folder / "inventory.toml"
        kept = inventory.read_text()
        for count in HOSTS:
            inventory.write_text(kept + "".join(fleet.entry(f"h{number}", address(number)) for number in range(count)))
            (folder / f"hosts-{count}.lua").write_text(BOOK % {"count": count})
            yield from many(folder, bin_folder, look_ms, fleet, count)
        yield memory(folder, bin_folder, memory_of)
        inventory.write_text(kept + fleet.entry("h0", address(0)))
        for count in (0, ON_ONE):
            (folder / f"one-host-{count}.lua").write_text(SEQUENCE % {"count": count})
        yield from one(folder, bin_folder, look_ms, fleet)
    finally:
        fleet.stop()


def bare(bin_folder, fleet, times, addresses):
    done = subprocess.run([bin_folder / "bench-ssh-loop", sshd.USER, fleet.user_key, str(fleet.port), COMMAND, str(times), *addresses],
                          check=True, stdout=subprocess.PIPE, text=True)
    return tuple(float(word) for word in done.stdout.split())


def tools(folder, fleet, addresses):
    """What people would use, as argv by name; a missing one is left out."""
    config = str(fleet.folder / "ssh_config")
    quick = "-oKexAlgorithms=curve25519-sha256"
    (folder / "addresses").write_text("\n".join(addresses) + "\n")
    found = {f"xargs -P 32 ssh{' with curve25519' * bool(more)}": ["xargs", "-a", str(folder / "addresses"), "-P", "32", "-I", "{}", "ssh", "-F", config, *more, "{}", COMMAND]
             for more in ([], [quick])}
    if shutil.which("clush"):
        found["clush"] = ["clush", "-f", "64", "-O", f"ssh_options=-F {config} {quick}", "-w", ",".join(addresses), COMMAND]
    if shutil.which("pdsh"):
        found["pdsh"] = ["env", f"PDSH_SSH_ARGS_APPEND=-F {config} {quick}", "pdsh", "-R", "ssh", "-f", "64", "-w", ",".join(addresses), COMMAND]
    if shutil.which("parallel-ssh"):
        found["pssh"] = ["parallel-ssh", "-p", "64", "-h", str(folder / "addresses"), "-x", f"-F {config} {quick}", COMMAND]
    if shutil.which("ansible"):
        found["ansible"] = ["ansible", "all", "-i", ",".join(addresses) + ",", "-f", "64", "-m", "raw", "-a", COMMAND, "--ssh-common-args", f"-F {config} {quick}"]
    return found


def timed(argv):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    took = (time.perf_counter() - begin) * 1000
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def many(folder, bin_folder, look_ms, fleet, count):
    addresses = [address(number) for number in range(count)]
    ours, loop, client = [], [], []
    for _ in range(3 if count >= 100 else 5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        ours.append(look_ms(folder, f"hosts-{count}", "-p", "hosts=kind:ssh"))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        client.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000 / count)
        loop.append(bare(bin_folder, fleet, 1, addresses))
    floor = statistics.median(wall for wall, _ in loop)
    notes = []
    for name, argv in tools(folder, fleet, addresses).items():
        took, processor = timed(argv)
        notes.append(f"{name} {took:.0f} ms, {processor / count:.1f} ms of processor a host")
    yield (f"{COMMAND} on {count} hosts", statistics.median(ours), "ms", "libssh2's bare loop", floor, 1.15 if count >= 100 else None, "ratio",
           "the loop; " + "; ".join(notes))
    yield (f"processor of engine and worker a host, {count} hosts", statistics.median(client), "ms", "libssh2's bare loop",
           statistics.median(processor for _, processor in loop) / count, 2 if count >= 100 else None, "value", "the loop")


def memory(folder, bin_folder, memory_of):
    """Of both, each at its own worst moment, with what they share counted twice."""
    run = [bin_folder / "runbook", "run", f"./hosts-{max(HOSTS)}.lua", "-n", "-p", "hosts=kind:ssh"]
    most = {name: statistics.median(memory_of(folder, run, name) for _ in range(3)) for name in ("runbook", "runbook-worker")}
    return (f"peak memory of engine and worker, {max(HOSTS)} hosts", sum(most.values()), "MiB", None, None, 57.2, "value",
            f"{most['runbook']:.0f} MiB the engine; 57.2 MiB are 60 MB")


def one(folder, bin_folder, look_ms, fleet):
    ours = [look_ms(folder, f"one-host-{ON_ONE}") - look_ms(folder, "one-host-0") for _ in range(5)]
    loop = [bare(bin_folder, fleet, ON_ONE, [address(0)])[0] - bare(bin_folder, fleet, 1, [address(0)])[0] for _ in range(5)]
    config, socket = str(fleet.folder / "ssh_config"), str(folder / "master")
    master = ["ssh", "-F", config, "-oControlPath=" + socket, address(0)]
    subprocess.run([*master[:3], "-oControlMaster=yes", "-oControlPersist=60", *master[3:], "true"], check=True, stderr=subprocess.DEVNULL)
    begin = time.perf_counter()
    for _ in range(ON_ONE):
        subprocess.run([*master, COMMAND], check=True, stdout=subprocess.DEVNULL)
    control = (time.perf_counter() - begin) * 1000
    subprocess.run([*master[:4], "-O", "exit", address(0)], check=True, stderr=subprocess.DEVNULL)
    yield (f"{ON_ONE} commands on one connection", statistics.median(ours), "ms", "libssh2's bare loop", statistics.median(loop), 1.3, "ratio",
           f"the loop; ssh with ControlMaster took {control:.0f} ms")
