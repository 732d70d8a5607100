"""What takes are coded as: asked for, or chosen by what the timeline's readers can open.

DaVinci Resolve's free edition for Linux opens no H.264 or H.265; its makers' list of codecs and
users' reports agree. ProRes and DNxHR in MOV it opens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from newtake.domain.choices import Codec
from newtake.domain.files import Profile

CODEC_TEXTS: Mapping[Codec, str] = MappingProxyType(
    {
        "copy": "the result's own pictures, rewrapped; where they do not fit the slots, "
        "ProRes 422 HQ",
        "h264": "H.264, every frame by itself",
        "prores": "ProRes 422 HQ, 10 bit, every frame by itself",
        "dnxhr": "DNxHR HQ, or HQX where the result has 10 bit, every frame by itself",
    }
)
"""What each gives, without a full stop; "auto" is none of them."""


@dataclass(frozen=True, slots=True)
class CodecChoice:
    codec: Codec
    """Never "auto"."""
    text: str
    """What and why, for the plan; without a full stop."""


def choose_codec(asked: Codec, readers: Profile, system: str) -> CodecChoice:
    """The codec of a plan's takes.

    Args:
        asked: The person's choice.
        readers: Whom the timeline is written for; "auto" is settled before.
        system: This machine's, as `sys.platform` says it; the editor is taken to run here.
    """
    if asked != "auto":
        return CodecChoice(asked, CODEC_TEXTS[asked])
    if readers is Profile.RESOLVE and system.startswith("linux"):
        why = "DaVinci Resolve on Linux does not open H.264 in every edition"
        return CodecChoice(
            "prores", f"{CODEC_TEXTS['prores']}: {why}; --codec copy rewraps instead"
        )
    return CodecChoice("copy", CODEC_TEXTS["copy"])


def told_takes(choice: CodecChoice, clips: int, joined: int, in_time: int) -> str:
    """What a plan's takes are coded as, where it is known already of some that no result fits.

    Args:
        choice: Of the plan.
        clips: How many get a take.
        joined: Those whose takes are put together: of parts, or with the original's frames.
        in_time: Others whose takes have other frames than their plates.
    Returns:
        A phrase without a full stop.
    """
    anew = joined + in_time
    if choice.codec != "copy" or not anew:
        return choice.text
    why = " and ".join(
        text
        for count, text in (
            (joined, "takes that are put together"),
            (in_time, "those that keep real time"),
        )
        if count
    )
    if anew == clips:
        return f"{CODEC_TEXTS['prores']}: {why} are coded anew"
    return f"{choice.text}; {anew} of {clips} surely so, as {why} are coded anew"
