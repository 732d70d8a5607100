"""A person's word is taken, unless the service or the journal says otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from newtake.domain.errors import NotFoundError, SelectionError, UnavailableError
from newtake.domain.events import Stamped, Submitted
from newtake.domain.job import Job, Status
from newtake.pipeline.run import create_job, run_job
from newtake.pipeline.settling import check_settling, check_submissions, named_once
from worlds import World

pytestmark = pytest.mark.anyio


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def unsure(world: World, variations: int = 1) -> Job:
    """A job whose submission exists and that no list shows."""
    world.provider.submit_errors = [UnavailableError("The connection was reset.", sent=True)]
    world.provider.accept_before_error = True
    world.provider.hidden = {f"gen-{number + 1}" for number in range(4)}
    world.create(variations)
    job = await run_job("job1", world.process())
    assert job.status is Status.UNSURE
    return job


async def test_the_jobs_own_submission_is_taken(world: World) -> None:
    job = await unsure(world)

    check_settling(job, ["gen-1"], world.journal)
    await check_submissions(job, ["gen-1"], world.provider)


async def test_a_submission_that_was_typed_twice_is_one(world: World) -> None:
    job = await unsure(world)
    ids = named_once(["gen-1", "gen-1"])

    check_settling(job, ids, world.journal)
    world.journal.append(job.id, Stamped(world.clock.now(), Submitted(ids, adopted=True)))

    assert [each.submission_id for each in world.journal.load(job.id).renditions] == ["gen-1"]


async def test_somebody_elses_submission_is_refused_with_what_differs(world: World) -> None:
    job = await unsure(world)
    world.provider.submitted.append({"id": "x", "url": "https://x/y", "prompt": "ink"})

    with pytest.raises(SelectionError, match="another input, prompt"):
        await check_submissions(job, ["x"], world.provider)


async def test_a_submission_that_is_not_there_is_refused(world: World) -> None:
    job = await unsure(world)

    with pytest.raises(NotFoundError):
        await check_submissions(job, ["bogus"], world.provider)


@pytest.mark.parametrize(("variations", "ids"), [(1, ["gen-1", "gen-2"]), (2, ["a", "b", "c"])])
async def test_more_submissions_than_variations_are_refused(
    world: World, variations: int, ids: list[str]
) -> None:
    job = await unsure(world, variations)

    with pytest.raises(SelectionError, match="too many"):
        check_settling(job, ids, world.journal)


async def test_what_another_job_has_is_refused(world: World) -> None:
    create_job(world.ports(), "other", world.order)
    await run_job("other", world.process())
    job = await unsure(world)

    with pytest.raises(SelectionError, match="belongs to a job"):
        check_settling(job, ["gen-1"], world.journal)


async def test_only_what_is_open_is_settled(world: World) -> None:
    world.create()
    job = await run_job("job1", world.process())

    for submissions in ([], ["gen-9"]):
        with pytest.raises(SelectionError, match="only unsure jobs"):
            check_settling(job, submissions, world.journal)


async def test_a_missing_variation_may_be_named(world: World) -> None:
    world.provider.submit_errors = [UnavailableError("The connection was reset.", sent=True)]
    world.provider.accept_before_error = True
    world.provider.hidden = {"gen-2"}
    world.create(variations=2)
    job = await run_job("job1", world.process())

    check_settling(job, ["gen-2"], world.journal)
    with pytest.raises(SelectionError):
        check_settling(job, ["gen-2", "gen-3"], world.journal)
    with pytest.raises(SelectionError):
        check_settling(job, [], world.journal)
