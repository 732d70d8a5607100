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
    ResultRefused,
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
    exr_url: str | None = None
    """As `result_url`, for the EXR."""
    result: ResultFile | None = None
    take: TakeFile | None = None
    placed: PlacedTake | None = None
    cost_usd: str | None = None

    @property
    def step(self) -> Step | None:
        """Its next step; None when it is in the timeline or has failed for good."""
        if self.outcome == "failed" or self.placed is not None:
            return None
        if self.outcome == "pending":
            return Step.WAIT
        if self.result is None:
            return Step.DOWNLOAD
        return Step.CONFORM if self.take is None else Step.RELINK


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
        return next((step for step in RENDITION_STEPS if self.waiting_for(step)), None)

    def waiting_for(self, step: Step) -> tuple[Rendition, ...]:
        """The renditions whose next step this is. They go on independently of each other."""
        return tuple(each for each in self.renditions if each.step is step)

    @property
    def may_be_submitted_unknown(self) -> bool:
        """Whether a request left, or was about to, and nobody knows what became of it."""
        return self.intent is not None and not self.renditions

    @property
    def ready(self) -> tuple[Rendition, ...]:
        """The renditions that the service delivered and that can become takes."""
        return tuple(each for each in self.renditions if each.outcome == "ready")

    def seconds(self, step: Step) -> float | None:
        """How long a finished step took."""
        if step not in self.started or step not in self.ended:
            return None
        return max(0.0, self.ended[step] - self.started[step])


RENDITION_STEPS = (Step.WAIT, Step.DOWNLOAD, Step.CONFORM, Step.RELINK)
"""The steps that each rendition of a submission takes on its own."""
_JOB_EVENT_STEP: dict[type, Step] = {
    Exported: Step.EXPORT,
    Uploaded: Step.UPLOAD,
    SubmitIntended: Step.SUBMIT,
    SubmitRefused: Step.SUBMIT,
    SubmissionUnknown: Step.SUBMIT,
    Submitted: Step.SUBMIT,
}
_RENDITION_EVENT_STEP: dict[type, Step] = {
    RenditionEnded: Step.WAIT,
    Downloaded: Step.DOWNLOAD,
    ResultRefused: Step.CONFORM,
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
    after = _applied(job, event, stamped.at)
    done = _JOB_EVENT_STEP.get(type(event)) or _RENDITION_EVENT_STEP.get(type(event))
    if done is not None and after.step is not done and not after.waiting_for(done):
        after = replace(after, ended={**after.ended, done: stamped.at})
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
    if isinstance(event, Cancelled):
        # A cancelled job is never looked at again, so nothing unknown may be left in it.
        cancellable = job.status in (Status.ACTIVE, Status.FAILED) and job.step is not None
        if not cancellable or job.may_be_submitted_unknown:
            raise IllegalEventError(f"{event.kind} for {where}")
        return
    if job.status is Status.UNSURE and isinstance(event, Submitted | SubmitRefused):
        return
    if job.status is not Status.ACTIVE:
        raise IllegalEventError(f"{event.kind} for {where}")
    needed = _JOB_EVENT_STEP.get(type(event))
    if needed is not None and job.step is not needed:
        raise IllegalEventError(f"{event.kind} for {where}")
    if isinstance(event, Submitted | SubmissionUnknown) and job.intent is None:
        raise IllegalEventError(f"{event.kind} without an intent, {where}")
    if isinstance(event, Submitted) and not event.submission_ids:
        raise IllegalEventError(f"a submission without an id, {where}")
    if isinstance(event, SubmitIntended) and job.intent is not None:
        raise IllegalEventError(f"a second intent while the first is open, {where}")
    if isinstance(event, RenditionEnded | Downloaded | ResultRefused | Conformed | Relinked):
        waiting = job.waiting_for(_RENDITION_EVENT_STEP[type(event)])
        if event.submission_id not in {each.submission_id for each in waiting}:
            raise IllegalEventError(f"{event.kind} of {event.submission_id} for {where}")


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
        nothing = (None,) * len(event.submission_ids)
        renditions = tuple(
            Rendition(each, result_url=url, exr_url=exr, outcome="ready" if url else "pending")
            for each, url, exr in zip(
                event.submission_ids,
                event.result_urls or nothing,
                event.exr_urls or nothing,
                strict=True,
            )
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
    if isinstance(event, ResultRefused):
        return replace(each, outcome="failed", reason=event.why)
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
    kept = [str(each.result.path) for each in job.renditions if each.result is not None]
    if kept:
        failure = Failure(
            Step.CONFORM,
            "Result",
            "The result that came is no take of this clip.",
            reasons,
            f"It is kept: {', '.join(kept)}.",
            "The submission exists; its cost is in the service's history.",
        )
    else:
        failure = Failure(
            Step.WAIT,
            "GenerationFailed",
            "The service ended the submission without a result.",
            reasons or "It gave no reason.",
            "A new `newtake restyle` makes a new submission.",
            "The submission exists; its cost is in the service's history.",
        )
    return replace(job, status=Status.FAILED, failure=failure)
