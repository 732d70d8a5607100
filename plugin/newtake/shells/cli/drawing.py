"""Tables and sentences for a person.

Every text goes through `printable`, and nothing is read as markup: clip names, prompts and a
service's words come from elsewhere.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import IO

from rich.console import Console

from newtake.bootstrap.written_places import written_file
from newtake.domain.clip import Clip, RefusalReason
from newtake.domain.events import Step
from newtake.domain.job import Job, Status
from newtake.domain.take_places import JobPlaces, TakePlace, places_of, told_place
from newtake.domain.timing import display_rate
from newtake.shells.cli.lines import put_line, put_table
from newtake.shells.cli.plan_words import numbers_text
from newtake.shells.cli.prices import charge_text
from newtake.shells.cli.printable import printable

_UNBOUNDED_COLUMNS = 400


def console(stream: IO[str]) -> Console:
    """A console that wraps to a terminal, and never cuts lines that go to a file or a pipe."""
    width = None if stream.isatty() else _UNBOUNDED_COLUMNS
    return Console(file=stream, width=width, highlight=False, soft_wrap=not stream.isatty())


def say(out: Console, text: object) -> None:
    """One line (a narrow terminal may fold it)."""
    put_line(out, printable(text))


def _row(*cells: str) -> tuple[str, ...]:
    return tuple(map(printable, cells))


def draw_clips(clips: Sequence[Clip]) -> None:
    speeds = ("speed",) if any(clip.speed != 1 for clip in clips) else ()
    head = ("#", "track", "clip", "record", "source", "frames", "rate")
    rows = [
        _row(
            str(clip.index),
            clip.track,
            clip.name,
            str(clip.record),
            f"{clip.source.start} - {clip.source.end}" if clip.source_is_told else "-",
            str(clip.source.duration),
            display_rate(clip.source.rate),
            *(_speed(clip) for _ in speeds),
            _takes(clip),
            "yes" if clip.refusal is None else f"no: {clip.refusal.text}",
        )
        for clip in clips
    ]
    out = console(sys.stdout)
    put_table(out, (*head, *speeds, "takes", "restyle"), rows)
    noted: dict[str, list[int]] = {}
    for clip in clips:
        for note in dict.fromkeys(clip.notes):
            noted.setdefault(note, []).append(clip.index)
    for note, numbers in noted.items():
        say(out, f"  {numbers_text(numbers)}: {note}")
    if any(clip.refusal is None for clip in clips):
        say(console(sys.stderr), "Media was not checked; `newtake plan` does that.")


def _speed(clip: Clip) -> str:
    if clip.refusal is not None and clip.refusal.reason is RefusalReason.RETIMED:
        return "?"
    return f"{float(clip.speed * 100):g} %"


def _takes(clip: Clip) -> str:
    made = [take for take in clip.takes if take.number]
    selected = next((take.key for take in clip.takes if take.selected), "")
    above = ", ".join(f"{take.key} on {take.track}" for take in clip.takes_above)
    if not made:
        return above or "-"
    inside = f"{len(made)} ({selected})" if selected else str(len(made))
    return f"{inside}, {above}" if above else inside


def draw_takes(clips: Sequence[Clip]) -> None:
    out = console(sys.stdout)
    rows = []
    for clip in clips:
        for take in clip.takes:
            marks = ("> " if take.selected else "  ") + ("*" if take.starred else " ")
            rows.append(_row(str(clip.index), clip.name, marks, take.key, take.name, take.url))
        for over in clip.takes_above:
            place = f"on {over.track} above; that clip shows it, switched on or off in Resolve"
            rows.append(_row(str(clip.index), clip.name, "", over.key, over.name, place))
    if rows:
        put_table(out, ("#", "clip", "", "take", "name", "media"), rows)
    else:
        say(out, "No clip of this timeline has takes yet.")


def draw_jobs(jobs: Sequence[Job]) -> None:
    out = console(sys.stdout)
    if not jobs:
        say(out, "The journal holds no jobs yet.")
        return
    rows = []
    for job in jobs:
        placed = ", ".join(each.placed.key for each in job.renditions if each.placed)
        step = job.step.value if job.step and job.status is not Status.DONE else ""
        prompt = job.order.settings.prompt[:60]
        rows.append(_row(job.id, job.stand, step, job.order.told, placed, prompt))
    put_table(out, ("job", "status", "next", "clip", "take", "prompt"), rows)
    waiting = sum(
        job.status in (Status.ACTIVE, Status.FAILED) and job.step is not None for job in jobs
    )
    if waiting:
        say(out, f"{waiting} can go on: newtake jobs resume ID, or --all.")


def draw_outcome(
    jobs: Sequence[Job], stream: IO[str], places: Mapping[str, JobPlaces] | None = None
) -> None:
    """After a run: each take with its frames, timecode and times; each failure with its reason.

    Args:
        jobs: As they stand.
        stream: Where to.
        places: Where their takes lie in written timelines; nothing is said where it is not known.
    """
    out = console(stream)
    for job in jobs:
        say(out, f"{job.order.told}: job {job.id} {job.stand}")
        for each in job.renditions:
            if each.take is not None and each.placed is not None:
                take = each.take
                say(out, f"  {each.placed.key}: {take.path}")
                say(
                    out,
                    f"    {take.available.duration} frames from {take.start_timecode} at "
                    f"{display_rate(take.available.rate)}, {_method(take.method)}",
                )
                if where := told_place(job.order.host.kind, each.placed.place):
                    say(out, f"    {where}")
                for note in (*take.notes, *each.placed.notes):
                    say(out, f"    note: {note}")
        for line in place_lines(job, places_of(job, places or {})):
            say(out, f"  {line}")
        placed = [each.placed.key for each in job.renditions if each.placed is not None]
        if len(placed) > 1:
            say(out, f"  {placed[-1]} is selected, the last of {len(placed)} variations")
        say(out, f"  {_times(job)}")
        say(out, f"  {charge_text(job)}")
        if job.failure is not None and job.status is Status.FAILED:
            failure = job.failure
            at = f"Stopped at {failure.step.value}"
            say(out, f"  {'Its take is ready and waits' if job.take_waits else at}: {failure.what}")
            for label, text in (
                ("Why", failure.why),
                ("Next", failure.fix),
                ("Money", job.failure_money),
            ):
                if text:
                    say(out, f"    {label}: {text}")
        if job.missing:
            say(
                out,
                f"  {job.missing} of {job.order.settings.variations} variations are not found: "
                f"`newtake jobs resume {job.id}` looks for them again",
            )
        if job.status is Status.UNSURE:
            say(out, "  Whether it was submitted is not known.")
            for line in job.doubt.splitlines():
                say(out, f"    {line}")
            say(out, f"    newtake jobs resume {job.id}   looks for it again, and submits nothing.")
            say(out, "    Where it is not found either, look at the service's history, then")
            say(out, f"    newtake jobs settle {job.id} --submission ID   or   --not-sent")


def place_lines(job: Job, places: JobPlaces) -> Iterator[str]:
    """In which clips of the written timeline a job's take is, each with its number in the plan
    where that was another."""
    order = job.order
    if job.is_later_part or places.own is None:
        return
    name = written_file(order.host.output).name
    yield f"in clip {places.own.number} of {name}{_was(order.clip.index, places.own)}"
    for at, use in enumerate(order.also):
        place = places.uses.get(at)
        if place is not None:
            yield (
                f"also in clip {place.number} ({use.name}) of {name}, as {place.key}"
                f"{_was(use.index, place)}"
            )


def _was(index: int, place: TakePlace) -> str:
    return "" if index == place.number else f" ({index} in the plan)"


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
