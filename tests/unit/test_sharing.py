"""Uses of the same frames with the same settings: one order, its take in each of the clips."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from newtake.domain.conform import plan_conform
from newtake.domain.edit import Price
from newtake.domain.errors import HostError, ResultError
from newtake.domain.events import Order, Use
from newtake.domain.files import NewTake, PlacedTake, Provenance, TakeFile
from newtake.domain.job import Job, Rendition
from newtake.domain.parts import Part
from newtake.domain.style import StyleStamp
from newtake.domain.timing import FrameRange
from newtake.pipeline.planned import Plan, PlannedClip
from newtake.pipeline.provenance import sidecar_facts
from newtake.pipeline.sharing import piece_to_split, place_everywhere, shared
from orders import RATE, order

PRICED = Price(Decimal("0.72"), "list")


def entry(index: int, **changes: object) -> PlannedClip:
    made = order()
    clip = replace(made.clip, key=f"V1/{index}", index=index, name=f"c{index}")
    return PlannedClip(clip, replace(made, clip=clip, **{"price": PRICED, **changes}), None)  # type: ignore[arg-type]  # fields of Order


def plan_of(*entries: PlannedClip) -> Plan:
    made = order()
    return Plan(made.settings, entries, "sandbox", "workbench", False, made.host)


def test_the_same_frames_and_settings_are_ordered_once_and_used_by_all() -> None:
    made = shared([entry(3), entry(5, origin=1), entry(7), entry(9)])

    assert [each.same_as and each.same_as.index for each in made] == [None, None, 3, 3]
    assert [bool(each.orders) for each in made] == [True, True, False, False]
    first = made[0]
    assert first.order is not None
    assert [(use.clip_key, use.index) for use in first.order.also] == [("V1/7", 7), ("V1/9", 9)]
    assert first.notes[-1].endswith("used by clips 3, 7 and 9")
    plan = plan_of(*made)
    assert plan.clip_count == 4
    assert plan.refused == ()
    assert plan.total.usd == Decimal("1.44")


def of_plate(index: int, start: int, count: int, offset: int | None = None) -> PlannedClip:
    """A clip that shows media frames of one plate, which begins where the source does."""
    made = entry(index)
    assert made.order is not None
    clip = replace(made.clip, source=FrameRange(107892 + start, count, RATE))
    plate = replace(made.order.plate, clip_offset=start, clip_frames=count)
    return replace(made, clip=clip, order=replace(made.order, clip=clip, plate=plate))


def test_clips_whose_frames_one_plate_holds_share_it_and_its_take_has_to_reach_them_all() -> None:
    first, *others = shared([of_plate(1, 20, 10), of_plate(2, 60, 12), of_plate(3, 20, 10)])

    assert [each.same_as for each in others] == [first.clip, first.clip]
    order = first.order
    assert order is not None
    assert [use.frames for use in order.also] == [FrameRange(107952, 12, RATE), None]
    assert first.notes[-1] == (
        "media frames 107892-107981 hold all that these clips show, with the same settings: made "
        "once, used by clips 1, 2 and 3"
    )
    assert (order.plate.clip_offset, order.plate.clip_frames) == (20, 10)
    assert (order.covering.clip_offset, order.covering.clip_frames) == (20, 52)
    assert replace(order, also=()).covering == order.plate
    # The second one's last frame, 71, is shown by plate frame 35.
    grid, short = Fraction(24), replace(order.source, rate=Fraction(24), frames=30)
    plan_conform(order.plate, short, grid_rate=grid, timecode_start=0)
    with pytest.raises(ResultError, match="ends 6 frames before"):
        plan_conform(order.covering, short, grid_rate=grid, timecode_start=0)


def test_parts_of_a_long_clip_and_cut_in_takes_are_shared_only_where_all_is_the_same() -> None:
    one, other = of_plate(1, 20, 10), of_plate(2, 60, 12)
    for changes in (
        {"part": Part(1, 2, FrameRange(107892, 60, RATE))},
        {"take_range": FrameRange(107892, 90, RATE)},
    ):
        made = [replace(each, order=replace(each.order, **changes)) for each in (one, other)]  # type: ignore[type-var]  # both have one
        assert [each.same_as for each in shared(made)] == [None, None]


def test_the_same_words_by_two_styles_are_paid_once_and_each_use_keeps_its_name() -> None:
    settings = order().settings
    one, other = (StyleStamp(name, 1, name * 8) for name in ("noir", "dusk"))
    first, second, third = shared(
        [
            entry(1, settings=replace(settings, style=one)),
            entry(2, settings=replace(settings, style=other)),
            entry(3, settings=replace(settings, handles=5)),
        ]
    )
    assert second.same_as == third.same_as == first.clip
    assert first.order is not None
    assert [use.style for use in first.order.also] == [other, None]
    job = Job("j", first.order, 0.0, renditions=(Rendition("s"),))
    uses = sidecar_facts(job, job.renditions[0], [job])["also_used_by"]
    assert [use["style"] and use["style"]["name"] for use in uses] == ["dusk", None]


@pytest.mark.parametrize(
    "changes",
    [
        {"settings": replace(order().settings, prompt="another")},
        {"settings": replace(order().settings, resolution="1080p")},
        {"codec": "prores"},
        {"source": replace(order().source, path=Path("/media/other.mov"))},
        {"plate": replace(order().plate, media_range=FrameRange(107893, 90, RATE))},
        {"take_range": FrameRange(107892, 90, RATE)},
        {"timecode_start": 0},
    ],
)
def test_whatever_else_differs_is_made_for_itself(changes: dict[str, object]) -> None:
    made = shared([entry(1), entry(2, **changes)])
    assert [each.same_as for each in made] == [None, None]


def test_a_plan_of_several_looks_says_every_basis_of_its_price_once() -> None:
    entries = [
        entry(1),
        entry(2, price=Price(Decimal("4.32"), "live for HDR")),
        entry(3, price=PRICED),
    ]
    assert plan_of(*entries).total == Price(Decimal("5.76"), "list; live for HDR")
    assert plan_of().total == Price(Decimal(0), "nothing to submit")
    assert plan_of(entry(1), entry(2, price=Price(None, "x"))).total.usd is None


def test_what_a_host_renders_is_each_clips_own() -> None:
    rendered = [
        replace(each, clip=replace(each.clip, rendered=order().source))
        for each in (entry(1), entry(2))
    ]
    assert [each.same_as for each in shared(rendered)] == [None, None]


def test_a_piece_of_another_clip_is_split_out_for_its_use() -> None:
    piece = entry(4)
    record = FrameRange(107900, 90, RATE)
    clip = replace(piece.clip, record=record, piece_of=FrameRange(107892, 200, RATE))
    assert piece.order is not None
    piece = replace(piece, clip=clip, order=replace(piece.order, clip=clip))
    first, _ = shared([entry(1), piece])
    assert first.order is not None
    assert first.order.also == (Use("V1/4", 4, "c4", record),)
    assert piece_to_split(first.order) is None
    assert piece_to_split(piece.order) == record


class Shelf:
    """A host as far as takes are added; a clip of the name `gone` is gone."""

    def __init__(self) -> None:
        self.held: dict[str, str] = {}
        self.names: list[str] = []
        self.styles: list[StyleStamp | None] = []

    async def add_take(self, take: NewTake) -> PlacedTake:
        if take.clip_key == "gone":
            raise HostError("The clip is gone.")
        added = take.label not in self.held
        self.held[take.label] = take.clip_key
        self.names.append(take.name)
        self.styles.append(take.provenance.style)
        return PlacedTake("take_001", 1, Path("cut.otio"), added)


def new_take() -> NewTake:
    frames = FrameRange(0, 90, RATE)
    file = TakeFile(Path("t.mov"), 1, frames, "01:00:00:00", 90, "prores", Path("t.json"))
    made = Provenance("j", "s", "sandbox", "m", "p", {}, "2026-01-01", "", "0")
    return NewTake("own", "j/s", "Take 1", file, made)


@pytest.mark.anyio
async def test_every_use_gets_the_take_under_a_label_of_its_own_and_once() -> None:
    shelf = Shelf()
    also = (Use("a", 7, "c7"), Use("gone", 8, "c8"), Use("b", 9, "c9"))

    with pytest.raises(HostError):
        await place_everywhere(shelf, new_take(), also)  # type: ignore[arg-type]  # the port's one method that is used
    held = dict(shelf.held)
    placed = await place_everywhere(shelf, new_take(), (also[0], also[2]))  # type: ignore[arg-type]  # as above

    assert held == {"j/s": "own", "j/s/use-2": "a", "j/s/use-4": "b"}
    assert placed.notes == (
        "also in clip 7 of the plan (c7), as take_001",
        "also in clip 9 of the plan (c9), as take_001",
    )
    assert not placed.added

    # Its own clip is gone: the others get it all the same.
    other = Shelf()
    with pytest.raises(HostError):
        await place_everywhere(other, replace(new_take(), clip_key="gone"), also[:1])  # type: ignore[arg-type]  # as above
    assert other.held == {"j/s/use-2": "a"}


@pytest.mark.anyio
async def test_a_take_bears_the_style_that_its_own_clip_asked_for() -> None:
    shelf = Shelf()
    style = StyleStamp("dusk", 2, "d" * 64)

    await place_everywhere(shelf, new_take(), (Use("a", 7, "c7", style=style),))  # type: ignore[arg-type]  # as above

    assert shelf.names == ["Take 1", "Take 1: dusk: p"]
    assert shelf.styles == [None, style]


def test_orders_that_differ_in_everything_stay_as_they_are() -> None:
    entries: list[PlannedClip] = [entry(1), replace(entry(2), order=None)]
    assert shared(entries) == tuple(entries)
    assert isinstance(entries[0].order, Order)
