"""A batch of 200 jobs against a service that fails by chance, by a command that dies five times.

`SEED` (NEWTAKE_CHAOS_SEED sets another) fixes the luck of every plate: which of its submissions,
of the looks at its generation and of the fetches of its result fail, in whatever order the jobs
run. It also fixes at which event, counted over all jobs, the process dies. What it cannot fix is
time: how far each job is at that event, how often a result is asked for, and so how many of the
fixed faults are met; and uploads and listings, which do not say what they are about, share their
faults in the order in which they come.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import imageio_ffmpeg
import opentimelineio as otio
import pytest

from keys import key_of
from newtake.adapters.mortal_journal import VARIABLE
from numbered_media import SMALL, make_numbered, numbers_in
from otio_newtake.cuts import write_cuts
from services import NEWTAKE, sandbox_at

pytestmark = pytest.mark.timeout(1800)

SEED = int(os.environ.get("NEWTAKE_CHAOS_SEED", "11"))
JOBS, KILLS, ROUNDS = 200, 5, 12
RATE = Fraction(24)
CLIP_FRAMES = 6
FAULTS = (
    *("presign:503%5", "upload:503%5", "upload:drop%3"),
    *("submit:429=1%4", "submit:503%3", "submit:drop%3", "submit:drop-after%6"),
    *("poll:502%8", "poll:drop%4", "events:drop%5", "events:duplicate%5", "events:garbage%3"),
    *("result:503%6", "result:drop%4", "result:truncate%4", "result:expired%3"),
    *("history:500%5", "render:delay=1%3"),
)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[str]:
    faults = [word for fault in FAULTS for word in ("--fault", fault)]
    seed = ("--seed", str(SEED))
    with sandbox_at(tmp_path / "service", "--look", "copy", *seed, *faults) as url:
        yield url


def test_two_hundred_jobs_come_home_through_faults_and_kills(
    service: str, tmp_path: Path, show_table: Callable[[str], None]
) -> None:
    frames = round(JOBS * CLIP_FRAMES * 1.25) + 10
    source = make_numbered(
        imageio_ffmpeg.get_ffmpeg_exe(),
        tmp_path / "source.mov",
        rate=RATE,
        frames=frames,
        size=SMALL,
    )
    kept = hashlib.sha256(source.read_bytes()).hexdigest()
    timeline = write_cuts(source, RATE, frames, tmp_path / "cut.otio", name="cut", cuts=JOBS)
    user = User(tmp_path, service)
    chance = random.Random(SEED)

    restyle = ("restyle", timeline, "--all", "--prompt", "noir", "--yes")
    resume = ("jobs", "resume", "--all", "--yes")
    # Not before all jobs are in the journal: what was not asked for cannot be resumed.
    user.newtake(*restyle, die_at=f"before:{JOBS + chance.randrange(50, 500)}")
    assert len(user.jobs()) == JOBS
    for _ in range(KILLS - 1):
        when = chance.choice(("before", "after"))
        user.newtake(*resume, die_at=f"{when}:{chance.randrange(50, 500)}")
    assert user.deaths == KILLS

    rounds: list[str] = []
    for number in range(ROUNDS):
        user.settle_unsure()
        statuses = Counter(job["status"] for job in user.jobs())
        rounds.append(f"round {number}: {dict(statuses)}")
        if statuses == {"done": JOBS}:
            break
        user.newtake(*resume)

    show_table("\n".join(rounds))
    rows = user.submissions()
    jobs = user.jobs()
    assert Counter(job["status"] for job in jobs) == {"done": JOBS}
    mine = [each["submission"] for job in jobs for each in job["renditions"]]
    assert len(rows) == JOBS, "submissions at the service"
    assert sorted(mine) == sorted(row["generation_id"] for row in rows)
    assert takes_that_are_wrong(tmp_path) == []
    assert hashlib.sha256(source.read_bytes()).hexdigest() == kept
    assert [file.name for file in tmp_path.rglob("*") if file.suffix in (".part", ".tmp")] == []


class User:
    """One folder with a timeline and a home, and what a person does there."""

    def __init__(self, folder: Path, base_url: str) -> None:
        self._folder = folder
        self._base_url = base_url
        self.deaths = 0

    def newtake(self, *arguments: object, die_at: str = "") -> str:
        done = subprocess.run(
            [*NEWTAKE, *map(str, arguments)],
            env={
                **os.environ,
                "NEWTAKE_HOME": str(self._folder / "home"),
                "OXEN_BASE_URL": self._base_url,
                "OXEN_API_KEY": key_of("chaos"),
                **({VARIABLE: die_at} if die_at else {}),
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=1200,
            check=False,
        )
        if done.returncode == -signal.SIGKILL:
            self.deaths += 1
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout

    def jobs(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = json.loads(self.newtake("jobs", "--json"))
        return listed

    def submissions(self) -> list[dict[str, Any]]:
        """Every row that the service keeps, whatever chance says."""
        rows: list[dict[str, Any]] = []
        while len(rows) < (total := self._page(len(rows) // 100 + 1)["total_entries"]):
            rows += self._page(len(rows) // 100 + 1)["generations"]
        assert len(rows) == total
        return rows

    def _page(self, number: int) -> dict[str, Any]:
        for _ in range(50):
            try:
                answer = httpx.get(
                    f"{self._base_url}/api/ai/generations?page_size=100&page={number}",
                    headers={"Authorization": "Bearer any"},
                )
            except httpx.HTTPError:
                continue
            if answer.is_success:
                page: dict[str, Any] = answer.json()
                return page
        raise AssertionError("the service shows no history")

    def settle_unsure(self) -> None:
        """Look at the service's history for each, as the message asks, and say what is there."""
        unsure = [job for job in self.jobs() if job["status"] == "unsure"]
        if not unsure:
            return
        rows = self.submissions()
        claimed = {each["submission"] for job in self.jobs() for each in job["renditions"]}
        for job in unsure:
            sent = [row["generation_id"] for row in rows if is_of(row, job)]
            free = [each for each in sent if each not in claimed]
            claimed.update(free[:1])
            told = ["--submission", free[0]] if free else ["--not-sent"]
            self.newtake("jobs", "settle", job["id"], *told)


def is_of(row: dict[str, Any], job: dict[str, Any]) -> bool:
    return job["asset"]["key"]["path"] in json.dumps(row)


def takes_that_are_wrong(folder: Path) -> list[str]:
    """Decode every take, and compare with the frames that its clip shows."""
    written = otio.adapters.read_from_file(str(folder / "cut_newtake.otio"))
    clips = list(written.find_clips())
    assert len(clips) == JOBS

    def fault(clip: otio.schema.Clip) -> str | None:
        references = clip.media_references()
        if sorted(references) != ["DEFAULT_MEDIA", "take_001"]:
            return f"{clip.name}: {sorted(references)}"
        take = references["take_001"]
        first = round(take.available_range.start_time.value)
        count = round(take.available_range.duration.value)
        shown = clip.source_range
        if not first <= shown.start_time.value <= first + count - shown.duration.value:
            return f"{clip.name}: the take does not reach over the clip"
        numbers = numbers_in(folder / take.target_url)[:count]
        if numbers != list(range(first, first + count)):
            return f"{clip.name}: a frame is not in its slot"
        return None

    with ThreadPoolExecutor(2) as pool:
        return [each for each in pool.map(fault, clips) if each is not None]
