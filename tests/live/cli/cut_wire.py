"""A TCP port in front of a server, which passes on so many bytes of what the server says, and then breaks off or falls silent."""

import socket
import threading


class CutWire:
    """`after`: bytes; None for all. `silent`: it says nothing more instead of closing. `reached` is set when it came to that."""

    def __init__(self, port, after=None, silent=False):
        self.to, self.after, self.silent = port, after, silent
        self.reached = threading.Event()
        self.passed = 0
        self.held = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.listener.close()
        for held in self.held:
            held.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.to))
            self.held += [client, server]
            threading.Thread(target=self._up, args=(client, server), daemon=True).start()
            threading.Thread(target=self._down, args=(server, client), daemon=True).start()

    def _up(self, client, server):
        try:
            while data := client.recv(65536):
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def _down(self, server, client):
        left = self.after
        try:
            while data := server.recv(65536):
                if left is not None and len(data) >= left:
                    client.sendall(data[:left])
                    self.passed += left
                    self.reached.set()
                    if not self.silent:
                        client.shutdown(socket.SHUT_RDWR)
                    return
                client.sendall(data)
                self.passed += len(data)
                left = None if left is None else left - len(data)
            client.shutdown(socket.SHUT_WR)
        except OSError:
            pass
