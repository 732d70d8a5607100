"""A service that says when the next request is welcome gets none before that."""

from __future__ import annotations

from pathlib import Path

import pytest

from newtake.domain.errors import RateLimitedError, UnavailableError
from newtake.domain.job import Status
from newtake.pipeline.run import run_job
from worlds import World

pytestmark = pytest.mark.anyio


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.mark.parametrize("seconds", [7, 60, 299])
async def test_a_submit_waits_as_long_as_asked(world: World, seconds: float) -> None:
    limited = RateLimitedError("Too many requests.", retry_after_seconds=seconds)
    world.provider.submit_errors = [limited, limited]
    world.create()

    job = await run_job("job1", world.process())

    assert job.status is Status.DONE
    assert len([pause for pause in world.clock.slept if pause >= seconds]) == 2
    assert len(world.provider.submitted) == 1


async def test_a_submit_that_is_asked_for_more_stops_and_says_when_to_come_back(
    world: World,
) -> None:
    world.provider.submit_errors = [RateLimitedError("Too many.", retry_after_seconds=3601)]
    world.create()

    job = await run_job("job1", world.process())

    assert (job.status, job.intent) == (Status.FAILED, None)
    assert job.failure is not None
    assert job.failure.code == "RateLimited"
    assert "61 minutes" in job.failure.fix
    assert world.provider.submitted == []
    assert world.clock.slept == []


async def test_a_look_for_a_submission_comes_no_earlier_than_asked(world: World) -> None:
    world.provider.submit_errors = [UnavailableError("The connection was reset.", sent=True)]
    world.provider.accept_before_error = True
    world.provider.find_errors = [RateLimitedError("Too many.", retry_after_seconds=90)]
    world.create()

    job = await run_job("job1", world.process())

    assert job.status is Status.DONE
    assert max(world.clock.slept) >= 90


async def test_a_look_that_is_asked_to_come_back_much_later_leaves_the_job_unsure(
    world: World,
) -> None:
    world.provider.submit_errors = [UnavailableError("The connection was reset.", sent=True)]
    world.provider.accept_before_error = True
    world.provider.find_errors = [RateLimitedError("Too many.", retry_after_seconds=3600)]
    world.create()

    unsure = await run_job("job1", world.process())
    done = await run_job("job1", world.process())

    assert [unsure.status, done.status] == [Status.UNSURE, Status.DONE]
    assert world.provider.looks == 1
    assert len(world.provider.submitted) == 1
