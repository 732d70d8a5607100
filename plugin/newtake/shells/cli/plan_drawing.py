"""The plan for a person: one line for each plate, what is refused and why, and the totals.

Fits 80 columns; a wider terminal shows the record range's end and the file's name as well.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from newtake.domain.edit import EditSettings
from newtake.domain.events import Order
from newtake.domain.files import HostTarget
from newtake.pipeline.planning import Plan, PlannedClip
from newtake.pipeline.sending import sending_of
from newtake.pipeline.totals import Totals, plate_bytes, refused_by_reason, totals_of
from newtake.shells.cli.drawing import console, say
from newtake.shells.cli.prices import price_text
from newtake.shells.cli.printable import printable

_HEAD = ("#", "clip", "record", "media frames", "frames", "handles", "held", "upload", "price")
_RIGHT = ("#", "frames", "handles", "held", "upload", "price")
_WIDE_COLUMNS = 110
_LEAST_NAME, _MOST_NAME = 12, 48
_MOST_FILE = 40


@dataclass(frozen=True, slots=True)
class PlanTable:
    """Rows of text, in the order of `columns`; the clip's name is in column 1."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def draw_plan(plan: Plan, audience: str) -> None:
    """The plan on stderr: what would be sent, where to and for whom, and what it costs."""
    out = console(sys.stderr)
    if plan.orders:
        out.print(_drawn(plan_table(plan, wide=out.width >= _WIDE_COLUMNS), out))
    refused = refused_by_reason(plan.entries)
    if refused:
        say(out, f"Not restyled ({len(plan.refused)}):")
    for group in refused:
        say(out, f"  {group.text}: {_named(group.entries)}")
    for text, numbers in told_once(plan.entries):
        say(out, f"  {numbers}: {text}")
    looks = plan.looks or (plan.settings,)
    for look in looks:
        whose = f" of {_numbers(_wearing(plan, look))}" if len(looks) > 1 else ""
        say(out, f"Look{whose}: {_look(look)}")
    if plan.orders:
        say(out, f"Would send: {sending_of(plan, audience).text}.")
        for line in _destination(plan.target):
            say(out, line)
        if plan.takes:
            say(out, f"Takes: {plan.takes}.")
        totals = totals_of(plan)
        say(out, f"Total: {totals_text(totals)}")
        say(out, f"Price: {_price(plan, totals)}")
    for note in plan.notes:
        say(out, f"Note: {note}")


def plan_table(plan: Plan, *, wide: bool) -> PlanTable:
    """One row for each plate that would be sent."""
    columns = (*_HEAD[:3], "file", *_HEAD[3:]) if wide else _HEAD
    rows = [
        _row(order, wide=wide, first=order is entry.order)
        for entry in plan.entries
        for order in entry.orders
    ]
    return PlanTable(columns, tuple(rows))


def _row(order: Order, *, wide: bool, first: bool) -> tuple[str, ...]:
    clip, plate = order.clip, order.plate
    places, media = plate.clip_places, plate.media_range
    record = str(clip.record) if wide else clip.record.label(clip.record.start)
    file = (shortened(order.source.path.name, _MOST_FILE),) if wide else ()
    return (
        str(clip.index) if first else "",
        order.label,
        record if first else "",
        *file,
        f"{media.start}-{media.end - 1}",
        f"{len(places)}/{plate.length}",
        f"{places.start}+{plate.length - plate.held - places.stop}",
        str(plate.held),
        size_text(plate_bytes(order)),
        price_text(order.price, short=True) if order.price.usd is not None else "?",
    )


def _drawn(table: PlanTable, out: Console) -> Table:
    shown = [tuple(printable(cell) for cell in row) for row in table.rows]
    everything = [table.columns, *shown]
    widths = [max(cell_len(row[i]) for row in everything) for i in range(len(table.columns))]
    spare = out.width - sum(widths) + widths[1] - len(widths)
    name = min(widths[1], max(_LEAST_NAME, min(spare, _MOST_NAME)))
    # Columns stand apart by two where there is room.
    gap = 1 if spare - name < len(widths) else 2
    drawn = Table(
        box=None, pad_edge=False, show_edge=False, header_style="bold", padding=(0, gap, 0, 0)
    )
    for column in table.columns:
        right = column in _RIGHT
        drawn.add_column(column, justify="right" if right else "left", overflow="fold")
    for row in shown:
        cells = (row[0], shortened(row[1], name), *row[2:])
        drawn.add_row(*map(Text, cells))
    return drawn


