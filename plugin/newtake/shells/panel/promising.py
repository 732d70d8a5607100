"""What the button under a plan will do: one sentence, and the frames that it sends."""

from __future__ import annotations

from collections.abc import Mapping

from newtake.bootstrap.panel_edit import clip_id
from newtake.bootstrap.shown_frames import ORIGINAL
from newtake.domain.edit import Price
from newtake.domain.events import Order
from newtake.domain.files import HostTarget
from newtake.pipeline.planning import Plan
from newtake.pipeline.sending import sending_of
from newtake.shells.panel.desk import Strip


def plan_sentence(plan: Plan, audience: str) -> str:
    """What is done, what it costs, what leaves this machine, where it goes, where takes land.

    Empty for a plan without orders.
    """
    if not plan.orders:
        return ""
    frames = sum(len(order.plate.shown) for order in plan.orders)
    takes = sum(order.settings.variations * (1 + len(order.also)) for order in _first_parts(plan))
    return (
        f"Restyles {_many(plan.clip_count, 'clip')} for {_cost(plan.total)}: "
        f"{_many(frames, 'frame')}, no sound, go as {sending_of(plan, audience).text}. "
        f"{_added(takes)} {_where(plan.target, takes)}."
    )


def _added(takes: int) -> str:
    return "1 take is added" if takes == 1 else f"{takes:,} takes are added"


def _first_parts(plan: Plan) -> list[Order]:
    return [entry.order for entry in plan.entries if entry.order is not None]


def _cost(total: Price) -> str:
    if total.usd is None:
        return f"a price that is not known ({total.basis})" if total.basis else "an unknown price"
    return f"${total.usd:.2f} ({total.basis})" if total.basis else f"${total.usd:.2f}"


def _where(target: HostTarget, takes: int) -> str:
    originals = "the original, which stays as it is"
    if takes != 1:
        originals = "the originals, which stay as they are"
    if target.document is not None:
        return f"to the timeline {target.document.timeline_name}, beside {originals}"
    return f"beside {originals}; the timeline's file is written when you save"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"


def strips_of(plan: Plan, starts: Mapping[str, int]) -> tuple[Strip, ...]:
    """The frames of each order, in the order of the plan's rows.

    Args:
        plan: The plan.
        starts: The first media frame of each clip as the edit document has it, by the clip's key,
            in the media's time base.
    """
    return tuple(_strip(order, starts) for order in plan.orders)


def _strip(order: Order, starts: Mapping[str, int]) -> Strip:
    clip, plate = order.clip, order.plate
    own = clip.whole if clip.whole is not None else clip.source
    return Strip(
        clip=clip_id(clip.key),
        take=ORIGINAL,
        first=plate.media_range.start - starts.get(clip.key, own.start),
        frames=plate.media_range.duration,
        held=plate.held,
        head=plate.clip_offset,
        tail=plate.tail,
        clip_frames=plate.clip_frames,
        rate=str(plate.media_range.rate),
    )
