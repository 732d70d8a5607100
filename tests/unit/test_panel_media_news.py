"""A page hears when media of its timeline go, and when they are back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from newtake.domain.clip import Clip, MediaLink
from newtake.shells.panel.media_news import files_of, follow_media
from orders import order

pytestmark = pytest.mark.anyio


def clip_of(path: Path | None) -> Clip:
    return replace(order().clip, media=None if path is None else MediaLink("x", path, None))


def test_each_file_is_looked_at_once() -> None:
    one, two = Path("/m/a.mov"), Path("/m/b.mov")
    assert files_of([clip_of(one), clip_of(None), clip_of(two), clip_of(one)]) == [one, two]


async def test_it_tells_what_goes_and_what_comes_back_and_nothing_else(tmp_path: Path) -> None:
    there, never = tmp_path / "a.mov", tmp_path / "never.mov"
    there.touch()
    clips, told, watched = [clip_of(there), clip_of(never)], anyio.Semaphore(0), True

    async def looked(times: int) -> None:
        await anyio.sleep(0.01 * times)

    async with anyio.create_task_group() as group:
        group.start_soon(follow_media, lambda: clips, told.release, lambda: watched, 0.01)
        await looked(10)
        clips.append(clip_of(tmp_path / "new.mov"))
        await looked(10)
        assert told.value == 0, "nothing has changed but the clips"
        with anyio.fail_after(10):
            there.rename(tmp_path / "away.mov")
            await told.acquire()
            (tmp_path / "away.mov").rename(there)
            await told.acquire()
        watched = False
        await looked(3)
        there.unlink()
        await looked(10)
        assert told.value == 0
        group.cancel_scope.cancel()
