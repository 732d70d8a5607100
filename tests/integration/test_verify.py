"""Fetched videos that do not play to their end are told from those that do."""

from __future__ import annotations

from pathlib import Path

import pytest

from newtake.adapters.toolchain import find_toolchain
from newtake.adapters.verify import verify
from newtake.domain.errors import MediaError, Money
from numbered_media import run

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """48 frames, with the index first, as services deliver."""
    path = tmp_path_factory.mktemp("verify") / "whole.mp4"
    made = "-f lavfi -i testsrc2=size=320x180:rate=24:duration=2"
    coded = "-c:v libx264 -pix_fmt yuv420p -bf 2 -movflags +faststart"
    run([str(find_toolchain(None).executable), *f"{made} {coded}".split(), str(path)])
    return path


async def test_a_whole_video_has_every_frame(whole: Path) -> None:
    assert (await verify(whole)).frames == 48


@pytest.mark.parametrize("kept", [0.4, 0.8, 0.99])
async def test_a_video_that_breaks_off_is_no_result(
    whole: Path, tmp_path: Path, kept: float
) -> None:
    data = whole.read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(data[: int(len(data) * kept)])

    with pytest.raises(MediaError) as caught:
        await verify(cut)

    assert caught.value.money is Money.NONE
    assert "online" not in caught.value.fix


@pytest.mark.parametrize("data", [b"", b"a page of text", b"\0\0\0\x18ftypmp42" + b"\0" * 500])
async def test_what_is_no_video_is_no_result(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "result.mp4"
    path.write_bytes(data)

    with pytest.raises(MediaError):
        await verify(path)
