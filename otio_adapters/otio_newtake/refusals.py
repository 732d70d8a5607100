"""Decide whether a clip can be restyled and, if not, name the reason that comes first.

What a clip *is* comes before where its media is: bringing a generator online helps nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import opentimelineio as otio

from newtake.domain.clip import Refusal, RefusalReason
from newtake.domain.sequence import SUFFIXES, ImageSequence
from newtake.domain.timing import FrameRange, Handles
from otio_newtake.addresses import Address

_PICTURES = (
    *(".avif", ".bmp", ".cin", ".dpx", ".exr", ".gif", ".hdr", ".heic", ".heif", ".jp2", ".jpeg"),
    *(".jpg", ".png", ".psd", ".svg", ".tga", ".tif", ".tiff", ".webp"),
)
_SOUNDS = (
    *(".aac", ".ac3", ".aif", ".aifc", ".aiff", ".bwf", ".caf", ".flac", ".m4a", ".mp3", ".oga"),
    *(".ogg", ".opus", ".rf64", ".w64", ".wav", ".wma"),
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a clip when it is judged."""

    reference: Any
    label: str
    dissolves: Handles
    """Frames at both ends of `source` that only a transition shows."""
    shown: bool
    steady: bool
    """Whether the speed of whatever holds the clip is known."""
    address: Address
    exists: bool
    oddity: str
    """What lies at the address instead of a file that could be media; empty where one does."""
    source: FrameRange
    available: FrameRange | None
    rate_unknown: bool
    speed: Fraction | None
    """As from `retimes.speed_of`."""
    sequence: ImageSequence | None = None


def refuse(evidence: Evidence) -> Refusal | None:
    """The first reason against restyling the clip; None when there is none."""
    return next(_reasons(evidence), None)


def refuse_nested(clips: int) -> Refusal:
    """Why a nested composition that shows this many clips is none that a take can be put into."""
    shows = f"shows {clips} clips" if clips else "shows no clip"
    return Refusal(
        RefusalReason.NESTED,
        f"it is a nested timeline (compound clip) that {shows}, and a take belongs to one; "
        "restyle the clips inside it in a timeline of their own",
    )


def _reasons(evidence: Evidence) -> Iterator[Refusal]:
    yield from _of_kind(evidence)
    yield from _of_time(evidence)
    yield from _of_place(evidence)


def _of_kind(evidence: Evidence) -> Iterator[Refusal]:
    """What the clip is."""
    reference, address = evidence.reference, evidence.address
    if evidence.label.startswith("A"):
        yield Refusal(RefusalReason.AUDIO, "it is sound; takes are picture only")
    if evidence.label.startswith("T"):
        yield Refusal(RefusalReason.UNSUPPORTED, "its track is neither picture nor sound")
    if isinstance(reference, otio.schema.GeneratorReference):
        kind = reference.generator_kind or "generator"
        yield Refusal(RefusalReason.GENERATOR, f"it is made by the editor ({kind}), not from media")
    is_sequence = isinstance(reference, otio.schema.ImageSequenceReference)
    if is_sequence and evidence.sequence is None and address.path is not None:
        yield Refusal(
            RefusalReason.IMAGE_SEQUENCE,
            f"its media is a sequence of images that is not read here ({address.path.name}); "
            f"{', '.join(each[1:].upper() for each in SUFFIXES[:4])} and TIFF are",
        )
    if _suffix(evidence) in _SOUNDS:
        yield Refusal(RefusalReason.AUDIO, "its media is a sound file; takes are picture only")
    if address.problem is not None and address.problem is not RefusalReason.OFFLINE:
        yield Refusal(address.problem, address.text)


def _of_time(evidence: Evidence) -> Iterator[Refusal]:
    """What its ranges say."""
    source, available = evidence.source, evidence.available
    if _is_still(evidence):
        yield Refusal(RefusalReason.STILL, "it is a still picture, not a movie")
    if evidence.rate_unknown:
        rate = evidence.reference.available_range.duration.rate
        yield Refusal(RefusalReason.UNKNOWN_RATE, f"its media has no usable frame rate ({rate:g})")
    elif source.rate > 1000:
        yield Refusal(
            RefusalReason.UNKNOWN_RATE, f"its range counts at {source.rate} per second, not frames"
        )
    if not evidence.shown:
        yield Refusal(RefusalReason.EMPTY, "its track's own range leaves it out of the timeline")
    if evidence.speed is None:
        yield Refusal(
            RefusalReason.RETIMED,
            "its speed changes over the clip (a speed ramp), or is none that its effects tell",
        )
    elif not evidence.steady:
        yield Refusal(RefusalReason.RETIMED, "a time effect of what holds it changes its speed")
    if not source.duration:
        yield Refusal(RefusalReason.EMPTY, "it shows no frames")
    if available is not None and not available.contains(source):
        yield Refusal(
            RefusalReason.OUTSIDE_MEDIA,
            f"it shows media frames {source.start} to {source.end - 1}{_dissolved(evidence)}, and "
            "the timeline says the "
            f"media has {available.start} to {available.end - 1}",
        )


def _dissolved(evidence: Evidence) -> str:
    head, tail = evidence.dissolves.head, evidence.dissolves.tail
    return f" with the {head} + {tail} that a transition shows" if head or tail else ""


def _of_place(evidence: Evidence) -> Iterator[Refusal]:
    """Where its media is."""
    address = evidence.address
    if address.problem is not None:
        yield Refusal(address.problem, address.text)
    elif not evidence.exists:
        yield Refusal(RefusalReason.OFFLINE, f"its media is offline: there is no {address.path}")
    elif evidence.oddity:
        yield Refusal(RefusalReason.NOT_A_FILE, f"its media is {evidence.oddity}: {address.path}")


def _suffix(evidence: Evidence) -> str:
    """How the name of the media ends, in lower case, also where it is out of reach."""
    path = evidence.address.path
    name = _ending(path) if path is not None else ""
    if not name and evidence.address.problem is RefusalReason.OFFLINE:
        name = "." + getattr(evidence.reference, "target_url", "").rpartition(".")[2].lower()
    return name


@lru_cache(maxsize=1024)
def _ending(path: Path) -> str:
    return path.suffix.lower()


def _is_still(evidence: Evidence) -> bool:
    if evidence.sequence is not None:
        return evidence.sequence.frames == 1
    if _suffix(evidence) in _PICTURES:
        return True
    available = evidence.available
    return available is not None and available.duration == 1 < evidence.source.duration
