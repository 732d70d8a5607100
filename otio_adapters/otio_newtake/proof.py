"""Prove that a written timeline holds its takes and left all else of their clips as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from newtake.domain.errors import HostError
from newtake.domain.files import HostTarget, Layout
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


@dataclass(frozen=True, slots=True)
class Proof:
    """What has to be found of a take that was laid into a clip."""

    label: str
    """The take's."""
    clip_id: str
    """The clip's."""
    before: Before


def held_takes(found: Sequence[Appearance]) -> dict[str, tuple[str, int]]:
    """Label -> key and number, of every take wherever it lies."""
    held: dict[str, tuple[str, int]] = {}
    for each in found:
        if not hasattr(each.item, "media_references"):
            continue
        for label, (key, reference) in labels_of(each.item).items():
            number = number_of(key, reference)
            above = bool(text_of(mark_of(each.item), "take_of"))
            held.setdefault(label, (take_key(number) if above else key, number))
    return held


def check_written(reloaded: Any, *, proofs: Sequence[Proof], target: HostTarget) -> None:
    """The takes must be there and, except where they were to replace it, each original untouched.

    Raises: HostError, TimelineError.
    """
    clips = reloaded.find_clips()
    labels = {label for clip in clips for label in labels_of(clip)}
    owners = _by_id(clips)
    if any(len(owners.get(each.clip_id, ())) > 1 for each in proofs):
        # Copies inside nested timelines that show more than them are no clips of ours.
        owners = _by_id([each.item for each in find_appearances(reloaded)])
    for proof in proofs:
        if proof.label not in labels:
            raise HostError(f"{target.output} was not written: the take was not in it.")
        own = owners.get(proof.clip_id, ())
        if len(own) != 1:
            raise HostError(f"{target.output} was not written: the clip was not in it once.")
        if target.layout is not Layout.REPLACE:
            _check_original(own[0], proof.before, target)


def _by_id(clips: Sequence[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for clip in clips:
        found.setdefault(text_of(mark_of(clip), "clip_id"), []).append(clip)
    return found


def _check_original(clip: Any, before: Before, target: HostTarget) -> None:
    if Before.of(clip).source_range != before.source_range:
        raise HostError(f"{target.output} was not written: the clip's range changed.")
    original = clip.media_references().get(before.original_key)
    if before.original_key and (original is None or is_take(before.original_key, original)):
        raise HostError(f"{target.output} was not written: the original was not in it.")
