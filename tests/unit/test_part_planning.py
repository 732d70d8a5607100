"""Plans of clips that no plate holds: boundaries, handles, price, and what is said of them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from newtake.domain.clip import Clip, MediaLink, RefusalReason
from newtake.domain.edit import EditSettings
from newtake.domain.files import HostTarget
from newtake.domain.timing import FrameRange
from newtake.pipeline.part_planning import PartChoices
from newtake.pipeline.planning import Plan, plan_edits
from newtake.testing import FakeMediaTool, FakePartTool, FakeProvider, FakeUploader
from worlds import media_info

pytestmark = pytest.mark.anyio

PATH = Path("/media/a.mov")


async def plan(
    start: int,
    frames: int,
    *,
    rate: int = 25,
    settings: EditSettings | None = None,
    choices: PartChoices | None = None,
    cuts: tuple[int, ...] = (),
) -> Plan:
    source = FrameRange(start, frames, Fraction(rate))
    whole = FrameRange(0, 20_000, Fraction(rate))
    scores = [0.9 if number in cuts else 0.0 for number in range(whole.duration)]
    return await plan_edits(
        [Clip("k", 1, "a", "V1", source, source, MediaLink("a.mov", PATH, whole))],
        settings or EditSettings("x"),
        HostTarget("otio", Path("in.otio"), Path("out.otio")),
        media=FakeMediaTool({PATH: media_info(PATH, whole.duration, Fraction(rate))}),
        provider=FakeProvider(),
        uploader=FakeUploader(),
        parts=FakePartTool({PATH: scores}),
        choices=choices or PartChoices(),
    )


async def test_parts_cover_the_clip_and_only_the_first_reaches_before_it() -> None:
    made = await plan(1000, 500)

    plates = [order.plate for order in made.orders]
    parts = [order.part for order in made.orders]
    assert [part.number for part in parts if part] == [1, 2, 3]
    assert plates[0].clip_offset > 0
    assert [plate.clip_offset for plate in plates[1:]] == [0, 0]
    assert plates[0].media_range.start + plates[0].clip_offset == 1000
    assert plates[-1].media_range.end >= 1500
    assert {order.clip.source.duration for order in made.orders} == {500}
    assert made.clip_count == 1


async def test_the_price_is_the_sum_of_all_parts_and_the_boundaries_are_said() -> None:
    made = await plan(0, 500, cuts=(200,))

    assert made.total.usd == sum(
        (order.price.usd or Decimal(0) for order in made.orders), Decimal(0)
    )
    text = " ".join(made.entries[0].notes)
    assert "1 at real cuts" in text
    assert "1 inside a shot, dissolved over 12 frames" in text
    assert "--continuity parallel" in text
    assert "rewrapped" not in made.takes
    assert "takes that are put together are coded anew" in made.takes


async def test_real_time_is_parted_by_what_its_plates_hold() -> None:
    made = await plan(0, 1200, rate=50)

    spans = [order.part.span.duration for order in made.orders if order.part]
    assert len(spans) == 3
    assert all(span <= 500 for span in spans)
    assert made.orders[1].part is not None
    assert made.orders[1].part.lead == 25


async def test_a_bought_length_decides_how_many_parts_there_are() -> None:
    short = await plan(0, 480, settings=EditSettings("x", duration="5s"))

    assert len(short.orders) == 5
    assert {order.plate.duration for order in short.orders} == {"5s"}


async def test_another_length_that_costs_less_is_said_with_its_true_price() -> None:
    made = await plan(0, 270)
    (said,) = [note for note in made.entries[0].notes if "--duration" in note]
    short = await plan(0, 270, settings=EditSettings("x", duration="5s"))
    assert (len(made.orders), len(short.orders)) == (2, 3)
    prices = f"${short.total.usd:.2f}, not ${made.total.usd:.2f};"
    assert f"with `--duration 5s` it would go in 3 parts and cost {prices}" in said

    def told(plan: Plan) -> bool:
        return any("--duration" in note for note in plan.entries[0].notes)

    assert not told(short)
    # 456 frames: five of 5 s cost more than two of 10 s.
    assert not told(await plan(0, 456))
    assert told(await plan(0, 456, settings=EditSettings("x", duration="5s")))


async def test_several_variations_hand_nothing_on() -> None:
    made = await plan(0, 500, settings=EditSettings("x", variations=2))

    assert not any(order.part.carries for order in made.orders if order.part)
    assert any("at once" in note for note in made.entries[0].notes)


async def test_a_first_frame_image_is_for_the_clip_s_beginning_alone() -> None:
    made = await plan(0, 500, settings=EditSettings("x", first_frame="https://x.example/a.png"))

    images = [order.settings.first_frame for order in made.orders]
    assert images == ["https://x.example/a.png", None, None]
    assert made.orders[0].plate.clip_offset == 0
    assert any("first part" in note for note in made.entries[0].notes)


async def test_no_handle_stands_before_the_frame_that_an_image_is_given_of() -> None:
    made = await plan(1000, 50, settings=EditSettings("x", first_frame="https://x.example/a.png"))

    (order,) = made.orders
    assert order.plate.clip_offset == 0
    assert order.plate.media_range.start == 1000


@pytest.mark.parametrize(
    ("frames", "settings", "word"),
    [
        (15_001, EditSettings("x"), "10 minutes"),
        (500, EditSettings("x", resolution="720p", hdr=True, exr_export=True), "EXR"),
    ],
)
async def test_what_cannot_be_joined_is_refused(
    frames: int, settings: EditSettings, word: str
) -> None:
    made = await plan(0, frames, settings=settings)

    (entry,) = made.refused
    assert entry.refusal is not None
    assert entry.refusal.reason is RefusalReason.TOO_LONG
    assert word in entry.refusal.text


async def test_parts_hold_the_handles_that_were_asked_for_at_both_ends() -> None:
    # Without the handles, three parts of 240 would hold it with nothing to spare.
    made = await plan(1000, 3 * 240 - 2 * 12, settings=EditSettings("x", handles=20))

    plates = [order.plate for order in made.orders]
    assert plates[0].clip_offset >= 20
    assert plates[-1].tail >= 20
    spans = [order.part.span for order in made.orders if order.part]
    assert (spans[0].start, spans[-1].end) == (1000, 1000 + 3 * 240 - 2 * 12)


async def test_parts_of_media_without_such_handles_are_refused() -> None:
    made = await plan(5, 500, settings=EditSettings("x", handles=20))

    (entry,) = made.refused
    assert entry.refusal is not None
    assert "5 frames before it" in entry.refusal.text
