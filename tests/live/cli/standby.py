"""A real standby of a real PostgreSQL, fed by streaming replication; by itself, or as a unit of a real systemd."""

from postgres import AS_ROOT, BINARIES, Postgres, run
from servers import wait_until


class Standby(Postgres):
    """A copy of a running primary that follows it. `slot`: the slot of the primary's that keeps its WAL; it makes one."""

    def __init__(self, primary, tcp=False, start=True, slot=None, **settings):
        self.primary = primary
        self.make_folder()
        slots = ["-C", "-S", slot] if slot else []
        run(BINARIES / "pg_basebackup", "-D", self.data, "-R", "-X", "stream", "-c", "fast", "-h", primary.folder, "-p", primary.port, "-U", "postgres", *slots)
        self.configure(tcp, settings)
        if start:
            self.start()
            self.wait_until_fed()

    def in_public(self, text):
        return text.replace(str(self.folder), "/run/standby")

    def receives(self):
        return self.sql("SELECT status FROM pg_stat_wal_receiver") == "streaming"

    def wait_until_fed(self):
        wait_until(self.receives, f"the standby in {self.folder} is fed", 30)

    def as_unit(self, systemd, name):
        """Not started yet: systemd starts it."""
        who = "/usr/bin/setpriv --reuid=postgres --regid=postgres --clear-groups " if AS_ROOT else ""
        systemd.unit(name, Unit={"Description": "PostgreSQL, a standby"},
                     Service={"ExecStart": f"{who}{BINARIES / 'postgres'} -D {self.data}", "KillSignal": "SIGINT", "WorkingDirectory": "/"})
        systemd.ctl("daemon-reload")
        assert systemd.ctl("start", name).returncode == 0
        wait_until(self.is_up, f"the standby in {self.folder} answers", 30)
        self.wait_until_fed()

    def is_up(self):
        """Whoever started it."""
        try:
            run(BINARIES / "pg_isready", "-q", "-h", self.folder, "-p", self.port)
        except Exception:  # noqa: BLE001 - it is down
            return False
        return True
