"""How long a step usually takes here: the median of what the journal has of jobs that are alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

from newtake.domain.events import Step
from newtake.domain.job import Job, Status

FEWEST = 3
"""Fewer say nothing of the next one."""
_NEWEST = 30
_Kind = tuple[Step, str, str, str]


@dataclass(frozen=True, slots=True)
class Typical:
    """By step, resolution, length and provider: the sandbox's pace is no service's."""

    _seconds: Mapping[_Kind, float]

    @classmethod
    def of(cls, jobs: Iterable[Job]) -> Typical:
        """Args: `jobs` is all of the journal."""
        found: dict[_Kind, list[float]] = defaultdict(list)
        for job in sorted(jobs, key=lambda each: -each.created_at):
            for step in job.ended:
                took = job.seconds(step)
                times = found[_kind(job, step)]
                if took is not None and len(times) < _NEWEST:
                    times.append(took)
        return cls({kind: median(each) for kind, each in found.items() if len(each) >= FEWEST})

    def seconds(self, job: Job) -> float | None:
        """Of the step that a job is at; None where too few are known, or there is none."""
        if job.step is None or job.status is Status.DONE:
            return None
        return self._seconds.get(_kind(job, job.step))


def _kind(job: Job, step: Step) -> _Kind:
    order = job.order
    return step, order.settings.resolution, order.plate.duration, order.provider
