"""What a take of a strip shows: its media, and which of its frames."""

from __future__ import annotations

from pathlib import Path

from newtake.domain.clip import Clip
from newtake.domain.errors import HostError, SelectionError
from newtake.domain.exr import DOCUMENTED_CHROMATICITIES
from newtake.domain.proxies import ShownMedia
from newtake.domain.sequence import ImageSequence
from newtake.domain.timing import FrameRange
from newtake.hosts.blender.facts import Sequencer, Strip
from newtake.hosts.blender.summaries import EXR_LABEL, SEQUENCE, file_of, key_of


def take_of(clip: Clip, key: str, sequencer: Sequencer, uid: str) -> Strip:
    """The strip of a take. Raises: SelectionError."""
    takes = {key_of(each): each for each in sequencer.takes_of(uid)}
    if key not in takes:
        known = ", ".join(sorted(takes)) or "none"
        raise SelectionError(
            f"The strip {clip.name!r} has no take {key!r}.", fix=f"Its takes are: {known}."
        )
    return takes[key]


def shown_take(clip: Clip, take: Strip) -> ShownMedia:
    """The conformed take, and the frames of it that lie where the clip's own do.

    Not the file that Blender shows where that was made at the scene's rate: the take has one frame
    for each media frame.

    Args:
        clip: As listed.
        take: Of it.

    Raises:
        HostError: Nothing says which file and frames it has.
    """
    said = file_of(take)
    if said is None:
        raise HostError(f"Nothing says which frames the take {take.name!r} has.")
    path, first, frames, rate = said
    media = take.media
    if not path.exists() and media is not None:
        # The folder was moved with the .blend: it lies beside what Blender shows.
        path = Path(media.path).parent / path.name
    available = FrameRange(first, frames, rate)
    if take.label.endswith(EXR_LABEL) and media is not None:
        sequence = _sequence(take, Path(media.path).parent, available)
        return ShownMedia(None, sequence, clip.source, available, begins_there=True)
    return ShownMedia(path, None, clip.source, available, begins_there=True)


def _sequence(take: Strip, folder: Path, available: FrameRange) -> ImageSequence:
    try:
        start, count, pattern = take.properties[SEQUENCE].split(" ", 2)
        prefix, _, rest = pattern.rpartition("%0")
        padding = int(rest.removesuffix("d.exr"))
        return ImageSequence(
            folder,
            prefix,
            ".exr",
            padding,
            int(start),
            available.rate,
            frames=int(count),
            unstated=DOCUMENTED_CHROMATICITIES,
        )
    except (KeyError, ValueError) as error:
        raise HostError(f"Nothing says which images the take {take.name!r} has.") from error
