"""Check a timeline's text before OpenTimelineIO's own reader, which some texts crash, sees it.

Deep nesting, object references and a missing stack of tracks end the interpreter in
opentimelineio 0.18.1 (measured: SIGSEGV, which no `except` catches). So the text is measured
without recursion first, then parsed as plain JSON, then checked where structure matters.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import Any, TypeGuard

from newtake.domain.errors import TimelineError
from otio_newtake.sweeping import unswept

MAX_BYTES = 256 * 2**20
MAX_DEPTH = 200
"""Brackets open at once; the deepest timeline seen from an editor has 22."""
MAX_NESTED_STACKS = 32
MAX_CLIPS = 100_000
_MAX_VALUE = 2.0**53
_MAX_RATE = 1_000_000.0
_NOT_STRUCTURE = bytes(set(range(256)) - set(b'[]{}":'))
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_ROOTS = ("Timeline", "Clip", "Stack", "Track", "SerializableCollection")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def checked_text(raw: bytes, versions: Mapping[str, int]) -> str:
    """The text of a timeline that is safe to hand to OpenTimelineIO.

    Args:
        raw: The file's bytes; a UTF-8 byte order mark is taken off.
        versions: The newest version of each schema that the installed library reads.

    Raises:
        TimelineError: With what is wrong, and where.
    """
    if len(raw) > MAX_BYTES:
        raise TimelineError(
            f"The timeline is larger than {MAX_BYTES // 2**20} MiB.",
            fix="Export a part of the timeline, or without effects.",
        )
    text = _decoded(raw)
    structure = _structure_of(raw)
    _check_depth(structure)
    with unswept():
        _check_parsed(text, structure.count(b":"), versions)
    return text


def _check_parsed(text: str, colons: int, versions: Mapping[str, int]) -> None:
    root, objects = _parsed(text)
    _check_names(objects, colons, text)
    _check_schemas(_schemas_of(objects), versions)
    _check_structure(root)


def _decoded(raw: bytes) -> str:
    if raw.startswith(_UTF16_MARKS):
        raise TimelineError("The timeline is UTF-16 text; OpenTimelineIO is UTF-8.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TimelineError(
            "The timeline is not text in UTF-8.", why=f"Byte {error.start} is not UTF-8."
        ) from error


def _structure_of(raw: bytes) -> bytes:
    """The brackets and colons of the text that stand outside of strings."""
    # Escapes go first: what is left of a run of backslashes escapes the quote after it or nothing.
    bare = raw.replace(rb"\\", b"").replace(rb"\"", b"").translate(None, _NOT_STRUCTURE)
    # Two quotes side by side change nothing for what is left, and are nearly all of it.
    return b"".join(bare.replace(b'""', b"").split(b'"')[::2])


def _check_depth(structure: bytes) -> None:
    steps = map(_STEP.__getitem__, structure.translate(None, b":"))
    deepest = max(accumulate(steps), default=0)
    if deepest > MAX_DEPTH:
        raise TimelineError(
            f"The timeline is nested {deepest} levels deep; {MAX_DEPTH} is the most that is safe."
        )


def _parsed(text: str) -> tuple[object, list[dict[str, Any]]]:
    """What the text holds, and every object in it."""
    objects: list[dict[str, Any]] = []

    def seen(found: dict[str, Any]) -> dict[str, Any]:
        objects.append(found)
        return found

    try:
        return json.loads(text, object_hook=seen), objects
    except RecursionError as error:
        raise TimelineError("The timeline is nested too deeply to be read safely.") from error
    except ValueError as error:
        raise TimelineError("The timeline is not valid JSON.", why=f"{error}.") from error


def _check_names(objects: list[dict[str, Any]], colons: int, text: str) -> None:
    """Each name once per object: of two, two readers would see two different timelines."""
    if sum(map(len, objects)) == colons:
        return

    def once(pairs: list[tuple[str, Any]]) -> None:
        if len(dict(pairs)) != len(pairs):
            names = Counter(name for name, _ in pairs)
            raise TimelineError(
                f"The timeline names {names.most_common(1)[0][0]!r} twice in one object."
            )

    json.loads(text, object_pairs_hook=once)
    raise TimelineError("The timeline is not valid JSON.", why="Its names cannot be counted.")


def _schemas_of(objects: list[dict[str, Any]]) -> Counter[str]:
    found = [each["OTIO_SCHEMA"] for each in objects if "OTIO_SCHEMA" in each]
    return Counter([schema for schema in found if isinstance(schema, str)])


def _check_schemas(schemas: Mapping[str, int], versions: Mapping[str, int]) -> None:
    clips = 0
    for schema, count in schemas.items():
        name, _, version = schema.rpartition(".")
        if name == "SerializableObjectRef" or schema.startswith("SerializableObjectRef"):
            raise TimelineError(
                "The timeline refers to an object inside itself (SerializableObjectRef).",
                why="Such references can form a circle, and no editor writes them.",
            )
        if not version.isdecimal():
            raise TimelineError(f"The timeline holds an object of no known kind: {schema!r}.")
        known = versions.get(name)
        if known is not None and int(version) > known:
            raise TimelineError(
                f"The timeline was written by a newer OpenTimelineIO ({schema}).",
                why=f"The library installed here reads {name}.{known}.",
                fix="Upgrade opentimelineio, or export for an older version.",
            )
        if name == "Clip":
            clips += count
    if clips > MAX_CLIPS:
        raise TimelineError(f"The timeline has {clips} clips; {MAX_CLIPS} is the most.")


def _check_structure(root: object) -> None:
    if not isinstance(root, dict) or "OTIO_SCHEMA" not in root:
        raise TimelineError("The file is JSON, but no OpenTimelineIO timeline.")
    if _kind(root) not in _ROOTS:
        raise TimelineError(f"The file holds a {root['OTIO_SCHEMA']}, not a timeline.")
    waiting: list[tuple[dict[str, Any], int]] = [(root, 0)]
    while waiting:
        item, depth = waiting.pop()
        kind = _kind(item)
        if kind == "Stack":
            depth += 1
        if depth > MAX_NESTED_STACKS + 1:
            raise TimelineError(
                f"The timeline nests more than {MAX_NESTED_STACKS} stacks inside each other."
            )
        if kind == "Timeline":
            tracks = item.get("tracks")
            if not isinstance(tracks, dict) or _kind(tracks) != "Stack":
                raise TimelineError("The timeline has no stack of tracks.")
            waiting.append((tracks, depth))
        _check_times(item)
        children = item.get("children", [])
        if not isinstance(children, list):
            raise TimelineError(f"The children of {_name(item)} are no list.")
        waiting.extend((child, depth) for child in _objects(children, item))


def _objects(children: Iterable[object], parent: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    for child in children:
        if not isinstance(child, dict):
            raise TimelineError(f"A child of {_name(parent)} is no object.")
        yield child


def _check_times(item: Mapping[str, Any]) -> None:
    """Ranges that place clips must be numbers; a media's own range is judged clip by clip."""
    ranged = item.get("source_range")
    if isinstance(ranged, dict):
        _check_time(ranged.get("start_time"), item, "source range")
        _check_time(ranged.get("duration"), item, "source range", length=True)
    for field, words in (("in_offset", "transition"), ("out_offset", "transition")):
        if field in item:
            _check_time(item[field], item, words, length=True)
    if item.get("global_start_time") is not None:
        _check_time(item["global_start_time"], item, "start time")


