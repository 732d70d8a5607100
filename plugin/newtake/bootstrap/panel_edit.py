"""The edit as a document that a page draws: tracks, clips, gaps, transitions, markers and takes.

Record frames count at the timeline's rate from midnight, start timecode included, and spans are
half-open. Whoever draws it decides nothing: what can be restyled, and which take shows, is said.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from newtake.bootstrap.takes import TakeRecords
from newtake.domain.clip import Clip, RefusalReason, TakeSummary
from newtake.domain.lacking import lacking_clips, lacking_words
from newtake.domain.marker import Marker
from newtake.domain.outline import Outline, OutlinedTrack, OutlinedTransition
from newtake.domain.take_record import TakeRecord
from newtake.domain.timing import FrameRange, drops_frames, nominal
from newtake.pipeline.planning import listed

_EXR = "_exr"


@dataclass(frozen=True, slots=True)
class ShownTake:
    """A take that was made; the original is none of them, and shows where none is selected."""

    key: str
    number: int
    name: str
    selected: bool
    starred: bool
    exr: bool
    """Whether it is the EXR frames of the take of the same number."""
    style: str = ""
    prompt: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    made_at: float | None = None
    """Seconds since 1970; None where nothing says it."""
    cost: str = ""
    """US dollars, as the service's history has it; empty where it says nothing."""
    has_record: bool = False
    """Whether its settings can be used again."""
    lacks: str = ""
    """Which frames that the clip shows it does not have: "the clip's last 3 frames"."""


@dataclass(frozen=True, slots=True)
class ShownItem:
    """A clip, a gap or a transition."""

    kind: Literal["clip", "gap", "transition"]
    id: str
    """In addresses of pictures; no key can be read from it. Empty of what is no clip, as `key`."""
    key: str
    index: int
    name: str
    start: int
    end: int
    media: str = ""
    """The media's file name."""
    rate: str = ""
    """Media frames per second, exactly: "24000/1001"."""
    source_start_label: str = ""
    """Timecode of the first media frame that it shows."""
    head: int = 0
    """Media frames that only a transition shows before `start`: a picture's offset counts from the
    first of them."""
    speed: str = "1"
    """Media seconds per record second."""
    refusal: str = ""
    reason: str = ""
    """The refusal's stable word."""
    renders: bool = False
    """Whether a refused clip can be restyled all the same, from what its editor renders of it."""
    notes: tuple[str, ...] = ()
    part_of: str = ""
    takes: tuple[ShownTake, ...] = ()
    was: tuple[str, ...] = ()
    """Keys that it had before: a clip gets another one with its first take."""
    version: str = ""
    """Another text for other media or takes."""


@dataclass(frozen=True, slots=True)
class ShownTrack:
    name: str
    """V1, A2."""
    kind: str
    """video, audio or other."""
    title: str
    """The editor's own name for it; may be empty."""
    items: tuple[ShownItem, ...]


@dataclass(frozen=True, slots=True)
class ShownMarker:
    start: int
    end: int
    name: str
    note: str
    colour: str
    clip: str
    """Key of the clip that it is a marker of; empty for one of the timeline or of a track."""


@dataclass(frozen=True, slots=True)
class EditDocument:
    revision: int
    title: str
    rate: str
    timebase: int
    """What timecode counts to: 24 for 24000/1001."""
    drop: bool
    start: int
    end: int
    start_label: str
    tracks: tuple[ShownTrack, ...]
    """The lowest first."""
    markers: tuple[ShownMarker, ...]
    notes: tuple[str, ...] = ()
    """What is said of the whole timeline; no clip repeats it."""


