"""Words and figures of a plan, as short as a table needs them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.cells import cell_len


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


def numbers_text(numbers: Iterable[int]) -> str:
    """Numbers of clips, runs of them drawn together: "4, 8-10"."""
    runs = []
    ordered: Sequence[int] = sorted(dict.fromkeys(numbers))
    for _, run in groupby(enumerate(ordered), lambda pair: pair[1] - pair[0]):
        members = [number for _, number in run]
        first, last = members[0], members[-1]
        runs.append(str(first) if first == last else f"{first}-{last}")
    return ", ".join(runs)


def begun_small(text: str) -> str:
    """A sentence's beginning, for the middle of one."""
    return text[:1].lower() + text[1:]


def size_text(size: int) -> str:
    """Bytes for a person: "340 kB", "2.4 MB", "31 MB"."""
    for unit, scale in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= scale:
            value = size / scale
            return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
    return f"{size} B"
