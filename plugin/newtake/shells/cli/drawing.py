"""Tables and sentences for a person."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import IO

from rich.console import Console
from rich.table import Table

from newtake.domain.clip import Clip
from newtake.domain.edit import Price
from newtake.domain.events import Step
from newtake.domain.job import Job, Status
from newtake.domain.timing import display_rate
from newtake.pipeline.planning import Plan, PlannedClip

_UNBOUNDED_COLUMNS = 400


def console(stream: IO[str]) -> Console:
    """A console that wraps to a terminal, and never cuts lines that go to a file or a pipe."""
    width = None if stream.isatty() else _UNBOUNDED_COLUMNS
    return Console(file=stream, width=width, highlight=False, soft_wrap=not stream.isatty())


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for name in columns:
        right = name in ("#", "frames", "rate", "handles", "held", "price", "speed")
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    return table


def draw_clips(clips: Sequence[Clip]) -> None:
    table = _table("#", "track", "clip", "record", "source", "frames", "rate", "takes", "restyle")
    for clip in clips:
        record, source = clip.record, clip.source
        table.add_row(
            str(clip.index),
            clip.track,
            clip.name,
            str(record),
            f"{source.start} - {source.end}",
            str(source.duration),
            display_rate(source.rate),
            _takes(clip),
            "yes" if clip.refusal is None else f"no: {clip.refusal.text}",
        )
    out = console(sys.stdout)
    out.print(table)
    for clip in clips:
        for note in clip.notes:
            out.print(f"  {clip.index}: {note}", markup=False)


def _takes(clip: Clip) -> str:
    made = [take for take in clip.takes if take.number]
    selected = next((take.key for take in clip.takes if take.selected), "")
    if not made:
        return "-"
    return f"{len(made)} ({selected})" if selected else str(len(made))


def draw_takes(clips: Sequence[Clip]) -> None:
    out = console(sys.stdout)
    table = _table("#", "clip", "", "take", "name", "media")
    for clip in clips:
        for take in clip.takes:
            marks = ("> " if take.selected else "  ") + ("*" if take.starred else " ")
            table.add_row(str(clip.index), clip.name, marks, take.key, take.name, take.url)
    if table.row_count:
        out.print(table)
    else:
        out.print("No clip of this timeline has takes yet.")


def draw_plan(plan: Plan) -> None:
    """The plan on stderr: what would be sent, where to, and what it costs."""
    out = console(sys.stderr)
    table = _table("#", "clip", "record", "sent", "frames", "handles", "held", "price")
    for entry in plan.entries:
        table.add_row(*_plan_row(entry))
    out.print(table)
    for entry in plan.entries:
        for note in entry.notes:
            out.print(f"  {entry.clip.index}: {note}", markup=False)
    settings = plan.settings
    look = settings.edit_strength or ("auto controls" if settings.auto_controls else "default")
    extras = "".join(
        text for on, text in ((settings.hdr, ", HDR"), (settings.exr_export, ", EXR")) if on
    )
    out.print(
        f"Look: {settings.prompt!r} ({settings.resolution}, strength {look}{extras})", markup=False
    )
    count = len(plan.orders)
    if count:
        whose = "anybody who knows the link" if plan.uploads_publicly else "this account only"
        where = (
            "to the sandbox on this machine; nothing leaves it"
            if plan.provider == "sandbox"
            else f"to {plan.provider} by {plan.uploader}, readable by {whose}"
        )
        out.print(f"Sent: {count} plate{'s' * (count > 1)} {where}.", markup=False)
        out.print(f"Written: {plan.target.output} ({plan.target.layout.value})", markup=False)
        out.print(f"Price: {price_text(plan.total)}", markup=False)
    for note in plan.notes:
        out.print(f"Note: {note}", markup=False)


def _plan_row(entry: PlannedClip) -> tuple[str, ...]:
    clip, order = entry.clip, entry.order
    record = str(clip.record)
    if order is None:
        text = entry.refusal.text if entry.refusal else ""
        return (str(clip.index), clip.name, record, f"not restyled: {text}", "", "", "", "")
    plate = order.plate
    first = plate.media_range.start
    return (
        str(clip.index),
        clip.name,
        record,
        f"media frames {first} - {plate.media_range.end} as {plate.duration}",
        f"{plate.clip_frames} of {plate.length}",
        f"{plate.clip_offset} + {plate.tail}",
        str(plate.held),
        price_text(order.price, short=True),
    )


def price_text(price: Price, *, short: bool = False) -> str:
    amount = "not known" if price.usd is None else f"${price.usd:.2f}"
    return amount if short else f"{amount} ({price.basis})"


def draw_jobs(jobs: Sequence[Job]) -> None:
    out = console(sys.stdout)
    if not jobs:
        out.print("The journal holds no jobs yet.")
        return
    table = _table("job", "status", "next", "clip", "take", "prompt")
    for job in jobs:
        placed = [each.placed.key for each in job.renditions if each.placed]
        table.add_row(
            job.id,
            job.status.value,
            job.step.value if job.step and job.status is not Status.DONE else "",
            job.order.clip.name,
            ", ".join(placed),
            job.order.settings.prompt[:60],
        )
    out.print(table)
    waiting = sum(
        job.status in (Status.ACTIVE, Status.FAILED) and job.step is not None for job in jobs
    )
    if waiting:
        out.print(f"{waiting} can go on: newtake jobs resume ID, or --all.")


def draw_outcome(jobs: Sequence[Job], stream: IO[str]) -> None:
    """After a run: each take with its frames, timecode and times; each failure with its reason."""
    out = console(stream)
    for job in jobs:
        out.print(f"{job.order.clip.name}: job {job.id} {job.status.value}", markup=False)
        for each in job.renditions:
            if each.take is not None and each.placed is not None:
                take = each.take
                out.print(
                    f"  {each.placed.key}: {take.path}\n"
                    f"    {take.available.duration} frames from {take.start_timecode} at "
                    f"{display_rate(take.available.rate)}, {_method(take.method)}",
                    markup=False,
                )
                for note in take.notes:
                    out.print(f"    note: {note}", markup=False)
        out.print(f"  {_times(job)}", markup=False)
        out.print(f"  {_money(job)}", markup=False)
        if job.failure is not None and job.status is Status.FAILED:
            failure = job.failure
            out.print(f"  Stopped at {failure.step.value}: {failure.what}", markup=False)
            for label, text in (
                ("Why", failure.why),
                ("Next", failure.fix),
                ("Money", failure.money),
            ):
                if text:
                    out.print(f"    {label}: {text}", markup=False)
        if job.status is Status.UNSURE:
            out.print(
                "  Whether it was submitted is not known. Look at the service's history, then\n"
                f"    newtake jobs settle {job.id} --submission ID   or   --not-sent",
                markup=False,
            )


def _method(method: str) -> str:
    if method == "rewrap":
        return "rewrapped without touching a pixel"
    return f"encoded as {method}"


def _times(job: Job) -> str:
    parts = [
        f"{step.value} {seconds:.1f} s"
        for step in Step
        if (seconds := job.seconds(step)) is not None
    ]
    return "steps: " + (", ".join(parts) if parts else "none finished")


def _money(job: Job) -> str:
    estimate = price_text(job.order.price)
    costs = [each.cost_usd for each in job.renditions if each.cost_usd is not None]
    if not job.renditions:
        return f"price: nothing was charged; estimate {estimate}"
    if len(costs) < len(job.renditions):
        return f"price: not in the service's history yet; estimate {estimate}"
    total = sum(float(cost) for cost in costs)
    word = "sandbox money, nothing charged" if job.order.provider == "sandbox" else "charged"
    return f"price: ${total:.2f} {word}; estimate {estimate}"
