"""Starts a program and writes down how much memory it needed at most, in KiB: peak.py FILE PROGRAM …

What a process has needed counts from its fork on, when it is as large as the one that forks: this one is small, whoever starts it.
"""

import os
import pathlib
import sys

child = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(child, 0)
pathlib.Path(sys.argv[1]).write_text(str(usage.ru_maxrss))
sys.exit(os.waitstatus_to_exitcode(status))
