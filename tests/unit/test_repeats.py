"""A command typed again after a crash finds its unfinished job, and does not pay a second time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from newtake.domain.edit import EditSettings
from newtake.domain.errors import NotAuthorisedError, RepeatError, UploadError
from newtake.domain.events import Order, Use
from newtake.domain.files import HostDocument
from newtake.domain.timing import FrameRange
from newtake.pipeline.repeats import made_for_others, refuse_repeats, repeats_of, told
from newtake.pipeline.run import create_job, run_job
from newtake.testing import Crash
from worlds import World

pytestmark = pytest.mark.anyio


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def waiting(world: World) -> None:
    """A job of the world's order that was submitted and stopped before its end."""
    create_job(world.ports(), "job1", world.order)
    world.provider.read_errors = [NotAuthorisedError("A wrong key.")]
    await run_job("job1", world.process())


async def test_a_submitted_job_stops_the_same_order_and_is_named(world: World) -> None:
    await waiting(world)

    (repeat,) = repeats_of([world.order], world.journal)

    assert "job job1 has the same clip and settings" in repeat.text
    assert "newtake jobs resume job1" in repeat.text
    with pytest.raises(RepeatError, match="--again"):
        refuse_repeats([repeat])


async def test_a_job_that_may_have_been_submitted_stops_it_as_well(world: World) -> None:
    create_job(world.ports(), "job1", world.order)
    world.provider.submit_errors = [Crash()]
    with pytest.raises(Crash):
        await run_job("job1", world.process())

    with pytest.raises(RepeatError):
        refuse_repeats(repeats_of([world.order], world.journal))


async def test_what_was_certainly_not_submitted_is_said_and_stops_nothing(world: World) -> None:
    create_job(world.ports(), "job1", world.order)
    world.uploader.error = UploadError("No room there.")
    await run_job("job1", world.process())

    repeats = repeats_of([world.order], world.journal)

    assert len(repeats) == 1
    assert "paid" not in repeats[0].text
    refuse_repeats(repeats)


async def test_what_another_process_is_about_to_submit_stops_it(world: World) -> None:
    create_job(world.ports(), "job1", world.order)

    with world.journal.hold("job1"):
        repeats = repeats_of([world.order], world.journal)

    with pytest.raises(RepeatError):
        refuse_repeats(repeats)


async def test_a_finished_job_is_named_and_is_no_hindrance_to_another_take(world: World) -> None:
    create_job(world.ports(), "job1", world.order)
    await run_job("job1", world.process())

    repeats = repeats_of([world.order], world.journal)

    assert told(repeats) == (
        "made with these settings already, and would be paid for once more: clip 1 (a) take_001",
    )
    refuse_repeats(repeats)
    other = replace(world.order, settings=EditSettings("ink"))
    assert repeats_of([other], world.journal) == ()


async def test_an_unfinished_job_counts_more_than_a_finished_one(world: World) -> None:
    await waiting(world)
    create_job(world.ports(), "job2", world.order)
    world.provider.read_errors = []
    await run_job("job2", world.process())

    (repeat,) = repeats_of([world.order], world.journal)
    assert repeat.job.id == "job1"
    assert repeat.costs


async def test_many_finished_ones_are_one_note(world: World) -> None:
    create_job(world.ports(), "job1", world.order)
    await run_job("job1", world.process())

    (note,) = told(repeats_of([world.order] * 7, world.journal))
    assert note.startswith(
        "7 are made with these settings already, and would be paid for once more: clip 1"
    )
    assert note.endswith("; and 2 more")


@pytest.mark.parametrize(
    "other",
    [
        lambda order: replace(order, settings=EditSettings("ink")),
        lambda order: replace(order, clip=replace(order.clip, key="V1/2")),
        lambda order: replace(order, provider="sandbox"),
        lambda order: replace(order, host=replace(order.host, timeline=Path("/other.otio"))),
        lambda order: replace(
            order, plate=replace(order.plate, media_range=FrameRange(5, 100, Fraction(25)))
        ),
    ],
    ids=["settings", "clip", "provider", "timeline", "frames"],
)
async def test_another_order_is_no_repeat(world: World, other: Callable[[Order], Order]) -> None:
    await waiting(world)

    assert repeats_of([other(world.order)], world.journal) == ()


def in_resolve(order: Order, **changes: str) -> Order:
    """The order as one for a timeline of an editor, whose names or ids may have changed."""
    ids = {"project": "p1", "project_name": "Show", "timeline": "t1", "timeline_name": "Reel 1"}
    document = HostDocument(**{**ids, **changes})
    timeline = Path("resolve", document.project_name, document.timeline_name)
    return replace(order, host=replace(order.host, timeline=timeline, document=document))


@pytest.mark.parametrize(
    ("key", "known_by", "names"),
    [
        ("a place later", ("item 7", "V1@1"), {}),
        ("another id", ("item 8", "V1@0"), {}),
        ("as it was", ("item 7", "V1@0"), {"project_name": "Film", "timeline_name": "Locked"}),
    ],
    ids=["moved", "ids changed", "renamed"],
)
async def test_what_an_editor_did_meanwhile_makes_no_other_clip(
    world: World, key: str, known_by: tuple[str, ...], names: dict[str, str]
) -> None:
    order = in_resolve(world.order)
    clip = replace(order.clip, key="as it was", known_by=("item 7", "V1@0"))
    world.order = replace(order, clip=clip)
    await waiting(world)
    again = replace(
        in_resolve(world.order, **names), clip=replace(clip, key=key, known_by=known_by)
    )

    with pytest.raises(RepeatError):
        refuse_repeats(repeats_of([again], world.journal))


