"""Says why an item cannot be restyled, each with a message of its own and what to do instead.

Kinds of item are told apart by `GetType` (21.1), by the clip property 'Type', by whether there is
media and a file, and by overlap: on a track nothing overlaps but a transition. Words of `GetType`
other than "transition", and those of 'Type', are documented nowhere, and may be translated: what is
not recognised by its words is by what it lacks.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from newtake.domain.clip import Refusal, RefusalReason
from newtake.domain.timing import display_rate
from newtake.hosts.resolve.facts import ItemFacts, MediaFacts, TimelineFacts

RENDER_INSTEAD = "`--from render` renders it in Resolve, and the take goes on a track above"
RAW_SUFFIXES = frozenset(
    (".r3d", ".braw", ".ari", ".arx", ".crm", ".rmf", ".nev", ".cine", ".dng", ".krw", ".vrw")
)
"""Camera formats that Resolve develops and ffmpeg does not, or develops otherwise."""

_BUILT = {
    "compound": (RefusalReason.COMPOUND, "it is a compound clip"),
    "multicam": (RefusalReason.MULTICAM, "it is a multicam clip"),
    "fusion": (RefusalReason.FUSION, "it is a Fusion clip"),
    "timeline": (RefusalReason.NESTED, "it is a nested timeline"),
}
_GENERATORS = frozenset(
    (
        "10 step",
        "100mv steps",
        "ebu color bar",
        "four color gradient",
        "grey scale",
        "smpte color bar",
        "solid color",
        "window",
        "ycbcr ramp",
    )
)
_TITLES = frozenset(("text", "text+", "scroll", "subtitle", "left lower third", "lower third"))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why the media's file cannot be used, and whether a render of Resolve's could be."""

    refusal: Refusal
    can_render: bool = False


def kind_refused(item: ItemFacts, timeline: TimelineFacts) -> Verdict | None:
    """Why an item of this kind is not restyled from its file; None for one that shows a file."""
    if item.track_type == "audio":
        return _refused(
            RefusalReason.AUDIO,
            "it is sound; select the picture above it, its sound stays as it is",
        )
    if item.track_type == "subtitle":
        return _refused(RefusalReason.UNSUPPORTED, "it is a subtitle; select a clip with a picture")
    if is_transition(item, timeline):
        return _refused(
            RefusalReason.TRANSITION,
            "it is a transition; select the clips on its sides, and it stays between their takes",
        )
    if is_take_on_track(item, timeline):
        return _refused(
            RefusalReason.UNSUPPORTED,
            "it is a take of New Take's on a track of its own; select the clip under it",
        )
    media = timeline.media.get(item.media)
    word = "" if media is None else media.text("Type").lower()
    for name, (reason, text) in _BUILT.items():
        if name in word or name in item.type_word:
            if media is None and reason is RefusalReason.FUSION:
                text = "it is a Fusion composition without media"
            return _refused(reason, f"{text}; {RENDER_INSTEAD}", can_render=True)
    if media is None:
        return _without_media(item)
    if not media.path:
        what = f"a clip of the type {media.text('Type')!r}" if word else "a clip that Resolve built"
        return _refused(
            RefusalReason.NOT_A_FILE,
            f"it is {what}, which has no file; {RENDER_INSTEAD}",
            can_render=True,
        )
    return None


def is_transition(item: ItemFacts, timeline: TimelineFacts) -> bool:
    """Whether it is one of the transitions that are listed among the items from 21.0 on."""
    if item.type_word:
        return item.type_word == "transition"
    if item.media or item.track_type != "video":
        return False
    return any(
        other is not item and other.start < item.end and item.start < other.end
        for other in timeline.beside(item)
    )


def is_take_on_track(item: ItemFacts, timeline: TimelineFacts) -> bool:
    """Whether it is a take that was placed above its clip, and no clip of the editor's."""
    media = timeline.media.get(item.media)
    return not item.takes and media is not None and media.label is not None


def media_refused(media: MediaFacts, timeline: TimelineFacts) -> Verdict | None:
    """Why a media's file cannot be cut for this timeline; None for one that can."""
    suffix = PurePath(media.path.replace("\\", "/")).suffix.lower()
    codec = media.text("Video Codec")
    if suffix in RAW_SUFFIXES or "RAW" in codec.upper():
        what = f"{codec or suffix.lstrip('.').upper()} camera raw, which Resolve has to develop"
        return _refused(RefusalReason.UNSUPPORTED, f"it is {what}; {RENDER_INSTEAD}", True)
    if media.text("Type").lower() == "still" or media.frames == 1:
        text = f"it is a still, and the model takes moving pictures; {RENDER_INSTEAD}"
        return _refused(RefusalReason.STILL, text, can_render=True)
    if media.rate is None:
        text = f"its media does not say its frame rate (FPS reads {media.text('FPS')!r})"
        return _refused(RefusalReason.UNKNOWN_RATE, f"{text}; {RENDER_INSTEAD}", can_render=True)
    if media.rate != timeline.rate:
        text = (
            f"its media runs at {display_rate(media.rate)}, the timeline at "
            f"{display_rate(timeline.rate)}: which media frame shows when, Resolve does not say "
            f"exactly; {RENDER_INSTEAD}"
        )
        return _refused(RefusalReason.MIXED_RATE, text, can_render=True)
    return None


def locked(item: ItemFacts) -> Refusal:
    text = f"its track {item.track_label} is locked; unlock it in Resolve"
    return Refusal(RefusalReason.LOCKED, text)


def retimed(text: str) -> Verdict:
    return _refused(RefusalReason.RETIMED, f"it is retimed ({text}); {RENDER_INSTEAD}", True)


def timing_unknown(why: str) -> Refusal | None:
    """None where nothing speaks of not knowing."""
    if not why:
        return None
    return Refusal(RefusalReason.RETIMED, f"it may be retimed: {why}; {RENDER_INSTEAD}")


def _without_media(item: ItemFacts) -> Verdict:
    name, word = item.name.strip().lower(), item.type_word
    if "adjustment" in word or name == "adjustment clip":
        return _refused(
            RefusalReason.ADJUSTMENT,
            "it is an adjustment clip, which has no picture of its own; restyle the clips under it",
        )
    if name == "fusion composition":
        text = f"it is a Fusion composition without media; {RENDER_INSTEAD}"
        return _refused(RefusalReason.FUSION, text, can_render=True)
    if "title" in word or name in _TITLES or name.endswith("lower third"):
        return _refused(
            RefusalReason.TITLE,
            "it is a title, and the model would give it back as an opaque picture; to restyle it "
            "with what lies under it, make a compound clip of both and use `--from render`",
        )
    if "generator" in word or name in _GENERATORS:
        return _refused(
            RefusalReason.GENERATOR,
            "it is a generator and has no media; make a compound clip of it and use "
            "`--from render`",
        )
    return _refused(
        RefusalReason.NO_MEDIA,
        "it has no media in the pool, as titles, generators and effects have none; make a compound "
        "clip of it and use `--from render`",
    )


def _refused(reason: RefusalReason, text: str, can_render: bool = False) -> Verdict:
    return Verdict(Refusal(reason, text), can_render)
