"""A job's life: eight steps, and the only rules by which it may move.

Rule 1: a job changes only through `advance`; nothing else sets its step or status.
Rule 2: this file knows no host, provider or disk. It sees events, in order.
Rule 3: an event that does not fit raises `IllegalEventError` and changes nothing.

A job is the fold of its events, so replaying a journal rebuilds it exactly.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Literal

from newtake.domain.events import (
    Cancelled,
    Conformed,
    CostRead,
    Downloaded,
    Event,
    Exported,
    Failed,
    Failure,
    JobCreated,
    Order,
    Relinked,
    RenditionEnded,
    Resumed,
    Stamped,
    Step,
    StepStarted,
    SubmissionUnknown,
    SubmitIntended,
    SubmitRefused,
    Submitted,
    Uploaded,
)
from newtake.domain.files import Asset, PlacedTake, PlateFile, ResultFile, TakeFile


class Status(Enum):
    """Whether a job still moves."""

    ACTIVE = "active"
    """Has a next step; running now, or waiting for `jobs resume`."""
    DONE = "done"
    """Every rendition that the service delivered is in the timeline."""
    FAILED = "failed"
    """Stopped by an error; `jobs resume` tries the same step again, without paying again."""
    UNSURE = "unsure"
    """A submission may exist; only `jobs settle` moves it on."""
    CANCELLED = "cancelled"
    """Ended on request."""


class IllegalEventError(Exception):
    """An event that cannot follow the job's state: a fault of this program."""


@dataclass(frozen=True, slots=True)
class Rendition:
    """One generation of a submission: becomes one take."""

    submission_id: str
    outcome: Literal["pending", "ready", "failed"] = "pending"
    reason: str = ""
    result_url: str | None = None
    """Only for answers that have no row to ask again (the synchronous route)."""
    result: ResultFile | None = None
    take: TakeFile | None = None
    placed: PlacedTake | None = None
    cost_usd: str | None = None


@dataclass(frozen=True, slots=True)
class Intent:
    """What was about to be submitted; enough to find it at the service afterwards."""

    at: float
    url_sha256: str
    url_path: str


@dataclass(frozen=True, slots=True)
class Job:
    id: str
    order: Order
    created_at: float
    status: Status = Status.ACTIVE
    plate: PlateFile | None = None
    asset: Asset | None = None
    intent: Intent | None = None
    renditions: tuple[Rendition, ...] = ()
    failure: Failure | None = None
    started: dict[Step, float] = field(default_factory=dict)
    """When each step was last begun."""
    ended: dict[Step, float] = field(default_factory=dict)
    """When each step was done."""

    @property
    def step(self) -> Step | None:
        """The step to do next; None when there is nothing left to do."""
        if self.plate is None:
            return Step.EXPORT
        if self.asset is None:
            return Step.UPLOAD
        if not self.renditions:
            return Step.SUBMIT
        if any(each.outcome == "pending" for each in self.renditions):
            return Step.WAIT
        ready = self.ready
        if any(each.result is None for each in ready):
            return Step.DOWNLOAD
        if any(each.take is None for each in ready):
            return Step.CONFORM
        if any(each.placed is None for each in ready):
            return Step.RELINK
        return None

    @property
    def ready(self) -> tuple[Rendition, ...]:
        """The renditions that the service delivered."""
        return tuple(each for each in self.renditions if each.outcome == "ready")

    def seconds(self, step: Step) -> float | None:
        """How long a finished step took."""
        if step not in self.started or step not in self.ended:
            return None
        return max(0.0, self.ended[step] - self.started[step])


_MOVABLE = (Status.ACTIVE,)
_ALLOWED_AT: dict[type, Step] = {
    Exported: Step.EXPORT,
    Uploaded: Step.UPLOAD,
    SubmitIntended: Step.SUBMIT,
    SubmitRefused: Step.SUBMIT,
    SubmissionUnknown: Step.SUBMIT,
    Submitted: Step.SUBMIT,
    RenditionEnded: Step.WAIT,
    Downloaded: Step.DOWNLOAD,
    Conformed: Step.CONFORM,
    Relinked: Step.RELINK,
}


def replay(events: Iterable[Stamped]) -> Job:
    """Rebuild a job from its events.

    Raises:
        IllegalEventError: If the list is empty or an event does not fit.
    """
    job: Job | None = None
    for stamped in events:
        job = advance(job, stamped)
    if job is None:
        raise IllegalEventError("a job without events")
    return job


