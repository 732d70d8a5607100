"""Prove that a written timeline holds the take and left everything else of the clip as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from newtake.domain.errors import HostError
from newtake.domain.files import HostTarget, Layout, NewTake
from otio_newtake.absolute import moved
from otio_newtake.appearances import Appearance, find_appearances
from otio_newtake.marks import (
    is_take,
    labels_of,
    mark_of,
    number_of,
    original_of,
    take_key,
    text_of,
    url_of,
)


@dataclass(frozen=True, slots=True)
class Before:
    """What a take must leave as it was."""

    source_range: Any
    """Its own, or the media's where it has none."""
    original_key: str
    original_url: str

    @classmethod
    def of(cls, clip: Any) -> Before:
        key, reference = original_of(clip)
        span = clip.source_range
        if span is None and reference is not None:
            span = reference.available_range
        return cls(span, key, url_of(reference))

    def counted_from(self, frames: int, rate: Fraction) -> Before:
        """The same after `absolute.shift`."""
        span = self.source_range
        return self if span is None else replace(self, source_range=moved(span, frames, rate))


def held_take(found: Sequence[Appearance], label: str) -> tuple[str, int] | None:
    """Key and number of the take with this label, wherever it lies."""
    for each in found:
        if not hasattr(each.item, "media_references"):
            continue
        reference = labels_of(each.item).get(label)
        if reference is not None:
            number = number_of(*reference)
            above = bool(text_of(mark_of(each.item), "take_of"))
            return (take_key(number) if above else reference[0]), number
    return None


def check_written(
    reloaded: Any, *, take: NewTake, clip_id: str, before: Before, target: HostTarget
) -> None:
    """The take must be there and, except where it was to replace it, the original untouched."""
    clips = reloaded.find_clips()
    if not any(take.label in labels_of(clip) for clip in clips):
        raise HostError(f"{target.output} was not written: the take was not in it.")
    owners = [clip for clip in clips if text_of(mark_of(clip), "clip_id") == clip_id]
    if len(owners) > 1:
        # Copies inside nested timelines that show more than them are no clips of ours.
        found = [each.item for each in find_appearances(reloaded)]
        owners = [item for item in found if text_of(mark_of(item), "clip_id") == clip_id]
    if len(owners) != 1:
        raise HostError(f"{target.output} was not written: the clip was not in it once.")
    if target.layout is Layout.REPLACE:
        return
    (clip,) = owners
    if Before.of(clip).source_range != before.source_range:
        raise HostError(f"{target.output} was not written: the clip's range changed.")
    original = clip.media_references().get(before.original_key)
    if before.original_key and (original is None or is_take(before.original_key, original)):
        raise HostError(f"{target.output} was not written: the original was not in it.")
