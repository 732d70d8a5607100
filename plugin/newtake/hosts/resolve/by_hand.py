"""A conversation with a script in Resolve's menu that the editor starts by hand.

The free edition from 21.1 on lets its scripts start no program and write no file. So newtake comes
first, makes the folder of `spool.py` and waits; the script finds it there. That it ended shows only
by a request that stays without an answer.

Rule 1: until a script has answered, one request lies in the folder: it asks who is there, and may
be answered any number of times.
Rule 2: what was asked and given up is not asked again by a script that comes later: the
conversation is begun anew, and with it the folder is emptied.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import anyio

from newtake.domain.errors import HostAwayError
from newtake.hosts.bridging.pipes import Transport
from newtake.hosts.resolve.spool import SpoolFolder

FIRST_ANSWER_SECONDS = 5.0
"""A script that is there looks into the folder many times in a second."""
SILENCE_SECONDS = 20.0
"""Without an answer for so long, whoever asks next begins a conversation anew."""


class ByHand:
    """The folder, for one conversation after the other; whoever comes first waits in it."""

    def __init__(
        self,
        folder: Path,
        profiles: Path | None,
        *,
        first_seconds: float = FIRST_ANSWER_SECONDS,
        silence_seconds: float = SILENCE_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is written yet: another newtake may be at work in the folder, until it is asked.

        Args:
            folder: Where the script looks; see `spool.BY_HAND`.
            profiles: Fusion's folder of profiles, where the answers are.
            first_seconds: How long a script may take to say that it is there.
            silence_seconds: See `SILENCE_SECONDS`.
            now: A clock.
        """
        self._folder = folder
        self._profiles = profiles
        self.first_seconds = first_seconds
        self.silence_seconds = silence_seconds
        self.now = now
        self.is_lost = False
        """Whether the conversation has to be begun anew."""
        self.firsts = 0
        """How many requests have lain in the folder, one in place of the other, unanswered."""
        self._spool: SpoolFolder | None = None

    async def open(self) -> Transport:
        """The conversation. Raises: StorageError where the folder cannot be written."""
        if self._spool is None or self._spool.is_over:
            await self.aclose()
            self._spool, self.firsts = SpoolFolder(self._folder, self._profiles), 0
        elif self.is_lost:
            self._spool.renew()
            self.firsts = 0
        self.is_lost = False
        return _Conversation(self, self._spool)

    async def aclose(self) -> None:
        """Tell the script to end, and take the folder away."""
        spool, self._spool = self._spool, None
        if spool is not None:
            await spool.aclose()


class _Conversation:
    """Implements `Transport`."""

    def __init__(self, way: ByHand, spool: SpoolFolder) -> None:
        self._way = way
        self._spool = spool
        self._asked_at: float | None = None
        """When the request was sent that has no answer yet."""
        self._first = ""

    async def send(self, line: str) -> None:
        if self._spool.unheard:
            self._way.firsts += 1
            self._first = line
            await self._spool.send_first(line)
            return
        if self._asked_at is None:
            self._asked_at = self._way.now()
        elif self._way.now() - self._asked_at >= self._way.silence_seconds:
            self._way.is_lost = True
            raise _nobody("The script in Resolve's menu does not answer any more.")
        await self._spool.send(line)

    async def receive(self) -> str:
        if not self._spool.unheard:
            line = await self._spool.receive()
            self._asked_at = None
            return line
        with anyio.move_on_after(self._way.first_seconds):
            line = await self._spool.receive()
            if line and self._way.firsts > 1:
                # It may answer one that lay there before: that answer is nobody's any more.
                await self._spool.send(self._first)
            return line
        raise _nobody("New Take waits for its script in Resolve's menu.")

    def why_ended(self) -> str:
        return self._spool.why_ended()

    async def aclose(self) -> None:
        # The folder stays: a script may be on its way to it.
        self._way.is_lost = self._way.is_lost or not self._spool.unheard


def _nobody(what: str) -> HostAwayError:
    return HostAwayError(
        what,
        why="This edition of Resolve lets nobody in but a script that you start there.",
        fix="In DaVinci Resolve choose Workspace > Scripts > New Take, or New Take (Lua) where "
        "both are listed. `newtake resolve install` puts it there.",
    )
