"""The `newtake` process that the add-on starts: lines of it come in, lines go out, its end is seen.

Nothing here waits: threads read and write, and the main thread takes what has come. The process
outlives Blender where work is under way: its takes then wait.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
from collections import deque
from pathlib import Path
from queue import Queue

_OURS_ALONE = (
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "PYTHONEXECUTABLE",
    "PYTHONPLATLIBDIR",
    "__PYVENV_LAUNCHER__",
)
"""What is set for Blender's own Python would break the Python of another environment."""
_TOLD_BYTES = 2000


class Child:
    """A running newtake; `start` may raise OSError."""

    def __init__(self, words, home=""):
        environment = {key: value for key, value in os.environ.items() if key not in _OURS_ALONE}
        if home:
            environment["NEWTAKE_HOME"] = home
        # A file, which stays writable for it when Blender has ended.
        self._told = tempfile.TemporaryFile()  # noqa: SIM115 (it is kept open)
        apart = {"start_new_session": True}
        if sys.platform == "win32":
            apart = {
                "creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
            }
        self._process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._told,
            env=environment,
            cwd=str(Path.home()),
            close_fds=True,
            **apart,
        )
        self._came = deque()
        self._going = Queue()
        self._ended = threading.Event()
        for work in (self._read, self._write):
            threading.Thread(target=work, name="new-take-pipe", daemon=True).start()

    @property
    def has_ended(self):
        """Whether no more lines will come."""
        return self._ended.is_set() and not self._came

    def line(self):
        """A line that has come, or None. Waits for none."""
        return self._came.popleft() if self._came else None

    def put(self, line):
        self._going.put(line.encode())

    def let_go(self):
        """Close the way to it: it goes on with what is under way, then ends by itself."""
        self._going.put(None)

    def last_words(self):
        """What it said of its end."""
        try:
            size = self._told.seek(0, os.SEEK_END)
            self._told.seek(max(0, size - _TOLD_BYTES))
            return self._told.read().decode("utf-8", "replace").strip()
        except (OSError, ValueError):
            return ""

    def _read(self):
        try:
            for line in self._process.stdout:
                self._came.append(line.decode("utf-8", "replace"))
        except (OSError, ValueError):
            pass
        self._ended.set()
        # So that the system can forget it.
        self._process.wait()

    def _write(self):
        pipe = self._process.stdin
        try:
            while True:
                line = self._going.get()
                if line is None:
                    break
                pipe.write(line)
                pipe.flush()
        except (OSError, ValueError):
            pass
        finally:
            with contextlib.suppress(OSError):
                pipe.close()
