"""Finds the clip that was chosen on the timeline as it stands now, and never another in its stead.

An editor cuts, copies, moves and deletes while a take is made, and a ripple delete puts the next
clip where the chosen one lay. So a clip is only what its id, the job's own mark or its exact place
proves; where none of them does, nobody is it, and the reason is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newtake.domain.errors import HostError
from newtake.hosts.resolve.facts import ItemFacts
from newtake.hosts.resolve.identity import MANY_COPIES, ItemKey, mark_of
from newtake.hosts.resolve.spans import in_point, in_points
from newtake.hosts.resolve.standing import marked_for, original_of

GONE = "the clip is gone from the timeline"


@dataclass(frozen=True, slots=True)
class Search:
    """The clip, or why it is not known which one it is."""

    item: ItemFacts | None
    why: str = ""
    """Empty where it was found."""


def find_item(key: ItemKey, job_id: str, items: Sequence[ItemFacts]) -> ItemFacts | None:
    """As `find`, for those who need no reason."""
    return find(key, job_id, items).item


def find(key: ItemKey, job_id: str, items: Sequence[ItemFacts]) -> Search:
    """The item that a key means: by its id, else by the job's mark, else by its exact place.

    Whether an item keeps its id when a take is selected, when it is cut or when its project is
    opened again is documented nowhere.

    Args:
        key: The clip as it was chosen.
        job_id: Whose mark may be on it; empty where no job has begun.
        items: Every item of the timeline's video tracks.
    """
    same = [each for each in items if key.item and each.uid == key.item]
    if len(same) == 1:
        return Search(same[0])
    if same:
        return _one_in_place(key, same, "clips have the id of the one that was chosen")
    marked = [each for each in items if job_id and marked_for(each, job_id, key.item)]
    if len(marked) == 1:
        return Search(marked[0])
    if marked:
        return _one_in_place(key, marked, "clips carry the mark of this take: it was cut or copied")
    there = [each for each in items if _is_in_place(key, each)]
    if len(there) == 1 and _is_no_copy(key, there[0], items):
        return Search(there[0])
    if there:
        text = f"{GONE}; what lies in its place may be another clip of the same frames"
        return Search(None, text)
    end = key.start + key.duration
    if any(
        key.media
        and original_of(each) == key.media
        and f"V{each.track}" == key.track
        and each.start < end
        and key.start < each.end
        for each in items
    ):
        text = f"{GONE}; another clip of its media, which was not chosen, lies there now"
        return Search(None, text)
    return Search(None, GONE)


def _one_in_place(key: ItemKey, found: Sequence[ItemFacts], text: str) -> Search:
    there = [each for each in found if _is_in_place(key, each)]
    if len(there) == 1:
        return Search(there[0])
    return Search(None, f"{len(found)} {text}, and which of them is meant cannot be told")


def _is_in_place(key: ItemKey, item: ItemFacts) -> bool:
    """Whether an item lies exactly where the clip lay, and shows the same frames."""
    return (
        bool(key.media)
        and original_of(item) == key.media
        and (f"V{item.track}", item.start, item.duration) == (key.track, key.start, key.duration)
        and key.left in in_points(item)
    )


def _is_no_copy(key: ItemKey, item: ItemFacts, items: Sequence[ItemFacts]) -> bool:
    """Whether an item in the clip's place is surely none of those that were like the clip.

    A copy slides there when the clip is deleted; so all of them must still be there, beside it.
    """
    if key.copies == MANY_COPIES:
        return False
    marks = {mark_of(each.uid) for each in items if each is not item}
    return mark_of(item.uid) not in key.copies and marks.issuperset(key.copies)


def refuse_changed(key: ItemKey, item: ItemFacts) -> None:
    """Raise HostError where the item shows other media or frames than when it was chosen."""
    if original_of(item) != key.media:
        raise HostError(
            f"The media of the clip {item.name} was replaced after it was chosen.",
            why="It shows other media now; nothing was sent.",
            fix="Choose the clip again as it is now, and cancel a job that waits for it as it was.",
        )
    left = in_point(item, key.left)
    if (left, item.duration) == (key.left, key.duration):
        return
    raise HostError(
        f"The clip {item.name} was trimmed or slipped after it was chosen.",
        why=f"It showed {key.duration} frames from {key.left} of its media on, "
        f"and shows {item.duration} from {left} on; nothing was sent.",
        fix="Choose the clip again as it is now, and cancel a job that waits for it as it was.",
    )
