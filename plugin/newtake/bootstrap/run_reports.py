"""What a run is reported from: its jobs as the journal has them, and stills of their takes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from newtake import bootstrap
from newtake.domain.errors import SelectionError
from newtake.domain.files import HostTarget
from newtake.domain.job import Job, family_of
from newtake.domain.stills import stills_of
from newtake.pipeline.report_stills import DrawnStill, draw_stills
from newtake.ports import Journal
from newtake.settings import Settings

_LAST_RUN = "last_run"
_MANY_TAKES = 24
"""From so many on only the middle frame is drawn, so that a long night's report takes a minute."""


def remember_run(journal: Journal, jobs: Sequence[Job]) -> None:
    """Remember that these jobs were one run, for `last_run`."""
    journal.remember(_LAST_RUN, json.dumps([job.id for job in jobs]))


def last_run(journal: Journal) -> list[Job]:
    """The jobs of the last run. Raises: SelectionError, where there was none."""
    known = {job.id: job for job in journal.jobs()}
    remembered = journal.remembered(_LAST_RUN)
    found = [known[each] for each in json.loads(remembered or "[]") if each in known]
    if not found and known:
        newest = max(known.values(), key=lambda job: job.created_at)
        found = list(family_of(newest, known.values()))
    if not found:
        raise SelectionError(
            "The journal holds no jobs yet, so there is nothing to report.",
            fix="`newtake restyle` makes some.",
        )
    return found


def named_run(journal: Journal, names: Sequence[str]) -> list[Job]:
    """The named jobs, each once, with the other parts of their clips.

    Raises:
        SelectionError, JournalError: There is no such job, or it cannot be read.
    """
    everything = journal.jobs()
    found: dict[str, Job] = {}
    for name in names:
        job = journal.load(name)
        found |= {each.id: each for each in family_of(job, everything) or (job,)}
    return list(found.values())


def takes_folder(target: HostTarget) -> Path:
    """The folder in which the takes of a job lie, and with them the reports of a run."""
    return target.output.with_name(f"{target.output.stem}_takes")


def free_report_name(folder: Path, moment: datetime) -> Path:
    """A name without a suffix under which nothing lies yet: report_20260131-235959."""
    stem = f"report_{moment:%Y%m%d-%H%M%S}"
    number = 1
    while True:
        path = folder / (stem if number == 1 else f"{stem}_{number}")
        if not any(path.with_name(path.name + suffix).exists() for suffix in (".html", ".json")):
            return path
        number += 1


async def drawn_stills(settings: Settings, jobs: Sequence[Job], folder: Path) -> list[DrawnStill]:
    """Stills of all takes of these jobs, first and middle frame; of many only the middle one.

    Raises:
        MediaToolError: There is no ffmpeg.
    """
    takes = sum(each.take is not None for job in jobs for each in job.renditions)
    stills = [
        still
        for job in jobs
        for still in (stills_of(job) if takes < _MANY_TAKES else stills_of(job, ("middle",)))
    ]
    return await draw_stills(stills, bootstrap.media_tool(settings), folder)
