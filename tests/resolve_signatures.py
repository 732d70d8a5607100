"""Finds recorded calls of Resolve's API in its documents: the vendor's, as data, and PyPI's stubs.

The data is read here by itself: what judges the calls shares no code with the fake and the bridge.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files

from newtake.testing.resolve import RecordedCall
from resolve_stubs import stub_classes

STUBS_ARE_OF = (21, 0)
NEWER_THAN_THE_STUBS = {
    "Timeline.GetSelectedClips": "the document of 21.0.4 was the first to list it",
    "Timeline.GetSettings": "21.1 put it in the place of GetSetting",
    "Project.GetSettings": "21.1 put it in the place of GetSetting",
    "TimelineItem.GetProperties": "21.1 put it in the place of GetProperty",
    "TimelineItem.GetSpeed": "21.1 was the first to tell speeds",
    "TimelineItem.GetType": "21.1 was the first to tell kinds of items",
}
"""Methods that New Take calls and the stubs, which are of 21.0, cannot have; each with the reason.

They are found in the vendor's documents alone.
"""
FEWER_THAN_IN_THE_STUBS = {
    **{
        f"TimelineItem.{name}": "the vendor's documents have its argument as optional from 19.1 on "
        "and do not have it before; the stubs, written by hand, want it"
        for name in ("GetStart", "GetEnd", "GetDuration", "GetLeftOffset", "GetRightOffset")
    },
    "Timeline.AddTrack": 'the vendor, and the stubs\' own words: "optional argument subTrackType"',
}
"""Methods that New Take calls with fewer arguments than the stubs want, with the reason."""


@dataclass(frozen=True)
class Documents:
    """Both sources."""

    vendor: dict[str, dict[str, dict[str, str]]]
    stubs: dict[str, dict[str, set[tuple[int, int]]]]

    @classmethod
    def read(cls) -> Documents:
        text = files("newtake").joinpath("hosts/resolve/api.json").read_text(encoding="utf-8")
        return cls(json.loads(text)["classes"], stub_classes())

    def complaints(self, calls: Iterable[RecordedCall]) -> list[str]:
        """What is wrong with the calls, each once; empty where every call is documented."""
        shapes = {(one.class_name, one.method, len(one.args), one.version) for one in calls}
        found = (self._complaint(*shape) for shape in sorted(shapes))
        return [text for text in found if text]

    def _complaint(self, class_name: str, method: str, given: int, version: str) -> str:
        name = f"{class_name}.{method}"
        fact = self.vendor.get(class_name, {}).get(method)
        if fact is None:
            return f"{name} is in no document of the vendor's"
        at = _numbers(version)
        last = fact.get("last")
        if _numbers(fact["since"]) > at or (last and at[: len(_numbers(last))] > _numbers(last)):
            return f"{name} is not in the document of {version}"
        if not int(fact["least"]) <= given <= int(fact["most"]):
            return f"{name} takes {fact['least']} to {fact['most']} arguments, not {given}"
        forms = self.stubs.get(class_name, {}).get(method)
        if forms is None:
            is_newer = _numbers(fact["since"]) > STUBS_ARE_OF and name in NEWER_THAN_THE_STUBS
            return "" if is_newer else f"{name} is not in the stubs"
        if name in FEWER_THAN_IN_THE_STUBS:
            forms = {(0, most) for _, most in forms}
        if not any(least <= given <= most for least, most in forms):
            return f"{name} takes {sorted(forms)} arguments in the stubs, not {given}"
        return ""


def _numbers(version: str) -> tuple[int, ...]:
    numbers = [int(part) for part in version.split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
