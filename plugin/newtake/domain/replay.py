"""The only rules by which a job may move: events in, the job after them out.

Rule 1: a job changes only through `advance`; nothing else sets its step or status.
Rule 2: this file knows no host, provider or disk. It sees events, in order.
Rule 3: an event that does not fit raises `IllegalEventError` and changes nothing.

A job is the fold of its events, so replaying a journal rebuilds it exactly.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from newtake.domain.errors import Money
from newtake.domain.events import (
    Cancelled,
    Conformed,
    CostRead,
    Downloaded,
    Event,
    Exported,
    Failed,
    Failure,
    FileLost,
    HostMoved,
    JobCreated,
    LaidAnew,
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
from newtake.domain.job import Intent, Job, Rendition, Status


class IllegalEventError(Exception):
    """An event that cannot follow the job's state: a fault of this program."""


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
    if isinstance(event, Submitted) and job.renditions:
        return after
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
    if isinstance(event, HostMoved):
        is_over = job.status is Status.DONE and not job.is_later_part
        if is_over or len(event.also_keys) != len(job.order.also):
            raise IllegalEventError(f"{event.kind} for {where}")
        return
    if isinstance(event, LaidAnew):
        is_out = job.is_later_part or job.status is Status.CANCELLED
        if is_out or len(event.also_keys) != len(job.order.also):
            raise IllegalEventError(f"{event.kind} for {where}")
        return
    if isinstance(event, Cancelled):
        # A cancelled job is never looked at again, so nothing unknown may be left in it.
        cancellable = job.status in (Status.ACTIVE, Status.FAILED) and job.step is not None
        if not cancellable or job.may_be_submitted_unknown:
            raise IllegalEventError(f"{event.kind} for {where}")
        return
    if isinstance(event, Submitted):
        _check_ids(event, where)
        if job.renditions:
            _check_addition(job, event, where)
            return
    if job.status is Status.UNSURE and isinstance(event, Submitted | SubmitRefused):
        return
    if job.status is not Status.ACTIVE and not _reopens(job, event):
        raise IllegalEventError(f"{event.kind} for {where}")
    needed = _JOB_EVENT_STEP.get(type(event))
    if needed is not None and job.step is not needed and not _may_be_made_again(job, event):
        raise IllegalEventError(f"{event.kind} for {where}")
    if isinstance(event, Submitted | SubmissionUnknown) and job.intent is None:
        raise IllegalEventError(f"{event.kind} without an intent, {where}")
    if isinstance(event, SubmitIntended) and job.intent is not None:
        raise IllegalEventError(f"a second intent while the first is open, {where}")
    if isinstance(event, RenditionEnded | Downloaded | ResultRefused | Conformed | Relinked):
        waiting = job.waiting_for(_RENDITION_EVENT_STEP[type(event)])
        if event.submission_id not in {each.submission_id for each in waiting}:
            raise IllegalEventError(f"{event.kind} of {event.submission_id} for {where}")
    if isinstance(event, FileLost) and not any(_holds(each, event) for each in job.renditions):
        raise IllegalEventError(f"{event.kind} of {event.submission_id} for {where}")


def _check_ids(event: Submitted, where: str) -> None:
    ids = event.submission_ids
    if not ids:
        raise IllegalEventError(f"a submission without an id, {where}")
    if len(set(ids)) < len(ids):
        raise IllegalEventError(f"one submission twice, {where}")
    if any(len(urls) not in (0, len(ids)) for urls in (event.result_urls, event.exr_urls)):
        raise IllegalEventError(f"{len(ids)} submissions with addresses of others, {where}")


def _check_addition(job: Job, event: Submitted, where: str) -> None:
    """Of a submission's variations some may be found later than the others."""
    known = {each.submission_id for each in job.renditions}
    fits = event.adopted and len(event.submission_ids) <= job.missing
    if not fits or known & set(event.submission_ids) or job.status is Status.CANCELLED:
        raise IllegalEventError(f"{event.kind} of {', '.join(event.submission_ids)} for {where}")


def _may_be_made_again(job: Job, event: Event) -> bool:
    """A plate may be cut or uploaded anew for as long as certainly nothing was submitted of it."""
    if not isinstance(event, Exported | Uploaded) or job.intent is not None or job.renditions:
        return False
    return isinstance(event, Exported) or job.plate is not None


