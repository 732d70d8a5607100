"""From a prompt to a look: which words mean what, and how each is drawn with ffmpeg filters.

Reading the prompt is pure (`looks_for`, `strength_for`, `colours_of`); drawing (`draw`) only adds
filters to an ffmpeg-python graph and runs nothing. All drawing happens in planar RGB ("gbrp"), so
no filter crosses between colour matrices on its own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from newtake.sandbox import strokes
from newtake.sandbox.catalogue import STRENGTHS

Stream = Any
"""A node of an ffmpeg-python graph; the library has no types."""

_DEFAULT_STRENGTH = 0.75
_AUTO_STRENGTH = 0.85

_WORDS: tuple[tuple[str, str, Callable[[Stream], Stream]], ...] = (
    # Drawn from top to bottom: first what changes the texture, then what grades it.
    ("watercolor", r"water-?colou?rs?|aquarelle|gouache", strokes.watercolor),
    ("oil", r"oil|impasto|impressionis[tm]\w*|van gogh|painterly", strokes.oil),
    ("anime", r"anime|cartoon\w*|cel|cel-shaded|ghibli|manga", strokes.anime),
    ("comic", r"comics?|pop(?: |-)?art|pop|graphic novel", strokes.comic),
    ("sketch", r"sketch\w*|pencil|charcoal|graphite|line drawing", strokes.sketch),
    ("pixel", r"pixel\w*|8-?bit|16-?bit|retro game", strokes.pixel),
    ("winter", r"winter\w*|snow\w*|ice|icy|frost\w*|frozen", strokes.winter),
    ("night", r"(?:mid)?night\w*|moon\w*|nocturnal", strokes.night),
    ("sunset", r"sunset|golden|warm\w*|sunrise|dusk|summer|autumn", strokes.sunset),
    ("noir", r"noir|black[ -]and[ -]white|monochrome|b&w|grayscale|greyscale", strokes.noir),
    ("sepia", r"sepia|vintage|old film|film|nostalgi\w*|daguerreotype", strokes.sepia),
    ("infrared", r"infra-?red|thermal|heat ?map", strokes.infrared),
    ("neon", r"neon|cyberpunk|synthwave|vaporwave", strokes.neon),
    ("dream", r"dream\w*|haze|hazy|ethereal|mist\w*|fog\w*|pastel", strokes.dream),
)


@dataclass(frozen=True, slots=True)
class Look:
    """How a result is to look.

    Attributes:
        names: Looks by name, in drawing order; empty when the prompt names none.
        seed: Decides the look where no word does; the same prompt, the same look.
        strength: 0..1, how much of the look is laid over the source.
        gains: Factors for red, green and blue, from the first-frame image; None without one.
    """

    names: tuple[str, ...]
    seed: int
    strength: float
    gains: tuple[float, float, float] | None = None


def look_for(
    parameters: Mapping[str, Any], gains: tuple[float, float, float] | None = None
) -> Look:
    """The look that a (good) request asks for."""
    prompt = str(parameters["prompt"])
    seed = int.from_bytes(hashlib.sha256(prompt.encode()).digest()[:6], "big")
    return Look(names_in(prompt), seed, strength_of(parameters), gains)


def names_in(prompt: str) -> tuple[str, ...]:
    """The looks that the prompt's words name, at most four, in drawing order."""
    text = prompt.lower()
    return tuple(name for name, words, _ in _WORDS if re.search(rf"\b(?:{words})\b", text))[:4]


def strength_of(parameters: Mapping[str, Any]) -> float:
    """How much of the look: adhere_1 is 0.2, reimagine_3 is 1.0, in equal steps."""
    named = parameters.get("edit_strength")
    if named is not None:
        return round(0.2 + 0.1 * STRENGTHS.index(named), 2)
    return _AUTO_STRENGTH if parameters.get("auto_controls") else _DEFAULT_STRENGTH


def gains_between(
    source: tuple[float, float, float], image: tuple[float, float, float]
) -> tuple[float, float, float]:
    """Factors that carry the source's mean colour four fifths of the way to the image's.

    Args:
        source: Mean red, green and blue of the source, 0..255.
        image: The same of the first-frame image.
    """

    def gain(have: float, want: float) -> float:
        full = (want + 8) / (have + 8)
        return round(min(1.9, max(0.35, 1 + 0.8 * (full - 1))), 4)

    return (gain(source[0], image[0]), gain(source[1], image[1]), gain(source[2], image[2]))


def draw(stream: Stream, look: Look) -> Stream:
    """Add the look's filters to a gbrp stream; the result is gbrp and keeps every frame."""
    source, drawn = strokes.twice(stream)
    if look.names:
        for name, _, stroke in _WORDS:
            if name in look.names:
                drawn = stroke(drawn)
    else:
        drawn = strokes.invented(drawn, look.seed)
    drawn = strokes.over(drawn, source, "normal", look.strength)
    if look.gains is not None:
        red, green, blue = look.gains
        drawn = drawn.filter("colorchannelmixer", rr=red, gg=green, bb=blue)
    return drawn.filter("format", "gbrp")
