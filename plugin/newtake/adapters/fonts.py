"""A font for labels in pictures, found without fontconfig, which few bundled ffmpeg programs have.

Only well-known places are looked at; where there is none, pictures go without labels.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

_LINUX = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
    "/usr/share/fonts/TTF/DejaVuSansMono.ttf",
    "/usr/share/fonts/dejavu-sans-mono-fonts/DejaVuSansMono.ttf",
    "/usr/share/fonts/dejavu/DejaVuSansMono.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationMono-Regular.ttf",
    "/usr/share/fonts/liberation-mono/LiberationMono-Regular.ttf",
    "/usr/share/fonts/liberation-mono-fonts/LiberationMono-Regular.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansMono-Regular.ttf",
    "/usr/share/fonts/noto/NotoSansMono-Regular.ttf",
    "/usr/share/fonts/truetype/freefont/FreeMono.ttf",
    "/usr/share/fonts/truetype/ubuntu/UbuntuMono-R.ttf",
)
_MAC = (
    "/System/Library/Fonts/Menlo.ttc",
    "/System/Library/Fonts/Monaco.ttf",
    "/System/Library/Fonts/Supplemental/Andale Mono.ttf",
    "/System/Library/Fonts/Supplemental/Courier New.ttf",
)
_WINDOWS = ("consola.ttf", "lucon.ttf", "cour.ttf", "arial.ttf")


def known_fonts() -> list[Path]:
    """Where this system's fonts of one width lie, the preferred ones first."""
    windows = Path(os.environ.get("SYSTEMROOT", "C:\\Windows")) / "Fonts"
    found = [Path(each) for each in (*_LINUX, *_MAC)]
    return [*found, *(windows / each for each in _WINDOWS)] if os.name == "nt" else found


def find_font(places: Iterable[Path] | None = None) -> Path | None:
    """The first font that is there; None where there is none."""
    for place in known_fonts() if places is None else places:
        if place.is_file():
            return place
    return None
