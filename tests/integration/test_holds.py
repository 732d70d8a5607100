"""A run's holds on its jobs: renewed while it works, given up only where somebody else has them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from newtake.adapters.journal import SqliteJournal
from newtake.pipeline.run import create_job
from newtake.pipeline.session import Run
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
        run.renew_holds()
        path.rmdir()
        away.rename(path)
        run.renew_holds()

    assert not work.cancel_called


async def test_work_whose_hold_somebody_else_has_is_ended(tmp_path: Path) -> None:
    world = World(tmp_path)
    run = world.process()
    with anyio.CancelScope() as work:
        run.held["job1"] = work
        run.renew_holds()

    assert work.cancel_called
