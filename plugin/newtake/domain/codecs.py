"""What takes are coded as: asked for, or chosen by what the timeline's readers can open.

DaVinci Resolve's free edition for Linux opens no H.264 or H.265; its makers' list of codecs and
users' reports agree. ProRes and DNxHR in MOV it opens.
"""

from __future__ import annotations

from dataclasses import dataclass

from newtake.domain.choices import Codec
from newtake.domain.files import Profile

_TEXTS = {
    "copy": "the result's own pictures, rewrapped; where they do not fit the slots, ProRes 422 HQ",
    "h264": "H.264, every frame by itself",
    "prores": "ProRes 422 HQ, 10 bit, every frame by itself",
    "dnxhr": "DNxHR HQ, or HQX where the result has 10 bit, every frame by itself",
}


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
        return CodecChoice(asked, _TEXTS[asked])
    if readers is Profile.RESOLVE and system.startswith("linux"):
        why = "DaVinci Resolve on Linux does not open H.264 in every edition"
        return CodecChoice("prores", f"{_TEXTS['prores']}: {why}; --codec copy rewraps instead")
    return CodecChoice("copy", _TEXTS["copy"])
