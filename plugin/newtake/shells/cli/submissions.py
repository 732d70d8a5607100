"""`jobs fetch`: bringing back any result that the account still has."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from newtake import bootstrap
from newtake.domain.errors import NewTakeError, SelectionError
from newtake.domain.job import Job
from newtake.pipeline.adopting import missing_generations
from newtake.pipeline.fetching import fetch_result as bring
from newtake.settings import Settings
from newtake.shells.cli.documents import print_document
from newtake.shells.cli.interrupts import run

_FETCHED_SUFFIXES = (".exr", ".zip")


def fetch_result(wanted: str, out: Path | None, provider: str | None, as_json: bool) -> None:
    """Write the raw result of a job or of any submission into a file; never over one."""
    settings = bootstrap.settings_now()
    journal = bootstrap.open_journal(settings)
    ids = [wanted]
    job: Job | None = None
    known = [job.id for job in journal.jobs()] + [lost.id for lost in journal.unreadable()]
    if wanted and any(each.startswith(wanted) for each in known):
        job = journal.load(wanted)
        provider = provider or job.order.provider
        ids = [each.submission_id for each in job.renditions]
        if not ids:
            raise SelectionError(
                f"Job {job.id} has no submission yet.", fix="`newtake jobs resume` submits it."
            )
    if out is not None and out.suffix.lower() in _FETCHED_SUFFIXES:
        raise SelectionError(
            f"{out} would be the place of the EXR.", fix="Name the video, for example result.mp4."
        )
    files, errors = run(_fetch, settings, ids, out, provider, job)
    for file in files:
        print(f"Written: {file}", file=sys.stderr)
    if errors:
        raise errors[0]
    if as_json:
        print_document([str(file) for file in files])


async def _fetch(
    settings: Settings, ids: Sequence[str], out: Path | None, provider: str | None, job: Job | None
) -> tuple[list[Path], list[NewTakeError]]:
    """What could be written, and what went wrong with the rest."""
    written: list[Path] = []
    errors: list[NewTakeError] = []
    async with bootstrap.wired(settings, provider=provider, needs_key=True) as wiring:
        if job is not None and job.missing:
            # Variations that were paid for and not found when they were looked up.
            try:
                ids = [*ids, *await missing_generations(job, wiring.ports)]
            except NewTakeError as error:
                errors.append(error)
        for number, each in enumerate(ids, start=1):
            target = (out or Path(f"{each}.mp4")).absolute()
            if out is not None and len(ids) > 1:
                target = target.with_name(f"{out.stem}_{number}{out.suffix}")
            try:
                _refuse_to_overwrite(target)
                await bring(each, target, wiring.ports, written.append)
            except NewTakeError as error:
                errors.append(error)
    return written, errors


def _refuse_to_overwrite(target: Path) -> None:
    for file in (target, *(target.with_suffix(suffix) for suffix in _FETCHED_SUFFIXES)):
        if file.exists():
            raise SelectionError(f"{file} is there already.", fix="Give another --out.")
