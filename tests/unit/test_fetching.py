"""A result fetched into a file: checked before it has its name, and over no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from newtake.domain.errors import MediaError, NotFoundError, ResultError, StorageError
from newtake.pipeline.fetching import fetch_result
from newtake.ports import Progress, Submission
from newtake.testing import FakeProvider
from worlds import World

pytestmark = pytest.mark.anyio


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.provider.submitted.append({"id": "gen-1", "url": "u", "prompt": "p", "image": None})
    return made


async def fetched(world: World, to: Path) -> list[str]:
    written: list[Path] = []
    await fetch_result("gen-1", to, world.ports(), written.append)
    return [file.name for file in written]


def files_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir() if not file.is_dir())


async def test_video_and_exr_are_written_beside_each_other(world: World, tmp_path: Path) -> None:
    world.provider.exr = b"PK.exr"

    assert await fetched(world, tmp_path / "shot.mp4") == ["shot.mp4", "shot.zip"]
    assert files_in(tmp_path) == ["shot.mp4", "shot.zip"]


async def test_a_video_that_breaks_off_is_fetched_again(world: World, tmp_path: Path) -> None:
    world.media.verify_errors = [MediaError("it breaks off after 60 frames.")]

    assert await fetched(world, tmp_path / "shot.mp4") == ["shot.mp4"]
    assert world.provider.downloads == ["gen-1", "gen-1"]


async def test_one_that_stays_broken_is_said_and_not_written(world: World, tmp_path: Path) -> None:
    world.media.verify_errors = [MediaError("it breaks off after 60 frames.")] * 2

    with pytest.raises(ResultError, match="cannot be played to its end") as caught:
        await fetched(world, tmp_path / "shot.mp4")

    assert "breaks off after 60 frames" in caught.value.why
    assert [each.name for each in tmp_path.iterdir()] == ["out_takes"]


async def test_a_generation_without_a_result_is_said(world: World, tmp_path: Path) -> None:
    world.provider.script = {"gen-1": ["failed"]}

    with pytest.raises(NotFoundError, match="it is failed"):
        await fetched(world, tmp_path / "shot.mp4")


class Meanwhile(FakeProvider):
    """While it downloads, something else is put where the result is to go."""

    place: Path

    async def download(self, submission: Submission, to: Path, progress: Progress) -> None:
        await super().download(submission, to, progress)
        self.place.write_bytes(b"mine")


async def test_what_comes_up_meanwhile_is_left_as_it_is(world: World, tmp_path: Path) -> None:
    to = tmp_path / "shot.mp4"
    provider = Meanwhile(submitted=world.provider.submitted)
    provider.place = to
    world.provider = provider

    with pytest.raises(StorageError, match="there already"):
        await fetched(world, to)

    assert to.read_bytes() == b"mine"
    assert files_in(tmp_path) == ["shot.mp4"]


async def test_two_fetches_to_one_file_do_not_meet(world: World, tmp_path: Path) -> None:
    to = tmp_path / "shot.mp4"
    parts: set[Path] = set()

    class Watched(FakeProvider):
        async def download(self, submission: Submission, to: Path, progress: Progress) -> None:
            parts.add(to)
            await super().download(submission, to, progress)

    world.provider = Watched(submitted=world.provider.submitted)
    await fetched(world, to)
    with pytest.raises(StorageError):
        await fetched(world, to)

    assert len(parts) == 2
