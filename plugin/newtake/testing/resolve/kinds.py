"""The kinds of timeline item, and by what a script can tell them apart on a real Resolve.

Documented: GetType from 21.1, "transition" among its words. Observed: a transition enumerates from
21.0 on with empty properties and without a pool entry; titles, generators and adjustment clips have
no pool entry. Assumed: the other words of GetType, and the words of 'Type' for clips that
Resolve builds itself.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """How items of one kind show themselves."""

    track: str = "video"
    pool_type: str | None = None
    """The clip property 'Type' of what Resolve builds; None where the file's own says it."""
    has_media: bool = True
    fusion_comps: int = 0
    name: str = ""
    type_word: str = "video"
    """What GetType answers, from 21.1 on."""


KINDS = {
    "video": Kind(),
    "still": Kind(),
    "retimed": Kind(),
    "mixed_rate": Kind(),
    "offline": Kind(),
    "audio": Kind(track="audio", type_word="audio"),
    "compound": Kind(pool_type="Compound", type_word="compound"),
    "multicam": Kind(pool_type="Multicam", type_word="multicam"),
    "fusion_clip": Kind(pool_type="Fusion", fusion_comps=1, type_word="fusion"),
    "nested_timeline": Kind(pool_type="Timeline", type_word="timeline"),
    "title": Kind(has_media=False, name="Text", type_word="title"),
    "fusion_title": Kind(has_media=False, fusion_comps=1, name="Text+", type_word="title"),
    "fusion_composition": Kind(
        has_media=False, fusion_comps=1, name="Fusion Composition", type_word="fusion"
    ),
    "generator": Kind(has_media=False, name="Solid Color", type_word="generator"),
    "adjustment": Kind(has_media=False, name="Adjustment Clip", type_word="adjustment"),
    "transition": Kind(has_media=False, name="Cross Dissolve", type_word="transition"),
    "subtitle": Kind(track="subtitle", has_media=False, name="Subtitle", type_word="subtitle"),
}
