"""Write a small timeline of cuts from one media file: what a first try needs."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio

_HOUR_SECONDS = 3600


def write_cuts(
    media: Path, rate: Fraction, frames: int, to: Path, *, name: str, cuts: int = 3
) -> Path:
    """A timeline of `cuts` equal clips of one file, the file's first and last frames left over.

    The media counts from zero; the timeline starts at 01:00:00:00, as editors do.

    Args:
        media: The file, named by a path relative to nothing: absolute.
        rate: Its rate.
        frames: How many frames it has.
        to: The timeline to write; replaced when it is there.
        name: Of the timeline; clips are numbered after the file.
        cuts: How many clips.
    """
    speed = float(rate)
    margin = frames // 10
    length = max(1, (frames - 2 * margin) // cuts)
    available = _range(0, frames, speed)
    start = otio.opentime.RationalTime(round(_HOUR_SECONDS * round(speed)), speed)
    timeline = otio.schema.Timeline(name=name, global_start_time=start)
    track = otio.schema.Track(name="Video 1", kind=otio.schema.TrackKind.Video)
    for number in range(cuts):
        reference = otio.schema.ExternalReference(target_url=str(media), available_range=available)
        track.append(
            otio.schema.Clip(
                name=f"{media.stem}_{number + 1:02}",
                media_reference=reference,
                source_range=_range(margin + number * length, length, speed),
            )
        )
    timeline.tracks.append(track)
    otio.adapters.write_to_file(timeline, str(to))
    return to


def _range(start: int, duration: int, rate: float) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(start, rate), otio.opentime.RationalTime(duration, rate)
    )
