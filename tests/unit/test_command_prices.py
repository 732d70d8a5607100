"""What is said of money: charged only where the service's history says so."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from newtake.domain.edit import Price, total_price
from newtake.domain.errors import SettingsError
from newtake.domain.job import Intent, Job, Rendition, Status
from newtake.shells.cli.prices import budget_limit, charge_text
from orders import order

INTENT = Intent(1.0, "hash", "/path")


def job(**changes: object) -> Job:
    return replace(Job("j1", order(), 0.0), **changes)  # type: ignore[arg-type]  # any field


def test_before_any_submission_nothing_was_charged() -> None:
    assert "nothing was submitted, nothing was charged" in charge_text(job())


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.FAILED, Status.UNSURE])
def test_an_open_intent_never_says_that_nothing_was_charged(status: Status) -> None:
    text = charge_text(job(intent=INTENT, status=status))

    assert "nothing was charged" not in text
    assert "not known" in text


def test_costs_are_added_exactly_and_said_to_be_charged() -> None:
    each = [Rendition(str(number), cost_usd="1.005") for number in range(3)]

    assert "price: $3.02 charged" in charge_text(job(renditions=tuple(each)))


def test_what_the_history_does_not_say_is_not_said_to_be_charged() -> None:
    known, unknown = Rendition("a", cost_usd="0.72"), Rendition("b")

    assert "charged" not in charge_text(job(renditions=(unknown,)))
    text = charge_text(job(renditions=(known, unknown)))
    assert "$0.72 charged, and 1 not in the service's history yet" in text


def test_the_sandbox_charges_nothing() -> None:
    made = job(
        renditions=(Rendition("a", cost_usd="0.72"),), order=replace(order(), provider="sandbox")
    )

    assert "nothing charged" in charge_text(made)


def test_a_total_is_unknown_as_soon_as_one_price_is() -> None:
    one, two, unknown = Price(Decimal("0.1"), "l"), Price(Decimal("0.2"), "l"), Price(None, "?")

    assert total_price([one, two]).usd == Decimal("0.3")
    assert total_price([one, unknown]).usd is None


@pytest.mark.parametrize("dollars", [-1.0, float("nan"), float("inf")])
def test_a_budget_that_limits_nothing_is_refused(dollars: float) -> None:
    with pytest.raises(SettingsError):
        budget_limit(dollars)


def test_a_budget_is_kept_as_it_was_typed() -> None:
    assert budget_limit(0.1) == Decimal("0.1")
    assert budget_limit(None) is None
