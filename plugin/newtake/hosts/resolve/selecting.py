"""Which items an editor means: selected, marked, coloured, or under the playhead or our markers.

Before 21.0.4 no script can see the timeline's selection, so `auto` goes down a ladder and says what
it skipped and why: selection, mark in and out, clip colour, playhead, our own markers.

Rule 1: `GetCurrentVideoItem` is not asked: on some pages it answers with the item of the selected
track, on others it raises (measured, 21.0). The tracks are looked through at the playhead instead.
Rule 2: marks of a timeline count from its start, and the out mark is the last frame that is meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from newtake.domain.clip import Clip
from newtake.domain.errors import SelectionError
from newtake.domain.timing import FrameRange, Handles
from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.exported import with_export
from newtake.hosts.resolve.facts import ItemFacts, TimelineFacts
from newtake.hosts.resolve.items import EVERYTHING, read_timeline
from newtake.hosts.resolve.listing import Exists, Rendered, alike_in, clip_of, list_clips
from newtake.hosts.resolve.marks import (
    COLOURS,
    MARKER_COLOURS,
    marked_range,
    marker_range,
    says_a_look,
)
from newtake.hosts.resolve.messages import Call, Obj
from newtake.hosts.resolve.refusals import is_transition
from newtake.hosts.resolve.visible import bare_in, top_item_at, visible_in

WAYS = (
    "auto",
    "auto:COLOUR",
    "selection",
    "marks",
    "colour:NAME",
    "playhead",
    "markers",
    "markers:COLOUR",
)


@dataclass(frozen=True, slots=True)
class Choice:
    """The clips that were chosen, and how, for a person to read."""

    clips: tuple[Clip, ...]
    text: str
    """One sentence."""
    skipped: tuple[str, ...] = ()
    """What was looked for before and why it was not used."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Items with the record range of each that is meant."""

    items: tuple[tuple[ItemFacts, FrameRange], ...]
    text: str


async def choose(
    calls: ResolveCalls,
    how: str = "auto",
    *,
    colour: str | None = None,
    exists: Exists = Path.exists,
    rendered: Rendered | None = None,
    timeline: TimelineFacts | None = None,
    known: Sequence[Clip] | None = None,
) -> Choice:
    """The clips that are meant in the open timeline, with their numbers in its listing.

    Args:
        calls: To Resolve.
        how: One of `WAYS`.
        colour: The clip colour that "auto" alone looks for; None for none.
        exists: As for `list_clips`.
        rendered: As for `list_clips`.
        timeline: Items of all kinds, as `read_timeline` and `with_export` gave them; None reads it.
        known: Its clips, where they were listed already.

    Raises:
        SelectionError: Nothing is meant, or `how` is no way to say it.
        HostAwayError, TimelineError, ResolveCallError: As `read_timeline`.
    """
    if timeline is None:
        timeline = await read_timeline(calls, EVERYTHING)
        if rendered is None:
            timeline = await with_export(calls, timeline)
    chooser = _Chooser(calls, timeline)
    found, skipped = await chooser.found(how, colour)
    if known is None:
        known = list_clips(timeline, exists, rendered)
    listed = {clip.key: clip for clip in known}
    clips, alike = [], alike_in(timeline)
    for item, meant in found.items:
        clip = clip_of(item, timeline, exists, rendered, alike=alike)
        clips.append(_part(listed.get(clip.key, clip), meant))
    return Choice(tuple(clips), found.text, tuple(skipped))


def _part(clip: Clip, meant: FrameRange) -> Clip:
    """The clip, with only the frames to be restyled where a part of it is meant."""
    part = clip.record.intersection(meant)
    if part is None or part == clip.record or clip.refusal is not None:
        return clip
    if clip.rendered is not None:
        text = "it is rendered and restyled as a whole; marks inside it are not used"
        return replace(clip, notes=(*clip.notes, text))
    # One media frame per record frame: what is retimed or of another rate is refused.
    inside = part.start - clip.record.start
    first = clip.source.start + clip.dissolves.head + inside
    source = FrameRange(first, part.duration, clip.source.rate)
    marked = "is marked: that is" if part.duration == 1 else "are marked: those are"
    note = f"{part.duration} of its {clip.record.duration} frames {marked} restyled"
    return replace(
        clip,
        source=source,
        whole=clip.source,
        dissolves=Handles(0, 0),
        notes=(*clip.notes, note),
    )


