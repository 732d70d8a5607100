"""`newtake proxy` shows of a clip's original, its take and its EXR exactly what the clip shows."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import anyio
import pytest

import numbered_exr
import numbered_media
from newtake.adapters.toolchain import find_toolchain
from newtake.domain.errors import NewTakeError
from newtake.domain.files import (
    ExrFrames,
    HostTarget,
    Layout,
    NewTake,
    Provenance,
    TakeFile,
)
from newtake.domain.timing import FrameRange
from newtake.shells.cli.proxies import ProxyQuestion, show_proxy
from otio_newtake.cuts import write_cuts
from otio_newtake.host import OtioHost

RATE = Fraction(25)
HEAD = 4
"""Handle of the take before the clip's first frame."""


def newtake(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "newtake", *map(str, words)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def proxy(*words: str | Path) -> tuple[dict[str, Any], list[int]]:
    done = newtake("proxy", *words, "--height", "120", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    return document, numbered_media.numbers_in(Path(document["proxy"]))


def timeline_with_a_take(folder: Path, layout: Layout) -> tuple[Path, range]:
    """A timeline of three cuts, the second with a take; numbers of the take count from 500, of its
    EXR from 700, at the take's own first frame. And the media frames that the clip shows."""
    ffmpeg = find_toolchain().executable
    source = numbered_media.make_numbered(
        ffmpeg, folder / "s.mov", rate=RATE, frames=60, options=("-timecode", "10:00:00:00")
    )
    timeline = write_cuts(source, RATE, 60, folder / "cut.otio", name="cut")
    target = HostTarget("otio", timeline, folder / "out.otio", layout)
    host = OtioHost(target)

    async def add() -> range:
        clip = (await host.clips())[1]
        available = FrameRange(clip.source.start - HEAD, clip.source.duration + 8, RATE)
        movie = numbered_media.make_numbered(
            ffmpeg, folder / "take.mov", rate=RATE, frames=available.duration, first=500
        )
        frames = ExrFrames(folder / "exr", "t.", 6, available.start, available.duration, RATE)
        for index, file in enumerate(frames.files):
            numbered_exr.write_numbered(file, 700 + index)
        take = TakeFile(movie, 1, available, "", 0, "rewrap", folder / "take.json", frames)
        made = Provenance("j", "g", "oxen", "m", "p", {}, "", "", "")
        await host.add_take(NewTake(clip.key, "j/g", "Take 1", take, made))
        return range(clip.source.start, clip.source.end)

    shown = anyio.run(add)
    return target.output, range(shown.start % 60, shown.start % 60 + len(shown))


@pytest.mark.parametrize("layout", [Layout.TAKES, Layout.TRACK])
def test_a_proxy_of_a_take_shows_what_the_clip_shows(layout: Layout, tmp_path: Path) -> None:
    timeline, source = timeline_with_a_take(tmp_path, layout)
    count = len(source)
    take, numbers = proxy(timeline, "--clip", "2", "--take", "take_001")
    assert numbers == list(range(500 + HEAD, 500 + HEAD + count))
    assert (take["frames"], take["rate"]) == (count, "25")
    _, numbers = proxy(timeline, "--clip", "2", "--take", "take_001_exr")
    assert numbers == list(range(700 + HEAD, 700 + HEAD + count))
    if layout is Layout.TRACK:
        return
    _, numbers = proxy(timeline, "--clip", "2", "--take", "original")
    assert numbers == list(source)
    selected, _ = proxy(timeline, "--clip", "2")
    assert (selected["proxy"], selected["reused"]) == (take["proxy"], True)
    _, numbers = proxy(timeline, "--clip", "2", "--take", "take_001_exr", "--frames", "3-6")
    assert numbers == list(range(700 + HEAD + 3, 700 + HEAD + 6))


def test_a_proxy_of_files_and_a_copy_of_it(tmp_path: Path) -> None:
    for number in range(8, 14):
        numbered_exr.write_numbered(tmp_path / "e" / f"%d.{number:04}.exr", number)
    _, numbers = proxy(tmp_path / "e" / "%%d.%04d.exr", "--frames", "1-4", "--rate", "23.976")
    assert numbers == [9, 10, 11]
    _, numbers = proxy(tmp_path / "e" / "%d.0012.exr")
    assert numbers == [12]
    source = numbered_media.make_numbered(
        find_toolchain().executable, tmp_path / "s.mov", rate=RATE, frames=20
    )
    copy = tmp_path / "copy.mp4"
    _, numbers = proxy(source, "--frames", "5-9", "--out", copy)
    assert numbers == [5, 6, 7, 8]


def test_what_cannot_be_shown_is_said(tmp_path: Path) -> None:
    source = numbered_media.make_numbered(
        find_toolchain().executable, tmp_path / "s.mov", rate=RATE, frames=20, size=(160, 90)
    )
    write_cuts(source, RATE, 20, tmp_path / "cut.otio", name="cut")
    nothing = ProxyQuestion(source, None, None, None, 120, "24", None)
    for changes, said in (
        ({"media": tmp_path / "cut.otio"}, "Name one with --clip"),
        ({"clip": "1"}, "is no timeline"),
        ({"frames": "9-5"}, "names no frames"),
        ({"frames": "0-900"}, "names no frames"),
        ({"media": tmp_path / "gone.mov"}, "offline"),
        ({"media": tmp_path / "gone.####.exr"}, "offline"),
        ({"media": tmp_path / "s.%04d.exr", "rate": "many"}, "not a frame rate"),
        ({"media": tmp_path / "cut.otio", "clip": "2", "take": "take_007"}, "has no take"),
        ({"out": source}, "exists already"),
    ):
        with pytest.raises(NewTakeError) as caught:
            show_proxy(replace(nothing, **changes), as_json=False)
        assert said in str(caught.value)
