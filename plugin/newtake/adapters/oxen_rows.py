"""The service's JSON, read leniently: what is missing is None, what is unknown is kept.

Field names differ between the queue, the history, the events and the synchronous route, and between
versions of the service; `Row` knows every spelling seen. Source: docs.oxen.ai, "Async queue".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from newtake.adapters.oxen_errors import classify_failure, words_of
from newtake.domain.errors import GenerationFailedError, UnknownProviderError
from newtake.ports import ModelCard, Submission

_INPUTS = ("input", "prompt", "source", "image", "keyframe", "user", "thumbnail")
_EXR_SUFFIXES = (".exr", ".zip")
_DEPTH_MAX = 8
_SECONDS_MAX = 1e12
PLAIN_ID = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$"
"""Ids become parts of file names and of notes: no separators, no hidden names."""


def _text_or_none(value: Any) -> Any:
    return value if isinstance(value, str) and value else None


def _seconds_or_none(value: Any) -> Any:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    # Comparisons also hold for integers that are too large to become a float.
    return value if number and -_SECONDS_MAX < value < _SECONDS_MAX else None


def _id_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def money_or_none(value: Any) -> Decimal | None:
    """An amount of US dollars from a number or text; None for anything that is no amount."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount >= 0 else None


def _failure_text(value: Any) -> Any:
    if isinstance(value, Mapping):
        return words_of({"error": value}).text or None
    return str(value) if value else None


_Text = Annotated[str | None, BeforeValidator(_text_or_none)]
_Seconds = Annotated[float | None, BeforeValidator(_seconds_or_none)]


class Row(BaseModel):
    """One generation, in the queue's or the history's form."""

    model_config = ConfigDict(extra="allow", frozen=True, protected_namespaces=())

    generation_id: Annotated[str, BeforeValidator(_id_text)] = Field(
        pattern=PLAIN_ID, validation_alias=AliasChoices("generation_id", "id")
    )
    status: str = Field(min_length=1, max_length=100)
    model_name: _Text = Field(None, validation_alias=AliasChoices("model_name", "model"))
    prompt: _Text = None
    input_video: _Text = None
    enqueued_at: _Seconds = None
    error_message: Annotated[str | None, BeforeValidator(_failure_text)] = Field(
        None, validation_alias=AliasChoices("error_message", "error")
    )
    cost: Annotated[Decimal | None, BeforeValidator(money_or_none)] = None
    target_namespace: _Text = None


def read_row(payload: Any) -> tuple[Row, Mapping[str, Any]]:
    """A row and its fields as they came; `generation` around it is taken off.

    Raises:
        UnknownProviderError: When it names no generation or no status.
    """
    if isinstance(payload, Mapping) and isinstance(payload.get("generation"), Mapping):
        payload = payload["generation"]
    if not isinstance(payload, Mapping):
        raise UnknownProviderError("The service's answer is no generation.")
    # A null under one spelling must not hide a value under another.
    said = {name: value for name, value in payload.items() if value is not None}
    try:
        return Row.model_validate(said), payload
    except ValidationError as error:
        wrong = ", ".join(str(each["loc"][0]) for each in error.errors() if each["loc"])
        raise UnknownProviderError(
            "The service described a generation in a way nobody documented.",
            why=f"Missing or not as documented: {wrong or 'the whole row'}.",
        ) from error


def names_generations(payload: Any) -> bool:
    """Whether an answer to a submit names at least one generation in a way that can be read."""
    try:
        return bool(accepted_ids(payload))
    except UnknownProviderError:
        return False


