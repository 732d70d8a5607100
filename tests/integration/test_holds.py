"""A run's holds on its jobs: renewed while it works, given up only where somebody else has them."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import anyio
import anyio.from_thread
import pytest

from newtake.adapters.journal import SqliteJournal
from newtake.pipeline.run import create_job
from newtake.pipeline.session import Run
from newtake.testing import MemoryJournal
from worlds import World

pytestmark = pytest.mark.anyio


async def test_a_journal_that_cannot_be_written_for_a_moment_ends_no_work(tmp_path: Path) -> None:
    world, path = World(tmp_path), tmp_path / "home" / "journal.sqlite"
    ports = replace(world.ports(), journal=SqliteJournal(path))
    run = Run(ports, world.watcher, tmp_path / "work")
    create_job(ports, "job1", world.order)

    with ports.journal.hold("job1") as held, anyio.CancelScope() as work:
        assert held
        run.held["job1"] = work
        away = path.rename(path.with_name("away"))
        path.mkdir()
        await run.renew_holds()
        path.rmdir()
        away.rename(path)
        await run.renew_holds()

    assert not work.cancel_called


async def test_work_whose_hold_somebody_else_has_is_ended(tmp_path: Path) -> None:
    world = World(tmp_path)
    run = world.process()
    with anyio.CancelScope() as work:
        run.held["job1"] = work
        await run.renew_holds()

    assert work.cancel_called


async def test_a_journal_that_others_write_holds_up_nothing_else(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.journal = SlowToRenew()
    run = world.process()
    with anyio.CancelScope() as work, world.journal.hold("job1"):
        run.held["job1"] = work
        async with anyio.create_task_group() as group:
            group.start_soon(run.renew_holds)
            with anyio.fail_after(10):
                await world.journal.asked.wait()
            world.journal.free.set()

    assert not work.cancel_called


class SlowToRenew(MemoryJournal):
    """Waits in `renew` until the rest of the program has taken notice."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = anyio.Event()
        self.free = threading.Event()

    def renew(self, job_id: str) -> bool:
        anyio.from_thread.run_sync(self.asked.set)
        assert self.free.wait(10)
        return super().renew(job_id)
