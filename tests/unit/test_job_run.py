"""The eight steps over fakes: the happy road, every crash, every doubt about money."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from newtake.domain.clip import Clip, ColourTags, MediaInfo, MediaLink
from newtake.domain.edit import EditSettings, Price
from newtake.domain.errors import (
    HostError,
    ModeratedError,
    Money,
    NotFoundError,
    OutOfCreditsError,
    RateLimitedError,
    UnavailableError,
    UploadError,
)
from newtake.domain.events import (
    Cancelled,
    Exported,
    JobCreated,
    Order,
    Stamped,
    Step,
    SubmitIntended,
    Submitted,
    Uploaded,
)
from newtake.domain.files import Asset, HostTarget, PlateFile
from newtake.domain.job import Intent, Job, Status
from newtake.domain.plate import PlatePlan
from newtake.domain.replay import IllegalEventError
from newtake.domain.timing import FrameRange
from newtake.pipeline.batch import run_jobs
from newtake.pipeline.budget import Budget
from newtake.pipeline.run import create_job, run_job
from newtake.pipeline.session import Run
from newtake.ports import Ports, Submission
from newtake.testing import (
    Crash,
    FakeHost,
    FakeMediaTool,
    FakeProvider,
    FakeUploader,
    ManualClock,
    MemoryJournal,
    MemoryTakes,
    RecordingWatcher,
)

pytestmark = pytest.mark.anyio

RATE = Fraction(25)


def media_info(path: Path, frames: int, rate: Fraction = RATE) -> MediaInfo:
    return MediaInfo(
        path=path,
        container="mov",
        codec="h264",
        width=1280,
        height=720,
        rate=rate,
        frames=frames,
        frames_counted=True,
        video_start_seconds=Fraction(0),
        container_start_seconds=Fraction(0),
        pixel_format="yuv420p",
        bit_depth=8,
        pixel_aspect=Fraction(1),
        rotation_degrees=0,
        interlaced=False,
        constant_rate=True,
        has_alpha=False,
        has_audio=False,
        colour=ColourTags(),
    )


class World:
    """Everything that outlives a crash of the process, and a way to start the process again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        source = folder / "a.mov"
        self.clip = Clip(
            key="V1/1",
            index=1,
            name="a",
            track="V1",
            record=FrameRange(0, 48, RATE),
            source=FrameRange(10, 48, RATE),
            media=MediaLink(str(source), source, FrameRange(0, 100, RATE)),
        )
        self.journal = MemoryJournal()
        self.provider = FakeProvider()
        self.uploader = FakeUploader()
        self.media = FakeMediaTool(
            {source: media_info(source, 100)}, result=media_info(source, 120, Fraction(24))
        )
        self.host = FakeHost([self.clip])
        self.takes = MemoryTakes()
        self.clock = ManualClock()
        self.watcher = RecordingWatcher()
        self.order = Order(
            clip=self.clip,
            source=self.media.media[source],
            origin=0,
            timecode_start=0,
            plate=PlatePlan("5s", 120, FrameRange(0, 100, RATE), 0, 10, 48),
            settings=EditSettings("oil painting"),
            host=HostTarget("otio", folder / "in.otio", folder / "out.otio"),
            provider="fake",
            uploader="fake",
            price=Price(Decimal("0.72"), "list"),
        )

    def ports(self) -> Ports:
        return Ports(
            provider=self.provider,
            uploader=self.uploader,
            media=self.media,
            journal=self.journal,
            takes=self.takes,
            clock=self.clock,
            open_host=lambda _target: self.host,
        )

    def process(self, budget: Budget | None = None) -> Run:
        return Run(self.ports(), self.watcher, self.folder / "work", budget=budget or Budget())

    def create(self, variations: int = 1) -> Job:
        settings = replace(self.order.settings, variations=variations)
        return create_job(self.ports(), "job1", replace(self.order, settings=settings))


@pytest.fixture
def world(tmp_path: Path) -> World:
    (tmp_path / "out_takes").mkdir()
    return World(tmp_path)


