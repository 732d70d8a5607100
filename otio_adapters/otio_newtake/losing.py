"""Refuse what would lose takes: a replaced clip keeps nothing but the take that replaces it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from newtake.domain.errors import OutputError
from newtake.domain.files import HostTarget, Layout
from otio_newtake.appearances import Appearance, find_appearances
from otio_newtake.marks import labels_of, mark_of, text_of
from otio_newtake.reading import open_timeline
from otio_newtake.takes import summaries, track_takes


def refuse_losing_takes(place: Appearance, found: Sequence[Appearance], target: HostTarget) -> None:
    """See that a take would go into the clip and take none away that lies in no other timeline.

    A clip whose media a take replaced holds neither the original nor room for another take. A copy
    may lose what it was copied with: the timeline it is a copy of has that still.

    Args:
        place: The clip, as the output has it.
        found: Everything that the output holds.
        target: The timeline, the output and the layout.

    Raises:
        OutputError: The clip is replaced already, or was to be replaced and has such takes.
        TimelineError: The timeline cannot be read.
    """
    # A draft is spoken of as the file that it is of.
    file = (target.output if target.draft is None else target.timeline).name
    if mark_of(place.item).get("original_url") is not None:
        raise OutputError(
            f"{place.item.name!r} is replaced by a take in {file} already.",
            why="The layout `replace` holds one take of a clip and no original.",
            fix="Choose another place with --out, or --layout takes in a new file.",
        )
    if target.layout is not Layout.REPLACE:
        return
    own = text_of(mark_of(place.item), "clip_id")
    above = track_takes(own, (each.item for each in found))
    if not summaries(place.item, above):
        return
    lost = _labels([place.item, *above])
    if target.draft is None and target.output.resolve() != target.timeline.resolve():
        kept = find_appearances(open_timeline(target.timeline, target.edl_rate).timeline)
        lost -= _labels([each.item for each in kept])
        if not lost:
            return
    raise OutputError(
        f"{place.item.name!r} has takes in {file}, and the layout `replace` would "
        "remove them and the original.",
        fix="Choose another file with --out, or --layout takes or track.",
    )


def _labels(items: Sequence[Any]) -> set[str]:
    return {
        label for item in items if hasattr(item, "media_references") for label in labels_of(item)
    }
