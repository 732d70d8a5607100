"""One run of ffmpeg over several wished-for stills: who waits, what is written, when it ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import anyio

from newtake.adapters.ffmpeg_stills import Kind, still_file
from newtake.domain.clip import MediaInfo
from newtake.domain.errors import NewTakeError


@dataclass(eq=False, slots=True)
class Wish:
    """A picture that is wanted, by as many as wait for it."""

    media: MediaInfo
    index: int
    size: tuple[int, int]
    kind: Kind
    to: Path
    asked: int
    until: float
    """On the monotonic clock: till then it is wanted though nobody waits."""
    waiting: int = 0
    begun: bool = False
    alone: bool = False
    """A run with others failed."""
    done: anyio.Event = field(default_factory=anyio.Event)
    error: NewTakeError | None = None

    def goes_with(self, other: Wish) -> bool:
        """Whether one run can make both."""
        return (
            (self.size, self.kind) == (other.size, other.kind)
            and self.media.path == other.media.path
            and self.media.sequence == other.media.sequence
        )


@dataclass(slots=True)
class Written:
    """What a run has written so far."""

    folder: Path
    run: Sequence[Wish]
    deliver: Callable[[Wish, Path], None]
    count: int = 0

    def told(self, frames: int, *, ended: bool = False) -> None:
        """So many were begun: a file is complete when there is one after it, or at the end."""
        while self.count < min(frames, len(self.run)):
            wish = self.run[self.count]
            file = still_file(self.folder, self.count, wish.kind)
            after = still_file(self.folder, self.count + 1, wish.kind)
            if not (ended or after.exists()) or not file.exists() or not file.stat().st_size:
                return
            self.deliver(wish, file)
            self.count += 1


async def end_when_unwanted(
    run: Sequence[Wish], patience_seconds: float, scope: anyio.CancelScope
) -> None:
    """Cancel a run that nobody has waited for during so many seconds."""
    since: float | None = None
    while True:
        await anyio.sleep(patience_seconds / 4)
        if any(each.waiting for each in run):
            since = None
        elif since is None:
            since = time.monotonic()
        elif time.monotonic() - since > patience_seconds:
            scope.cancel()
            return
