"""The table of a plan: one row for each plate, and for each clip that shares another one's.

Where clips of a plan have different numbers in the written timeline, looks, or people who ask, a
row says its own: in columns where they find room, else in a line of its own under the row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from newtake.domain.events import Order
from newtake.pipeline.planned import Plan, PlannedClip
from newtake.pipeline.totals import plate_bytes
from newtake.shells.cli.lines import padded, put_line
from newtake.shells.cli.plan_looks import Looks
from newtake.shells.cli.plan_words import begun_small, shortened, size_text
from newtake.shells.cli.prices import price_text
from newtake.shells.cli.printable import printable

_HEAD = ("#", "clip", "record", "media frames", "frames", "handles", "held", "upload", "price")
_RIGHT = ("#", "frames", "handles", "held", "upload", "price", "written")
_WIDE_COLUMNS = 110
_LEAST_NAME, _MOST_NAME = 12, 48
_MOST_FILE = 40


@dataclass(frozen=True, slots=True)
class PlanTable:
    """Rows of text, in the order of `columns`; the clip's name is in column 1."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: tuple[str, ...] = ()
    """Columns that rows have where they differ: of `written`, `look` and `asked for by`."""
    own: tuple[tuple[str, ...], ...] = ()
    """For each row its cells of these."""

    @property
    def joined(self) -> PlanTable:
        """With what differs as the last columns of the table."""
        rows = zip(self.rows, self.own, strict=True)
        return PlanTable((*self.columns, *self.more), tuple((*row, *own) for row, own in rows))

    def under(self, row: int) -> str:
        """What differs of a row, in one line; "" where that is nothing."""
        said = {"written": "written as clip {}", "look": "look {}", "asked for by": "{}"}
        cells = zip(self.more, self.own[row], strict=True)
        return "; ".join(said[name].format(cell) for name, cell in cells if cell)


def plan_table(plan: Plan, *, wide: bool) -> PlanTable:
    """One row for each plate that would be sent, and for each clip that gets another one's take."""
    looks = Looks(plan)
    entries = [each for each in plan.entries if each.orders or each.same_as is not None]
    more = tuple(
        name
        for name, differ in (
            ("written", any(each.written_index not in (None, each.clip.index) for each in entries)),
            ("look", looks.differ),
            ("asked for by", len({each.asked_by for each in entries}) > 1),
        )
        if differ
    )
    columns = (*_HEAD[:3], "file", *_HEAD[3:]) if wide else _HEAD
    rows, own = [], []
    for entry in entries:
        cells = {
            "written": str(entry.written_index or ""),
            "look": looks.of(entry),
            "asked for by": begun_small(entry.asked_by) or "the command",
        }
        for place, row in enumerate(_rows(entry, wide=wide)):
            rows.append(row)
            own.append(tuple("" if place else cells[name] for name in more))
    return PlanTable(columns, tuple(rows), more, tuple(own))


def _rows(entry: PlannedClip, *, wide: bool) -> Iterator[tuple[str, ...]]:
    same = entry.same_as
    if same is None:
        for order in entry.orders:
            yield _row(order, wide=wide, first=order is entry.order)
        return
    clip = entry.clip
    record = str(clip.record) if wide else clip.record.label(clip.record.start)
    file = ("",) if wide else ()
    made = f"as {same.record.label(same.record.start)}"
    yield (str(clip.index), clip.name, record, *file, made, "", "", "", "", "")


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


def draw_table(plan: Plan, out: Console) -> PlanTable:
    """As wide as the console has room for. Returns: the table."""
    table = plan_table(plan, wide=out.width >= _WIDE_COLUMNS)
    joined = table.joined
    widths = _widths(joined)
    if sum(widths) - widths[1] + _LEAST_NAME + len(widths) - 1 <= out.width:
        lines = _lines(joined, widths, out.width)
        under = [""] * len(table.rows)
    else:
        lines = _lines(table, widths[: len(table.columns)], out.width)
        under = [table.under(row) for row in range(len(table.rows))]
    head, *rows = lines
    out.print(Text(head, style="bold"))
    indent = " " * (max(cell_len(row[0]) for row in table.rows) + 2)
    for line, more in zip(rows, under, strict=True):
        put_line(out, line)
        if more:
            put_line(out, f"{indent}{printable(more)}")
    return table


def _widths(table: PlanTable) -> list[int]:
    columns = zip(table.columns, *table.rows, strict=True)
    return [max(cell_len(printable(cell)) for cell in column) for column in columns]


def _lines(table: PlanTable, widths: list[int], width: int) -> list[str]:
    """The head and the rows, each column as wide as its widest cell."""
    spare = width - sum(widths) + widths[1] - len(widths)
    widths[1] = min(widths[1], max(_LEAST_NAME, min(spare, _MOST_NAME)))
    # Columns stand apart by two where there is room.
    gap = " " * (1 if width - sum(widths) < 2 * len(widths) else 2)
    lines = []
    for row in (table.columns, *table.rows):
        cells = [printable(cell) for cell in row]
        cells[1] = shortened(cells[1], widths[1])
        places = [
            padded(cell, each, right=name in _RIGHT)
            for cell, each, name in zip(cells, widths, table.columns, strict=True)
        ]
        lines.append(gap.join(places).rstrip())
    return lines
