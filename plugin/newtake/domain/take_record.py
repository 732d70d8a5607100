"""What is known of how a take was made, and the settings that make another one like it.

A take's sidecar knows all, the timeline most of it. Both may have been through other programs, so
what is not of the kind it should be is as if it was not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from newtake.domain.choices import DURATIONS
from newtake.domain.errors import SelectionError
from newtake.domain.loose_values import is_count, mapping_in, text_in
from newtake.domain.style import StyleStamp

_SENT = ("resolution", "edit_strength", "auto_controls", "hdr", "exr_export")
_FLAGS = ("auto_controls", "hdr", "exr_export")


@dataclass(frozen=True, slots=True)
class TakeMedia:
    """A take as a timeline holds it: what is written there of it, and its movie."""

    mark: Mapping[str, Any]
    movie: Path | None
    """On this machine, where the timeline names it so; it need not be there."""


@dataclass(frozen=True, slots=True)
class TakeRecord:
    """How a take was made. Empty, or None, where nothing says it."""

    prompt: str = ""
    model: str = ""
    style: StyleStamp | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    """By the names that edits have; `duration` is what was bought. Without prompt and style."""
    cost_usd: str = ""
    created_at: str = ""
    """UTC, ISO 8601."""
    lut: Path | None = None
    """The table that the model saw the source through."""
    of_a_part: bool = False
    """Whether only a part of the clip was restyled, and the other frames are the original's."""
    sidecar: Path | None = None
    """Where the sidecar is, where it could be read."""
    job_id: str = ""
    is_missing: bool = False
    """Whether the timeline names a movie of this machine that is not there."""


def record_of(
    mark: Mapping[str, Any], sidecar: Mapping[str, Any] | None = None, at: Path | None = None
) -> TakeRecord:
    """What a timeline and a sidecar say of a take; what the sidecar says comes first.

    Args:
        mark: What is written in the timeline.
        sidecar: What is written beside the take; None where there is none.
        at: Where that is.
    """
    beside = sidecar or {}
    both = {**mark, **{name: value for name, value in beside.items() if value is not None}}
    lut = text_in(mapping_in(mapping_in(beside.get("source_picture")).get("lut")).get("file"))
    return TakeRecord(
        prompt=text_in(both.get("prompt")),
        model=text_in(both.get("model")),
        style=_stamp(both.get("style")),
        settings=_settings(both),
        cost_usd=text_in(both.get("cost_usd")),
        created_at=text_in(both.get("created_at")),
        lut=Path(lut) if lut else None,
        of_a_part=isinstance(beside.get("original_frames"), Mapping),
        sidecar=at if sidecar is not None else None,
        job_id=text_in(both.get("job_id")),
    )


def settings_again(record: TakeRecord, name: str) -> dict[str, Any]:
    """What to say to have another take made as this one was, by the names that edits have.

    One take of it: variations are for choosing, and this one is chosen. The model has no seed, so
    that the same words do not give the same pictures.

    Args:
        record: The take's.
        name: For the error.

    Raises:
        SelectionError: Nothing says with which prompt it was made.
    """
    if not record.prompt:
        raise SelectionError(
            f"Nothing says how {name} was made.",
            why="Neither the timeline nor a sidecar beside its media has its prompt.",
            fix="Say --prompt and the settings yourself.",
        )
    again = {"prompt": record.prompt, **record.settings}
    if record.style is not None:
        again["style"] = record.style
    return again


def _settings(both: Mapping[str, Any]) -> dict[str, Any]:
    sent = mapping_in(both.get("settings"))
    found = {name: _value(name, sent[name]) for name in _SENT if name in sent}
    plate, parts = mapping_in(both.get("plate")), both.get("parts")
    if not isinstance(parts, list):
        # Parts are bought each at its own length.
        found["duration"] = sent.get("duration") if sent.get("duration") in DURATIONS else None
    elif parts:
        carried = any(mapping_in(part).get("began_with_its_last_picture") is True for part in parts)
        found["continuity"] = "carry" if carried else "parallel"
    cadence = plate.get("cadence")
    found["cadence"] = cadence if cadence in ("frame", "time") else None
    found["first_frame"] = text_in(both.get("first_frame")) or None
    handles = both.get("handles_asked")
    found["handles"] = handles if is_count(handles) and handles else None
    return {name: value for name, value in found.items() if value is not None}


def _value(name: str, value: object) -> object:
    if name in _FLAGS:
        # Older files have words for all.
        return True if value is True or value == "True" else None
    return text_in(value) or None


def _stamp(value: object) -> StyleStamp | None:
    said = mapping_in(value)
    name, revision, sha256 = said.get("name"), said.get("revision"), said.get("sha256")
    if not text_in(name) or not is_count(revision) or not text_in(sha256):
        return None
    return StyleStamp(text_in(name), revision, text_in(sha256))
