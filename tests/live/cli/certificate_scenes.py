"""Certificates that end, for the recorded worlds of `cert-expiring`."""

from tls_proxy import TlsProxy


def proxy(stage, trusted=True, **more):
    proxy = TlsProxy(stage.folder / "proxy", **more)
    stage.others.append(proxy)
    proxy.declare(stage.project, trusted=trusted, env="prod")
    return proxy


def healthy(stage):
    stage.run("cert-expiring", "--dry-run", *proxy(stage, days=80).inputs)


def not_renewed(stage):
    it = proxy(stage)
    (it.folder / "pki" / "broken").touch()
    it.systemd.ctl("start", "renew.service")
    (it.folder / "pki" / "broken").unlink()
    stage.carry_out("cert-expiring", "renew", *it.inputs)


def never_renewed(stage):
    stage.run("cert-expiring", "--dry-run", *proxy(stage).inputs)


def no_timer(stage):
    it = proxy(stage)
    it.systemd.ctl("stop", "renew.timer")
    stage.carry_out("cert-expiring", "renew", *it.inputs)


def not_loaded(stage):
    it = proxy(stage)
    it.renew()
    stage.carry_out("cert-expiring", "reload", *it.inputs)


def not_trusted(stage):
    stage.run("cert-expiring", "--dry-run", *proxy(stage, trusted=False, days=80).inputs)


def unreachable(stage):
    it = proxy(stage)
    it.systemd.ctl("stop", "proxy.service")
    stage.run("cert-expiring", "--dry-run", *it.inputs)


SCENES = {
    "cert-expiring/healthy": healthy,
    "cert-expiring/not-renewed": not_renewed,
    "cert-expiring/never-renewed": never_renewed,
    "cert-expiring/no-timer": no_timer,
    "cert-expiring/not-loaded": not_loaded,
    "cert-expiring/not-trusted": not_trusted,
    "cert-expiring/unreachable": unreachable,
}
