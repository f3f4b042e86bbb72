"""What measures the requests of a service and sends its alerts: a real Prometheus and a real Alertmanager, which a project knows."""

import json
import urllib.parse
import urllib.request

from http_servers import Meter, alertmanager, prometheus
from servers import wait_until

ERRORS = "(sum(rate(http_requests_total{code=~'5..'}[5s])) or vector(0)) / sum(rate(http_requests_total[5s]))"
INPUTS = ["-p", "prometheus=prometheus", "-p", "alertmanager=alertmanager", "-p", f"errors={ERRORS}"]


def answer(server, path):
    with urllib.request.urlopen(server.url + path, timeout=10) as said:
        return json.load(said)


class Measuring:
    """Counts requests that come to the status that `ask` gives, five in a second."""

    def __init__(self, project, folder, ask, env="prod"):
        self.meter = Meter(ask)
        self.prometheus = prometheus(folder / "prometheus", f"127.0.0.1:{self.meter.port}")
        self.alertmanager = alertmanager(folder / "alertmanager")
        project.target("prometheus", self.prometheus.url, kind="prometheus", env=env)
        project.target("alertmanager", self.alertmanager.url, kind="alertmanager", env=env)

    def share(self):
        """The share of requests that fail; -1 when Prometheus does not know yet."""
        values = [float(one["value"][1]) for one in answer(self.prometheus, "/api/v1/query?query=" + urllib.parse.quote(ERRORS))["data"]["result"]]
        return values[0] if values and values[0] == values[0] else -1

    def until(self, share):
        wait_until(lambda: abs(self.share() - share) < 0.1, f"a share of {share} was counted", 30)
        return self

    def silences(self):
        return [(one["comment"], one["status"]["state"]) for one in answer(self.alertmanager, "/api/v2/silences")]

    def in_public(self, text):
        return text.replace(str(self.prometheus.port), "9090").replace(str(self.alertmanager.port), "9093")

    def stop(self):
        for server in (self.prometheus, self.alertmanager, self.meter):
            server.stop()
