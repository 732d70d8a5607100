"""Says why a strip cannot be restyled, each with a message of its own and what to do instead."""

from __future__ import annotations

from newtake.domain.clip import Refusal, RefusalReason
from newtake.hosts.blender.facts import Media, Sequencer, Strip

_KINDS = {
    "SOUND": (
        RefusalReason.AUDIO,
        "it is sound; choose the picture above it, its sound stays as it is",
    ),
    "TEXT": (RefusalReason.TITLE, "it is text, which Blender draws; choose the picture below it"),
    "COLOR": (RefusalReason.GENERATOR, "it is a colour, which Blender draws, and no footage"),
    "SCENE": (
        RefusalReason.NESTED,
        "it is a scene, which Blender renders; render it to a movie and choose that",
    ),
    "MASK": (RefusalReason.GENERATOR, "it is a mask, and no footage"),
    "MOVIECLIP": (
        RefusalReason.UNSUPPORTED,
        "it is a movie clip of the clip editor, with its stabilisation; add its file as a movie "
        "and choose that",
    ),
    "META": (
        RefusalReason.COMPOUND,
        "it is a meta strip; open it with Tab and choose the strips in it, or ungroup it",
    ),
    "ADJUSTMENT": (
        RefusalReason.ADJUSTMENT,
        "it is an adjustment layer; choose the strips below it, whose takes it goes on changing",
    ),
    "MULTICAM": (
        RefusalReason.MULTICAM,
        "it is a multicam selector; choose the strip that it shows, on the channel of that camera",
    ),
    "SPEED": (
        RefusalReason.RETIMED,
        "it is a speed effect; the frames that it shows are not known before Blender draws them",
    ),
}
_TRANSITIONS = ("CROSS", "GAMMA_CROSS", "WIPE")
_RENDER_IT = "render it to a movie and choose that"


def kind_refused(strip: Strip, sequencer: Sequencer) -> Refusal | None:
    """Why a strip of this kind is not restyled; None for movies and images."""
    if strip.is_take:
        label = strip.name
        if sequencer.strip(strip.take_of) is None:
            text = (
                f"it is the take {label!r} of a strip that was deleted; undo that, or use its file"
            )
        else:
            text = "it is a take; choose the original below it"
        return Refusal(RefusalReason.UNSUPPORTED, text)
    if strip.media is not None:
        return None
    if strip.kind in _KINDS:
        return Refusal(*_KINDS[strip.kind])
    if strip.kind in _TRANSITIONS:
        return Refusal(
            RefusalReason.TRANSITION,
            f"it is a transition ({_word(strip.kind)}), and no footage",
        )
    return Refusal(
        RefusalReason.UNSUPPORTED,
        f"it is an effect ({_word(strip.kind)}), which Blender draws of other strips; choose those",
    )


def use_refused(strip: Strip, sequencer: Sequencer) -> Refusal | None:
    """Why a movie or images cannot be restyled for how they are used; None where they can."""
    if strip.locked:
        return Refusal(
            RefusalReason.LOCKED, "it is locked, or its channel is; unlock it in Blender"
        )
    users = [user for uid in strip.used_by if (user := sequencer.strip(uid)) is not None]
    for user in users:
        if user.kind == "SPEED":
            return Refusal(
                RefusalReason.RETIMED,
                f"the speed effect {user.name!r} retimes it; {_RENDER_IT}",
            )
        if user.kind in _TRANSITIONS:
            return Refusal(
                RefusalReason.TRANSITION,
                f"the transition {user.name!r} is made of it and would go on showing the original; "
                "delete the transition, and add it again between the takes",
            )
        return Refusal(
            RefusalReason.UNSUPPORTED,
            f"the effect {user.name!r} is made of it and would go on showing the original; delete "
            "the effect, and add it again on the take",
        )
    return None


def timing_refused(media: Media) -> Refusal | None:
    """Why the frames that a strip shows cannot be had; None where each is known."""
    if media.retimed:
        return Refusal(
            RefusalReason.RETIMED,
            f"it has retiming keys, between which its speed changes; {_RENDER_IT}",
        )
    if media.reverse:
        return Refusal(RefusalReason.RETIMED, f"it plays backwards; {_RENDER_IT}")
    if media.speed is None or media.step is None:
        return Refusal(RefusalReason.RETIMED, f"its speed varies; {_RENDER_IT}")
    if media.step <= 0:
        return Refusal(RefusalReason.RETIMED, "it stands still; a freeze frame has no motion")
    if media.speed != 1 and not media.exact:
        return Refusal(
            RefusalReason.RETIMED,
            f"it plays at {media.speed:g} times its speed, and which frames this Blender shows "
            f"then is not known exactly; {_RENDER_IT}",
        )
    return None


def media_refused(strip: Strip, media: Media) -> Refusal | None:
    """Why a strip's files cannot be sent; None where they can."""
    if media.missing:
        return Refusal(
            RefusalReason.OFFLINE,
            f"its media is offline: there is no {media.path}; bring it back, or relink it in "
            "Blender",
        )
    if strip.kind == "IMAGE" and len(media.names) < 2:
        return Refusal(RefusalReason.STILL, "it is a still image, and no footage")
    if strip.kind == "MOVIE" and media.rate is None:
        return Refusal(
            RefusalReason.UNKNOWN_RATE,
            f"Blender cannot open {media.path}, or knows no frame rate of it",
        )
    if media.views:
        return Refusal(RefusalReason.UNSUPPORTED, "it is stereoscopic, with a picture for each eye")
    if media.stream:
        return Refusal(
            RefusalReason.UNSUPPORTED,
            f"it shows stream {media.stream} of its file, and the first one is what is read",
        )
    if strip.duration < 1:
        return Refusal(RefusalReason.EMPTY, "it has no frames")
    if media.held:
        return Refusal(
            RefusalReason.OUTSIDE_MEDIA,
            "it is longer than its media and stands still at an end; trim it to its media",
        )
    return None


def sequence_refused(media: Media) -> Refusal:
    """For images that are no numbered sequence."""
    return Refusal(
        RefusalReason.IMAGE_SEQUENCE,
        f"its {len(media.names)} images are no sequence whose numbers go up by one, such as "
        "name_0001 to name_0120; number them so",
    )


def _word(kind: str) -> str:
    return kind.replace("_", " ").lower()
