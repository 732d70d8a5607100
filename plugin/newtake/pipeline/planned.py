"""A plan as a value: each clip with its order or the reason why there is none, and the sums."""

from __future__ import annotations

from dataclasses import dataclass

from newtake.domain.clip import Clip, Refusal
from newtake.domain.edit import EditSettings, Price, total_price
from newtake.domain.events import Order
from newtake.domain.files import HostTarget


@dataclass(frozen=True, slots=True)
class PlannedClip:
    """One clip of a plan: an order, or the reason why there is none."""

    clip: Clip
    order: Order | None
    refusal: Refusal | None
    notes: tuple[str, ...] = ()
    later_parts: tuple[Order, ...] = ()
    """Where one plate does not hold the clip: `order` is of its first part, these of the others."""
    asked_by: str = ""
    """The range, marker or line of a table that asks for it; "" for the command."""
    same_as: Clip | None = None
    """The clip whose order makes this one's take as well."""
    written_index: int | None = None
    """The clip's number in the timeline that is written, once every take of the plan is in it;
    None for what has none there. `clip.index` is its number in the timeline that was read."""

    @property
    def orders(self) -> tuple[Order, ...]:
        """None of a clip that is refused, or whose take another clip's order makes."""
        return () if self.order is None else (self.order, *self.later_parts)

    @property
    def is_joined(self) -> bool:
        """Whether its take is put together from more than one file."""
        return bool(self.later_parts) or (
            self.order is not None and self.order.take_range is not None
        )

    @property
    def is_in_time(self) -> bool:
        """Whether its take shows other frames than its plate does, or some of them twice."""
        return any(
            list(order.plate.slots) != list(range(order.plate.media_range.duration))
            for order in self.orders
        )


@dataclass(frozen=True, slots=True)
class Plan:
    settings: EditSettings
    """The run's; an order has those of its own clip."""
    entries: tuple[PlannedClip, ...]
    provider: str
    uploader: str
    uploads_publicly: bool
    target: HostTarget
    notes: tuple[str, ...] = ()
    takes: str = ""
    """What the takes are coded as, and why; without a full stop."""

    @property
    def orders(self) -> tuple[Order, ...]:
        """All parts of a clip stand together, in order."""
        return tuple(order for entry in self.entries for order in entry.orders)

    @property
    def looks(self) -> tuple[EditSettings, ...]:
        """The settings that are ordered, each once, in the order of the clips."""
        return tuple(dict.fromkeys(entry.order.settings for entry in self.entries if entry.order))

    @property
    def clip_count(self) -> int:
        """How many clips would be restyled."""
        return len(self.entries) - len(self.refused)

    @property
    def refused(self) -> tuple[PlannedClip, ...]:
        return tuple(
            entry for entry in self.entries if entry.order is None and entry.same_as is None
        )

    @property
    def total(self) -> Price:
        """The sum of all prices, with each basis; unknown as soon as one is."""
        return total_price([order.price for order in self.orders])
