"""Money: no submission twice, none on a guess, none above the budget, none forgotten."""

from __future__ import annotations

import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from newtake.bootstrap.resuming import waiting_jobs
from newtake.domain.errors import (
    HostError,
    ModeratedError,
    Money,
    NotAuthorisedError,
    OutOfCreditsError,
    ProviderError,
    RateLimitedError,
    UnavailableError,
)
from newtake.domain.events import (
    Exported,
    Stamped,
    Step,
    SubmitIntended,
    Submitted,
    Uploaded,
)
from newtake.domain.files import Asset, PlateFile
from newtake.domain.job import Status
from newtake.domain.replay import IllegalEventError
from newtake.pipeline.batch import run_jobs
from newtake.pipeline.budget import Budget
from newtake.pipeline.run import create_job, run_job
from newtake.shells.cli.drawing import draw_outcome
from newtake.testing import (
    Crash,
)
from worlds import World

pytestmark = pytest.mark.anyio


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_a_crash_between_intent_and_request_is_never_sent_again(world: World) -> None:
    world.provider.submit_errors = [Crash()]
    world.create()
    with pytest.raises(Crash):
        await run_job("job1", world.process())

    job = await run_job("job1", world.process())

    assert job.status is Status.UNSURE
    assert world.provider.submitted == []


