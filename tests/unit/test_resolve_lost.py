"""Takes that a timeline in Resolve lacks: which wait, which are named, and which are neither."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from newtake.bootstrap.resolve_lost import Lacking, bring_back, lacking
from newtake.domain.errors import Money
from newtake.domain.events import (
    Conformed,
    Downloaded,
    Event,
    Exported,
    Failure,
    JobCreated,
    Relinked,
    RenditionEnded,
    Stamped,
    Step,
    SubmitIntended,
    Submitted,
    Uploaded,
)
from newtake.domain.files import Asset, HostTarget, PlacedTake, PlateFile, ResultFile
from newtake.domain.job import Job, Status
from newtake.hosts.resolve.identity import parse_key
from newtake.hosts.resolve.items import read_timeline
from newtake.pipeline.renditions import takes_folder
from newtake.settings import Settings
from newtake.shells.panel.desk import Waiting
from newtake.shells.panel.showing import Movement, shown_job
from newtake.shells.panel.waiting_rows import with_lost
from newtake.testing import MemoryJournal
from orders import order
from resolve_relinks import Scene
from resolve_relinks import scene as resolve_scene

pytestmark = pytest.mark.anyio


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return resolve_scene(tmp_path)


async def a_job(scene: Scene, *, in_bin: bool = False) -> Job:
    """A job that is done, with its take where it went."""
    take = scene.take()
    placed = await scene.add(take)
    assert (placed.place == "bin") == in_bin
    return journalled(scene, scene.target, take.clip_key, placed).load("job1")


def journalled(scene: Scene, host: HostTarget, key: str, placed: PlacedTake) -> MemoryJournal:
    made, journal = order(), MemoryJournal()
    events: tuple[Event, ...] = (
        JobCreated("job1", replace(made, host=host, clip=replace(made.clip, key=key))),
        Exported(PlateFile(Path("p.mp4"), "00", 9, 90)),
        Uploaded(Asset("fake", "k", "00", 9, public=False)),
        SubmitIntended("00", "/p.mp4"),
        Submitted(("sub1",)),
        RenditionEnded("sub1", "ready"),
        Downloaded("sub1", ResultFile(Path("r.mp4"), "00", 9)),
        Conformed("sub1", scene.take().file),
        Relinked("sub1", placed),
    )
    for each in events:
        journal.append("job1", Stamped(1, each))
    return journal


async def found(scene: Scene, job: Job) -> list[Lacking]:
    return lacking(await read_timeline(scene.calls), [job])


async def test_a_take_is_not_lacking_where_its_clip_has_it_or_is_gone(scene: Scene) -> None:
    job = await a_job(scene)

    assert await found(scene, job) == []
    clip = scene.item()["id"]
    scene.fake.move_item(clip, scene.item()["start"] + 500)
    assert await found(scene, job) == []
    scene.fake.delete_item(clip)
    assert await found(scene, job) == [], "who deletes a clip wants no take of it"


async def test_one_whose_clip_came_back_waits_and_one_that_was_in_it_is_named(scene: Scene) -> None:
    scene.fake.save_project()
    was_in_it = await a_job(scene)
    scene.fake.revert_project()
    (named,) = await found(scene, was_in_it)
    assert (named.lost.takes, named.waits, named.elsewhere) == (1, False, "")
    assert "the project was not saved with it" in named.why

    scene.fake.delete_item(scene.clip)
    in_bin = await a_job(scene, in_bin=True)
    assert await found(scene, in_bin) == []
    scene.fake.revert_project()
    (waits,) = await found(scene, in_bin)
    assert waits.waits

    rows = with_lost((Waiting("other", 2, here=False),), "mine", waits.lost.takes)
    assert [(each.timeline, each.takes, each.here) for each in rows] == [
        ("mine", 1, True),
        ("other", 2, False),
    ]
    scene.take().file.path.unlink()
    assert await found(scene, in_bin) == []


@pytest.mark.parametrize(
    "changed",
    [
        lambda job: replace(job, status=Status.FAILED),
        lambda job: replace(job, order=replace(job.order, clip=replace(job.order.clip, key="x"))),
        lambda job: replace(job, renditions=(replace(job.renditions[0], placed=None),)),
        lambda job: _with_document(job, project="another"),
    ],
    ids=["not done", "no key", "never placed", "another project"],
)
async def test_what_is_not_of_it_is_not_lacking(
    changed: Callable[[Job], Job], scene: Scene
) -> None:
    scene.fake.save_project()
    job = await a_job(scene)
    scene.fake.revert_project()

    assert await found(scene, job)
    assert await found(scene, changed(job)) == []


def _with_document(job: Job, **changes: str) -> Job:
    assert job.order.host.document is not None
    document = replace(job.order.host.document, **changes)
    return replace(job, order=replace(job.order, host=replace(job.order.host, document=document)))


async def test_a_take_of_another_timeline_goes_where_the_same_frames_lie_and_keeps_its_files(
    scene: Scene, tmp_path: Path
) -> None:
    scene.fake.save_project()
    job = await a_job(scene)
    scene.fake.revert_project()
    other = replace(scene.key, timeline="t-0", item="gone", copies=("00000000",))
    host = _with_document(job, timeline="t-0", timeline_name="Reel 0").order.host
    placed = job.renditions[0].placed
    assert placed is not None
    journal = journalled(scene, host, str(other), placed)
    (named,) = await found(scene, journal.load("job1"))
    assert named.elsewhere == "Reel 0"

    timeline, settings = await read_timeline(scene.calls), Settings(home=tmp_path / "home")
    with journal.hold("job1"):
        assert not bring_back(named, timeline, journal, settings)
    assert bring_back(named, timeline, journal, settings)
    waiting = journal.load("job1")
    assert (waiting.status, waiting.step) == (Status.ACTIVE, Step.RELINK)
    assert waiting.order.host.document == timeline.document
    assert takes_folder(waiting.order.host) == takes_folder(host)
    key = parse_key(waiting.order.clip.key)
    assert (key.item, key.timeline, key.left) == (scene.clip, scene.timeline, scene.key.left)


async def test_a_take_that_could_not_be_placed_waits_and_is_paid_for(scene: Scene) -> None:
    done = await a_job(scene)
    money = Money.SUBMITTED.value
    failure = Failure(Step.RELINK, "HostAway", "Resolve is away.", "", "", money)
    (made,) = done.renditions
    unplaced = replace(made, placed=None)
    job = replace(done, status=Status.FAILED, failure=failure, renditions=(unplaced,))
    assert (job.stand, job.failure_money) == ("waits", money)
    paid = replace(job, renditions=(replace(unplaced, cost_usd="0.72"),))
    assert paid.failure_money == "It is paid for, and going on costs nothing more."
    assert replace(paid, renditions=(replace(made, cost_usd="0.72"),)).failure_money == money

    shown = shown_job(paid, Movement(), can_cancel=False, going_on=(paid,))
    assert shown.waits
    assert shown.failure is not None
    assert shown.failure.money == paid.failure_money
    assert not shown_job(paid, Movement(running=True), can_cancel=False, going_on=()).waits
    in_file = replace(paid, order=replace(paid.order, host=order().host))
    assert (in_file.stand, in_file.take_waits) == ("failed", False)
