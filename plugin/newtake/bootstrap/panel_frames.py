"""The frames behind a clip and its takes: what shows, looked into once for each state of it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import anyio.to_thread

from newtake import bootstrap
from newtake.bootstrap.shown_frames import ORIGINAL, ShownFrames, ShowsMedia, frames_of
from newtake.domain.clip import Clip, MediaInfo, MediaLink
from newtake.domain.errors import OFFLINE_FIX, MediaError, SelectionError
from newtake.domain.lacking import lacking_words
from newtake.domain.media_offset import media_offset
from newtake.domain.proxies import ShownMedia
from newtake.domain.sequence import SUFFIXES, ImageSequence
from newtake.settings import Settings

_REMEMBERED = 4096
_K = TypeVar("_K")
_V = TypeVar("_V")


@dataclass(frozen=True, slots=True)
class Found:
    """A clip as listed, and the host that tells what its takes show."""

    clip: Clip
    host: ShowsMedia


Find = Callable[[str], Awaitable[Found | None]]
"""The clip of an id; None where the timeline has none of it."""


@dataclass(frozen=True, slots=True)
class At:
    """Which frame of a clip is meant."""

    number: int
    """Media frames from the first one the clip consumes; may be negative, or beyond its end."""
    is_record: bool = False
    """Else a record frame of the timeline."""


@dataclass(slots=True)
class ClipFrames:
    """What is known of the clips of one timeline and of their takes."""

    settings: Settings
    find: Find
    _shown: OrderedDict[tuple[Clip, str], ShownMedia] = field(default_factory=OrderedDict)
    _probed: OrderedDict[tuple[Path | ImageSequence, int, int], MediaInfo] = field(
        default_factory=OrderedDict
    )

    async def found(self, clip_id: str) -> Found:
        """Raises: SelectionError, where the timeline has no such clip."""
        found = await self.find(clip_id)
        if found is None:
            raise SelectionError("The timeline has no such clip any more.")
        return found

    async def shown(self, found: Found, key: str) -> ShownFrames:
        """The frames of a take, or of the original.

        Raises:
            SelectionError: There is no such take.
            HostError, MediaError: Its media is no file of this machine, gone or broken.
        """
        media = await self._media(found, key)
        place = media.sequence or media.path
        assert place is not None, "hosts raise where a media is no file"
        return frames_of(found.clip, key, media, await self._info(place))

    async def _media(self, found: Found, key: str) -> ShownMedia:
        clip = found.clip
        known = self._shown.get((clip, key))
        if known is None:
            link = clip.media
            if key == ORIGINAL and link is not None and _tells_all(link):
                # As every host's listing has it: nobody has to be asked.
                path = None if link.sequence is not None else link.path
                known = ShownMedia(path, link.sequence, clip.source, link.available, False)
            else:
                known = await found.host.shown_media(clip, key)
            _remember(self._shown, (clip, key), known)
        return known

    async def _info(self, place: Path | ImageSequence) -> MediaInfo:
        """Probed once for each state of the file, or of the folder of the images."""
        looked_at = place.folder if isinstance(place, ImageSequence) else place
        try:
            facts = await anyio.to_thread.run_sync(looked_at.stat)
        except OSError as error:
            raise MediaError(
                f"offline: {looked_at}", why=f"{error.strerror}.", fix=OFFLINE_FIX
            ) from error
        state = (place, facts.st_mtime_ns, facts.st_size)
        info = self._probed.get(state)
        if info is None:
            tool = bootstrap.media_tool(self.settings)
            if isinstance(place, ImageSequence):
                info = await tool.probe_sequence(place)
            else:
                info = await tool.probe(place)
            _remember(self._probed, state, info)
        return info


def frame_index(clip: Clip, shown: ShownFrames, at: At) -> int | None:
    """The frame of the shown media; None where it has no such one."""
    offset: int | None = at.number
    if at.is_record:
        offset = media_offset(clip, at.number)
        if offset is not None and shown.frames == 1:
            offset = 0
    if offset is None or not 0 <= shown.first + offset < shown.there:
        return None
    return shown.first + offset


def no_frame(shown: ShownFrames) -> SelectionError:
    """The refusal of a frame that is not shown."""
    if words := lacking_words(shown.lacks, shown.frames):
        return SelectionError(
            f"{shown.what} lacks {words}.",
            why="The clip shows other frames than when the take was made.",
            fix="Restyle the clip again for a take that has them.",
        )
    return SelectionError(
        f"{shown.what} has no such frame.",
        why=f"It shows {shown.frames} of {shown.there} frames, from number {shown.first} on.",
    )


def _tells_all(link: MediaLink) -> bool:
    """Whether a listing's link says what is opened; a name of an image may be one of many."""
    if link.sequence is not None:
        return True
    return link.path is not None and link.path.suffix.lower() not in SUFFIXES


def _remember(known: OrderedDict[_K, _V], key: _K, value: _V) -> None:
    known[key] = value
    while len(known) > _REMEMBERED:
        known.popitem(last=False)
