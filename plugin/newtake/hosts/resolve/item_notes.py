"""What a person should know of an item beside whether it can be restyled; no full stops."""

from __future__ import annotations

from collections.abc import Sequence

from newtake.domain.clip import TakeSummary
from newtake.hosts.resolve.facts import ItemFacts, TimelineFacts
from newtake.hosts.resolve.refusals import is_transition


def state_notes(item: ItemFacts, timeline: TimelineFacts) -> list[str]:
    """That it does not show at the moment."""
    notes = []
    if not item.enabled:
        notes.append("it is disabled in the timeline")
    if not timeline.track_of(item).enabled:
        notes.append(f"its track {item.track_label} is switched off")
    return notes


def render_notes(
    item: ItemFacts, timeline: TimelineFacts, takes: Sequence[TakeSummary]
) -> list[str]:
    """What is in a render of it, whose takes are listed as these."""
    notes = []
    if item.selected_take > 1 and item.takes:
        notes.append(f"its {_shown(takes)} shows, and is what Resolve renders")
    touching = [
        each
        for each in timeline.bare_beside(item)
        if each.start < item.end and item.start < each.end
    ]
    if any(is_transition(each, timeline) for each in touching):
        notes.append("its transitions are rendered into it")
    return notes


def take_notes(item: ItemFacts, takes: Sequence[TakeSummary]) -> list[str]:
    """That what shows is not what is cut from its media; its takes are listed as these."""
    if item.selected_take <= 1 or not item.takes:
        return []
    return [f"its {_shown(takes)} shows; what is sent is its original"]


def _shown(takes: Sequence[TakeSummary]) -> str:
    return next((each.key for each in takes if each.selected), "another take")
