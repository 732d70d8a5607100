"""Lines of plain text on a console, and tables of them, fast where there are thousands."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

_RIGHT = ("#", "frames", "rate", "handles", "held", "price", "speed")
_GAP = "  "


def put_line(out: Console, line: str) -> None:
    """Print one line without a style; rich itself is asked only where a terminal has to fold it.

    Args:
        out: Where to.
        line: Printable.
    """
    if out.is_terminal and cell_len(line) > out.width:
        out.print(Text(line))
    else:
        out.file.write(f"{line}\n")


def put_table(out: Console, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; where it is too wide its cells are folded, which rich takes its time for.

    Args:
        out: Where to.
        columns: Their names; those of numbers stand at their right end.
        rows: Printable cells.
    """
    widths = [max(map(cell_len, cells)) for cells in zip(columns, *rows, strict=True)]
    if sum(widths) + len(_GAP) * (len(widths) - 1) > out.width:
        out.print(_folded(columns, rows))
        return
    head, *lines = (_line(row, widths, columns) for row in (columns, *rows))
    out.print(Text(head, style="bold"))
    for line in lines:
        put_line(out, line)


def _line(row: Sequence[str], widths: Sequence[int], columns: Sequence[str]) -> str:
    cells = zip(row, widths, columns, strict=True)
    return _GAP.join(
        padded(cell, each, right=name in _RIGHT) for cell, each, name in cells
    ).rstrip()


def _folded(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for name in columns:
        table.add_column(name, justify="right" if name in _RIGHT else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def padded(cell: str, width: int, *, right: bool) -> str:
    """The cell, as wide as its column."""
    free = " " * (width - cell_len(cell))
    return free + cell if right else cell + free
