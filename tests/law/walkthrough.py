"""A reader who follows a document word by word, from an empty folder: saves each file that it shows and types each command.

A block is a file when the line above it ends in its name, as in "`inventory.toml`:". In a `console` block what stands
behind `$ ` is typed, and the lines below it are what is seen. `walked` gives the document with what is seen now.

The document's Redis listens on port 6390, which another may have by now: the reader takes a free one, and reads 6390.
"""

import os
import pathlib
import re
import signal
import subprocess
import tempfile

import generated
import tree

DOCUMENTS = ["docs/writing-playbooks.md"]
PORT, HOME = "6390", "/home/you/runbooks"
FENCE = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
RUN = re.compile(r"\b\d{8}-\d{6}-\w{4}\b")


def file_of(document, begin):
    """The name of the file that the block beginning there shows; None when it shows none."""
    above = re.sub(r"<!-- [^>]* -->\n?", "", document[:begin]).rstrip().rsplit("\n", 1)[-1]
    named = re.search(r"`([\w./-]+\.\w+)`:$", above)
    return named and named[1]


class Reader:
    def __init__(self, folder):
        self.folder, self.port, self.background = folder, str(generated.servers.free_port()), []
        self.last_run = ""

    def save(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace(PORT, self.port))

    def type(self, command):
        """What is seen, and the exit code."""
        words = command.replace(PORT, self.port)
        if words.endswith("&"):
            return self.start(words.removesuffix("&")), 0
        done = subprocess.run(["bash", "-c", words], cwd=self.folder, env=generated.environment(), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
        self.last_run = (RUN.findall(done.stdout) or [self.last_run])[-1]
        return done.stdout.replace(str(self.folder), HOME).replace(self.port, PORT), done.returncode

    def start(self, words):
        """In the background; gives nothing to see, and waits until it is there, as a reader would."""
        before = self.connections()
        self.background.append(subprocess.Popen(["bash", "-c", f"exec {words}"], cwd=self.folder, env=generated.environment(),
                                                stdin=subprocess.DEVNULL, start_new_session=True))
        crowd = re.search(r"-c (\d+)", words)
        wanted = before + int(crowd[1]) if crowd else 1
        generated.servers.wait_until(lambda: self.connections() >= wanted, words)
        return ""

    def connections(self):
        asked = subprocess.run(["redis-cli", "-p", self.port, "info", "clients"], capture_output=True, text=True, timeout=10)
        found = re.search(r"connected_clients:(\d+)", asked.stdout)
        return int(found[1]) if found else 0

    def leave(self):
        for process in self.background:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=10)


def seen_in(reader, session):
    """A console block with what is seen now; as it stands, when that says the same."""
    out = ""
    for command in re.findall(r"^\$ (.*)$", session, re.MULTILINE):
        command = RUN.sub(lambda _: reader.last_run, command)  # a run that is named is the one that was seen last
        now, code = reader.type(command)
        assert code == 0 or "✗" in now, f"{command}\nexits {code}:\n{now}"
        out += f"$ {command}\n" + "".join(line.rstrip() + "\n" for line in now.splitlines())
    return session if generated.normalised(out) == generated.normalised(session) else out


def walked(path):
    """The document as it has to be."""
    document, out, at = tree.text(path), "", 0
    with tempfile.TemporaryDirectory(prefix="runbook-") as name:
        reader = Reader(pathlib.Path(name))
        try:
            for block in FENCE.finditer(document):
                text = block["text"]
                if file := file_of(document, block.start()):
                    reader.save(file, text)
                if block["language"] == "console":
                    text = seen_in(reader, text)
                out += document[at:block.start("text")] + text
                at = block.end("text")
        finally:
            reader.leave()
    return out + document[at:]
