"""What the original of a clip of an editor's timeline shows, as its listing tells it."""

from __future__ import annotations

from newtake.domain.clip import Clip
from newtake.domain.errors import HostError
from newtake.domain.proxies import ShownMedia


def shown_original(clip: Clip) -> ShownMedia:
    """The media as cut. Raises: HostError, where there is none."""
    media = clip.media
    if clip.rendered is not None or media is None or (media.path or media.sequence) is None:
        raise HostError(
            f"{clip.name} has no media on this machine.", fix="Its takes can be looked at."
        )
    path = None if media.sequence is not None else media.path
    return ShownMedia(path, media.sequence, clip.source, media.available, begins_there=False)