async def test_a_submission_that_cannot_be_found_is_unsure_and_never_sent_again(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.provider.submit_errors = [UnavailableError("The service answered 502.", sent=True)]
    world.create()

    first = await run_job("job1", world.process())
    again = await run_job("job1", world.process())

    assert [first.status, again.status] == [Status.UNSURE, Status.UNSURE]
    assert world.provider.submitted == []
    assert [job.id for job in waiting_jobs(world.journal)] == ["job1"]
    draw_outcome([again], sys.stdout)
    told = capsys.readouterr().out
    assert "The service answered 502. The service's lists do not name this plate." in told
    assert 0 < told.index("newtake jobs resume job1") < told.index("newtake jobs settle job1")


async def test_a_request_that_certainly_never_left_is_sent_again(world: World) -> None:
    world.provider.submit_errors = [UnavailableError("No route to the service.", sent=False)]
    world.create()

    job = await run_job("job1", world.process())

    assert job.status is Status.DONE
    assert len(world.provider.submitted) == 1


async def test_a_network_that_stays_away_fails_the_job_for_a_later_resume(world: World) -> None:
    world.provider.submit_errors = [UnavailableError("No route.", sent=False)] * 5
    world.create()

    first = await run_job("job1", world.process())
    again = await run_job("job1", world.process())

    assert [first.status, again.status] == [Status.FAILED, Status.DONE]
    assert len(world.provider.submitted) == 1


async def test_a_refused_request_fails_and_leaves_no_intent(world: World) -> None:
    world.provider.submit_errors = [OutOfCreditsError("The account has no credits left.")]
    world.create()

    job = await run_job("job1", world.process())

    assert Status.FAILED is job.status
    assert job.intent is None
    assert job.failure is not None
    assert job.failure.code == "OutOfCredits"


async def test_a_refusal_of_any_kind_is_told_apart_from_doubt(world: World) -> None:
    world.provider.submit_errors = [ModeratedError("The prompt was refused.", money=Money.REFUSED)]
    world.create()

    job = await run_job("job1", world.process())

    assert job.status is Status.FAILED
    assert job.intent is None


@pytest.mark.parametrize(
    "error",
    [
        RateLimitedError("A body said so.", money=Money.UNKNOWN),
        OutOfCreditsError("A 500 said so.", money=Money.UNKNOWN),
    ],
    ids=["rate-limit", "credits"],
)
async def test_a_kind_of_error_is_no_certainty_where_the_provider_is_in_doubt(
    world: World, error: ProviderError
) -> None:
    world.provider.submit_errors = [error]
    world.provider.accept_before_error = True
    world.create(variations=2)

    job = await run_job("job1", world.process())

    assert job.status is Status.DONE
    assert len(world.provider.submitted) == 2


async def test_what_is_known_of_money_follows_the_job_and_not_the_error(world: World) -> None:
    world.provider.submit_errors = [UnavailableError("No route.", sent=False)] * 5
    world.create()

    unsent = await run_job("job1", world.process())
    world.provider.read_errors = [NotAuthorisedError("A wrong key.")]
    waiting = await run_job("job1", world.process())

    assert unsent.failure is not None
    assert unsent.failure.money == Money.NOT_SENT.value
    assert waiting.failure is not None
    assert (waiting.failure.step, waiting.failure.money) == (Step.WAIT, Money.SUBMITTED.value)


async def test_a_fault_of_the_program_while_submitting_leaves_the_charge_unknown(
    world: World,
) -> None:
    world.provider.submit_errors = [RuntimeError("a fault of the program")]
    world.create()

    job = await run_job("job1", world.process())

    assert job.failure is not None
    assert (job.failure.code, job.failure.money) == ("Internal", Money.UNKNOWN.value)


async def test_a_rate_limit_is_waited_out(world: World) -> None:
    world.provider.submit_errors = [RateLimitedError("Too many requests.", retry_after_seconds=7)]
    world.create()

    job = await run_job("job1", world.process())

    assert Status.DONE is job.status
    assert any(7 <= pause <= 8.5 for pause in world.clock.slept)
    assert len(world.provider.submitted) == 1


async def test_the_budget_stops_before_the_submission_that_would_exceed_it(world: World) -> None:
    for number in range(3):
        create_job(world.ports(), f"job{number}", world.order)

    jobs = await run_jobs(
        [f"job{number}" for number in range(3)],
        world.process(Budget(Decimal("1.50"))),
        listen=False,
    )

    assert len(world.provider.submitted) == 2
    assert sum(job.status is Status.FAILED for job in jobs) == 1


def test_a_submission_belongs_to_one_job(world: World) -> None:
    for job_id in ("job1", "job2"):
        create_job(world.ports(), job_id, world.order)
        for event in (
            Exported(PlateFile(Path("p"), "00", 1, 120)),
            Uploaded(Asset("fake", "k", "00", 1, False)),
            SubmitIntended("ff", "/p"),
        ):
            world.journal.append(job_id, Stamped(0, event))
    world.journal.append("job1", Stamped(0, Submitted(("gen-1",))))

    with pytest.raises(IllegalEventError, match="another job"):
        world.journal.append("job2", Stamped(0, Submitted(("gen-1",))))


async def test_the_budget_counts_what_others_have_in_flight_and_what_the_run_has_spent(
    world: World,
) -> None:
    for job_id in ("others", "mine", "next"):
        create_job(world.ports(), job_id, world.order)
    world.provider.script["gen-1"] = ["processing"]
    await run_job("others", world.process())
    budget = Budget(Decimal("1.50"), jobs=frozenset({"mine", "next"}))

    mine = await run_job("mine", world.process(budget))
    stopped = await run_job("next", world.process(budget))
    world.provider.script["gen-1"] = ["succeeded"]
    await run_job("others", world.process())
    after = await run_job("next", world.process(budget))

    assert [mine.status, stopped.status, after.status] == [Status.DONE, Status.FAILED, Status.DONE]
    assert stopped.failure is not None
    assert (stopped.failure.code, stopped.intent) == ("Budget", None)
    assert "others" in stopped.failure.why
    assert len(world.provider.submitted) == 3


async def test_sandbox_money_in_flight_counts_for_no_other_provider(world: World) -> None:
    create_job(world.ports(), "others", replace(world.order, provider="sandbox"))
    world.provider.script["gen-1"] = ["processing"]
    await run_job("others", world.process())
    world.create()

    job = await run_job("job1", world.process(Budget(Decimal("0.72"))))

    assert job.status is Status.DONE


async def test_nothing_is_published_that_nobody_agreed_to(world: World) -> None:
    world.uploader.public = True
    world.create()

    job = await run_job("job1", world.process())

    assert (job.step, world.uploader.stored) == (Step.UPLOAD, {})
    assert job.failure is not None
    assert job.failure.code == "Consent"


async def test_a_job_that_another_process_took_over_is_left_in_the_middle(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.create()
    run = world.process()
    world.journal.lose_after = 3

    job = await run_job("job1", run)

    assert job.status is Status.ACTIVE
    assert "another New Take" in world.watcher.notes[-1]
    assert run.held == {}


async def test_a_budget_does_not_count_what_an_earlier_run_paid_for(world: World) -> None:
    for job_id in ("paid", "next"):
        create_job(world.ports(), job_id, world.order)
    world.host.error = HostError("The timeline is locked.")
    stopped = await run_job("paid", world.process())

    jobs = await run_jobs(["paid", "next"], world.process(Budget(Decimal("1.00"))), listen=False)

    assert (stopped.status, stopped.step) == (Status.FAILED, Step.RELINK)
    assert [job.status for job in jobs] == [Status.DONE, Status.DONE]
