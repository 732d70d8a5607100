"""Retimed, dissolved, trimmed and nested clips: a plain reader finds the source's frames in a take.

The service copies frames, so each frame of a take carries the number of the source frame that it
was made of. A reader that knows only OpenTimelineIO plays the original and the take side by side.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import opentimelineio as otio
import pytest

import numbered_media
from plain_reading import file_frame, moment_in, take_over

MEDIA_FRAMES = 420
RECORD_RATE = 24.0


def span(start: float, count: float, rate: float = RECORD_RATE) -> Any:
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(start, rate), otio.opentime.RationalTime(count, rate)
    )


def clip(
    media: Path, rate: int, first: int, name: str, start: float, count: int, *speeds: float
) -> Any:
    """A clip whose in point lies `start` record frames into its media."""
    reference = otio.schema.ExternalReference(
        str(media), span(first * rate, MEDIA_FRAMES, float(rate))
    )
    made = otio.schema.Clip(name, reference, span(first * RECORD_RATE + start, count))
    for speed in speeds:
        if speed:
            made.effects.append(otio.schema.LinearTimeWarp("", speed))
        else:
            made.effects.append(otio.schema.FreezeFrame())
    return made


def dissolve(before: int, after: int) -> Any:
    time = otio.opentime.RationalTime
    return otio.schema.Transition(
        "Cross Dissolve", "SMPTE_Dissolve", time(before, RECORD_RATE), time(after, RECORD_RATE)
    )


def timeline(media: Path, rate: int, first: int) -> Any:
    """One of each. V2 shows a part of itself, beginning inside its first clip."""

    def cut(*fields: Any) -> Any:
        return clip(media, rate, first, *fields)

    inner = otio.schema.Track("inner", kind="Video")
    inner.append(cut("nested", 150, 60, 2.0))
    stack = otio.schema.Stack("nest", [inner], source_range=span(10, 30))
    below = otio.schema.Track("Video 1", kind="Video")
    below.extend(
        [
            cut("double", 60, 30, 2.0),
            cut("half", 100, 48, 0.5),
            cut("odd", 40, 33, 0.7),
            cut("backwards", 100, 24, -1.0),
            cut("backwards, fast", 80, 20, -2.0),
            cut("freeze", 200, 24, 0.0),
            cut("two warps", 70, 16, 5.0, 0.5),
            stack,
            cut("out", 50, 40),
            dissolve(6, 9),
            cut("in and out, fast", 120, 30, 2.0),
            dissolve(4, 4),
            cut("in, backwards", 120, 30, -1.0),
        ]
    )
    above = otio.schema.Track("Video 2", source_range=span(8, 40), kind="Video")
    above.extend([cut("head cut", 20, 28, 2.0), cut("tail cut", 90, 60, -1.5)])
    made = otio.schema.Timeline("cut", global_start_time=otio.opentime.RationalTime(0, RECORD_RATE))
    made.tracks.extend([below, above])
    return made


QUICK = ("double", "backwards, fast", "nest", "in and out, fast", "head cut")

CASES = [
    pytest.param("takes", 24, 1, "auto", "bundled", QUICK, id="takes"),
    pytest.param("track", 25, 3600, "resolve", "path", QUICK, id="track"),
    *(
        pytest.param(layout, rate, first, profile, engine, (), marks=pytest.mark.matrix)
        for layout in ("takes", "track", "replace")
        for rate, first in ((24, 0), (25, 3600), (24, 3600), (30, 0))
        for profile, engine in (("resolve", "bundled"), ("generic", "path"))
    ),
]


@pytest.mark.parametrize(("layout", "rate", "first", "profile", "engine", "names"), CASES)
def test_a_plain_reader_sees_the_source_frames_in_every_take(
    copying_service: str,
    newtake: Any,
    tmp_path: Path,
    require_program: Any,
    layout: str,
    rate: int,
    first: int,
    profile: str,
    engine: str,
    names: tuple[str, ...],
) -> None:
    bundled = imageio_ffmpeg.get_ffmpeg_exe()
    media = numbered_media.make_numbered(
        bundled,
        tmp_path / "source.mov",
        rate=Fraction(rate),
        frames=MEDIA_FRAMES,
        size=(320, 180),
        options=("-timecode", f"{first // 3600:02}:00:{first % 3600:02}:00"),
    )
    otio.adapters.write_to_file(timeline(media, rate, first), str(tmp_path / "cut.otio"))
    environment = {"OXEN_BASE_URL": copying_service, "OXEN_API_KEY": "any"}
    environment["NEWTAKE_FFMPEG"] = bundled if engine == "bundled" else require_program("ffmpeg")
    done = newtake(
        *("restyle", "cut.otio", "--prompt", "x", "--yes"),
        *([word for name in names for word in ("--clip", name)] or ["--all"]),
        *("--layout", layout, "--profile", profile, "--json"),
        **environment,
    )
    assert done.returncode == 0, done.stderr
    written = otio.adapters.read_from_file(json.loads(done.stdout)["output"])
    original = otio.adapters.read_from_file(str(tmp_path / "cut.otio"))

    compared = 0
    for before in original.find_clips():
        if names and before.name not in names and before.name != "nested":
            continue
        after = next(
            each
            for each in written.find_clips()
            if each.name == before.name and each.parent().name == before.parent().name
        )
        take = take_over(written, after) if layout == "track" else after
        numbers = numbered_media.numbers_in(_path(take))
        assert len(list(take.effects)) == len(list(before.effects))
        for frame in _frames(original, before):
            expected = file_frame(before, moment_in(before, original, frame, RECORD_RATE))
            index = file_frame(take, moment_in(take, written, frame, RECORD_RATE))
            assert 0 <= index < len(numbers), (before.name, frame, index)
            assert numbers[index] == expected, (before.name, frame, index)
            compared += 1
    assert compared > (120 if names else 380)


def _frames(timeline: Any, clip: Any) -> range:
    """The record frames in which the clip shows, those of its dissolves too."""
    outer = clip.parent() if clip.parent().name != "inner" else clip.parent().parent()
    item = clip if outer is clip.parent() else outer
    track = item.parent()
    whole = track.trimmed_range_of_child(item)
    offset = track.source_range.start_time.value if track.source_range else 0
    start, end = whole.start_time.value - offset, whole.end_time_exclusive().value - offset
    head, tail = track.neighbors_of(item)
    if isinstance(head, otio.schema.Transition):
        start -= head.in_offset.value
    if isinstance(tail, otio.schema.Transition):
        end += tail.out_offset.value
    return range(round(start), round(end))


def _path(clip: Any) -> Path:
    return Path(otio.url_utils.filepath_from_url(clip.media_reference.target_url))
