"""Small timelines in memory, and takes laid into them as the host lays them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from newtake.domain.files import ExrFrames, Layout, NewTake, Profile, Provenance, TakeFile
from newtake.domain.style import StyleStamp
from newtake.domain.timing import FrameRange
from otio_newtake.appearances import find_appearances, record_rate
from otio_newtake.dialect import dialect_of
from otio_newtake.layouts import place_take

RATE = Fraction(24)


def span(start: float, duration: float) -> Any:
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(start, 24), otio.opentime.RationalTime(duration, 24)
    )


def clip(start: float, duration: float) -> Any:
    """Of media with 240 frames from zero on."""
    media = otio.schema.ExternalReference("/media/a.mov", span(0, 240))
    return otio.schema.Clip("A", media, span(start, duration))


def dissolve(before: float = 6, after: float = 6) -> Any:
    time = otio.opentime.RationalTime
    return otio.schema.Transition("", "SMPTE_Dissolve", time(before, 24), time(after, 24))


def timeline(*items: Any) -> Any:
    made = otio.schema.Timeline("cut")
    track = otio.schema.Track("Video 1", kind="Video")
    track.extend(items)
    made.tracks.append(track)
    return made


def lay(
    made: Any, layout: Layout, *, which: int = 0, label: str = "job/1", exr: bool = False
) -> str:
    """Lay a take of 240 frames over a clip; its key."""
    frames = ExrFrames(Path("/takes/A"), "A.", 7, 0, 240, RATE) if exr else None
    take = NewTake(
        clip_key="",
        label=label,
        name="Take",
        file=TakeFile(
            path=Path("/takes/A_take_001.mov"),
            number=1,
            available=FrameRange(0, 240, RATE),
            start_timecode="00:00:00:00",
            frames_in_file=240,
            method="rewrap",
            sidecar=Path("/takes/A_take_001.json"),
            exr=frames,
        ),
        provenance=Provenance(
            job_id="job",
            submission_id=label,
            provider="sandbox",
            model="m",
            prompt="ink",
            settings={"resolution": "540p"},
            created_at="2026-01-01T00:00:00+00:00",
            source_url="/media/a.mov",
            result_sha256="0" * 64,
            style=StyleStamp("ink", 2, "ab" * 32),
        ),
    )
    found = find_appearances(made)
    dialect = dialect_of(Profile.AUTO, made)
    key, _ = place_take(made, found, found[which], take, layout, dialect, record_rate(made, found))
    return key
