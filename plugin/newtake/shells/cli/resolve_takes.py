"""`newtake resolve takes` and `collect`: takes that clips have, and takes that wait for them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from newtake import bootstrap
from newtake.bootstrap import resolve
from newtake.bootstrap.resolve_renders import put_back_renders
from newtake.domain.clip import Clip
from newtake.domain.errors import NewTakeError, SelectionError
from newtake.domain.job import Job, Status
from newtake.pipeline.budget import Budget
from newtake.pipeline.collecting import Waiting
from newtake.shells.cli.documents import job_document, print_document, take_document
from newtake.shells.cli.drawing import console, draw_outcome, draw_takes, say
from newtake.shells.cli.errors import show_error
from newtake.shells.cli.interrupts import run
from newtake.shells.cli.resuming import ResumeOptions, go_on


def list_takes(use: Sequence[str], as_json: bool) -> None:
    """List, or with `use` switch first."""
    clips = run(_takes, [_choice(entry) for entry in use])
    if not as_json:
        draw_takes(clips)
        return
    print_document(
        [
            {
                "index": clip.index,
                "clip": clip.name,
                "takes": list(map(take_document, clip.takes)),
                "takes_above": list(map(asdict, clip.takes_above)),
            }
            for clip in clips
            if clip.takes or clip.takes_above
        ]
    )


async def _takes(choices: Sequence[tuple[str, str]]) -> Sequence[Clip]:
    settings = bootstrap.settings_now()
    async with bootstrap.resolve_from_outside() as calls:
        if choices:
            for note in await resolve.use_takes(calls, settings, choices):
                say(console(sys.stderr), note)
        return await resolve.list_clips(calls, settings)


def _choice(entry: str) -> tuple[str, str]:
    clip, separator, take = entry.rpartition("=")
    if not separator or not clip or not take:
        raise SelectionError(
            f"{entry!r} is no choice of a take.",
            fix="Write CLIP=TAKE, e.g. --use 2=take_001 or --use 2=original.",
        )
    return clip, take


def collect(as_json: bool) -> None:
    """Bring in what waits for the open timeline. Exits with 1 where that does not end well."""
    done = run(_collect)
    if as_json:
        print_document(done.document)
    else:
        done.tell()
    draw_outcome(done.jobs, sys.stderr)
    for error in done.errors:
        show_error(error, as_json=False)
    if done.errors or any(job.status is not Status.DONE for job in done.jobs):
        sys.exit(1)


class _Collected:
    """What was brought in, and what waits for other timelines."""

    def __init__(
        self,
        open_name: str,
        jobs: Sequence[Job],
        elsewhere: Sequence[Waiting],
        errors: Sequence[NewTakeError],
        tidied: int,
        restored: int,
    ) -> None:
        self.open_name = open_name
        self.jobs = jobs
        self.errors = errors
        self._elsewhere = elsewhere
        self._tidied = tidied
        self._restored = restored

    @property
    def document(self) -> dict[str, Any]:
        return {
            "timeline": self.open_name,
            "jobs": [job_document(job) for job in self.jobs],
            "waiting": [
                {
                    "job": each.job.id,
                    "clip": each.job.order.label,
                    "takes": each.takes,
                    "project": each.document.project_name,
                    "timeline": each.document.timeline_name,
                }
                for each in self._elsewhere
            ],
            "marks_removed": self._tidied,
            "renders_put_back": self._restored,
        }

    def tell(self) -> None:
        out = console(sys.stdout)
        if not self.jobs:
            say(out, f"No take waits for {self.open_name}.")
        for each in self._elsewhere:
            say(
                out,
                f"{each.job.order.label}: {each.takes} take(s) of job {each.job.id} wait for the "
                f"timeline {each.document.timeline_name} in the project "
                f"{each.document.project_name}; open it, then collect again",
            )
        if self._tidied:
            say(out, f"{self._tidied} mark(s) of jobs that have ended were removed.")
        if self._restored:
            say(out, "What a render that was cut off had changed in Resolve is as before again.")


async def _collect() -> _Collected:
    settings = bootstrap.settings_now()
    journal = bootstrap.open_journal(settings)
    async with bootstrap.resolve_from_outside() as calls:
        target = await resolve.open_target(calls, settings)
        assert target.document is not None
        here, elsewhere = resolve.waiting_for(target.document, journal.jobs())
        jobs = [each.job for each in here]
        restored = await put_back_renders(calls, settings, journal)
        # Nothing is submitted by a relink, so nothing is asked and no budget counts.
        errors = await go_on(settings, jobs, Budget(), ResumeOptions(), calls)
        tidied = await resolve.tidy(calls, journal.jobs())
    jobs = [journal.load(job.id) for job in jobs]
    return _Collected(str(target.timeline), jobs, elsewhere, errors, tidied, restored)