def _check_time(time: object, item: Mapping[str, Any], words: str, *, length: bool = False) -> None:
    fields = time if isinstance(time, dict) else {}
    value, rate = fields.get("value"), fields.get("rate")
    lowest = 0.0 if length else -_MAX_VALUE
    if type(value) is type(rate) is float and lowest <= value <= _MAX_VALUE and 0 < rate <= 1000:
        # As nearly all are; what is no number compares with nothing.
        return
    if not (_is_number(value) and _is_number(rate)):
        raise TimelineError(f"The {words} of {_name(item)} is no time: {value} at {rate}.")
    if not 0 < rate <= _MAX_RATE:
        raise TimelineError(f"The {words} of {_name(item)} has an impossible rate: {rate}.")
    if abs(value) > _MAX_VALUE or (length and value < 0):
        raise TimelineError(f"The {words} of {_name(item)} is impossible: {value} at {rate}.")


def _is_number(value: object) -> TypeGuard[int | float]:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return isinstance(value, int) or math.isfinite(value)


def _kind(item: Mapping[str, Any]) -> str:
    return str(item.get("OTIO_SCHEMA", "")).rpartition(".")[0]


def _name(item: Mapping[str, Any]) -> str:
    name = str(item.get("name") or "")[:80]
    return f"{_kind(item) or 'an object'} {name!r}" if name else _kind(item) or "an object"
