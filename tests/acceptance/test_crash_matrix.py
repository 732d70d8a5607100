"""The command is killed at every event of a job, and between each deed and its event, and resumed.

So is a resume, at a few events, and resumed in turn. Whatever the moment: one submission, one take,
every frame in its slot, no file harmed.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import httpx
import imageio_ffmpeg
import opentimelineio as otio
import pytest

from keys import key_of
from newtake.adapters.journal import SqliteJournal
from newtake.adapters.mortal_journal import VARIABLE
from numbered_media import SMALL, make_numbered, numbers_in
from otio_newtake.cuts import write_cuts
from services import NEWTAKE, PATIENCE_SECONDS, sandbox_at

RATE, FRAMES = Fraction(25), 200
pytestmark = pytest.mark.timeout(1200)

TWICE = (
    ("after:uploaded", "before:submitted"),
    ("before:submitted", "before:submitted"),
    ("before:downloaded", "before:downloaded"),
    ("before:conformed", "before:conformed"),
    ("before:relinked", "before:relinked"),
)
"""Where a run dies, and where the resume of it: each between a deed and its event."""


@dataclass(frozen=True)
class Place:
    """One user's folder, with a timeline, a home and a prompt that no other has."""

    folder: Path
    base_url: str
    source: Path

    @property
    def prompt(self) -> str:
        return f"copy, {self.folder.name}"

    @property
    def timeline(self) -> Path:
        return self.folder / "cut.otio"

    @property
    def journal(self) -> Path:
        return self.folder / "home" / "journal.sqlite"

    def newtake(self, *arguments: object, die_at: str = "") -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "NEWTAKE_HOME": str(self.folder / "home"),
            "OXEN_BASE_URL": self.base_url,
            "OXEN_API_KEY": key_of("crash-matrix"),
            **({VARIABLE: die_at} if die_at else {}),
        }
        return subprocess.run(
            [*NEWTAKE, *map(str, arguments)],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    def restyle(self, die_at: str = "") -> subprocess.CompletedProcess[str]:
        words = ("--clip", "2", "--prompt", self.prompt, "--yes")
        return self.newtake("restyle", self.timeline, *words, die_at=die_at)

    def job_status(self) -> str:
        jobs = SqliteJournal(self.journal).jobs()
        return jobs[0].status.value if jobs else "none"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[str]:
    with sandbox_at(tmp_path / "service", "--look", "copy") as url:
        yield url


def test_whenever_it_dies_it_submits_once_and_brings_one_take(
    service: str, tmp_path: Path, show_table: Callable[[str], None]
) -> None:
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    source = make_numbered(ffmpeg, tmp_path / "source.mov", rate=RATE, frames=FRAMES, size=SMALL)
    kept = hashlib.sha256(source.read_bytes()).hexdigest()

    def place(name: str) -> Place:
        made = Place(tmp_path / name, service, source)
        made.folder.mkdir()
        write_cuts(source, RATE, FRAMES, made.timeline, name="cut")
        return made

    whole = place("undisturbed")
    assert whole.restyle().returncode == 0
    names = events_of(whole)
    # Nothing is done between a step's beginning and the event before it.
    points = [f"before:{name}" for name in names if not name.startswith("step_started")]
    points += [f"after:{name}" for name in names]
    assert len(points) >= 25, points

    def row(deaths: tuple[str, ...]) -> tuple[str, str, str]:
        name = ", ".join(deaths)
        at = place(name.replace(":", "-").replace(".", "-").replace(", ", "_"))
        return name, *survived(at, *deaths)

    with ThreadPoolExecutor(2) as pool:
        table = list(pool.map(row, [*((point,) for point in points), *TWICE]))

    lines = [("dies", "then", "outcome"), *table]
    show_table("\n".join(f"{dies:<46} {then:<28} {outcome}" for dies, then, outcome in lines))
    assert [each for each in table if each[2] != "one submission, one take, exact"] == []
    assert hashlib.sha256(source.read_bytes()).hexdigest() == kept


def events_of(place: Place) -> list[str]:
    db = sqlite3.connect(place.journal)
    rows = db.execute("SELECT kind, body FROM event ORDER BY id").fetchall()
    db.close()
    names = [
        f"{kind}.{json.loads(body)['step']}" if kind == "step_started" else kind
        for kind, body in rows
    ]
    return list(dict.fromkeys(names))


def survived(place: Place, point: str, *resuming: str) -> tuple[str, str]:
    """Kill, do what a person would do then, and look at what there is.

    `resuming` are the points at which what the person does first is killed as well.
    """
    before = place.timeline.read_bytes()
    died = place.restyle(die_at=point)
    if died.returncode != -9:
        return "did not die", died.stderr
    then = "resumed"
    for again in resuming:
        died = place.newtake("jobs", "resume", "--all", "--yes", die_at=again)
        if died.returncode != -9:
            return "did not die again", died.stderr
        then = "died again, resumed"
    if (status := place.job_status()) == "none":
        then = "asked again"
        ended = place.restyle()
    elif status == "done":
        then = "was done"
        ended = died
    else:
        ended = place.newtake("jobs", "resume", "--all", "--yes")
        if place.job_status() == "unsure":
            then = "unsure, settled, resumed"
            (job,) = json.loads(place.newtake("jobs", "--json").stdout)
            place.newtake("jobs", "settle", job["id"], "--not-sent")
            ended = place.newtake("jobs", "resume", job["id"], "--yes")
    if (status := place.job_status()) != "done":
        return then, f"{status}: {ended.stderr}"
    if place.timeline.read_bytes() != before:
        return then, "the timeline was touched"
    return then, outcome_of(place)


def outcome_of(place: Place) -> str:
    rows = httpx.get(
        f"{place.base_url}/api/ai/generations?page_size=100",
        headers={"Authorization": "Bearer any"},
    ).json()["generations"]
    submitted = [row for row in rows if row["prompt"] == place.prompt]
    if len(submitted) != 1:
        return f"{len(submitted)} submissions"
    written = otio.adapters.read_from_file(str(place.folder / "cut_newtake.otio"))
    clip = list(written.find_clips())[1]
    references = clip.media_references()
    if sorted(references) != ["DEFAULT_MEDIA", "take_001"]:
        return f"takes: {sorted(references)}"
    take = references["take_001"]
    first = round(take.available_range.start_time.value)
    count = round(take.available_range.duration.value)
    (file,) = (place.folder / "cut_newtake_takes").glob("*.mov")
    if numbers_in(file)[:count] != list(range(first, first + count)):
        return "a frame is not in its slot"
    if not (place.folder / "cut_newtake_takes" / f"{file.stem}.json").exists():
        return "no sidecar"
    left = [file.name for file in place.folder.rglob("*") if file.suffix in (".part", ".tmp")]
    return f"left behind: {left}" if left else "one submission, one take, exact"
