"""A batch of 500 jobs holds less than 500 MB of memory, and each costs what one of 50 costs.

Compared is what the event loop does: the journal, HTTP, and the tasks themselves. A take is written
into the timeline by a thread, which reads and writes all of it; that is printed beside it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from services import sandbox_at

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(900)]

FEW, MANY = 50, 500
MOST_BYTES = 500_000_000
MOST_RATIO = 3.0
"""Of ten times the jobs; what is read anew for each would make it ten. Each take is still written
into the whole timeline, which grows with them."""
PROGRAM = Path(__file__).with_name("batch_of_many.py")
RESULT = b"\0\0\0\x20ftypisom" + bytes(20)
"""Begins as a video does; nobody plays it."""


def test_five_hundred_jobs_hold_less_than_half_a_gigabyte_and_wait_for_no_one(
    tmp_path: Path,
) -> None:
    few, many = (measured(tmp_path / str(jobs), jobs) for jobs in (FEW, MANY))
    each = [told["loop_seconds"] / jobs for told, jobs in ((few, FEW), (many, MANY))]
    whole = [told["seconds"] / jobs for told, jobs in ((few, FEW), (many, MANY))]
    print(
        f"{MANY} jobs: {many['peak_bytes'] / 1e6:.0f} MB at most, {few['peak_bytes'] / 1e6:.0f} MB "
        f"for {FEW}; processor time of each {each[1] * 1000:.0f} ms, {each[1] / each[0]:.2f} of "
        f"what it is among {FEW}; with the timeline {whole[1] * 1000:.0f} ms and "
        f"{whole[0] * 1000:.0f} ms"
    )
    assert many["peak_bytes"] < MOST_BYTES
    assert each[1] <= MOST_RATIO * each[0]


def measured(folder: Path, jobs: int) -> dict[str, float]:
    """What `batch_of_many.py` says; the service is a process of its own and counts in nothing."""
    folder.mkdir()
    result = folder / "result.mp4"
    result.write_bytes(RESULT)
    with sandbox_at(folder / "service", "--result", str(result), "--at-once", str(jobs)) as url:
        done = subprocess.run(
            [sys.executable, PROGRAM, str(jobs), url, folder],
            env={**os.environ, "PYTHONPATH": str(PROGRAM.parent.parent)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    told: dict[str, float] = json.loads(done.stdout)
    return told
