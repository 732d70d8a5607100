"""A part of a clip: what is planned, what is refused, and what a crash leaves, over fakes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newtake.domain.clip import ColourTags, MediaInfo, RefusalReason
from newtake.domain.codecs import choose_codec
from newtake.domain.cube import Lut
from newtake.domain.cut_in import cut_in, placed_in, take_picture, take_range
from newtake.domain.edit import EditSettings
from newtake.domain.events import Order, Step
from newtake.domain.files import Profile
from newtake.domain.job import Status
from newtake.domain.parts import Piece, join_parts, part_clip
from newtake.domain.timing import FrameRange
from newtake.pipeline.batch import run_jobs
from newtake.pipeline.planning import PlannedClip, plan_edits
from newtake.pipeline.repeats import is_same
from newtake.pipeline.run import create_jobs, run_job
from worlds import RATE, World, media_info

pytestmark = pytest.mark.anyio

WHOLE, PART = FrameRange(20, 48, RATE), FrameRange(30, 10, RATE)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def planned(
    world: World,
    part: FrameRange = PART,
    whole: FrameRange = WHOLE,
    *,
    speed: Fraction = Fraction(1),
    codec: Any = "copy",
    lut: Lut | None = None,
    **settings: Any,
) -> PlannedClip:
    clip = replace(world.clip, source=part, whole=whole, speed=speed)
    plan = await plan_edits(
        [clip],
        EditSettings("oil painting", **settings),
        world.order.host,
        media=world.media,
        provider=world.provider,
        uploader=world.uploader,
        codec=choose_codec(codec, Profile.GENERIC, ""),
        lut=lut,
        parts=world.parts,
    )
    return plan.entries[0]


async def ordered(world: World, part: FrameRange = PART, **settings: Any) -> Sequence[Order]:
    entry = await planned(world, part, **settings)
    assert entry.orders
    return entry.orders


@pytest.mark.parametrize(("frame", "refused"), [(20, True), (67, True), (68, False), (19, False)])
async def test_frames_that_would_be_copied_are_looked_at_before_anything_is_paid(
    frame: int, refused: bool, world: World
) -> None:
    # Of the clip: its handles in the take may be damaged, as a plate's may.
    assert world.clip.media is not None
    assert world.clip.media.path is not None
    world.parts.damaged[world.clip.media.path] = frozenset({frame})
    (world.order,) = await ordered(world)
    world.create()

    job = await run_job("job1", world.process())

    assert (job.status is Status.FAILED) is refused
    if refused:
        assert job.failure is not None
        assert job.failure.step is Step.EXPORT
        assert "damaged" in job.failure.what
        assert not world.provider.submitted
        assert not world.uploader.stored


async def test_the_plan_says_what_is_restyled_and_what_stays(world: World) -> None:
    entry = await planned(world)

    assert entry.order is not None
    assert entry.order.take_range == FrameRange(8, 72, RATE)
    assert entry.order.plate.clip_frames == 10
    assert (
        "media frames 30 to 39 are restyled and cut into a take of the clip's whole length: "
        "10 frames before and 28 after stay the original's"
    ) in entry.notes
    assert any("coded anew at the source's size" in note for note in entry.notes)


async def test_a_part_that_is_the_whole_clip_is_just_that_clip(world: World) -> None:
    entry = await planned(world, WHOLE)

    assert entry.order is not None
    assert entry.order.take_range is None
    assert entry.clip.whole is None


async def test_handles_end_where_the_media_cannot_be_read_any_more(world: World) -> None:
    assert world.clip.media is not None
    source = world.clip.media.path
    assert source is not None
    world.parts.scores[source] = [0.0] * 70

    entry = await planned(world)
    world.parts.scores[source] = [0.0] * 67
    shorter = await planned(world)

    assert entry.order is not None
    assert entry.order.take_range == FrameRange(8, 60, RATE)
    assert shorter.refusal is not None
    assert "last media frame, 67, cannot be read" in shorter.refusal.text


def pq(info: MediaInfo) -> MediaInfo:
    return replace(info, colour=ColourTags("bt2020", "smpte2084", "bt2020nc", "tv"))


@pytest.mark.parametrize(
    ("asked", "reason", "words"),
    [
        ({"hdr": True, "resolution": "720p"}, RefusalReason.UNSUPPORTED, "an HDR result"),
        (
            {"hdr": True, "exr_export": True, "resolution": "720p"},
            RefusalReason.UNSUPPORTED,
            "EXR frames",
        ),
        ({"speed": Fraction(2)}, RefusalReason.RETIMED, "retimed"),
        ({"speed": Fraction(-1)}, RefusalReason.RETIMED, "retimed"),
        ({"part": FrameRange(60, 10, RATE)}, RefusalReason.OUTSIDE_MEDIA, "outside the clip"),
        ({"whole": FrameRange(20, 90, RATE)}, RefusalReason.OUTSIDE_MEDIA, "wants media frames"),
        (
            {"lut": Lut(Path("log.cube"), "00", "3d", 33)},
            RefusalReason.UNSUPPORTED,
            "leave --lut away",
        ),
        ({"info": pq}, RefusalReason.UNSUPPORTED, "HDR, wide-gamut"),
        (
            {"info": lambda info: replace(info, codec="exr")},
            RefusalReason.UNSUPPORTED,
            "scene-linear",
        ),
        (
            {"info": lambda info: replace(info, width=160, height=90), "codec": "dnxhr"},
            RefusalReason.UNSUPPORTED,
            "160x90",
        ),
    ],
)
async def test_what_cannot_be_true_is_refused_with_the_reason(
    world: World, asked: dict[str, Any], reason: RefusalReason, words: str
) -> None:
    change = asked.pop("info", None)
    if change is not None:
        (path,) = world.media.media
        world.media.media[path] = change(world.media.media[path])

    entry = await planned(world, **asked)

    assert entry.order is None
    assert entry.refusal is not None
    assert entry.refusal.reason is reason
    assert words in entry.refusal.text


async def test_the_take_spans_the_clip_and_shows_the_original_around_the_part(
    world: World,
) -> None:
    made = create_jobs(world.ports(), await ordered(world))

    (job,) = await run_jobs([made[0].id], world.process(), listen=False)

    assert job.status is Status.DONE
    take = job.renditions[0].take
    result = job.renditions[0].result
    assert take is not None
    assert result is not None
    assert take.available == FrameRange(8, 72, RATE)
    source = world.folder / "a.mov"
    # The result's slots count from the plate's first frame, which is the media's.
    assert take.path.read_text().splitlines() == [
        f"{source} (8, 30)",
        f"{result.path} (30, 40)",
        f"{source} (40, 80)",
    ]
    (sidecar,) = world.takes.sidecars.values()
    assert sidecar["source_range"]["start"] == WHOLE.start
    assert sidecar["restyled_range"]["duration"] == PART.duration


async def test_each_variation_is_a_take_of_its_own(world: World) -> None:
    made = create_jobs(world.ports(), await ordered(world, variations=2))

    (job,) = await run_jobs([made[0].id], world.process(), listen=False)

    assert job.status is Status.DONE
    takes = [each.take for each in job.renditions]
    assert [each.available.duration for each in takes if each is not None] == [72, 72]
    assert len({each.path for each in takes if each is not None}) == 2


@pytest.mark.parametrize("events_written", range(2, 24))
async def test_a_crash_at_any_event_pays_once_and_makes_one_take(
    world: World, events_written: int
) -> None:
    made = [job.id for job in create_jobs(world.ports(), await ordered(world))]
    world.journal.stop_after = events_written
    with suppress(BaseException):
        await run_jobs(made, world.process(), listen=False)
    world.journal.stop_after = None

    (job,) = await run_jobs(made, world.process(), listen=False)

    assert job.status is Status.DONE
    assert len(world.provider.submitted) == 1
    assert len(world.host.listed[0].takes) == 1


async def test_a_result_of_another_colour_space_is_kept_and_no_take(world: World) -> None:
    made = create_jobs(world.ports(), await ordered(world))
    assert world.media.result is not None
    world.media.result = pq(world.media.result)

    (job,) = await run_jobs([made[0].id], world.process(), listen=False)

    assert job.status is Status.FAILED
    assert job.failure is not None
    assert "another colour space" in job.failure.why
    assert job.renditions[0].result is not None
    assert world.host.listed[0].takes == ()


async def test_two_parts_of_one_clip_are_not_the_same_order(world: World) -> None:
    (one,) = await ordered(world)
    (other,) = await ordered(world, FrameRange(45, 10, RATE))

    assert one.plate.media_range == other.plate.media_range
    assert not is_same(one, other)
    assert is_same(one, replace(one))


@given(
    st.integers(0, 300),
    st.integers(1, 400),
    st.integers(0, 300),
    st.integers(0, 30),
    st.integers(0, 30),
)
def test_every_frame_of_the_take_has_one_place(
    before: int, frames: int, after: int, head: int, tail: int
) -> None:
    part = FrameRange(1000, frames, RATE)
    whole = FrameRange(1000 - before, before + frames + after, RATE)
    media = FrameRange(whole.start - head, whole.duration + head + tail, RATE)
    take = take_range(whole, media)
    parts = part_clip(part, 120, (), carry=False)
    spans = [replace(each.span) for each in parts]
    spans[0] = part_span(spans[0], head=min(5, part.start - media.start))
    spans[-1] = part_span(spans[-1], tail=min(5, media.end - part.end))

    pieces = cut_in(join_parts(parts, spans), part, take, len(parts))

    at = take.start
    for piece in pieces:
        assert piece.frames.start == at
        assert piece.frames.duration > 0
        inside = part.contains(piece.frames)
        assert (piece.part < len(parts)) == inside
        assert inside or piece.frames.intersection(part) is None
        at = piece.frames.end
    assert at == take.end
    assert take.contains(whole)


def part_span(span: FrameRange, *, head: int = 0, tail: int = 0) -> FrameRange:
    return FrameRange(span.start - head, span.duration + head + tail, span.rate)


def test_a_part_alone_is_one_piece() -> None:
    assert cut_in([Piece(0, WHOLE)], WHOLE, WHOLE, 1) == (Piece(0, WHOLE),)


def test_the_takes_picture_is_upright_even_and_in_limited_range() -> None:
    turned = replace(
        media_info(Path("a.mov"), 10),
        width=1921,
        height=1080,
        pixel_aspect=Fraction(4, 3),
        rotation_degrees=-90,
        colour=ColourTags("bt470bg", "smpte170m", "bt470bg", "pc"),
    )

    picture = take_picture(turned)

    assert (picture.width, picture.height, picture.rotation_degrees) == (1080, 1920, 0)
    assert picture.pixel_aspect == Fraction(3, 4)
    assert picture.colour == ColourTags("bt470bg", "bt709", "smpte170m", "tv")


@pytest.mark.parametrize(
    ("result", "placed"),
    [
        ((960, 540), (1920, 1080)),
        ((958, 540), (1920, 1080)),
        ((720, 540), (1440, 1080)),
        ((1280, 540), (1920, 810)),
    ],
)
def test_a_result_of_another_shape_keeps_it(
    result: tuple[int, int], placed: tuple[int, int]
) -> None:
    picture = replace(media_info(Path("a.mov"), 10), width=1920, height=1080)
    came = replace(picture, width=result[0], height=result[1])

    assert placed_in(came, picture) == placed
