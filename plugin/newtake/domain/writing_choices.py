"""How takes are written, each choice with one sentence, for forms that offer them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from newtake.domain.choices import Codec
from newtake.domain.codecs import CODEC_TEXTS
from newtake.domain.files import Layout, Profile


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


CODECS: Mapping[Codec, str] = MappingProxyType(
    {
        "auto": "The result's own pictures, rewrapped; ProRes 422 HQ where the timeline is DaVinci "
        "Resolve's and this is Linux, as it opens no H.264 there in every edition.",
        **{codec: _sentence(text) for codec, text in CODEC_TEXTS.items()},
    }
)
LAYOUTS: Mapping[Layout, str] = MappingProxyType(
    {
        Layout.TAKES: "The clip holds the original and its takes as media; the newest is selected.",
        Layout.TRACK: "Each take is a clip of its own on a new top track, as every editor reads "
        "it; the original stays below, as it is.",
        Layout.REPLACE: "The take becomes the clip's only media, and the clip has room for no "
        "other; the original's file stays where it is.",
    }
)
PROFILES: Mapping[Profile, str] = MappingProxyType(
    {
        Profile.AUTO: "As the timeline came: takes beside relative media are addressed relatively, "
        "so that the folder can be moved.",
        Profile.RESOLVE: "Plain absolute paths, and ranges of restyled clips that count from the "
        "media's timecode, as DaVinci Resolve wants them.",
        Profile.GENERIC: "file: URLs for all media, and clips added for takes count from zero, as "
        "most other programs read them.",
    }
)


def writing_document() -> dict[str, list[list[str]]]:
    """Word and sentence of each choice, in plain values; the first of each is the default."""
    return {
        "codecs": [[word, text] for word, text in CODECS.items()],
        "layouts": [[layout.value, text] for layout, text in LAYOUTS.items()],
        "profiles": [[profile.value, text] for profile, text in PROFILES.items()],
    }
