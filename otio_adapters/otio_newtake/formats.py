"""The timeline formats that are not OpenTimelineIO's own: who reads and writes each, what it loses.

What is said of each was measured with opentimelineio 0.18.1 and the versions of the adapters that
the extra `newtake[formats]` asks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

EXTRA = "newtake[formats]"


@dataclass(frozen=True, slots=True)
class Format:
    """One format as its adapter for OpenTimelineIO handles it."""

    suffix: str
    words: str
    adapter: str
    """The adapter's name in OpenTimelineIO."""
    loses: tuple[str, ...]
    """What it cannot carry, whatever the timeline holds; clauses."""
    tracks: bool = True
    """Whether it holds more than one picture track."""
    from_zero: bool = False
    """Whether its readers count every media from its first frame, whatever its timecode."""
    fractional_rates: bool = True
    """Whether rates such as 24000/1001 survive it."""
    retimes: bool = False
    dissolves: bool = True
    options: Mapping[str, object] = field(default_factory=dict)
    """For the adapter, when it writes."""


_ALWAYS = "how a take was made stays in its sidecar and in the .otio beside it"
FORMATS = {
    each.suffix: each
    for each in (
        Format(".xml", "Final Cut Pro 7 XML", "fcp_xml", (_ALWAYS,)),
        Format(
            ".fcpxml",
            "Final Cut Pro X XML",
            "fcpx_xml",
            (_ALWAYS, "the record timecode starts at zero"),
            fractional_rates=False,
            dissolves=False,
        ),
        Format(
            ".edl",
            "a CMX 3600 EDL",
            "cmx_3600",
            (_ALWAYS, "an EDL holds one picture track and no frame rate"),
            tracks=False,
            dissolves=False,
            options={"reelname_len": 32},
        ),
        Format(
            ".aaf",
            "AAF",
            "AAF",
            (_ALWAYS,),
            dissolves=False,
            options={"use_empty_mob_ids": True},
        ),
        Format(
            ".kdenlive",
            "a Kdenlive project",
            "kdenlive",
            (_ALWAYS, "the record timecode starts at zero"),
            from_zero=True,
            dissolves=False,
        ),
    )
}


def format_of(path: Path) -> Format | None:
    """The format that a file's name says; None for OpenTimelineIO's own and for what is unknown."""
    return FORMATS.get(path.suffix.lower())
