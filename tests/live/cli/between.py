"""Something between runbook and a Docker Engine: passes everything on, and does what a test wants at one call."""

import os
import pathlib
import socket
import threading
import time


class Between:
    """A socket that leads to the engine. `at(call, act)`: when the answer to a change whose path holds `call` has come
    back, and before it is passed on, `act()` is called, once."""

    def __init__(self, engine, folder):
        self.engine = engine
        self.path = pathlib.Path(folder) / "between.sock"
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.listener.listen(64)
        self.call = self.act = None
        self.early = False
        self.late = 0
        self.is_let_through, self.heard = False, threading.Event()
        self.is_cut = False
        self.refused, self.left = None, 0
        self.acted = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self):
        return f"unix://{self.path}"

    def cut(self):
        """From now on nobody gets through, and whoever did hears no more."""
        self.is_cut = True

    def mend(self):
        self.is_cut = False

    def refuse(self, read, after):
        """Who asks this more often than that hears no answer."""
        self.refused, self.left = read.encode(), after

    def at(self, call, act):
        self.call, self.act = call.encode(), act

    def before(self, call, act):
        """`act()` is called before such a change reaches the engine, which it then never does."""
        self.at(call, act)
        self.early = True

    def late_after(self, call, act, seconds):
        """`act()` is called before such a change reaches the engine, which it does that much later."""
        self.at(call, act)
        self.late = seconds

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            if self.is_cut:
                client.close()
                continue
            engine = socket.socket(socket.AF_UNIX)
            try:
                engine.connect(self.engine.socket)
            except OSError:
                client.close()
                continue
            hit = threading.Event()
            threading.Thread(target=self._pass, args=(client, engine, self._watch, hit), daemon=True).start()
            threading.Thread(target=self._pass, args=(engine, client, self._strike, hit), daemon=True).start()

    def _watch(self, data, hit):
        line = data.split(b"\r\n", 1)[0]
        if self.call and not line.startswith(b"GET") and self.call in line:
            hit.set()
            if self.late and self.act:
                self._strike(data, hit)
                time.sleep(self.late)
                self.is_let_through = True
            if self.early:
                self._strike(data, hit)
                raise ConnectionError("lost, as the test wants it")
        if self.refused and self.refused in line:
            self.left -= 1
            if self.left < 0:
                raise ConnectionError("refused, as the test wants it")

    def _strike(self, data, hit):
        if self.is_let_through:
            self.heard.set()
        if hit.is_set() and self.act:
            act, self.act = self.act, None
            act()
            self.acted.set()

    def _pass(self, source, sink, look, hit):
        try:
            while data := source.recv(65536):
                look(data, hit)
                if self.is_cut:
                    break
                sink.sendall(data)
                if look == self._watch and self.is_let_through:
                    self.heard.wait(timeout=10)  # or the engine would see who asked leave before it began
        except OSError:
            pass
        for one in (source, sink):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self.listener.close()
        os.unlink(self.path)
