"""Looking a submission up: it is found by the job that sent it, or is left to whose it could be."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from newtake.domain.edit import EditSettings
from newtake.domain.errors import UnavailableError
from newtake.domain.job import Status
from newtake.pipeline.batch import run_jobs
from newtake.pipeline.run import create_job, run_job
from newtake.testing import Crash
from worlds import World

pytestmark = pytest.mark.anyio


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_a_cut_answer_is_looked_up_and_adopted(world: World) -> None:
    world.provider.submit_errors = [UnavailableError("The connection was reset.", sent=True)]
    world.provider.accept_before_error = True
    world.create()

    job = await run_job("job1", world.process())

    assert Status.DONE is job.status
    assert len(world.provider.submitted) == 1


async def test_only_some_variations_found_are_waited_for_before_they_are_adopted(
    world: World,
) -> None:
    world.provider.submit_errors = [UnavailableError("The connection was reset.", sent=True)]
    world.provider.accept_before_error = True
    world.provider.lists_slowly = True
    world.create(variations=3)

    job = await run_job("job1", world.process())

    assert job.status is Status.DONE
    assert len(job.renditions) == 3


async def test_a_submission_that_could_be_that_of_other_settings_is_not_adopted(
    world: World,
) -> None:
    world.provider.lists_paths_only = True
    create_job(world.ports(), "job1", world.order)
    other = replace(world.order, settings=EditSettings("another prompt"))
    create_job(world.ports(), "job2", other)
    world.provider.submit_errors = [Crash()]
    world.provider.accept_before_error = True
    with pytest.raises(Crash):
        await run_job("job1", world.process())
    world.provider.submit_errors = [UnavailableError("No answer.", sent=True)]
    world.provider.accept_before_error = False

    second = await run_job("job2", world.process())

    assert second.status is Status.UNSURE
    assert second.renditions == ()


async def test_jobs_that_ask_the_same_of_the_same_frames_find_one_submission_each(
    world: World,
) -> None:
    world.provider.lists_paths_only = True
    job_ids = ["job1", "job2", "job3"]
    for job_id in job_ids:
        create_job(world.ports(), job_id, world.order)
        world.provider.submit_errors = [Crash()]
        world.provider.accept_before_error = job_id != "job2"
        with pytest.raises(Crash):
            await run_job(job_id, world.process())

    jobs = await run_jobs(job_ids, world.process(), listen=False)

    assert Counter(job.status for job in jobs) == {Status.DONE: 2, Status.UNSURE: 1}
    adopted = [each.submission_id for job in jobs for each in job.renditions]
    assert sorted(adopted) == ["gen-1", "gen-2"]
    assert len(world.provider.submitted) == 2


async def test_a_submission_on_its_way_is_left_to_the_job_that_sends_it(world: World) -> None:
    world.provider.lists_paths_only = True
    for job_id in ("job1", "job2"):
        create_job(world.ports(), job_id, world.order)
    world.provider.submit_errors = [Crash()]
    world.provider.accept_before_error = True
    with pytest.raises(Crash):
        await run_job("job1", world.process())
    world.provider.submit_errors = [UnavailableError("No answer.", sent=True)]
    world.provider.accept_before_error = False

    # Another process has job1 in its hands, and may be sending it.
    with world.journal.hold("job1"):
        second = await run_job("job2", world.process())

    assert second.status is Status.UNSURE


@pytest.mark.parametrize("gives_up", [False, True], ids=["comes-through", "stays"])
async def test_one_that_begins_to_send_during_a_look_is_waited_for(
    world: World, gives_up: bool
) -> None:
    world.provider.lists_paths_only = True
    for job_id, exists in (("job1", True), ("job2", False)):
        create_job(world.ports(), job_id, world.order)
        world.provider.submit_errors, world.provider.accept_before_error = [Crash()], exists
        with pytest.raises(Crash):
            await run_job(job_id, world.process())

    with ExitStack() as another:

        def begin() -> None:
            if world.provider.looks == 1:
                another.enter_context(world.journal.hold("job2"))

        async def come_through() -> None:
            while sum(world.clock.slept) < 60:
                await anyio.lowlevel.checkpoint()
            another.close()

        world.provider.while_looking = begin
        async with anyio.create_task_group() as tasks:
            if not gives_up:
                tasks.start_soon(come_through)
            job = await run_job("job1", world.process())

    if gives_up:
        assert job.status is Status.UNSURE
        assert "job2 is being submitted with the same frames" in job.doubt
    else:
        assert job.status is Status.DONE
        assert [each.submission_id for each in job.renditions] == ["gen-1"]
    assert len(world.provider.submitted) == 1
