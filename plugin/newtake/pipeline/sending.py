"""What leaves this machine under a plan, and who could read it: the same words for everybody."""

from __future__ import annotations

from dataclasses import dataclass

from newtake.domain.errors import SettingsError
from newtake.pipeline.planning import Plan
from newtake.ports import Uploader

_OF_THE_SERVICE = ("workbench", "repository")
"""Uploaders that keep what is sent at the provider itself."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What would be sent."""

    plates: int
    first_frame: str | None
    """The image file of this machine; several by commas."""
    fetched_url: str | None
    """Where the model fetches the first-frame image itself; it leaves no file of this machine."""
    handed_on: int
    """Pictures of results that later parts of a clip begin with; they are sent as well."""
    audience: str
    """Where to, and who could read it; goes on after "1 plate"."""
    images: int = 0
    """How many image files `first_frame` names."""

    @property
    def text(self) -> str:
        """One phrase, without a full stop."""
        things = [_many(self.plates, "plate")]
        if self.first_frame is not None:
            things.append(f"the first-frame image {self.first_frame}")
        if self.handed_on:
            things.append(f"{_many(self.handed_on, 'last picture')} handed on between parts")
        sent = " and ".join([", ".join(things[:-1]), things[-1]] if things[1:] else things)
        fetched = f"; the model fetches {self.fetched_url} itself" if self.fetched_url else ""
        return f"{sent} {self.audience}{fetched}"


def sending_of(plan: Plan, audience: str) -> Sending:
    """What the plan would send.

    Args:
        plan: The plan.
        audience: The uploader's own word on who could read what it takes.
    """
    orders = plan.orders
    images = dict.fromkeys(each.first_frame for each in plan.looks if each.first_frame)
    files = [each for each in images if not each.startswith("https://")]
    addresses = [each for each in images if each.startswith("https://")]
    audience = stays_here(plan.provider, plan.uploader) or audience
    return Sending(
        plates=len(orders),
        first_frame=", ".join(files) or None,
        fetched_url=", ".join(addresses) or None,
        handed_on=sum(order.part is not None and order.part.carries for order in orders),
        audience=audience,
        images=len(files),
    )


def stays_here(provider: str, uploader: str) -> str:
    """Where a plate goes that does not leave this machine; empty where it does."""
    if provider == "sandbox" and uploader.partition(":")[0] in _OF_THE_SERVICE:
        return "to the sandbox on this machine; nothing leaves it"
    return ""


def check_sending(sending: Sending, uploader: Uploader) -> None:
    """Raise SettingsError where the uploader cannot keep all of it until the model has read it."""
    files = sending.plates + sending.handed_on + sending.images
    if uploader.holds_one and files > 1:
        raise SettingsError(
            f"{files} files would be sent, and the uploader's address holds one.",
            why="A second one would take its place before the model has read it.",
            fix="Write {name} where the file name belongs, or choose a clip that one plate holds.",
        )


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"
