"""What becomes of clips of which only a part is restyled: sentences under a plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from newtake.domain.clip import Clip
from newtake.domain.events import Order
from newtake.pipeline.planning import Plan
from newtake.pipeline.splits import Split, splits_of

_NAMED_CLIPS = 3
_NAMED_CUTS = 4


def parting_text(plan: Plan) -> str:
    """Where clips are split, or that they stay whole; empty where no part of one is meant."""
    orders = [entry.order for entry in plan.entries if entry.order is not None]
    cut_in = [order for order in orders if order.take_range is not None]
    return " ".join(
        [
            *_some([_split(each) for each in splits_of(plan.entries)], "split at its ranges' ends"),
            *_some([_cut_in(each) for each in cut_in], "left whole in the same way"),
        ]
    )


def _some(sentences: Sequence[str], otherwise: str) -> Iterable[str]:
    more = len(sentences) - _NAMED_CLIPS
    if more <= 1:
        return sentences
    return (*sentences[:_NAMED_CLIPS], f"{more} more, each {otherwise}.")


def _split(split: Split) -> str:
    cuts = [piece.record.label(piece.record.start) for piece in split.pieces[1:]]
    named = cuts
    if len(cuts) > _NAMED_CUTS + 1:
        named = [*cuts[:_NAMED_CUTS], f"{len(cuts) - _NAMED_CUTS} more places"]
    parts = "both" if len(split.pieces) == 2 else "all"
    kept = _kept(split.clip)
    keeps = f"; {parts} parts keep {kept}" if kept else ""
    return f"{_name(split.clip)} is split at {_listed(named)}{keeps}."


def _kept(clip: Clip) -> str:
    """The takes that a clip has. A take's number is told once, of its movie and its EXR frames."""
    numbers = sorted({take.number for take in clip.takes if take.number})
    if not numbers:
        return ""
    if len(numbers) == 1:
        return f"Take {numbers[0]}"
    return f"its {len(numbers)} takes"


def _cut_in(order: Order) -> str:
    clip = order.clip
    assert clip.whole is not None, "only of a part is a take's range given"
    restyled, whole = clip.source.duration, clip.whole.duration
    verb = "is" if restyled == 1 else "are"
    return (
        f"{_name(clip)} stays whole: of its take's {whole:,} frames {restyled:,} {verb} restyled, "
        "the others are the original's."
    )


def _name(clip: Clip) -> str:
    return clip.name or f"Clip {clip.index}"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
