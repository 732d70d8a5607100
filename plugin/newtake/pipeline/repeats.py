"""Orders that a job carries out, or has carried out, already: the same would be paid for again.

A command that was cut off is typed again, and its `--yes` with it. So what is unfinished is said in
the plan, and stops what would submit it twice until somebody asks for just that. What is finished
is said as well, and stops nothing: another take of the same look may be what is wanted. Only where
the clip lacks the take that is made, and can have it unpaid, that stops it like an unfinished one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from newtake.domain.clip import Clip
from newtake.domain.errors import RepeatError
from newtake.domain.events import Order
from newtake.domain.files import HostTarget
from newtake.domain.job import Job, Status
from newtake.domain.parts import part_id
from newtake.ports import Journal

_UNFINISHED = (Status.ACTIVE, Status.FAILED, Status.UNSURE)
_NAMED = 5
"""Finished ones that a plan's note names before it counts."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """An order, and the job that has the same clip and settings."""

    order: Order
    job: Job
    costs: bool
    """Whether that job brings something yet, and was or may have been submitted, or somebody is at
    it at this moment; or what it brought is not in the clip."""
    elsewhere: str = ""
    """Where that job's takes go; empty where it is the order's timeline."""
    way_back: str = ""
    """What gives the clip the take of a finished job that it has not, without a payment; empty
    where it has it, or nothing is known to."""

    @property
    def is_done(self) -> bool:
        """Whether the job has brought its takes, and nothing is to come."""
        return not is_unfinished(self.job)

    @property
    def made(self) -> str:
        """Which clips have which takes of a finished job."""
        clips = _in_both(self.order, self.job.order)
        made = ", ".join(f"clip {clip.index} ({clip.name}) {_takes(self.job)}" for clip in clips)
        made = f"{made} in {self.elsewhere}" if self.elsewhere else made
        return f"{made}, which the clip has not; {self.way_back}" if self.way_back else made

    @property
    def text(self) -> str:
        job = self.job
        if self.is_done:
            return f"made with these settings already, and would be paid for once more: {self.made}"
        step = job.step.value if job.step else "its end"
        names = ", ".join(clip.name for clip in _in_both(self.order, job.order))
        paid = ", and may be paid for already" if self.costs else ""
        return (
            f"{names}: job {job.id} has the same clip and settings and is not finished "
            f"({job.status.value} at {step}){paid}; {self.going_on}"
        )

    @property
    def going_on(self) -> str:
        """What brings the unfinished job's takes, and where to."""
        resuming = _resuming(self.job)
        if not self.elsewhere:
            return f"{resuming} goes on with it"
        if self.job.order.host.document is None:
            return f"{resuming} goes on with it, and places the take in {self.elsewhere}, not here"
        return f"going on with it, in {self.elsewhere}, places the take there, not here"


def repeats_of(
    orders: Iterable[Order], journal: Journal, is_here: Callable[[Job], bool] = lambda _: False
) -> tuple[Repeat, ...]:
    """What of the orders the journal's jobs do, or have done, already; one job for each: the
    newest, unfinished ones before finished ones, and those of the timeline before others'.

    Args:
        orders: Of one timeline.
        journal: Of the jobs.
        is_here: Whether a job's takes go to that timeline, though it is told otherwise.
    """
    known: dict[tuple[object, ...], list[Job]] = {}
    for job in journal.jobs():
        if is_unfinished(job) or any(each.placed for each in job.renditions):
            known.setdefault(_identity(job.order), []).append(job)
    found = []
    for order in orders:
        alike = [job for job in known.get(_identity(order), ()) if is_same(job.order, order)]
        alike.sort(key=lambda job: _weight(job, order.host))
        for job in alike[-1:]:
            costs = is_unfinished(job) and (_is_paid(job) or journal.is_held(job.id))
            elsewhere = "" if is_here(job) else job.order.host.told_beside(order.host)
            way_back = "" if is_unfinished(job) else _way_back(order, job)
            found.append(Repeat(order, job, costs or bool(way_back), elsewhere, way_back))
    return tuple(found)


def made_for_others(orders: Iterable[Order], journal: Journal) -> tuple[str, ...]:
    """Notes for orders whose very frames another clip of the timeline has a take of, with the same
    settings, or a job at work on one: each would be paid for once more."""
    known: dict[tuple[object, ...], list[Job]] = {}
    for job in journal.jobs():
        if _is_whole(job.order) and ((_is_paid(job) and is_unfinished(job)) or _takes(job)):
            known.setdefault(_identity(job.order), []).append(job)
    notes: dict[str, list[Order]] = {}
    for order in orders:
        alike = known.get(_identity(order), ()) if _is_whole(order) else ()
        if not alike or any(is_same(job.order, order) for job in alike):
            continue
        # A take that is there says more than one to come.
        job = max(alike, key=lambda each: (bool(_takes(each)), each.created_at))
        clip = job.order.clip
        of = f"clip {clip.index} ({clip.name})"
        if elsewhere := job.order.host.told_beside(order.host):
            of += f" in {elsewhere}"
        made = f"{of} has {_takes(job)}" if _takes(job) else f"job {job.id} makes one for {of}"
        notes.setdefault(made, []).append(order)
    return tuple(
        f"{_many_clips(some)}: a take of these very frames with these settings is there already "
        f"({made}), and would be paid for once more; clips that are restyled in one run share it"
        for made, some in notes.items()
    )


