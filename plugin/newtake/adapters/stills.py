"""The cache of stills: single frames as pictures, few at a time, the newest wish first.

Rule 1: frames that lie near each other in one media are made in one run of ffmpeg, and each is
there as soon as it is written.
Rule 2: a wish that nobody waits for any more is not begun, and a run of such wishes is ended.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import anyio
import anyio.abc
import anyio.to_thread

from newtake.adapters.ffmpeg_cuts import seeks_of
from newtake.adapters.ffmpeg_export import UNINDEXED, Cut
from newtake.adapters.ffmpeg_picture import fitted_size
from newtake.adapters.ffmpeg_process import run_ffmpeg
from newtake.adapters.ffmpeg_stills import (
    Kind,
    close_seeks,
    gathered,
    size_of_height,
    stills_command,
)
from newtake.adapters.image_feed import picked_feed
from newtake.adapters.kept_files import KeptFiles, stamps
from newtake.adapters.room import storage_error
from newtake.adapters.still_runs import Wish, Written, end_when_unwanted
from newtake.adapters.toolchain import Toolchain
from newtake.domain.clip import MediaInfo
from newtake.domain.errors import MediaError, MediaToolError, NewTakeError
from newtake.domain.proxies import check_range, still_name
from newtake.durable import hidden_name

_LOG = logging.getLogger("newtake")
AT_ONCE = 2
_SPAN_FRAMES = 300
_MOST_IN_A_RUN = 64
_MOST_ALONG = 256
_FRESH_SECONDS = 20.0
"""How long frames that were said to be wanted soon are kept in mind."""
PATIENCE_SECONDS = 2.0
_TIDY_EVERY = 64
_STALL_SECONDS = 60.0


class StillCache:
    """Implements `ports.StillMaker` on a folder."""

    def __init__(
        self,
        folder: Path,
        toolchain: Toolchain,
        tasks: anyio.abc.TaskGroup,
        *,
        max_bytes: int,
        at_once: int = AT_ONCE,
        patience_seconds: float = PATIENCE_SECONDS,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Nothing is made yet.

        Args:
            folder: Of this cache alone; made when it is needed.
            toolchain: The ffmpeg.
            tasks: In which pictures are made; its cancellation ends what is being made.
            max_bytes: What all pictures together may take.
            at_once: Runs of ffmpeg.
            patience_seconds: How long a run goes on that nobody waits for: between two requests
                of a page nobody does.
            now: Seconds since 1970.
        """
        self._kept = KeptFiles(folder, (".jpg", ".png"), max_bytes, now)
        self._tools = toolchain
        self._tasks = tasks
        self._at_once = at_once
        self._patience = patience_seconds
        self._working = 0
        self._wishes: dict[Path, Wish] = {}
        self._numbers = count()
        self._put = 0

    async def still(
        self, media: MediaInfo, index: int, *, height: int, along: Sequence[int] = ()
    ) -> Path:
        size = size_of_height(media, height)
        near = [each for each in along[:_MOST_ALONG] if 0 <= each < media.frames]
        return await self._made(media, index, size, "jpg", near)

    async def picture(self, media: MediaInfo, index: int) -> Path:
        size = fitted_size(media, min(media.display_size))
        return await self._made(media, index, size, "png", ())

    async def _made(
        self,
        media: MediaInfo,
        index: int,
        size: tuple[int, int],
        kind: Kind,
        along: Sequence[int],
    ) -> Path:
        check_range(media, index, 1)
        while True:
            to, others = await anyio.to_thread.run_sync(
                self._look_for, media, index, size, kind, along, abandon_on_cancel=True
            )
            if to.found:
                return to.path
            wish = self._wish(media, index, size, kind, to.path)
            for number, path in others:
                self._wish(media, number, size, kind, path)
            wish.asked = next(self._numbers)
            wish.waiting += 1
            if self._working < self._at_once and not wish.begun:
                self._working += 1
                self._tasks.start_soon(self._work)
            try:
                await wish.done.wait()
            finally:
                wish.waiting -= 1
            if wish.error is not None:
                raise wish.error

    def _look_for(
        self,
        media: MediaInfo,
        index: int,
        size: tuple[int, int],
        kind: Kind,
        along: Sequence[int],
    ) -> tuple[_Place, list[tuple[int, Path]]]:
        """Where the picture lies, and those along with it that are not there."""
        path = self._path(media, index, size, kind)
        if self._kept.found(path):
            return _Place(path, True), []
        others = []
        for each in along:
            # What is wrong with another frame is said when it is asked for.
            with suppress(MediaError):
                other = self._path(media, each, size, kind)
                if not other.exists():
                    others.append((each, other))
        return _Place(path, False), others

    def _path(self, media: MediaInfo, index: int, size: tuple[int, int], kind: Kind) -> Path:
        return self._kept.folder / f"{still_name(stamps(media, index, 1), index, size)}.{kind}"

    def _wish(
        self, media: MediaInfo, index: int, size: tuple[int, int], kind: Kind, to: Path
    ) -> Wish:
        until = time.monotonic() + _FRESH_SECONDS
        wish = self._wishes.get(to)
        if wish is None:
            wish = Wish(media, index, size, kind, to, next(self._numbers), until)
            self._wishes[to] = wish
        wish.until = until
        return wish

    async def _work(self) -> None:
        """Make what is wanted, until nothing is."""
        try:
            while run := self._next():
                await self._run(run)
        except anyio.get_cancelled_exc_class():
            for wish in list(self._wishes.values()):
                wish.error = MediaToolError("The picture was not made: New Take is ending.")
                self._end(wish)
            raise
        finally:
            self._working -= 1

    def _next(self) -> list[Wish]:
        """The newest wish that somebody waits for, and what is made along with it."""
        moment = time.monotonic()
        for to, wish in list(self._wishes.items()):
            if not wish.begun and not wish.waiting and wish.until < moment:
                del self._wishes[to]
        open_ = [each for each in self._wishes.values() if not each.begun]
        wanted = [each for each in open_ if each.waiting]
        if not wanted:
            return []
        first = max(wanted, key=lambda each: each.asked)
        run = [first]
        if not first.alone and first.kind == "jpg":
            with_it = {
                each.index: each for each in open_ if not each.alone and each.goes_with(first)
            }
            with_it[first.index] = first
            numbers = gathered(list(with_it), first.index, _SPAN_FRAMES, _MOST_IN_A_RUN)
            run = [with_it[number] for number in numbers]
        for each in run:
            each.begun = True
        return run

    async def _run(self, run: list[Wish]) -> None:
        error: NewTakeError | None = None
        given_up = True
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(end_when_unwanted, run, self._patience, group.cancel_scope)
                try:
                    await self._make(run)
                except NewTakeError as caught:
                    error = caught
                except Exception as caught:
                    # A fault of ours in a picture must not end the jobs beside it.
                    _LOG.exception("making stills failed")
                    error = MediaToolError("The picture could not be made.", why=str(caught))
                given_up = False
                group.cancel_scope.cancel()
        finally:
            for wish in run:
                if not wish.done.is_set():
                    self._not_made(wish, error, again=given_up or len(run) > 1)
        self._put += len(run)
        if self._put >= _TIDY_EVERY:
            self._put = 0
            await anyio.to_thread.run_sync(self._kept.tidy)

    def _not_made(self, wish: Wish, error: NewTakeError | None, *, again: bool) -> None:
        if wish.waiting and again:
            # By itself, so that one bad frame spoils no other, and says what is wrong with it.
            wish.begun, wish.alone = False, True
            return
        if wish.waiting and error is None:
            error = MediaError(
                f"{wish.media.path.name} has no frame {wish.index} that can be read."
            )
        wish.error = error
        self._end(wish)

    def _end(self, wish: Wish) -> None:
        self._wishes.pop(wish.to, None)
        wish.done.set()

    async def _make(self, run: list[Wish]) -> None:
        first, indices = run[0], [each.index for each in run]
        media, sequence = first.media, first.media.sequence
        await anyio.to_thread.run_sync(self._kept.make_folder)
        folder = hidden_name(self._kept.folder / "run")
        with ExitStack() as stack:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            if sequence is not None:
                shrink = max(1, media.height // (2 * first.size[1]))
                feed = stack.enter_context(
                    picked_feed(media, sequence, indices, folder, shrink=shrink)
                )
                cut = Cut(indices[0], len(indices), feed=feed)
                seeks = await seeks_of(media, indices[0])
            else:
                feed = None
                begin, end = indices[0], indices[-1] + 1
                cut = Cut(begin, end - begin, sent=tuple(each - begin for each in indices))
                seeks = await seeks_of(media, begin)
                if media.constant_rate and media.container not in UNINDEXED:
                    seeks = [*close_seeks(media, begin), *seeks]
            for seek in seeks:
                _make_new(folder)
                command = stills_command(
                    self._tools.executable,
                    media,
                    cut,
                    seek=seek,
                    size=first.size,
                    kind=first.kind,
                    maps_tones=self._tools.maps_tones,
                    to=folder,
                )
                written = Written(folder, run, self._deliver)
                await run_ffmpeg(
                    command,
                    doing="Making stills",
                    # The default binds this turn's; mypy infers no lambda that has one.
                    progress=lambda done, _, written=written: written.told(done),  # type: ignore[misc]
                    stall_seconds=_STALL_SECONDS,
                    stdin=feed.stream.out if feed and feed.stream else None,
                )
                written.told(len(run) + 1, ended=True)
                if feed and feed.stream and written.count < len(run):
                    await anyio.to_thread.run_sync(feed.stream.check)
                if written.count:
                    return

    def _deliver(self, wish: Wish, part: Path) -> None:
        self._kept.put(part, wish.to, durably=False)
        self._end(wish)


@dataclass(frozen=True, slots=True)
class _Place:
    path: Path
    found: bool


def _make_new(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise storage_error(error, folder) from error
