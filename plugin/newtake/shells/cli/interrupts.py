"""Ctrl-C, and the signals that end a process: once ends in order, twice at once."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import ParamSpec, TypeVar

import anyio

from newtake import bootstrap

T = TypeVar("T")
P = ParamSpec("P")

_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")
"""Ctrl-C; what `kill` and a system that goes down send; the terminal that is closed."""
_CLEARING = "\nEnding: programs are stopped, part files removed. {again} ends at once.\n"
_AT_ONCE = "\nEnded at once. Nothing journalled is lost; `newtake jobs resume --all` goes on.\n"

_came: list[int] = []
"""Signals that came while something ran, in order."""


def run(function: Callable[P, Awaitable[T]], *arguments: P.args, **named: P.kwargs) -> T:
    """Run to the end on an event loop, as `anyio.run` does.

    Raises:
        KeyboardInterrupt: After one of the signals, when everything begun has been cleared up; see
            `exit_code`. A second one does not wait for that: the process ends, with its children.
    """

    # Not the task's own result: when signals get their handlers back, Python spells out the task
    # with it, which of a large plan takes as long as to make it.
    results: list[T] = []

    async def main() -> None:
        task = asyncio.current_task()
        assert task is not None
        with _ending(asyncio.get_running_loop(), task):
            results.append(await function(*arguments, **named))

    _came.clear()
    try:
        anyio.run(main)
        return results[0]
    except asyncio.CancelledError:
        if not _came:
            raise
        raise KeyboardInterrupt from None


def exit_code() -> int:
    """What an interrupted command ends with: 128 and the signal's number, 130 for Ctrl-C."""
    return 128 + (_came[0] if _came else signal.SIGINT)


@contextmanager
def _ending(loop: asyncio.AbstractEventLoop, task: asyncio.Task[object]) -> Iterator[None]:
    """The time in which the signals cancel the task. One that is ignored stays so (`nohup`)."""

    def on_signal(number: int, frame: FrameType | None) -> None:
        del frame
        _came.append(number)
        if len(_came) > 1:
            # One more does not even wait for a program that is being started.
            bootstrap.end_children(_end_now, known_only=len(_came) > 2)
            return
        _say(_CLEARING.format(again="Ctrl-C again" if number == signal.SIGINT else "Another one"))
        # From within the loop, which may be asleep.
        loop.call_soon_threadsafe(task.cancel)

    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in (getattr(signal, name, None) for name in _ENDING):
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, on_signal)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end_now() -> None:
    _say(_AT_ONCE)
    os._exit(exit_code())


def _say(text: str) -> None:
    """Past Python's own buffers, which a signal may have come into the middle of."""
    with suppress(OSError, ValueError):
        stderr = sys.stderr.fileno()
        try:
            os.write(stderr, text.encode())
        except OSError:
            # The terminal is gone. What follows must not fail over words that nobody reads.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stderr)
