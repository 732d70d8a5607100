"""What nobody has measured of a real Resolve, as switches: the default is the worse case."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

MEASURED_TAKE_KINDS = frozenset({"video", "still"})
"""Items that somebody has seen a take added to."""


@dataclass(repr=False)
class Quirks:
    """Each field is one open question; a test sets the answer that it wants to survive."""

    def __repr__(self) -> str:
        """What is not the default, the same in every process: it names the tests that use it."""
        unlike = [
            f"{each.name}={sorted(value) if isinstance(value, frozenset) else value!r}"
            for each in fields(self)
            if (value := getattr(self, each.name)) != each.default
        ]
        return f"Quirks({', '.join(unlike)})"

    take_after_add: Literal["unchanged", "new"] = "unchanged"
    """Which take AddTake leaves selected."""
    take_kinds: frozenset[str] = MEASURED_TAKE_KINDS
    """Kinds of item on which AddTake works; elsewhere it gives False."""
    unequal_take: Literal["ripple", "keep", "refuse"] = "ripple"
    """What selecting a take of another length does to item and timeline."""
    hidden_takes: frozenset[int] = frozenset()
    """Numbers of takes that are counted and of which nothing is told."""
    sequence_take_origin: Literal["zero", "number"] = "zero"
    """Whether AddTake counts an image sequence from 0 or from its first file's number."""
    item_id_changes: bool = False
    """Whether the item has another unique id after a take was selected."""
    add_take_lies: bool = False
    """AddTake says True and adds nothing."""
    reimport: Literal["new", "same"] = "new"
    """Whether a path that is in the pool becomes a second entry."""
    new_bin_is_current: bool = True
    deliver_clears_marks: bool = True
    timeline_switch_kills_items: bool = False
    """Whether item handles go stale when another timeline becomes current."""
    colour_space_sticks: bool = True
    """Whether 'Input Color Space' can be set in a colour-managed project."""
    frame_rate_sticks: bool = True
    """Whether 'FPS' of an image sequence can be set."""
    look_stays: bool = True
    """Whether grade, versions, compositions and inspector stay when another take shows."""
    otio_takes: Literal["selected", "all"] = "selected"
    """Which takes of a clip an exported OTIO has."""
    export_fails: bool = False
    """Whether Timeline.Export gives False."""
    item_marker_origin: Literal["media", "item"] = "media"
    """What an item's marker counts from."""
    pool_mark_out: Literal["inclusive", "exclusive"] = "inclusive"
    """Whether the frame of an out mark still belongs to what is marked."""
    render_mark_out: Literal["inclusive", "exclusive"] = "inclusive"
    """The same of the Deliver page's MarkOut."""
    other_timeline_answers: bool = False
    """Whether takes are counted on a timeline that is not current."""
    drop_frame_numbers: Literal["dropped", "nominal"] = "dropped"
    """Which number the first frame of a drop-frame timeline has: of 01:00:00;00 at 29.97 it is
    107892, or 108000, as if no label were left out."""
    source_start_slips: bool = True
    """Whether GetSourceStartFrame is one too small for some items."""
    reload_changes_item_ids: bool = False
    """Whether items have other unique ids once their project was closed and opened again."""
    render_polls: int = 3
    """Status questions until a render is finished."""
    render_start_polls: int = 0
    """Status questions until a job that was started says so, and Resolve that it renders."""
    render_folder_spelling: Literal["as given", "with a slash"] = "as given"
    """How the queue lists the folder of a job."""
    render_suffix: str = ""
    """What the Deliver page appends to the custom name."""
    render_fails: str = ""
    """The error text of every render job; none fails while it is empty."""
