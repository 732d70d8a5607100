"""Set what the adapter for Final Cut Pro X XML read to the times that the file says, exactly.

otio-fcpx-xml-adapter 1.0.0 computes in floats and cuts what comes out: `180156/5s` at 25 frames per
second is frame 900779 to it, not 900780. It counts gaps at mixed rates wrongly, and knows neither
storylines with an offset of their own nor speeds. So every time is read again here as the fraction
that it is, and put in the place of what the adapter made of it; what has no frame is refused.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any
from xml.etree import ElementTree

import opentimelineio as otio

from newtake.domain.errors import TimelineError
from otio_newtake.spans import seconds_of

_SHOWN = ("video", "audio", "ref-clip", "asset-clip")
_TIMED = ("clip", "asset-clip", "ref-clip")
_MAX_NESTED = 32
_EXPORT = "Export the timeline as OpenTimelineIO (.otio) or Final Cut Pro 7 XML."

Element = ElementTree.Element


def exact_seconds(text: str | None) -> Fraction:
    """A time such as `180156/5s` or `3600s`; nothing is zero. Raises: ValueError."""
    if not text:
        return Fraction(0)
    if len(text) > 40 or not text.endswith("s"):
        raise ValueError(f"{text[:40]!r} is no time")
    try:
        return Fraction(text[:-1])
    except ZeroDivisionError as error:
        raise ValueError(f"{text!r} is no time") from error


def correct(root: Any, raw: bytes, name: str) -> tuple[str, ...]:
    """Correct what the adapter read, in place, and say what it left out.

    Args:
        root: What it read.
        raw: The file; XML that was found safe.
        name: The file's, for errors.

    Raises:
        TimelineError: The adapter read other clips than the file has, or a picture clip starts or
            ends where no frame does.
    """
    try:
        document = _Document(ElementTree.fromstring(raw), name)
        document.correct(root)
    except ValueError as error:
        raise TimelineError(
            f"{name} cannot be read to the frame.", why=f"{error}.", fix=_EXPORT
        ) from error
    return tuple(document.notes())


@dataclass(frozen=True, slots=True)
class _Shown:
    """One clip as the file has it; times in seconds."""

    element: Element
    timing: Element
    """The element that holds its times."""
    start: Fraction
    """On its sequence."""
    source: Fraction
    length: Fraction
    sound: bool


class _Document:
    """One file's elements, and who holds whom."""

    def __init__(self, root: Element, name: str) -> None:
        self._root = root
        self._name = name
        self._holders = {child: holder for holder in root.iter() for child in holder}
        self._moved = 0
        resources = root.find("resources")
        found = list(resources) if resources is not None else []
        self._resources = {each.get("id", ""): each for each in reversed(found)}
        self._rates = {
            each.get("id", ""): 1 / exact_seconds(each.get("frameDuration"))
            for each in found
            if each.tag == "format" and exact_seconds(each.get("frameDuration")) > 0
        }
        if any(rate.denominator > 1 for rate in self._rates.values()):
            raise TimelineError(
                f"{name} counts at a rate such as 23.976 or 29.97.",
                why="The adapter for Final Cut Pro X XML cuts such rates down to whole ones, and "
                "then every frame is another one.",
                fix=_EXPORT,
            )

    def correct(self, root: Any) -> None:
        """Raises: TimelineError, ValueError."""
        if isinstance(root, otio.schema.Timeline):
            self._correct_project(root, self._root.find("project"))
            return
        event = self._root.find("library/event")
        event = event if event is not None else self._root.find("event")
        projects = event.findall("project") if event is not None else []
        timelines = [each for each in root if isinstance(each, otio.schema.Timeline)]
        if len(projects) != len(timelines) or (not projects and len(root)):
            raise ValueError("it holds clips without a project, or several events")
        for timeline, project in zip(timelines, projects, strict=True):
            self._correct_project(timeline, project)

    def notes(self) -> Iterator[str]:
        """What the adapter reads of it only in part, in clauses."""
        spines = list(self._root.iter("transition"))
        if spines:
            yield f"{len(spines)} transition(s) of {self._name} are read as cuts"
        if self._moved:
            yield (
                f"{self._moved} sound clip(s) of {self._name} start or end between frames or lie "
                "over each other, and are moved to where they fit"
            )

    def _correct_project(self, timeline: Any, project: Element | None) -> None:
        sequence = project.find("sequence") if project is not None else None
        if sequence is None:
            raise ValueError("its project has no sequence")
        self._correct_stack(timeline.tracks, sequence, 0)

    def _correct_stack(self, stack: Any, sequence: Element, depth: int) -> None:
        if depth > _MAX_NESTED:
            raise ValueError("its compound clips hold each other")
        lanes: dict[str, list[_Shown]] = {}
        places: dict[Element, Fraction] = {}
        for element in sequence.iter():
            if element.tag in _SHOWN:
                shown = self._shown(element, places)
                lanes.setdefault(self._lane(shown.timing), []).append(shown)
        # The adapter sorts lanes as text.
        for track, lane in zip(list(stack), sorted(lanes), strict=True):
            ordered = sorted(lanes[lane], key=lambda each: each.start)
            self._correct_track(track, ordered, sequence, depth)

    def _correct_track(
        self, track: Any, wanted: list[_Shown], sequence: Element, depth: int
    ) -> None:
        rate = self._rates.get(sequence.get("format", ""))
        items = [each for each in track if not isinstance(each, otio.schema.Gap)]
        if rate is None or len(items) != len(wanted):
            raise ValueError(f"the adapter read {len(items)} clips of {len(wanted)} on a track")
        end, gaps = Fraction(0), []
        for item, shown in zip(items, wanted, strict=True):
            self._correct_item(item, shown, rate, depth)
            gaps.append(self._gap(item.name, shown, end, rate))
            end += _length(gaps[-1]) + _length(item.source_range.duration)
        if list(map(_length, gaps)) == list(_gaps_before(track)):
            return
        del track[:]
        for item, gap in zip(items, gaps, strict=True):
            if gap.value:
                track.append(otio.schema.Gap(duration=gap))
            track.append(item)

    def _gap(self, name: str, shown: _Shown, end: Fraction, rate: Fraction) -> Any:
        """From the end of the clip before to the clip; sound is moved to the frame."""
        gap = shown.start - end
        at = next((each for each in self._grid(rate) if gap >= 0 and _whole(each, gap)), None)
        if at is None and not shown.sound:
            where = "lies over the one before it" if gap < 0 else "starts between frames"
            raise ValueError(f"its clip {name!r} {where}")
        self._moved += at is None
        at = at or rate
        return otio.opentime.RationalTime(max(0, math.floor(gap * at)), float(at))

    def _correct_item(self, item: Any, shown: _Shown, rate: Fraction, depth: int) -> None:
        nested = self._nested(shown.element)
        name = nested[0] if nested is not None else shown.timing.get("name", "")
        if (item.name or "") != name:
            raise ValueError(f"the adapter read the clip {item.name!r} in place of {name!r}")
        own = self._rate(shown.element, rate)
        grid = (own, *self._grid(rate))
        at = next((each for each in grid if _whole(each, shown.source, shown.length)), None)
        if at is None and not shown.sound:
            raise ValueError(
                f"its clip {name!r} shows {shown.length} s from {shown.source} s, which is no "
                f"whole number of frames at {own}"
            )
        self._moved += at is None
        if at is not None:
            item.source_range = _span(shown.source, shown.length, at)
        self._correct_markers(item, shown.timing, rate)
        if _speeds(shown.timing):
            item.effects.append(otio.schema.TimeEffect(effect_name="timeMap"))
        if nested is not None:
            self._correct_stack(item, nested[1], depth + 1)
        elif isinstance(item.media_reference, otio.schema.ExternalReference):
            self._correct_media(item.media_reference, shown, own)

    def _correct_media(self, reference: Any, shown: _Shown, rate: Fraction) -> None:
        asset = self._resources[shown.element.get("ref", "")]
        start, length = (exact_seconds(asset.get(each)) for each in ("start", "duration"))
        if not _whole(rate, start):
            if not shown.sound:
                raise ValueError(f"its media {asset.get('name', '')!r} starts between frames")
            return
        # A last frame that is not whole, as where the sound is longer, is no frame.
        reference.available_range = _span(
            start, Fraction(math.floor(length * rate), 1) / rate, rate
        )

    def _correct_markers(self, item: Any, timing: Element, rate: Fraction) -> None:
        """Those of the clip itself: the adapter gives it the connected clips' too."""
        elements = list(timing.findall(".//marker"))
        if len(elements) != len(item.markers):
            raise ValueError(f"the adapter read other markers of the clip {item.name!r}")
        for index in range(len(elements) - 1, -1, -1):
            element = elements[index]
            if self._timing(element) is not timing:
                del item.markers[index]
                continue
            start, length = (exact_seconds(element.get(each)) for each in ("start", "duration"))
            grid = (rate, *self._grid(rate))
            at = next((each for each in grid if _whole(each, start, length)), None)
            if at is not None:
                item.markers[index].marked_range = _span(start, length, at)

    def _shown(self, element: Element, places: dict[Element, Fraction]) -> _Shown:
        timing = self._timing(element)
        asset = self._resources.get(element.get("ref", ""))
        silent = asset is not None and asset.tag == "asset" and asset.get("hasVideo", "0") == "0"
        return _Shown(
            element,
            timing,
            self._place(timing, places),
            exact_seconds(timing.get("start")),
            exact_seconds(timing.get("duration")),
            sound=element.tag == "audio"
            or (element.tag == "asset-clip" and silent)
            or element.get("srcEnable") == "audio",
        )

    def _timing(self, element: Element) -> Element:
        while element.tag not in _TIMED:
            holder = self._holders.get(element)
            if holder is None:
                raise ValueError(f"it shows a {element.tag} without a clip")
            element = holder
        return element

    def _lane(self, timing: Element) -> str:
        holder = self._holders[timing]
        storyline = holder.get("lane", "") if holder.tag == "spine" else ""
        return storyline or timing.get("lane", "0")

    def _place(self, element: Element, places: dict[Element, Fraction]) -> Fraction:
        """Where an element starts on its sequence."""
        if element in places:
            return places[element]
        holder, own = self._holders[element], element.get("offset")
        if holder.tag == "sequence":
            place = exact_seconds(own)
        elif holder.tag == "spine":
            base = Fraction(0)
            if self._holders[holder].tag != "sequence":
                base = self._place(holder, places)
            places.update(_in_turn(holder, base))
            return places[element]
        else:
            before = exact_seconds(holder.get("start"))
            place = self._place(holder, places) + exact_seconds(own) - before
        places[element] = place
        return place

    def _rate(self, element: Element, rate: Fraction) -> Fraction:
        """The frames per second of what an element shows."""
        resource: Element | None = self._resources.get(element.get("ref", ""))
        if resource is not None and resource.tag == "media":
            resource = resource.find("sequence")
        found = resource.get("format", "") if resource is not None else ""
        return self._rates.get(found, rate)

    def _nested(self, element: Element) -> tuple[str, Element] | None:
        """Name and sequence of the compound clip that an element shows."""
        if element.tag != "ref-clip":
            return None
        media = self._resources.get(element.get("ref", ""))
        sequence = media.find("sequence") if media is not None else None
        if media is None or sequence is None:
            raise ValueError("a compound clip of it is not there")
        return media.get("name", ""), sequence

    @cached_property
    def _all_rates(self) -> Fraction:
        """At which every frame of every rate of the file is whole."""
        return Fraction(math.lcm(*(each.numerator for each in self._rates.values())))

    def _grid(self, rate: Fraction) -> tuple[Fraction, ...]:
        both = self._all_rates
        return (rate, both) if both <= 1000 else (rate,)


