"""A conversation with Resolve: requests go out one by one, answers come back as values or errors.

Rule 1: the bridge is started at the first request, and started anew after it ended; a Resolve that
was away is greeted anew, since it may be another version. A request that finds it started anew, and
that has done nothing yet but a read, is made once more.
Rule 2: an answer that came too late is thrown away: its request was given up. What was asked is
carried out all the same, before what is asked next.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import anyio

from newtake.domain.errors import HostAwayError, HostError
from newtake.hosts.resolve import api
from newtake.hosts.resolve.changing import Changing
from newtake.hosts.resolve.messages import (
    AWAY,
    Call,
    Hello,
    Row,
    answer_of,
    bye_line,
    each_line,
    error_of,
    hello_line,
    hello_of,
    rows_of,
    run_line,
    values_of,
)
from newtake.hosts.resolve.transports import Transport

_LOG = logging.getLogger("newtake")

_LineOf: TypeAlias = Callable[[int], str]
"""The line of a request, for its number."""

ANSWER_SECONDS = 60.0
"""Imports of long sequences take a while; a dialog that is open takes for ever."""


class ResolveCalls(Protocol):
    """What the host asks of Resolve through."""

    @property
    def hello(self) -> Hello:
        """Who answered last; only after `ready`."""
        ...

    @property
    def changing(self) -> AbstractAsyncContextManager[None]:
        """Held by whoever changes the project in more than one request, until that is whole.

        All who share the conversation share it, and other processes of New Take (`Changing`).
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
        self._open = open_transport
        self._seconds = answer_seconds
        self._transport: Transport | None = None
        self._greeted = False
        self._hello: Hello | None = None
        self._number = 0
        self._turn = anyio.Lock()
        self._changing = Changing(lock)

    @property
    def hello(self) -> Hello:
        assert self._hello is not None, "ready() comes first"
        return self._hello

    @property
    def changing(self) -> Changing:
        return self._changing

    async def ready(self) -> Hello:
        if self._hello is None or not self._greeted:
            hello = hello_of(values_of(await self._ask(hello_line)))
            if hello.version < api.OLDEST:
                raise HostError(
                    f"This is DaVinci Resolve {hello.version_text}.",
                    why="Its scripting interface lacks what takes need.",
                    fix=f"Use version {'.'.join(map(str, api.OLDEST))} or later.",
                )
            self._hello, self._greeted = hello, True
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
        if self._transport is not None:
            transport, self._transport, self._greeted = self._transport, None, False
            self._number += 1
            with anyio.CancelScope(shield=True):
                with suppress(HostAwayError):
                    await transport.send(bye_line(self._number))
                await transport.aclose()

    async def _asked(self, first: Call, line_of: _LineOf) -> Mapping[str, Any]:
        """Ask; a Resolve that was started anew is asked again, where nothing was done yet.

        Not one of another version: what is asked was made for the version that was there.
        """
        version = self.hello.version
        answer = await self._ask(line_of)
        error = answer.get("error", {})
        nothing_done = error.get("at", 0) == 0 and first.method.startswith("Get")
        if error.get("kind") == "gone" and nothing_done and (await self.ready()).version == version:
            answer = await self._ask(line_of)
        return answer

    async def _ask(self, line_of: _LineOf) -> Mapping[str, Any]:
        async with self._turn:
            if self._transport is None:
                self._transport = await self._open()
            self._number += 1
            number = self._number
            try:
                with anyio.fail_after(self._seconds):
                    await self._transport.send(line_of(number))
                    answer = await self._answer_to(number, self._transport)
            except TimeoutError as error:
                raise HostAwayError(
                    f"DaVinci Resolve did not answer for {self._seconds:.0f} seconds.",
                    fix="Close the dialog that may be open there, then `newtake jobs resume`.",
                ) from error
            except HostError:
                await self._lost()
                raise
            if answer.get("error", {}).get("kind") in AWAY:
                self._greeted = False
            return answer

    async def _answer_to(self, number: int, transport: Transport) -> Mapping[str, Any]:
        while True:
            line = await transport.receive()
            if not line:
                raise HostAwayError(
                    "DaVinci Resolve, or the bridge to it, has ended.",
                    why=transport.why_ended(),
                    fix="Start Resolve and open the project; `newtake resolve status` says more.",
                )
            try:
                answered, answer = answer_of(line)
            except ValueError as error:
                raise HostError("The bridge to Resolve gave no answer.", why=str(error)) from error
            if answered == number:
                return answer

    async def _lost(self) -> None:
        transport, self._transport, self._greeted = self._transport, None, False
        if transport is not None:
            await transport.aclose()
