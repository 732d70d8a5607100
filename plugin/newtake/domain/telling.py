"""An event of a job as a line of a log: what it says of the work, and nothing of prompts."""

from __future__ import annotations

from newtake.domain.events import (
    Cancelled,
    Conformed,
    CostRead,
    Downloaded,
    Event,
    Exported,
    Failed,
    FileLost,
    HostMoved,
    JobCreated,
    LaidAnew,
    Relinked,
    RenditionEnded,
    ResultRefused,
    StepStarted,
    SubmissionUnknown,
    SubmitRefused,
    Submitted,
    Uploaded,
)


def told(event: Event) -> str:
    """The event's kind and its particulars."""
    return f"{event.kind} {_particulars(event)}".rstrip()


def _particulars(event: Event) -> str:
    match event:
        case JobCreated(order=order):
            settings = order.settings
            return (
                f"{order.plate.length} frames, {settings.resolution}, {order.provider}, "
                f"{order.uploader.partition(':')[0]}, {settings.variations} variation(s)"
            )
        case StepStarted(step=step):
            return step.value
        case Exported(plate=plate):
            return f"{plate.frames} frames, {plate.size_bytes} bytes"
        case Uploaded(asset=asset):
            return f"{asset.size_bytes} bytes{', there already' if asset.reused else ''}"
        case Submitted():
            return f"{', '.join(event.submission_ids)}{' (found again)' if event.adopted else ''}"
        case RenditionEnded():
            return f"{event.submission_id} {event.outcome} {event.reason}"
        case Failed(failure=failure):
            return f"at {failure.step.value}: {failure.code}: {failure.what} {failure.why}"
        case ResultRefused() | FileLost():
            return f"{event.submission_id}: {event.why}"
        case SubmitRefused() | SubmissionUnknown() | Cancelled():
            return event.why
        case Downloaded(result=result):
            return f"{event.submission_id} {result.size_bytes} bytes"
        case Conformed():
            return f"{event.submission_id} {event.take.method}"
        case LaidAnew(host=host):
            return str(host.output)
        case HostMoved():
            return f"files of {len(event.files)} rendition(s) with it"
        case Relinked():
            return f"{event.submission_id} {event.placed.key}"
        case CostRead():
            return f"{event.submission_id} ${event.usd}"
        case _:
            return ""
