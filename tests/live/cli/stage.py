"""A stage for runs of the playbooks that the repository ships: a project, and real servers that end with it."""

import json
import pathlib
import signal

from project import CATALOGUE, Project
from servers import Redis, free_port

LESSONS = CATALOGUE.parent / "examples" / "lessons"


class Stage:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.project = Project(self.folder / "project")
        folders = json.dumps([str(CATALOGUE), str(LESSONS)])
        (self.project.root / "runbook.toml").write_text(f'inventory = "inventory.toml"\nplaybooks = {folders}\nstate = "state"\n')
        self.servers, self.crowd = [], []

    def redis(self, *options, **more):
        folder = more.pop("folder", self.folder / f"redis-{len(self.servers)}")
        server = Redis(folder, *options, port=free_port(), **more)
        self.servers.append(server)
        return server

    def cache(self, *options, env="prod", **more):
        """A server that the inventory knows as cache-1."""
        server = self.redis(*options, **more)
        self.project.target("cache-1", server.url, env=env)
        return server

    def fill(self, server, connections):
        """Opens connections that stay and say nothing."""
        self.crowd += [server.connect() for _ in range(connections)]

    def empty(self):
        for connection in self.crowd:
            connection.close()
        self.crowd = []

    def run(self, *words, **more):
        return self.project.run("run", *words, **more)

    def carry_out(self, book, mitigation, *words):
        """A dry run, and the run that its digest approves."""
        plan = self.run(book, "--dry-run", "--mitigate", mitigation, *words, "-o", "json").json["plans"][0]
        level3 = ["--confirm", "cache-1", "--reason", "recording"] if plan["level"] == 3 else []
        return self.run(book, "--mitigate", mitigation, *words, "--approve", plan["digest"], *level3)

    def close(self):
        self.empty()
        for server in self.servers:
            server.process.send_signal(signal.SIGCONT)
            server.stop()
