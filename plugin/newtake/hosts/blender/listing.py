"""Makes clips of strips: exact media and record ranges, takes, refusals and notes.

Rule 1: what is restyled is the original, also where a take of it shows; takes are no clips.
Rule 2: source ranges count from the media's first frame, 0, at the file's own rate; images run at
the scene's.
Rule 3: what plays at its own speed in a scene of another rate shows some frames twice, or leaves
some out. The source range holds all from the first to the last that shows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from newtake.domain.clip import Clip, MediaLink, Refusal, RefusalReason
from newtake.domain.outline import Outline, OutlinedTrack
from newtake.domain.sequence import SUFFIXES, ImageSequence
from newtake.domain.timing import FrameRange, display_rate
from newtake.hosts.blender.facts import Media, Sequencer, Strip
from newtake.hosts.blender.refusals import (
    kind_refused,
    media_refused,
    sequence_refused,
    timing_refused,
    use_refused,
)
from newtake.hosts.blender.summaries import summaries_of

_NUMBERED = re.compile(r"^(?P<prefix>.*?)(?P<number>\d+)(?P<suffix>\.[A-Za-z0-9]+)$", re.DOTALL)


def list_clips(sequencer: Sequencer) -> list[Clip]:
    """Every strip but takes of strips that are there, by channel and time, numbered from 1."""
    strips = [
        each
        for each in sequencer.strips
        if not (each.is_take and sequencer.strip(each.take_of) is not None)
    ]
    strips.sort(key=lambda each: (each.kind == "SOUND", each.channel, each.start, each.name))
    clips = [clip_of(each, sequencer) for each in strips]
    return [replace(clip, index=index) for index, clip in enumerate(clips, 1)]


def clip_of(strip: Strip, sequencer: Sequencer) -> Clip:
    """The clip of one strip of any kind, with `index` 0."""
    rate, media = sequencer.hello.rate, strip.media
    record = FrameRange(strip.start, max(strip.duration, 0), rate)
    clip = Clip(
        key=str(strip.key),
        known_by=strip.key.known_by,
        index=0,
        name=strip.name,
        track=track_of(strip, sequencer),
        record=record,
        source=FrameRange(0, record.duration, rate),
        media=None,
        takes=summaries_of(strip, sequencer),
        notes=tuple(_notes(strip, sequencer)),
    )
    refusal = kind_refused(strip, sequencer)
    if refusal is not None or media is None:
        return replace(clip, refusal=refusal)
    refusal = media_refused(strip, media) or timing_refused(media) or use_refused(strip, sequencer)
    if refusal is None and strip.no_room:
        # Whatever else the add-on knows; its words end with a full stop.
        text = f"no take can stand for it: {strip.no_room.rstrip('.')}"
        refusal = Refusal(RefusalReason.UNSUPPORTED, text)
    file_rate = media.rate or rate
    source, available = source_of(strip, media, file_rate), FrameRange(0, media.frames, file_rate)
    link = _link(strip, media, available)
    if refusal is None and strip.kind == "IMAGE" and link.sequence is None:
        refusal = sequence_refused(media)
    if refusal is None and (source.start < 0 or source.end > media.frames):
        text = (
            f"it shows media frames {source.start} to {source.end - 1}, and its media has "
            f"{media.frames}; trim it to its media"
        )
        refusal = Refusal(RefusalReason.OUTSIDE_MEDIA, text)
    step = media.step if media.step is not None else Fraction(1)
    return replace(clip, source=source, media=link, speed=step * rate / file_rate, refusal=refusal)


def track_of(strip: Strip, sequencer: Sequencer) -> str:
    """Its channel as a track: sound and picture share Blender's channels. Within a meta strip it is
    the channel of that one and its own: V3.1."""
    channels, at = [strip.channel], strip
    while at.meta and (meta := sequencer.strip(at.meta)) is not None:
        channels.insert(0, meta.channel)
        at = meta
    return f"{'A' if strip.kind == 'SOUND' else 'V'}{'.'.join(map(str, channels))}"


def outline_of(sequencer: Sequencer) -> Outline:
    """The channels that have strips, takes of ours aside, as tracks with the editor's names."""
    clips, hello = list_clips(sequencer), sequencer.hello
    names = {each.number: each.name for each in sequencer.channels}
    start = min([hello.start, *(clip.record.start for clip in clips)])
    end = max([hello.end, *(clip.record.end for clip in clips)])
    labels = sorted({clip.track for clip in clips}, key=_place)
    return Outline(
        hello.scene,
        FrameRange(start, end - start, hello.rate),
        tuple(
            OutlinedTrack(
                label,
                names.get(_place(label)[1][0], "") if "." not in label else "",
                "audio" if label.startswith("A") else "video",
            )
            for label in labels
        ),
    )


