"""A draft begun anew from its timeline as another program has changed it, with all of its takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from newtake.bootstrap.draft_places import keep, target_place
from newtake.bootstrap.draft_standing import Carried
from newtake.bootstrap.draft_waiting import parking_of, told, waiting_takes
from newtake.domain.errors import HostError
from newtake.domain.files import HostTarget

if TYPE_CHECKING:
    from otio_newtake.unsaved import ClipChanges


def carry_changes(target: HostTarget, changes: Sequence[ClipChanges]) -> tuple[Carried, str]:
    """Make the changes again in the timeline as it is now; what finds no clip waits for one.

    To be called with the draft locked.

    Args:
        target: Of the draft.
        changes: What the draft has that the timeline it began with has not.

    Returns:
        What became of them, and SHA-256 of the timeline that the draft now begins with.

    Raises:
        TimelineError: The timeline cannot be read; the draft stays as it is.
        HostError: The draft cannot be written.
    """
    from otio_newtake.appearances import find_appearances
    from otio_newtake.carrying import carry
    from otio_newtake.drafting import base_sha256, begun, drop_bases
    from otio_newtake.outputs import base_afresh
    from otio_newtake.parking import held_in, park
    from otio_newtake.reading import sha256_of
    from otio_newtake.saving import end_draft
    from otio_newtake.unsaved import changes_since
    from otio_newtake.writing import write_draft

    draft, waiting = begun(target), waiting_takes(target)
    if not changes and not waiting:
        state = sha256_of(target.timeline)
        end_draft(target)
        return Carried(0, 0, (), ()), state
    # Two of them: one is changed.
    before = base_afresh(target)
    fresh = base_afresh(target)
    done = carry([*changes, *(each for each, _ in waiting)], fresh.timeline)
    park(parking_of(target), done.unplaced)
    if draft is not None:
        keep(target_place(target), draft.read_bytes(), ".otio", word="draft")
    meant = held_in(fresh.timeline)

    def check(written: Any) -> None:
        if meant - held_in(written):
            raise HostError(f"{target.draft} was not written: a take was not in it.")

    now = base_sha256(fresh.timeline)
    left = changes_since(before.appearances(), find_appearances(fresh.timeline))
    if left:
        write_draft(target, fresh, check)
        drop_bases(target, but=now)
    else:
        end_draft(target)
    return Carried(done.takes, done.others, told(done.unplaced), tuple(done.notes)), now
