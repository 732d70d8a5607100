"""Plans that were shown, each of which can be begun once: what was seen is what is paid for."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from newtake.bootstrap.restyling import CheckedWish, checked_wish, plan_wish
from newtake.domain.clip import Clip
from newtake.domain.edit import EditSettings
from newtake.domain.errors import SelectionError
from newtake.domain.files import HostTarget
from newtake.domain.job import Job
from newtake.pipeline.consent import has_consent
from newtake.pipeline.planning import Plan, PlannedClip
from newtake.pipeline.repeats import Repeat, repeats_of
from newtake.pipeline.sending import sending_of
from newtake.pipeline.wanted import Wanted
from newtake.ports import Host, Ports
from newtake.shells.panel.desk import ShownPlan
from newtake.shells.panel.page_words import page_words
from newtake.shells.panel.promising import plan_sentence, strips_of
from newtake.shells.panel.requests import PlanRequest
from newtake.shells.panel.showing import left_out, plan_notes, plan_rows
from newtake.shells.panel.wishing import has_words, wish_of

KEPT_SECONDS = 30 * 60
"""Prices and media may be others after that."""
_KEPT = 20


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan as it was shown, with what it was made of."""

    id: str
    made_at: float
    plan: Plan
    request: PlanRequest
    clips: tuple[Wanted, ...]
    target: HostTarget
    audience: str
    ready: bool
    """Whether nothing is missing to begin it."""
    drawn: Mapping[str, Clip]
    """See `strips_of`."""


class Offers:
    """The plans that were shown last."""

    def __init__(self) -> None:
        self._offers: dict[str, Offer] = {}

    async def make(
        self,
        request: PlanRequest,
        clips: Sequence[Wanted],
        host: Host,
        target: HostTarget,
        ports: Ports,
        *,
        checked: CheckedWish | None = None,
        notes: Sequence[str] = (),
        beside: Path | None = None,
        drawn: Mapping[str, Clip] | None = None,
    ) -> Offer:
        """Plan what the page asks for. Changes nothing. Raises: as `plan_wish`.

        Args:
            request: The page's.
            clips: What is meant.
            host: Has the timeline.
            target: The timeline.
            ports: Of the run.
            checked: The request's wish; None makes it.
            notes: What a person should know of how the clips were chosen.
            beside: The folder of the timeline, where styles may lie; None where that is no file.
            drawn: See `strips_of`; None where every clip is meant as it is listed.
        """
        if checked is None:
            checked = checked_wish(wish_of(request, beside=beside))
        known = self._alike(request, clips, target)
        if known is not None:
            # Words change no frame: cuts are not looked for again while somebody types.
            plan = with_words(known.plan, checked.edit)
        else:
            plan = await plan_wish(ports, host, target, clips, checked, notes)
        offer = Offer(
            id=secrets.token_hex(8),
            made_at=time.monotonic(),
            plan=plan,
            request=request,
            clips=tuple(clips),
            target=target,
            audience=ports.uploader.audience,
            ready=has_words(request, beside),
            drawn=drawn or {},
        )
        self._offers[offer.id] = offer
        for old in list(self._offers)[:-_KEPT]:
            del self._offers[old]
        return offer

    def take(self, offer_id: str, price: Decimal | None) -> Offer:
        """The offer, which nobody else gets from now on.

        Args:
            offer_id: As it was shown.
            price: That was shown with it; None for one that is not known.

        Raises:
            SelectionError: It was begun already, is too old, or does not cost that.
        """
        offer = self._offers.get(offer_id)
        if offer is None or not offer.ready:
            raise SelectionError(
                "This plan cannot be begun.",
                why="It was begun already, or others were made since.",
                fix="Look at the queue, and at the plan as it is now.",
            )
        if time.monotonic() - offer.made_at > KEPT_SECONDS:
            raise SelectionError("This plan is too old.", fix="Look at the plan as it is now.")
        if offer.plan.total.usd != price:
            raise SelectionError(
                "The plan does not cost what was agreed to.", fix="Look at the plan as it is now."
            )
        del self._offers[offer_id]
        return offer

    def give_back(self, offer: Offer) -> None:
        """Nothing came of it: it can be begun after all."""
        self._offers[offer.id] = offer

    def _alike(
        self, request: PlanRequest, clips: Sequence[Wanted], target: HostTarget
    ) -> Offer | None:
        meant = [_meant(each) for each in clips]
        for offer in reversed(self._offers.values()):
            fresh = time.monotonic() - offer.made_at < 60
            same = _without_words(offer.request) == _without_words(request)
            same = same and offer.target == target
            if fresh and same and [_meant(each) for each in offer.clips] == meant:
                return offer
        return None


