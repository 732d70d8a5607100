"""What a person does with a clip's takes, as changes of the clip."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from newtake.domain.files import TakeChange
from otio_newtake.removing import remove
from otio_newtake.takes import choose, star

Change = Callable[[Any, list[Any]], None]
"""Changes a clip in place, given the take clips that other tracks hold for it."""


def as_change(asked: TakeChange) -> Change:
    """The change that was asked for. It raises SelectionError where it cannot be made."""

    def change(clip: Any, above: Sequence[Any]) -> None:
        # What another change took off its track is no take any more.
        there = [item for item in above if item.parent() is not None]
        if asked.verb == "use":
            choose(clip, there, asked.take)
        elif asked.verb == "remove":
            remove(clip, there, asked.take)
        else:
            star(clip, there, asked.take, asked.verb == "star")

    return change
