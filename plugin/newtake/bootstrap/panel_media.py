"""Pictures of a timeline's clips and takes for a page: stills, whole frames, comparisons.

Rule: what is asked for is a clip's id and a take's key; files are found by what the timeline and
its takes name, and by nothing else.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import anyio.to_thread

from newtake import bootstrap
from newtake.bootstrap.comparing import comparison_of, side_name, takes_named
from newtake.bootstrap.shown_frames import ORIGINAL, ShownFrames, ShowsMedia, frames_of
from newtake.domain.clip import Clip, MediaInfo, MediaLink
from newtake.domain.comparing import CompareMode
from newtake.domain.errors import HostError, MediaError, SelectionError
from newtake.domain.media_offset import media_offset
from newtake.domain.proxies import ShownMedia
from newtake.domain.sequence import SUFFIXES, ImageSequence
from newtake.domain.timing import FrameRange, is_drop
from newtake.ports import FirstFrame, FirstFrameStore, Progress, StackMaker, StillMaker
from newtake.settings import Settings

if TYPE_CHECKING:
    import anyio.abc

MOST_SIDES = 4
FIRST_FRAME_BYTES_MAX = 32 << 20
_REMEMBERED = 4096
_LONG_FRAMES = 1500
"""A comparison of more frames is made smaller: each of them is coded by itself."""
_TOLD_SECONDS = 0.25
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


@dataclass(frozen=True, slots=True)
class Making:
    """A comparison that is being made: its name, and frames."""

    what: str
    done: int = 0
    total: int | None = None


@dataclass(frozen=True, slots=True)
class ShownSide:
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class ShownComparison:
    """A movie of a clip's sides above each other, the first one on top."""

    id: str
    sides: tuple[ShownSide, ...]
    frames: int
    rate: str
    """Frames per second, exactly: "24000/1001"."""
    width: int
    height: int
    """Of one side."""
    counted: FrameRange
    """Record frames where the timeline shows the media frame for frame, else media frames."""
    counts_record: bool
    drop: bool
    """Whether their labels leave numbers out."""
    sound: bool
    notes: tuple[str, ...]


