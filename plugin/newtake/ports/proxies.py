"""The door to compare proxies: small copies of frames that a browser plays and steps through."""

from __future__ import annotations

from typing import Protocol

from newtake.domain.clip import MediaInfo
from newtake.domain.proxies import SHORT_SIDE_PX, Proxy
from newtake.ports.running import Progress, no_progress


class ProxyMaker(Protocol):
    """Makes proxies on demand and keeps them."""

    async def proxy(
        self,
        media: MediaInfo,
        first: int,
        frames: int,
        *,
        short_side: int = SHORT_SIDE_PX,
        progress: Progress = no_progress,
    ) -> Proxy:
        """A proxy whose frame k is frame `first + k` of the media, at the media's rate.

        The same again, as long as neither the media nor the question changes.

        Args:
            media: A file or a sequence of images, as probed.
            first: Index of the first frame, from 0 on.
            frames: How many.
            short_side: Pixels of the picture's shorter side; never more than the media has.
            progress: Told of frames made.

        Raises:
            MediaError: The media is gone, broken, or has not all of these frames.
            MediaToolError: ffmpeg cannot make it.
            StorageError: It cannot be kept.
        """
        ...
