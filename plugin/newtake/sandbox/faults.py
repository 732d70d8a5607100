"""Faults on request: what the sandbox breaks on purpose, where, and how many times.

Grammar of one fault: `PLACE[:ACTION[=VALUE]][xTIMES][%PERCENT]`, for example `submit:503`,
`poll:500x3`, `submit:delay=5`, `render:fail=no such look`, `stuck`, `poll:502%10`. Without `xTIMES`
it happens every time, with `%PERCENT` that often by chance. A value that itself ends in `x` or `%`
and digits needs its own `xTIMES` or `%100`.

At every HTTP place: a status code (`=SECONDS` sets Retry-After), `drop` (the connection is cut
before the request is acted on) and `delay=SECONDS`. The other actions are in `_ACTIONS`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass

HTTP_PLACES = (
    "account",
    "models",
    "repository",
    "workspace",
    "upload",
    "presign",
    "submit",
    "poll",
    "cancel",
    "history",
    "events",
    "result",
)

_ACTIONS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(HTTP_PLACES, ("drop", "delay")),
    # Accepted, then the connection is cut without an answer.
    "submit": ("drop", "delay", "drop-after"),
    # `drop` closes the stream in place of an event; `silent` sends nothing at all.
    "events": ("drop", "delay", "silent", "garbage", "duplicate"),
    # `drop` cuts the download half-way; `truncate` ends it half-way as if that were all.
    "result": ("drop", "delay", "expired", "truncate"),
    "render": ("fail", "frames", "fps", "delay", "stuck", "moderated"),
    "credits": ("none",),
    "hdr": ("none",),
}
_ALIASES = {"moderation": ("render", "moderated"), "stuck": ("render", "stuck")}
_TEXT_VALUE = ("fail",)
_NUMBER_VALUE = ("delay", "frames", "fps")
_ALWAYS = 100
_SHAPE = re.compile(
    r"(?P<place>[a-z]+)"
    r"(?::(?P<action>[a-z0-9-]+?)(?:=(?P<value>.+?))?)?"
    r"(?:x(?P<times>[0-9]{1,6}))?"
    r"(?:%(?P<percent>[0-9]{1,3}))?",
    re.DOTALL,
)


class FaultError(ValueError):
    """The text is no fault; the message says what would be one."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong. `times` None: every time, or each time by the chance."""

    place: str
    action: str
    value: str | None = None
    times: int | None = None
    percent: int = 100

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Read one fault.

        Raises:
            FaultError: Unknown place or action, a missing value, or a value that is no number.
        """
        match = _SHAPE.fullmatch(text.strip())
        if match is None:
            raise FaultError(f"{text!r} is no fault; write PLACE:ACTION[=VALUE][xTIMES][%PERCENT].")
        place, action, value = match["place"], match["action"], match["value"]
        times = None if match["times"] is None else int(match["times"])
        if place in _ALIASES and action is None:
            place, action = _ALIASES[place]
        if place not in _ACTIONS:
            known = ", ".join([*_ACTIONS, *_ALIASES])
            raise FaultError(f"{place!r} is no place for a fault; there are: {known}.")
        percent = int(match["percent"] or _ALWAYS)
        if times == 0 or percent == 0:
            raise FaultError(f"{text!r} would never happen.")
        if percent > _ALWAYS:
            raise FaultError(f"{text!r}: nothing happens more often than every time.")
        fault = cls(place, action or "", value, times, percent)
        fault._check(text)
        return fault

    @property
    def status(self) -> int | None:
        """The HTTP status to answer with; None when the action is no status."""
        return int(self.action) if self.action.isdigit() else None

    @property
    def number(self) -> float:
        """The value as a number; 0 when there is none."""
        return float(self.value) if self.value else 0.0

    def _check(self, text: str) -> None:
        if self.status is not None and self.place in HTTP_PLACES:
            if not 400 <= self.status <= 599:
                raise FaultError(f"{text!r}: a failing status is 400 to 599.")
            if self.value is not None and not _is_number(self.value):
                raise FaultError(f"{text!r}: the seconds of Retry-After must be a number.")
            return
        if self.action not in _ACTIONS[self.place]:
            known = ", ".join(_ACTIONS[self.place])
            also = " or a status code" if self.place in HTTP_PLACES else ""
            raise FaultError(f"{text!r}: at {self.place} there are {known}{also}.")
        wants_value = self.action in (*_TEXT_VALUE, *_NUMBER_VALUE)
        if wants_value != (self.value is not None):
            raise FaultError(
                f"{text!r}: {self.action} {'needs a' if wants_value else 'has no'} value."
            )
        if self.action in _NUMBER_VALUE and not _is_number(self.value or ""):
            raise FaultError(f"{text!r}: {self.value!r} is no number.")


class Faults:
    """The faults of one running sandbox, each with the times it still has to happen.

    The same seed brings the same chances, request by request.
    """

    def __init__(self, faults: Iterable[Fault] = (), seed: int = 0) -> None:
        self._chance = random.Random(seed)
        self._faults = list(faults)
        self._remaining = [fault.times for fault in self._faults]

    def take(self, place: str, *actions: str) -> Fault | None:
        """The first fault due at this place, now used once.

        Args:
            place: Where the sandbox stands.
            actions: Only these; "status" stands for any status code. None given: any action.
        """
        for index, fault in enumerate(self._faults):
            if fault.place != place or self._remaining[index] == 0:
                continue
            kind = "status" if fault.status is not None else fault.action
            if actions and kind not in actions:
                continue
            if fault.percent < _ALWAYS and self._chance.randrange(_ALWAYS) >= fault.percent:
                continue
            remaining = self._remaining[index]
            if remaining is not None:
                self._remaining[index] = remaining - 1
            return fault
        return None


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?[0-9]{1,6}(\.[0-9]{1,6})?", text) is not None
