"""Makes clips of what Resolve says of a timeline's items: true ranges, takes, refusals and notes.

Rule 1: what is restyled is the *original*, also where another take shows: a take of a take
would restyle a look, and lose a generation. A note says so.
Rule 2: source ranges count from the media file's first frame, whatever its timecode.
Rule 3: a clip of the kind "render" stands for what Resolve will render of it, the take that shows:
the item's own record range, at the timeline's rate and size, from source frame 0 on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from newtake.domain.clip import (
    Clip,
    MediaInfo,
    MediaLink,
    Refusal,
    RefusalReason,
    TakeAbove,
    TakeSummary,
)
from newtake.domain.counting import counted
from newtake.domain.sequence import ImageSequence, sequence_of_name
from newtake.domain.timing import FrameRange, Handles
from newtake.hosts.resolve.facts import ItemFacts, MediaFacts, TimelineFacts
from newtake.hosts.resolve.identity import ItemKey, Kind, copies_of
from newtake.hosts.resolve.item_notes import render_notes, state_notes, take_notes
from newtake.hosts.resolve.refusals import (
    RENDER_INSTEAD,
    Verdict,
    is_take_on_track,
    is_transition,
    kind_refused,
    locked,
    media_refused,
    retimed,
    timing_unknown,
)
from newtake.hosts.resolve.spans import UNTOLD, dissolves_of, in_point, in_points, retime_of
from newtake.hosts.resolve.standing import original_of

Exists = Callable[[Path], bool]
Rendered = Callable[[ItemFacts], MediaInfo | Refusal]
"""What a render of an item will be, or why there can be none."""
Alike: TypeAlias = dict[tuple[str, int], set[str]]
"""Ids of items by the media of their originals and the frame of it that they show first."""


def list_clips(
    timeline: TimelineFacts, exists: Exists = Path.exists, rendered: Rendered | None = None
) -> list[Clip]:
    """Every item with a picture, in reading order, numbered from 1.

    Transitions are none, nor are takes of ours on tracks of their own.

    Args:
        timeline: What Resolve says.
        exists: Whether a file is there.
        rendered: For clips that Resolve is to render; None for those cut from their files.
    """
    items = [
        item
        for item in timeline.items
        if item.track_type == "video"
        and not is_transition(item, timeline)
        and not is_take_on_track(item, timeline)
    ]
    items.sort(key=lambda item: (item.track, item.start))
    alike = alike_in(timeline)
    clips = [clip_of(item, timeline, exists, rendered, alike=alike) for item in items]
    return [replace(clip, index=index) for index, clip in enumerate(clips, 1)]


def clip_of(
    item: ItemFacts,
    timeline: TimelineFacts,
    exists: Exists = Path.exists,
    rendered: Rendered | None = None,
    *,
    alike: Alike | None = None,
) -> Clip:
    """The clip of one item of any kind, with `index` 0.

    Arguments as for `list_clips`; `alike` is that of the timeline, for those who make many.
    """
    media = timeline.media.get(item.takes[0].media if item.takes else item.media)
    record = timeline.range(item.start, item.end)
    key = key_of(
        item, timeline, "plain" if rendered is None else "render", alike or alike_in(timeline)
    )
    clip = Clip(
        key=str(key),
        known_by=key.known_by,
        index=0,
        name=_name(item, media, timeline) or "unnamed",
        track=item.track_label,
        record=record,
        source=FrameRange(0, item.duration, timeline.rate),
        media=None,
        takes=_summaries(item, timeline),
        takes_above=_above(item, timeline),
        notes=tuple(state_notes(item, timeline)),
    )
    verdict = kind_refused(item, timeline)
    if rendered is not None:
        clip = replace(clip, notes=(*clip.notes, *render_notes(item, timeline, clip.takes)))
        return _to_be_rendered(clip, item, verdict, media, exists, rendered)
    if verdict is not None:
        return replace(clip, refusal=verdict.refusal, source_is_told=False)
    assert media is not None, "what has no media is refused by its kind"
    return _from_file(clip, item, media, timeline, exists)


def _name(item: ItemFacts, media: MediaFacts | None, timeline: TimelineFacts) -> str:
    """As the editor knows the clip: an item without a name of its own may show its take's."""
    original = media.text("Clip Name") if media else ""
    shown = timeline.media.get(item.media)
    if item.selected_take > 1 and shown is not None and item.name == shown.text("Clip Name"):
        return original or item.name
    return item.name or original