def _place(label: str) -> tuple[bool, tuple[int, ...]]:
    return label.startswith("A"), tuple(int(each) for each in label[1:].split("."))


def source_of(strip: Strip, media: Media, rate: Fraction) -> FrameRange:
    """All media frames from the first to the last that shows."""
    if not media.shown:
        return FrameRange(media.first, max(strip.duration, 0), rate)
    first = min(media.shown)
    return FrameRange(first, max(media.shown) - first + 1, rate)


def sequence_of(media: Media, rate: Fraction) -> ImageSequence | None:
    """Images as a sequence; None where their numbers do not go up by one in one folder."""
    found = [_NUMBERED.match(each) for each in media.names]
    if len(found) < 2:
        return None
    first, numbers = found[0], []
    for each in found:
        if each is None or first is None:
            return None
        if (each["prefix"], each["suffix"]) != (first["prefix"], first["suffix"]):
            return None
        numbers.append(int(each["number"]))
    assert first is not None
    if first["suffix"].lower() not in SUFFIXES:
        return None
    sequence = ImageSequence(
        Path(media.path).parent,
        first["prefix"],
        first["suffix"],
        len(first["number"]),
        numbers[0],
        rate,
        frames=len(numbers),
    )
    is_even = all(sequence.name(numbers[0] + at) == each for at, each in enumerate(media.names))
    return sequence if is_even else None


def _link(strip: Strip, media: Media, available: FrameRange) -> MediaLink:
    path = Path(media.path)
    if strip.kind != "IMAGE":
        return MediaLink(media.path, path, available)
    sequence = sequence_of(media, available.rate)
    return MediaLink(media.path, sequence.pattern if sequence else path, available, sequence)


def _notes(strip: Strip, sequencer: Sequencer) -> Sequence[str]:
    notes = []
    media, rate = strip.media, sequencer.hello.rate
    shown = next((each for each in sequencer.takes_of(strip.uid) if not each.muted), None)
    if shown is not None:
        notes.append(f"its take {shown.name!r} shows; the original is what is sent")
    elif strip.muted or strip.channel_muted:
        notes.append("it is muted in Blender")
    if media is None:
        return notes
    if strip.meta:
        notes.append("it lies in a meta strip; the take goes beside it in there")
    if media.shown is not None and media.step is not None:
        file_rate = media.rate or rate
        again = len(media.shown) - len(set(media.shown))
        between = max(media.shown) - min(media.shown) + 1 - len(set(media.shown))
        pace = f", at {media.speed:g} times its speed" if media.speed not in (None, 1.0) else ""
        uneven = [
            f"{again} of its {len(media.shown)} frames show the frame before once more",
            f"{between} of its media's frames fall on no frame of it",
        ]
        told = [text for count, text in zip((again, between), uneven, strict=True) if count]
        pace += ": " if told else ""
        notes.append(
            f"it runs at {display_rate(file_rate)} frames per second in a scene of "
            f"{display_rate(rate)}{pace}{', and '.join(told)}; the take shows the "
            "same ones, from a file made at the scene's rate"
        )
        if not media.exact:
            notes.append(
                "this Blender shows some of its frames one too early; the take shows each in time"
            )
    if strip.moves_up:
        what = "strip goes" if strip.moves_up == 1 else "strips go"
        notes.append(
            f"{strip.moves_up} {what} up by a channel, so that the take lies directly above it"
        )
    return notes
