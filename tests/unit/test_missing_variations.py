"""Variations that were sent for and not found stay known, and are taken over when they appear."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from newtake.domain.edit import Price
from newtake.domain.errors import UnavailableError
from newtake.domain.events import (
    Exported,
    Stamped,
    SubmitIntended,
    Submitted,
    Uploaded,
)
from newtake.domain.files import Asset, PlateFile
from newtake.domain.job import Job, Status
from newtake.domain.replay import IllegalEventError
from newtake.pipeline.adopting import missing_generations
from newtake.pipeline.budget import spent_usd
from newtake.pipeline.run import create_job, run_job
from worlds import World

pytestmark = pytest.mark.anyio


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def half_found(world: World) -> Job:
    """A job of two variations, one of which was not in the lists after a cut connection."""
    world.provider.submit_errors = [UnavailableError("The connection was reset.", sent=True)]
    world.provider.accept_before_error = True
    world.provider.hidden = {"gen-2"}
    world.create(variations=2)
    return await run_job("job1", world.process())


async def test_what_was_not_found_stays_missing_and_is_said(world: World) -> None:
    job = await half_found(world)

    assert (job.status, len(job.renditions), job.missing) == (Status.DONE, 1, 1)
    assert any("1 found" in note for note in world.watcher.notes)
    dear = replace(job, order=replace(job.order, price=Price(Decimal("1.44"), "list")))
    # The estimate of both counts for as long as one may yet turn up.
    assert spent_usd(dear) == Decimal("1.44")


async def test_what_appears_while_the_others_are_waited_for_is_taken_over(world: World) -> None:
    # Two looks of the four show one generation more each; the next comes after the waiting.
    world.provider.find_errors = [UnavailableError("The service is away.")] * 2
    world.provider.lists_slowly = True
    world.provider.submit_errors = [UnavailableError("The connection was reset.", sent=True)]
    world.provider.accept_before_error = True
    world.create(variations=3)

    job = await run_job("job1", world.process())

    assert (job.status, len(job.renditions), job.missing) == (Status.DONE, 3, 0)
    assert len(world.host.labels) == 3
    assert any("1 more variations were found" in note for note in world.watcher.notes)


async def test_a_finished_job_takes_it_over_when_it_is_resumed(world: World) -> None:
    await half_found(world)
    world.provider.hidden.clear()

    job = await run_job("job1", world.process())

    assert (job.status, len(job.renditions), job.missing) == (Status.DONE, 2, 0)
    assert len(world.provider.submitted) == 2
    assert world.provider.downloads == ["gen-1", "gen-2"]


async def test_a_job_whose_known_variations_failed_takes_it_over_as_well(world: World) -> None:
    world.provider.script["gen-1"] = ["failed"]
    first = await half_found(world)
    world.provider.hidden.clear()

    job = await run_job("job1", world.process())

    assert [first.status, job.status] == [Status.FAILED, Status.DONE]
    assert [each.outcome for each in job.renditions] == ["failed", "ready"]


async def test_lists_that_cannot_be_read_leave_it_missing(world: World) -> None:
    await half_found(world)
    world.provider.find_errors = [UnavailableError("The service is away.")]

    job = await run_job("job1", world.process())

    assert (job.status, job.missing) == (Status.DONE, 1)
    assert "were not looked for" in world.watcher.notes[-1]


async def test_what_another_job_has_is_not_taken(world: World) -> None:
    job = await half_found(world)
    world.provider.hidden.clear()
    assert await missing_generations(job, world.ports()) == ("gen-2",)

    create_job(world.ports(), "job2", job.order)
    for event in (
        Exported(PlateFile(Path("p"), "00", 1, 120)),
        Uploaded(Asset("fake", "k", "00", 1, False)),
        SubmitIntended("ff", "/p"),
        Submitted(("gen-2",)),
    ):
        world.journal.append("job2", Stamped(0, event))

    assert await missing_generations(job, world.ports()) == ()


async def test_no_more_than_is_missing_is_added(world: World) -> None:
    await half_found(world)

    for ids in (("gen-2", "gen-3"), ("gen-1",)):
        with pytest.raises(IllegalEventError):
            world.journal.append("job1", Stamped(0, Submitted(ids, adopted=True)))
