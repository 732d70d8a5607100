"""A clip that no plate holds comes back as one take: through the command, killed on the way."""

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

RATE, FRAMES = Fraction(25), 350
CLIP_FRAMES = 280


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A folder with a timeline of one long clip, and a service that copies pictures."""
    source = make_numbered(
        imageio_ffmpeg.get_ffmpeg_exe(), tmp_path / "source.mov", rate=RATE, frames=FRAMES
    )
    write_cuts(source, RATE, FRAMES, tmp_path / "cut.otio", name="cut", cuts=1)
    with sandbox_at(tmp_path / "service", "--look", "copy") as url:
        (tmp_path / "url").write_text(url)
        yield tmp_path


def newtake(place: Path, *words: str, die_at: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*NEWTAKE, *words],
        env={
            **os.environ,
            "OXEN_BASE_URL": (place / "url").read_text(),
            "OXEN_API_KEY": key_of("long-clips"),
            **({VARIABLE: die_at} if die_at else {}),
        },
        cwd=place,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


@pytest.mark.parametrize("continuity", ["carry", "parallel"])
def test_every_frame_of_a_long_clip_returns_to_its_slot(place: Path, continuity: str) -> None:
    clip = ("cut.otio", "--clip", "1", "--prompt", "copy")
    asked = (*clip, "--duration", "5s", "--continuity", continuity)

    planned = json.loads(newtake(place, "plan", *asked, "--json").stdout)
    died = newtake(place, "restyle", *asked, "--yes", die_at="before:downloaded")
    resumed = newtake(place, "jobs", "resume", "--all", "--yes")

    assert died.returncode == -9
    assert resumed.returncode == 0, resumed.stderr
    (clip,) = planned["clips"]
    parts = clip["parts"]
    assert len(parts) >= 3
    assert float(planned["total"]["usd"]) == pytest.approx(
        sum(float(part["price"]["usd"]) for part in parts)
    )
    jobs = json.loads(newtake(place, "jobs", "--json").stdout)
    submissions = [each["submission"] for job in jobs for each in job["renditions"]]
    assert len(set(submissions)) == len(submissions) == len(parts)
    written = otio.adapters.read_from_file(str(place / "cut_newtake.otio"))
    (shown,) = written.find_clips()
    take = shown.media_references()["take_001"]
    first = round(take.available_range.start_time.value)
    count = round(take.available_range.duration.value)
    (file,) = place.glob("cut_newtake_takes/*_take_001.mov")
    assert numbers_in(file) == list(range(first, first + count))
    assert first <= shown.source_range.start_time.value
    assert first + count >= shown.source_range.end_time_exclusive().value
    assert round(shown.source_range.duration.value) == CLIP_FRAMES
    sidecar = json.loads(file.with_suffix(".json").read_text())
    assert all((file.parent / part["result"]).exists() for part in sidecar["parts"])
    assert len({part["plate"]["sha256"] for part in sidecar["parts"]}) == len(parts)
    assert [part["submission"] for part in sidecar["parts"]] == [
        each["renditions"][0]["submission"] for each in sorted(jobs, key=lambda job: job["part"])
    ]


def test_the_parts_of_a_clip_are_cancelled_together(place: Path) -> None:
    died = newtake(
        place,
        *("restyle", "cut.otio", "--clip", "1", "--prompt", "copy", "--duration", "5s", "--yes"),
        die_at="before:uploaded",
    )
    (first, *others) = json.loads(newtake(place, "jobs", "--json").stdout)

    cancelled = newtake(place, "jobs", "cancel", first["id"], "--json")

    assert died.returncode == -9
    assert others
    assert cancelled.returncode == 0, cancelled.stderr
    documents = json.loads(cancelled.stdout)
    assert [each["id"] for each in documents] == [first["id"], *(job["id"] for job in others)]
    assert {each["status"] for each in documents} == {"cancelled"}
