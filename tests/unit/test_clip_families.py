"""Clips in parts, over fakes: each part is paid once, and one take comes of all."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from newtake.domain.clip import ColourTags
from newtake.domain.cube import Lut
from newtake.domain.edit import EditSettings
from newtake.domain.errors import MediaError
from newtake.domain.events import Order
from newtake.domain.job import Job, Status, family_of
from newtake.domain.parts import part_clip
from newtake.domain.plate import PlatePlan
from newtake.domain.timing import FrameRange
from newtake.pipeline.batch import run_jobs
from newtake.pipeline.run import create_jobs
from worlds import RATE, World, media_info

pytestmark = pytest.mark.anyio

FRAMES = 300


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def orders(world: World, *, carry: bool = True, variations: int = 1) -> list[Order]:
    source = FrameRange(10, FRAMES, RATE)
    made = []
    for part in part_clip(source, 120, (), carry=carry):
        span = part.span
        made.append(
            replace(
                world.order,
                clip=replace(world.clip, source=source),
                plate=PlatePlan("5s", 120, span, span.start, 0, span.duration),
                settings=EditSettings("oil painting", variations=variations),
                part=part,
            )
        )
    return made


async def run(world: World, jobs: Sequence[Job]) -> list[Job]:
    return await run_jobs([job.id for job in jobs], world.process(), listen=False)


async def test_all_parts_become_one_take_of_the_whole_clip(world: World) -> None:
    made = create_jobs(world.ports(), orders(world))

    first, *others = await run(world, made)

    assert [job.id for job in made] == [first.id, f"{first.id}.2", f"{first.id}.3"]
    assert {job.status for job in (first, *others)} == {Status.DONE}
    assert len(world.provider.submitted) == 3
    (take,) = world.host.listed[0].takes
    assert take.key == "take_001"
    joined = first.renditions[0].take
    assert joined is not None
    assert joined.available == FrameRange(10, FRAMES, RATE)
    assert [each.take for job in others for each in job.renditions] == [None, None]


async def test_a_part_inside_a_shot_begins_with_the_last_picture_of_the_one_before(
    world: World,
) -> None:
    await run(world, create_jobs(world.ports(), orders(world)))

    images = [each["image"] for each in world.provider.submitted]
    assert images[0] is None
    assert all(image is not None for image in images[1:])


async def test_parallel_parts_begin_with_nothing(world: World) -> None:
    await run(world, create_jobs(world.ports(), orders(world, carry=False)))

    assert [each["image"] for each in world.provider.submitted] == [None, None, None]


async def test_each_variation_is_joined_with_its_own(world: World) -> None:
    first, *_ = await run(
        world, create_jobs(world.ports(), orders(world, carry=False, variations=2))
    )

    assert first.status is Status.DONE
    assert len(world.host.listed[0].takes) == 2


@pytest.mark.parametrize("events_written", range(3, 60, 3))
async def test_a_crash_at_any_event_pays_each_part_once_and_makes_one_take(
    world: World, events_written: int
) -> None:
    made = create_jobs(world.ports(), orders(world))
    world.journal.stop_after = events_written
    with suppress(BaseException):
        await run(world, made)
    world.journal.stop_after = None

    jobs = await run(world, made)

    assert {job.status for job in jobs} == {Status.DONE}
    assert len(world.provider.submitted) == 3
    assert len(world.host.listed[0].takes) == 1


async def test_a_part_that_fails_for_now_holds_up_the_take_and_loses_nothing(world: World) -> None:
    made = create_jobs(world.ports(), orders(world, carry=False))
    # A download is tried twice: of three parts at least one meets it both times.
    world.media.verify_errors = [MediaError("It does not decode.")] * 4

    stopped = await run(world, made)
    first = stopped[0]
    jobs = await run(world, family_of(first, world.journal.jobs()))

    assert Status.FAILED in {job.status for job in stopped}
    assert {job.status for job in jobs} == {Status.DONE}
    assert len(world.provider.submitted) == 3


async def test_a_part_without_a_result_ends_the_take_and_keeps_the_others(world: World) -> None:
    made = create_jobs(world.ports(), orders(world))
    world.provider.script["gen-2"] = ["failed"]

    first, *others = await run(world, made)

    assert first.status is Status.FAILED
    assert first.failure is not None
    assert "has no result" in first.failure.why
    assert [job.status for job in others] == [Status.FAILED, Status.FAILED]
    assert len(world.provider.submitted) == 2


async def test_a_result_that_vanished_is_fetched_again_and_not_paid_again(world: World) -> None:
    made = create_jobs(world.ports(), orders(world, carry=False))
    await run(world, made[1:])
    lost = world.journal.load(made[2].id).renditions[0].result
    assert lost is not None
    lost.path.unlink()

    first, *_ = await run(world, made[:1])
    assert first.status is Status.FAILED
    jobs = await run(world, made)

    assert {job.status for job in jobs} == {Status.DONE}
    assert len(world.provider.submitted) == 3


async def test_a_part_whose_result_is_too_short_is_kept_and_the_take_refused(world: World) -> None:
    made = create_jobs(world.ports(), orders(world, carry=False))
    world.media.result = media_info(world.folder / "a.mov", 40, Fraction(24))

    first, *others = await run(world, made)

    assert first.status is Status.FAILED
    assert first.step is None
    assert first.failure is not None
    assert "Part 1" in first.failure.why
    assert all(job.renditions[0].result is not None for job in (first, *others))


async def test_no_part_is_bought_of_a_clip_that_can_come_to_nothing(world: World) -> None:
    made = create_jobs(world.ports(), orders(world, carry=False))
    world.provider.script["gen-1"] = ["failed"]
    await run(world, made[1:2])

    (first,) = await run(world, made[:1])

    assert first.failure is not None
    assert "part 2 ended without a result" in first.failure.what
    assert "Nothing was submitted" in first.failure.money
    assert len(world.provider.submitted) == 1


@pytest.mark.parametrize("carry", [True, False], ids=["carry", "parallel"])
@pytest.mark.parametrize("number", [1, 3])
async def test_no_part_is_bought_before_the_plates_of_all_are_cut(
    world: World, carry: bool, number: int
) -> None:
    planned = orders(world, carry=carry)
    table = Lut(world.folder / "a.cube", hashlib.sha256(b"table").hexdigest(), "3d", 2)
    planned[number - 1] = replace(planned[number - 1], lut=table)
    made = create_jobs(world.ports(), planned)

    stopped = await run(world, made)

    assert world.provider.submitted == []
    for part, job in enumerate(stopped, start=1):
        assert job.failure is not None
        assert "Nothing was submitted" in job.failure.money
        if part != number:
            assert f"part {number} could not be cut" in job.failure.what
            assert "jobs resume" in job.failure.fix
    table.path.write_bytes(b"table")
    assert {job.status for job in await run(world, made)} == {Status.DONE}
    assert len(world.provider.submitted) == 3


async def test_parts_of_another_light_are_kept_and_never_joined(world: World) -> None:
    made = create_jobs(world.ports(), orders(world, carry=False))
    await run(world, made[1:])
    assert world.media.result is not None
    bright = ColourTags("bt2020", "smpte2084", "bt2020nc", "tv")
    second = world.journal.load(made[1].id).renditions[0].result
    assert second is not None
    world.media.media[second.path] = replace(world.media.result, path=second.path, colour=bright)

    (first,) = await run(world, made[:1])

    assert first.failure is not None
    assert "Part 2 came in another colour" in first.failure.why
    assert first.step is None
    assert world.host.listed[0].takes == ()
