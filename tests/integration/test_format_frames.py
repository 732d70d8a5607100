"""The adapters for other formats count every frame, at every whole rate and at late timecodes.

What is found here is why the times of Final Cut Pro X XML alone are read again by ourselves.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otio_newtake.formats import FORMATS

Cut = tuple[int, int, int]
CUTS = st.lists(
    st.tuples(st.sampled_from((0, 0, 1, 333)), st.integers(0, 90_000), st.integers(1, 900)),
    min_size=1,
    max_size=4,
)


def span(start: int, length: int, rate: int) -> Any:
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(start, rate), otio.opentime.RationalTime(length, rate)
    )


def rows(timeline: Any, first: int) -> list[Cut]:
    """Of each clip: place, media frame counted from `first`, length."""
    found, at = [], 0.0
    for item in next(track for track in timeline.tracks if track.kind == "Video"):
        length = item.source_range.duration.value
        if isinstance(item, otio.schema.Clip):
            found.append((round(at), round(item.source_range.start_time.value) - first, length))
        at += length
    return found


@pytest.mark.parametrize("suffix", [".aaf", ".edl", ".kdenlive", ".xml"])
@settings(max_examples=12, deadline=None)
@given(rate=st.sampled_from((24, 25, 30, 50, 60)), hours=st.integers(0, 22), cuts=CUTS)
def test_every_frame_comes_out_again(suffix: str, rate: int, hours: int, cuts: list[Cut]) -> None:
    # Kdenlive counts every media from its first frame.
    first = 0 if FORMATS[suffix].from_zero else hours * 3600 * rate
    timeline, track = otio.schema.Timeline("cut"), otio.schema.Track(kind="Video")
    timeline.tracks.append(track)
    for index, (gap, start, length) in enumerate(cuts):
        # An EDL counts from its first clip.
        if gap and index:
            track.append(otio.schema.Gap(source_range=span(0, gap, rate)))
        media = otio.schema.ExternalReference(
            f"file:///m{index}.mov", span(first, start + length, rate)
        )
        track.append(otio.schema.Clip(f"m{index}", media, span(first + start, length, rate)))
    told = {"rate": rate} if suffix == ".edl" else {}
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        path = str(Path(folder) / f"cut{suffix}")
        otio.adapters.write_to_file(timeline, path, **FORMATS[suffix].options, **told)
        again = otio.adapters.read_from_file(path, **told)
    assert rows(again, first) == rows(timeline, first)
