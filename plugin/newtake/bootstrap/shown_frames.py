"""The frames of a media that a clip shows, of its original or of any take: found and probed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from newtake import bootstrap
from newtake.bootstrap.outputs import timeline_target
from newtake.domain.clip import Clip, MediaInfo
from newtake.domain.lacking import lacking
from newtake.domain.proxies import ShownMedia, first_index
from newtake.domain.selection import Selection, select_clips
from newtake.domain.sequence import ImageSequence
from newtake.domain.timing import FrameRange, Handles

if TYPE_CHECKING:
    from otio_newtake.host import OtioHost

ORIGINAL = "original"
"""The key of the media as cut, beside those of takes."""


class ShowsMedia(Protocol):
    """A host that tells what a clip's takes show: that of timeline files, and Resolve's."""

    async def shown_media(self, clip: Clip, key: str) -> ShownMedia: ...


@dataclass(frozen=True, slots=True)
class ShownFrames:
    """Frames of a media, counted from its first."""

    media: MediaInfo
    first: int
    frames: int
    what: str
    shown: FrameRange | None = None
    """In the media's time base; None where no timeline says."""
    held: int = 0
    """How many of the file's last frames only fill it up."""

    @property
    def there(self) -> int:
        """How many frames of the file are the media's own."""
        return self.media.frames - self.held

    @property
    def lacks(self) -> Handles:
        """Which of the frames the media does not have."""
        rate = self.media.rate
        return lacking(FrameRange(self.first, self.frames, rate), FrameRange(0, self.there, rate))


async def chosen_clip(timeline: Path, entry: str) -> tuple[OtioHost, Clip]:
    """The host of a timeline (an absolute path) and one of its clips.

    Raises:
        TimelineError, SelectionError: It cannot be read, or has no such clip.
    """
    host = bootstrap.timeline_host(timeline_target(timeline))
    (clip,) = select_clips(await host.clips(), Selection(clips=(entry,)))
    return host, clip


async def shown_frames(host: ShowsMedia, clip: Clip, key: str) -> ShownFrames:
    """What the clip shows under a take's key, or "original".

    Raises:
        SelectionError: There is no such take.
        HostError, MediaError: Its media is no file of this machine, or does not hold the clip.
    """
    media = await host.shown_media(clip, key)
    return frames_of(clip, key, media, await probed(media.sequence or media.path))


def frames_of(clip: Clip, key: str, media: ShownMedia, info: MediaInfo) -> ShownFrames:
    """The same of a media that was found and probed. Raises: MediaError."""
    first, frames = first_index(media, info), media.shown.duration
    if info.sequence is not None and info.frames == 1:
        # One picture stands for all that the clip shows.
        first, frames = 0, 1
    held = 0
    if media.begins_there and media.available is not None:
        held = max(0, info.frames - media.available.duration)
    return ShownFrames(info, first, frames, f"{clip.name} {key}", media.shown, held)


async def probed(media: Path | ImageSequence | None) -> MediaInfo:
    """A file or images. Raises: MediaError."""
    tool = bootstrap.media_tool(bootstrap.settings_now())
    if isinstance(media, ImageSequence):
        return await tool.probe_sequence(media)
    assert media is not None
    return await tool.probe(media)
