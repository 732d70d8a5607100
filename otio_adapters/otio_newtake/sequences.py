"""Image sequences as timelines name them: an ImageSequenceReference, or a name with a place for the
number.

`file:` addresses are percent-encoded, and `%04d` looks like an escape: the place for the number is
taken out before an address is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from newtake.domain.clip import RefusalReason
from newtake.domain.sequence import SUFFIXES, Holes, ImageSequence, sequence_of_name
from newtake.domain.timing import FrameRange
from otio_newtake.addresses import Address
from otio_newtake.spans import rate_of

_PLACE = re.compile(r"%(\d{0,2}d\.[A-Za-z]{3,4})$")
_POLICIES = {
    otio.schema.ImageSequenceReference.MissingFramePolicy.error: Holes.ERROR,
    otio.schema.ImageSequenceReference.MissingFramePolicy.hold: Holes.HOLD,
    otio.schema.ImageSequenceReference.MissingFramePolicy.black: Holes.BLACK,
}
_MOST_PADDING = 20

Locate = Callable[[str], Address]


def address_of(reference: Any, url: str, locate: Locate) -> Address:
    """Where the media is; for a sequence the pattern of its images' names, in their folder."""
    if isinstance(reference, otio.schema.ImageSequenceReference):
        base = locate(reference.target_url_base or ".")
        if base.path is None:
            return base
        name = url_name(reference)
        if "/" in name or "\\" in name or "\0" in name:
            return Address(None, RefusalReason.NOT_A_FILE, "its images' names hold a folder")
        return Address(base.path / name)
    if url[:5].lower() == "file:":
        return locate(_PLACE.sub(r"%25\1", url))
    return locate(url)


def sequence_of(
    reference: Any, address: Address, available: FrameRange | None, is_there: Callable[[Path], bool]
) -> ImageSequence | None:
    """The images that a reference means; None where it means none that can be read.

    Args:
        reference: The clip's media.
        address: As from `address_of`.
        available: What the timeline says the media has, in the media's time base.
        is_there: Whether a file exists: one that is called like a pattern is no pattern.
    """
    path = address.path
    if path is None:
        return None
    if not isinstance(reference, otio.schema.ImageSequenceReference):
        if not isinstance(reference, otio.schema.ExternalReference):
            return None
        found = sequence_of_name(path, available)
        return None if found is None or is_there(path) else found
    rate = available.rate if available is not None else rate_of(reference.rate)
    step, padding = reference.frame_step, reference.frame_zero_padding
    readable = reference.name_suffix.lower() in SUFFIXES and 0 <= padding <= _MOST_PADDING
    if rate is None or rate > 1000 or step < 1 or not readable:
        return None
    return ImageSequence(
        folder=path.parent,
        prefix=reference.name_prefix,
        suffix=reference.name_suffix,
        padding=padding,
        start=reference.start_frame,
        rate=Fraction(rate),
        step=step,
        frames=available.duration if available is not None else None,
        holes=_POLICIES.get(reference.missing_frame_policy, Holes.ERROR),
    )


def url_name(reference: Any) -> str:
    """The images' name with a place for the number, as in `marks.url_of`."""
    padding = reference.frame_zero_padding
    digits = f"%0{padding}d" if padding else "%d"
    return f"{reference.name_prefix}{digits}{reference.name_suffix}"
