"""The eight steps over fakes: the happy road, every crash, every file that vanishes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from newtake.domain.clip import MediaInfo, TakeSummary
from newtake.domain.errors import (
    HostError,
    NotFoundError,
    OutOfCreditsError,
    UploadError,
)
from newtake.domain.events import (
    Cancelled,
    Exported,
    JobCreated,
    Stamped,
    Step,
    SubmitIntended,
    Uploaded,
)
from newtake.domain.files import Asset, NewTake, PlacedTake, PlateFile
from newtake.domain.job import Status
from newtake.domain.replay import IllegalEventError
from newtake.pipeline.batch import run_jobs
from newtake.pipeline.run import create_job, run_job
from newtake.ports import Submission
from newtake.testing import FakeHost
from worlds import World

pytestmark = pytest.mark.anyio


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_a_job_goes_through_all_steps_in_order(world: World) -> None:
    world.create()

    job = await run_job("job1", world.process())

    assert Status.DONE is job.status
    assert list(Step)[1:] == world.watcher.steps
    assert world.host.listed[0].takes[-1].key == "take_001"
    assert job.renditions[0].cost_usd == "0.72"


async def test_a_plate_that_is_gone_from_the_service_is_uploaded_again(world: World) -> None:
    world.provider.submit_errors = [OutOfCreditsError("The account has no credits left.")]
    world.create()
    first = await run_job("job1", world.process())
    world.uploader.stored.clear()

    job = await run_job("job1", world.process())

    assert [first.status, job.status] == [Status.FAILED, Status.DONE]
    assert len(world.provider.submitted) == 1


async def test_variations_become_takes_of_one_submission(world: World) -> None:
    world.create(variations=3)

    job = await run_job("job1", world.process())

    assert Status.DONE is job.status
    assert [each.key for each in world.host.listed[0].takes] == ["take_001", "take_002", "take_003"]


async def test_a_take_is_numbered_after_those_of_its_clip_that_lie_elsewhere(world: World) -> None:
    earlier = TakeSummary(1, "take_001", "Take 1: noir", "other_takes/a_take_001.mov", True)
    world.host.listed[0] = replace(world.clip, takes=(earlier,))
    world.order = replace(world.order, clip=world.host.listed[0])
    world.create()

    await run_job("job1", world.process())

    take = world.host.listed[0].takes[-1]
    assert (take.key, take.name, Path(take.url).name) == (
        "take_002",
        "Take 2: oil painting",
        "a_take_002.mov",
    )


@pytest.mark.parametrize("events_written", range(1, 18))
async def test_a_crash_at_any_event_costs_one_submission_and_makes_one_take(
    world: World, events_written: int
) -> None:
    world.create()
    world.journal.stop_after = events_written
    try:
        await run_job("job1", world.process())
        crashed = False
    except BaseException as error:
        crashed = "Crash" in repr(error)
    world.journal.stop_after = None

    job = await run_job("job1", world.process()) if crashed else world.journal.load("job1")

    assert job.status is Status.DONE
    assert len(world.provider.submitted) == 1
    assert len(world.host.listed[0].takes) == 1
    assert len(world.uploader.stored) == 1


async def test_a_failed_upload_is_resumed_without_a_new_export(world: World) -> None:
    world.uploader.error = UploadError("The network is down.")
    world.create()

    first = await run_job("job1", world.process())
    again = await run_job("job1", world.process())

    assert [first.status, again.status] == [Status.FAILED, Status.DONE]
    assert world.watcher.steps.count(Step.EXPORT) == 1


async def test_a_failed_relink_is_resumed_without_the_provider(world: World) -> None:
    world.host.error = HostError("The timeline is locked.")
    world.create()

    first = await run_job("job1", world.process())
    again = await run_job("job1", world.process())

    assert [first.status, again.status] == [Status.FAILED, Status.DONE]
    assert len(world.provider.submitted) == 1
    assert world.watcher.steps.count(Step.DOWNLOAD) == 1


async def test_a_movie_that_goes_while_its_take_waits_is_made_again(world: World) -> None:
    class SlowHost(FakeHost):
        async def add_take(self, take: NewTake) -> PlacedTake:
            placed = await super().add_take(take)
            if placed.added:
                take.file.path.unlink()
            return placed

    world.host = SlowHost([world.clip])
    world.create()

    job = await run_job("job1", world.process())

    assert Status.DONE is job.status
    take = job.renditions[0].take
    assert take is not None
    assert take.path.exists()
    assert len(world.host.listed[0].takes) == 1
    assert any("is gone or changed; it is made again" in note for note in world.watcher.notes)


async def test_a_failed_generation_ends_the_job_with_the_services_reason(world: World) -> None:
    world.provider.script["gen-1"] = ["queued", "processing", "failed"]
    world.create()

    job = await run_job("job1", world.process())

    assert Status.FAILED is job.status
    assert job.failure is not None
    assert job.failure.why == "the fake was told to fail"


async def test_an_unknown_status_is_waited_on_until_the_deadline(world: World) -> None:
    world.provider.script["gen-1"] = ["pondering"]
    world.create()

    job = await run_job("job1", world.process())

    assert Status.FAILED is job.status
    assert job.failure is not None
    assert job.failure.code == "StillRunning"
    world.provider.script["gen-1"] = ["succeeded"]
    assert Status.DONE is (await run_job("job1", world.process())).status
    assert len(world.provider.submitted) == 1


async def test_a_fault_of_the_program_stops_no_other_job(world: World) -> None:
    world.create()
    create_job(world.ports(), "job2", world.order)
    world.uploader.error = RuntimeError("a fault")

    jobs = await run_jobs(["job1", "job2"], world.process(), listen=False)

    assert {Status.FAILED, Status.DONE} == {job.status for job in jobs}


async def test_a_listening_run_hears_the_end(world: World) -> None:
    world.provider.silent_events = False
    world.provider.script["gen-1"] = ["queued", "succeeded"]
    world.create()

    (job,) = await run_jobs(["job1"], world.process(), listen=True)

    assert Status.DONE is job.status


def test_a_job_is_created_once(world: World) -> None:
    world.create()

    with pytest.raises(Exception, match="created already"):
        world.journal.append("job1", Stamped(0, JobCreated("job1", world.order)))


def answers(world: World, short: str) -> None:
    """Make one generation's result too short for the clip."""
    probe = world.media.probe

    async def probed(path: Path, *, count_frames: bool = False) -> MediaInfo:
        info = await probe(path, count_frames=count_frames)
        is_short = path.exists() and path.read_bytes() == f"result of {short}".encode()
        return replace(info, frames=20) if is_short else info

    world.media.probe = probed  # type: ignore[method-assign]  # the fake's answer, scripted


