"""Orders that an unfinished job carries out already: a second one would pay for the same again.

A command that was cut off is typed again, and its `--yes` with it. So what is unfinished is said in
the plan, and stops what would submit it twice until somebody asks for just that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from newtake.domain.clip import Clip
from newtake.domain.errors import RepeatError
from newtake.domain.events import Order
from newtake.domain.job import Job, Status
from newtake.domain.parts import part_id
from newtake.ports import Journal

_UNFINISHED = (Status.ACTIVE, Status.FAILED, Status.UNSURE)


@dataclass(frozen=True, slots=True)
class Repeat:
    """An order, and the job that has the same clip and settings and is not finished."""

    order: Order
    job: Job
    costs: bool
    """Whether that job was, or may have been, submitted, or somebody is at it at this moment."""

    @property
    def text(self) -> str:
        job = self.job
        step = job.step.value if job.step else "its end"
        names = ", ".join(clip.name for clip in _in_both(self.order, job.order))
        paid = ", and may be paid for already" if self.costs else ""
        return (
            f"{names}: job {job.id} has the same clip and settings and is not finished "
            f"({job.status.value} at {step}){paid}; {_resuming(job)} goes on with it"
        )


def repeats_of(orders: Iterable[Order], journal: Journal) -> tuple[Repeat, ...]:
    """What of the orders the journal's unfinished jobs do already; the newest job for each."""
    unfinished = [job for job in journal.jobs() if is_unfinished(job)]
    found = []
    for order in orders:
        alike = [job for job in unfinished if is_same(job.order, order)]
        for job in sorted(alike, key=lambda each: (_is_paid(each), each.created_at))[-1:]:
            found.append(Repeat(order, job, _is_paid(job) or journal.is_held(job.id)))
    return tuple(found)


def refuse_repeats(repeats: Sequence[Repeat]) -> None:
    """Raise RepeatError where going on could pay for the same a second time."""
    costly = [each for each in repeats if each.costs]
    if costly:
        others = f", and {len(costly) - 1} more in the plan's notes" if len(costly) > 1 else ""
        raise RepeatError(
            f"Job {costly[0].job.id} is at the same clip with the same settings{others}.",
            why="It is not finished and may be paid for; another submission costs once more.",
            fix=f"{_resuming(costly[0].job)} goes on with it; --again makes another one.",
        )


def is_unfinished(job: Job) -> bool:
    """Whether resuming or settling the job still brings something."""
    return job.status in _UNFINISHED and job.step is not None


def is_same(one: Order, other: Order) -> bool:
    """Whether two orders send the same frames to be restyled in the same way, for the same clip or
    for several of which one is the same."""
    if _identity(one) != _identity(other):
        return False
    # Handles may make one plate of two parts of a clip.
    if (_is_part(one) or _is_part(other)) and one.clip.source != other.clip.source:
        return False
    return bool(_in_both(one, other))


def _in_both(one: Order, other: Order) -> list[Clip]:
    """The clips of the first order that get the other's take as well."""
    theirs = _clips(other)
    return [mine for mine in _clips(one) if any(map(mine.is_same, theirs))]


def _clips(order: Order) -> list[Clip]:
    """All clips that get the order's take; the others as far as they are told by it."""
    uses = [
        replace(order.clip, key=use.clip_key, known_by=use.known_by, name=use.name)
        for use in order.also
    ]
    return [order.clip, *uses]


def _is_part(order: Order) -> bool:
    return order.take_range is not None or order.clip.piece_of is not None


def _identity(order: Order) -> tuple[object, ...]:
    document = order.host.document
    return (
        # An editor's names change; ids stay.
        order.host.timeline if document is None else (document.project, document.timeline),
        # What the host is to render has no file yet, only a name after its place.
        order.source.path if order.clip.rendered is None else None,
        order.plate.media_range,
        order.plate.duration,
        order.settings.sent,
        order.lut,
        order.provider,
        order.part.number if order.part else 0,
    )


def _is_paid(job: Job) -> bool:
    return job.intent is not None or bool(job.renditions)


def _resuming(job: Job) -> str:
    name = job.id if job.order.part is None else part_id(job.id, 1)
    return f"`newtake jobs resume {name}`"
