"""The numbers of the clips that hold takes, in a timeline as it is listed now."""

from __future__ import annotations

from pathlib import Path

from newtake.domain.take_places import TakePlace
from otio_newtake.listing import Listing
from otio_newtake.marks import labels_of, number_of, take_key, text_of
from otio_newtake.reading import look_at


def take_places(path: Path) -> dict[str, TakePlace]:
    """Label -> where the take with that label lies. Blocking; no media is looked for.

    Args:
        path: An .otio that New Take wrote; one without takes has none.

    Raises:
        TimelineError: The timeline cannot be read.
    """
    opened = look_at(path)
    found = opened.appearances()
    places: dict[str, TakePlace] = {}
    by_id: dict[str, int] = {}
    for number, row in Listing(opened, found, lambda _: True).numbered():
        by_id.setdefault(text_of(row.mark, "clip_id"), number)
        if hasattr(row.item, "media_references"):
            for label, (key, _) in labels_of(row.item).items():
                places.setdefault(label, TakePlace(number, key))
    for each in found:
        owner = by_id.get(text_of(each.mark, "take_of"))
        if owner is not None:
            for label, reference in labels_of(each.item).items():
                places.setdefault(label, TakePlace(owner, take_key(number_of(*reference))))
    return places
