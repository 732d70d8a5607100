"""Takes that are ready together are written at once, and come out as if each had come alone."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import anyio
import opentimelineio as otio
import pytest

from edited_timelines import take_for
from newtake.domain.clip import Clip
from newtake.domain.errors import HostError
from newtake.domain.files import HostTarget, Layout, NewTake, PlacedTake, Profile
from newtake.domain.timing import FrameRange
from otio_newtake.cuts import write_cuts
from otio_newtake.host import OtioHost
from otio_newtake.locking import exclusive

pytestmark = pytest.mark.anyio

RATE = Fraction(25)
_ID = re.compile(r"\b[0-9a-f]{32}\b")


def cut_in(folder: Path) -> HostTarget:
    source = folder / "source.mov"
    source.write_bytes(b"a film that nobody plays")
    timeline = write_cuts(source, RATE, 700, folder / "cut.otio", name="cut", cuts=6)
    return HostTarget("otio", timeline, folder / "out.otio")


def orders(clips: Sequence[Clip], folder: Path) -> list[NewTake]:
    """Plain ones, two of one clip, one twice, parts, and some that cannot be laid."""

    def take_of(clip: Clip, label: str, at: int | None = None) -> NewTake:
        piece = None if at is None else FrameRange(clip.record.start + at, 10, RATE)
        return take_for(clip, folder, label, piece)

    far = replace(clips[1], source=replace(clips[1].source, start=100_000))
    return [
        take_of(clips[0], "a/1"),
        replace(take_of(clips[0], "gone/1"), clip_key="V9/99"),
        take_of(far, "far/1"),
        take_of(clips[2], "d/1"),
        take_of(clips[2], "d/2"),
        take_of(clips[2], "d/1"),
        take_of(clips[3], "e/1", 20),
        take_of(clips[3], "e/2", 40),
        # Its clip is split by the next one, so that both cannot be proved by one reading.
        take_of(clips[4], "f/1"),
        take_of(clips[4], "f/2", 5),
        take_of(clips[5], "g/1"),
    ]


async def answer_of(target: HostTarget, take: NewTake) -> object:
    try:
        placed = await OtioHost(target).add_take(take)
    except HostError as error:
        return error.what, error.why, error.fix
    assert isinstance(placed, PlacedTake)
    return placed.key, placed.number, placed.added, placed.notes


def shape_of(output: Path) -> object:
    """What is written, with ids by the order in which they come."""
    text, seen = output.read_text(), dict[str, str]()
    named = _ID.sub(lambda found: seen.setdefault(found[0], f"id {len(seen)}"), text)
    return json.loads(named)


@pytest.mark.parametrize("profile", [Profile.GENERIC, Profile.RESOLVE], ids=lambda p: p.value)
@pytest.mark.parametrize("layout", list(Layout), ids=lambda layout: layout.value)
async def test_together_is_as_one_after_the_other(
    layout: Layout, profile: Profile, tmp_path: Path
) -> None:
    target = replace(cut_in(tmp_path), layout=layout, profile=profile)
    takes = orders(await OtioHost(target).clips(), tmp_path / "takes")
    alone = [await answer_of(target, each) for each in takes]
    one_by_one = shape_of(target.output)
    target.output.unlink()

    together: dict[int, object] = {}

    async def add(number: int) -> None:
        together[number] = await answer_of(target, takes[number])

    async with anyio.create_task_group() as tasks:
        for number in range(len(takes)):
            tasks.start_soon(add, number)

    assert [together[number] for number in range(len(takes))] == alone
    assert shape_of(target.output) == one_by_one
    assert [path.name for path in tmp_path.glob("*out.otio*")] == ["out.otio"]


async def test_takes_that_wait_for_another_process_are_all_told_that_they_waited(
    tmp_path: Path,
) -> None:
    target = cut_in(tmp_path)
    clips = await OtioHost(target).clips()
    takes = [take_for(clip, tmp_path / "takes", f"job/{clip.index}") for clip in clips]
    told: list[str] = []

    async def add(take: NewTake) -> None:
        with pytest.raises(HostError, match="Another New Take") as caught:
            await OtioHost(target, lock_seconds=0.3).add_take(take)
        told.append(caught.value.why)

    async with exclusive(target.output, wait_seconds=1):
        with anyio.fail_after(0.3 * (len(takes) - 1)):
            async with anyio.create_task_group() as tasks:
                for take in takes:
                    tasks.start_soon(add, take)
    assert told == [f"The take is kept: {take.file.path}." for take in takes]
    assert not target.output.exists()
    assert (await OtioHost(target).add_take(takes[0])).added


async def test_an_export_that_a_death_left_behind_is_made_with_the_take_that_lies_there(
    tmp_path: Path,
) -> None:
    target = replace(cut_in(tmp_path), output=tmp_path / "out.xml")
    clips = await OtioHost(target).clips()
    first, second = (take_for(clip, tmp_path / "takes", f"job/{clip.index}") for clip in clips[:2])
    await OtioHost(target).add_take(first)
    older = target.output.read_bytes()
    placed = await OtioHost(target).add_take(second)
    newer = target.output.read_bytes()

    for left in (older, None):
        target.output.unlink()
        if left is not None:
            target.output.write_bytes(left)
        again = await OtioHost(target).add_take(second)
        assert (again.key, again.added, again.notes) == (placed.key, False, placed.notes)
        assert target.output.read_bytes() == newer
    # What somebody went on in stays as it is.
    target.output.write_bytes(b"theirs")
    assert (await OtioHost(target).add_take(second)).notes == ()
    assert target.output.read_bytes() == b"theirs"


async def test_a_part_that_shows_other_frames_by_now_is_not_cut_out(tmp_path: Path) -> None:
    target = cut_in(tmp_path)
    (clip, *_) = await OtioHost(target).clips()
    take = take_for(clip, tmp_path / "takes", "a/1", FrameRange(clip.record.start + 40, 20, RATE))
    cut = otio.adapters.read_from_file(str(target.timeline))
    gap = otio.opentime.TimeRange(
        otio.opentime.RationalTime(0, 25), otio.opentime.RationalTime(7, 25)
    )
    cut.tracks[0].insert(0, otio.schema.Gap(source_range=gap))
    otio.adapters.write_to_file(cut, str(target.timeline))
    with pytest.raises(HostError, match="other frames than the take has"):
        await OtioHost(target).add_take(take)
    assert not target.output.exists()
