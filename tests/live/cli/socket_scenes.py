"""Incidents of a proxy and the backend behind it that takes WebSockets, for the recorded worlds of websocket-storm."""

import base64
import os
import socket

from proxy_host import ProxyHost

LOCATION = "location / {{ proxy_pass http://127.0.0.1:%d; include {etc}/proxy_params; }}"
PASSED_ON = 'proxy_http_version 1.1;\nproxy_set_header Upgrade $http_upgrade;\nproxy_set_header Connection "upgrade";\n'
NOT_PASSED_ON = "proxy_set_header Host $http_host;\nproxy_set_header Connection close;\n"
WORDS = ["-p", "path=/socket", "-p", "site=site"]


def opened(port):
    """Asks for a WebSocket there; the status of the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        key = base64.b64encode(os.urandom(16)).decode()
        client.sendall(f"GET /socket HTTP/1.1\r\nHost: site\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode())
        return int(client.recv(4096).split()[1])


def storm(host, count):
    for _ in range(count):
        assert opened(host.port) == 101


def proxied(folder, backend, params):
    return ProxyHost(folder / "proxy", LOCATION % backend.port, proxy_params=params)


def pair(stage, params, proxied=proxied):
    stage.docker()
    backend = stage.engine.service("chat", health=False)
    stage.ports.append(backend.port)
    stage.project.container("chat", stage.engine, env="prod")
    stage.project.target("chat-direct", backend.url, kind="http", env="prod")
    host = proxied(stage.folder, backend, params)
    stage.others.append(host)
    host.declare(stage.project, env="prod")
    return host, backend


def well(stage):
    pair(stage, PASSED_ON + "proxy_read_timeout 1h;\n")
    stage.run("websocket-storm", "--dry-run", *WORDS, "-p", "direct=chat-direct")


def not_passed_on(stage):
    host, _ = pair(stage, NOT_PASSED_ON)
    assert opened(host.port) != 101
    stage.carry_out("websocket-storm", "pass-them-on", *WORDS, "-p", "direct=chat-direct")


def short_timeout(stage):
    host, _ = pair(stage, PASSED_ON)
    storm(host, 60)
    stage.carry_out("websocket-storm", "raise-timeout", *WORDS, "-p", "window=10s")


def ends_often(stage):
    host, _ = pair(stage, PASSED_ON + "proxy_read_timeout 10m;\n")
    storm(host, 60)
    stage.run("websocket-storm", "--dry-run", *WORDS, "-p", "window=10s")


def backend_refuses(stage):
    _, backend = pair(stage, PASSED_ON)
    backend.get("/break-sockets")
    stage.carry_out("websocket-storm", "restart-backend", *WORDS, "-p", "direct=chat-direct")


def nobody_knows_past_it(stage):
    _, backend = pair(stage, PASSED_ON)
    backend.get("/break-sockets")
    stage.run("websocket-storm", "--dry-run", *WORDS)


def in_the_site(stage):
    """The proxy has all in one file, with its blocks."""
    def proxied(folder, backend, params):
        site = f"location / {{\n  proxy_pass http://chat;\n{params}}}\n"  # without a port, which a world has otherwise, and its hash has not
        return ProxyHost(folder / "proxy", "include {etc}/site.conf;", f"upstream chat {{ server 127.0.0.1:{backend.port}; }}", **{"site.conf": site})
    pair(stage, "  proxy_set_header Host $http_host;\n", proxied)
    stage.carry_out("websocket-storm", "pass-them-on", *WORDS, "-p", "settings=/etc/nginx/site.conf")


SCENES = {
    "websocket-storm/in-the-site": in_the_site,
    "websocket-storm/nobody-knows-past-it": nobody_knows_past_it,
    "websocket-storm/well": well,
    "websocket-storm/not-passed-on": not_passed_on,
    "websocket-storm/short-timeout": short_timeout,
    "websocket-storm/ends-often": ends_often,
    "websocket-storm/backend-refuses": backend_refuses,
}
