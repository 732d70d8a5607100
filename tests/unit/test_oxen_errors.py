"""Every way the service says no, and every way a connection breaks, lands in the one error tree."""

from __future__ import annotations

import inspect
from datetime import datetime, timezone
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from newtake.adapters.http_errors import LIBRARY_ERRORS, transport_error
from newtake.adapters.oxen_errors import (
    classify_failure,
    error_of,
    retry_after_seconds,
    says_error,
    words_of,
)
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

NOW = 1_700_000_000.0
NO_CREDITS = {
    "error": {"type": "insufficient_credits", "title": "You have run out of credits."},
    "status": "error",
    "status_message": "insufficient_credits",
}
NOT_FOUND = {
    "error": {
        "type": "resource_not_found",
        "title": "The requested resource could not be found",
    },
    "status": "error",
    "status_message": "resource_not_found",
}


@pytest.mark.parametrize(
    ("payload", "kind", "text"),
    [
        (
            {"error": {"type": "invalid_params", "title": "Invalid", "detail": "duration"}},
            "invalid_params",
            "Invalid: duration",
        ),
        ({"error": {"message": "Model not found: x"}}, "", "Model not found: x"),
        ({"error": "plain string"}, "", "plain string"),
        (
            {"status": "error", "status_message": "bad", "status_description": "It was bad"},
            "bad",
            "It was bad",
        ),
        ("<html><h1>502 Bad\nGateway</h1></html>", "", "502 Bad Gateway"),
        ({"status": "error", "status_message": "lock_timeout"}, "lock_timeout", "lock_timeout"),
        ([1, 2], "", ""),
        (None, "", ""),
    ],
)
def test_words_are_read_from_every_shape_of_body(payload: Any, kind: str, text: str) -> None:
    words = words_of(payload)
    assert (kind, text) == (words.kind, words.text)


def test_foreign_text_cannot_steer_a_terminal_or_flood_it() -> None:
    text = words_of({"error": "\x1b[31mred\r\n" + "x" * 5000}).text
    assert text.startswith("[31mred x")
    assert len(text) <= 601


@pytest.mark.parametrize(
    ("status", "payload", "expected"),
    [
        (400, {"error": {"type": "invalid_params", "title": "no"}}, RefusedSettingsError),
        (400, {"error": ":unsupported_media_type"}, RefusedSettingsError),
        (400, {"error": {"message": "Insufficient credits"}}, OutOfCreditsError),
        (401, {"error": {"message": "Invalid API key"}}, NotAuthorisedError),
        (401, {"error": {"type": "unauthenticated", "title": "no"}}, NotAuthorisedError),
        (402, NO_CREDITS, OutOfCreditsError),
        (402, "", OutOfCreditsError),
        (403, {"error": "no"}, NotAuthorisedError),
        (403, {"error": "403 Client Error: Forbidden for url: https://x"}, InputNotFetchableError),
        (403, {"error": "HDR access is not enabled"}, RefusedSettingsError),
        (400, {"error": "Could not download the input video"}, InputNotFetchableError),
        (400, {"error": {"type": "content_moderated", "title": "no"}}, ModeratedError),
        (404, NOT_FOUND, NotFoundError),
        (404, {"error": {"message": "Model not found: x"}}, NotFoundError),
        (408, "", UnavailableError),
        (409, {"error": "conflict"}, UnknownProviderError),
        (413, "", RefusedSettingsError),
        (418, "", UnknownProviderError),
        (422, {"error": "Getting model response error: 422 - Value error"}, RefusedSettingsError),
        (426, "upgrade", UnavailableError),
        (429, {"error": "rate limit exceeded"}, RateLimitedError),
        (500, "Internal Server Error", UnavailableError),
        (500, {"error": "Getting model response error: 422 - Value"}, RefusedSettingsError),
        (502, {"error": "model provider returned an error"}, UnavailableError),
        (503, "", UnavailableError),
        (504, "<html>timeout</html>", UnavailableError),
        (529, "", UnavailableError),
        (200, {"error": "what"}, UnknownProviderError),
        (200, NO_CREDITS, OutOfCreditsError),
        (200, {"error": {"type": "invalid_params", "title": "no"}}, RefusedSettingsError),
        (302, "", UnknownProviderError),
    ],
)
def test_each_refusal_has_its_class(
    status: int, payload: Any, expected: type[ProviderError]
) -> None:
    error = error_of(status, {}, payload, paid=False, now=NOW)
    assert expected is type(error)
    assert status == error.http_status
    assert Money.NONE is error.money


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 413, 415, 422, 429])
def test_a_refused_submit_says_that_nothing_was_charged(status: int) -> None:
    error = error_of(status, {}, {"error": "no"}, paid=True, now=NOW)
    assert Money.REFUSED is error.money


def test_a_submit_to_an_unknown_model_is_refused_for_certain() -> None:
    error = error_of(404, {}, {"error": {"message": "Model not found: x"}}, paid=True, now=NOW)
    assert RefusedSettingsError is type(error)
    assert "Model not found: x" in error.why


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504, 529])
def test_a_submit_that_met_a_failing_server_may_exist(status: int) -> None:
    error = error_of(status, {}, "", paid=True, now=NOW)
    assert isinstance(error, UnavailableError)
    assert error.sent
    assert Money.UNKNOWN is error.money


