"""How fast a run submits: as fast as the service takes it, and after a refusal no faster.

Rule 1: until the service first refuses a submission for its number, all go as they come.
Rule 2: from then on they go one after the other, never before the service said that it is welcome.
Rule 3: while the service works on something of this run, a refusal fails nothing: the next try is
made when something has ended, or after a pause. Only where nothing moves are tries counted.
"""

from __future__ import annotations

import math
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import anyio

from newtake.domain.errors import Money, ProviderError, RateLimitedError, UnavailableError
from newtake.ports import Clock

TRIES = 5
"""Refusals in a row with nothing of the run under way at the service, before it is given up."""
LONGEST_PAUSE_SECONDS = 300.0
"""A service that asks for more is not waited for where nothing of the run is under way there."""
UNANSWERED_AT_ONCE = 32
"""Submissions without an answer: on the synchronous route each keeps a connection for minutes."""
_RATE_LIMIT_PAUSE_SECONDS = 10.0
_NOT_REACHED_PAUSE_SECONDS = 2.0
_OWN_PAUSE_MAX_SECONDS = 60.0
_ANSWER_SECONDS = 10.0
"""A slower answer holds up the next submission no longer."""


def asked_pause_seconds(error: ProviderError) -> float:
    """How long the service asks to be left alone; 0 where it says nothing."""
    if isinstance(error, RateLimitedError | UnavailableError):
        return error.retry_after_seconds or 0.0
    return 0.0


@dataclass(slots=True)
class Pace:
    """The submissions of one run, in the order in which they come. Times are `monotonic`."""

    clock: Clock
    patience_seconds: float
    """The longest pause that is waited for while something of the run is under way."""
    moved_at: float = -math.inf
    """When the service last ended something of this run: its queue moves."""
    _under_way: set[str] = field(default_factory=set)
    _slowed: bool = False
    _welcome_at: float = -math.inf
    """Never earlier: the service said so."""
    _next_at: float = -math.inf
    """Not earlier without news: our own guess."""
    _sent_at: float | None = None
    """When the one request left that is not answered yet, once they go one by one."""
    _round: int = 0
    """What was sent before a refusal came and is refused as well tells nothing new."""
    _in_vain: int = 0
    """Rounds of refusals since the service last took or ended something."""
    _given_up: int = 0
    _trouble: ProviderError | None = None
    _line: anyio.Lock = field(default_factory=anyio.Lock)
    _unanswered: anyio.CapacityLimiter = field(
        default_factory=lambda: anyio.CapacityLimiter(UNANSWERED_AT_ONCE)
    )
    _news: anyio.Event = field(default_factory=anyio.Event)

    @contextmanager
    def under_way(self, submission_id: str) -> Iterator[None]:
        """The time in which the service works on something of this run."""
        self._under_way.add(submission_id)
        try:
            yield
        finally:
            self._under_way.discard(submission_id)
            self._tell()

    def ended(self) -> None:
        """The service ended something of this run."""
        self.moved_at = self.clock.monotonic()
        self._in_vain = 0
        # Its place is free, if that was the trouble.
        self._next_at = -math.inf
        self._tell()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[int]:
        """The turn to submit once; its number is for `refused`.

        Raises:
            RateLimitedError, UnavailableError: The service takes nothing at this time, as others
                found meanwhile. Nothing was sent.
        """
        async with self._unanswered:
            if not self._slowed:
                yield self._round
                return
            await self._wait_in_line()
            try:
                yield self._round
            finally:
                self._sent_at = None
                self._tell()

    def taken(self) -> None:
        """The service took a submission."""
        self._in_vain = 0
        self._next_at = -math.inf

    def refused(self, error: ProviderError, turn: int) -> float | None:
        """Note a refusal that certainly is no submission.

        Args:
            error: What came.
            turn: Of the request.
        Returns:
            The seconds after which another try makes sense, if nothing ends before; None where
            none does.
        """
        if not isinstance(error, RateLimitedError) and not _is_unreached(error):
            return None
        self._trouble = error
        now = self.clock.monotonic()
        asked = asked_pause_seconds(error)
        if turn == self._round:
            self._round += 1
            self._in_vain += 1
        in_vain = self._in_vain >= TRIES and not self._under_way
        if in_vain or asked > self._longest():
            self._in_vain = 0
            self._given_up += 1
            return None
        self._slowed = True
        own = _own_pause_seconds(error, max(1, self._in_vain))
        pause = (asked or own) * random.uniform(1.0, 1.2)
        if asked:
            self._welcome_at = max(self._welcome_at, now + pause)
        else:
            self._next_at = max(self._next_at, now + pause)
        return pause

    def _longest(self) -> float:
        return self.patience_seconds if self._under_way else LONGEST_PAUSE_SECONDS

    async def _wait_in_line(self) -> None:
        given_up = self._given_up
        async with self._line:
            while (seconds := self._wait_seconds()) > 0:
                if self._given_up != given_up:
                    raise self._refusal()
                await self._until_news(seconds)
            if self._given_up != given_up:
                raise self._refusal()
            self._sent_at = self.clock.monotonic()

    def _wait_seconds(self) -> float:
        now = self.clock.monotonic()
        until = max(self._welcome_at, self._next_at)
        if self._sent_at is not None:
            until = max(until, self._sent_at + _ANSWER_SECONDS)
        return until - now

    async def _until_news(self, seconds: float) -> None:
        news = self._news
        async with anyio.create_task_group() as group:

            async def timer() -> None:
                await self.clock.sleep(seconds)
                group.cancel_scope.cancel()

            group.start_soon(timer)
            await news.wait()
            group.cancel_scope.cancel()

    def _tell(self) -> None:
        self._news.set()
        self._news = anyio.Event()

    def _refusal(self) -> ProviderError:
        trouble = self._trouble
        assert trouble is not None
        what, why = "The service takes no submissions at this time.", trouble.what
        error: ProviderError
        if isinstance(trouble, RateLimitedError):
            asked = trouble.retry_after_seconds
            error = RateLimitedError(what, why=why, retry_after_seconds=asked)
        else:
            error = UnavailableError(what, why=why, sent=False)
        error.money = Money.NOT_SENT
        return error


def _own_pause_seconds(error: ProviderError, times: int) -> float:
    """How long to wait where the service says nothing, after so many refusals in a row."""
    if isinstance(error, RateLimitedError):
        pause = _RATE_LIMIT_PAUSE_SECONDS * times
    else:
        pause = _NOT_REACHED_PAUSE_SECONDS * 2.0 ** min(times - 1, 10)
    return min(pause, _OWN_PAUSE_MAX_SECONDS)


def _is_unreached(error: ProviderError) -> bool:
    return isinstance(error, UnavailableError) and error.http_status is None
