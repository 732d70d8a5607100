"""What an edit costs, from the live prices where they say it and the upstream list where not."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeGuard

from newtake.adapters.oxen_rows import money_or_none
from newtake.domain.edit import EditSettings, Price, upstream_list_price
from newtake.ports import ModelCard


def price_of(settings: EditSettings, duration: str, card: ModelCard | None) -> Price:
    """The price of one submission, variations included.

    The live prices are per second of video, by resolution where the service has such a table. They
    say nothing of HDR and EXR unless the table names them; then the upstream vendor's list is used,
    and said to be.
    """
    listed = upstream_list_price(settings, duration)
    if card is None:
        return listed
    seconds = Decimal(duration.removesuffix("s"))
    rate, basis = _usd_per_second(settings, card.pricing)
    if rate is None:
        return Price(listed.usd, f"{listed.basis} ({basis})")
    when = "an earlier price of the service's" if card.stale else "the service's live price"
    return Price(rate * seconds * settings.variations, f"{when}{basis}")


def _usd_per_second(
    settings: EditSettings, pricing: Mapping[str, Any]
) -> tuple[Decimal | None, str]:
    """The rate and how it was found; no rate and why."""
    listed = pricing.get("cost_per_second_by_resolution")
    table = {_word(key): value for key, value in listed.items()} if _is_table(listed) else {}
    if settings.hdr:
        wanted = f"{settings.resolution}hdr" + ("exr" if settings.exr_export else "")
        what = "HDR with EXR" if settings.exr_export else "HDR"
        rate = money_or_none(table.get(wanted))
        return rate, f" for {what}" if rate is not None else f"the live prices name none for {what}"
    rate = money_or_none(table.get(settings.resolution))
    if rate is not None:
        return rate, f" for {settings.resolution}"
    # Which resolutions count as high is not documented; the dearer reading keeps a budget safe.
    high = money_or_none(pricing.get("cost_per_second_high_res"))
    if high is not None and settings.resolution != "540p":
        return high, " for high resolutions"
    rate = money_or_none(pricing.get("cost_per_second"))
    return rate, "" if rate is not None else "the live prices name none per second"


def _is_table(value: Any) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, Mapping)


def _word(key: Any) -> str:
    return "".join(c for c in str(key).lower() if c.isalnum())
