"""Plans of the page: each begins once, for its own price, and words alone move no frame."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from newtake.domain.errors import SelectionError
from newtake.shells.panel.offers import Offer, Offers, shown_plan
from newtake.shells.panel.requests import PlanRequest
from newtake.shells.panel.showing import shown_clip
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


def test_a_part_of_a_clip_is_told_in_its_own_frames(tmp_path: Path) -> None:

    clip = World(tmp_path).clip
    part = replace(
        clip,
        source=replace(clip.source, start=clip.source.start + 5, duration=10),
        whole=clip.source,
    )

    assert shown_clip(part).part == "frames 6 to 15 of it"
    assert shown_clip(clip).part == ""
