"""Every frame of a take sits in its source frame's slot, through the command and a real service.

The service is the sandbox in a process of its own, told to copy frames. Numbers are drawn on the
source's frames and read from the take's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import opentimelineio as otio
import pytest

import numbered_media
from newtake.domain.timing import frame_of_timecode
from otio_newtake.cuts import write_cuts

RATES = {
    "23.976": (Fraction(24000, 1001), "01:00:00:00"),
    "24": (Fraction(24), "01:00:00:00"),
    "25": (Fraction(25), "10:00:00:00"),
    "29.97": (Fraction(30000, 1001), "00:59:58;00"),
    "30": (Fraction(30), "01:00:00:00"),
}
FRAMES = 200


@pytest.mark.parametrize("engine", ["path", "bundled"])
@pytest.mark.parametrize("name", RATES)
def test_a_take_shows_its_source_frames_one_for_one(
    copying_service: str,
    tmp_path: Path,
    name: str,
    engine: str,
    require_program: object,
) -> None:
    rate, start = RATES[name]
    bundled = imageio_ffmpeg.get_ffmpeg_exe()
    source = numbered_media.make_numbered(
        bundled, tmp_path / "source.mov", rate=rate, frames=FRAMES, options=("-timecode", start)
    )
    timeline = write_cuts(source, rate, FRAMES, tmp_path / "cut.otio", name="cut")
    environment = {**os.environ, "OXEN_BASE_URL": copying_service, "OXEN_API_KEY": "any"}
    if engine == "bundled":
        environment["NEWTAKE_FFMPEG"] = bundled
    else:
        environment["NEWTAKE_FFMPEG"] = require_program("ffmpeg")  # type: ignore[operator]  # fixture

    done = subprocess.run(
        [sys.executable, "-m", "newtake", "restyle", timeline, "--clip", "2", "--prompt", "copy",
         "--yes", "--json"],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    clip = list(otio.adapters.read_from_file(document["output"]).find_clips())[1]
    take = clip.media_reference
    assert clip.active_media_reference_key == "take_001"
    assert take.available_range.contains(clip.source_range)
    first = round(take.available_range.start_time.value)
    count = round(take.available_range.duration.value)
    assert count == 120

    path = Path(document["jobs"][0]["renditions"][0]["take"])
    numbers = numbered_media.numbers_in(path)
    wrong = [
        (slot, number) for slot, number in enumerate(numbers[:count]) if number != first + slot
    ]
    assert wrong == []
    with av.open(str(path)) as container:
        assert container.streams.video[0].average_rate == rate
        label = (
            container.metadata.get("timecode") or container.streams.video[0].metadata["timecode"]
        )
    assert frame_of_timecode(label, rate) == frame_of_timecode(start, rate) + first