@pytest.mark.parametrize("ids", [{"timeline": "t2"}, {"project": "p2"}])
async def test_a_timeline_of_the_same_name_is_another(world: World, ids: dict[str, str]) -> None:
    world.order = in_resolve(world.order)
    await waiting(world)

    assert repeats_of([in_resolve(world.order, **ids)], world.journal) == ()


def in_blender(order: Order, folder: str, name: str = "edit.blend", scene: str = "s1") -> Order:
    """The order as one for a scene of a .blend whose copies have its ids."""
    document = HostDocument(scene, name, scene, "Scene")
    file = Path(folder).absolute() / name
    return replace(
        order, host=replace(order.host, kind="blender", timeline=file, document=document)
    )


@pytest.mark.parametrize(
    ("folder", "name", "place"),
    [
        ("/a", "edit.blend", ""),
        ("/b", "edit.blend", f"edit.blend in {Path('/a').absolute()}"),
        ("/a", "copy.blend", "edit.blend"),
    ],
    ids=["the same", "a copy elsewhere", "a copy beside it"],
)
async def test_a_job_of_another_file_names_that_and_says_its_take_goes_there(
    world: World, folder: str, name: str, place: str
) -> None:
    world.order = in_blender(world.order, "/a")
    await waiting(world)
    order = in_blender(world.order, folder, name)

    (repeat,) = repeats_of([order], world.journal)
    resuming = "`newtake jobs resume job1` goes on with it"
    there = f"going on with it, in {place}, places the take there, not here"
    assert repeat.text.rpartition("; ")[2] == (there if place else resuming)
    with pytest.raises(RepeatError) as refused:
        refuse_repeats([repeat])
    assert refused.value.fix.startswith(there.capitalize()[:20] if place else resuming)
    (followed,) = repeats_of([order], world.journal, lambda _: True)
    assert followed.text.endswith(resuming)


async def test_a_job_that_writes_another_file_names_that(world: World) -> None:
    host = world.order.host
    world.order = replace(world.order, host=replace(host, output=Path("/a/one.otio")))
    await waiting(world)
    two, same = Path("/a/two.otio"), Path("/b/one.otio")

    told = []
    for output in (two, same):
        order = replace(world.order, host=replace(host, output=output))
        told += [each.text.rpartition("; ")[2] for each in repeats_of([order], world.journal)]
    resuming = "`newtake jobs resume job1` goes on with it, and places the take in"
    assert told == [
        f"{resuming} one.otio, not here",
        f"{resuming} one.otio in {Path('/a')}, not here",
    ]


async def test_a_part_is_a_repeat_also_where_it_is_a_clip_of_its_own_by_now(world: World) -> None:
    part = replace(world.order.clip, piece_of=FrameRange(0, 90, Fraction(25)), known_by=("K@1",))
    whole = world.order
    world.order = replace(whole, clip=part)
    await waiting(world)
    ready = replace(part, key="new", piece_of=None, known_by=("new", "K@1"))

    with pytest.raises(RepeatError):
        refuse_repeats(repeats_of([replace(whole, clip=ready)], world.journal))
    moved = replace(ready, source=FrameRange(11, 48, Fraction(25)))
    assert repeats_of([replace(whole, clip=moved)], world.journal) == ()


@pytest.mark.parametrize(
    ("first", "second"),
    [((1, 3), (3,)), ((3,), (1, 3)), ((1, 3), (3, 5)), ((1, 3), (5, 3))],
)
async def test_a_clip_that_another_clips_job_makes_a_take_for_is_found(
    world: World, first: tuple[int, ...], second: tuple[int, ...]
) -> None:
    made = world.order

    def shared_by(number: int, *others: int) -> Order:
        clip = replace(made.clip, key=f"V1/{number}", index=number, name=f"c{number}")
        uses = tuple(Use(f"V1/{each}", each, f"c{each}") for each in others)
        return replace(made, clip=clip, also=uses)

    world.order = shared_by(*first)
    await waiting(world)

    (repeat,) = repeats_of([shared_by(*second)], world.journal)
    assert repeat.text.startswith("c3: job job1")
    with pytest.raises(RepeatError):
        refuse_repeats([repeat])
    assert repeats_of([shared_by(7, 9)], world.journal) == ()


async def test_a_piece_that_another_piece_of_the_plate_makes_a_take_for_is_found(
    world: World,
) -> None:
    rate, whole = Fraction(25), FrameRange(0, 90, Fraction(25))
    first = replace(world.order.clip, piece_of=whole)
    second = replace(first, record=FrameRange(60, 20, rate), source=FrameRange(70, 20, rate))
    use = Use(second.key, 1, "a", second.record, frames=second.source)
    alone = replace(world.order, clip=second)
    world.order = replace(world.order, clip=first, also=(use,))
    await waiting(world)

    with pytest.raises(RepeatError):
        refuse_repeats(repeats_of([alone], world.journal))
    third = replace(second, source=FrameRange(30, 20, rate))
    assert repeats_of([replace(alone, clip=third)], world.journal) == ()


async def test_frames_that_another_clip_has_a_take_of_are_named(world: World) -> None:
    other = replace(world.order, clip=replace(world.order.clip, key="V1/2", index=2, name="b"))
    await waiting(world)
    (at_work,) = made_for_others([other, other], world.journal)
    await run_job("job1", world.process())
    (there,) = made_for_others([other], world.journal)

    assert at_work.startswith("clip 2 (b), clip 2 (b): a take of these very frames")
    assert "(job job1 makes one for clip 1 (a))" in at_work
    assert "(clip 1 (a) has take_001), and would be paid for once more" in there
    for each in (
        world.order,
        replace(other, settings=EditSettings("ink")),
        replace(other, take_range=FrameRange(0, 100, Fraction(25))),
    ):
        assert made_for_others([each], world.journal) == ()