def advance(job: Job | None, stamped: Stamped) -> Job:
    """The job after one more event.

    Raises:
        IllegalEventError: If the event cannot follow; the job is unchanged.
    """
    event = stamped.event
    if isinstance(event, JobCreated):
        if job is not None:
            raise IllegalEventError(f"job {job.id} was created already")
        at = stamped.at
        return Job(event.job_id, event.order, at, ended={Step.SELECT: at}, started={})
    if job is None:
        raise IllegalEventError(f"{event.kind} before job_created")
    _check(job, event)
    before = job.step
    after = _applied(job, event, stamped.at)
    if before is not None and after.step is not before:
        after = replace(after, ended={**after.ended, before: stamped.at})
    if after.step is None and after.status is Status.ACTIVE:
        after = _closed(after)
    return after


def _check(job: Job, event: Event) -> None:
    where = f"job {job.id} at {job.step.value if job.step else 'its end'} ({job.status.value})"
    if isinstance(event, Resumed):
        if job.status is Status.DONE or job.step is None:
            raise IllegalEventError(f"{where} has nothing to resume")
        return
    if isinstance(event, CostRead):
        return
    if job.status is Status.UNSURE and isinstance(event, Submitted | SubmitRefused | Cancelled):
        return
    if job.status not in _MOVABLE:
        raise IllegalEventError(f"{event.kind} for {where}")
    needed = _ALLOWED_AT.get(type(event))
    if needed is not None and job.step is not needed:
        raise IllegalEventError(f"{event.kind} for {where}")
    if isinstance(event, Submitted | SubmissionUnknown) and job.intent is None:
        raise IllegalEventError(f"{event.kind} without an intent, {where}")
    if isinstance(event, Submitted) and not event.submission_ids:
        raise IllegalEventError(f"a submission without an id, {where}")
    if isinstance(event, SubmitIntended) and job.intent is not None:
        raise IllegalEventError(f"a second intent while the first is open, {where}")
    if isinstance(event, RenditionEnded | Downloaded | Conformed | Relinked):
        known = {each.submission_id for each in job.renditions}
        if event.submission_id not in known:
            raise IllegalEventError(f"{event.submission_id} is no submission of {where}")


def _applied(job: Job, event: Event, at: float) -> Job:
    if isinstance(event, StepStarted):
        return replace(job, started={**job.started, event.step: at})
    if isinstance(event, Exported):
        return replace(job, plate=event.plate)
    if isinstance(event, Uploaded):
        return replace(job, asset=event.asset)
    if isinstance(event, SubmitIntended):
        return replace(job, intent=Intent(at, event.url_sha256, event.url_path))
    if isinstance(event, SubmitRefused):
        return replace(job, intent=None, status=Status.ACTIVE)
    if isinstance(event, SubmissionUnknown):
        return replace(job, status=Status.UNSURE)
    if isinstance(event, Submitted):
        urls = event.result_urls or (None,) * len(event.submission_ids)
        renditions = tuple(
            Rendition(each, result_url=url, outcome="ready" if url else "pending")
            for each, url in zip(event.submission_ids, urls, strict=True)
        )
        return replace(job, renditions=renditions, status=Status.ACTIVE)
    if isinstance(event, Failed):
        return replace(job, status=Status.FAILED, failure=event.failure)
    if isinstance(event, Resumed):
        return replace(job, status=_resumed_status(job), failure=None)
    if isinstance(event, Cancelled):
        return replace(job, status=Status.CANCELLED)
    return replace(job, renditions=tuple(_rendition(each, event) for each in job.renditions))


def _resumed_status(job: Job) -> Status:
    return Status.UNSURE if job.status is Status.UNSURE else Status.ACTIVE


def _rendition(each: Rendition, event: Event) -> Rendition:
    if not hasattr(event, "submission_id") or event.submission_id != each.submission_id:
        return each
    if isinstance(event, RenditionEnded):
        return replace(each, outcome=event.outcome, reason=event.reason)
    if isinstance(event, Downloaded):
        return replace(each, result=event.result)
    if isinstance(event, Conformed):
        return replace(each, take=event.take)
    if isinstance(event, Relinked):
        return replace(each, placed=event.placed)
    if isinstance(event, CostRead):
        return replace(each, cost_usd=event.usd)
    return each


def _closed(job: Job) -> Job:
    if job.ready:
        return replace(job, status=Status.DONE)
    reasons = "; ".join(sorted({each.reason for each in job.renditions if each.reason}))
    failure = Failure(
        Step.WAIT,
        "GenerationFailed",
        "The service ended the submission without a result.",
        reasons or "It gave no reason.",
        "A new `newtake restyle` makes a new submission.",
        "The submission exists; its cost is in the service's history.",
    )
    return replace(job, status=Status.FAILED, failure=failure)
