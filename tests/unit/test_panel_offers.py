"""Plans of the page: each begins once, for its own price, and words alone move no frame."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from newtake.domain.errors import SelectionError, SettingsError
from newtake.domain.files import Layout
from newtake.shells.panel.offers import Offer, Offers, shown_plan
from newtake.shells.panel.requests import PlanRequest
from newtake.shells.panel.showing import shown_clip
from newtake.shells.panel.wishing import wish_of
from worlds import World

NOIR = PlanRequest(prompt="film noir")


async def made(world: World, offers: Offers, request: PlanRequest = NOIR) -> Offer:
    return await offers.make(request, [world.clip], world.host, world.order.host, world.ports())


@pytest.mark.anyio
async def test_a_plan_is_given_once_and_only_for_its_price(tmp_path: Path) -> None:
    offers = Offers()
    offer = await made(World(tmp_path), offers)
    price = offer.plan.total.usd
    assert price is not None

    for wrong in (price - Decimal("0.01"), price + 1, None):
        with pytest.raises(SelectionError):
            offers.take(offer.id, wrong)
    assert offers.take(offer.id, price) is offer
    with pytest.raises(SelectionError):
        offers.take(offer.id, price)
    offers.give_back(offer)
    assert offers.take(offer.id, price) is offer


@pytest.mark.anyio
async def test_words_alone_change_the_words_alone_and_open_no_media(tmp_path: Path) -> None:
    world, offers = World(tmp_path), Offers()
    first = await made(world, offers, PlanRequest(prompt=""))
    # Whoever looked into the files again would not find them.
    world.media.media.clear()
    second = await made(world, offers, NOIR)

    assert [each.plate for each in second.plan.orders] == [each.plate for each in first.plan.orders]
    assert {each.settings.prompt for each in second.plan.orders} == {"film noir"}
    assert second.plan.settings.prompt == "film noir"


@pytest.mark.anyio
async def test_anything_else_is_planned_anew(tmp_path: Path) -> None:
    world, offers = World(tmp_path), Offers()
    await made(world, offers)
    world.media.media.clear()

    changed = await made(world, offers, NOIR.model_copy(update={"resolution": "1080p"}))

    assert changed.plan.orders == ()
    assert changed.plan.refused


@pytest.mark.anyio
async def test_without_a_prompt_the_plan_shows_its_price_and_cannot_be_begun(
    tmp_path: Path,
) -> None:
    world, offers = World(tmp_path), Offers()
    offer = await made(world, offers, PlanRequest(prompt="  "))
    shown = shown_plan(offer, world.ports())

    assert shown.price is not None
    assert shown.missing
    with pytest.raises(SelectionError):
        offers.take(offer.id, offer.plan.total.usd)


@pytest.mark.anyio
async def test_who_could_read_it_is_said_until_somebody_agreed(tmp_path: Path) -> None:
    world, offers = World(tmp_path), Offers()
    private = shown_plan(await made(world, offers), world.ports())
    world.uploader.public = True
    public = shown_plan(await made(world, offers), world.ports())

    assert private.publishes == ""
    assert "can watch these frames" in public.publishes


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("layout", "place"),
    [
        (Layout.TAKES, "beside the original, which stays as it is;"),
        (Layout.TRACK, "on a new track above the original, which stays as it is;"),
        (Layout.REPLACE, "in place of the original, whose file stays as it is;"),
    ],
)
async def test_the_sentence_says_where_the_take_lands(
    tmp_path: Path, layout: Layout, place: str
) -> None:
    world = World(tmp_path)
    target = replace(world.order.host, layout=layout)
    offer = await Offers().make(NOIR, [world.clip], world.host, target, world.ports())

    assert f"1 take is added {place}" in shown_plan(offer, world.ports()).sentence


def test_a_table_is_found_beside_the_timeline_and_anything_else_is_refused(tmp_path: Path) -> None:
    def lut(typed: str, beside: Path | None = tmp_path) -> Path | None:
        return wish_of(PlanRequest(prompt="noir", lut=typed), beside=beside).lut

    assert lut("log.cube") == tmp_path / "log.cube"
    assert lut("/luts/Log.CUBE") == Path("/luts/Log.CUBE")
    for typed, beside in (("/etc/passwd", tmp_path), ("log.cube", None), ("", tmp_path)):
        with pytest.raises(SettingsError):
            lut(typed, beside)


@pytest.mark.parametrize("word", ["command:rm -rf /", "put:", "repository:a", "put", "carrier"])
def test_a_page_chooses_no_command_to_be_run(word: str) -> None:
    with pytest.raises(ValidationError):
        PlanRequest(prompt="noir", uploader=word)


def test_a_part_of_a_clip_is_told_in_its_own_frames(tmp_path: Path) -> None:

    clip = World(tmp_path).clip
    part = replace(
        clip,
        source=replace(clip.source, start=clip.source.start + 5, duration=10),
        whole=clip.source,
    )

    assert shown_clip(part).part == "frames 6 to 15 of it"
    assert shown_clip(clip).part == ""