async def test_a_job_goes_through_all_steps_in_order(world: World) -> None:
    world.create()

    job = await run_job("job1", world.process())

    assert Status.DONE is job.status
    assert list(Step)[1:] == world.watcher.steps
    assert world.host.listed[0].takes[-1].key == "take_001"
    assert job.renditions[0].cost_usd == "0.72"


async def test_variations_become_takes_of_one_submission(world: World) -> None:
    world.create(variations=3)

    job = await run_job("job1", world.process())

    assert Status.DONE is job.status
    assert [each.key for each in world.host.listed[0].takes] == ["take_001", "take_002", "take_003"]


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


async def test_a_crash_between_intent_and_request_is_never_sent_again(world: World) -> None:
    world.provider.submit_error = Crash()
    world.create()
    with pytest.raises(Crash):
        await run_job("job1", world.process())

    job = await run_job("job1", world.process())

    assert job.status is Status.UNSURE
    assert world.provider.submitted == []


async def test_a_cut_answer_is_looked_up_and_adopted(world: World) -> None:
    world.provider.submit_error = UnavailableError("The connection was reset.", sent=True)
    world.provider.accept_before_error = True
    world.create()

    job = await run_job("job1", world.process())

    assert Status.DONE is job.status
    assert len(world.provider.submitted) == 1


async def test_a_submission_that_cannot_be_found_is_unsure_and_never_sent_again(
    world: World,
) -> None:
    world.provider.submit_error = UnavailableError("The service answered 502.", sent=True)
    world.create()

    first = await run_job("job1", world.process())
    again = await run_job("job1", world.process())

    assert [first.status, again.status] == [Status.UNSURE, Status.UNSURE]
    assert world.provider.submitted == []


async def test_a_request_that_certainly_never_left_is_sent_on_resume(world: World) -> None:
    world.provider.submit_error = UnavailableError("No route to the service.", sent=False)
    world.create()

    first = await run_job("job1", world.process())
    again = await run_job("job1", world.process())

    assert [first.status, again.status] == [Status.FAILED, Status.DONE]
    assert len(world.provider.submitted) == 1


async def test_a_refused_request_fails_and_leaves_no_intent(world: World) -> None:
    world.provider.submit_error = OutOfCreditsError("The account has no credits left.")
    world.create()

    job = await run_job("job1", world.process())

    assert Status.FAILED is job.status
    assert job.intent is None
    assert job.failure is not None
    assert job.failure.code == "OutOfCredits"


async def test_a_refusal_of_any_kind_is_told_apart_from_doubt(world: World) -> None:
    world.provider.submit_error = ModeratedError("The prompt was refused.", money=Money.REFUSED)
    world.create()

    job = await run_job("job1", world.process())

    assert job.status is Status.FAILED
    assert job.intent is None


async def test_a_rate_limit_is_waited_out(world: World) -> None:
    world.provider.submit_error = RateLimitedError("Too many requests.", retry_after_seconds=7)
    world.create()

    job = await run_job("job1", world.process())

    assert Status.DONE is job.status
    assert 7 in world.clock.slept
    assert len(world.provider.submitted) == 1


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


async def test_only_some_variations_found_are_waited_for_before_they_are_adopted(
    world: World,
) -> None:
    world.provider.submit_error = UnavailableError("The connection was reset.", sent=True)
    world.provider.accept_before_error = True
    find, looks = world.provider.find, [0]

    async def found(intent: Intent, prompt: str) -> tuple[str, ...]:
        looks[0] += 1
        return (await find(intent, prompt))[: looks[0]]

    world.provider.find = found  # type: ignore[method-assign]  # the fake's answer, scripted
    world.create(variations=3)

    job = await run_job("job1", world.process())

    assert job.status is Status.DONE
    assert len(job.renditions) == 3


async def test_a_submission_that_could_be_another_jobs_is_not_adopted(world: World) -> None:
    for job_id in ("job1", "job2"):
        create_job(world.ports(), job_id, world.order)
    world.provider.submit_error = Crash()
    world.provider.accept_before_error = True
    with pytest.raises(Crash):
        await run_job("job1", world.process())
    world.provider.submit_error = UnavailableError("No answer.", sent=True)
    world.provider.accept_before_error = False

    second = await run_job("job2", world.process())

    assert second.status is Status.UNSURE
    assert second.renditions == ()


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
