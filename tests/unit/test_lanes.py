"""The lane of takes is narrower while plates are to be cut, and as wide as before afterwards."""

from __future__ import annotations

import anyio
import pytest

from newtake.pipeline.lanes import Lanes, works_at_once

pytestmark = pytest.mark.anyio


async def test_takes_have_half_a_lane_until_the_last_plate_is_cut() -> None:
    lanes, last = Lanes(), anyio.Event()
    wide = lanes.make.total_tokens

    async def plate(cut: anyio.Event) -> None:
        async with lanes.cutting():
            await cut.wait()

    async with anyio.create_task_group() as tasks:
        done = anyio.Event()
        done.set()
        for _ in range(works_at_once() + 1):
            tasks.start_soon(plate, done)
        tasks.start_soon(plate, last)
        await anyio.wait_all_tasks_blocked()
        assert lanes.make.total_tokens == max(1, wide // 2)
        last.set()

    assert lanes.make.total_tokens == wide == works_at_once()


async def test_a_take_waits_for_plates_and_not_for_ever() -> None:
    patient, impatient, made = Lanes(), Lanes(plates_first_seconds=0), list[Lanes]()

    async def take(lanes: Lanes) -> None:
        async with lanes.taking():
            made.append(lanes)

    async with anyio.create_task_group() as tasks:
        async with patient.cutting(), impatient.cutting():
            tasks.start_soon(take, patient)
            await take(impatient)
            await anyio.wait_all_tasks_blocked()
            assert made == [impatient]
        await anyio.wait_all_tasks_blocked()
        assert made == [impatient, patient]


async def test_a_plate_that_was_given_up_leaves_the_lane_wide() -> None:
    lanes = Lanes()

    with anyio.move_on_after(0):
        async with lanes.cutting():
            await anyio.sleep_forever()

    assert lanes.make.total_tokens == works_at_once()