def clip_id(key: str) -> str:
    """How a clip is named in addresses."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def edit_document(
    title: str,
    revision: int,
    clips: Sequence[Clip],
    markers: Sequence[Marker] = (),
    outline: Outline | None = None,
    records: TakeRecords | None = None,
    renders: Collection[str] = (),
) -> EditDocument:
    """The whole edit.

    Args:
        title: Of the timeline, for a person.
        revision: Of this state of it.
        clips: As a host lists them.
        markers: The same.
        outline: Its tracks and transitions; None where the host has no word on them: then its
            tracks are those that have clips, and it begins with the first clip.
        records: How the takes were made, by clip and take; None where that is not known.
        renders: Keys of refused clips of which the editor can render what is sent.
    """
    span = outline.record if outline is not None else _span(clips)
    by_track: dict[str, list[Clip]] = {}
    notes = outline.notes if outline is not None else ()
    for clip in clips:
        own = tuple(note for note in clip.notes if note not in notes)
        by_track.setdefault(clip.track, []).append(replace(clip, notes=own) if notes else clip)
    tracks = outline.tracks if outline is not None else ()
    known = {each.label for each in tracks}
    tracks = (*tracks, *(_bare_track(label) for label in by_track if label not in known))
    transitions = outline.transitions if outline is not None else ()
    drop = drops_frames(span.rate) if span.drop is None else span.drop and drops_frames(span.rate)
    return EditDocument(
        revision=revision,
        title=title,
        rate=str(span.rate),
        timebase=nominal(span.rate),
        drop=drop,
        start=span.start,
        end=span.end,
        start_label=span.label(span.start),
        tracks=tuple(
            ShownTrack(
                each.label,
                each.kind,
                each.name,
                tuple(
                    _items(
                        span,
                        by_track.get(each.label, ()),
                        [one for one in transitions if one.track == each.label],
                        records or {},
                        renders,
                    )
                ),
            )
            for each in _bottom_first(tracks)
        ),
        markers=tuple(
            ShownMarker(
                each.record.start,
                max(each.record.end, each.record.start + 1),
                each.name,
                each.note,
                each.colour,
                each.clip_key,
            )
            for each in markers
        ),
        notes=(*notes, *lacking_clips(clips)),
    )


def _bottom_first(tracks: Sequence[OutlinedTrack]) -> list[OutlinedTrack]:
    """Sound lies below the picture, its first track the highest, as editors draw it."""
    pictures = [each for each in tracks if each.kind == "video"]
    sounds = [each for each in tracks if each.kind == "audio"]
    others = [each for each in tracks if each.kind == "other"]
    return [*reversed(others), *reversed(sounds), *pictures]


def _span(clips: Sequence[Clip]) -> FrameRange:
    if not clips:
        return FrameRange(0, 0, Fraction(24))
    first = min(clip.record.start for clip in clips)
    end = max(clip.record.end for clip in clips)
    record = clips[0].record
    return FrameRange(first, end - first, record.rate, record.drop)


def _bare_track(label: str) -> OutlinedTrack:
    kinds: dict[str, Literal["video", "audio"]] = {"V": "video", "A": "audio"}
    return OutlinedTrack(label, "", kinds.get(label[:1], "other"))


def _items(
    span: FrameRange,
    clips: Sequence[Clip],
    transitions: Sequence[OutlinedTransition],
    records: TakeRecords,
    renders: Collection[str],
) -> Iterable[ShownItem]:
    """In record order: clips and the gaps between them, then transitions, which lie over both."""
    at = span.start
    for clip in sorted(clips, key=lambda each: (each.record.start, each.index)):
        if clip.record.start > at:
            yield ShownItem("gap", "", "", 0, "", at, clip.record.start)
        at = max(at, clip.record.end)
        item = shown_item(clip, records.get(clip.key, {}))
        yield replace(item, renders=True) if clip.key in renders else item
    for each in transitions:
        yield ShownItem("transition", "", "", 0, each.name, each.record.start, each.record.end)


def shown_item(clip: Clip, records: Mapping[str, TakeRecord]) -> ShownItem:
    """A clip of the edit, with how its takes were made."""
    clip = listed(clip)
    takes = tuple(
        _take(each, records.get(each.key.removesuffix(_EXR)), clip.source.duration)
        for each in clip.takes
        if each.number
    )
    source, media = clip.source, clip.media
    where = media.path if media is not None else None
    return ShownItem(
        kind="clip",
        id=clip_id(clip.key),
        key=clip.key,
        index=clip.index,
        name=clip.name,
        start=clip.record.start,
        end=clip.record.end,
        media=where.name if where is not None else "",
        rate=str(source.rate),
        source_start_label=source.label(source.start),
        head=clip.dissolves.head,
        speed=str(clip.speed),
        refusal=clip.refusal.text if clip.refusal else "",
        reason=clip.refusal.reason.value if clip.refusal else "",
        notes=clip.notes,
        part_of=_part(clip),
        takes=takes,
        was=tuple(word for word in clip.known_by if word != clip.key),
        version=_version(clip, where),
    )


def _part(clip: Clip) -> str:
    if clip.whole is None:
        return ""
    inside = clip.source.start - clip.whole.start
    return f"frames {inside + 1} to {inside + clip.source.duration} of it"


def _take(take: TakeSummary, record: TakeRecord | None, shown: int) -> ShownTake:
    style = record.style if record is not None else None
    return ShownTake(
        key=take.key,
        number=take.number,
        name=take.name,
        selected=take.selected,
        starred=take.starred,
        exr=take.key.endswith(_EXR),
        style=style.name if style is not None else "",
        prompt=record.prompt if record else "",
        settings=words_again(record) if record else {},
        made_at=_seconds(record.created_at) if record else None,
        cost=record.cost_usd if record else "",
        has_record=bool(record and record.prompt),
        lacks=lacking_words(take.lacks, shown),
    )


def words_again(record: TakeRecord) -> dict[str, Any]:
    """The settings of a take in the words of the page, without its first-frame image: the page
    names pictures by ids."""
    settings = {name: value for name, value in record.settings.items() if name != "first_frame"}
    return {"prompt": record.prompt, **settings}


def _seconds(stamp: str) -> float | None:
    try:
        found = datetime.fromisoformat(stamp.replace("Z", "+00:00"))
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=timezone.utc)).timestamp()


def _version(clip: Clip, media: Path | None) -> str:
    """Of the media's file only what the timeline says: a listing opens none."""
    state = (
        str(media),
        clip.source.start,
        clip.source.duration,
        [(each.key, each.url) for each in clip.takes],
        # Pictures that were asked for in vain are asked for anew when it is back.
        clip.refusal is not None and clip.refusal.reason is RefusalReason.OFFLINE,
    )
    return hashlib.sha256(json.dumps(state).encode()).hexdigest()[:12]