def shortened(text: str, width: int) -> str:
    """The text, with its middle left out where it is too wide: cameras' names begin alike.

    Args:
        text: Printable.
        width: Columns of a terminal.
    """
    if cell_len(text) <= width:
        return text
    tail, end = "", (width - 1) // 2
    for character in reversed(text):
        if cell_len(character + tail) > end:
            break
        tail = character + tail
    head, start = "", width - 1 - cell_len(tail)
    for character in text:
        if cell_len(head + character) > start:
            break
        head += character
    return f"{head}…{tail}"


def told_once(entries: Iterable[PlannedClip]) -> list[tuple[str, str]]:
    """Each note once, with the numbers of the clips that it is about: "4, 8-10"."""
    found: dict[str, list[int]] = {}
    for entry in entries:
        for note in entry.notes:
            found.setdefault(note, []).append(entry.clip.index)
    return [(note, _numbers(numbers)) for note, numbers in found.items()]


def _numbers(numbers: Sequence[int]) -> str:
    runs = []
    ordered = sorted(dict.fromkeys(numbers))
    for _, run in groupby(enumerate(ordered), lambda pair: pair[1] - pair[0]):
        members = [number for _, number in run]
        first, last = members[0], members[-1]
        runs.append(str(first) if first == last else f"{first}-{last}")
    return ", ".join(runs)


def _named(entries: Sequence[PlannedClip]) -> str:
    return ", ".join(map(_who, entries))


def _who(entry: PlannedClip) -> str:
    """The clip, and who asks for it where that is not the command."""
    by = entry.asked_by
    name = f"{entry.clip.name}; {by[0].lower()}{by[1:]}" if by else entry.clip.name
    # What no listing has, as sound and transitions, has no number.
    return f"{entry.clip.index} ({name})" if entry.clip.index else name


def _wearing(plan: Plan, look: EditSettings) -> list[int]:
    return [each.clip.index for each in plan.entries if each.order and each.order.settings == look]


def _look(settings: EditSettings) -> str:
    strength = settings.edit_strength or ("auto controls" if settings.auto_controls else "default")
    extras = "".join(
        text for on, text in ((settings.hdr, ", HDR"), (settings.exr_export, ", EXR")) if on
    )
    style = settings.style
    worn = f"style {style.name} revision {style.revision}, " if style is not None else ""
    return f"'{settings.prompt}' ({worn}{settings.resolution}, strength {strength}{extras})"


def _destination(target: HostTarget) -> Iterator[str]:
    """Where takes would go."""
    document = target.document
    if document is None:
        yield f"Would write: {target.output} ({target.layout.value})"
        return
    yield (
        f"Would add: a take to each clip of the timeline {document.timeline_name} in the project "
        f"{document.project_name}"
    )
    yield f"Would write: the takes' files into {target.output}_takes"


def totals_text(totals: Totals) -> str:
    """One line, without the price."""
    parts = [
        counted(totals.clips, "clip"),
        counted(totals.submissions, "submission"),
        f"{totals.model_seconds} s of model time",
        f"about {size_text(totals.upload_bytes)} to upload",
    ]
    if totals.refused:
        parts.insert(1, f"{totals.refused} not restyled")
    return ", ".join(parts)


def _price(plan: Plan, totals: Totals) -> str:
    if totals.prices_unknown and totals.prices_unknown < totals.submissions:
        return (
            f"${totals.known_usd:.2f} for {totals.submissions - totals.prices_unknown}, "
            f"not known for {totals.prices_unknown}"
        )
    return price_text(plan.total)


def counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def size_text(size: int) -> str:
    """Bytes for a person: "340 kB", "2.4 MB", "31 MB"."""
    for unit, scale in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= scale:
            value = size / scale
            return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
    return f"{size} B"
