"""A conversation with Resolve: requests go out one by one, answers come back as values or errors.

A Resolve that was away is greeted anew, since it may be another version. A request that finds it
started anew, and that has done nothing yet but a read, is made once more.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from newtake.domain.errors import HostError
from newtake.hosts.bridging.conversation import Conversation, LineOf, Words
from newtake.hosts.bridging.pipes import Transport
from newtake.hosts.resolve import api
from newtake.hosts.resolve.changing import Changing
from newtake.hosts.resolve.messages import (
    AWAY,
    Call,
    Hello,
    Row,
    each_line,
    error_of,
    hello_line,
    hello_of,
    rows_of,
    run_line,
    values_of,
)

_LOG = logging.getLogger("newtake")

ANSWER_SECONDS = 60.0
"""Imports of long sequences take a while; a dialog that is open takes for ever."""
_WORDS = Words(
    host="DaVinci Resolve",
    short="Resolve",
    silent_fix="Close the dialog that may be open there, then `newtake jobs resume`.",
    ended_fix="Start Resolve and open the project; `newtake resolve status` says more.",
)


class ResolveCalls(Protocol):
    """What the host asks of Resolve through."""

    @property
    def hello(self) -> Hello:
        """Who answered last; only after `ready`."""
        ...

    @property
    def changing(self) -> Changing:
        """Held by whoever changes the project in more than one request, until that is whole.

        All who share the conversation share it, and other processes of New Take (see there).
        """
        ...

    async def ready(self) -> Hello:
        """Reach Resolve. Raises: HostAwayError, HostError for a version that is too old."""
        ...

    def has(self, owner: str, method: str) -> bool:
        """Whether this version documents the method; only after `ready`."""
        ...

    async def run(self, *calls: Call, afterwards: Sequence[Call] = ()) -> list[Any]:
        """Make calls in order; `afterwards` in any case, whatever comes of the others.

        What `afterwards` could not do is in the error's `afterwards`; where all else went well, it
        is logged. All of them are carried out even if this process ends meanwhile.

        Raises:
            ResolveCallError: One did not do what it should; those after it were not made.
            HostAwayError: Resolve is not there, or does not answer.
        """
        ...

    async def each(self, listing: Call, *get: Call) -> list[Row]:
        """Make the same reads of every object of a list. Raises: as `run`."""
        ...


class ResolveConnection:
    """Implements `ResolveCalls` over a transport."""

    def __init__(
        self,
        open_transport: Callable[[], Awaitable[Transport]],
        *,
        answer_seconds: float = ANSWER_SECONDS,
        lock: Path | None = None,
    ) -> None:
        """Nothing is started yet.

        Args:
            open_transport: Starts or finds a bridge; asked again after Resolve was away.
            answer_seconds: How long one answer is waited for.
            lock: The file by which processes take turns at changing a project; see `Changing`.
        """
        self._conversation = Conversation(
            open_transport, _WORDS, away=AWAY, answer_seconds=answer_seconds
        )
        self._hello: Hello | None = None
        self._changing = Changing(lock)

    @property
    def hello(self) -> Hello:
        assert self._hello is not None, "ready() comes first"
        return self._hello

    @property
    def changing(self) -> Changing:
        return self._changing

    async def ready(self) -> Hello:
        if self._hello is None or not self._conversation.greeted:
            hello = hello_of(values_of(await self._conversation.ask(hello_line)))
            if hello.version < api.OLDEST:
                raise HostError(
                    f"This is DaVinci Resolve {hello.version_text}.",
                    why="Its scripting interface lacks what takes need.",
                    fix=f"Use version {'.'.join(map(str, api.OLDEST))} or later.",
                )
            self._hello, self._conversation.greeted = hello, True
        return self._hello

    def has(self, owner: str, method: str) -> bool:
        return api.has(self.hello.version, owner, method)

    async def run(self, *calls: Call, afterwards: Sequence[Call] = ()) -> list[Any]:
        await self.ready()
        if not (calls or afterwards):
            return []
        first = (*calls, *afterwards)[0]
        answer = await self._asked(first, lambda number: run_line(number, calls, afterwards))
        values: list[Any] = values_of(answer)
        for error in answer.get("finally_errors", ()):
            _LOG.warning("Resolve, after all else was done: %s", error_of(error))
        return values

    async def each(self, listing: Call, *get: Call) -> list[Row]:
        await self.ready()
        return rows_of(await self._asked(listing, lambda number: each_line(number, listing, get)))

    async def aclose(self) -> None:
        """Let go of the bridge; Resolve and what was done in it stay."""
        await self._conversation.aclose()

    async def _asked(self, first: Call, line_of: LineOf) -> Mapping[str, Any]:
        """Ask; a Resolve that was started anew is asked again, where nothing was done yet.

        Not one of another version: what is asked was made for the version that was there.
        """
        version = self.hello.version
        answer = await self._conversation.ask(line_of)
        error = answer.get("error", {})
        nothing_done = error.get("at", 0) == 0 and first.method.startswith("Get")
        if error.get("kind") == "gone" and nothing_done and (await self.ready()).version == version:
            answer = await self._conversation.ask(line_of)
        return answer
