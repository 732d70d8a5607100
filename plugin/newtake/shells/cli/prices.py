"""Money on the command line: budgets, what jobs will cost, and what is known of what they did."""

from __future__ import annotations

from decimal import Decimal

from newtake.domain.edit import Price
from newtake.domain.errors import SettingsError
from newtake.domain.job import Job, Status


def budget_limit(dollars: float | None) -> Decimal | None:
    """--budget as it was typed, exactly. Raises: SettingsError."""
    if dollars is None:
        return None
    if not 0 <= dollars < float("inf"):
        raise SettingsError(
            f"{dollars} is no budget.", fix="Give US dollars from 0 on, e.g. --budget 5."
        )
    return Decimal(str(dollars))


def price_text(price: Price, *, short: bool = False) -> str:
    amount = "not known" if price.usd is None else f"${price.usd:.2f}"
    return amount if short else f"{amount} ({price.basis})"


def charge_text(job: Job) -> str:
    """What the journal knows of a job's charge; "charged" is said of the service's history only."""
    estimate = f"estimate {price_text(job.order.price)}"
    if not job.renditions:
        if job.status is Status.UNSURE or job.may_be_submitted_unknown:
            return f"price: whether it was submitted is not known; {estimate}"
        return f"price: nothing was submitted, nothing was charged; {estimate}"
    sandbox = job.order.provider == "sandbox"
    costs = [Decimal(each.cost_usd) for each in job.renditions if each.cost_usd is not None]
    if not costs:
        charged = "sandbox money, nothing charged; " if sandbox else ""
        return f"price: {charged}not in the service's history yet; {estimate}"
    word = "of sandbox money, nothing charged" if sandbox else "charged"
    total = f"${sum(costs, Decimal(0)):.2f} {word}"
    missing = len(job.renditions) - len(costs) + job.missing
    if missing:
        return f"price: {total}, and {missing} not in the service's history yet; {estimate}"
    return f"price: {total}; {estimate}"
