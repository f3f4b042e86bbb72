"""A host behind a real ufw with a real nginx, and clients with addresses of their own that come to it."""

import http.client
import shutil
import subprocess

from servers import wait_until
from walled_host import WalledHost

CONF = """
pid {folder}/nginx.pid; error_log {folder}/log/error.log; daemon off; master_process off;
events {{ worker_connections 1024; }}
http {{
  access_log /var/log/nginx/access.log;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen {address}:80; location / {{ return 200 "here\\n"; }} location /login {{ return 401; }} location /limited {{ return 429; }} }}
}}
"""


class CrowdedHost(WalledHost):
    """The inventory knows it as web-1, and its nginx as `shop`; its ufw lets everybody come to that."""

    def __init__(self, folder):
        super().__init__(folder)
        (self.folder / "log/nginx").mkdir(parents=True)
        self.shell(f"mount --bind {self.folder}/log /var/log")
        (self.folder / "nginx.conf").write_text(CONF.format(folder=self.folder, address=self.address))
        nginx = [shutil.which("nginx") or "/usr/sbin/nginx", "-c", str(self.folder / "nginx.conf")]
        self.others.append(subprocess.Popen([*self.words, *nginx], stdin=subprocess.DEVNULL))
        wait_until(lambda: ":80 " in self.shell("ss -ltn"), "nginx listens")
        self.ufw("allow", "80/tcp")
        self.clients = []

    def client(self, number):
        """The address of a client with that number, which comes by the same wire."""
        address = f"{self.here.rsplit('.', 1)[0]}.{number}"
        if number not in self.clients:
            self.clients.append(number)
            subprocess.run(["ip", "address", "add", f"{address}/24", "dev", self.wire], check=True)
        return address

    def ask(self, number, count=1, path="/"):
        """A client asks so often, all on one connection; the statuses of the answers. OSError for one that is kept out."""
        connection = http.client.HTTPConnection(self.address, 80, timeout=3, source_address=(self.client(number), 0))
        statuses = []
        for _ in range(count):
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            statuses.append(response.status)
        connection.close()
        return statuses

    def declare(self, project, **members):
        super().declare(project, **members)
        project.target("shop", f"http://{self.address}:80", kind="http", **members)

    def in_public(self, text):
        net = self.here.rsplit(".", 1)[0]
        for number in sorted(self.clients, reverse=True):
            text = text.replace(f"{net}.{number}", f"203.0.113.{number}")
        return super().in_public(text)
