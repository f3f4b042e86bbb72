"""Requests of an API that asks a PostgreSQL, how long they take by route, and a real Prometheus that looks at that."""

import json
import threading
import time
import urllib.parse
import urllib.request

from http_servers import Service, prometheus
from servers import wait_until

BUCKETS = (0.1, 0.25, 0.5, 1, 2.5, 5)
BY = "histogram_quantile(0.95, sum by ({}) (rate(http_request_duration_seconds_bucket[5s])))"
INPUTS = ["-p", "prometheus=prometheus", "-p", "db=shop-db", "-p", "limit=0.6", "-p", "p95=" + BY.format("le"), "-p", "routes=" + BY.format("le, route")]

TABLES = ("CREATE TABLE tracks (id int PRIMARY KEY, title text, plays int NOT NULL DEFAULT 0);"
          "INSERT INTO tracks SELECT n, 'track ' || n FROM generate_series(1, 3) n;")
PLAY, SEARCH, SLEEPY = "UPDATE tracks SET plays = plays + 1 WHERE id = 1;", "SELECT 1;", "SELECT pg_sleep(0.8);"


class Latency:
    """Three users of each route, who ask again and again; a request waits one second at most for a lock."""

    def __init__(self, project, folder, server, routes):
        self.counts = {route: [0] * (len(BUCKETS) + 1) for route in routes}
        self.ended = threading.Event()
        self.sessions = [(route, sql, server.session("SET lock_timeout = '1s';")) for route, sql in routes.items() for _ in range(3)]
        self.threads = [threading.Thread(target=self.use, args=one) for one in self.sessions]
        self.meter = Service({"/metrics": self.metrics})
        self.prometheus = prometheus(folder / "prometheus", f"127.0.0.1:{self.meter.port}")
        project.target("prometheus", self.prometheus.url, kind="prometheus", env="prod")
        for thread in self.threads:
            thread.start()

    def use(self, route, sql, session):
        while not self.ended.wait(0.2):
            began = time.monotonic()
            try:
                session.stdin.write(sql + "\n\\echo done\n")
                session.stdin.flush()
            except OSError:
                return
            if not any(line == "done\n" for line in session.stdout):
                return
            took = time.monotonic() - began
            at = next((number for number, most in enumerate(BUCKETS) if took <= most), len(BUCKETS))
            self.counts[route][at] += 1

    def metrics(self, _):
        lines = ["# TYPE http_request_duration_seconds histogram"]
        for route, counts in self.counts.items():
            for number, most in enumerate((*BUCKETS, "+Inf")):
                lines.append(f'http_request_duration_seconds_bucket{{route="{route}",le="{most}"}} {sum(counts[:number + 1])}')
        return 200, {"Content-Type": "text/plain"}, "\n".join(lines) + "\n"

    def p95(self):
        """Of all requests; -1 when Prometheus does not know yet."""
        path = "/api/v1/query?query=" + urllib.parse.quote(BY.format("le"))
        try:
            with urllib.request.urlopen(self.prometheus.url + path, timeout=10) as said:
                values = [float(one["value"][1]) for one in json.load(said)["data"]["result"]]
        except OSError:  # it is not ready yet
            return -1
        return values[0] if values and values[0] == values[0] else -1

    def until(self, holds, what):
        wait_until(lambda: holds(self.p95()), what, 60)
        return self

    def until_slow(self):
        return self.until(lambda p95: p95 > 0.75, "requests are slow")

    def until_fast(self):
        return self.until(lambda p95: 0 <= p95 < 0.4, "requests are fast")

    def in_public(self, text):
        return text.replace(str(self.prometheus.port), "9090")

    def stop(self):
        self.ended.set()
        for _, _, session in self.sessions:
            session.kill()
            session.wait(10)
        for thread in self.threads:
            thread.join(10)
        self.prometheus.stop()
        self.meter.stop()
