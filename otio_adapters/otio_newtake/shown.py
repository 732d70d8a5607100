"""What a take of a clip shows: its media, and which frames of it, for whoever draws them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from newtake.domain.clip import Clip
from newtake.domain.errors import HostError, SelectionError
from newtake.domain.exr import DOCUMENTED_CHROMATICITIES
from newtake.domain.proxies import ShownMedia, single_image
from newtake.domain.sequence import ImageSequence, sequence_of_name
from newtake.domain.timing import FrameRange
from otio_newtake.addresses import locate
from otio_newtake.marks import (
    ORIGINAL_KEY,
    is_exr_key,
    is_take,
    mark_of,
    original_of,
    take_key,
    text_of,
    url_of,
)
from otio_newtake.spans import frames_at, rate_of


def shown_media(
    clip: Clip,
    item: Any,
    above: Sequence[Any],
    key: str,
    folder: Path,
    exists: Callable[[Path], bool] = Path.exists,
) -> ShownMedia:
    """The media of one take of a clip.

    Args:
        clip: The clip as listed: which media frames it shows.
        item: The same as OTIO has it.
        above: Take clips that other tracks hold for it.
        key: The take's; "original" or the original's own for the media as cut.
        folder: What relative addresses count from.
        exists: Whether a path is there.

    Raises:
        SelectionError: There is no such take.
        HostError: Its media is no file of this machine.
    """
    holder, reference = _found(clip, item, above, key)
    spoken = reference.available_range
    rate = rate_of(spoken.duration.rate) if spoken is not None else None
    available = frames_at(spoken, rate) if rate is not None else None
    shown = clip.source
    if holder is not item and holder.source_range is not None and available is not None:
        # On a track of its own a take may be counted anew, from zero.
        shown = frames_at(holder.source_range, available.rate) or shown
    sequence = _sequence(reference, available, folder, exists)
    if sequence is not None:
        return ShownMedia(None, sequence, shown, available, begins_there=True)
    address = locate(url_of(reference), folder, exists)
    if address.path is None:
        raise HostError(
            f"The take {key!r} of {clip.name!r} has no media on this machine.",
            why=f"{address.text}.",
        )
    ours = is_take(key, reference) or holder is not item
    return ShownMedia(address.path, None, shown, available, begins_there=ours)


def _found(clip: Clip, item: Any, above: Sequence[Any], key: str) -> tuple[Any, Any]:
    """The OTIO clip that holds the take, and its reference."""
    references = item.media_references()
    if key in ("original", original_of(item)[0]):
        reference = original_of(item)[1]
        if reference is not None:
            return item, reference
    if references.get(key) is not None:
        return item, references[key]
    for take in above:
        own = take.media_references()
        numbers = [each for each in clip.takes if each.key == key.removesuffix("_exr")]
        main = own.get(ORIGINAL_KEY)
        if numbers and main is not None and url_of(main) == numbers[0].url:
            if is_exr_key(key) and own.get(key) is not None:
                return take, own[key]
            if key == take_key(numbers[0].number):
                return take, main
    known = ", ".join(dict.fromkeys([*references, *(each.key for each in clip.takes)])) or "none"
    raise SelectionError(
        f"The clip {clip.name!r} has no take {key!r}.", fix=f"Its takes are: {known}."
    )


def _sequence(
    reference: Any,
    available: FrameRange | None,
    folder: Path,
    exists: Callable[[Path], bool],
) -> ImageSequence | None:
    """The images that the reference names, where it names a sequence."""
    if isinstance(reference, otio.schema.ImageSequenceReference):
        base = locate(reference.target_url_base or ".", folder, exists).path
        rate = rate_of(reference.rate)
        if base is None or rate is None:
            return None
        return ImageSequence(
            base,
            reference.name_prefix,
            reference.name_suffix,
            reference.frame_zero_padding,
            reference.start_frame,
            rate,
            step=max(1, reference.frame_step),
            frames=available.duration if available is not None else None,
            unstated=_unstated(reference),
        )
    if not isinstance(reference, otio.schema.ExternalReference):
        return None
    path = locate(reference.target_url or "", folder, exists).path
    if path is None:
        return None
    if path.suffix.lower() == ".exr":
        image = single_image(path, available.rate if available is not None else Fraction(24))
        return image if image is None else replace(image, unstated=_unstated(reference))
    return sequence_of_name(path, available)


def _unstated(reference: Any) -> tuple[float, ...] | None:
    """Of a take's EXR whose headers are silent, the vendor's word on its colour."""
    vendor = text_of(mark_of(reference), "colour_space_stated_by") == "vendor"
    return DOCUMENTED_CHROMATICITIES if vendor else None
