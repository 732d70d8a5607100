"""What was paid for stays: damaged, lost and late files are made again, without a submission."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from newtake.domain.errors import (
    HostError,
    MediaError,
    NotFoundError,
    ResultError,
    UnavailableError,
    UnknownProviderError,
)
from newtake.domain.events import Cancelled, Stamped, Step
from newtake.domain.job import Status
from newtake.pipeline.run import create_job, run_job
from worlds import World

pytestmark = pytest.mark.anyio


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def create_with_exr(world: World) -> None:
    settings = replace(world.order.settings, resolution="720p", hdr=True, exr_export=True)
    create_job(world.ports(), "job1", replace(world.order, settings=settings))


async def failed_at_relink(world: World) -> None:
    """A job that has its take, and a timeline that would not take it."""
    world.host.error = HostError("The timeline is locked.")
    assert (await run_job("job1", world.process())).step is Step.RELINK


async def test_a_damaged_download_is_set_aside_and_fetched_once_more(world: World) -> None:
    world.media.verify_errors = [MediaError("it breaks off")]
    world.create()

    job = await run_job("job1", world.process())

    assert job.status is Status.DONE
    (result,) = [each.result for each in job.renditions]
    assert result is not None
    assert result.path.with_name(f"{result.path.name}.damaged").exists()
    assert len(world.provider.submitted) == 1


async def test_a_result_that_stays_damaged_is_never_recorded_and_fetched_on_resume(
    world: World,
) -> None:
    world.media.verify_errors = [MediaError("it breaks off")] * 2
    world.create()

    first = await run_job("job1", world.process())
    again = await run_job("job1", world.process())

    assert first.failure is not None
    assert (first.step, first.failure.code) == (Step.DOWNLOAD, "Result")
    assert "Nothing was submitted" not in first.failure.money
    assert again.status is Status.DONE
    assert len(world.provider.submitted) == 1


@pytest.mark.parametrize("harm", ["deleted", "changed"])
@pytest.mark.parametrize("what", ["result", "take"])
async def test_a_file_that_was_harmed_afterwards_is_made_again_for_nothing(
    world: World, harm: str, what: str
) -> None:
    world.create()
    await failed_at_relink(world)
    rendition = world.journal.load("job1").renditions[0]
    kept = rendition.take if what == "take" else rendition.result
    assert kept is not None
    if harm == "deleted":
        kept.path.unlink()
    else:
        kept.path.write_bytes(b"something else")
    if what == "result":
        # The take has to go too, or the result is not needed any more.
        assert rendition.take is not None
        rendition.take.path.unlink()

    job = await run_job("job1", world.process())

    assert job.status is Status.DONE
    assert len(world.provider.submitted) == 1
    assert job.renditions[0].losses == (2 if what == "result" else 1)
    assert len(world.host.labels) == 1


async def test_a_take_is_relinked_without_any_network(world: World) -> None:
    world.create()
    await failed_at_relink(world)
    away = UnavailableError("There is no network.", sent=False)
    world.provider.read_errors = [away] * 9
    world.provider.cost_usd = away

    job = await run_job("job1", world.process())

    assert job.status is Status.DONE
    assert len(world.provider.read_errors) == 9


@pytest.mark.parametrize(
    "exr",
    [
        None,
        NotFoundError("It is gone."),
        ResultError("It is no EXR."),
        UnknownProviderError("Its address is of this network."),
    ],
    ids=str,
)
async def test_an_exr_that_does_not_come_holds_up_no_video(
    world: World, exr: Exception | None
) -> None:
    world.provider.exr = exr
    create_with_exr(world)

    job = await run_job("job1", world.process())

    (rendition,) = job.renditions
    assert job.status is Status.DONE
    assert rendition.result is not None
    assert "EXR was asked for" in rendition.result.notes[0]
    assert "jobs fetch" in rendition.result.notes[0]


async def test_an_exr_that_may_yet_come_is_waited_for_without_a_second_video(world: World) -> None:
    world.provider.exr = UnavailableError("The service is away.")
    create_with_exr(world)
    first = await run_job("job1", world.process())
    world.provider.exr = b"frames"

    again = await run_job("job1", world.process())

    assert (first.status, first.step) == (Status.FAILED, Step.DOWNLOAD)
    assert again.status is Status.DONE
    assert again.renditions[0].take is not None
    assert again.renditions[0].take.exr is not None
    assert world.provider.downloads == ["gen-1"]


async def test_a_broken_exr_package_is_kept_and_said_and_the_take_goes_on(world: World) -> None:
    world.provider.exr = b"broken"
    world.media.unpack_error = ResultError("The archive is damaged.")
    create_with_exr(world)

    job = await run_job("job1", world.process())

    (rendition,) = job.renditions
    assert job.status is Status.DONE
    assert rendition.result is not None
    assert rendition.take is not None
    assert rendition.result.exr is not None
    assert rendition.result.exr.read_bytes() == b"broken"
    assert any("damaged" in note for note in rendition.take.notes)


async def test_a_cancelled_job_goes_on_only_where_a_person_asks(world: World) -> None:
    world.create()
    world.journal.append("job1", Stamped(0, Cancelled("asked by a person")))

    left = await run_job("job1", world.process())
    assert (left.status, world.watcher.steps) == (Status.CANCELLED, [])

    reopened = await run_job("job1", world.process(), reopen_cancelled=True)
    assert reopened.status is Status.DONE


async def test_a_submission_that_was_cancelled_makes_a_cancelled_job(world: World) -> None:
    world.provider.script["gen-1"] = ["cancelled"]
    world.create()

    job = await run_job("job1", world.process())

    assert (job.status, job.step, job.failure) == (Status.CANCELLED, None, None)
    assert job.renditions[0].cost_usd == "0.72"


async def test_a_plate_that_vanished_is_cut_again_before_it_is_uploaded(world: World) -> None:
    world.uploader.error = UnavailableError("The network is down.", sent=False)
    world.create()
    first = await run_job("job1", world.process())
    assert first.plate is not None
    first.plate.path.unlink()

    again = await run_job("job1", world.process())

    assert (first.step, again.status) == (Step.UPLOAD, Status.DONE)


async def test_another_uploader_than_before_sends_the_plate_anew(world: World) -> None:
    world.uploader.link_error = UnavailableError("The link cannot be made.", sent=False)
    world.create()
    first = await run_job("job1", world.process())
    world.uploader = replace(world.uploader, name="other", stored={}, link_error=None)

    again = await run_job("job1", world.process())

    assert (first.step, again.status) == (Step.SUBMIT, Status.DONE)
    assert again.asset is not None
    assert again.asset.uploader == "other"
    assert len(world.uploader.stored) == 1