def _without_words(request: PlanRequest) -> PlanRequest:
    return request.model_copy(update={"prompt": "", "fields": {}})


def _meant(wanted: Wanted) -> tuple[Clip, str]:
    """Without settings, which are the request's for each."""
    return (wanted, "") if isinstance(wanted, Clip) else (wanted.clip, wanted.asked_by)


def with_words(plan: Plan, look: EditSettings) -> Plan:
    """The same plan for other words: the prompt of `look`, and the style that it came from."""
    return replace(
        plan,
        settings=replace(plan.settings, prompt=look.prompt, style=look.style),
        entries=tuple(_entry(entry, look) for entry in plan.entries),
    )


def _entry(entry: PlannedClip, look: EditSettings) -> PlannedClip:
    orders = [
        replace(order, settings=replace(order.settings, prompt=look.prompt, style=look.style))
        for order in entry.orders
    ]
    if not orders:
        return entry
    return replace(entry, order=orders[0], later_parts=tuple(orders[1:]))


def shown_plan(
    offer: Offer, ports: Ports, is_here: Callable[[Job], bool] = lambda _: False
) -> ShownPlan:
    """The offer as the page shows it; `is_here` as for `repeats_of`."""
    plan, uploader = offer.plan, ports.uploader
    repeats: Sequence[Repeat] = ()
    if offer.ready:
        repeats = repeats_of(plan.orders, ports.journal, is_here)
    publishes = ""
    if uploader.public and not has_consent(ports.journal, uploader.consent_key):
        publishes = publishing(offer.audience)
    total = plan.total
    return ShownPlan(
        id=offer.id,
        rows=plan_rows(plan),
        refused=left_out(plan),
        clips=plan.clip_count,
        sending=sending_of(plan, offer.audience).text if plan.orders else "",
        writes=_takes_folder(plan.target) if plan.orders else "",
        takes=page_words(plan.takes) if plan.orders else "",
        price=None if total.usd is None else str(total.usd),
        price_basis=total.basis,
        provider=plan.provider,
        notes=(*plan_notes(plan), *(page_words(each.text) for each in repeats if not each.costs)),
        repeats=tuple(page_words(each.text) for each in repeats if each.costs),
        made=tuple(page_words(each.text) for each in repeats if each.is_done),
        publishes=publishes if plan.orders else "",
        missing="" if offer.ready else "Say how it should look",
        prompt=plan.settings.prompt if offer.ready else "",
        sentence=plan_sentence(plan, offer.audience),
        strips=strips_of(plan, offer.drawn),
    )


def _takes_folder(target: HostTarget) -> str:
    output = target.output
    # Of an editor it is a name and no file.
    name = output.name if target.document is not None else output.stem
    return str(output.with_name(f"{name}_takes"))


def publishing(audience: str) -> str:
    """What a person agrees to, once for each place."""
    return (
        f"Each plate, and each first-frame image, may go {audience}. Whoever knows or guesses its "
        "address can watch these frames of my footage, and deleting the file later does not call "
        "back copies. I agree, now and for later runs."
    )
