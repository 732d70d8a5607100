"""`--range`: what lies in it is restyled, split out or cut in, through the command, also killed."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import opentimelineio as otio
import pytest

from keys import key_of
from newtake.adapters.mortal_journal import VARIABLE
from numbered_media import make_numbered, numbers_in
from otio_newtake.cuts import write_cuts
from services import NEWTAKE, PATIENCE_SECONDS, sandbox_at

RATE, FRAMES = Fraction(30000, 1001), 150
"""Two clips of 60 frames, from media frame 15 on; the timeline begins at 01:00:00:00."""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    source = make_numbered(
        imageio_ffmpeg.get_ffmpeg_exe(), tmp_path / "source.mov", rate=RATE, frames=FRAMES
    )
    write_cuts(source, RATE, FRAMES, tmp_path / "cut.otio", name="cut", cuts=2)
    with sandbox_at(tmp_path / "service", "--look", "copy") as url:
        (tmp_path / "url").write_text(url)
        yield tmp_path


def newtake(place: Path, *words: str, die_at: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*NEWTAKE, *words],
        env={
            **os.environ,
            "OXEN_BASE_URL": (place / "url").read_text(),
            "OXEN_API_KEY": key_of("marked-parts"),
            **({VARIABLE: die_at} if die_at else {}),
        },
        cwd=place,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def test_a_range_over_two_clips_makes_a_whole_take_of_each(place: Path) -> None:
    span = ("--range", "01:00:01:15-01:00:02:10", "--partial", "cut-in")
    asked = ("cut.otio", *span, "--prompt", "copy")

    planned = json.loads(newtake(place, "plan", *asked, "--json").stdout)
    died = newtake(place, "restyle", *asked, "--yes", die_at="before:conformed")
    resumed = newtake(place, "jobs", "resume", "--all", "--yes")

    assert died.returncode == -9
    assert resumed.returncode == 0, resumed.stderr
    assert not list(place.glob("cut_newtake_takes/.*.part"))
    parts = [
        (each["source_range"]["start"], each["source_range"]["end"]) for each in planned["clips"]
    ]
    assert parts == [(60, 75), (75, 85)]
    assert [each["whole_range"]["duration"] for each in planned["clips"]] == [60, 60]
    jobs = json.loads(newtake(place, "jobs", "--json").stdout)
    submissions = [each["submission"] for job in jobs for each in job["renditions"]]
    assert len(set(submissions)) == len(submissions) == 2
    written = otio.adapters.read_from_file(str(place / "cut_newtake.otio"))
    for number, clip in enumerate(written.find_clips()):
        take = clip.media_references()["take_001"]
        first = round(take.available_range.start_time.value)
        count = round(take.available_range.duration.value)
        assert (first, count) == ((3, 84), (63, 84))[number]
        assert numbers_in(Path(take.target_url.removeprefix("file://"))) == list(
            range(first, first + count)
        )
        assert round(clip.source_range.duration.value) == 60


def test_a_split_that_was_killed_is_made_once_when_it_is_resumed(place: Path) -> None:
    asked = ("cut.otio", "--range", "01:00:01:15-01:00:02:10", "--prompt", "copy")

    planned = json.loads(newtake(place, "plan", *asked, "--json").stdout)
    died = newtake(place, "restyle", *asked, "--yes", die_at="before:relinked")
    resumed = newtake(place, "jobs", "resume", "--all", "--yes")

    assert died.returncode == -9
    assert resumed.returncode == 0, resumed.stderr
    parts = [
        (each["source_range"]["start"], each["source_range"]["end"]) for each in planned["clips"]
    ]
    assert parts == [(60, 75), (75, 85)]
    assert [each["split_out_of"]["duration"] for each in planned["clips"]] == [60, 60]
    jobs = json.loads(newtake(place, "jobs", "--json").stdout)
    submissions = [each["submission"] for job in jobs for each in job["renditions"]]
    assert len(set(submissions)) == len(submissions) == 2
    written = otio.adapters.read_from_file(str(place / "cut_newtake.otio"))
    pieces = [
        (
            round(clip.source_range.start_time.value),
            round(clip.source_range.duration.value),
            clip.active_media_reference_key,
        )
        for clip in written.find_clips()
    ]
    assert pieces == [
        (15, 45, "DEFAULT_MEDIA"),
        (60, 15, "take_001"),
        (75, 10, "take_001"),
        (85, 50, "DEFAULT_MEDIA"),
    ]
    for clip in list(written.find_clips())[1:3]:
        first = round(clip.media_reference.available_range.start_time.value)
        numbers = numbers_in(Path(clip.media_reference.target_url.removeprefix("file://")))
        assert numbers == list(range(first, first + len(numbers)))


def test_a_range_in_which_nothing_lies_sends_nothing(place: Path) -> None:
    asked = ("cut.otio", "--range", "02:00:00:00-02:00:01:00", "--prompt", "copy", "--yes")

    refused = newtake(place, "restyle", *asked)

    assert refused.returncode == 2
    assert "There is no clip in 02:00:00:00-02:00:01:00" in refused.stderr
