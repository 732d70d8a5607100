"""A job's mark on its clip: there while it is worked on, gone afterwards, and never in the way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from newtake.domain.errors import HostAwayError, HostError
from newtake.domain.files import NewTake, PlacedTake
from newtake.domain.job import Status
from newtake.pipeline.run import run_job
from newtake.testing import FakeHost
from worlds import World

pytestmark = pytest.mark.anyio


class UnshowingHost(FakeHost):
    async def show_at_work(self, clip_key: str, job_id: str, about: str) -> None:
        raise HostError("The clip cannot be marked.")

    async def show_at_rest(self, clip_key: str, job_id: str) -> None:
        raise HostAwayError("DaVinci Resolve is closed.")


class BinningHost(FakeHost):
    async def add_take(self, take: NewTake) -> PlacedTake:
        placed = await super().add_take(take)
        return replace(placed, place="bin", notes=("the clip is gone",))


async def test_a_job_shows_its_clip_at_work_and_at_rest(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.create()
    job = await run_job("job1", world.process())
    assert job.status is Status.DONE
    assert world.host.shown == [("V1/1", "job1", "oil painting"), ("V1/1", "job1", None)]


async def test_a_job_that_failed_is_at_rest(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.host.error = HostAwayError("DaVinci Resolve has another project open.")
    world.create()
    job = await run_job("job1", world.process())
    assert job.status is Status.FAILED
    assert [said for _, _, said in world.host.shown] == ["oil painting", None]
    assert (await run_job("job1", world.process())).status is Status.DONE
    # Only the relink was left: nothing to wait for, so nothing to show.
    assert [said for _, _, said in world.host.shown] == ["oil painting", None, None]


async def test_a_mark_that_fails_fails_no_job(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.host = UnshowingHost([world.clip])
    world.create()
    assert (await run_job("job1", world.process())).status is Status.DONE


async def test_notes_on_the_place_of_a_take_are_told(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.host = BinningHost([world.clip])
    world.create()
    job = await run_job("job1", world.process())
    assert "the clip is gone" in world.watcher.notes
    assert job.renditions[0].placed is not None
    assert job.renditions[0].placed.place == "bin"
