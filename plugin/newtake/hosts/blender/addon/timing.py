"""Which media frame a strip shows at which record frame, reckoned as Blender does it.

Blender reckons in single precision, so this does. Nothing here knows `bpy`.
"""

import struct
from fractions import Fraction

_NEAR = 1e-3
"""Rates come in single precision, and from files as 23.976 or 23.98."""


def single(value):
    """A number as single precision has it."""
    return struct.unpack("f", struct.pack("f", value))[0]


def ratio(value):
    """A rate as an exact fraction: 23.976... is 24000/1001."""
    whole = round(value)
    if abs(value - whole) < _NEAR:
        return Fraction(whole)
    ntsc = round(value * 1.001)
    if abs(value - ntsc / 1.001) < _NEAR:
        return Fraction(ntsc * 1000, 1001)
    return Fraction(value).limit_denominator(1000)


def scene_ratio(fps, base):
    """The exact rate of a scene: 24 over a base of 1.001 is 24000/1001."""
    return Fraction(fps) / Fraction(base).limit_denominator(10000)


def shown_frames(begin, start, end, frames, factor, strobe, rounds):
    """The media frame at each record frame from `start` to `end`.

    Args:
        begin: Where the media begins, between two record frames of a strip whose speed was set.
        frames: How many the media has.
        factor: Media frames per record frame.
        strobe: Holds every so many media frames; 1 holds none.
        rounds: Whether the nearer frame is shown, not the earlier one.
    """
    shown = []
    step, held = single(factor), single(strobe)
    for record in range(start, end):
        at = single(single(max(0, record - begin)) * step)
        if held > 1:
            at -= at % held
        frame = int(at + 0.5) if rounds else int(at)
        shown.append(min(max(frame, 0), frames - 1))
    return shown
