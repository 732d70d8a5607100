"""Takes that are ready together are written together: whoever has the turn writes all that wait.

A large timeline is read and written for all of them once, in the order in which they came. Each
caller gets its own answer, and none before the file is written.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from contextlib import AbstractAsyncContextManager

import anyio
import anyio.to_thread
from anyio.lowlevel import RunVar

from newtake.domain.errors import NewTakeError
from newtake.domain.files import NewTake, PlacedTake

Answer = PlacedTake | Exception
"""What became of one take."""


class _Waiting:
    """One take that wants to be written; `answer` is there when it was, or cannot be."""

    def __init__(self, take: NewTake) -> None:
        self.take = take
        self.answer: Answer | None = None


class Gathering:
    """The takes of one event loop that wait to be written into one timeline."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._turn = anyio.Lock()
        self._told = {""}

    def is_new(self, note: str) -> bool:
        """Whether a note says something, and was not told with another take."""
        was_told = note in self._told
        self._told.add(note)
        return not was_told

    async def add(
        self,
        take: NewTake,
        right: Callable[[], AbstractAsyncContextManager[None]],
        write: Callable[[Sequence[NewTake]], Sequence[Answer]],
    ) -> PlacedTake:
        """Have a take written, with all that wait by the time when it can be.

        The turn goes by order and is waited for without end; the lock between processes serves whom
        chance favours, and is given up after a time: by all together, once the last that came has
        waited as long as that.

        Args:
            take: The take.
            right: The right to change the file, against other processes. What it raises goes to all
                that wait, unless others came meanwhile: these try it again for all.
            write: Writes takes, aside, and says for each what became of it; it stands in the file
                when this returns.

        Raises:
            Exception: What `right` raised, or what `write` says of this take.
        """
        mine = _Waiting(take)
        self._waiting.append(mine)
        try:
            while mine.answer is None:
                async with self._turn:
                    if mine.answer is None:
                        await self._write_all(right, write)
        finally:
            if mine in self._waiting:
                self._waiting.remove(mine)
        if isinstance(mine.answer, Exception):
            raise mine.answer
        return mine.answer

    async def _write_all(
        self,
        right: Callable[[], AbstractAsyncContextManager[None]],
        write: Callable[[Sequence[NewTake]], Sequence[Answer]],
    ) -> None:
        as_long, taken = list(self._waiting), list[_Waiting]()
        try:
            async with right():
                taken, self._waiting[:] = list(self._waiting), []
                answers = await anyio.to_thread.run_sync(write, [each.take for each in taken])
                for each, answer in zip(taken, answers, strict=True):
                    each.answer = answer
        except NewTakeError as error:
            if not taken and any(each not in as_long for each in self._waiting):
                return
            for each in as_long:
                each.answer = each.answer or error
                if each in self._waiting:
                    self._waiting.remove(each)
        finally:
            # Whoever was cancelled before it began to write leaves the others to the next.
            self._waiting[:0] = [each for each in taken if each.answer is None]


_GATHERINGS: RunVar[dict[Hashable, Gathering]] = RunVar("newtake_gatherings")


def gathering_for(timeline: Hashable) -> Gathering:
    """The calling event loop's gathering for a timeline, whoever opened it how often."""
    try:
        found = _GATHERINGS.get()
    except LookupError:
        found = {}
        _GATHERINGS.set(found)
    return found.setdefault(timeline, Gathering())
