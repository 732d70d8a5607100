"""Faults on request: what the sandbox breaks on purpose, where, and how many times.

Grammar of one fault: `PLACE[:ACTION[=VALUE]][xTIMES][%PERCENT]`, for example `submit:503`,
`poll:500x3`, `submit:delay=5`, `render:fail=no such look`, `stuck`, `poll:502%10`. Without `xTIMES`
it happens every time, with `%PERCENT` that often by chance. A value that itself ends in `x` or `%`
and digits needs its own `xTIMES` or `%100`.

At every HTTP place: a status code (`=SECONDS` sets Retry-After), `drop` (the connection is cut
before the request is acted on) and `delay=SECONDS`. The other actions are in `_ACTIONS`.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

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
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
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

    A chance depends on the seed, the fault, what the request is about and how many of it came
    before, and on nothing else: not on what else goes on. So with the same seed the third look at
    the generation of one plate has the same luck in every run, however many run side by side.
    Where requests do not say what they are about (uploads, listings) their order decides, and so
    it does for a fault that has both a chance and `xTIMES`.
    """

    def __init__(self, faults: Iterable[Fault] = (), seed: int = 0) -> None:
        self._seed = seed
        self._faults = list(faults)
        self._remaining = [fault.times for fault in self._faults]
        self.happened: Counter[Fault] = Counter()
        """How often each of them was used."""
        self._drawn: Counter[tuple[int, str]] = Counter()
        self._names: dict[str, str] = {}
        self._named: Counter[str] = Counter()

    def call(self, generation_id: str, name: str) -> None:
        """Tell a generation by a name that is the same in every run, which its id is not."""
        self._named[name] += 1
        self._names[generation_id] = f"{name}#{self._named[name]}"

    def take(self, place: str, *actions: str, about: str = "") -> Fault | None:
        """The first fault due at this place, now used once.

        Args:
            place: Where the sandbox stands.
            actions: Only these; "status" stands for any status code. None given: any action.
            about: What the request is about: its path, or a generation's id.
        """
        about = _ID.sub(lambda found: self._names.get(found[0], found[0]), about)
        for index, fault in enumerate(self._faults):
            if fault.place != place or self._remaining[index] == 0:
                continue
            kind = "status" if fault.status is not None else fault.action
            if actions and kind not in actions:
                continue
            if fault.percent < _ALWAYS and self._draw(index, about) >= fault.percent:
                continue
            remaining = self._remaining[index]
            if remaining is not None:
                self._remaining[index] = remaining - 1
            self.happened[fault] += 1
            return fault
        return None

    def end(self) -> None:
        """Nothing goes wrong any more."""
        self._remaining = [0 for _ in self._faults]

    def _draw(self, index: int, about: str) -> int:
        """From 0 to 99: the next chance of a fault for what a request is about."""
        fault = self._faults[index]
        self._drawn[index, about] += 1
        drawn = (self._seed, fault.place, fault.action, fault.value, about)
        text = repr((*drawn, self._drawn[index, about]))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % _ALWAYS


def plate_of(parameters: Mapping[str, Any]) -> str:
    """What a submission is about: the path of its video, without the signature of a link."""
    url = parameters.get("input_video")
    try:
        return urlsplit(url).path if isinstance(url, str) else ""
    except ValueError:
        return ""


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?[0-9]{1,6}(\.[0-9]{1,6})?", text) is not None