def _many_clips(orders: Sequence[Order]) -> str:
    named = [f"clip {each.clip.index} ({each.clip.name})" for each in orders[:_NAMED]]
    more = f" and {len(orders) - _NAMED} more" if len(orders) > _NAMED else ""
    return f"{', '.join(named)}{more}"


def _is_whole(order: Order) -> bool:
    """Whether the take has all frames of one plate, whichever of them its clip shows."""
    return order.part is None and order.take_range is None and order.clip.rendered is None


def _takes(job: Job) -> str:
    return ", ".join(sorted(each.placed.key for each in job.renditions if each.placed is not None))


def told(repeats: Iterable[Repeat]) -> tuple[str, ...]:
    """The notes of a plan about them: one for each unfinished job, one for all finished ones."""
    notes, done = list[str](), list[Repeat]()
    for each in repeats:
        if each.is_done:
            done.append(each)
        else:
            notes.append(each.text)
    if len(done) > _NAMED:
        made = "; ".join(each.made for each in done[:_NAMED])
        notes.append(
            f"{len(done)} are made with these settings already, and would be paid for once more: "
            f"{made}; and {len(done) - _NAMED} more"
        )
    else:
        notes.extend(each.text for each in done)
    return tuple(notes)


def refuse_repeats(repeats: Sequence[Repeat]) -> None:
    """Raise RepeatError where going on could pay for the same a second time."""
    costly = sorted((each for each in repeats if each.costs), key=lambda each: each.is_done)
    if costly and costly[0].is_done:
        others = f"; so is it of {len(costly) - 1} more" if len(costly) > 1 else ""
        raise RepeatError(
            f"A take of the same clip with the same settings is made and paid for{others}.",
            why=f"It is {costly[0].made.partition(';')[0]}; another submission costs once more.",
            fix=f"{costly[0].way_back}; --again makes another one.",
        )
    if costly:
        going_on = costly[0].going_on
        others = f", and {len(costly) - 1} more in the plan's notes" if len(costly) > 1 else ""
        raise RepeatError(
            f"Job {costly[0].job.id} is at the same clip with the same settings{others}.",
            why="It is not finished and may be paid for; another submission costs once more.",
            fix=f"{going_on[:1].upper()}{going_on[1:]}; --again makes another one.",
        )


def _way_back(order: Order, job: Job) -> str:
    own = order.clip
    if order.host.kind != "resolve" or not any(own.is_same(each) for each in _clips(job.order)):
        return ""
    made = [each for each in job.renditions if each.placed is not None and each.take is not None]
    paths = {each.take.path for each in made if each.take is not None}
    keys = {each.placed.key for each in made if each.placed is not None}
    held = any(take.url in map(str, paths) for take in own.takes)
    if held or any(take.key in keys for take in own.takes_above):
        return ""
    if not any(path.exists() for path in paths):
        return ""
    return f"`newtake resolve collect {_first(job)}` brings it in, unpaid"


def is_unfinished(job: Job) -> bool:
    """Whether resuming or settling the job still brings something."""
    return job.status in _UNFINISHED and job.step is not None


def is_same(one: Order, other: Order) -> bool:
    """Whether two orders send the same frames to be restyled in the same way, for the same clip or
    for several of which one is the same."""
    if _identity(one) != _identity(other):
        return False
    return bool(_in_both(one, other))


def _in_both(one: Order, other: Order) -> list[Clip]:
    """The clips of the first order that get the other's take as well."""
    theirs = _clips(other)
    # Handles may make one plate of two parts of a clip.
    exact = _has_part(one) or _has_part(other)
    return [
        mine
        for mine in _clips(one)
        if any(mine.is_same(each) and (not exact or mine.source == each.source) for each in theirs)
    ]


def _clips(order: Order) -> list[Clip]:
    """All clips that get the order's take; the others as far as they are told by it."""
    uses = [
        replace(
            order.clip,
            key=use.clip_key,
            known_by=use.known_by,
            name=use.name,
            index=use.index,
            source=use.frames or order.clip.source,
        )
        for use in order.also
    ]
    return [order.clip, *uses]


def _has_part(order: Order) -> bool:
    """Whether it is of a part of a clip, or another part gets its take."""
    own = order.take_range is not None or order.clip.piece_of is not None
    return own or any(use.piece is not None for use in order.also)


def _identity(order: Order) -> tuple[object, ...]:
    return (
        _home(order.host),
        # What the host is to render has no file yet, only a name after its place.
        order.source.path if order.clip.rendered is None else None,
        order.plate.media_range,
        order.plate.duration,
        order.settings.sent,
        order.lut,
        order.provider,
        order.part.number if order.part else 0,
    )


def _home(host: HostTarget) -> object:
    """What has the clip. Names of an editor change; ids stay."""
    if host.document is None:
        return host.timeline
    if host.kind == "resolve":
        # A timeline is duplicated with its clips where they lie, and they are told by their place.
        return host.document.project
    return host.document.project, host.document.timeline


def _weight(job: Job, host: HostTarget) -> tuple[bool, bool, bool, float]:
    is_here = not job.order.host.told_beside(host)
    return is_unfinished(job), _is_paid(job), is_here, job.created_at


def _is_paid(job: Job) -> bool:
    return job.intent is not None or bool(job.renditions)


def _resuming(job: Job) -> str:
    return f"`newtake jobs resume {_first(job)}`"


def _first(job: Job) -> str:
    """The job of its clip that makes the take."""
    return job.id if job.order.part is None else part_id(job.id, 1)
