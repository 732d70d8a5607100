"""What clips consume of their media: cut, retimed, dissolved, nested. Media of 240 frames at 24."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from newtake.domain.clip import Clip
from otio_newtake.listing import list_clips
from otio_newtake.reading import open_timeline

Track, Stack = otio.schema.Track, otio.schema.Stack
Listed = Callable[..., list[Clip]]


def time(value: float, rate: float = 24.0) -> Any:
    return otio.opentime.RationalTime(value, rate)


def span(start: float, count: float, rate: float = 24.0) -> Any:
    return otio.opentime.TimeRange(time(start, rate), time(count, rate))


def clip(start: float, count: float, *speeds: float, name: str = "A") -> Any:
    reference = otio.schema.ExternalReference("/media/a.mov", span(0, 240))
    made = otio.schema.Clip(name, reference, span(start, count))
    return warped(made, *speeds)


def warped(item: Any, *speeds: float) -> Any:
    for speed in speeds:
        item.effects.append(otio.schema.LinearTimeWarp("", speed))
    return item


def dissolve(before: float, after: float) -> Any:
    return otio.schema.Transition("Dissolve", "SMPTE_Dissolve", time(before), time(after))


def gap(count: float) -> Any:
    return otio.schema.Gap(duration=time(count))


def track(*items: Any, shows: Any = None, kind: str = "Video") -> Any:
    made = Track("V", source_range=shows, kind=kind)
    made.extend(items)
    return made


def nest(*items: Any, shows: Any = None) -> Any:
    made = Stack("nest", source_range=shows)
    made.extend(items)
    return made


@pytest.fixture
def listed(tmp_path: Path) -> Listed:
    def of(*tracks: Any) -> list[Clip]:
        timeline = otio.schema.Timeline("cut")
        timeline.tracks.extend(tracks)
        otio.adapters.write_to_file(timeline, str(tmp_path / "cut.otio"))
        return list_clips(open_timeline(tmp_path / "cut.otio"), lambda _: True)

    return of


def source(clip: Clip) -> tuple[int, int]:
    return clip.source.start, clip.source.duration


def dissolves(clip: Clip) -> tuple[int, int]:
    return clip.dissolves.head, clip.dissolves.tail


@pytest.mark.parametrize(
    ("start", "count", "speeds", "consumed"),
    [
        (100, 24, (2.0,), (100, 48)),
        (100, 24, (0.5,), (100, 12)),
        (100, 25, (0.5,), (100, 13)),  # the last frame shows for one record frame only
        (100, 33, (0.7,), (100, 24)),
        (100, 24, (-1.0,), (100, 24)),
        (100, 24, (-2.0,), (100, 48)),
        (100, 24, (0.0,), (100, 1)),
        (100, 24, (2.0, -0.5), (100, 24)),
        (100.1, 24, (2.0,), (100, 49)),
        (200, 24, (2.0,), (200, 48)),
    ],
)
def test_a_constant_retime_consumes_its_duration_times_its_speed(
    listed: Listed, start: float, count: int, speeds: tuple[float, ...], consumed: tuple[int, int]
) -> None:
    (found,) = listed(track(clip(start, count, *speeds)))
    assert source(found) == consumed
    assert found.record.duration == count
    assert (found.refusal is None) is (sum(consumed) <= 240)


def test_one_frame_is_told_in_the_singular(listed: Listed) -> None:
    (found,) = listed(track(clip(100, 1, 0.5)))
    assert "1 frame of the timeline consumes 1 frame of its media" in found.notes[0]


def test_what_the_media_does_not_reach_is_refused_with_the_numbers(listed: Listed) -> None:
    fast, out, into = listed(
        track(clip(200, 30, 2.0), clip(180, 60), dissolve(6, 9), clip(4, 48, name="B"))
    )
    texts = [each.refusal.text if each.refusal else "" for each in (fast, out, into)]
    assert "media frames 200 to 259," in texts[0]
    assert "media frames 180 to 248 with the 0 + 9 that a transition shows" in texts[1]
    assert "media frames -2 to 51 with the 6 + 0 that a transition shows" in texts[2]
    assert all("the media has 0 to 239" in text for text in texts)


@pytest.mark.parametrize(
    ("speed", "consumed", "extra"),
    [
        (1.0, (96, 36), (4, 8)),
        (2.0, (92, 72), (8, 16)),
        (-1.0, (92, 36), (8, 4)),
        (0.5, (98, 18), (2, 4)),
        (0.0, (100, 1), (0, 0)),
    ],
)
def test_a_dissolve_shows_more_of_the_clip_at_its_own_speed(
    listed: Listed, speed: float, consumed: tuple[int, int], extra: tuple[int, int]
) -> None:
    found = listed(
        track(
            clip(0, 48),
            dissolve(4, 2),
            clip(100, 24, speed, name="B"),
            dissolve(3, 8),
            clip(60, 24),
        )
    )[1]
    assert source(found) == consumed
    assert dissolves(found) == extra
    assert found.record.duration == 24


def test_a_fade_at_the_beginning_of_the_timeline_shows_nothing_before_it(listed: Listed) -> None:
    (found,) = listed(track(dissolve(12, 12), clip(0, 48)))
    assert (source(found), dissolves(found), found.refusal) == ((0, 48), (0, 0), None)


@pytest.mark.parametrize(
    ("shows", "expected"),
    [
        # Clips of 24 frames from 100 at double speed and backwards from 50; a dissolve between.
        (span(0, 48), [(0, 24, 100, 56), (24, 24, 50, 28)]),
        (span(6, 36), [(0, 18, 112, 44), (18, 18, 56, 22)]),
        (span(22, 10), [(0, 2, 144, 12), (2, 8, 66, 10)]),
        (span(24, 24), [(0, 0, 100, 24), (0, 24, 50, 24)]),
    ],
)
def test_a_track_s_own_range_cuts_clips_and_dissolves(
    listed: Listed, shows: Any, expected: list[tuple[int, int, int, int]]
) -> None:
    found = listed(track(clip(100, 24, 2.0), dissolve(4, 4), clip(50, 24, -1.0), shows=shows))
    assert [(each.record.start, each.record.duration, *source(each)) for each in found] == expected


def test_one_clip_beneath_nests_is_that_clip_through_all_their_cuts_and_speeds(
    listed: Listed,
) -> None:
    inner = nest(track(gap(10), clip(100, 40, 2.0, name="deep"), gap(30)))
    outer = warped(nest(track(inner, shows=span(12, 30)), track(kind="Audio")), -0.5)
    outer.source_range = span(4, 40)
    first, found, last = listed(track(clip(0, 24), outer, clip(50, 24)))
    # 40 record frames consume 4 .. 24 of the outer track, which is 16 .. 36 of the inner one,
    # which is 6 .. 26 of the clip, at double speed 112 .. 152 of the media, backwards.
    assert (found.name, found.record.start, found.record.duration) == ("nest", 24, 40)
    assert (source(found), found.speed, found.refusal) == ((112, 40), Fraction(-1), None)
    assert (first.record.start, last.record.start) == (0, 64)
    assert any("'deep'" in note for note in found.notes)


def test_a_nest_that_begins_before_its_clip_shows_it_where_it_shows(listed: Listed) -> None:
    (found,) = listed(track(nest(track(gap(10), clip(100, 20)), shows=span(4, 60))))
    assert (found.record.start, found.record.duration, *source(found)) == (6, 20, 100, 20)


def test_a_dissolve_of_a_nest_shows_what_lies_beyond_its_range(listed: Listed) -> None:
    shown = nest(track(clip(100, 60)), shows=span(20, 24))
    found = listed(track(clip(0, 24), dissolve(6, 0), shown, dissolve(0, 30), clip(0, 24)))[1]
    assert (source(found), dissolves(found)) == ((114, 46), (6, 16))


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ([track(clip(0, 24)), track(clip(50, 24))], "shows 2 clips"),
        ([track(clip(0, 12), clip(50, 12), clip(90, 12))], "shows 3 clips"),
        ([track(clip(0, 24), kind="Audio")], "shows no clip"),
    ],
)
def test_a_nest_of_several_layers_or_none_is_refused(
    listed: Listed, layers: list[Any], words: str
) -> None:
    (found,) = listed(track(nest(*layers)))
    assert found.refusal is not None
    assert (found.refusal.reason.value, words in found.refusal.text) == ("nested", True)


def test_layers_that_do_not_show_are_none(listed: Listed) -> None:
    hidden, off = clip(0, 24), track(clip(0, 24))
    hidden.enabled = off.enabled = False
    layers = [track(clip(0, 24), clip(50, 24), clip(90, 24)), track(hidden), off]
    (found,) = listed(track(nest(*layers, shows=span(30, 12))))
    assert (source(found), found.refusal) == ((56, 12), None)


@pytest.mark.parametrize("where", ["ramp", "remap", "number", "nest", "track"])
def test_a_speed_that_cannot_be_told_is_refused(listed: Listed, where: str) -> None:
    inside, shown = clip(0, 24), track()
    if where == "ramp":
        inside.effects.append(otio.schema.TimeEffect("ease"))
    elif where == "remap":
        inside.effects.append(otio.schema.Effect("Time Remap", "Time Remap"))
    elif where == "number":
        warped(inside, 1e9)
    elif where == "nest":
        inside = nest(track(inside))
        inside.effects.append(otio.schema.TimeEffect("ease"))
    else:
        warped(shown, 2.0)
    shown.append(inside)
    (found,) = listed(shown)
    assert found.refusal is not None
    assert found.refusal.reason.value == "retimed"


def test_frames_that_a_fast_clip_skips_at_the_end_need_not_be_there(listed: Listed) -> None:
    (found,) = listed(track(clip(0, 61, 4.0)))
    assert found.refusal is not None
    (found,) = listed(track(clip(2, 60, 4.0)))
    assert (source(found), found.refusal) == ((2, 238), None)
    assert any("skips over" in note for note in found.notes)