def _in_turn(spine: Element, base: Fraction) -> Iterator[tuple[Element, Fraction]]:
    """Where each element of a spine starts: at its offset, or where the one before it ends."""
    at = base
    for each in spine:
        own = each.get("offset")
        at = at if own is None else base + exact_seconds(own)
        yield each, at
        if each.tag != "transition":
            at += exact_seconds(each.get("duration"))


def _gaps_before(track: Any) -> Iterator[Fraction]:
    gap = Fraction(0)
    for each in track:
        if isinstance(each, otio.schema.Gap):
            gap += _length(each.source_range.duration)
        else:
            yield gap
            gap = Fraction(0)


def _length(duration: Any) -> Fraction:
    return seconds_of(duration) or Fraction(0)


def _whole(rate: Fraction, *seconds: Fraction) -> bool:
    return all((each * rate).denominator == 1 for each in seconds)


def _span(start: Fraction, length: Fraction, rate: Fraction) -> Any:
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(int(start * rate), float(rate)),
        otio.opentime.RationalTime(int(length * rate), float(rate)),
    )


def _speeds(timing: Element) -> bool:
    """Whether the clip plays at another speed than its media, which the adapter does not read."""
    conformed = timing.find("conform-rate")
    if conformed is not None and conformed.get("scaleEnabled", "1") != "0":
        return True
    return timing.find("timeMap") is not None
