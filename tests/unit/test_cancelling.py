"""Cancelling says what became of each generation, and of the charge only what the history says."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from newtake.domain.errors import NotAuthorisedError, UnavailableError
from newtake.domain.job import Job, Status
from newtake.pipeline.cancelling import Ending, cancel_job
from newtake.pipeline.run import run_job
from newtake.shells.cli.cancelling import tell_endings
from worlds import World

pytestmark = pytest.mark.anyio


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def waiting(world: World, variations: int) -> Job:
    """A job whose generations were submitted and have not ended."""
    for number in range(variations):
        world.provider.script[f"gen-{number + 1}"] = ["processing"]
    world.provider.read_errors = [NotAuthorisedError("A wrong key.")] * variations
    world.create(variations)
    return await run_job("job1", world.process())


async def test_the_history_is_read_for_what_was_cancelled(world: World) -> None:
    job = await waiting(world, 1)

    endings = await cancel_job(job, world.ports(), held=True)

    assert endings == [Ending("gen-1", "cancelled", cost_usd=Decimal("0.72"))]
    after = world.journal.load("job1")
    assert (after.status, after.renditions[0].cost_usd) == (Status.CANCELLED, "0.72")


async def test_a_history_that_cannot_be_read_is_not_one_without_a_cost(world: World) -> None:
    job = await waiting(world, 1)
    world.provider.cost_usd = UnavailableError("The service is away.")
    (unread,) = await cancel_job(job, world.ports(), held=False)
    world.provider.cost_usd = None
    (without,) = await cancel_job(job, world.ports(), held=False)

    assert (unread.cost_usd, unread.cost_trouble) == (None, "The service is away.")
    assert (without.cost_usd, without.cost_trouble) == (None, "")


async def test_one_that_cannot_be_cancelled_hides_nothing_of_the_others(world: World) -> None:
    job = await waiting(world, 3)
    world.provider.cancel_errors["gen-2"] = UnavailableError("The service is away.")

    endings = await cancel_job(job, world.ports(), held=True)

    assert [each.status for each in endings] == ["cancelled", None, "cancelled"]
    assert endings[1].error is not None
    assert world.journal.load("job1").status is not Status.CANCELLED


async def test_a_result_that_came_first_is_brought_in_by_whoever_has_the_job(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    job = await waiting(world, 1)
    endings = [Ending("gen-1", "succeeded", cost_usd=Decimal("0.72"))]

    tell_endings(job, endings, at_work=True)
    owned = capsys.readouterr().err
    tell_endings(job, endings, at_work=False)
    left = capsys.readouterr().err

    assert "the New Take that is at work on the job brings it in" in owned
    assert "resume" not in owned
    assert "`newtake jobs resume job1` brings it in" in left


async def test_a_job_of_another_process_is_cancelled_and_its_journal_left_alone(
    world: World,
) -> None:
    job = await waiting(world, 1)
    before = world.journal.events("job1")

    await cancel_job(job, world.ports(), held=False)

    assert world.provider.cancelled == ["gen-1"]
    assert world.journal.events("job1") == before


async def test_variations_that_were_not_found_are_cancelled_too(world: World) -> None:
    world.provider.script = {"gen-1": ["processing"], "gen-2": ["processing"]}
    world.provider.submit_errors = [UnavailableError("The connection was reset.", sent=True)]
    world.provider.accept_before_error = True
    world.provider.hidden = {"gen-2"}
    world.provider.read_errors = [NotAuthorisedError("A wrong key.")]
    world.create(2)
    job = await run_job("job1", world.process())
    world.provider.hidden.clear()

    endings = await cancel_job(job, world.ports(), held=True)

    assert [each.status for each in endings] == ["cancelled", "cancelled"]
    assert world.provider.cancelled == ["gen-1", "gen-2"]
