"""Plans that were shown, each of which can be begun once: what was seen is what is paid for."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from newtake.bootstrap.restyling import Wish, checked_wish, plan_wish
from newtake.domain.clip import Clip
from newtake.domain.errors import SelectionError
from newtake.domain.files import HostTarget
from newtake.pipeline.consent import has_consent
from newtake.pipeline.planning import Plan, PlannedClip
from newtake.pipeline.repeats import Repeat, repeats_of
from newtake.pipeline.sending import sending_of
from newtake.ports import Host, Ports
from newtake.shells.panel.desk import ShownPlan
from newtake.shells.panel.requests import PlanRequest
from newtake.shells.panel.showing import left_out, plan_notes, plan_rows

NOT_SAID = "(not said yet)"
"""Stands for a prompt in plans that only show what would be sent and cost."""
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
    clips: tuple[Clip, ...]
    target: HostTarget
    audience: str
    ready: bool
    """Whether nothing is missing to begin it."""


class Offers:
    """The plans that were shown last."""

    def __init__(self) -> None:
        self._offers: dict[str, Offer] = {}

    async def make(
        self,
        request: PlanRequest,
        clips: Sequence[Clip],
        host: Host,
        target: HostTarget,
        ports: Ports,
    ) -> Offer:
        """Plan what the page asks for. Changes nothing. Raises: as `plan_wish`."""
        ready = bool(request.prompt.strip())
        prompt = request.prompt if ready else NOT_SAID
        checked = checked_wish(wish_of(request, prompt))
        known = self._alike(request, clips, target)
        if known is not None:
            # Words change no frame: cuts are not looked for again while somebody types.
            plan = with_prompt(known.plan, prompt)
        else:
            plan = await plan_wish(ports, host, target, clips, checked)
        offer = Offer(
            id=secrets.token_hex(8),
            made_at=time.monotonic(),
            plan=plan,
            request=request,
            clips=tuple(clips),
            target=target,
            audience=ports.uploader.audience,
            ready=ready,
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
        self, request: PlanRequest, clips: Sequence[Clip], target: HostTarget
    ) -> Offer | None:
        wanted = request.model_copy(update={"prompt": ""})
        for offer in reversed(self._offers.values()):
            fresh = time.monotonic() - offer.made_at < 60
            same = offer.request.model_copy(update={"prompt": ""}) == wanted
            if fresh and same and offer.clips == tuple(clips) and offer.target == target:
                return offer
        return None


def wish_of(request: PlanRequest, prompt: str) -> Wish:
    return Wish(
        edit={
            "prompt": prompt,
            "resolution": request.resolution,
            "edit_strength": request.edit_strength,
            "auto_controls": request.auto_controls or None,
            "hdr": request.hdr,
            "exr_export": request.exr_export,
            "variations": request.variations,
        },
        provider=request.provider,
    )


def with_prompt(plan: Plan, prompt: str) -> Plan:
    """The same plan for other words."""
    return replace(
        plan,
        settings=replace(plan.settings, prompt=prompt),
        entries=tuple(_entry(entry, prompt) for entry in plan.entries),
    )


def _entry(entry: PlannedClip, prompt: str) -> PlannedClip:
    orders = [
        replace(order, settings=replace(order.settings, prompt=prompt)) for order in entry.orders
    ]
    if not orders:
        return entry
    return replace(entry, order=orders[0], later_parts=tuple(orders[1:]))


def shown_plan(offer: Offer, ports: Ports) -> ShownPlan:
    """The offer as the page shows it."""
    plan, uploader = offer.plan, ports.uploader
    repeats: Sequence[Repeat] = repeats_of(plan.orders, ports.journal) if offer.ready else ()
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
        writes=f"{plan.target.output}_takes" if plan.orders else "",
        takes=plan.takes if plan.orders else "",
        price=None if total.usd is None else str(total.usd),
        price_basis=total.basis,
        provider=plan.provider,
        notes=(*plan_notes(plan), *(each.text for each in repeats if not each.costs)),
        repeats=tuple(each.text for each in repeats if each.costs),
        publishes=publishes if plan.orders else "",
        missing="" if offer.ready else "Say how it should look",
    )


def publishing(audience: str) -> str:
    """What a person agrees to, once for each place."""
    return (
        f"Each plate, and each first-frame image, may go {audience}. Whoever knows or guesses its "
        "address can watch these frames of my footage, and deleting the file later does not call "
        "back copies. I agree, now and for later runs."
    )
