"""Markers of timelines, tracks and clips at their places in the record, in every dialect."""

from __future__ import annotations

from typing import Any

import opentimelineio as otio
import pytest

from otio_newtake.appearances import find_appearances
from otio_newtake.identity import clip_keys
from otio_newtake.markers import list_markers

Time = otio.opentime.RationalTime
HOUR = 90000


def span(start: float, count: float, rate: float = 25.0) -> Any:
    return otio.opentime.TimeRange(Time(start, rate), Time(count, rate))


def clip(name: str, start: float, count: float, speed: float = 1.0, first: int = 0) -> Any:
    media = otio.schema.ExternalReference("/media/a.mov", span(first, 5000))
    made = otio.schema.Clip(name, media, span(start, count))
    if speed != 1:
        made.effects.append(otio.schema.LinearTimeWarp("", speed))
    return made


def marker(name: str, start: float, count: float = 1, **fields: Any) -> Any:
    return otio.schema.Marker(name, span(start, count), **fields)


def timeline(*items: Any, first: int = HOUR) -> Any:
    made = otio.schema.Timeline("cut", global_start_time=Time(first, 25))
    track = otio.schema.Track("Video 1", kind="Video")
    track.extend(items)
    made.tracks.append(track)
    return made


def found(made: Any) -> list[tuple[str, int, int]]:
    return [
        (each.name, each.record.start - HOUR, each.record.duration) for each in list_markers(made)
    ]


def test_markers_of_the_timeline_count_from_zero_or_as_resolve_does_from_its_start() -> None:
    plain = timeline(clip("a", 0, 200))
    plain.tracks.markers.extend([marker("first", 0, 0), marker("later", 50, 20)])
    assert found(plain) == [("first", 0, 0), ("later", 50, 20)]

    resolve = timeline(clip("a", 0, 200))
    resolve.metadata["Resolve_OTIO"] = {"Resolve OTIO Meta Version": "1.0"}
    resolve.tracks.markers.append(marker("m", HOUR + 50, 20))
    assert found(resolve) == [("m", 50, 20)]

    # Others that write them so are known by a place that no timeline of this length has.
    other = timeline(clip("a", 0, 200))
    other.tracks.markers.append(marker("m", HOUR + 50, 20))
    assert found(other) == [("m", 50, 20)]


def test_a_trimmed_stack_and_track_move_their_markers_along() -> None:
    made = timeline(clip("a", 0, 200))
    made.tracks.source_range = span(10, 100)
    made.tracks.markers.append(marker("stack", 30))
    made.tracks[0].source_range = span(20, 100)
    made.tracks[0].markers.append(marker("track", 60))
    assert found(made) == [("stack", 20, 1), ("track", 30, 1)]
    by_name = {each.name: each for each in list_markers(made)}
    assert (by_name["stack"].track, by_name["track"].track) == ("", "V1")


@pytest.mark.parametrize(
    ("speed", "at", "count", "expected"),
    [(1.0, 130, 10, (30, 10)), (2.0, 130, 10, (30, 10)), (-1.0, 130, 10, (30, 10))],
)
def test_a_clips_markers_count_in_its_own_time(
    speed: float, at: float, count: float, expected: tuple[int, int]
) -> None:
    """A retime stretches what the clip consumes and not what its own range counts."""
    cut = clip("a", 100, 60, speed)
    cut.markers.append(marker("m", at, count))
    made = timeline(clip("before", 0, 40), cut)
    ((_, start, length),) = found(made)
    assert (start - 40, length) == expected
    (key,) = [each.clip_key for each in list_markers(made)]
    assert key == clip_keys(find_appearances(made))[1]


def test_markers_outside_of_what_a_clip_shows_are_not_on_the_timeline() -> None:
    cut = clip("a", 100, 60)
    for at, count in ((99, 1), (90, 20), (159, 10), (160, 5), (100, 0)):
        cut.markers.append(marker(f"{at}", at, count))
    assert found(timeline(cut)) == [("90", 0, 10), ("100", 0, 0), ("159", 59, 1)]


def test_a_format_that_counts_a_clips_markers_from_the_files_first_frame_is_understood() -> None:
    cut = clip("a", 90100, 60, first=90000)
    cut.markers.append(marker("m", 110, 5))
    assert found(timeline(cut)) == [("m", 10, 5)]


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"comment": "rain"}, "rain"),
        ({"metadata": {"Resolve_OTIO": {"Note": "rain", "Keywords": []}}}, "rain"),
        ({"comment": " ", "metadata": {"Resolve_OTIO": {"Note": "rain"}}}, "rain"),
        ({"metadata": {"fcp_xml": {"comment": "rain"}}}, "rain"),
        ({"metadata": {"Resolve_OTIO": {"Note": 7}}}, ""),
        ({"metadata": {"Resolve_OTIO": "Note"}}, ""),
        ({}, ""),
    ],
)
def test_a_note_is_found_wherever_a_dialect_keeps_it(fields: dict[str, Any], note: str) -> None:
    made = timeline(clip("a", 0, 100))
    made.tracks.markers.append(marker("m", 10, color="GREEN", **fields))
    (only,) = list_markers(made)
    assert (only.note, only.colour) == (note, "GREEN")


def test_markers_of_another_rate_lie_on_whole_record_frames() -> None:
    made = timeline(clip("a", 0, 100))
    made.tracks.markers.append(otio.schema.Marker("m", span(24, 24, 24.0)))
    assert found(made) == [("m", 25, 25)]


def test_a_marker_without_a_usable_time_is_none() -> None:
    made = timeline(clip("a", 0, 100))
    made.tracks.markers.append(otio.schema.Marker("m", span(float("nan"), 1)))
    made.tracks.markers.append(otio.schema.Marker("n", span(5, 1, 0.0)))
    assert found(made) == []