def accepted_ids(payload: Any) -> tuple[str, ...]:
    """The generations that an answer to a submit names.

    Raises:
        UnknownProviderError: It names none, or one in a way that is no id.
    """
    listed = payload.get("generations") if isinstance(payload, Mapping) else None
    named = [
        _id_text(each.get("generation_id") or each.get("id"))
        for each in (listed if isinstance(listed, list) else ())
        if isinstance(each, Mapping)
    ]
    if not named or not all(isinstance(each, str) and re.match(PLAIN_ID, each) for each in named):
        raise UnknownProviderError(
            "The service accepted the edit and named no generation.",
            why="Its answer holds none, or an id that cannot be one." if named else "",
        )
    return tuple(dict.fromkeys(named))


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows of a list answer. One that cannot be read must not hide the others."""

    rows: tuple[tuple[Row, Mapping[str, Any]], ...]
    unreadable: UnknownProviderError | None = None
    """Why a row was left out, so that "not listed" is not taken for "not there"."""


def listing_of(payload: Any) -> Listing:
    """Raises UnknownProviderError for an answer that is no list."""
    listed = payload.get("generations") if isinstance(payload, Mapping) else None
    if not isinstance(listed, list):
        raise UnknownProviderError("The service's answer is no list of generations.")
    rows = []
    unreadable = None
    for each in listed:
        try:
            rows.append(read_row(each))
        except UnknownProviderError as error:
            unreadable = error
    return Listing(tuple(rows), unreadable)


def submission_of(row: Row, fields: Mapping[str, Any]) -> Submission:
    """The port's value. A failure's reason keeps the service's words and adds what they mean."""
    reason = ""
    if row.error_message is not None or row.status == "failed":
        error = classify_failure(row.error_message or "")
        reason = error.why
        if not isinstance(error, GenerationFailedError):
            why = error.why if error.why.endswith((".", "!", "?")) else f"{error.why}."
            reason = f"{error.what} {why} {error.fix}".strip()
    return Submission(
        row.generation_id,
        row.status,
        reason,
        result_url=result_url(fields),
        exr_url=exr_url(fields),
        enqueued_at=row.enqueued_at,
        cost_usd=row.cost,
        fields=dict(fields),
    )


def result_url(fields: Mapping[str, Any]) -> str | None:
    """The video's address, under any name that the service or its forerunners give it."""
    nested = [fields.get("video"), fields.get("result"), fields.get("output")]
    for several in (fields.get("videos"), fields.get("outputs"), fields.get("files")):
        if isinstance(several, list):
            nested.extend(several)
    candidates = [fields.get("result_url"), fields.get("url"), fields.get("video_url")]
    urls = fields.get("result_urls")
    candidates.extend(urls if isinstance(urls, list) else [])
    for each in nested:
        candidates.append(each.get("url") if isinstance(each, Mapping) else each)
    for each in candidates:
        url = str(each)
        if is_web_address(url) and not urlsplit(url).path.lower().endswith(_EXR_SUFFIXES):
            return url
    return None


def exr_url(fields: Mapping[str, Any]) -> str | None:
    """The EXR's address: under a name with "exr" in it, or any that ends in .exr or .zip."""
    found = list(_addresses(fields, "", 0))
    for name, url in found:
        if "exr" in name:
            return url
    for _, url in found:
        if urlsplit(url).path.lower().endswith(_EXR_SUFFIXES):
            return url
    return None


def _addresses(value: Any, name: str, depth: int) -> Iterator[tuple[str, str]]:
    """Every address in a row with the path of names to it, what was sent in left out."""
    if depth > _DEPTH_MAX:
        return
    if isinstance(value, Mapping):
        for key, each in value.items():
            if not str(key).lower().startswith(_INPUTS):
                yield from _addresses(each, f"{name}.{str(key).lower()}", depth + 1)
    elif isinstance(value, list):
        for each in value:
            yield from _addresses(each, name, depth + 1)
    elif is_web_address(value):
        yield name, str(value)


def is_web_address(value: Any) -> bool:
    """True for text that is an http or https address with a host."""
    if not isinstance(value, str) or not value.startswith(("https://", "http://")):
        return False
    try:
        return bool(urlsplit(value).hostname)
    except ValueError:
        return False


def model_card(payload: Any, model: str, *, stale: bool = False) -> ModelCard:
    """The live model. Raises: UnknownProviderError when the answer describes none."""
    if isinstance(payload, Mapping) and isinstance(payload.get("data"), Mapping):
        payload = payload["data"]
    if not isinstance(payload, Mapping):
        raise UnknownProviderError(f"The service's answer does not describe the model {model}.")
    schema: Mapping[str, Any] = next(
        (
            payload[name]
            for name in ("request_schema", "json_request_schema")
            if isinstance(payload.get(name), Mapping)
        ),
        {},
    )
    pricing = payload.get("pricing")
    return ModelCard(
        id=str(payload.get("id") or payload.get("name") or model),
        name=str(payload.get("display_name") or payload.get("id") or model),
        schema=schema,
        pricing=pricing if isinstance(pricing, Mapping) else {},
        stale=stale,
    )
