"""Nests by chance: what is worked out of one is what a walk down finds in it at each moment.

The walk knows nothing of lines: at one moment of the timeline it asks each composition which of its
children lies there, and each retime which moment inside that is.
"""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import opentimelineio as otio
import pytest

from otio_newtake.appearances import Appearance, find_appearances
from otio_newtake.consumption import media_line
from otio_newtake.retimes import speed_of

SPEEDS: tuple[tuple[float, ...], ...] = (
    *((), (), (2.0,), (0.5,), (-1.0,), (-1.5,), (0.0,), (-1.0, -2.0)),
)
MOMENTS_PER_FRAME = 8
HALF_A_MOMENT = Fraction(1, 2 * MOMENTS_PER_FRAME)


@pytest.mark.parametrize("seed", range(60))
def test_a_nest_shows_what_a_walk_finds_in_it(seed: int) -> None:
    chance = random.Random(seed)
    nest = _nest(chance)
    timeline, track = otio.schema.Timeline("cut"), otio.schema.Track("V", kind="Video")
    track.extend([otio.schema.Gap(duration=_time(5)), nest])
    timeline.tracks.append(track)
    (found,) = find_appearances(timeline)
    moments = range(int(_length(nest)) * MOMENTS_PER_FRAME)
    shown = {
        moment: media
        for moment in ((index + Fraction(1, 2)) / MOMENTS_PER_FRAME for index in moments)
        for media in _walk(nest, moment)
    }
    if not isinstance(found.item, otio.schema.Clip):
        assert shown == {}
        return
    start = found.start * 24 - 5
    assert abs(min(shown, default=start) - start) <= HALF_A_MOMENT
    assert abs(max(shown, default=start) - start - found.duration * 24) <= HALF_A_MOMENT
    for moment, media in shown.items():
        assert _media(found, (moment - start) / 24) == media


def _nest(chance: random.Random) -> Any:
    span = _span(chance.randint(0, 200), chance.randint(4, 24))
    item: Any = otio.schema.Clip("deep", None, span)
    _warp(item, chance)
    for _ in range(chance.randint(1, 4)):
        track, stack = otio.schema.Track("V", kind="Video"), otio.schema.Stack("nest")
        before = chance.randint(0, 6)
        gaps = [otio.schema.Gap(duration=_time(length)) for length in (before, 9) if length]
        track.extend([*gaps[:-1], item, gaps[-1]])
        _show_a_part(track, sum(int(_length(child)) for child in track), chance)
        stack.append(track)
        _show_a_part(stack, int(_length(track)), chance)
        item = stack
    return item


def _show_a_part(composition: Any, whole: int, chance: random.Random) -> None:
    composition.source_range = _span(chance.randint(0, whole - 1), chance.randint(1, whole))
    _warp(composition, chance)


def _walk(item: Any, moment: Fraction) -> list[Fraction]:
    """The media moments, in frames, that the item shows at a moment since its in point."""
    speed = _speed(item)
    inside = Fraction(item.source_range.start_time.value) + speed * moment
    if speed < 0:
        inside -= speed * _length(item)
    if isinstance(item, otio.schema.Clip):
        return [inside]
    found, at = [], Fraction(0)
    for child in item:
        if not isinstance(child, otio.schema.Gap) and at <= inside < at + _length(child):
            found.extend(_walk(child, inside - at))
        if isinstance(item, otio.schema.Track):
            at += _length(child)
    return found


def _media(found: Appearance, since_start: Fraction) -> Fraction:
    speed = speed_of(found.item)
    assert speed is not None
    line = media_line(found, found.item.source_range, speed)
    assert line is not None
    return line.inside((since_start, since_start))[0] * 24


def _speed(item: Any) -> Fraction:
    speed = Fraction(1)
    for effect in item.effects:
        speed *= Fraction(effect.time_scalar)
    return speed


def _warp(item: Any, chance: random.Random) -> None:
    for speed in chance.choice(SPEEDS):
        item.effects.append(otio.schema.LinearTimeWarp("", speed))


def _length(item: Any) -> Fraction:
    return Fraction(item.source_range.duration.value)


def _time(value: int) -> Any:
    return otio.opentime.RationalTime(value, 24)


def _span(start: int, length: int) -> Any:
    return otio.opentime.TimeRange(_time(start), _time(length))
