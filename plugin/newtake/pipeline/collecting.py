"""Takes that are ready and wait for their editor: which job's, and for which timeline."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from newtake.domain.events import Step
from newtake.domain.files import HostDocument
from newtake.domain.job import Job, Status

_RESUMABLE = (Status.ACTIVE, Status.FAILED)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A job of a running editor whose take, or one of whose takes, is ready to be relinked."""

    job: Job
    document: HostDocument

    @property
    def takes(self) -> int:
        return len(self.job.waiting_for(Step.RELINK))

    def is_for(self, document: HostDocument) -> bool:
        """Whether that timeline of that project is the one it waits for; names may change."""
        return (self.document.project, self.document.timeline) == (
            document.project,
            document.timeline,
        )


def waiting_takes(jobs: Iterable[Job], kind: str) -> list[Waiting]:
    """Those for one kind of editor, as `HostTarget.kind` has it, in the order of the jobs.

    Steps before the relink are for `jobs resume`.
    """
    return [
        Waiting(job, job.order.host.document)
        for job in jobs
        if job.order.host.document is not None
        and job.order.host.kind == kind
        and job.status in _RESUMABLE
        and job.waiting_for(Step.RELINK)
    ]


def paid_unfinished(
    jobs: Iterable[Job], document: HostDocument, is_held: Callable[[str], bool]
) -> list[Job]:
    """Jobs of a running editor's timeline that were submitted and stopped before their take is
    ready.

    Args:
        jobs: All of the journal.
        document: The timeline.
        is_held: Whether a process is at a job.
    """
    return [
        job
        for job in jobs
        if job.order.host.document is not None
        and Waiting(job, job.order.host.document).is_for(document)
        and job.status in _RESUMABLE
        and job.renditions
        and job.step not in (None, Step.RELINK)
        and not job.waiting_for(Step.RELINK)
        and not is_held(job.id)
    ]
