"""Set the times of a Kdenlive project that its adapter wrote to those of the timeline, exactly.

The adapter writes seconds with three decimals, the last frame of a media that runs at another rate
than the project among them, which the player then rounds to another frame. A project counts every
media in frames of its own: here each place, length and in-point is written as such a number. What
lies between two of them cannot be held, and is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree

import opentimelineio as otio

from newtake.domain.errors import HostError
from newtake.domain.timing import display_rate
from otio_newtake.appearances import Appearance, find_appearances, record_rate
from otio_newtake.marks import original_of
from otio_newtake.retimes import speed_of
from otio_newtake.spans import TOLERANCE, meant_seconds, rate_of

_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_ELSEWHERE = "Give --out a name that ends in .otio, which holds it."

Element = ElementTree.Element


@dataclass(frozen=True, slots=True)
class _Written:
    """One item of a track in the project's frames."""

    is_gap: bool
    length: int
    first: int


def check_holds(timeline: Any) -> None:
    """See that a project can hold a timeline to the frame.

    Args:
        timeline: As it would be written.

    Raises:
        HostError: A picture clip starts, ends or begins in its media between two frames of the
            project, or is a nested timeline.
    """
    rate = project_rate(timeline)
    for track in timeline.tracks:
        list(_items(track, rate))


def check_takes(places: Sequence[Appearance], rate: Fraction) -> None:
    """See that takes of these clips would show the frames that the clips show.

    Raises:
        HostError: The media of one runs at another rate than the project, so that its take, which
            begins elsewhere in its file, would be rounded to other frames.
    """
    for place in places:
        reference = original_of(place.item)[1] if hasattr(place.item, "media_references") else None
        span = reference.available_range if reference is not None else None
        span = span if span is not None else place.item.source_range
        own = rate_of(span.start_time.rate) if span is not None else None
        if own is not None and own != rate:
            raise HostError(
                f"A take of {place.item.name!r} cannot be written into a Kdenlive project.",
                why=f"Its media runs at {display_rate(own)} frames per second and the project at "
                f"{display_rate(rate)}: Kdenlive counts a take in frames of the project, and would "
                "show other frames of it than of the original.",
                fix=_ELSEWHERE,
            )


def project_rate(timeline: Any) -> Fraction:
    """What the project counts at. Raises: TimelineError."""
    return record_rate(timeline, find_appearances(timeline))


def exact(raw: bytes, timeline: Any) -> bytes:
    """The project with the exact times.

    Args:
        raw: What the adapter wrote.
        timeline: What it was to write.

    Raises:
        HostError: As `check_holds`, or the adapter wrote other clips.
    """
    rate = project_rate(timeline)
    root = ElementTree.fromstring(raw)
    profile = root.find("profile")
    if profile is None:
        raise HostError("The adapter for .kdenlive wrote no project.")
    profile.set("frame_rate_num", str(rate.numerator))
    profile.set("frame_rate_den", str(rate.denominator))
    ends: dict[str, int] = {}
    for number, track in enumerate(timeline.tracks):
        playlist = root.find(f"playlist[@id='playlist{2 * number}']")
        written = [] if playlist is None else [e for e in playlist if e.tag in ("blank", "entry")]
        meant = list(_items(track, rate))
        if [each.tag == "blank" for each in written] != [each.is_gap for each in meant]:
            raise HostError(
                f"The adapter for .kdenlive wrote {len(written)} of {len(meant)} clips of a track."
            )
        for element, item in zip(written, meant, strict=True):
            if item.is_gap:
                element.set("length", str(item.length))
                continue
            last = item.first + item.length - 1
            element.set("in", str(item.first))
            element.set("out", str(last))
            producer = element.get("producer", "")
            ends[producer] = max(ends.get(producer, 0), last)
    _lengthen(root, ends, rate)
    return _HEAD + ElementTree.tostring(root, encoding="unicode").encode() + b"\n"


def _items(track: Any, rate: Fraction) -> Iterator[_Written]:
    is_picture = track.kind == otio.schema.TrackKind.Video
    at, begin = Fraction(0), 0
    for item in track:
        if not isinstance(item, otio.core.Item):
            continue
        span = item.trimmed_range()
        at += meant_seconds(span.duration)
        is_gap = isinstance(item, otio.schema.Gap)
        if not is_gap and not isinstance(item, otio.schema.Clip):
            raise HostError(
                f"{item.name!r} is a nested timeline, which the adapter for Kdenlive leaves out.",
                why="Everything after it would move.",
                fix=_ELSEWHERE,
            )
        end, first = at * rate, Fraction(0)
        if not is_gap:
            speed = speed_of(item)
            first = meant_seconds(span.start_time) / (speed or 1) * rate
            own = rate_of(span.start_time.rate) == rate
            if is_picture and speed == 1 and not (own or _is_whole(first)):
                raise _between(item, "begins in its media", rate)
        if is_picture and not (rate_of(span.duration.rate) == rate or _is_whole(end)):
            raise _between(item, "ends", rate)
        yield _Written(is_gap, round(end) - begin, round(first))
        begin = round(end)


def _is_whole(frames: Fraction) -> bool:
    return abs(frames - round(frames)) <= TOLERANCE


def _between(item: Any, does: str, rate: Fraction) -> HostError:
    own = rate_of(item.trimmed_range().start_time.rate)
    return HostError(
        f"{item.name or 'a gap'!r} {does} between two frames of a Kdenlive project.",
        why=f"The project counts at {display_rate(rate)} frames per second"
        + (f", and the clip at {display_rate(own)}." if own not in (None, rate) else "."),
        fix=_ELSEWHERE,
    )


def _lengthen(root: Element, ends: dict[str, int], rate: Fraction) -> None:
    """Let each media reach from its first frame over all that is shown of it."""
    for name, last in ends.items():
        producer = root.find(f"producer[@id='{name}']")
        if producer is None:
            continue
        out = max(last, _frame(producer.get("out", "0"), rate))
        elements = [producer, *root.findall(f"playlist[@id='main_bin']/entry[@producer='{name}']")]
        for element in elements:
            element.set("in", str(_frame(element.get("in", "0"), rate)))
            element.set("out", str(out))
        length = producer.find("property[@name='length']")
        if length is not None:
            length.text = str(out + 1)


def _frame(clock: str, rate: Fraction) -> int:
    """The project's frame of a time as the adapter writes it, cut down: `00:01:02.040`, or 12."""
    *larger, seconds = clock.split(":")
    if not larger:
        return int(seconds)
    whole = sum(int(part) * 60 ** (place + 1) for place, part in enumerate(reversed(larger)))
    return int((whole + Fraction(seconds) + Fraction(1, 2000)) * rate)
