#!/usr/bin/python3 -I
"""A worker that lies: it stands between the engine and the real worker and meddles with what that one says.

The engine starts it in place of runbook-worker, without an environment: what it is to do stands in the file `meddling` beside it, as
"WHAT SEED"; there too it finds the real worker as `real-worker`, and writes `meddled`, how often it did.
"""

import os
import pathlib
import random
import socket
import struct
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
WHAT, SEED = (HERE / "meddling").read_text().split()
CHANCE = random.Random(int(SEED))
MEDDLED = [0]

SWAPS = [(b"cache-1", b"cache-2"), (b"redis.ping", b"redis.pong"), (b"redis.config", b"redis.delete"), (b"maxmemory", b"requirep\x00"),
         (b"raise-limit", b"raise-limot"), (b"finding", b"healthy"), (b"$target", b"$secret"), (b"evidence", b"evidenc\x1b"), (b"small", b"\x1b[2Jm")]


def count():
    MEDDLED[0] += 1
    (HERE / "meddled").write_text(str(MEDDLED[0]))


def receive(channel, size):
    data = b""
    while len(data) < size:
        more = channel.recv(size - len(data))
        if not more:
            os._exit(0)
        data += more
    return data


def frame(body):
    return struct.pack("<I", len(body)) + body


def flip(body):
    if CHANCE.random() < 0.6:
        return frame(body)
    count()
    body = bytearray(body)
    for _ in range(CHANCE.choice([1, 1, 2, 8])):
        at = CHANCE.randrange(len(body))
        body[at] = CHANCE.choice([body[at] ^ (1 << CHANCE.randrange(8)), CHANCE.randrange(256)])
    return frame(bytes(body))


def swap(body):
    before, after = SWAPS[int(SEED) % len(SWAPS)]
    if before in body:
        count()
    return frame(body.replace(before, after))


def twice(body):
    count()
    return frame(body) * 2


def length(body):
    count()
    return struct.pack("<I", CHANCE.choice([0, 1, len(body) - 1, len(body) + 1, 1 << 24, 0xFFFFFFFF])) + body


def noise(body):
    count()
    return frame(body)[:CHANCE.randrange(4)] + CHANCE.randbytes(CHANCE.choice([1, 3, 64, 100_000]))


def flood(body):
    count()
    return frame(body) + frame(body) * 20_000


def nothing(body):
    count()
    os._exit(7)


MEDDLE = {"flip": flip, "swap": swap, "twice": twice, "length": length, "noise": noise, "flood": flood, "nothing": nothing}[WHAT]


def main():
    engine = socket.socket(fileno=3)
    ours, theirs = socket.socketpair()
    if os.fork() == 0:
        os.dup2(theirs.fileno(), 3)
        os.execve(HERE / "real-worker", ["runbook-worker", sys.argv[1]], {})
    theirs.close()

    def down():
        while True:
            data = engine.recv(1 << 16)
            if not data:
                os._exit(0)
            ours.sendall(data)

    threading.Thread(target=down, daemon=True).start()
    while True:
        body = receive(ours, struct.unpack("<I", receive(ours, 4))[0])
        try:
            engine.sendall(MEDDLE(body))
        except OSError:
            os._exit(0)


main()
