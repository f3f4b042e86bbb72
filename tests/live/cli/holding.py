"""A way to a Redis on which one command is held until somebody lets it go: a run with a call in hand, for as long as a test likes."""

import contextlib
import pathlib
import socket
import threading


class Holding:
    """Forwards all bytes between its own unix socket and the server's; holds the command of these words until `let_go`."""

    def __init__(self, server, folder, *words):
        self.needle = b"*%d" % len(words) + b"".join(b"\r\n$%d\r\n%s" % (len(word), word.encode()) for word in words)
        self.server, self.path = server, str(pathlib.Path(folder) / "held.sock")
        self.holding, self.gone_on = threading.Event(), threading.Event()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self):
        return f"unix://{self.path}"

    def let_go(self):
        self.gone_on.set()

    def close(self):
        self.let_go()
        self.listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client = self.listener.accept()[0]
                server = socket.socket(socket.AF_UNIX)
                server.connect(self.server.socket)
                for source, sink in ((client, server), (server, client)):
                    threading.Thread(target=self._forward, args=(source, sink), daemon=True).start()

    def _forward(self, source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if self.needle in data:
                    self.holding.set()
                    self.gone_on.wait()
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