def _reopens(job: Job, event: Event) -> bool:
    """A part that is done has its result joined by another job, which may find it gone."""
    return isinstance(event, FileLost) and job.is_later_part and job.status is Status.DONE


def _holds(each: Rendition, lost: FileLost) -> bool:
    """Whether the rendition has the file, and is not in the timeline with it yet."""
    if each.submission_id != lost.submission_id or each.step is None:
        return False
    return (each.result if lost.what == "result" else each.take) is not None


def _applied(job: Job, event: Event, at: float) -> Job:
    if isinstance(event, StepStarted):
        return replace(job, started={**job.started, event.step: at})
    if isinstance(event, Exported):
        return replace(job, plate=event.plate, asset=None)
    if isinstance(event, Uploaded):
        return replace(job, asset=event.asset)
    if isinstance(event, SubmitIntended):
        return replace(job, intent=Intent(at, event.url_sha256, event.url_path))
    if isinstance(event, SubmitRefused):
        return replace(job, intent=None, status=Status.ACTIVE)
    if isinstance(event, SubmissionUnknown):
        return replace(job, status=Status.UNSURE, doubt=event.why)
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
        every = (*job.renditions, *renditions)
        return replace(job, renditions=every, status=Status.ACTIVE, failure=None)
    if isinstance(event, Failed):
        return replace(job, status=Status.FAILED, failure=event.failure)
    if isinstance(event, Resumed):
        return replace(job, status=_resumed_status(job), failure=None)
    if isinstance(event, Cancelled):
        return replace(job, status=Status.CANCELLED)
    if isinstance(event, HostMoved):
        return _moved(job, event)
    if isinstance(event, LaidAnew):
        return _to_be_laid(job, event)
    renditions = tuple(_rendition(each, event) for each in job.renditions)
    if _reopens(job, event):
        return replace(job, renditions=renditions, status=Status.ACTIVE)
    return replace(job, renditions=renditions)


def _renamed(order: Order, event: HostMoved | LaidAnew) -> Order:
    """The order with its clips by their keys of now."""
    also = tuple(
        replace(use, clip_key=key) for use, key in zip(order.also, event.also_keys, strict=True)
    )
    clip = replace(order.clip, key=event.clip_key)
    return replace(order, clip=clip, host=event.host, also=also)


def _to_be_laid(job: Job, event: LaidAnew) -> Job:
    renditions = tuple(replace(each, placed=None, losses=0) for each in job.renditions)
    job = replace(job, order=_renamed(job.order, event), renditions=renditions)
    is_open = job.status is Status.DONE and job.step is not None
    return replace(job, status=Status.ACTIVE) if is_open else job


def _moved(job: Job, event: HostMoved) -> Job:
    files = {each.submission_id: each for each in event.files}
    renditions = []
    for each in job.renditions:
        found = files.get(each.submission_id)
        if found is not None and each.placed is None:
            result = found.result if each.result is not None else None
            take = found.take if each.take is not None else None
            each = replace(each, result=result or each.result, take=take or each.take)
        renditions.append(each)
    return replace(
        job,
        order=replace(_renamed(job.order, event), source=event.source),
        renditions=tuple(renditions),
    )


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
    if isinstance(event, FileLost):
        kept = each.result if event.what == "take" else None
        return replace(each, result=kept, take=None, losses=each.losses + 1)
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
    if all(each.outcome == "cancelled" for each in job.renditions):
        return replace(job, status=Status.CANCELLED)
    reasons = "; ".join(sorted({each.reason for each in job.renditions if each.reason}))
    kept = [str(each.result.path) for each in job.renditions if each.result is not None]
    if kept:
        failure = Failure(
            Step.CONFORM,
            "Result",
            "The result that came is no take of this clip.",
            reasons,
            f"It is kept: {', '.join(kept)}.",
            Money.SUBMITTED.value,
        )
    else:
        failure = Failure(
            Step.WAIT,
            "GenerationFailed",
            "The service ended the submission without a result.",
            reasons or "It gave no reason.",
            "A new `newtake restyle` makes a new submission.",
            Money.SUBMITTED.value,
        )
    return replace(job, status=Status.FAILED, failure=failure)
