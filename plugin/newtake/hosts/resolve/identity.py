"""What finds a timeline item again in a later process: its key, as a compact text and as a value.

Whether an item keeps its unique id when a take is selected, or when the project is opened again, is
documented nowhere; so the key carries its place and its source in-point as well, and says which
other items are so alike that they could be taken for it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args
from urllib.parse import quote, unquote

Kind = Literal["plain", "render"]
"""Where the plate comes from, and with it where the take goes: "plain", the media's own file, and a
native take in the clip; "render", a render of Resolve's, and a take on a track above."""

_PLACE = re.compile(r"([VAS]\d{1,4})@(-?\d{1,10})\+(\d{1,10})/(-?\d{1,10})", re.ASCII)
_COPIES = re.compile(r"(?:[0-9a-f]{8}(?:,[0-9a-f]{8})*|\*)?", re.ASCII)
_COPIES_MAX = 12
MANY_COPIES = ("*",)
"""Of a clip with more copies than a key names."""


@dataclass(frozen=True, slots=True)
class ItemKey:
    """An item as it was when it was selected."""

    item: str
    """Unique id; empty where Resolve gave none."""
    timeline: str
    media: str
    """Unique id of the pool item that is restyled, not that of a take; empty without one."""
    track: str
    """V1, V2 ... from the bottom."""
    start: int
    """First record frame, the timeline's start timecode included."""
    duration: int
    """Record frames."""
    left: int
    """Media frame that the item shows first, counted from the media's first frame at its rate."""
    kind: Kind = "plain"
    copies: tuple[str, ...] = ()
    """`mark_of` each other item that showed the same media from the same frame on; or
    `MANY_COPIES`."""

    def __str__(self) -> str:
        """The key of the clip; `parse_key` reads it."""
        place = f"{self.track}@{self.start}+{self.duration}/{self.left}"
        uids = (quote(each, safe="-") for each in (self.item, self.media, self.timeline))
        copies = (",".join(self.copies),) if self.copies else ()
        return "|".join((self.kind, place, *uids, *copies))

    @property
    def known_by(self) -> tuple[str, ...]:
        """As `Clip.known_by` has it: its id stays when it is moved, its place when ids change.

        What a file's frames are is said beside a clip; a render is told by what it shows.
        """
        shown = f" {self.left}+{self.duration}" if self.kind == "render" else ""
        place = f"{self.media} at {self.track}@{self.start}+{self.duration}/{self.left}"
        names = (f"item {self.item}{shown}",) if self.item else ()
        return tuple(f"{self.kind} {each}" for each in (*names, place))


def parse_key(text: str) -> ItemKey:
    """The value of a key. Raises: ValueError for any other text."""
    parts = text.split("|")
    place = _PLACE.fullmatch(parts[1]) if len(parts) in (5, 6) else None
    copies = "".join(parts[5:])
    is_known = parts[0] in get_args(Kind) and _COPIES.fullmatch(copies)
    if place is None or not is_known or bool(copies) != (len(parts) == 6):
        raise ValueError(f"{text!r} is no key of a clip in DaVinci Resolve")
    item, media, timeline = (unquote(each) for each in parts[2:5])
    kind: Kind = "render" if parts[0] == "render" else "plain"
    track, start, duration, left = place.groups()
    return ItemKey(
        item,
        timeline,
        media,
        track,
        int(start),
        int(duration),
        int(left),
        kind,
        tuple(copies.split(",")) if copies else (),
    )


def mark_of(uid: str) -> str:
    """What stands for an item's id where only sameness counts."""
    return hashlib.sha256(uid.encode()).hexdigest()[:8]


def copies_of(uids: Iterable[str]) -> tuple[str, ...]:
    """`ItemKey.copies` for the ids of the items that are alike."""
    marks = tuple(sorted({mark_of(each) for each in uids}))
    return marks if len(marks) <= _COPIES_MAX else MANY_COPIES
