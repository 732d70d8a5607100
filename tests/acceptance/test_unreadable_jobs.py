"""A job that this version cannot read is said wherever jobs are listed, resumed or counted."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from newtake.adapters.journal import SqliteJournal
from newtake.domain.events import JobCreated, Stamped
from orders import order

Newtake = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def journal() -> Path:
    path = Path(os.environ["NEWTAKE_HOME"]) / "journal.sqlite"
    SqliteJournal(path).append("bad1", Stamped(1, JobCreated("bad1", order())))
    with sqlite3.connect(path) as db:
        db.execute(
            "INSERT INTO event (job_id, number, at, kind, body)"
            """ VALUES ('bad1', 1, 1, 'of_later', '{"kind": "of_later"}')"""
        )
    db.close()
    return path


def test_it_is_listed_and_not_passed_over(newtake: Newtake, journal: Path) -> None:
    listed = newtake("jobs")
    (document,) = json.loads(newtake("jobs", "--json").stdout)
    resumed = newtake("jobs", "resume", "--all")

    assert "bad1 cannot be read" in listed.stdout
    assert (document["id"], document["status"]) == ("bad1", "unreadable")
    assert resumed.returncode == 1
    assert "Job bad1 cannot be read and is left" in resumed.stderr
    assert str(journal) in resumed.stderr


def test_the_doctor_misses_it_and_sees_who_could_read_it(newtake: Newtake, journal: Path) -> None:
    journal.parent.chmod(0o755)
    examined = newtake("doctor", "--json", OXEN_BASE_URL="http://127.0.0.1:9")

    found = {each["name"]: each for each in json.loads(examined.stdout)}
    finding = found["Journal"]
    assert finding["state"] == "missing"
    assert "1 that cannot be read (bad1)" in finding["text"]
    assert str(journal) in finding["fix"]
    if os.name == "posix":
        assert found["Folder"]["state"] == "note"
        assert found["Folder"]["fix"] == f"If that matters here: chmod 700 {journal.parent}"


def test_no_budget_is_kept_beside_it(newtake: Newtake, journal: Path, timeline: Path) -> None:
    del journal
    refused = newtake(
        *("restyle", timeline, "--clip", "1", "--prompt", "x", "--provider", "sandbox"),
        *("--budget", "5", "--yes"),
    )

    assert refused.returncode == 1
    assert "The budget cannot be kept: bad1" in refused.stderr
    assert "Without --budget" in refused.stderr
