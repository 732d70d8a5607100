"""Tells when media of a timeline come or go: a listing says of its clips what was there then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import anyio
import anyio.to_thread

from newtake.domain.clip import Clip

MEDIA_SECONDS = 3.0
"""How often it is looked."""


async def follow_media(
    clips: Callable[[], Sequence[Clip]],
    changed: Callable[[], None],
    is_watched: Callable[[], bool],
    seconds: float = MEDIA_SECONDS,
) -> None:
    """Until cancelled.

    Args:
        clips: As listed last.
        changed: Called when a file of theirs that was there is not any more, or the other way.
        is_watched: Whether somebody would see it; else nothing is looked at.
        seconds: Between two looks.
    """
    seen: dict[Path, bool] = {}
    while True:
        if is_watched():
            paths = files_of(clips())
            # A drive that hangs holds up nothing but this.
            now = await anyio.to_thread.run_sync(_there, paths, abandon_on_cancel=True)
            if any(seen.get(path, is_there) != is_there for path, is_there in now.items()):
                changed()
            seen = now
        await anyio.sleep(seconds)


def files_of(clips: Iterable[Clip]) -> list[Path]:
    """Each file, or folder of images, that clips show, once."""
    links = (clip.media for clip in clips)
    found = (
        link.sequence.folder if link.sequence is not None else link.path
        for link in links
        if link is not None
    )
    return list(dict.fromkeys(path for path in found if path is not None))


def _there(paths: Sequence[Path]) -> dict[Path, bool]:
    return {path: path.exists() for path in paths}
