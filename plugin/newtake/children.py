"""Programs that this process has started: none outlives it, where it can do anything at its end.

They lead groups of their own, so that a terminal's Ctrl-C ends them in order and not at once. So a
process that is killed outright (SIGKILL, a power cut) leaves them to end by themselves.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_RUNNING: set[int] = set()
_BEGINNING: set[object] = set()
"""One for each program that is being started, and of which nobody knows the number yet."""
_afterwards: list[Callable[[], object]] = []


@contextmanager
def beginning() -> Iterator[None]:
    """The time in which a program is started: from before it can exist until `child` knows it.

    An end that is asked for meanwhile comes when this is left.
    """
    token = object()
    _BEGINNING.add(token)
    try:
        yield
    finally:
        # In this order: who asks for the end looks the other way round.
        _BEGINNING.discard(token)
        if _afterwards and not _BEGINNING:
            _end()


@contextmanager
def child(pid: int) -> Iterator[None]:
    """The time in which a program runs that leads a process group of its own."""
    _RUNNING.add(pid)
    try:
        yield
    finally:
        _RUNNING.discard(pid)


def end_children(afterwards: Callable[[], object], *, known_only: bool = False) -> None:
    """End them all at once, without waiting; for a signal's handler in a process about to end.

    Args:
        afterwards: Ends the process. Called before this returns; where a program is being started
            at this moment, by whoever starts it, as soon as it can be ended too.
        known_only: Not to wait for that.
    """
    _afterwards.append(afterwards)
    if known_only or not _BEGINNING:
        _end()


def _end() -> None:
    for pid in tuple(_RUNNING):
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(pid, signal.SIGKILL)
            else:
                # On Windows this ends the process itself.
                os.kill(pid, signal.SIGTERM)
    for afterwards in _afterwards:
        afterwards()
