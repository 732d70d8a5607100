"""What a plan comes to: counts, model time, bytes and money, for whoever shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from newtake.domain.clip import RefusalReason
from newtake.domain.edit import Limits
from newtake.domain.events import Order
from newtake.domain.upload_size import estimated_bytes
from newtake.pipeline.planning import Plan, PlannedClip

_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Totals:
    clips: int
    """Clips that would be restyled."""
    refused: int
    submissions: int
    model_seconds: int
    """Seconds of video bought, variations counted."""
    upload_bytes: int
    """A guess; see `domain.upload_size`."""
    known_usd: Decimal
    """The sum of the prices that are known."""
    prices_unknown: int
    """Submissions whose price is not known."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Clips that are refused for the same reason, in the words of the first of them."""

    reason: RefusalReason | None
    text: str
    entries: tuple[PlannedClip, ...]


def totals_of(plan: Plan) -> Totals:
    orders = plan.orders
    known = [order.price.usd for order in orders if order.price.usd is not None]
    return Totals(
        clips=plan.clip_count,
        refused=len(plan.refused),
        submissions=len(orders),
        model_seconds=sum(map(bought_seconds, orders)),
        upload_bytes=sum(map(plate_bytes, orders)),
        known_usd=sum(known, Decimal(0)),
        prices_unknown=len(orders) - len(known),
    )


def bought_seconds(order: Order) -> int:
    """Seconds of video that its submission pays for."""
    tier = int(order.plate.duration.removesuffix("s"))
    return tier * order.settings.variations


def plate_bytes(order: Order) -> int:
    """About what its plate weighs."""
    plate, short_side = order.plate, _LIMITS.short_side[order.settings.resolution]
    return estimated_bytes(order.source, plate.length - plate.held, short_side)


def refused_by_reason(entries: Iterable[PlannedClip]) -> list[Refused]:
    """Those that are not restyled, grouped by what is said of them, in order."""
    groups: dict[str, list[PlannedClip]] = {}
    for entry in entries:
        if entry.order is None and entry.same_as is None:
            text = entry.refusal.text if entry.refusal else "it cannot be restyled"
            groups.setdefault(text, []).append(entry)
    return [
        Refused(each[0].refusal.reason if each[0].refusal else None, text, tuple(each))
        for text, each in groups.items()
    ]
