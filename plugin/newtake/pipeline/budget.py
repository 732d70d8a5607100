"""The budget: no submission that could take what is spent and in flight above it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from newtake.domain.edit import Price
from newtake.domain.errors import BudgetError, Money
from newtake.domain.job import Job
from newtake.ports import UnreadableJob


@dataclass(slots=True)
class Budget:
    """What a run may cost. `limit_usd` None: there is no budget.

    Counted are the jobs that this run submitted, by their true cost where the history has it; and
    all jobs of this journal that are in flight at the same provider, those of earlier runs and of
    anybody else included. What an earlier run paid for, this one does not pay by going on with it.
    """

    limit_usd: Decimal | None = None
    allow_unknown: bool = False
    """Whether a person agreed to go on where a price is not known."""
    jobs: frozenset[str] = frozenset()
    """The jobs of this run that nobody had paid for when it began."""

    def own(self, jobs: Iterable[Job]) -> None:
        """Count as this run's those of the jobs that certainly nobody has paid for yet."""
        self.jobs |= {job.id for job in jobs if job.known_money is Money.NOT_SENT}

    def refuse_unread(self, jobs: Sequence[UnreadableJob]) -> None:
        """Refuse to keep a budget beside jobs whose cost nobody can read. Raises: BudgetError."""
        if self.limit_usd is None or not jobs:
            return
        raise BudgetError(
            f"The budget cannot be kept: {', '.join(job.id for job in jobs[:5])} of the journal "
            "cannot be read.",
            why=jobs[0].why,
            fix=f"{jobs[0].fix} Without --budget nothing is counted.".strip(),
        )

    def check(self, prices: Iterable[Price], jobs: Sequence[Job] = (), provider: str = "") -> None:
        """See before anything is done whether all of it would fit.

        Args:
            prices: What is still to be submitted.
            jobs: All jobs of the journal.
            provider: Where it is to be submitted.
        Raises:
            BudgetError: It would not, or a price is not known.
        """
        if self.limit_usd is not None:
            total = sum((self._known(price) for price in prices), Decimal(0))
            self._compare(total, [job for job in jobs if self._counts(job, provider)])

    def guard(self, job: Job) -> Callable[[Sequence[Job]], None] | None:
        """For the event that precedes the job's submission: raises BudgetError to keep it out.

        None where there is no budget.
        """
        if self.limit_usd is None:
            return None

        def compare(jobs: Sequence[Job]) -> None:
            others = [each for each in jobs if each.id != job.id]
            counted = [each for each in others if self._counts(each, job.order.provider)]
            self._compare(self._known(job.order.price), counted)

        return compare

    def _counts(self, job: Job, provider: str) -> bool:
        if job.order.provider != provider:
            return False
        return job.in_flight or (job.id in self.jobs and bool(job.renditions))

    def _known(self, price: Price) -> Decimal:
        if price.usd is not None:
            return price.usd
        if self.allow_unknown:
            return Decimal(0)
        raise BudgetError(
            "The price is not known, so the budget cannot be kept.",
            why=f"{price.basis}.",
            fix="Say --yes to go on without knowing it.",
        )

    def _compare(self, wanted: Decimal, counted: Sequence[Job]) -> None:
        assert self.limit_usd is not None
        spent = sum((spent_usd(job) for job in counted), Decimal(0))
        if spent + wanted <= self.limit_usd:
            return
        why = f"The budget is ${self.limit_usd:.2f}; ${spent:.2f} of it are spent or in flight"
        elsewhere = sorted(job.id for job in counted if job.id not in self.jobs)
        if elsewhere:
            why += f", some of it by other jobs ({', '.join(elsewhere[:5])})"
        raise BudgetError(
            f"This would take the total to ${spent + wanted:.2f}.",
            why=f"{why}.",
        )


def spent_usd(job: Job) -> Decimal:
    """What a submitted job costs: the history's word where it has one for all, else the estimate.

    An unknown price that somebody agreed to counts as nothing.
    """
    costs = [each.cost_usd for each in job.renditions]
    known = [Decimal(cost) for cost in costs if cost is not None]
    total = sum(known, Decimal(0))
    if costs and len(known) == len(costs) and not job.missing:
        return total
    return max(total, job.order.price.usd or Decimal(0))
