"""Waiting: listen while the event stream lives, poll when it does not, stop at the deadline.

An event is only a reason to look: what counts is the row, read after it. So a stream that drops,
repeats, stays silent or sends garbage can delay a result, and never lose or double one.
"""

from __future__ import annotations

import logging
import random
from collections import defaultdict

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
from newtake.ports import Clock, Provider, Submission

_LOG = logging.getLogger("newtake")

POLL_FIRST_SECONDS = 3.0
POLL_LAST_SECONDS = 20.0
LISTENING_FACTOR = 4
"""While the stream lives, rows are read this much less often."""
RECONNECT_LAST_SECONDS = 60.0
_NOT_FOUND_TRIES = 4


class EventFeed:
    """One connection to the provider's events, shared by all jobs of a run."""

    def __init__(self, provider: Provider, clock: Clock) -> None:
        self._provider = provider
        self._clock = clock
        self._news: dict[str, anyio.Event] = defaultdict(anyio.Event)
        self.alive = False
        self.tried = anyio.Event()
        """Set once the first connection stood or failed: the moment to submit."""

    async def listen(self) -> None:
        """Hold the stream open until cancelled, with growing pauses between connections."""
        pause = 1.0
        while True:
            try:
                async with self._provider.events() as events:
                    self.alive = True
                    self.tried.set()
                    # Nothing is replayed after a gap, so everybody looks once.
                    self._wake_all()
                    async for ended in events:
                        pause = 1.0
                        if ended is not None:
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
            self._wake_all()
            await self._clock.sleep(pause * random.uniform(0.8, 1.2))
            pause = min(pause * 2, RECONNECT_LAST_SECONDS)

    def _wake_all(self) -> None:
        for event in list(self._news.values()):
            event.set()

    async def news_of(self, submission_id: str, within_seconds: float) -> None:
        """Return at news of the submission, or after the time."""
        event = self._news[submission_id]
        async with anyio.create_task_group() as group:

            async def timer() -> None:
                await self._clock.sleep(within_seconds)
                group.cancel_scope.cancel()

            group.start_soon(timer)
            await event.wait()
            group.cancel_scope.cancel()
        self._news.pop(submission_id, None)


async def wait_for_end(
    provider: Provider,
    submission_id: str,
    clock: Clock,
    *,
    feed: EventFeed | None,
    deadline_seconds: float,
) -> Submission:
    """The submission once it is terminal.

    Args:
        provider: Who knows it.
        submission_id: Which one.
        clock: For pauses and the deadline.
        feed: The run's event stream; None polls only.
        deadline_seconds: From now. It ends the waiting, never the submission.

    Raises:
        StillRunningError: At the deadline.
        ProviderError: For answers that no waiting will change.
    """
    started = clock.monotonic()
    pause = POLL_FIRST_SECONDS
    missing = 0
    trouble: ProviderError | None = None
    while True:
        wanted = pause
        try:
            submission = await provider.submission(submission_id)
            trouble, missing = None, 0
            if submission.is_terminal:
                return submission
        except NotFoundError as error:
            missing += 1
            trouble = error
            if missing >= _NOT_FOUND_TRIES:
                raise
        except (UnavailableError, RateLimitedError, UnknownProviderError) as error:
            trouble = error
            if isinstance(error, UnavailableError | RateLimitedError):
                wanted = max(wanted, error.retry_after_seconds or 0)
        left = deadline_seconds - (clock.monotonic() - started)
        if left <= 0:
            raise StillRunningError(
                f"The submission {submission_id} has not ended after "
                f"{deadline_seconds / 60:.0f} minutes.",
                why=trouble.what if trouble else "The service is still working on it.",
            )
        if feed is None:
            await clock.sleep(min(wanted * random.uniform(0.9, 1.1), left))
        else:
            factor = LISTENING_FACTOR if feed.alive and trouble is None else 1
            await feed.news_of(submission_id, min(wanted * factor, left))
        pause = min(pause * 1.5, POLL_LAST_SECONDS)
