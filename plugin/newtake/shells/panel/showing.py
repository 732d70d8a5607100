"""Clips, plans, jobs and errors as the page shows them: pure functions of the domain's values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from newtake.domain.clip import Clip
from newtake.domain.edit import EditSettings, Price
from newtake.domain.errors import Money, NewTakeError
from newtake.domain.events import Order, Step
from newtake.domain.job import Job, Rendition, Status
from newtake.domain.take_places import told_place
from newtake.domain.timing import display_rate
from newtake.pipeline.planning import Plan, PlannedClip
from newtake.shells.panel.desk import PlanRow, Said, ShownClip, ShownJob
from newtake.shells.panel.once_more import once_more
from newtake.shells.panel.page_words import page_words

_BYTES = (Step.UPLOAD, Step.DOWNLOAD)


def said(error: NewTakeError) -> Said:
    return Said(error.code, error.what, error.why, page_words(error.fix), error.money.value)


def shown_clip(clip: Clip) -> ShownClip:
    part, inside, length = "", 0, 0
    if clip.whole is not None:
        inside, length = clip.source.start - clip.whole.start, clip.source.duration
        part = f"frames {inside + 1} to {inside + clip.source.duration} of it"
    return ShownClip(
        key=clip.key,
        name=clip.name,
        track=clip.track,
        record=str(clip.record),
        frames=clip.record.duration,
        rate=display_rate(clip.record.rate),
        part=part,
        first=inside,
        length=length,
        takes=sum(take.number > 0 for take in clip.takes),
        refusal=clip.refusal.text if clip.refusal else "",
        notes=clip.notes,
    )


def plan_rows(plan: Plan) -> tuple[PlanRow, ...]:
    return tuple(_row(order) for order in plan.orders)


def left_out(plan: Plan) -> tuple[tuple[str, str], ...]:
    """Name and reason of each clip that cannot be restyled."""
    return tuple(
        (entry.clip.name, entry.refusal.text if entry.refusal else "it cannot be restyled")
        for entry in plan.refused
    )


def plan_notes(plan: Plan) -> tuple[str, ...]:
    several = len(plan.entries) > 1
    return (*(note for entry in plan.entries for note in _notes(entry, several)), *plan.notes)


def price_word(price: Price) -> str:
    return "not known" if price.usd is None else f"${price.usd:.2f}"


def total_price(jobs: Iterable[Job]) -> Decimal | None:
    """What their submissions would cost together; None as soon as one is not known."""
    prices = [job.order.price.usd for job in jobs]
    known = [price for price in prices if price is not None]
    return sum(known, Decimal(0)) if len(known) == len(prices) else None


@dataclass(frozen=True, slots=True)
class Movement:
    """What this process knows of a job beyond the journal."""

    running: bool = False
    """Whether this process or another one is at it."""
    done: int | None = None
    total: int | None = None
    notes: tuple[str, ...] = ()
    elsewhere: bool = False
    """Whether it is another one."""


def shown_job(
    job: Job,
    movement: Movement,
    *,
    can_cancel: bool,
    going_on: Sequence[Job],
    family: Sequence[Job] = (),
) -> ShownJob:
    """A job of the queue.

    Args:
        job: As the journal has it.
        movement: What is known of it while it moves.
        can_cancel: Whether it can be ended by a person.
        going_on: What would go on with it; empty where nothing can.
        family: The jobs of all parts of its clip.
    """
    order, step = job.order, job.step if job.status is not Status.DONE else None
    new = [each for each in going_on if each.known_money is Money.NOT_SENT]
    price = total_price(new)
    document = order.host.document
    is_over = job.status is Status.FAILED and job.step is None
    return ShownJob(
        id=job.id,
        clip=order.label,
        timeline=document.timeline_name if document else order.host.timeline.stem,
        status=job.status.value,
        step=step.value if step else "",
        running=movement.running,
        started_at=job.created_at,
        ended_at=None if movement.running else max(job.ended.values(), default=job.created_at),
        done=movement.done,
        total=movement.total,
        unit="MB" if step in _BYTES else "frames",
        prompt=order.settings.prompt,
        settings=settings_words(order.settings),
        money=money_words(job),
        takes=tuple(
            _take(each, order.host.kind) for each in job.renditions if each.placed is not None
        ),
        # What was noted while it moved is in its takes afterwards.
        notes=tuple(dict.fromkeys((*_placed_notes(job), *movement.notes))),
        failure=_failure(job) if job.status is Status.FAILED else _unsure(job),
        failed_at=job.failure.step.value if job.failure and job.status is Status.FAILED else "",
        can_cancel=can_cancel,
        can_resume=bool(going_on),
        resume_price=str(price) if new and price is not None else None,
        resume_unknown=bool(new) and price is None,
        clip_key=order.clip.key,
        step_started_at=job.started.get(step) if step is not None else None,
        needs_settling=job.status is Status.UNSURE,
        can_settle=job.status is Status.UNSURE or bool(job.missing),
        elsewhere=movement.elsewhere,
        once_more=once_more(job, family) if is_over else None,
        waits=_waits(job) and not movement.running,
    )


def settings_words(settings: EditSettings) -> str:
    words = [settings.resolution]
    if settings.edit_strength:
        words.append(settings.edit_strength.replace("_", " "))
    if settings.auto_controls:
        words.append("auto controls")
    words += [word for on, word in ((settings.hdr, "HDR"), (settings.exr_export, "EXR")) if on]
    if settings.variations > 1:
        words.append(f"{settings.variations} variations")
    return ", ".join(words)


def money_words(job: Job) -> str:
    """What the journal knows of the charge: "charged" is the history's word alone."""
    estimate = f"estimate {price_word(job.order.price)}"
    if not job.renditions:
        if job.may_be_submitted_unknown:
            return f"whether it was submitted is not known; {estimate}"
        return f"nothing submitted yet; {estimate}"
    costs = [Decimal(each.cost_usd) for each in job.renditions if each.cost_usd is not None]
    word = "of sandbox money, nothing charged" if job.order.provider == "sandbox" else "charged"
    if not costs:
        return f"not in the service's history yet; {estimate}"
    return f"${sum(costs, Decimal(0)):.2f} {word}"


