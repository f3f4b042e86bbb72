"""HTTP services for the tests, on loopback: one in Python that answers what it is told and keeps what it heard, and a real nginx."""

import collections
import contextlib
import http.server
import json
import shutil
import socket
import ssl
import subprocess
import threading
import urllib.error
import urllib.request

from servers import free_port, wait_until


class Service:
    """Answers by path: pages["/x"] is (status, headers, body), or a function of the request that gives one, or None to say nothing."""

    def __init__(self, pages=None, tls=None):
        self.pages, self.heard = dict(pages or {}), []
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                length = int(self.headers.get("Content-Length") or 0)
                request = {"method": self.command, "path": self.path, "headers": dict(self.headers), "body": self.rfile.read(length).decode()}
                service.heard.append(request)
                page = service.pages.get(self.path.split("?")[0], (404, {}, "no such page"))
                page = page(request) if callable(page) else page
                if page is None:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                status, headers, body = page
                data = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
                self.send_response(status)
                kind = {} if isinstance(body, (str, bytes)) else {"Content-Type": "application/json"}
                pairs = list({**kind, **headers}.items()) if isinstance(headers, dict) else headers
                for name, value in [*pairs, ("Content-Length", len(data))]:
                    self.send_header(name, str(value))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(data)

            do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls.certificate, tls.key)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.url = f"https://localhost:{self.port}" if tls else f"http://127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def asked(self, method=None):
        return [f"{request['method']} {request['path']}" for request in self.heard if method in (None, request["method"])]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(timeout=10)


class Program:
    """A server program in a folder of its own, on a port of its own; up when the port accepts."""

    def __init__(self, folder, argv, port):
        self.port, self.url = port, f"http://127.0.0.1:{port}"
        self.log = folder / "log"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(argv, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until(self._accepts, f"{argv[0]} accepts connections", seconds=30)

    def _accepts(self):
        assert self.process.poll() is None, self.log.read_text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def stop(self):
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=10)
        self.process.kill()
        self.process.wait(timeout=10)


class Meter(Service):
    """Shows what requests came to, for a Prometheus. Each time that it is looked at, one more came to the status that `ask` gives."""

    def __init__(self, ask):
        self.counts = collections.Counter()

        def metrics(_):
            self.counts[ask()] += 1
            lines = [f'http_requests_total{{code="{code}"}} {count}' for code, count in sorted(self.counts.items())]
            return 200, {"Content-Type": "text/plain"}, "# TYPE http_requests_total counter\n" + "\n".join(lines) + "\n"

        super().__init__({"/metrics": metrics})


def status_of(url):
    """What a user gets there; 502 of nobody."""
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return answer.status
    except urllib.error.HTTPError as answer:
        return answer.code
    except OSError:
        return 502


def prometheus(folder, *places, rules="groups: []"):
    """One that looks at these places (host and port) five times in a second."""
    folder.mkdir(exist_ok=True)
    (folder / "rules.yml").write_text(rules)
    (folder / "prometheus.yml").write_text(
        "global: {scrape_interval: 200ms, scrape_timeout: 200ms, evaluation_interval: 200ms}\nrule_files: [rules.yml]\n"
        f"scrape_configs: [{{job_name: api, static_configs: [{{targets: {list(places)}}}]}}]\n")
    port = free_port()
    return Program(folder, [shutil.which("prometheus"), "--config.file=prometheus.yml", "--storage.tsdb.path=data",
                            f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"], port)


def alertmanager(folder):
    folder.mkdir(exist_ok=True)
    (folder / "alertmanager.yml").write_text("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
    port = free_port()
    return Program(folder, [shutil.which("prometheus-alertmanager"), "--config.file=alertmanager.yml", "--storage.path=data",
                            f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="], port)


NGINX = """
daemon off; master_process off; pid nginx.pid; error_log stderr;
events {{ worker_connections 256; }}
http {{
  access_log off; default_type text/plain; {upstream}
  client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
  server {{ listen 127.0.0.1:{port}; root html; keepalive_requests 100000; {locations} }}
}}
"""


def nginx(folder, locations="", pages=None, upstream=""):
    """Serves `pages`; with an `upstream`, the servers of one, it passes everything on to them."""
    port = free_port()
    if upstream:
        upstream, locations = f"upstream instances {{ {upstream} }}", "location / { proxy_pass http://instances; }" + locations
    (folder / "html").mkdir(parents=True)
    (folder / "tmp").mkdir()
    for name, text in (pages or {"index.html": "hello\n"}).items():
        (folder / "html" / name).write_text(text)
    (folder / "nginx.conf").write_text(NGINX.format(port=port, locations=locations, upstream=upstream))
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    return Program(folder, [program, "-p", str(folder), "-c", "nginx.conf"], port)
