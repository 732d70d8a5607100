"""The EXR frames and the movie of a take, made by the command and a real service, in step.

The service is the sandbox in a process of its own, told to copy frames; it delivers an HDR movie
and a ZIP of EXR frames. Read are plain OpenTimelineIO, the OpenEXR library, and the movie.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import OpenEXR
import opentimelineio as otio
import pytest

import numbered_media
from newtake.adapters.toolchain import find_toolchain
from newtake.domain.timing import timecode
from numbered_exr import number_by_contrast
from otio_newtake.cuts import write_cuts

RATE = Fraction(24000, 1001)
START = 86_400


def newtake(environment: dict[str, str], *words: str | Path) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "newtake", *map(str, words), "--json"],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.matrix
def test_exr_frames_and_movie_show_the_clip_s_own_frames(
    copying_service: str, tmp_path: Path
) -> None:
    source = numbered_media.make_numbered(
        find_toolchain().executable,
        tmp_path / "source.mov",
        rate=RATE,
        frames=150,
        size=(320, 180),
        options=("-timecode", "01:00:00:00"),
    )
    timeline = write_cuts(source, RATE, 150, tmp_path / "cut.otio", name="cut")
    environment = {**os.environ, "OXEN_BASE_URL": copying_service, "OXEN_API_KEY": "any"}
    document = newtake(
        environment, "restyle", timeline, "--clip", "2", "--prompt", "copy", "--resolution", "720p",
        "--hdr", "--exr", "--yes",
    )  # fmt: skip
    output = Path(document["output"])
    clip = list(otio.adapters.read_from_file(str(output)).find_clips())[1]
    frames = clip.media_references()["take_001_exr"]
    proxies = [
        newtake(environment, "proxy", output, "--clip", "2", "--take", key)
        for key in ("take_001", "take_001_exr", "original")
    ]
    movie, exr, original = (numbered_media.numbers_in(Path(each["proxy"])) for each in proxies)
    shown = clip.source_range
    wanted = list(range(int(shown.start_time.value), int(shown.end_time_exclusive().value)))
    read = []
    for i, frame in enumerate(wanted):
        at = shown.start_time + otio.opentime.RationalTime(i, shown.start_time.rate)
        number = frames.frame_for_time(at)
        url = frames.target_url_for_image_number(number - frames.start_frame)
        file = Path(otio.url_utils.filepath_from_url(url))
        assert file.name.endswith(f".{frame:06}.exr")
        read.append(number_by_contrast(file))
        header = OpenEXR.File(str(file), header_only=True).header()
        label = header["timeCode"]
        assert f"{label.hours:02}:{label.minutes:02}:{label.seconds:02}:{label.frame:02}" == (
            timecode(START + frame, RATE)
        )
        assert header["framesPerSecond"] == RATE
    assert read == movie == exr == original == wanted
    take = Path(document["jobs"][0]["renditions"][0]["take"])
    said = json.loads(take.with_suffix(".json").read_text())["exr"]
    assert (said["colour_space"], said["colour_space_stated_by"]) == ("ACES2065-1", "vendor")
    assert said["header"]["chromaticities"] is None
    assert frames.metadata["newtake"]["colour_space"] == "ACES2065-1"
