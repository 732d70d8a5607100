"""The open timeline as it was read at one moment: its clips, tracks, transitions and markers.

Whatever is asked of it afterwards is answered without Resolve.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import anyio.to_thread

from newtake.domain.clip import Clip, Refusal, RefusalReason
from newtake.domain.errors import HostError
from newtake.domain.files import HostDocument
from newtake.domain.marker import Marker
from newtake.domain.outline import Outline, OutlinedTrack, OutlinedTransition
from newtake.domain.proxies import ShownMedia
from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.exported import with_export
from newtake.hosts.resolve.facts import LETTERS, ItemFacts, TimelineFacts
from newtake.hosts.resolve.finding import find_item
from newtake.hosts.resolve.identity import parse_key
from newtake.hosts.resolve.items import EVERYTHING, read_timeline
from newtake.hosts.resolve.listing import alike_in, clip_of, key_of, list_clips
from newtake.hosts.resolve.marks import markers_of
from newtake.hosts.resolve.messages import Call
from newtake.hosts.resolve.refusals import is_transition
from newtake.hosts.resolve.shown import shown_original, shown_take

_FORMER_KEYS_MOST = 8
_RENDERED = Refusal(RefusalReason.UNSUPPORTED, "it was rendered only to see whether it can be")
"""Stands for a render, where nothing else refuses it."""
_KINDS: Mapping[str, Literal["video", "audio", "other"]] = {"video": "video", "audio": "audio"}


@dataclass(frozen=True)
class Snapshot:
    """One state of the open timeline."""

    facts: TimelineFacts = field(compare=False)
    """As Resolve says it; not compared, since the playhead is in it."""
    clips: tuple[Clip, ...]
    """As a listing has them, numbered from 1."""
    others: tuple[Clip, ...]
    """What is on the tracks beside them, each with the reason why it is not restyled: sound,
    subtitles, takes on tracks of their own. Transitions are in the outline."""
    markers: tuple[Marker, ...]
    outline: Outline
    renders: frozenset[str] = frozenset()
    """Keys of refused clips of which Resolve can render what is sent."""

    @property
    def document(self) -> HostDocument:
        return self.facts.document

    async def shown_media(self, clip: Clip, key: str) -> ShownMedia:
        """See `ResolveHost.shown_media`. Raises: SelectionError, HostError."""
        if key == "original":
            return shown_original(clip)
        pictures = [each for each in self.facts.items if each.track_type == "video"]
        item = find_item(parse_key(clip.key), "", pictures)
        if item is None:
            raise HostError(f"The clip {clip.name} is gone from the timeline.")
        return shown_take(clip, key, item, self.facts)

    def after(self, before: Snapshot | None) -> Snapshot:
        """The same, with the keys that its clips had in earlier ones among what they are known by.

        A clip gets another key when it is moved or trimmed, and may with a take.
        """
        if before is None or before.document.timeline != self.document.timeline:
            return self
        earlier = {word: clip for clip in before.clips for word in (*clip.known_by, clip.key)}
        return replace(self, clips=tuple(_known(clip, earlier) for clip in self.clips))


def _known(clip: Clip, earlier: Mapping[str, Clip]) -> Clip:
    words = (clip.key, *clip.known_by)
    found = next((earlier[word] for word in words if word in earlier), None)
    if found is None:
        return clip
    keys = [word for word in (*found.known_by, found.key) if _is_key(word) and word != clip.key]
    return replace(clip, known_by=(*clip.known_by, *keys[-_FORMER_KEYS_MOST:]))


def _is_key(word: str) -> bool:
    """And no words such as "plain item ID"."""
    return "|" in word


async def read_snapshot(calls: ResolveCalls, exists: Callable[[Path], bool]) -> Snapshot:
    """Read the whole open timeline.

    Args:
        calls: To Resolve.
        exists: Whether a file of media is there.

    Raises:
        HostAwayError, TimelineError, ResolveCallError: As `read_timeline`.
    """
    facts = await with_export(calls, await read_timeline(calls, EVERYTHING))
    markers, *names = await calls.run(
        Call("GetMarkers", want="any"),
        *(
            Call("GetTrackName", args=(each.track_type, each.number), want="any")
            for each in facts.tracks
        ),
    )
    # Thousands of clips take a while, in which others are answered.
    return await anyio.to_thread.run_sync(partial(snapshot_of, facts, markers, names, exists))


def snapshot_of(
    facts: TimelineFacts, markers: Any, names: list[Any], exists: Callable[[Path], bool]
) -> Snapshot:
    """The snapshot of what was read; `names` are those of its tracks, in their order."""
    clips, alike = list_clips(facts, exists), alike_in(facts)
    listed = {clip.key: clip for clip in clips}
    rest = [
        clip_of(item, facts, exists, alike=alike)
        for item in facts.items
        if not is_transition(item, facts)
    ]
    return Snapshot(
        facts,
        tuple(clips),
        tuple(clip for clip in rest if clip.key not in listed),
        tuple(markers_of(markers, facts)),
        _outline(facts, names),
        frozenset(_rendering(facts, listed, exists)),
    )


def _rendering(
    facts: TimelineFacts, listed: Mapping[str, Clip], exists: Callable[[Path], bool]
) -> Iterator[str]:
    """The refused clips that only their file keeps from being restyled."""
    alike = alike_in(facts)
    for item in facts.items:
        clip = listed.get(str(key_of(item, facts, "plain", alike)))
        if clip is not None and clip.refusal is not None:
            as_render = clip_of(item, facts, exists, lambda _: _RENDERED, alike=alike)
            if as_render.refusal is _RENDERED:
                yield clip.key


def _outline(facts: TimelineFacts, names: list[Any]) -> Outline:
    tracks = [
        OutlinedTrack(
            f"{LETTERS.get(each.track_type, 'X')}{each.number}",
            str(name or ""),
            _KINDS.get(each.track_type, "other"),
        )
        for each, name in zip(facts.tracks, names, strict=True)
    ]
    order = ("video", "audio", "other")
    end = max((item.end for item in facts.items), default=facts.end)
    return Outline(
        facts.document.timeline_name,
        facts.range(facts.start, max(end, facts.end)),
        tuple(sorted(tracks, key=lambda each: order.index(each.kind))),
        tuple(_transitions(facts)),
    )


def _transitions(facts: TimelineFacts) -> Iterator[OutlinedTransition]:
    """Those that are listed among the items, else those that an export tells."""
    for item in facts.items:
        if item.track_type != "video":
            continue
        if is_transition(item, facts):
            record = facts.range(item.start, item.end)
            yield OutlinedTransition(item.track_label, item.name, record)
        elif item.exported_dissolves.head:
            before = _ends_at(item.start, facts.beside(item))
            tail = before.exported_dissolves.tail if before is not None else 0
            record = facts.range(item.start - item.exported_dissolves.head, item.start + tail)
            yield OutlinedTransition(item.track_label, "", record)


def _ends_at(frame: int, items: Any) -> ItemFacts | None:
    return next((each for each in items if each.end == frame), None)
