"""A host with an nginx that is a unit of a real systemd: its files are in /etc/nginx and /var/log/nginx, which nobody but this host sees."""

import pathlib
import subprocess

from servers import free_port, wait_until
from sshd import Sshd
from systemd import Systemd, listens

CONF = """
pid {folder}/nginx.pid; error_log {folder}/log/error.log;
events {{ worker_connections 256; }}
http {{
  access_log {folder}/log/access.log;
  client_body_temp_path {folder}/tmp; proxy_temp_path {folder}/tmp; fastcgi_temp_path {folder}/tmp; uwsgi_temp_path {folder}/tmp; scgi_temp_path {folder}/tmp;
  {http}
  server {{ listen 127.0.0.1:{port}; {server} }}
}}
"""


class ProxyHost:
    """`files`: those of /etc/nginx, by name. `url`: where its nginx answers, with these directives in its server."""

    def __init__(self, folder, server, http="", **files):
        self.folder = pathlib.Path(folder)
        self.port = free_port()
        self.etc, self.log = self.folder / "etc", self.folder / "log"
        for place in (self.etc, self.log, self.folder / "tmp"):
            place.mkdir(parents=True)
        for name, text in files.items():
            (self.etc / name).write_text(text)
        (self.etc / "nginx.conf").write_text(CONF.format(folder=self.folder, port=self.port, server=server.format(etc=self.etc), http=http))
        self.systemd = Systemd(self.folder / "systemd")
        nginx = f"/usr/sbin/nginx -c {self.etc}/nginx.conf"
        self.systemd.unit("nginx.service", Service={"Type": "forking", "PIDFile": f"{self.folder}/nginx.pid", "ExecStart": nginx, "ExecReload": f"{nginx} -s reload"})
        self.systemd.ctl("daemon-reload")
        assert self.systemd.ctl("start", "nginx.service").returncode == 0, (self.log / "error.log").read_text()
        wait_until(lambda: listens(self.port), "nginx answers")
        mounts = f"mount --bind {self.etc} /etc/nginx && mkdir -p /var/log/nginx && mount --bind {self.log} /var/log/nginx && echo mounted && exec cat"
        self.keeper = subprocess.Popen(["unshare", "--mount", "sh", "-c", mounts], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.keeper.stdout.readline() == "mounted\n"
        before = ["nsenter", f"--target={self.keeper.pid}", "--mount"]
        self.sshd = Sshd(self.folder / "sshd", path=f"{self.systemd.bin}:/usr/bin:/bin", before=before)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def declare(self, project, name="proxy", **members):
        """The host, and the place where its nginx answers, as `site`."""
        project.targets[name] = {"kind": "ssh", "address": "127.0.0.1", "ssh_config": str(self.sshd.folder / "ssh_config"), **members}
        project.target("site", self.url, kind="http", **members)

    def in_public(self, text):
        return text.replace(str(self.port), "8443").replace(str(self.sshd.folder), "/etc/ssh").replace(str(self.folder), "/srv/proxy")

    def stop(self):
        self.sshd.stop()
        self.systemd.stop()
        self.keeper.kill()
        self.keeper.wait()
