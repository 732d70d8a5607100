"""What the button under a plan will do: one sentence, and the frames that it sends."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath

from newtake.bootstrap.panel_edit import clip_id
from newtake.bootstrap.shown_frames import ORIGINAL
from newtake.domain.clip import Clip
from newtake.domain.edit import Price
from newtake.domain.events import Order
from newtake.domain.files import HostTarget, Layout
from newtake.pipeline.planning import Plan
from newtake.pipeline.sending import Sending, sending_of
from newtake.shells.panel.desk import Strip
from newtake.shells.panel.parting import parting_text

PICTURE_WORDS = "the first-frame image shown here"
"""Where the sentence has them, the page shows the picture and its size."""
_KEPT = re.compile(r"[0-9a-f]{64}")


def plan_sentence(plan: Plan, audience: str) -> str:
    """What is done, what it costs, what leaves this machine, where it goes, where takes land, and
    what becomes of clips of which only a part is restyled.

    Empty for a plan without orders.
    """
    if not plan.orders:
        return ""
    frames = sum(order.plate.length for order in plan.orders)
    held = sum(order.plate.held for order in plan.orders)
    filling = f" ({held} of them held to fill the length)" if held else ""
    parting = parting_text(plan)
    return (
        f"Restyles {_many(plan.clip_count, 'clip')} for {_cost(plan.total)}: "
        f"{_many(frames, 'frame')}{filling}, no sound, go as {_sent(sending_of(plan, audience))}. "
        f"{_added(plan)}.{f' {parting}' if parting else ''}"
    )


def _sent(sending: Sending) -> str:
    """Without the paths of the pictures: the page shows its own, a style's is known by its name."""
    files = (sending.first_frame or "").split(", ") if sending.first_frame else []
    names = [PurePath(each) for each in files]
    shown = ["shown here" if _KEPT.fullmatch(each.stem) else each.name for each in names]
    return replace(sending, first_frame=", ".join(shown) or None).text


def _added(plan: Plan) -> str:
    orders = _first_parts(plan)
    rendered = [order for order in orders if order.clip.rendered is not None]
    takes, above = _takes(orders), _takes(rendered)
    if plan.target.kind != "resolve":
        return f"{_come(takes)} added {_where(plan.target, takes)}"
    place = f"in the timeline {plan.target.timeline.name}"
    if above:
        text = f"{_come(above)} put on a video track above {_its(above, 'clip')} {place}"
    else:
        text = f"{_come(takes)} added to {_its(takes, 'clip')} {place}, in Resolve's take selector"
    if any(order.settings.exr_export for order in orders):
        text += f"; the EXR frames {'go into the media pool' if above else 'come as a second take'}"
    return (
        f"{text}; {'the original stays as it is' if takes == 1 else 'originals stay as they are'}"
    )


def _takes(orders: Sequence[Order]) -> int:
    return sum(order.settings.variations * (1 + len(order.also)) for order in orders)


def _come(takes: int) -> str:
    return "1 take is" if takes == 1 else f"{takes:,} takes are"


def _its(takes: int, what: str) -> str:
    return f"the {what}" if takes == 1 else f"their {what}s"


def _first_parts(plan: Plan) -> list[Order]:
    return [entry.order for entry in plan.entries if entry.order is not None]


def _cost(total: Price) -> str:
    if total.usd is None:
        return f"a price that is not known ({total.basis})" if total.basis else "an unknown price"
    return f"${total.usd:.2f} ({total.basis})" if total.basis else f"${total.usd:.2f}"


def _where(target: HostTarget, takes: int) -> str:
    """Of a timeline's file, or of an editor's timeline that has no rule of its own above."""
    originals = "the original, which stays as it is"
    if takes != 1:
        originals = "the originals, which stay as they are"
    if target.document is not None:
        return f"to the timeline {target.document.timeline_name}, beside {originals}"
    place = f"beside {originals}"
    if target.layout is Layout.TRACK:
        place = f"on a new track above {originals}"
    elif target.layout is Layout.REPLACE:
        place = (
            "in place of the original, whose file stays as it is"
            if takes == 1
            else "in place of the originals, whose files stay as they are"
        )
    return f"{place}; the timeline's file is written when you save"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"


def strips_of(plan: Plan, drawn: Mapping[str, Clip]) -> tuple[Strip, ...]:
    """The frames of each order, in the order of the plan's rows.

    Args:
        plan: The plan.
        drawn: Each clip as the edit document has it, by the key that it has in the plan; of those
            that it lacks the plan's own are taken.
    """
    return tuple(_strip(order, drawn) for order in plan.orders)


def _strip(order: Order, drawn: Mapping[str, Clip]) -> Strip:
    clip, plate = order.clip, order.plate
    shown = drawn.get(clip.key)
    if shown is None:
        start = (clip.whole if clip.whole is not None else clip.source).start
    elif clip.rendered is not None:
        # A render counts from the clip's first record frame; what is drawn is its source.
        start = -shown.dissolves.head
    else:
        start = shown.source.start
    return Strip(
        clip=clip_id(clip.key if shown is None else shown.key),
        take=ORIGINAL,
        first=plate.media_range.start - start,
        frames=plate.media_range.duration,
        held=plate.held,
        head=plate.clip_offset,
        tail=plate.tail,
        clip_frames=plate.clip_frames,
        rate=str(plate.media_range.rate),
    )
