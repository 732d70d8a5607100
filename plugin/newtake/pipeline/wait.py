"""Waiting: listen while the event stream lives, poll when it does not, stop at the deadline.

An event is only a reason to look: what counts is the row, read after it. So a stream that drops,
repeats, stays silent or sends garbage can delay a result, and never lose or double one; nor can it
make anybody ask more often than polling does: looks that found nothing are put further apart.
"""

from __future__ import annotations

import logging
import math
import random
from collections.abc import Callable
from contextlib import nullcontext

import anyio

from newtake.domain.errors import (
    NotAuthorisedError,
    NotFoundError,
    ProviderError,
    RateLimitedError,
    StillRunningError,
    UnavailableError,
    UnknownProviderError,
)
from newtake.pipeline.contact import Contact
from newtake.ports import Clock, Provider, Submission

_LOG = logging.getLogger("newtake")

POLL_FIRST_SECONDS = 3.0
POLL_LAST_SECONDS = 20.0
LISTENING_FACTOR = 4
"""While the stream lives, rows are read this much less often."""
NEWS_FIRST_SECONDS = 1.0
"""The least time from a look to the next, whatever news comes; doubled where it found nothing."""
RECONNECT_FIRST_SECONDS = 1.0
RECONNECT_LAST_SECONDS = 60.0
STEADY_SECONDS = 60.0
"""A connection that stood so long was a good one, and the next is not put off."""
_NOT_FOUND_TRIES = 4


class EventFeed:
    """One connection to the provider's events, shared by all jobs of a run."""

    def __init__(self, provider: Provider, clock: Clock) -> None:
        self._provider = provider
        self._clock = clock
        self._news: dict[str, anyio.Event] = {}
        """Of those that are waited for; what a stream says of others is not kept."""
        self.alive = False
        self.tried = anyio.Event()
        """Set once the first connection stood or failed: the moment to submit."""

    async def listen(self) -> None:
        """Hold the stream open until cancelled, with growing pauses between connections."""
        pause = RECONNECT_FIRST_SECONDS
        while True:
            opened: float | None = None
            try:
                async with self._provider.events() as events:
                    opened = self._clock.monotonic()
                    self.alive = True
                    self.tried.set()
                    # Nothing is replayed after a gap, so everybody looks once.
                    self._wake_all()
                    async for ended in events:
                        if ended in self._news:
                            self._news[ended].set()
            except NotAuthorisedError:
                pause = max(pause, 30.0)
            except ProviderError:
                pass
            except Exception:
                # The stream only saves time: whatever breaks it, polling goes on without it.
                _LOG.exception("the event stream failed")
            finally:
                self.alive = False
                self.tried.set()
            if opened is not None:
                if self._clock.monotonic() - opened >= STEADY_SECONDS:
                    pause = RECONNECT_FIRST_SECONDS
                # From here on everybody looks as often as without a stream.
                self._wake_all()
            await self._clock.sleep(pause * random.uniform(0.8, 1.2))
            pause = min(pause * 2, RECONNECT_LAST_SECONDS)

    def _wake_all(self) -> None:
        for event in list(self._news.values()):
            event.set()

    def expect(self, submission_id: str) -> None:
        """What is told of the submission from here on is news."""
        self._news[submission_id] = anyio.Event()

    def forget(self, submission_id: str) -> None:
        """It is waited for no more."""
        self._news.pop(submission_id, None)

    async def news_of(self, submission_id: str, within_seconds: float) -> bool:
        """Return at news of the submission, or after the time; whether there was news."""
        event = self._news[submission_id]
        async with anyio.create_task_group() as group:

            async def timer() -> None:
                await self._clock.sleep(within_seconds)
                group.cancel_scope.cancel()

            group.start_soon(timer)
            await event.wait()
            group.cancel_scope.cancel()
        return event.is_set()


async def wait_for_end(
    provider: Provider,
    submission_id: str,
    clock: Clock,
    *,
    feed: EventFeed | None,
    deadline_seconds: float,
    contact: Contact | None = None,
    note: Callable[[str], None] = lambda _: None,
    moved_at: Callable[[], float] = lambda: -math.inf,
    lane: anyio.CapacityLimiter | None = None,
) -> Submission:
    """The submission once it is terminal.

    Args:
        provider: Who knows it.
        submission_id: Which one.
        clock: For pauses and the deadline.
        feed: The run's event stream; None polls only.
        deadline_seconds: From now, or from `moved_at`. It ends the waiting, never the submission.
        contact: What the run knows of the service's absence.
        note: Told when the service stays away, and when it is back.
        moved_at: When, on the clock, the service last ended something else of the same run: a
            queue that moves is waited in for as long as it does.
        lane: For looks, shared with others that look.

    Raises:
        StillRunningError: At the deadline; or the service asks for a pause that goes beyond it.
        ProviderError: For answers that no waiting will change.
    """
    contact = contact or Contact()
    started = clock.monotonic()
    pause, hurry = POLL_FIRST_SECONDS, NEWS_FIRST_SECONDS
    news = False
    missing = 0
    trouble: ProviderError | None = None
    try:
        while True:
            asked = 0.0
            if feed is not None:
                feed.expect(submission_id)
            looked = clock.monotonic()
            try:
                async with lane or nullcontext():
                    submission = await provider.submission(submission_id)
                trouble, missing = None, 0
                contact.answered(clock.monotonic(), note)
                if submission.is_terminal:
                    return submission
            except NotFoundError as error:
                missing += 1
                trouble = error
                contact.answered(clock.monotonic(), note)
                if missing >= _NOT_FOUND_TRIES:
                    raise
            except (UnavailableError, RateLimitedError, UnknownProviderError) as error:
                trouble = error
                contact.failed(clock.monotonic(), error.what, note)
                if isinstance(error, UnavailableError | RateLimitedError):
                    asked = error.retry_after_seconds or 0.0
            left = deadline_seconds - (clock.monotonic() - max(started, moved_at()))
            if left <= 0 or asked > left:
                raise _still_running(submission_id, deadline_seconds, trouble, asked)
            if asked:
                # Never earlier than asked, whatever news comes.
                await clock.sleep(max(asked, min(pause, left)) * random.uniform(1.0, 1.1))
            elif feed is None:
                await clock.sleep(min(pause * random.uniform(0.9, 1.1), left))
            else:
                # Told of an end that the row does not show yet, it is looked at again soon.
                factor = LISTENING_FACTOR if feed.alive and not news and trouble is None else 1
                news = await feed.news_of(submission_id, min(pause * factor, left))
                if news:
                    early = hurry - (clock.monotonic() - looked)
                    await clock.sleep(max(0.0, min(early, left)))
                hurry = min(hurry * 2, POLL_LAST_SECONDS) if news else NEWS_FIRST_SECONDS
            pause = min(pause * 1.5, POLL_LAST_SECONDS)
    finally:
        if feed is not None:
            feed.forget(submission_id)


def _still_running(
    submission_id: str, deadline_seconds: float, trouble: ProviderError | None, asked: float
) -> StillRunningError:
    if asked and trouble is not None:
        return StillRunningError(
            f"The submission {submission_id} is not waited for any longer.",
            why=f"{trouble.what} The next question is welcome in {asked:.0f} s.",
        )
    return StillRunningError(
        f"The submission {submission_id} has not ended after {deadline_seconds / 60:.0f} minutes.",
        why=trouble.what if trouble else "The service is still working on it.",
    )
