"""The service's refusals and failures, in words it uses, turned into the one error tree.

Bodies come in five shapes: an `error` with type and title, an `error` with a message, an `error`
that is plain text, `status_message` with `status_description`, and no JSON at all (proxies).
Sources: docs.oxen.ai, "Inference API > Overview" and "Async queue"; the oxen-server source.
Everything here is pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from newtake.domain.errors import (
    GenerationFailedError,
    InputNotFetchableError,
    ModeratedError,
    Money,
    NotAuthorisedError,
    NotFoundError,
    OutOfCreditsError,
    ProviderError,
    RateLimitedError,
    RefusedSettingsError,
    UnavailableError,
    UnknownProviderError,
)

_WORDS_MAX = 600
_RETRY_AFTER_MAX_SECONDS = 86_400.0
_REFUSED_UNPLACED = frozenset((400, 401, 402, 403, 404, 405, 413, 415, 422, 429))
"""Statuses of the request itself: they are answered before anything is placed in the queue."""
_OUTDATED_CLIENT = 426

_CREDITS = re.compile(r"insufficient[_ ]credits|out of credits|not enough credits", re.I)
_NOT_FETCHABLE = re.compile(
    r"forbidden for url|40[1-4] client error"
    r"|(could not|couldn't|cannot|can't|failed to|unable to) (be )?"
    r"(download|fetch|retrieve|access|read)( |ed)?.{0,40}(url|file|video|image|input|media|http)"
    r"|(url|input|video|image).{0,40}not (be )?(publicly )?(accessible|reachable|downloadable"
    r"|download|fetch)",
    re.I,
)
_IMAGE = re.compile(r"input_image|\.(png|jpe?g|webp)\b", re.I)
_MODERATED = re.compile(
    r"content_moderated|moderat(ed|ion)|nsfw|content policy|safety (filter|system|polic)"
    r"|policy violation|prohibited content|content.{0,20}flagged",
    re.I,
)
_RATE = re.compile(r"rate[_ -]limit|too[_ ]many[_ ]requests", re.I)
_HDR_ACCESS = re.compile(r"\b(hdr|exr)\b.{0,60}\b(access|enabled?|allowed|permission)", re.I)
_SETTINGS = re.compile(
    r"invalid_params|invalid_request|invalid (request|param|value)|value error|validation error"
    r"|unsupported_media_type|unsupported_format|image_too_large|corrupt_input|must be (an?|one)"
    r"|model not found|mutually exclusive|requires? (hdr|720p|1080p)|response error: 4\d\d",
    re.I,
)
_PROVIDER_REFUSED = re.compile(r"response error: 4(00|22)\b", re.I)
_KEY = re.compile(r"unauthenticated|unauthori[sz]ed|invalid api key|api key", re.I)
_AWAY = re.compile(
    r"time(d)?[ -]?out|provider returned an error|internal (server )?error|unavailable|overloaded"
    r"|lock_timeout|budget_exhausted|temporar",
    re.I,
)
_HDR_FIX = "Run again without --hdr and --exr, or ask the service for HDR access."


@dataclass(frozen=True, slots=True)
class ErrorWords:
    """What a body says: a machine's word and a person's."""

    kind: str
    text: str

    @property
    def both(self) -> str:
        return f"{self.kind} {self.text}"


def words_of(payload: Any) -> ErrorWords:
    """The error of a parsed body of any shape; of text where it was no JSON."""
    if isinstance(payload, str):
        return ErrorWords("", plain(re.sub(r"<[^>]*>", " ", payload)))
    if not isinstance(payload, Mapping):
        return ErrorWords("", "")
    error = payload.get("error")
    kind = str(payload.get("status_message") or "")
    texts = [payload.get("status_description"), payload.get("message"), payload.get("detail")]
    if isinstance(error, Mapping):
        kind = str(error.get("type") or kind)
        texts = [error.get("title"), error.get("message"), error.get("detail"), *texts]
    elif error:
        texts.insert(0, error)
    text = ": ".join(dict.fromkeys(str(each) for each in texts if each))
    return ErrorWords(plain(kind), plain(text or kind))


def plain(text: str) -> str:
    """Foreign text made safe for a terminal: one line, printable, not endless."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _WORDS_MAX else line[:_WORDS_MAX] + "…"


def says_error(payload: Any) -> bool:
    """True for a body that reports an error, whatever its status code was.

    A row of the queue may have a field `error` of its own and is not meant.
    """
    if not isinstance(payload, Mapping) or "generation_id" in payload or "generation" in payload:
        return False
    return bool(payload.get("error")) or payload.get("status") == "error"


