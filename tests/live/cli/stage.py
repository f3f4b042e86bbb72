"""A stage for runs of the playbooks that the repository ships: a project, and real servers that end with it."""

import json
import pathlib
import signal

from dockerd import Docker
from http_servers import nginx
from measuring import Measuring
from postgres import Postgres, Template
from project import CATALOGUE, Project
from servers import Redis, free_port
from small_host import SmallHost
from sshd import Sshd
from systemd import Systemd
from walled_host import WalledHost

LESSONS = CATALOGUE.parent / "examples" / "lessons"


class Stage:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.project = Project(self.folder / "project")
        folders = json.dumps([str(CATALOGUE), str(LESSONS)])
        (self.project.root / "runbook.toml").write_text(f'inventory = "inventory.toml"\nplaybooks = {folders}\nstate = "state"\n')
        self.servers, self.crowd, self.ports, self.others = [], [], [], []
        self.measuring, self.engine, self.edge, self.host, self.systemd, self.walled = None, None, None, None, None, None
        self.template, self.database = None, None

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

    def docker(self):
        """A Docker Engine with the releases 1.4.2 and 1.5.0 of shop/api, of which the newer one never gets ready."""
        self.engine = Docker(self.folder / "docker")
        self.engine.make_lab()
        self.engine.add_service("shop/api:1.4.2")
        self.engine.add_service("shop/api:1.5.0", ["READY_AFTER=86400"], newer_than="shop/api:1.4.2")
        return self.engine

    def instance(self, name, image="shop/api:1.4.2", **more):
        """A container that the inventory knows by that name, with the tag `backend`."""
        container = self.engine.service(name, image, **more)
        self.ports.append(container.port)
        self.project.container(name, self.engine, env="prod", tags=["backend"])
        return container

    def contained_cache(self, *options, **more):
        """A Redis in a container, which the inventory knows as cache-1 in cache-box."""
        container = self.engine.redis("cache-box", *options, **more)
        self.ports.append(container.port)
        self.project.container("cache-box", self.engine, env="prod")
        self.project.target("cache-1", container.url, container="cache-box")
        return container

    def in_front_of(self, *instances):
        """What their users reach, as the inventory's `api`."""
        peers = " ".join(f"server 127.0.0.1:{one.port} max_fails=0;" for one in instances)
        self.edge = nginx(self.folder / "edge", upstream=peers)
        self.project.target("api", self.edge.url, kind="http", env="prod", health="/health")

    def measured(self, ask):
        """What measures the requests of `api`, and what sends its alerts, as the inventory's `prometheus` and `alertmanager`."""
        self.measuring = Measuring(self.project, self.folder, ask)
        return self.measuring

    def managed_cache(self, *options):
        """A Redis that is a unit of a real systemd, on a host that the inventory knows as cache-host; the Redis is cache-1."""
        self.systemd = Systemd(self.folder / "systemd")
        port = free_port()
        self.systemd.redis("redis-server.service", port, *options)
        self.ports.append(port)
        self.host = Sshd(self.folder / "sshd", path=f"{self.systemd.bin}:/usr/bin:/bin")
        self.project.targets["cache-host"] = {"kind": "ssh", "address": "127.0.0.1", "ssh_config": str(self.host.folder / "ssh_config"), "env": "prod"}
        self.project.target("cache-1", f"redis://127.0.0.1:{port}", host="cache-host")
        return self.systemd

    def postgres(self, **more):
        """A PostgreSQL that the inventory knows as shop-db."""
        self.template = Template()
        self.database = Postgres(self.template, **more)
        self.project.target("shop-db", self.database.url(""), kind="postgres", user="looker", change_user="changer")
        return self.database

    def small_host(self, **more):
        """A host with a disk of 16 MiB at /var/log, which the inventory knows as web-1."""
        self.host = SmallHost(self.folder / "host", **more)
        self.project.targets["web-1"] = {"kind": "ssh", "address": "127.0.0.1", "ssh_config": str(self.host.folder / "ssh_config"), "env": "prod"}
        self.project.write_inventory()
        return self.host

    def walled_host(self, listens=True, port=None):
        """A host behind ufw, web-1, with a service `shop` that listens; gives both it and the port of that."""
        self.walled = WalledHost(self.folder / "walled")
        self.others.append(self.walled)
        self.walled.declare(self.project, env="prod")
        port = self.walled.web(port) if listens else free_port()
        self.service(f"http://{self.walled.address}:{port}")
        self.walled.ports.append(port)
        return self.walled, port

    def service(self, url):
        self.project.target("shop", url, kind="http", env="prod")

    def run(self, *words, ends=(0, 11), **more):
        done = self.project.run("run", *words, **more)
        assert done.code in ends, done
        return done

    def carry_out(self, book, mitigation, *words, **more):
        """A dry run, and the run that its digest approves."""
        plan = self.run(book, "--dry-run", "--mitigate", mitigation, *words, "-o", "json", **more).json["plans"][0]
        targets = sorted({change["target"] for change in plan["changes"]})
        level3 = [*(word for name in targets for word in ("--confirm", name)), "--reason", "recording"] if plan["level"] == 3 else []
        return self.run(book, "--mitigate", mitigation, *words, "--approve", plan["digest"], *level3, timeout=240, **more)

    def in_public(self, text):
        """The same without the ports and folders that things have here."""
        if self.engine:
            text = text.replace(self.engine.socket, "/var/run/docker.sock")
            for number, port in enumerate([*([self.edge.port] if self.edge else []), *self.ports]):
                text = text.replace(str(port), str(8080 + number))
        if self.measuring:
            text = self.measuring.in_public(text)
        if self.host:
            text = text.replace(str(self.host.folder), "/etc/ssh")
        if self.database:
            text = text.replace(f"?host={self.database.folder}&port={self.database.port}", "?host=/run/postgresql")
            text = text.replace(f"{self.database.folder}/.s.PGSQL.{self.database.port}", "/run/postgresql/.s.PGSQL.5432")
        for other in self.others:
            text = other.in_public(text)
        for server in self.servers:
            text = text.replace(f":{server.port}", ":6379").replace(str(server.folder), "/var/lib/redis")
        return text.replace(str(self.folder), "/etc/redis")

    def close(self):
        self.empty()
        for other in self.others:
            other.stop()
        if self.measuring:
            self.measuring.stop()
        if self.edge:
            self.edge.stop()
        if self.host:
            self.host.stop()
        if self.systemd:
            self.systemd.stop()
        if self.database:
            self.database.stop()
            self.template.remove()
        if self.engine:
            self.engine.stop()
        for server in self.servers:
            server.process.send_signal(signal.SIGCONT)
            server.stop()
