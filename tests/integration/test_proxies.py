"""Proxies show the frames that were asked for, a browser can step through, and a limit is kept."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import anyio
import av
import imageio_ffmpeg
import pytest

import numbered_exr
import numbered_media
from newtake.adapters.images import probe_sequence_now
from newtake.adapters.probe import probe_now
from newtake.adapters.proxies import ProxyCache
from newtake.adapters.toolchain import find_toolchain
from newtake.domain.errors import MediaError
from newtake.domain.proxies import IN_USE_SECONDS, KeptProxy, surplus
from newtake.domain.sequence import ImageSequence

pytestmark = pytest.mark.anyio

MEDIA = {
    "H.264 23.976, long GOP": (Fraction(24000, 1001), numbered_media.H264, "mov", ()),
    "HEVC 25 in MPEG-TS": (Fraction(25), numbered_media.HEVC, "ts", ()),
    "ProRes 29.97": (Fraction(30000, 1001), numbered_media.PRORES, "mov", ()),
    "H.264 59.94": (Fraction(60000, 1001), numbered_media.H264, "mp4", ()),
    "HEVC HDR 24": (
        Fraction(24),
        (
            *numbered_media.HEVC,
            *("-color_primaries", "bt2020", "-color_trc", "smpte2084"),
            *("-colorspace", "bt2020nc"),
        ),
        "mov",
        (),
    ),
}


def cache(folder: Path, ffmpeg: str | None = None, max_bytes: int = 10**9) -> ProxyCache:
    return ProxyCache(folder, find_toolchain(ffmpeg), max_bytes=max_bytes)


@pytest.mark.parametrize("engine", [pytest.param("path", marks=pytest.mark.matrix), "bundled"])
@pytest.mark.parametrize("name", MEDIA)
async def test_frame_k_of_a_proxy_is_frame_k_of_the_range(
    name: str, engine: str, tmp_path: Path, require_program: object
) -> None:
    rate, coding, suffix, options = MEDIA[name]
    ffmpeg = (
        imageio_ffmpeg.get_ffmpeg_exe() if engine == "bundled" else require_program("ffmpeg")  # type: ignore[operator]  # fixture
    )
    path = numbered_media.make_numbered(
        find_toolchain().executable,
        tmp_path / f"source.{suffix}",
        rate=rate,
        frames=90,
        coding=coding,
        options=options,
    )
    made = await cache(tmp_path / "p", ffmpeg).proxy(probe_now(path), 57, 21, short_side=180)
    assert numbered_media.numbers_in(made.path) == list(range(57, 78))
    facts = probe_now(made.path, count_frames=True)
    assert (facts.codec, facts.pixel_format, facts.rate) == ("h264", "yuv420p", rate)
    assert (facts.constant_rate, facts.frames, facts.height) == (True, 21, 180)
    assert (facts.colour.transfer, facts.colour.matrix) == ("bt709", "bt709")
    with av.open(str(made.path)) as container:
        packets = [each for each in container.demux(video=0) if each.size]
    assert all(each.is_keyframe for each in packets)


@pytest.mark.parametrize("suffix", [".exr", ".png"])
async def test_images_are_shown_by_their_numbers(suffix: str, tmp_path: Path) -> None:
    rate = Fraction(24)
    if suffix == ".exr":
        for number in range(86_400, 86_412):
            numbered_exr.write_numbered(tmp_path / f"s.{number:06}.exr", number, size=(320, 180))
    else:
        whole = numbered_media.make_numbered(
            find_toolchain().executable, tmp_path / "n.mov", rate=rate, frames=12, size=(320, 180)
        )
        pattern = str(tmp_path / "s.%06d.png")
        numbered_media.run(
            [find_toolchain().executable, "-v", "error", "-i", str(whole), "-start_number",
             "86400", pattern]
        )  # fmt: skip
    media = probe_sequence_now(ImageSequence(tmp_path, "s.", suffix, 6, 86_400, rate))
    made = await cache(tmp_path / "p").proxy(media, 4, 5, short_side=120)
    begin = 86_404 if suffix == ".exr" else 4
    assert numbered_media.numbers_in(made.path) == list(range(begin, begin + 5))
    assert [each.name for each in made.path.parent.iterdir()] == [made.path.name]


async def test_an_image_that_was_made_anew_makes_the_proxy_anew(tmp_path: Path) -> None:
    for number in range(4):
        numbered_exr.write_numbered(tmp_path / f"s.{number:06}.exr", number)
    sequence = ImageSequence(tmp_path, "s.", ".exr", 6, 0, Fraction(24))
    proxies = cache(tmp_path / "p")
    before = await proxies.proxy(probe_sequence_now(sequence), 0, 4)
    numbered_exr.write_numbered(tmp_path / "s.000002.exr", 77)
    os.utime(tmp_path / "s.000002.exr", (5, 5))
    after = await proxies.proxy(probe_sequence_now(sequence), 0, 4)
    assert before.path != after.path
    assert numbered_media.numbers_in(after.path) == [0, 1, 77, 3]


async def test_the_least_recently_used_go_first_and_those_in_use_stay(tmp_path: Path) -> None:
    path = numbered_media.make_numbered(
        find_toolchain().executable, tmp_path / "a.mov", rate=Fraction(25), frames=30
    )
    moment = [1_000_000.0]
    proxies = ProxyCache(tmp_path / "p", find_toolchain(), max_bytes=1, now=lambda: moment[0])
    media = probe_now(path)
    first = await proxies.proxy(media, 0, 3)
    moment[0] += IN_USE_SECONDS - 60
    second = await proxies.proxy(media, 3, 3)
    assert first.path.exists(), "asked for minutes ago: somebody shows it"
    assert (await proxies.proxy(media, 0, 3)).reused
    moment[0] += IN_USE_SECONDS - 30
    left = tmp_path / "p" / ".left.part"
    left.write_bytes(b"of one that died")
    os.utime(left, (5, 5))
    third = await proxies.proxy(media, 6, 3)
    assert [each.exists() for each in (first.path, second.path, third.path)] == [True, True, True]
    moment[0] += 45
    fourth = await proxies.proxy(media, 9, 3)
    assert sorted((tmp_path / "p").iterdir()) == sorted([third.path, fourth.path])


def test_a_limit_is_kept_from_the_oldest_on() -> None:
    kept = [KeptProxy(Path(str(age)), 10, 10_000.0 - age) for age in (9000, 5000, 7000, 10)]
    assert surplus(kept, 40, 10_000.0) == []
    assert surplus(kept, 25, 10_000.0) == [Path("9000"), Path("7000")]
    assert surplus(kept, 0, 10_000.0) == [Path("9000"), Path("7000"), Path("5000")]


async def test_a_source_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    path = numbered_media.make_numbered(
        find_toolchain().executable, tmp_path / "a.mov", rate=Fraction(25), frames=30
    )
    media = replace(probe_now(path), frames=60)
    with pytest.raises(MediaError, match="ends before"):
        await cache(tmp_path / "p").proxy(media, 20, 20)
    assert list((tmp_path / "p").iterdir()) == []


async def test_a_cancelled_one_leaves_nothing(tmp_path: Path) -> None:
    path = numbered_media.make_numbered(
        find_toolchain().executable, tmp_path / "a.mov", rate=Fraction(25), frames=500
    )
    media = probe_now(path)
    with anyio.CancelScope() as scope:
        await cache(tmp_path / "p").proxy(
            media, 0, 500, progress=lambda done, _: scope.cancel() if done else None
        )
    assert list((tmp_path / "p").iterdir()) == []


_ASKER = """
import sys, anyio
from pathlib import Path
from newtake.adapters.probe import probe_now
from newtake.adapters.proxies import ProxyCache
from newtake.adapters.toolchain import find_toolchain

async def ask():
    proxies = ProxyCache(Path(sys.argv[2]), find_toolchain(), max_bytes=10**9)
    print((await proxies.proxy(probe_now(Path(sys.argv[1])), 5, 40)).path)

anyio.run(ask)
"""


async def test_two_processes_may_ask_for_the_same_at_once(tmp_path: Path) -> None:
    path = numbered_media.make_numbered(
        find_toolchain().executable, tmp_path / "a.mov", rate=Fraction(25), frames=60
    )
    asking = [
        subprocess.Popen(
            [sys.executable, "-c", _ASKER, str(path), str(tmp_path / "p")],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    answers = {each.communicate()[0].strip() for each in asking}
    assert [each.returncode for each in asking] == [0, 0, 0]
    (made,) = answers
    assert numbered_media.numbers_in(Path(made)) == list(range(5, 45))
    assert [str(each) for each in (tmp_path / "p").iterdir()] == [made]