def retry_after_seconds(value: str | None, now: float) -> float | None:
    """The header's wait, from seconds or an HTTP date; `now` is seconds since 1970."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - now
        except (TypeError, ValueError, OverflowError):
            return None
    if seconds != seconds:
        return None
    return min(max(seconds, 0.0), _RETRY_AFTER_MAX_SECONDS)


def error_of(
    status: int, headers: Mapping[str, str], payload: Any, *, paid: bool, now: float
) -> ProviderError:
    """The error that an answer means.

    Args:
        status: Of the answer; below 300 for a body that reports an error all the same.
        headers: Of the answer.
        payload: The parsed body, or its text.
        paid: True for the request that places an edit. Then the status alone decides what is known
            about money; words choose the class, which is what a person reads.
        now: Seconds since 1970, for a `Retry-After` that is a date.
    """
    words = words_of(payload)
    error = _http_error(status, headers, words, paid=paid, now=now)
    error.http_status = status
    if paid:
        error.money = _money_of(status)
    return error


def _money_of(status: int) -> Money:
    """What an answer to the paid request says of it; a 2xx or 5xx decides nothing by its words."""
    if status in _REFUSED_UNPLACED:
        return Money.REFUSED
    return Money.NOT_SENT if status == _OUTDATED_CLIENT else Money.UNKNOWN


def _http_error(
    status: int, headers: Mapping[str, str], words: ErrorWords, *, paid: bool, now: float
) -> ProviderError:
    why = f"{words.text or 'It gave no reason'} (HTTP {status})"
    said = words.both
    wait = retry_after_seconds(headers.get("retry-after"), now)
    if status == 402 or _CREDITS.search(said):
        return OutOfCreditsError("The account is out of credits.", why=why)
    if status == 401:
        return NotAuthorisedError("The service does not accept the key.", why=why)
    if status == _OUTDATED_CLIENT:
        error = UnavailableError(
            "The service does not serve this version of New Take.", why=why, sent=False
        )
        error.fix = "Update New Take; the service answers 426 to clients it calls outdated."
        return error
    if status == 429 or (status < 500 and _RATE.search(said)):
        return RateLimitedError(
            "The service gets too many requests.", why=why, retry_after_seconds=wait
        )
    if status == 408 or status >= 500:
        if _PROVIDER_REFUSED.search(said):
            return RefusedSettingsError("The model refused the settings.", why=why)
        return UnavailableError(
            "The service is having trouble.", why=why, sent=True, retry_after_seconds=wait
        )
    return _refusal(status, words, why, paid=paid)


def _refusal(status: int, words: ErrorWords, why: str, *, paid: bool) -> ProviderError:
    said = words.both
    if _NOT_FETCHABLE.search(said):
        return _not_fetchable("cannot", why)
    if _MODERATED.search(said):
        return ModeratedError("The service refused the content.", why=why)
    if _HDR_ACCESS.search(said):
        return RefusedSettingsError("The account has no HDR access.", why=why, fix=_HDR_FIX)
    if status == 403 or _KEY.search(said):
        return NotAuthorisedError("The service does not allow this with the key.", why=why)
    if status == 404 and not paid:
        return NotFoundError("The service does not know what was asked for.", why=why)
    if status in (400, 404, 405, 413, 415, 422) or (status < 300 and _SETTINGS.search(said)):
        return RefusedSettingsError("The service refused the request.", why=why)
    return UnknownProviderError("The service gave an answer nobody documented.", why=why)


def _not_fetchable(could_not: str, why: str) -> ProviderError:
    """Of the two inputs an edit has, the text names one by its field or its address."""
    if not _IMAGE.search(why):
        return InputNotFetchableError(f"The model {could_not} fetch the plate.", why=why)
    return InputNotFetchableError(
        f"The model {could_not} fetch the first-frame image.",
        why=why,
        fix="Its address must open without a key; or give --first-frame a file of this machine.",
    )


def classify_failure(text: str) -> ProviderError:
    """What a generation's own failure text means; the edit was submitted, so money may be spent.

    Free text of the service and the two vendors behind it; `GenerationFailedError` where it fits
    nothing known.
    """
    why = plain(text) or "It gave no reason."
    error: ProviderError
    if _CREDITS.search(why):
        error = OutOfCreditsError("The account ran out of credits.", why=why)
    elif _NOT_FETCHABLE.search(why):
        error = _not_fetchable("could not", why)
    elif _MODERATED.search(why):
        error = ModeratedError("The model refused the content.", why=why)
    elif _RATE.search(why):
        error = RateLimitedError("The model got too many requests.", why=why)
    elif _HDR_ACCESS.search(why):
        error = RefusedSettingsError("The account has no HDR access.", why=why, fix=_HDR_FIX)
    elif _SETTINGS.search(why):
        error = RefusedSettingsError("The model refused the settings.", why=why)
    elif _AWAY.search(why):
        error = UnavailableError("The model was not available.", why=why)
    else:
        error = GenerationFailedError("The generation failed.", why=why)
    error.money = Money.SUBMITTED
    return error
