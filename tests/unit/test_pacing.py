"""Submitting many jobs: as fast as the service takes them, no earlier than it says, none lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import anyio
import pytest

from newtake.domain.edit import EditSettings
from newtake.domain.errors import RateLimitedError
from newtake.domain.job import Job, Status
from newtake.pipeline.batch import run_jobs
from newtake.pipeline.pacing import TRIES, Pace
from newtake.pipeline.run import create_job
from newtake.ports import Clock, Submission, SubmitAnswer
from newtake.testing import FakeProvider
from simulated_clock import SimulatedClock
from worlds import World

pytestmark = pytest.mark.anyio


@dataclass
class BusyProvider(FakeProvider):
    """Works on `most` generations at once, `seconds` each, and refuses a submission above them."""

    clock: Clock = field(default_factory=SimulatedClock)
    most: int = 4
    seconds: float = 100.0
    asks: float | None = None
    begun: dict[str, float] = field(default_factory=dict)
    refusals: list[float] = field(default_factory=list)

    async def submit(
        self, settings: EditSettings, duration: str, video_url: str, image_url: str | None
    ) -> SubmitAnswer:
        now = self.clock.monotonic()
        await self.clock.sleep(0.1)
        if sum(now - at < self.seconds for at in self.begun.values()) >= self.most:
            self.refusals.append(now)
            raise RateLimitedError("Too many generations.", retry_after_seconds=self.asks)
        answer = await super().submit(settings, duration, video_url, image_url)
        self.begun.update(dict.fromkeys(answer.submission_ids, now))
        return answer

    async def submission(self, submission_id: str) -> Submission:
        found = await super().submission(submission_id)
        over = self.clock.monotonic() - self.begun[submission_id] >= self.seconds
        return found if over else replace(found, status="processing")


async def batch(
    tmp_path: Path, jobs: int, provider: BusyProvider, deadline: float = 1800.0
) -> tuple[Sequence[Job], float]:
    """The jobs afterwards, and the seconds that it took."""
    world, clock = World(tmp_path), provider.clock
    assert isinstance(clock, SimulatedClock)
    ports = replace(world.ports(), provider=provider, clock=clock)
    names = [create_job(ports, f"job{number:03}", world.order).id for number in range(jobs)]
    run = replace(world.process(), ports=ports, deadline_seconds=deadline)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(clock.run)
        began = clock.monotonic()
        ended = await run_jobs(names, run, listen=False)
        seconds = clock.monotonic() - began
        tasks.cancel_scope.cancel()
    return ended, seconds


@pytest.mark.parametrize("asks", [None, 5.0])
async def test_a_service_that_takes_four_at_a_time_fails_no_job(
    tmp_path: Path, asks: float | None
) -> None:
    provider = BusyProvider(asks=asks)

    jobs, seconds = await batch(tmp_path, 24, provider)

    assert {job.status for job in jobs} == {Status.DONE}
    assert len(provider.submitted) == 24
    # Six rounds of 100 s are the least; ends are seen by polling, up to 20 s late.
    assert seconds < 6 * (100 + 25)


async def test_no_submission_comes_earlier_than_the_service_asks(tmp_path: Path) -> None:
    provider = BusyProvider(asks=30.0)

    await batch(tmp_path, 12, provider)

    # The first refusals answer what was sent together, before any was refused.
    later = [at for at in provider.refusals if at > provider.refusals[0] + 1]
    for refused in [provider.refusals[0], *later]:
        nexts = [at for at in (*provider.begun.values(), *later) if at > refused + 0.2]
        assert min(nexts, default=refused + 30) >= refused + 30


async def test_refusals_grow_rare_while_nothing_moves(tmp_path: Path) -> None:
    provider = BusyProvider(most=1, seconds=1000)

    jobs, _ = await batch(tmp_path, 10, provider)

    assert {job.status for job in jobs} == {Status.DONE}
    # Ten rounds of 1000 s; a try each minute, and some more while the pauses still grow.
    assert len(provider.refusals) < 10 * 25


async def test_a_queue_that_moves_is_waited_in_for_longer_than_one_deadline(
    tmp_path: Path,
) -> None:
    provider = BusyProvider(most=2, seconds=500)

    jobs, seconds = await batch(tmp_path, 12, provider, deadline=600)

    assert {job.status for job in jobs} == {Status.DONE}
    assert seconds > 5 * 500


async def test_a_service_that_never_takes_any_stops_all_jobs_after_a_few_tries(
    tmp_path: Path,
) -> None:
    provider = BusyProvider(most=0)

    jobs, seconds = await batch(tmp_path, 50, provider)

    assert {job.status for job in jobs} == {Status.FAILED}
    assert {job.failure.code for job in jobs if job.failure} == {"RateLimited"}
    assert {job.known_money.value for job in jobs} == {jobs[0].known_money.value}
    assert all(job.intent is None for job in jobs)
    assert provider.submitted == []
    # All at once at first, then one by one until the tries are used up: for all of them.
    assert len(provider.refusals) <= 50 + 2 * TRIES
    assert seconds < 400


async def test_of_what_was_sent_together_one_refusal_counts() -> None:
    clock = SimulatedClock()
    pace = Pace(clock, 1800.0)
    async with pace.turn() as first:
        pass
    async with pace.turn() as second:
        pass
    refused = [
        pace.refused(RateLimitedError("Too many."), turn) for turn in [first, second] * (TRIES + 1)
    ]

    assert all(each is not None and each <= 12 for each in refused)