@dataclass(slots=True)
class PanelPictures:
    """What a page is shown of one timeline."""

    settings: Settings
    tasks: anyio.abc.TaskGroup
    find: Find
    changed: Callable[[], None] = lambda: None
    """Is told when `making` has changed."""
    making: tuple[Making, ...] = ()
    _stills: StillMaker | None = None
    _stacks: StackMaker | None = None
    _movies: dict[str, Path] = field(default_factory=dict)
    _shown: OrderedDict[tuple[Clip, str], ShownMedia] = field(default_factory=OrderedDict)
    _probed: OrderedDict[tuple[Path | ImageSequence, int, int], MediaInfo] = field(
        default_factory=OrderedDict
    )

    async def still(
        self, clip_id: str, take: str, at: At, height: int, along: Sequence[At] = ()
    ) -> Path:
        """A small JPEG of a frame.

        Args:
            clip_id: The clip's.
            take: A take's key, or "original".
            at: The frame.
            height: In pixels.
            along: Frames that will be asked for as well; those that the clip has not are left out.

        Raises:
            SelectionError: There is no such clip, take or frame.
            HostError, MediaError: Its media is no file of this machine, gone or broken.
        """
        found = await self._found(clip_id)
        shown = await self._frames(found, take)
        index = _index(found.clip, shown, at)
        if index is None:
            raise _no_frame(shown)
        others = (_index(found.clip, shown, each) for each in along)
        near = [each for each in others if each is not None]
        return await self._still_maker().still(shown.media, index, height=height, along=near)

    async def picture(self, clip_id: str, take: str, at: At) -> Path:
        """A PNG of a frame in the media's display size. Arguments and errors as for `still`."""
        found = await self._found(clip_id)
        shown = await self._frames(found, take)
        index = _index(found.clip, shown, at)
        if index is None:
            raise _no_frame(shown)
        return await self._still_maker().picture(shown.media, index)

    async def compare(self, clip_id: str, keys: Sequence[str]) -> ShownComparison:
        """Make a comparison, or find it again.

        Args:
            clip_id: The clip's.
            keys: Of takes, or "original": two to `MOST_SIDES`, each once.

        Raises:
            SelectionError: There is no such clip or take, or they are too few or too many.
            HostError, MediaError, MediaToolError, StorageError: It cannot be made.
        """
        found = await self._found(clip_id)
        clip = found.clip
        if not 2 <= len(keys) <= MOST_SIDES or len(set(keys)) != len(keys):
            raise SelectionError(f"A comparison has two to {MOST_SIDES} sides, each of its own.")
        takes = [key for key in keys if key != ORIGINAL]
        names = {each.key: side_name(each) for each in takes_named(clip, takes)}
        sides = tuple(ShownSide(key, names.get(key, ORIGINAL)) for key in keys)
        shown = [await self._frames(found, key) for key in keys]
        original = await self._original(found, shown, keys)
        height = 360 if shown[0].frames > _LONG_FRAMES else 720 if len(keys) == 2 else 540
        comparison, notes = comparison_of(
            clip,
            [each.name for each in sides],
            shown,
            original,
            CompareMode.STACK,
            height=height,
            bare=True,
        )
        with self._telling(f"Comparing {clip.name}") as progress:
            made = await self._stack_maker().stacked(comparison, progress=progress)
        self._movies[made.path.stem] = made.path
        return ShownComparison(
            id=made.path.stem,
            sides=sides,
            frames=comparison.frames,
            rate=f"{comparison.rate.numerator}/{comparison.rate.denominator}",
            width=made.width,
            height=made.height,
            counted=comparison.counted,
            counts_record=comparison.counts_record,
            drop=is_drop(comparison.counted.label(comparison.counted.start)),
            sound=made.sound,
            notes=tuple(dict.fromkeys((*notes, *made.notes))),
        )

    def movie(self, comparison: str) -> Path:
        """The file of a comparison that was made for this page. Raises: SelectionError."""
        path = self._movies.get(comparison)
        if path is None:
            raise SelectionError("There is no such comparison.", fix="Open it again.")
        return path

    def keep_first_frame(self, data: bytes) -> FirstFrame:
        """See `ports.FirstFrameStore.keep`. Waits for the disk."""
        return self._first_frames().keep(data)

    def first_frame(self, name: str) -> Path:
        """The file of a first-frame image's id. Raises: SettingsError, where there is none."""
        return self._first_frames().find(name)

    async def _found(self, clip_id: str) -> Found:
        found = await self.find(clip_id)
        if found is None:
            raise SelectionError("The timeline has no such clip any more.")
        return found

    async def _frames(self, found: Found, key: str) -> ShownFrames:
        media = await self._media(found, key)
        place = media.sequence or media.path
        assert place is not None, "hosts raise where a media is no file"
        return frames_of(found.clip, key, media, await self._info(place))

    async def _original(
        self, found: Found, shown: Sequence[ShownFrames], keys: Sequence[str]
    ) -> ShownFrames:
        if ORIGINAL in keys:
            return shown[keys.index(ORIGINAL)]
        try:
            return await self._frames(found, ORIGINAL)
        except (HostError, MediaError):
            # Takes can be compared when their original is offline; only its sound is missing.
            silent = replace(shown[0].media, has_audio=False)
            return replace(shown[0], media=silent)

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
            raise MediaError(f"offline: {looked_at}", why=f"{error.strerror}.") from error
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

    @contextmanager
    def _telling(self, what: str) -> Iterator[Progress]:
        """A line of `making`, from its first progress on."""
        line: Making | None = None
        told_at = 0.0

        def show(new: Making | None) -> None:
            nonlocal line
            others = tuple(each for each in self.making if each is not line)
            line = new
            self.making = (*others, new) if new is not None else others
            self.changed()

        def progress(done: int, total: int | None) -> None:
            nonlocal told_at
            if time.monotonic() - told_at >= _TOLD_SECONDS:
                told_at = time.monotonic()
                show(Making(what, done, total))

        try:
            yield progress
        finally:
            if line is not None:
                show(None)

    def _still_maker(self) -> StillMaker:
        if self._stills is None:
            from newtake.adapters.stills import StillCache

            self._stills = StillCache(
                self.settings.stills_folder,
                bootstrap.toolchain(self.settings),
                self.tasks,
                max_bytes=self.settings.stills_max_bytes,
            )
        return self._stills

    def _stack_maker(self) -> StackMaker:
        if self._stacks is None:
            from newtake.adapters.stacks import StackCache

            self._stacks = StackCache(
                self.settings.proxy_folder,
                bootstrap.toolchain(self.settings),
                max_bytes=self.settings.proxies_max_bytes,
            )
        return self._stacks

    def _first_frames(self) -> FirstFrameStore:
        from newtake.adapters.first_frames import FirstFrameFolder

        folder = self.settings.home / "panel" / "first_frames"
        return FirstFrameFolder(folder, max_bytes=FIRST_FRAME_BYTES_MAX)


def _index(clip: Clip, shown: ShownFrames, at: At) -> int | None:
    """The frame of the shown media; None where it has no such one."""
    offset: int | None = at.number
    if at.is_record:
        offset = media_offset(clip, at.number)
        if offset is not None and shown.frames == 1:
            offset = 0
    if offset is None or not 0 <= shown.first + offset < shown.media.frames:
        return None
    return shown.first + offset


def _no_frame(shown: ShownFrames) -> SelectionError:
    return SelectionError(
        f"{shown.what} has no such frame.",
        why=f"It shows {shown.frames} of {shown.media.frames} frames, "
        f"from number {shown.first} on.",
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
