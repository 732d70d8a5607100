"""A service in a process of its own, and commands that talk to it as a user's do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import opentimelineio as otio

from keys import key_of
from newtake.adapters.journal import SqliteJournal
from newtake.shells.cli.demo import footage
from otio_newtake.cuts import write_cuts

NEWTAKE = (sys.executable, "-m", "newtake")
PATIENCE_SECONDS = 120


@contextmanager
def sandbox_at(folder: Path, *options: str) -> Iterator[str]:
    """The address of a service in a process of its own, until the end of the context."""
    process = subprocess.Popen(
        [*NEWTAKE, "sandbox", "--folder", str(folder), *options], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().split()[4].rstrip(".")
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


class Service:
    """`newtake sandbox` in a process of its own, and a command that talks to it."""

    def __init__(self, folder: Path, *faults: str) -> None:
        options = [word for fault in faults for word in ("--fault", fault)]
        self.process = subprocess.Popen(
            [*NEWTAKE, "sandbox", "--folder", folder / "service", *options],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.base_url = self.process.stdout.readline().split()[4].rstrip(".")
        self.environment = {
            **os.environ,
            "OXEN_BASE_URL": self.base_url,
            "OXEN_API_KEY": key_of("service"),
        }
        self.folder = folder
        self.timeline = write_cuts(footage(), Fraction(25), 250, folder / "cut.otio", name="cut")

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*NEWTAKE, *map(str, arguments)],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def newtake(self, *arguments: object) -> tuple[int, str, str]:
        process = self.start(*arguments)
        out, errors = process.communicate(timeout=PATIENCE_SECONDS)
        return process.returncode, out, errors

    def restyle(self) -> subprocess.Popen[str]:
        return self.start("restyle", self.timeline, "--clip", "2", "--prompt", "noir", "--yes")

    def jobs(self) -> list[dict[str, Any]]:
        _, out, _ = self.newtake("jobs", "--json")
        listed: list[dict[str, Any]] = json.loads(out)
        return listed

    def until(self, step: str) -> None:
        """Wait for a job to come to a step, by the journal itself: commands cost time to ask."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        journal = SqliteJournal(Path(self.environment["NEWTAKE_HOME"]) / "journal.sqlite")
        while not any(job.step is not None and job.step.value == step for job in journal.jobs()):
            assert time.monotonic() < deadline, f"no job came to {step}"
            time.sleep(0.02)

    def submissions(self) -> int:
        answer = httpx.get(
            f"{self.base_url}/api/ai/generations", headers={"Authorization": "Bearer any"}
        )
        return int(answer.json()["total_entries"])

    def takes(self) -> list[str]:
        written = otio.adapters.read_from_file(str(self.folder / "cut_newtake.otio"))
        return sorted(list(written.find_clips())[1].media_references())

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()
