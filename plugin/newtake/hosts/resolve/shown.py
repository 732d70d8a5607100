"""What a take of a clip in Resolve shows: its media, and which of its frames."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from newtake.domain.clip import Clip
from newtake.domain.errors import HostError, SelectionError
from newtake.domain.exr import DOCUMENTED_CHROMATICITIES
from newtake.domain.proxies import ShownMedia
from newtake.domain.sequence import sequence_of_name
from newtake.domain.timing import FrameRange
from newtake.hosts.bridging.shown import shown_original as shown_original
from newtake.hosts.resolve.facts import ItemFacts, TimelineFacts
from newtake.hosts.resolve.spans import in_point


def shown_take(clip: Clip, key: str, item: ItemFacts, timeline: TimelineFacts) -> ShownMedia:
    """The media of a take, and the frames of it that lie where the clip's own do.

    Takes of one selector are trimmed together: what the selected one has moved by since it was
    added, the others have, too.

    Args:
        clip: As listed.
        key: The take's.
        item: The clip as it stands.
        timeline: With the media of its takes.

    Raises:
        SelectionError: There is no such take.
        HostError: Its media is no file of this machine.
    """
    places = {take.key: at for at, take in enumerate(clip.takes)}
    at = places.get(key)
    if at is None or at >= len(item.takes):
        known = ", ".join(places) or "none"
        raise SelectionError(
            f"The clip {clip.name!r} has no take {key!r}.", fix=f"Its takes are: {known}."
        )
    take, media = item.takes[at], timeline.media.get(item.takes[at].media)
    if media is None or not media.path:
        raise HostError(f"The take {key!r} of {clip.name!r} has no media on this machine.")
    rate = media.rate or timeline.rate
    first_number = media.number("Start") or 0
    selected = next((each for each in item.takes if each.index == item.selected_take), None)
    # A sequence's range may count from 0 or from the number of its first file; see `spans`.
    begin = take.start - (first_number if 0 < first_number <= take.start else 0)
    if take is selected:
        begin = item.left if item.left is not None else begin
    else:
        begin += in_point(item) - item.takes[0].start
    begin -= clip.dissolves.head
    frames = media.frames if media.frames is not None else max(begin + clip.source.duration, 1)
    available = FrameRange(0, max(frames, 0), rate)
    sequence = sequence_of_name(Path(media.path), FrameRange(first_number, max(frames, 0), rate))
    shown = FrameRange(begin, clip.source.duration, rate)
    if sequence is None:
        return ShownMedia(Path(media.path), None, shown, available, begins_there=True)
    if media.label is not None:
        # Headers that are silent mean what the vendor documents of its EXR.
        sequence = replace(sequence, unstated=DOCUMENTED_CHROMATICITIES)
    return ShownMedia(None, sequence, shown, available, begins_there=True)