def alike_in(timeline: TimelineFacts) -> Alike:
    """The timeline's video items by what they show first."""
    found: Alike = {}
    for item in timeline.items:
        if item.track_type == "video":
            for place in _shows(item):
                found.setdefault(place, set()).add(item.uid)
    return found


def _shows(item: ItemFacts) -> list[tuple[str, int]]:
    return [(original_of(item), left) for left in in_points(item)]


def key_of(item: ItemFacts, timeline: TimelineFacts, kind: Kind, alike: Alike) -> ItemKey:
    others = {uid for place in _shows(item) for uid in alike.get(place, ())} - {item.uid}
    return ItemKey(
        item=item.uid,
        timeline=timeline.document.timeline,
        media=original_of(item),
        track=item.track_label,
        start=item.start,
        duration=item.duration,
        left=in_point(item),
        kind=kind,
        copies=copies_of(others),
    )


def _from_file(
    clip: Clip, item: ItemFacts, media: MediaFacts, timeline: TimelineFacts, exists: Exists
) -> Clip:
    rate, frames, left = media.rate, media.frames, in_point(item)
    source = FrameRange(left, item.duration, rate or timeline.rate)
    link = _Link.of(media, source)
    retime, unknown = retime_of(item)
    # The left offset of what is retimed lives in warped time (measured).
    is_told = not retime and not unknown
    clip = replace(clip, source=source, media=link.media, source_is_told=is_told)
    refusal = _refused(item, media, timeline, link, source, exists)
    if refusal is not None:
        return replace(clip, refusal=refusal)
    if len(in_points(item)) > 1:
        text = f"{UNTOLD}; `newtake resolve takes --use CLIP=original` shows its original again"
        return replace(clip, refusal=Refusal(RefusalReason.UNSUPPORTED, text))
    notes = [*clip.notes, *take_notes(item, clip.takes)]
    if item.fusion_comps:
        notes.append(
            "its Fusion composition is not in what is sent; `--from render` sends the clip with it"
        )
    dissolves = dissolves_of(item, timeline, left, frames)
    if dissolves != Handles(0, 0):
        notes.append(
            f"dissolves show {counted(dissolves.head, 'frame')} before it and {dissolves.tail} "
            "after it; these are sent as well"
        )
    return replace(
        clip,
        source=FrameRange(
            left - dissolves.head,
            item.duration + dissolves.head + dissolves.tail,
            source.rate,
        ),
        dissolves=dissolves,
        refusal=retimed(retime).refusal if retime else timing_unknown(unknown),
        notes=tuple(notes),
    )


def _refused(
    item: ItemFacts,
    media: MediaFacts,
    timeline: TimelineFacts,
    link: _Link,
    source: FrameRange,
    exists: Exists,
) -> Refusal | None:
    if timeline.track_of(item).locked:
        return locked(item)
    verdict = media_refused(media, timeline)
    if verdict is not None:
        return verdict.refusal
    if item.duration < 1:
        return Refusal(RefusalReason.EMPTY, "it has no frames")
    if not link.is_there(exists, source):
        return _offline(media)
    if link.sequence is None and (media.number("Start") or 0) != 0:
        text = (
            f"its media counts from frame {media.text('Start')} of its file, as a subclip does; "
            f"{RENDER_INSTEAD}"
        )
        return Refusal(RefusalReason.UNSUPPORTED, text)
    last, frames = source.end - 1, media.frames
    if source.start < 0 or (frames is not None and source.end > frames):
        text = (
            f"it shows media frames {source.start} to {last}, as Resolve says, and its media has "
            f"{frames if frames is not None else 'none below 0'}; {RENDER_INSTEAD}"
        )
        return Refusal(RefusalReason.OUTSIDE_MEDIA, text)
    return None