class _Chooser:
    def __init__(self, calls: ResolveCalls, timeline: TimelineFacts) -> None:
        self._calls = calls
        self._timeline = timeline

    async def found(self, how: str, colour: str | None) -> tuple[_Found, list[str]]:
        """What one way finds, or the first way of the ladder that finds anything."""
        way, _, name = how.partition(":")
        if way == "auto":
            return await self._ladder(name or colour)
        found: _Found | str
        if way in ("selection", "marks", "playhead") and not name:
            found = await getattr(self, f"_{way}")()
        elif way == "colour" and name:
            found = self._colour(_named(name, COLOURS, "clip colour"))
        elif way == "markers":
            found = await self._markers(
                _named(name, MARKER_COLOURS, "marker colour") if name else None
            )
        else:
            raise SelectionError(
                f"{how!r} is no way to choose clips in Resolve.", fix=f"Ways: {', '.join(WAYS)}."
            )
        if isinstance(found, str):
            raise SelectionError(
                f"No clip was chosen in Resolve: {found}.", fix=self._fix(way, found)
            )
        return found, []

    def _fix(self, way: str = "", found: str = "") -> str:
        """What can be done in the version that is there."""
        if way in _FIXES and _NOT_TOLD not in found:
            return _FIXES[way]
        has = self._calls.has
        ways = [
            "select a clip in the timeline" if has("Timeline", "GetSelectedClips") else "",
            "set mark in and out" if has("Timeline", "GetMarkInOut") else "",
            "put the playhead on the clip",
            "give clips a colour and name it (--select colour:Teal)",
            "name them (--clip, --at, --range, --all)",
        ]
        *most, last = [each for each in ways if each]
        text = f"{', '.join(most)}, or {last}."
        return text[:1].upper() + text[1:]

    async def _ladder(self, colour: str | None) -> tuple[_Found, list[str]]:
        skipped: list[str] = []
        for step in (self._selection, self._marks):
            found = await step()
            if not isinstance(found, str):
                return found, skipped
            skipped.append(found)
        wanted = None if colour is None else _named(colour, COLOURS, "clip colour")
        coloured = "no clip colour was named for `auto`" if wanted is None else self._colour(wanted)
        if not isinstance(coloured, str):
            return coloured, skipped
        skipped.append(coloured)
        for step in (self._playhead, self._markers):
            found = await step()
            if not isinstance(found, str):
                return found, skipped
            skipped.append(found)
        raise SelectionError(
            "No clip was chosen in Resolve.",
            why=f"{'; '.join(skipped)}.",
            fix=self._fix(),
        )

    async def _selection(self) -> _Found | str:
        if not self._calls.has("Timeline", "GetSelectedClips"):
            version = self._calls.hello.version_text
            return f"Resolve {version} {_NOT_TOLD} what is selected; 21.0.4 does"
        (selected,) = await self._calls.run(Call("GetSelectedClips", want="list"))
        uids = {each.uid for each in selected or () if isinstance(each, Obj)}
        items = [item for item in self._timeline.items if item.uid and item.uid in uids]
        if not items:
            return "nothing is selected in the timeline"
        pictures = [item for item in items if item.track_type == "video"]
        clips = [item for item in pictures if not is_transition(item, self._timeline)]
        # With a picture comes its linked sound; alone, sound or a transition is told why not.
        chosen = clips or pictures or items
        return self._whole(chosen, f"{_clips(len(chosen))} selected in the timeline")

    async def _marks(self) -> _Found | str:
        if not self._calls.has("Timeline", "GetMarkInOut"):
            version = self._calls.hello.version_text
            return f"Resolve {version} {_NOT_TOLD} the marks; 19.1 does"
        (marks,) = await self._calls.run(Call("GetMarkInOut", want="any"))
        meant = marked_range(marks, self._timeline)
        if meant is None:
            return "no mark in or out is set"
        items = visible_in(self._timeline, meant)
        if not items:
            return "between mark in and out there is no clip with a picture"
        text = f"{_clips(len(items))} between mark in and out ({self._told(meant)})"
        text += self._left_out([meant])
        return _Found(tuple((item, meant) for item in items), text)

    def _colour(self, colour: str) -> _Found | str:
        items = [
            item
            for item in self._timeline.items
            if item.track_type == "video"
            and item.colour == colour
            and not is_transition(item, self._timeline)
        ]
        if not items:
            return f"no clip has the colour {colour}"
        return self._whole(items, f"{_clips(len(items))} of the colour {colour}")

    async def _playhead(self) -> _Found | str:
        at = self._timeline.playhead
        if at is None:
            return "Resolve does not say where the playhead is"
        item = top_item_at(self._timeline, at)
        if item is None:
            return f"there is no clip under the playhead, at {self._label(at)}"
        return self._whole([item], f"the clip under the playhead, at {self._label(at)}")

    async def _markers(self, colour: str | None = None) -> _Found | str:
        (markers,) = await self._calls.run(Call("GetMarkers", want="any"))
        pairs: list[tuple[ItemFacts, FrameRange]] = []
        ranges: list[FrameRange] = []
        has_words = False
        for frame, marker in (markers or {}).items():
            meant = marker_range(frame, marker, self._timeline, colour)
            if meant is not None:
                ranges.append(meant)
                has_words = has_words or (colour is not None and says_a_look(marker))
                known = {item.uid for item, _ in pairs}
                pairs += [
                    (item, meant)
                    for item in visible_in(self._timeline, meant)
                    if item.uid not in known
                ]
        name = "New Take's" if colour is None else colour
        if not pairs:
            return f"no clip is under {name} markers of the timeline"
        text = f"{_clips(len(pairs))} under {name} markers{self._left_out(ranges)}"
        if has_words:
            text += (
                "; what is written in the markers is not read: `--markers` reads look and settings "
                "from them"
            )
        return _Found(tuple(pairs), text)

    def _left_out(self, ranges: Sequence[FrameRange]) -> str:
        """What lies there and has no media of its own, in words; empty where nothing does."""
        names = [item.name for meant in ranges for item in bare_in(self._timeline, meant)]
        if not names:
            return ""
        return f"; left as it is, having no media of its own: {', '.join(dict.fromkeys(names))}"

    def _whole(self, items: Sequence[ItemFacts], text: str) -> _Found:
        return _Found(
            tuple((item, self._timeline.range(item.start, item.end)) for item in items), text
        )

    def _told(self, meant: FrameRange) -> str:
        return f"{meant.label(meant.start)} to {meant.label(meant.end - 1)}"

    def _label(self, frame: int) -> str:
        at = self._timeline.range(frame, frame)
        return at.label(at.start)


def _named(name: str, known: Sequence[str], what: str) -> str:
    for each in known:
        if each.casefold() == name.casefold():
            return each
    raise SelectionError(f"{name!r} is no {what} of Resolve.", fix=f"It has {', '.join(known)}.")


def _clips(count: int) -> str:
    return "1 clip" if count == 1 else f"{count} clips"


_NOT_TOLD = "does not tell scripts"
_FIXES = {
    "selection": "Select clips in the timeline.",
    "marks": "Set mark in and out (I and O) around what is to be restyled.",
    "colour": "Give the clips that colour in Resolve: right-click, Clip Color.",
    "playhead": "Put the playhead on the clip.",
    "markers": "Put markers on the timeline, with a duration over what is to be restyled, and name "
    "their colour: --select markers:Red. Without a colour only those count that a script marked as "
    "New Take's. `--markers` reads look and settings from the markers' own words.",
}
