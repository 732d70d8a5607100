"""What an HDR picture says of the screen that it was graded on, and of its brightest light.

Meaning: SMPTE ST 2086 (mastering display colour volume) and CTA-861.3 (content light level).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

Chromaticity = tuple[Fraction, Fraction]
"""CIE 1931 x and y."""


@dataclass(frozen=True, slots=True)
class MasteringDisplay:
    red: Chromaticity
    green: Chromaticity
    blue: Chromaticity
    white: Chromaticity
    least_nits: Fraction
    most_nits: Fraction


@dataclass(frozen=True, slots=True)
class ContentLight:
    most_nits: int
    """Of any pixel (MaxCLL); 0 where it is not known."""
    most_average_nits: int
    """Of any frame on average (MaxFALL); 0 where it is not known."""
