"""Takes that are made, and that the timeline as it was read last from DaVinci Resolve lacks."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace

from newtake import bootstrap
from newtake.bootstrap.resolve_lost import Lacking, bring_back, lacking, may_lack
from newtake.domain.events import Step
from newtake.domain.job import Job
from newtake.settings import Settings
from newtake.shells.panel.desk import ShownJob
from newtake.shells.panel.looking import Looking


@dataclass(slots=True)
class ResolveLacks:
    """What the journal and the newest reading of the timeline say of them."""

    settings: Settings
    looking: Looking
    is_busy: Callable[[str], bool]
    """Whether this process is at a job."""
    _known: tuple[Hashable, list[Lacking]] = field(default=((), []))

    def found(self, jobs: Sequence[Job]) -> list[Lacking]:
        """Those of jobs that nobody is at; `jobs` are all of the journal."""
        edit, seen_at = self.looking.edit, self.looking.edit_read_at
        if edit is None or not may_lack(edit.document, jobs):
            return []
        # What was placed since the timeline was read is in it all the same.
        settled = [
            job
            for job in jobs
            if job.ended.get(Step.RELINK, seen_at) < seen_at and not self.is_busy(job.id)
        ]
        ended = tuple((job.id, job.status, job.ended[Step.RELINK]) for job in settled)
        if self._known[0] != (seen_at, ended):
            self._known = (seen_at, ended), lacking(edit.facts, settled)
        return self._known[1]

    def waiting(self, jobs: Sequence[Job]) -> list[Lacking]:
        """Those that wait as any take that is ready does."""
        return [each for each in self.found(jobs) if each.waits]

    def bring_back(self, each: Lacking) -> bool:
        """Have its takes placed when its job is resumed; False where another process is at it."""
        edit = self.looking.edit
        journal = bootstrap.open_journal(self.settings)
        return edit is not None and bring_back(each, edit.facts, journal, self.settings)


def beside(job: ShownJob, found: Sequence[Lacking]) -> ShownJob:
    """The job as the page shows it, with what can be done where its take is not in the timeline."""
    mine = next((each for each in found if each.job.id == job.id), None)
    if mine is None:
        return job
    note = f"not in the timeline that is open: {mine.why}"
    return replace(job, can_resume=True, notes=(*job.notes, note))