WORDS_OF_REFUSALS = [
    "Insufficient credits",
    "rate limit exceeded",
    "Invalid API key",
    "Getting model response error: 422 - Value error",
    "content_moderated",
    "Could not download the input video",
    "HDR access is not enabled",
]


@pytest.mark.parametrize("words", WORDS_OF_REFUSALS)
@pytest.mark.parametrize("status", [200, 202, 302, 408, 409, 500, 502, 503, 529])
def test_words_never_make_a_submit_certainly_refused(status: int, words: str) -> None:
    error = error_of(status, {}, {"error": {"type": "x", "title": words}}, paid=True, now=NOW)
    assert error.money is Money.UNKNOWN


def test_an_outdated_client_is_told_so_and_has_sent_nothing() -> None:
    error = error_of(426, {}, "Upgrade Required", paid=True, now=NOW)
    assert isinstance(error, UnavailableError)
    assert not error.sent
    assert "Update New Take" in error.fix


def test_retry_after_is_carried() -> None:
    error = error_of(429, {"retry-after": "5"}, "", paid=True, now=NOW)
    assert isinstance(error, RateLimitedError)
    assert error.retry_after_seconds == 5.0


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("5", 5.0),
        ("0.5", 0.5),
        ("-3", 0.0),
        ("nan", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("99999999", 86_400.0),
        (format_datetime(datetime.fromtimestamp(NOW + 90, timezone.utc), usegmt=True), 90.0),
        (format_datetime(datetime.fromtimestamp(NOW - 90, timezone.utc), usegmt=True), 0.0),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, expected: float | None) -> None:
    assert expected == retry_after_seconds(value, NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Insufficient credits", OutOfCreditsError),
        ("403 Client Error: Forbidden for url: https://x/y.mp4", InputNotFetchableError),
        ("404 Client Error: Not Found for url: https://x/y.mp4", InputNotFetchableError),
        ("Failed to download the file from https://x", InputNotFetchableError),
        ("Could not download input_video", InputNotFetchableError),
        ("content_moderated: the prompt was flagged", ModeratedError),
        ("rate_limited", RateLimitedError),
        ("Getting model response error: 422 - Value error, duration", RefusedSettingsError),
        ("num_generations must be an integer between 1 and 4", RefusedSettingsError),
        ("This account does not have HDR access", RefusedSettingsError),
        ("HDR output requires access for this account", RefusedSettingsError),
        ("unsupported_format", RefusedSettingsError),
        ("model provider returned an error", UnavailableError),
        ("budget_exhausted", UnavailableError),
        ("generation_failed", GenerationFailedError),
        ("", GenerationFailedError),
    ],
)
def test_a_failed_generation_is_told_apart_by_its_text(
    text: str, expected: type[ProviderError]
) -> None:
    error = classify_failure(text)
    assert expected is type(error)
    assert Money.SUBMITTED is error.money


def test_missing_hdr_access_comes_with_the_way_around_it() -> None:
    assert "--hdr" in classify_failure("This account does not have HDR access").fix


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"error": "x"}, True),
        ({"status": "error"}, True),
        ({"generation_id": "g", "error": "the generation's own"}, False),
        ({"status": "success"}, False),
        ({"error": None}, False),
        ("error", False),
    ],
)
def test_a_body_that_reports_an_error_is_told_from_a_row(payload: Any, expected: bool) -> None:
    assert expected is says_error(payload)


REQUEST = httpx.Request("POST", "https://hub.example/api/ai/queue")
NOT_SENT = {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol"}
SENT = {
    "CloseError",
    "DecodingError",
    "HTTPError",
    "LocalProtocolError",
    "NetworkError",
    "ProtocolError",
    "ReadError",
    "ReadTimeout",
    "RemoteProtocolError",
    "RequestError",
    "TimeoutException",
    "TooManyRedirects",
    "TransportError",
    "WriteError",
    "WriteTimeout",
}
UNREADABLE = {
    "CookieConflict",
    "HTTPStatusError",
    "RequestNotRead",
    "ResponseNotRead",
    "StreamClosed",
    "StreamConsumed",
    "StreamError",
}


def library_exceptions() -> list[type[Exception]]:
    exported = (getattr(httpx, name) for name in httpx.__all__)
    return [each for each in exported if inspect.isclass(each) and issubclass(each, Exception)]


def made(kind: type[Exception]) -> Exception:
    if kind is httpx.HTTPStatusError:
        return httpx.HTTPStatusError("no", request=REQUEST, response=httpx.Response(500))
    try:
        return kind("no")
    except TypeError:
        return kind()


@pytest.mark.parametrize("kind", library_exceptions(), ids=lambda kind: kind.__name__)
def test_every_exception_of_the_library_is_mapped(kind: type[Exception]) -> None:
    """A new class in a new version of the library fails here until somebody decides about it."""
    error = transport_error(made(kind))
    assert issubclass(kind, LIBRARY_ERRORS)
    if kind.__name__ in UNREADABLE:
        assert UnknownProviderError is type(error)
    else:
        assert isinstance(error, UnavailableError)
        assert (kind.__name__ in SENT) is error.sent
        assert kind.__name__ in SENT | NOT_SENT | {"InvalidURL"}
