"""The table of a plan: one row for each plate, and for each clip that shares another one's.

Where clips of a plan have different numbers in the written timeline, looks, or people who ask, a
row says its own: in short columns where they find room, else in a line of its own under the row.
What all rows would repeat is said once below the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
_UNWATCHED_COLUMNS = 100
"""For a file or a pipe, whose readers have no terminal that says how wide it is."""
_LEAST_NAME, _MOST_NAME = 12, 48
_MOST_FILE = 40


@dataclass(frozen=True, slots=True)
class PlanTable:
    """Rows of text, in the order of `columns`; the clip's name is in column 1."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: tuple[str, ...] = ()
    """Columns that rows have where they differ: of `written`, `look` and `by`."""
    own: tuple[tuple[str, ...], ...] = ()
    """For each row its cells of these."""
    asked: tuple[str, str] = ("", "")
    """What stands before and after each cell of `by`: "line " and " of shots.csv"."""

    @property
    def joined(self) -> PlanTable:
        """With what differs as the last columns of the table."""
        rows = zip(self.rows, self.own, strict=True)
        return PlanTable((*self.columns, *self.more), tuple((*row, *own) for row, own in rows))

    def under(self, row: int) -> str:
        """What differs of a row, in one line; "" where that is nothing."""
        said = {"written": "written as clip {}", "look": "look {}", "by": "{}".join(self.asked)}
        cells = zip(self.more, self.own[row], strict=True)
        return "; ".join(said[name].format(cell) for name, cell in cells if cell)

    @property
    def key(self) -> str:
        """What the cells of `by` stand for, where they are shortened; else ""."""
        before, after = self.asked
        # "The range" or "the marker" alone says nothing that the cell does not show.
        is_plain = not after.strip() and len(before.split()) <= len(("the", "range"))
        if "by" not in self.more or is_plain:
            return ""
        first = next(row[self.more.index("by")] for row in self.own if any(row))
        return f"`by` is who asks for it: {first} is {before}{first}{after}"


def plan_table(plan: Plan, *, wide: bool) -> PlanTable:
    """One row for each plate that would be sent, and for each clip that gets another one's take."""
    looks = Looks(plan)
    entries = [each for each in plan.entries if each.orders or each.same_as is not None]
    more = tuple(
        name
        for name, differ in (
            ("written", any(each.written_index not in (None, each.clip.index) for each in entries)),
            ("look", looks.differ),
            ("by", len({each.asked_by for each in entries}) > 1),
        )
        if differ
    )
    before, asked, after = _apart([begun_small(e.asked_by) or "the command" for e in entries])
    columns = (*_HEAD[:3], "file", *_HEAD[3:]) if wide else _HEAD
    rows, own = [], []
    for entry, by in zip(entries, asked, strict=True):
        cells = {
            "written": str(entry.written_index or ""),
            "look": looks.of(entry),
            "by": by,
        }
        for place, row in enumerate(_rows(entry, wide=wide)):
            rows.append(row)
            own.append(tuple("" if place else cells[name] for name in more))
    return PlanTable(columns, tuple(rows), more, tuple(own), (before, after))


def _apart(texts: Sequence[str]) -> tuple[str, list[str], str]:
    """What all texts begin with and end with, in whole words, and what each has between these."""
    split = [text.split(" ") for text in texts]
    most = min(map(len, split), default=1) - 1
    first = _alike(split, most)
    last = _alike([words[::-1] for words in split], most - first)
    between = [" ".join(words[first : len(words) - last]) for words in split]
    head, tail = (split[0][:first], split[0][len(split[0]) - last :]) if split else ([], [])
    return " ".join([*head, ""]), between, " ".join(["", *tail])


def _alike(texts: Sequence[Sequence[str]], most: int) -> int:
    """With how many of the same words all texts begin; none of a quoted name is taken apart."""
    count = 0
    while count < most and len({words[count] for words in texts}) == 1:
        count += 1
    while count and " ".join(texts[0][:count]).count("'") % 2:
        count -= 1
    return count


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
    width = out.width if out.is_terminal else min(out.width, _UNWATCHED_COLUMNS)
    wide, table = plan_table(plan, wide=True), plan_table(plan, wide=False)
    under = [""] * len(table.rows)
    for joined in (wide.joined, table.joined):
        widths = _widths(joined)
        if sum(widths) - widths[1] + min(widths[1], _LEAST_NAME) + len(widths) - 1 <= width:
            lines = _lines(joined, widths, width)
            break
    else:
        lines = _lines(table, _widths(table), width)
        under = [table.under(row) for row in range(len(table.rows))]
    head, *rows = lines
    out.print(Text(head, style="bold"))
    indent = " " * (max(cell_len(row[0]) for row in table.rows) + 2)
    for line, more in zip(rows, under, strict=True):
        put_line(out, line)
        if more:
            put_line(out, f"{indent}{printable(more)}")
    if table.key and not any(under):
        put_line(out, f"  {printable(table.key)}")
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
