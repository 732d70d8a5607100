"""A conversation with a bridge: requests go out one by one, each gets its own answer or an error.

Rule 1: the bridge is started at the first request, and started anew after it ended.
Rule 2: an answer that came too late is thrown away: its request was given up. What was asked is
carried out all the same, before what is asked next.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

import anyio

from newtake.domain.errors import HostAwayError, HostError
from newtake.hosts.bridging.pipes import Transport

LineOf: TypeAlias = Callable[[int], str]
"""The line of a request, for its number."""


@dataclass(frozen=True, slots=True)
class Words:
    """What errors of a conversation say to the people who use that host."""

    host: str
    """As the subject of a sentence: "DaVinci Resolve"."""
    short: str
    """As in "the bridge to Resolve"."""
    silent_fix: str
    """What to do where no answer came in time."""
    ended_fix: str
    """What to do where the host, or its bridge, has ended."""


class Conversation:
    """Numbered requests and their answers over a transport; it is asked by one task at a time."""

    def __init__(
        self,
        open_transport: Callable[[], Awaitable[Transport]],
        words: Words,
        *,
        away: Collection[str],
        answer_seconds: float,
    ) -> None:
        """Nothing is started yet.

        Args:
            open_transport: Starts or finds a bridge; asked again after it ended.
            words: For its errors.
            away: Kinds of error by which a bridge says that its host is not there.
            answer_seconds: How long one answer is waited for.
        """
        self._open = open_transport
        self._words = words
        self._away = away
        self._seconds = answer_seconds
        self._transport: Transport | None = None
        self._number = 0
        self._turn = anyio.Lock()
        self.greeted = False
        """Set by who greeted the host; taken back when it may be another one by now."""

    async def ask(self, line_of: LineOf) -> Mapping[str, Any]:
        """Send one request; its answer holds "ok" or "error".

        Raises:
            HostAwayError: The bridge has ended, or gave no answer in time.
            HostError: What it gave is no answer.
        """
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
                    f"{self._words.host} did not answer for {self._seconds:.0f} seconds.",
                    fix=self._words.silent_fix,
                ) from error
            except HostError:
                await self._lost()
                raise
            if answer.get("error", {}).get("kind") in self._away:
                self.greeted = False
            return answer

    async def aclose(self) -> None:
        """Say goodbye and let go of the bridge; the host and what was done in it stay."""
        if self._transport is not None:
            transport, self._transport, self.greeted = self._transport, None, False
            self._number += 1
            with anyio.CancelScope(shield=True):
                with suppress(HostAwayError):
                    await transport.send(request_line(self._number, "bye"))
                await transport.aclose()

    async def _answer_to(self, number: int, transport: Transport) -> Mapping[str, Any]:
        while True:
            line = await transport.receive()
            if not line:
                raise HostAwayError(
                    f"{self._words.host}, or the bridge to it, has ended.",
                    why=transport.why_ended(),
                    fix=self._words.ended_fix,
                )
            try:
                answered, answer = answer_of(line)
            except ValueError as error:
                raise HostError(
                    f"The bridge to {self._words.short} gave no answer.", why=str(error)
                ) from error
            if answered == number:
                return answer

    async def _lost(self) -> None:
        transport, self._transport, self.greeted = self._transport, None, False
        if transport is not None:
            await transport.aclose()


def request_line(number: int, do: str, **body: Any) -> str:
    return json.dumps({"id": number, "do": do, **body}) + "\n"


def answer_of(line: str) -> tuple[int | None, Mapping[str, Any]]:
    """The number of the request that a line answers, and the answer.

    Raises:
        ValueError: It is no answer.
    """
    answer = json.loads(line)
    if not isinstance(answer, dict) or not ("ok" in answer or "error" in answer):
        raise ValueError(f"not an answer: {line[:200]!r}")
    return answer.get("id"), answer
