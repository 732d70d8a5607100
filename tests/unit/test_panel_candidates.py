"""What is said of submissions that may be a job's: before, while and after they are looked for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from newtake.bootstrap import Wiring
from newtake.domain.errors import UnavailableError
from newtake.domain.job import Job, Status
from newtake.pipeline.run import run_job
from newtake.settings import Settings
from newtake.shells.panel.candidates import Candidates
from newtake.shells.panel.desk import LookUp, ShownJob
from newtake.shells.panel.news import News
from newtake.shells.panel.showing import Movement, shown_job
from newtake.shells.panel.wirings import Wirings
from worlds import World

pytestmark = pytest.mark.anyio


class OfWorld(Wirings):
    """The ports of a world of fakes, given when `answers` is set."""

    def __init__(self, world: World, settings: Settings, tasks: anyio.abc.TaskGroup) -> None:
        super().__init__(settings, None, tasks)
        self.world = world
        self.answers = anyio.Event()

    @asynccontextmanager
    async def opened(
        self,
        provider: str,
        uploader: str | None = None,
        *,
        fetch_url: str | None = None,
        needs_key: bool = False,
    ) -> AsyncIterator[Wiring]:
        await self.answers.wait()
        yield Wiring(self.world.ports(), listen=False, base_url="")


async def unsure(world: World) -> Job:
    world.provider.submit_errors = [UnavailableError("The connection was reset.", sent=True)]
    world.provider.accept_before_error = True
    world.provider.hidden = {"gen-1"}
    world.create()
    job = await run_job("job1", world.process())
    assert job.status is Status.UNSURE
    return job


async def test_lists_that_could_not_be_read_are_no_empty_lists(tmp_path: Path) -> None:
    world = World(tmp_path)
    job = await unsure(world)

    def told() -> ShownJob:
        return candidates.beside(shown_job(job, Movement(), can_cancel=False, going_on=()))

    async with anyio.create_task_group() as tasks:
        settings = Settings(home=tmp_path)
        wirings = OfWorld(world, settings, tasks)
        candidates = Candidates(settings, wirings, News())
        assert told().look_up is None

        tasks.start_soon(candidates.look_for, job)
        await anyio.wait_all_tasks_blocked()
        assert told().look_up == LookUp("looking")

        world.provider.read_errors = [UnavailableError("The service gave status 503.")]
        wirings.answers.set()
        await anyio.wait_all_tasks_blocked()
        failed = told().look_up
        assert failed is not None
        assert failed.state == "failed"
        assert failed.trouble is not None
        assert failed.trouble.what == "The service gave status 503."

        await candidates.look_for(job)
        assert told().look_up == LookUp("done")
        assert [each.submission for each in told().candidates] == ["gen-1"]
