"""Clips named as the timeline itself counts them, where an earlier run has split its output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from newtake import bootstrap
from newtake.domain.clip import Clip
from newtake.domain.errors import SelectionError
from newtake.domain.files import HostTarget
from newtake.domain.selection import Selection, select_clips


async def as_listed(selection: Selection, target: HostTarget) -> tuple[Selection, tuple[str, ...]]:
    """The selection with its clips by their numbers in the listing of the target's host.

    That one counts the clips of the output, once there is one; a person counts those of the
    timeline that was named, as `newtake clips` shows them.

    Returns:
        The selection, and a sentence for each clip that has another number there.
    Raises:
        SelectionError: There is no such clip, or it was split since; says what it became.
        TimelineError: The timeline cannot be read.
    """
    if not selection.clips or target.output == target.timeline or not target.output.exists():
        return selection, ()
    host = bootstrap.timeline_host(target)
    itself = bootstrap.timeline_host(replace(target, output=target.timeline))
    clips = await itself.clips()
    numbers, notes = [], []
    for entry in selection.clips:
        (clip,) = select_clips(clips, Selection(clips=(entry,), track=selection.track))
        became = await host.became(clip.key)
        if len(became) > 1:
            raise _split(clip, became, target)
        # One that is gone keeps its name, to be refused where the others are.
        now = became[0] if became else clip
        numbers.append(str(now.index))
        if now.index != clip.index:
            notes.append(
                f"Clip {clip.index} ({clip.name}) of {target.timeline.name} is clip {now.index} of "
                f"{target.output.name}, whose numbers stand here."
            )
    return replace(selection, clips=tuple(numbers)), tuple(notes)


def _split(clip: Clip, became: Sequence[Clip], target: HostTarget) -> SelectionError:
    pieces = ", ".join(f"{each.index} ({each.record})" for each in became)
    return SelectionError(
        f"Clip {clip.index} ({clip.name}) of {target.timeline.name} was split by an earlier run.",
        why=f"In {target.output.name} it is the clips {pieces}.",
        fix=f"Name them there: newtake plan {target.output.name} --clip {became[0].index}; or say "
        "--range IN-OUT; or begin anew with another --out.",
    )
