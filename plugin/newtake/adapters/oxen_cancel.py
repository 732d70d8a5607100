"""Ending a generation at the service: what counts is its row, read after every answer or silence.

A DELETE whose answer was lost may have been acted on, and one that is repeated changes nothing, so
it is repeated until the row shows an end or the answer says that it was taken.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from newtake.adapters.http import LONGEST_RETRY_AFTER_SECONDS
from newtake.adapters.oxen_wire import OxenWire, segment
from newtake.domain.errors import (
    NotAuthorisedError,
    NotFoundError,
    ProviderError,
    RateLimitedError,
    UnavailableError,
)
from newtake.ports import Submission

_TRIES = 3
_PAUSE_SECONDS = 1.0
_ASK_AGAIN = "`newtake jobs cancel` asks again; `newtake jobs show` reads how it stands."


async def end_generation(
    wire: OxenWire, submission_id: str, read: Callable[[str], Awaitable[Submission]]
) -> Submission:
    """What became of a generation whose end was asked for.

    Raises:
        UnavailableError: It goes on, or its state cannot be read.
        NotFoundError, NotAuthorisedError: The service's word.
    """
    for number in range(1, _TRIES + 1):
        trouble = await _ask(wire, submission_id)
        if isinstance(trouble, NotAuthorisedError):
            raise trouble
        submission = await _read(submission_id, read, trouble)
        if trouble is None or submission.is_terminal:
            return submission
        asked = _asked_seconds(trouble)
        if asked is None or asked > LONGEST_RETRY_AFTER_SECONDS or number == _TRIES:
            break
        await wire.clock.sleep(max(asked, _PAUSE_SECONDS * number))
    assert trouble is not None
    error = UnavailableError(
        f"The service did not take the end of {submission_id}: it is {submission.status}.",
        why=trouble.what,
    )
    error.fix = _ASK_AGAIN
    raise error from trouble


async def _ask(wire: OxenWire, submission_id: str) -> ProviderError | None:
    try:
        answer = await wire.exchange("DELETE", f"/api/ai/queue/{segment(submission_id)}")
    except ProviderError as error:
        return error
    return None if answer.ok else answer.error()


async def _read(
    submission_id: str,
    read: Callable[[str], Awaitable[Submission]],
    trouble: ProviderError | None,
) -> Submission:
    try:
        return await read(submission_id)
    except (NotFoundError, NotAuthorisedError):
        raise
    except ProviderError as error:
        taken = "was taken" if trouble is None else f"may have been taken ({trouble.what})"
        unread = UnavailableError(
            f"What became of {submission_id} cannot be read; the request for its end {taken}.",
            why=error.what,
        )
        unread.fix = _ASK_AGAIN
        raise unread from error


def _asked_seconds(trouble: ProviderError) -> float | None:
    """How long to wait before asking again; None where that would not help."""
    if isinstance(trouble, UnavailableError | RateLimitedError):
        return trouble.retry_after_seconds or 0.0
    return None
