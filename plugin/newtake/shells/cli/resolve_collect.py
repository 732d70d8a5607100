"""`newtake resolve collect`: bringing takes that are made into the timeline that is open."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newtake import bootstrap
from newtake.bootstrap import resolve
from newtake.bootstrap.resolve_left_over import PutBack, put_back_left
from newtake.bootstrap.resolve_lost import Lacking, bring_back, lacking, may_lack
from newtake.bootstrap.resuming import can_go_on
from newtake.domain.errors import NewTakeError, SelectionError
from newtake.domain.files import HostDocument
from newtake.domain.job import Job, Status, family_of
from newtake.pipeline.budget import Budget
from newtake.pipeline.collecting import Waiting, paid_unfinished
from newtake.ports import Journal
from newtake.shells.cli.documents import job_document, print_document
from newtake.shells.cli.drawing import console, draw_outcome, say
from newtake.shells.cli.errors import show_error
from newtake.shells.cli.interrupts import run
from newtake.shells.cli.resuming import ResumeOptions, go_on

if TYPE_CHECKING:
    from newtake.hosts.resolve.connection import ResolveCalls
    from newtake.hosts.resolve.facts import TimelineFacts

_NAMED = 5


def collect(names: Sequence[str], everything: bool, as_json: bool) -> None:
    """Bring in what waits for the open timeline. Exits with 1 where that does not end well.

    Args:
        names: Jobs whose takes alone are meant, also those that the timeline has lost; none: those
            that wait.
        everything: Beside what waits all that the timeline lost and has a clip for.
        as_json: Print a document.
    """
    done = run(_collect, names, everything)
    if as_json:
        print_document(done.document)
    else:
        done.tell()
    draw_outcome(done.jobs, sys.stderr)
    for error in done.errors:
        show_error(error, as_json=False)
    if done.errors or any(job.status is not Status.DONE for job in done.jobs):
        sys.exit(1)


@dataclass(frozen=True, slots=True)
class _Collected:
    """What was brought in, and what was not."""

    open_name: str
    jobs: Sequence[Job]
    elsewhere: Sequence[Waiting]
    left: Sequence[Lacking]
    """What the timeline lacks and was not asked for."""
    unfinished: Sequence[Job]
    errors: Sequence[NewTakeError]
    tidied: int
    restored: PutBack

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
                for each in self.elsewhere
            ],
            "lacking": [
                {
                    "job": each.job.id,
                    "clip": each.job.order.label,
                    "takes": each.lost.takes,
                    "why": each.why,
                }
                for each in self.left
            ],
            "unfinished": [
                {"job": job.id, "clip": job.order.label, "step": job.step.value if job.step else ""}
                for job in self.unfinished
            ],
            "marks_removed": self.tidied,
            "renders_put_back": self.restored.renders,
            "put_back": list(self.restored.said),
        }

    def tell(self) -> None:
        out = console(sys.stdout)
        if not self.jobs:
            say(out, f"No take waits for {self.open_name}.")
        for each in self.elsewhere:
            say(
                out,
                f"{each.job.order.label}: {each.takes} take(s) of job {each.job.id} wait for the "
                f"timeline {each.document.timeline_name} in the project "
                f"{each.document.project_name}; open it, then collect again",
            )
        for line in (*_told_unfinished(self.unfinished), *_told_left(self.left)):
            say(out, line)
        if self.tidied:
            say(out, f"{self.tidied} mark(s) of jobs that have ended were removed.")
        for text in self.restored.said:
            say(out, text)


def _told_unfinished(jobs: Sequence[Job]) -> list[str]:
    if not jobs:
        return []
    some = ", ".join(
        f"{job.order.label} (job {job.id}, stopped at {job.step.value if job.step else 'its end'})"
        for job in jobs[:_NAMED]
    )
    more = f" and {len(jobs) - _NAMED} more" if len(jobs) > _NAMED else ""
    are = "1 job is" if len(jobs) == 1 else f"{len(jobs)} jobs are"
    which = jobs[0].id if len(jobs) == 1 else "ID"
    return [
        f"{are} paid for and not finished here: {some}{more}; "
        f"`newtake jobs resume {which}` goes on, and nothing is paid again."
    ]


def _told_left(left: Sequence[Lacking]) -> list[str]:
    lines = [
        f"{each.job.order.label}, {each.job.order.clip.track} {each.job.order.clip.record}: "
        f"{_takes(each.job)} of job {each.job.id} {_is(each)} made and not in this timeline "
        f"({each.why}); `newtake resolve collect {each.job.id}` brings "
        f"{'it' if each.lost.takes == 1 else 'them'} in, unpaid"
        for each in left[:_NAMED]
    ]
    if len(left) > 1:
        more = f"{len(left) - _NAMED} more are not in it; " if len(left) > _NAMED else ""
        lines.append(f"{more}`newtake resolve collect --all` brings in all {len(left)}.")
    return lines


def _is(each: Lacking) -> str:
    return "is" if each.lost.takes == 1 else "are"


def _takes(job: Job) -> str:
    return ", ".join(each.placed.key for each in job.renditions if each.placed is not None)


async def _collect(names: Sequence[str], everything: bool) -> _Collected:
    settings = bootstrap.settings_now()
    journal = bootstrap.open_journal(settings)
    async with bootstrap.resolve_from_outside() as calls:
        target = await resolve.open_target(calls, settings)
        assert target.document is not None
        known = journal.jobs()
        waiting, elsewhere = resolve.waiting_for(target.document, known)
        restored = await put_back_left(calls, settings)
        timeline, found = await _lacking(calls, target.document, known)
        meant = [_first(journal, name) for name in names]
        ids = {job.id for job in meant}
        chosen = [each for each in found if each.job.id in ids or (not ids and each.waits)]
        if everything:
            chosen = found
        jobs = [each.job for each in waiting if not ids or everything or each.job.id in ids]
        _refuse_others(meant, {job.id for job in (*jobs, *(each.job for each in chosen))})
        for each in chosen:
            assert timeline is not None, "what is lacking was found in it"
            if bring_back(each, timeline, journal, settings):
                jobs.append(journal.load(each.job.id))
        # Nothing is submitted by a relink, so nothing is asked and no budget counts.
        errors = await go_on(settings, jobs, Budget(), ResumeOptions(), calls)
        tidied = await resolve.tidy(calls, journal.jobs())
    taken = {job.id for job in jobs}
    return _Collected(
        str(target.timeline),
        [journal.load(job.id) for job in jobs],
        elsewhere,
        [each for each in found if each.job.id not in taken],
        paid_unfinished(known, target.document, journal.is_held),
        errors,
        tidied,
        restored,
    )


async def _lacking(
    calls: ResolveCalls, document: HostDocument, jobs: Sequence[Job]
) -> tuple[TimelineFacts | None, list[Lacking]]:
    if not may_lack(document, jobs):
        return None, []
    timeline = await resolve.read_facts(calls)
    return timeline, lacking(timeline, jobs)


def _first(journal: Journal, name: str) -> Job:
    """The job that is named; of a clip in parts the one that makes the take."""
    return family_of(journal.load(name), journal.jobs())[0]


def _refuse_others(meant: Sequence[Job], found: set[str]) -> None:
    """Raise SelectionError for a job that has nothing for the open timeline."""
    for job in meant:
        if job.id in found:
            continue
        what = f"Job {job.id} has no take to bring into the timeline that is open."
        if can_go_on(job) or job.status is Status.UNSURE:
            raise SelectionError(
                what,
                why="It is not finished, or is of another timeline.",
                fix=f"`newtake jobs resume {job.id}` goes on with it.",
            )
        raise SelectionError(
            what,
            why="The timeline has it already, or has not its clip; or its file is gone.",
            fix=f"`newtake resolve takes` lists what clips have, `newtake jobs show {job.id}` "
            "where the take's file is.",
        )