def _to_be_rendered(
    clip: Clip,
    item: ItemFacts,
    verdict: Verdict | None,
    media: MediaFacts | None,
    exists: Exists,
    rendered: Rendered,
) -> Clip:
    """The clip as Resolve will render it; nothing of what its media lacks matters but its files."""
    if verdict is not None and not verdict.can_render:
        return replace(clip, refusal=verdict.refusal)
    if not item.enabled:
        text = "it is disabled, and Resolve would render black; enable it"
        return replace(clip, refusal=Refusal(RefusalReason.UNSUPPORTED, text))
    if item.duration < 1:
        return replace(clip, refusal=Refusal(RefusalReason.EMPTY, "it has no frames"))
    link = None if media is None or not media.path else _Link.of(media, clip.source)
    if media is not None and link is not None and not link.is_there(exists, None):
        return replace(clip, refusal=_offline(media))
    picture = rendered(item)
    if isinstance(picture, Refusal):
        return replace(clip, refusal=picture)
    notes = (
        *clip.notes,
        "Resolve renders it before anything is sent, with its grade and effects, and without "
        "handles; the take has the grade in it and goes on a track above, where no grade is "
        "applied to it again",
    )
    return replace(
        clip,
        media=MediaLink("", picture.path, clip.source),
        rendered=picture,
        notes=notes,
    )


@dataclass(frozen=True, slots=True)
class _Link:
    """Where a pool item's media lies."""

    media: MediaLink
    sequence: ImageSequence | None

    @classmethod
    def of(cls, media: MediaFacts, source: FrameRange) -> _Link:
        # Without a number of frames the file has the last word; counting from 0 is what matters.
        frames = media.frames if media.frames is not None else max(source.end, 1)
        available = FrameRange(0, max(frames, 0), source.rate)
        path = Path(media.path)
        sequence = sequence_of_name(path, _numbered(media, available))
        path = path if sequence is None else sequence.pattern
        return cls(MediaLink(media.path, path, available, sequence), sequence)

    def is_there(self, exists: Exists, shown: FrameRange | None) -> bool:
        """Whether the file is there; of a sequence, the first image that is shown."""
        if self.sequence is None:
            return self.media.path is not None and exists(self.media.path)
        first = 0 if shown is None else max(shown.start, 0)
        return exists(self.sequence.file(self.sequence.number_at(first)))


def _numbered(media: MediaFacts, available: FrameRange) -> FrameRange:
    """The numbers of a sequence's files, for names that say only where the number stands."""
    first = media.number("Start") or 0
    return FrameRange(first, available.duration, available.rate)


def _offline(media: MediaFacts) -> Refusal:
    text = f"its media is offline: there is no {media.path}; bring it back, or relink it in Resolve"
    return Refusal(RefusalReason.OFFLINE, text)


def _above(item: ItemFacts, timeline: TimelineFacts) -> tuple[TakeAbove, ...]:
    """Our takes on higher tracks that lie exactly where the item does."""
    found = []
    for other in timeline.at(item.start):
        media = timeline.media.get(other.media)
        is_over = (other.track_type, other.duration) == ("video", item.duration)
        if (
            is_over
            and other.track > item.track
            and media is not None
            and media.label is not None
            and is_take_on_track(other, timeline)
        ):
            found.append(TakeAbove(media.label.key, media.take_name, other.track_label))
    return tuple(found)


def _summaries(item: ItemFacts, timeline: TimelineFacts) -> tuple[TakeSummary, ...]:
    """In Resolve's order: the first is the original, number 0 here. Ours have their own number.

    Takes that the editor added follow ours in number.
    """
    media_of = {take.index: timeline.media.get(take.media) for take in item.takes}
    labels = {index: media.label for index, media in media_of.items() if media and index > 1}
    free = max((label.number for label in labels.values() if label is not None), default=0) + 1
    summaries = []
    for take in item.takes:
        label, media = labels.get(take.index), media_of[take.index]
        if take.index == 1:
            number, key = 0, "original"
        elif label is not None:
            number, key = label.number, label.key
        else:
            number, key, free = free, f"take_{free:03}", free + 1
        summaries.append(
            TakeSummary(
                number=number,
                key=key,
                name=(media.take_name if media else "") or key,
                url=media.path if media else "",
                selected=take.index == item.selected_take,
            )
        )
    return tuple(summaries)
