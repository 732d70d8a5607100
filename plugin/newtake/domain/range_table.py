"""A table of ranges as text (CSV): one line for each range, with its prompt, style and settings.

The first line names the columns: `in` and `out` are record timecodes, `out` exclusive; `track`,
`prompt`, `style` and every setting may follow in any order. Columns whose name is empty or begins
with # are left alone, so that a list may carry notes. Without `out` the clip under `in` is meant.
The columns are parted by commas, semicolons or tabs, whichever the first line has; drop-frame
timecode holds a semicolon itself, and is then put in quotes or written with a dot.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from newtake.domain.errors import SelectionError
from newtake.domain.table_errors import TableError
from newtake.domain.timing import FrameRange
from newtake.domain.words import SETTING_WORDS, setting_of

MAX_BYTES = 4_000_000
MAX_ROWS = 10_000
_IN, _OUT, _TRACK = "in", "out", "track"
_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class RangeRow:
    """One line of a table."""

    line: int
    """Of the file, from 1."""
    span: FrameRange
    """Record frames; of one where the line has no `out`."""
    track: str = ""
    words: dict[str, str] = field(default_factory=dict)
    """Text by the names of columns."""
    columns: dict[str, int] = field(default_factory=dict)
    """Number of each column, from 1, in which the line says something."""
    empty: dict[str, int] = field(default_factory=dict)
    """Of the others."""
    table: str = ""
    has_out: bool = True
    labels: tuple[str, ...] = ()
    """Its timecodes, as they stand there."""
    header_line: int = 1
    """Of the line that names the columns."""

    @property
    def told(self) -> str:
        return f"Line {self.line} of {self.table}"


def table_text(raw: bytes, name: str) -> str:
    """The bytes of a table as text. Raises: SelectionError, where they are none, or too many."""
    if len(raw) > MAX_BYTES:
        raise SelectionError(
            f"{name} is too large for a table of ranges.",
            why=f"It has more than {MAX_BYTES // 1_000_000} MB.",
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise SelectionError(
            f"{name} is no UTF-8 text: line {line} holds another encoding.",
            fix="Save the table as CSV in UTF-8.",
        ) from error


def read_ranges(
    text: str, name: str, record: FrameRange
) -> tuple[list[RangeRow], list[TableError]]:
    """The lines of a table, and what is wrong with others; empty ones are skipped.

    Args:
        text: The table.
        name: Of the file, for errors.
        record: Any record range of the timeline, which tells how its frames are counted.

    Raises:
        SelectionError: It is no such table.
    """
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] = []
    header_line = 1
    rows: list[RangeRow] = []
    errors: list[TableError] = []
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            # What follows could be read as anything.
            what = f"Line {begins} of {name} is no line of CSV."
            errors.append(TableError(begins, SelectionError(what, why=f"{error}.", fix=_QUOTES)))
            break
        if cells is None:
            break
        if not any(cell.strip() for cell in cells):
            continue
        if not header:
            header = _header(cells, name, begins)
            header_line = begins
            continue
        try:
            row = _row(cells, header, name, begins, record, delimiter)
            rows.append(replace(row, header_line=header_line))
        except SelectionError as error:
            errors.append(TableError(begins, error))
        if len(rows) + len(errors) > MAX_ROWS:
            raise SelectionError(f"{name} has more than {MAX_ROWS} lines.")
    if not rows and not errors:
        raise SelectionError(
            f"{name} has no line with a range.",
            fix="The first line names the columns: in,out,prompt,style ...",
        )
    return rows, errors


def _header(cells: Sequence[str], name: str, line: int) -> list[str]:
    header = [cell.strip() for cell in cells]
    plain = [cell.lower() for cell in header]
    if _IN not in plain:
        raise SelectionError(
            f"Line {line} of {name} does not name the columns.",
            why=f"It has no column `in`; it reads: {', '.join(header)[:120]}.",
            fix="The first line names them, for example: in,out,prompt,style,resolution.",
        )
    seen: dict[str, int] = {}
    for number, cell in enumerate(header, 1):
        key = setting_of(cell) or cell.lower()
        if key in seen and not _is_note(cell):
            raise SelectionError(
                f"Line {line} of {name} names two columns {cell!r}: {seen[key]} and {number}."
            )
        seen.setdefault(key, number)
    return header


def _row(
    cells: Sequence[str],
    header: Sequence[str],
    name: str,
    line: int,
    record: FrameRange,
    delimiter: str,
) -> RangeRow:
    if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
        mark = {"\t": "tab"}.get(delimiter, delimiter)
        raise SelectionError(
            f"Line {line} of {name} has {len(cells)} columns; the first line names {len(header)}.",
            why=f"Column {len(header) + 1} reads {cells[len(header)][:60]!r}.",
            fix=f"{_QUOTES} The columns of this table are parted by {mark!r}.",
        )
    words: dict[str, str] = {}
    columns: dict[str, int] = {}
    empty: dict[str, int] = {}
    times = {_IN: "", _OUT: "", _TRACK: ""}
    for number, (head, cell) in enumerate(zip_longest(header, cells, fillvalue=""), 1):
        if head.lower() in times:
            times[head.lower()] = cell.strip()
            columns[head.lower()] = number
        elif cell.strip() and not _is_note(head):
            words[head] = cell.strip()
            columns[head] = number
        elif not _is_note(head):
            empty[head] = number
    start = _frame(times[_IN], _IN, columns, name, line, record)
    count = 1
    if times[_OUT]:
        count = _frame(times[_OUT], _OUT, columns, name, line, record) - start
        if count <= 0:
            raise SelectionError(
                f"Line {line}, column {columns[_OUT]} ({_OUT}) of {name} ends before it begins.",
                why=f"in is {times[_IN]}, out is {times[_OUT]}, and out is the first frame after.",
                fix="Give a later out; an empty one means the clip under in, whole.",
            )
    return RangeRow(
        line,
        FrameRange(start, count, record.rate, record.drop),
        times[_TRACK].upper(),
        words,
        columns,
        empty,
        name,
        bool(times[_OUT]),
        tuple(filter(None, (times[_IN], times[_OUT]))),
    )


def _frame(
    text: str, column: str, columns: dict[str, int], name: str, line: int, record: FrameRange
) -> int:
    where = f"Line {line}, column {columns.get(column, '?')} ({column}) of {name}"
    if not text:
        raise SelectionError(f"{where} is empty.", fix="Give a record timecode: HH:MM:SS:FF.")
    try:
        return record.frame_of(text)
    except ValueError as error:
        raise SelectionError(
            f"{where} is no timecode of this timeline.",
            why=f"{error}.",
            fix=f"Write it as the timeline counts, for example {record.label(record.start)}.",
        ) from error


def _is_note(head: str) -> bool:
    return not head or head.startswith("#")


_QUOTES = (
    'Text that holds the sign between columns is put in quotes: "01:00:10;02", "rain, at night".'
)
COLUMNS = (_IN, _OUT, _TRACK, *SETTING_WORDS)
"""Every name of a column, as it is shown."""
