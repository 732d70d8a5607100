"""Clips, timelines and takes in memory, the takes placed in them as a run places them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from newtake.domain.files import ExrFrames, Layout, NewTake, Profile, Provenance, TakeFile
from newtake.domain.timing import FrameRange
from otio_newtake.appearances import find_appearances, record_rate
from otio_newtake.dialect import dialect_of
from otio_newtake.layouts import place_take

HIERO = 23.976024627685547
NTSC = Fraction(24000, 1001)


def span(start: float, duration: float, rate: float = 24.0) -> Any:
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(start, rate), otio.opentime.RationalTime(duration, rate)
    )


def clip(start: float, duration: float, rate: float = 24.0, **fields: Any) -> Any:
    reference = otio.schema.ExternalReference(
        target_url=fields.get("url", "/media/a b.mov"),
        available_range=span(fields.get("first", 0), 240, rate),
    )
    return otio.schema.Clip(
        name=fields.get("name", "A"),
        media_reference=reference,
        source_range=span(start, duration, rate),
    )


def timeline(*items: Any) -> Any:
    made = otio.schema.Timeline(name="cut")
    track = otio.schema.Track(name="Video 1", kind="Video")
    track.extend(items)
    made.tracks.append(track)
    made.tracks.append(otio.schema.Track(name="Audio 1", kind="Audio"))
    return made


def new_take(
    start: int,
    duration: int,
    *,
    label: str = "job/1",
    number: int = 1,
    rate: Fraction = Fraction(24),
    exr: bool = False,
) -> NewTake:
    frames = ExrFrames(Path("/takes/A_001"), "A_001.", 7, start, duration, rate) if exr else None
    return NewTake(
        clip_key="",
        label=label,
        name=f"Take {number}: oil painting",
        file=TakeFile(
            path=Path(f"/takes/A_take_{number:03}.mov"),
            number=number,
            available=FrameRange(start, duration, rate),
            start_timecode="00:00:01:00",
            frames_in_file=duration,
            method="prores",
            sidecar=Path(f"/takes/A_take_{number:03}.json"),
            exr=frames,
        ),
        provenance=Provenance(
            job_id="job",
            submission_id="1",
            provider="sandbox",
            model="m",
            prompt="oil painting",
            settings={"resolution": "720p", "hdr": True},
            created_at="2026-01-01T00:00:00+00:00",
            source_url="https://example.com/a.mov?signature=secret",
            result_sha256="0" * 64,
        ),
    )


def place(
    made: Any,
    take: NewTake,
    layout: Layout = Layout.TAKES,
    profile: Profile = Profile.AUTO,
    which: int = 0,
) -> tuple[str, int]:
    found = find_appearances(made)
    dialect = dialect_of(profile, made)
    return place_take(made, found, found[which], take, layout, dialect, record_rate(made, found))


def ranges(made: Any) -> list[tuple[str, float, float]]:
    return [
        (each.label, float(each.start * 24), float(each.duration * 24))
        for each in find_appearances(made)
    ]
