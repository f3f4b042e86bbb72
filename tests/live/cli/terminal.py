"""An operator at a real pseudo-terminal."""

import io
import re

import pexpect

CHOOSE, APPROVE, REASON, LIMIT = "Number or letter, q quits: ", "anything else is no: ", "Reason, for the record: ", "new maxmemory"


class Terminal:
    """runbook in a pseudo-terminal of 80 columns, without colours unless `env` says otherwise."""

    def __init__(self, project, *words, env=None, program=None):
        argv = program or project.argv(*words)
        environment = project.environment(**({"NO_COLOR": "1"} if env is None else env))
        self.child = pexpect.spawn(argv[0], argv[1:], cwd=str(project.root), env=environment, dimensions=(24, 80), encoding="utf-8", timeout=20)
        # A question stands only after all earlier input was thrown away, so nobody has to wait before an answer.
        self.child.delaybeforesend = None
        self.log = self.child.logfile_read = io.StringIO()

    def see(self, text):
        self.child.expect_exact(text)
        return self

    def type(self, text):
        self.child.send(text)
        return self

    def answer(self, line=""):
        return self.type(line + "\n")

    def interrupt(self):
        self.child.sendintr()
        return self

    def end(self):
        """The exit code, after everything was read."""
        self.child.expect(pexpect.EOF)
        self.child.close()
        return self.child.exitstatus if self.child.signalstatus is None else 128 + self.child.signalstatus

    @property
    def text(self):
        """What stood on the screen, line by line; progress that was wiped away again left out."""
        return re.sub(r"[^\n]*\r\x1b\[K", "", self.log.getvalue()).replace("\r\n", "\n")