def _row(order: Order) -> PlanRow:
    plate = order.plate
    places = plate.clip_places
    return PlanRow(
        clip=order.label,
        sent=f"media frames {plate.media_range.start} - {plate.media_range.end - 1} "
        f"as {plate.duration}",
        frames=f"{len(places)} of {plate.length}",
        handles=f"{places.start} + {plate.length - plate.held - places.stop}",
        held=plate.held,
        price=price_word(order.price),
    )


def _notes(entry: PlannedClip, named: bool) -> Iterable[str]:
    return (f"{entry.clip.name}: {note}" if named else note for note in entry.notes)


def _take(rendition: Rendition, kind: str) -> str:
    placed = rendition.placed
    assert placed is not None
    where = told_place(kind, placed.place) or "selected"
    file = f": {rendition.take.path}" if rendition.take else ""
    return f"{placed.key}, {where}{file}"


def _waits(job: Job) -> bool:
    """Whether its take only has to be brought into its editor's timeline, once nobody is at it."""
    rests = job.status in (Status.ACTIVE, Status.FAILED) and job.step is Step.RELINK
    return rests and job.order.host.document is not None


def _placed_notes(job: Job) -> tuple[str, ...]:
    notes: list[str] = []
    for each in job.renditions:
        notes += each.take.notes if each.take else ()
        notes += each.placed.notes if each.placed else ()
    return tuple(dict.fromkeys(notes))


def _failure(job: Job) -> Said | None:
    failure = job.failure
    if failure is None:
        return None
    # The button of a failed job says Retry.
    following = page_words(failure.fix).replace("Resume in the queue", "Retry in the queue")
    if job.take_waits:
        following = following.replace("Retry in the queue", "Bring in in the queue")
    return Said(failure.code, failure.what, failure.why, following, job.failure_money)


def _unsure(job: Job) -> Said | None:
    if job.status is not Status.UNSURE:
        return None
    return Said(
        "Unsure",
        "Whether this job was submitted is not known.",
        job.doubt
        or "The connection ended before the service had answered, and its lists do not tell.",
        f"Look at the service's history, then `newtake jobs settle {job.id}`; in a terminal, "
        f"`newtake jobs resume {job.id}` looks for it again and submits nothing.",
        Money.UNKNOWN.value,
    )
