"""The budget: no submission that could take the run's total above it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from newtake.domain.edit import Price
from newtake.domain.errors import BudgetError


@dataclass(slots=True)
class Budget:
    """Counts what this run has submitted or is about to. `limit_usd` None: no budget."""

    limit_usd: Decimal | None = None
    allow_unknown: bool = False
    reserved_usd: Decimal = Decimal(0)

    def reserve(self, price: Price) -> None:
        """Set the price aside before its submission.

        Raises:
            BudgetError: If the total would exceed the budget, or the price is not known.
        """
        if self.limit_usd is None:
            return
        if price.usd is None:
            if self.allow_unknown:
                return
            raise BudgetError(
                "The price is not known, so the budget cannot be kept.",
                why=f"{price.basis}.",
                fix="Say --yes to go on without knowing it.",
            )
        if self.reserved_usd + price.usd > self.limit_usd:
            raise BudgetError(
                f"This submission would take the run to ${self.reserved_usd + price.usd:.2f}.",
                why=f"The budget is ${self.limit_usd:.2f}; ${self.reserved_usd:.2f} are in use.",
            )
        self.reserved_usd += price.usd

    def check(self, prices: Iterable[Price]) -> None:
        """Raise BudgetError when all of these together would not fit; nothing is set aside."""
        trial = replace(self)
        for price in prices:
            trial.reserve(price)

    def release(self, price: Price) -> None:
        """Give back what a refused submission had set aside."""
        if self.limit_usd is not None and price.usd is not None:
            self.reserved_usd -= price.usd
