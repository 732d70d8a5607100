"""Pictures of a timeline's clips and takes for a page: stills, whole frames, comparisons.

Rule: what is asked for is a clip's id and a take's key; files are found by what the timeline and
its takes name, and by nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread

from newtake import bootstrap
from newtake.bootstrap.comparing import comparison_of, side_name, takes_named
from newtake.bootstrap.panel_frames import At, ClipFrames, Find, Found, frame_index, no_frame
from newtake.bootstrap.shown_frames import ORIGINAL, ShownFrames
from newtake.domain.comparing import CompareMode
from newtake.domain.errors import HostError, MediaError, SelectionError
from newtake.domain.timing import FrameRange, is_drop
from newtake.ports import FirstFrame, FirstFrameStore, Progress, StackMaker, StillMaker
from newtake.settings import Settings

if TYPE_CHECKING:
    import anyio.abc

MOST_SIDES = 4
FIRST_FRAME_BYTES_MAX = 32 << 20
_LONG_FRAMES = 1500
"""A comparison of more frames is made smaller: each of them is coded by itself."""
_TOLD_SECONDS = 0.25


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
    _frames: ClipFrames = field(init=False)

    def __post_init__(self) -> None:
        self._frames = ClipFrames(self.settings, self.find)

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
        found = await self._frames.found(clip_id)
        shown = await self._frames.shown(found, take)
        index = frame_index(found.clip, shown, at)
        if index is None:
            raise no_frame(shown)
        others = (frame_index(found.clip, shown, each) for each in along)
        near = [each for each in others if each is not None]
        return await self._still_maker().still(shown.media, index, height=height, along=near)

    async def picture(self, clip_id: str, take: str, at: At) -> Path:
        """A PNG of a frame in the media's display size. Arguments and errors as for `still`."""
        found = await self._frames.found(clip_id)
        shown = await self._frames.shown(found, take)
        index = frame_index(found.clip, shown, at)
        if index is None:
            raise no_frame(shown)
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
        found = await self._frames.found(clip_id)
        clip = found.clip
        if not 2 <= len(keys) <= MOST_SIDES or len(set(keys)) != len(keys):
            raise SelectionError(f"A comparison has two to {MOST_SIDES} sides, each of its own.")
        takes = [key for key in keys if key != ORIGINAL]
        named = takes_named(clip, takes)
        names = {each.key: side_name(each) for each in named}
        spoken = {each.key: f"take {each.number}{_exr(each.key)}" for each in named}
        sides = tuple(ShownSide(key, names.get(key, ORIGINAL)) for key in keys)
        shown = [await self._frames.shown(found, key) for key in keys]
        original = await self._original(found, shown, keys)
        height = 360 if shown[0].frames > _LONG_FRAMES else 720 if len(keys) == 2 else 540
        comparison, notes = comparison_of(
            clip,
            [spoken.get(key, "the original") for key in keys],
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

    async def _original(
        self, found: Found, shown: Sequence[ShownFrames], keys: Sequence[str]
    ) -> ShownFrames:
        if ORIGINAL in keys:
            return shown[keys.index(ORIGINAL)]
        try:
            return await self._frames.shown(found, ORIGINAL)
        except (HostError, MediaError):
            # Takes can be compared when their original is offline; only its sound is missing.
            silent = replace(shown[0].media, has_audio=False)
            return replace(shown[0], media=silent)

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


def _exr(key: str) -> str:
    return " (EXR)" if key.endswith("_exr") else ""
