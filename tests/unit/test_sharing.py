"""Uses of the same frames with the same settings: one order, its take in each of the clips."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from newtake.domain.edit import Price
from newtake.domain.errors import HostError
from newtake.domain.events import Order, Use
from newtake.domain.files import NewTake, PlacedTake, Provenance, TakeFile
from newtake.domain.job import Job, Rendition
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
