"""Ctrl-C: once ends in order, twice at once."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import ParamSpec, TypeVar

import anyio

from newtake import bootstrap

T = TypeVar("T")
P = ParamSpec("P")

_INTERRUPTED = 130
_CLEARING = "\nEnding: programs are stopped, part files removed. Ctrl-C again ends at once.\n"
_AT_ONCE = "\nEnded at once. Nothing journalled is lost; `newtake jobs resume --all` goes on.\n"


def run(function: Callable[P, Awaitable[T]], *arguments: P.args, **named: P.kwargs) -> T:
    """Run to the end on an event loop, as `anyio.run` does.

    Raises:
        KeyboardInterrupt: After Ctrl-C, when everything begun has been cleared up. A second one
            does not wait for that: the process ends, with its children, by code 130.
    """

    async def main() -> T:
        _end_at_the_second()
        return await function(*arguments, **named)

    try:
        return anyio.run(main)
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _end_at_the_second() -> None:
    """Set before the loop's own handler, which cancels the work at the first."""
    cancel = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(cancel):
        return
    interrupted = False

    def on_interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal interrupted
        if interrupted:
            bootstrap.end_children()
            _say(_AT_ONCE)
            os._exit(_INTERRUPTED)
        interrupted = True
        _say(_CLEARING)
        cancel(number, frame)

    signal.signal(signal.SIGINT, on_interrupt)


def _say(text: str) -> None:
    """Past Python's own buffers, which a signal may have come into the middle of."""
    try:
        os.write(sys.stderr.fileno(), text.encode())
    except (OSError, ValueError):
        return
