"""The doors to what a page shows of a media: stills, whole pictures, and stacked comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from newtake.domain.clip import MediaInfo
from newtake.domain.comparing import Comparison
from newtake.ports.running import Progress, no_progress


class StillMaker(Protocol):
    """Makes pictures of single frames on demand and keeps them. Who is cancelled wants none any
    more; what is wanted last is made first."""

    async def still(
        self, media: MediaInfo, index: int, *, height: int, along: Sequence[int] = ()
    ) -> Path:
        """A small JPEG of a frame, viewable: SDR, upright, square pixels.

        Args:
            media: A file or a sequence of images, as probed.
            index: The frame, from 0 on.
            height: In pixels; never more than the media has.
            along: Frames that will be asked for as well, and are made in the same run.

        Raises:
            MediaError: The media is gone, broken, or has not this frame.
            MediaToolError: ffmpeg cannot make it.
            StorageError: It cannot be kept.
        """
        ...

    async def picture(self, media: MediaInfo, index: int) -> Path:
        """A PNG of a frame in the media's display size, 8 bit. Raises: as `still`."""
        ...


@dataclass(frozen=True, slots=True)
class Stacked:
    """A movie whose every frame holds the same frame of all sides, above each other."""

    path: Path
    width: int
    height: int
    """Of one side's part: the first side's is on top."""
    sound: bool
    notes: tuple[str, ...] = ()


class StackMaker(Protocol):
    """Makes such movies on demand and keeps them: H.264 in MP4, every frame coded by itself."""

    async def stacked(self, comparison: Comparison, *, progress: Progress = no_progress) -> Stacked:
        """The same again, as long as neither the media nor the comparison changes.

        Args:
            comparison: Of mode STACK, bare.
            progress: Told of frames read and put together.

        Raises:
            MediaError: A media is gone, broken, or has not all of these frames.
            MediaToolError: ffmpeg cannot make it.
            StorageError: It cannot be kept.
        """
        ...


@dataclass(frozen=True, slots=True)
class FirstFrame:
    """A first-frame image that is kept."""

    id: str
    """SHA-256 of its bytes."""
    path: Path
    width: int
    height: int


class FirstFrameStore(Protocol):
    """Keeps first-frame images that a page sends."""

    def keep(self, data: bytes) -> FirstFrame:
        """Decode a PNG, JPEG or WebP whole, and keep it. Waits for the disk.

        Raises:
            SettingsError: It is no picture that the model reads.
            StorageError: It cannot be kept.
        """
        ...

    def find(self, name: str) -> Path:
        """The file of an id. Raises: SettingsError, where there is none."""
        ...
