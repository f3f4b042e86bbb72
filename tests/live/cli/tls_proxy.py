"""A host whose nginx shows a certificate that a unit renews: a real sshd, systemd and nginx, with a CA of our own."""

import json
import subprocess

from servers import Certificates, free_port, wait_until
from sshd import Sshd
from systemd import Systemd

NGINX = """
daemon off; worker_processes 1; pid nginx.pid; error_log error.log;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
  server {{ listen 127.0.0.1:{port} ssl; ssl_certificate pki/server.crt; ssl_certificate_key pki/server.key; return 200 "shop"; }}
}}
"""

RENEW = """#!/bin/sh
cd {folder}/pki
if [ -e broken ]; then echo "the authority refuses: too many requests" >> ../renewal.log; exit 1; fi
openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -days {days} -extfile names -out new.crt 2>> ../renewal.log && mv new.crt server.crt
"""

# nginx reads its configuration anew some time after it was told to; this is over when clients see it.
RELOAD = """#!/bin/sh
serial() {{ openssl x509 -noout -serial "$@"; }}
shown() {{ openssl s_client -connect 127.0.0.1:{port} -servername localhost < /dev/null 2> /dev/null | serial; }}
kill -HUP $1
until [ "$(shown)" = "$(serial -in {folder}/pki/server.crt)" ]; do sleep 0.05; done
"""

# What systemd's journal would hold of the renewal.
JOURNALCTL = """
[ -e {folder}/renewal.log ] || exit 0
while read -r line; do
  printf '{{"__REALTIME_TIMESTAMP":"1795264802075511","PRIORITY":"6","_SYSTEMD_UNIT":"renew.service","MESSAGE":"%s"}}\\n' "$line"
done < {folder}/renewal.log
"""


class TlsProxy:
    """The host is `web-host` in the inventory, and the site `site`. At first the certificate has `days` left."""

    def __init__(self, folder, days=2, renews_for=90):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.pki, self.port = Certificates(folder / "pki"), free_port()
        (folder / "tmp").mkdir()
        (folder / "nginx.conf").write_text(NGINX.format(port=self.port))
        self.renewal, reload = folder / "renew", folder / "reload"
        self.renewal.write_text(RENEW.format(folder=folder, days=renews_for))
        reload.write_text(RELOAD.format(folder=folder, port=self.port))
        for script in (self.renewal, reload):
            script.chmod(0o755)
        if days != 2:
            self.renew(days)
        self.systemd = Systemd(folder / "systemd")
        # systemd forgets what became of a unit that no other one names.
        self.systemd.unit("proxy.service", Unit={"After": "renew.service"}, Service={"ExecStart": f"/usr/sbin/nginx -p {folder} -c nginx.conf", "ExecReload": f"{reload} $MAINPID"})
        self.systemd.unit("renew.service", Service={"Type": "oneshot", "ExecStart": self.renewal})
        self.systemd.unit("renew.timer", Timer={"OnCalendar": "yearly", "Unit": "renew.service"})
        self.systemd.write_program("journalctl", JOURNALCTL.format(folder=folder))
        self.systemd.ctl("daemon-reload")
        for unit in ("proxy.service", "renew.timer"):
            started = self.systemd.ctl("start", unit)
            assert started.returncode == 0, started
        self.sshd = Sshd(folder / "sshd", path=f"{self.systemd.bin}:/usr/bin:/bin")
        wait_until(self.shown, "the site is served")

    def renew(self, days=None):
        """Renews it on the disk alone, for that many days or as the unit does."""
        script = self.renewal.read_text()
        if days is not None:
            self.renewal.write_text(script.replace("-days 90", f"-days {days}"))
        subprocess.run([self.renewal], check=True)
        self.renewal.write_text(script)

    def shown(self):
        """The end of the certificate that clients are shown; nothing when none is."""
        asked = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", "-servername", "localhost"], stdin=subprocess.DEVNULL,
                               capture_output=True)
        told = subprocess.run(["openssl", "x509", "-noout", "-enddate"], input=asked.stdout, capture_output=True)
        return told.stdout.decode().strip()

    def declare(self, project, trusted=True, **members):
        """Adds both to an inventory, and to the list of looks that the certificate may be read where it lies here."""
        project.target("web-host", kind="ssh", address="127.0.0.1", ssh_config=str(self.sshd.folder / "ssh_config"), **members)
        del project.targets["web-host"]["url"]
        project.target("site", f"https://localhost:{self.port}", kind="http", **({"ca_file": self.pki.ca} if trusted else {}), **members)
        with open(project.root / "runbook.toml", "a", encoding="utf-8") as config:
            config.write(f'\n[commands.site-certificate]\nforms = ["openssl x509 -in SITE"]\n[kinds.SITE]\npaths = {json.dumps([str(self.folder) + "/**"])}\n')

    @property
    def inputs(self):
        return ["-p", f"file={self.pki.certificate}", "-p", "renewal=renew.service", "-p", "timer=renew.timer", "-p", "proxy=proxy.service"]

    def in_public(self, text):
        return text.replace(f":{self.port}", ":443").replace(f"{self.folder}/pki/server.crt", "/etc/nginx/site.pem").replace(str(self.folder), "/etc/nginx")

    def stop(self):
        self.sshd.stop()
        self.systemd.stop()
