"""Programs that this process has started: none outlives it, where it can do anything at its end.

They lead groups of their own, so that a terminal's Ctrl-C ends them in order and not at once. So a
process that is killed outright (SIGKILL, a power cut) leaves them to end by themselves.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_RUNNING: set[int] = set()


@contextmanager
def child(pid: int) -> Iterator[None]:
    """The time in which a program runs that leads a process group of its own."""
    _RUNNING.add(pid)
    try:
        yield
    finally:
        _RUNNING.discard(pid)


def end_children() -> None:
    """End them all at once, without waiting; for a process that is about to end itself."""
    for pid in tuple(_RUNNING):
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(pid, signal.SIGKILL)
            else:
                # On Windows this ends the process itself.
                os.kill(pid, signal.SIGTERM)