async def test_a_result_that_is_too_short_holds_up_no_other_variation(world: World) -> None:
    world.create(variations=2)
    answers(world, short="gen-1")

    job = await run_job("job1", world.process())

    assert job.status is Status.DONE
    assert [each.outcome for each in job.renditions] == ["failed", "ready"]
    assert len(world.host.listed[0].takes) == 1
    kept = job.renditions[0].result
    assert kept is not None
    assert kept.path.exists()


async def test_a_single_result_that_is_too_short_is_kept_and_named(world: World) -> None:
    world.create()
    answers(world, short="gen-1")

    job = await run_job("job1", world.process())

    assert job.status is Status.FAILED
    assert job.failure is not None
    assert job.failure.code == "Result"
    assert ".result.mp4" in job.failure.fix
    assert world.host.listed[0].takes == ()


async def test_a_variation_that_cannot_be_read_holds_up_no_other(world: World) -> None:
    world.create(variations=2)
    submission = world.provider.submission

    async def read(submission_id: str) -> Submission:
        if submission_id == "gen-1":
            raise NotFoundError("It is gone.")
        return await submission(submission_id)

    world.provider.submission = read  # type: ignore[method-assign]  # the fake's answer, scripted
    job = await run_job("job1", world.process())

    assert job.status is Status.FAILED
    assert [each.placed is not None for each in job.renditions] == [False, True]
    world.provider.submission = submission  # type: ignore[method-assign]  # as it was
    assert (await run_job("job1", world.process())).status is Status.DONE
    assert len(world.provider.submitted) == 2


async def test_a_job_that_somebody_else_holds_is_left_alone(world: World) -> None:
    world.create()

    with world.journal.hold("job1") as held:
        assert held
        job = await run_job("job1", world.process())

    assert job.step is Step.EXPORT
    assert world.watcher.steps == []
    assert (await run_job("job1", world.process())).status is Status.DONE


def test_a_job_with_an_open_intent_cannot_be_cancelled(world: World) -> None:
    world.create()
    for event in (
        Exported(PlateFile(Path("p"), "00", 1, 120)),
        Uploaded(Asset("fake", "k", "00", 1, False)),
        SubmitIntended("ff", "/p"),
    ):
        world.journal.append("job1", Stamped(0, event))

    with pytest.raises(IllegalEventError):
        world.journal.append("job1", Stamped(0, Cancelled("asked")))


async def test_a_job_that_failed_while_waiting_can_be_cancelled(world: World) -> None:
    world.provider.script["gen-1"] = ["processing"]
    world.create()
    failed = await run_job("job1", world.process())

    world.journal.append("job1", Stamped(0, Cancelled("asked")))

    assert failed.status is Status.FAILED
    assert world.journal.load("job1").status is Status.CANCELLED


async def test_a_stream_that_breaks_in_an_unforeseen_way_stops_no_job(world: World) -> None:
    world.provider.events_error = RuntimeError("a fault of the decoder")
    world.create()

    (job,) = await run_jobs(["job1"], world.process(), listen=True)

    assert job.status is Status.DONE
