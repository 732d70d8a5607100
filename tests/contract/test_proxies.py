"""Every maker of proxies keeps this contract: the fake and the cache."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest

from newtake.adapters.probe import probe_now
from newtake.adapters.proxies import ProxyCache
from newtake.adapters.toolchain import find_toolchain
from newtake.domain.clip import MediaInfo
from newtake.domain.errors import MediaError
from newtake.ports import ProxyMaker
from newtake.testing import FakeProxies
from numbered_media import make_numbered

pytestmark = pytest.mark.anyio
RATE = Fraction(25)


@dataclass(frozen=True)
class Bench:
    maker: ProxyMaker
    media: MediaInfo


@pytest.fixture(params=["fake", "cache"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    tools = find_toolchain()
    media = make_numbered(tools.executable, tmp_path / "a.mov", rate=RATE, frames=20)
    makers: dict[str, Callable[[], ProxyMaker]] = {
        "fake": lambda: FakeProxies(tmp_path / "proxies"),
        "cache": lambda: ProxyCache(tmp_path / "proxies", tools, max_bytes=10**9),
    }
    return Bench(makers[request.param](), probe_now(media))


async def test_a_proxy_is_made_once(bench: Bench) -> None:
    seen: list[tuple[int, int | None]] = []
    first = await bench.maker.proxy(bench.media, 3, 6, progress=lambda *pair: seen.append(pair))
    again = await bench.maker.proxy(bench.media, 3, 6)
    assert (first.frames, first.rate, first.reused) == (6, RATE, False)
    assert (again.path, again.reused) == (first.path, True)
    assert first.path.stat().st_size > 0
    assert seen[-1] == (6, 6)
    assert [each.name for each in first.path.parent.iterdir()] == [first.path.name]


async def test_another_question_is_another_file(bench: Bench) -> None:
    ask = bench.maker.proxy
    found = {
        (await ask(bench.media, 3, 6)).path,
        (await ask(bench.media, 4, 6)).path,
        (await ask(bench.media, 3, 5)).path,
        (await ask(bench.media, 3, 6, short_side=120)).path,
    }
    assert len(found) == 4


async def test_media_that_was_written_anew_gets_a_proxy_of_its_own(bench: Bench) -> None:
    before = await bench.maker.proxy(bench.media, 3, 6)
    os.utime(bench.media.path, (1, 1))
    after = await bench.maker.proxy(bench.media, 3, 6)
    assert after.path != before.path
    assert not after.reused


@pytest.mark.parametrize(("first", "frames"), [(-1, 3), (0, 0), (18, 3), (20, 1)])
async def test_frames_that_are_not_there_are_an_error(
    bench: Bench, first: int, frames: int
) -> None:
    with pytest.raises(MediaError):
        await bench.maker.proxy(bench.media, first, frames)


async def test_media_that_is_gone_is_an_error(bench: Bench) -> None:
    bench.media.path.unlink()
    with pytest.raises(MediaError):
        await bench.maker.proxy(bench.media, 3, 6)
