"""Look-up tables in the `.cube` format: read strictly, and written again in one spelling.

Format: Adobe, Cube LUT Specification 1.0 (TITLE, LUT_1D_SIZE, LUT_3D_SIZE, DOMAIN_MIN, DOMAIN_MAX,
then rows of red, green, blue; red changes fastest), and Resolve's LUT_1D_INPUT_RANGE and
LUT_3D_INPUT_RANGE, which state one domain for all three channels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

MOST_BYTES = 32 * 1024 * 1024
"""Of a file; 65 x 65 x 65 rows of the longest spelling in use take about 12 MB."""
_MOST_SIZE = {"1d": 65_536, "3d": 65}
_MOST_HEADER_LINES = 1000
_LARGEST = 1e6
"""No table of a picture holds more; beyond it a file is broken."""

Row = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Lut:
    """A table that was read and found right, as it is journalled: the file, and what was in it."""

    path: Path
    sha256: str
    kind: Literal["1d", "3d"]
    size: int
    """Rows, or points on each edge."""

    @property
    def text(self) -> str:
        shape = "1D" if self.kind == "1d" else "3D"
        return f"{self.path.name} ({shape}, {self.size} points)"


@dataclass(frozen=True, slots=True)
class Cube:
    """The contents of a table."""

    kind: Literal["1d", "3d"]
    size: int
    low: Row
    high: Row
    """The domain: inputs that the first and the last row stand for."""
    rows: tuple[Row, ...]

    def written(self) -> str:
        """The table as text that every reader of the format understands."""
        lines = [
            f"LUT_{self.kind.upper()}_SIZE {self.size}",
            f"DOMAIN_MIN {_spelled(self.low)}",
            f"DOMAIN_MAX {_spelled(self.high)}",
            *(_spelled(row) for row in self.rows),
        ]
        return "\n".join(lines) + "\n"


def read_cube(text: str) -> Cube:
    """A table's contents.

    Raises:
        ValueError: What is wrong, and in which line: an unknown word, a size out of bounds, two
            tables in one file, rows that are missing, too many or no finite numbers.
    """
    header: dict[str, tuple[float, ...]] = {}
    rows: list[Row] = []
    wanted = 0
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.isspace() or line.startswith("#"):
            continue
        parts = line.split()
        if parts[0][0] in "+-.0123456789":
            if not wanted:
                wanted = _rows_of(header)
            if len(rows) == wanted:
                raise ValueError(f"line {number}: more than the {wanted} rows of its size")
            rows.append(_row(parts, number))
        elif rows:
            raise ValueError(f"line {number}: {parts[0][:40]!r} stands among the rows")
        elif len(header) > _MOST_HEADER_LINES:
            raise ValueError(f"line {number}: no end of the header")
        else:
            _read_header(parts, number, header)
    wanted = wanted or _rows_of(header)
    if len(rows) < wanted:
        raise ValueError(f"it has {len(rows)} rows; its size promises {wanted}")
    kind: Literal["1d", "3d"] = "3d" if "LUT_3D_SIZE" in header else "1d"
    low, high = _domain(kind, header)
    size = int(header[f"LUT_{kind.upper()}_SIZE"][0])
    return Cube(kind, size, low, high, tuple(rows))


_VALUES = {
    "LUT_1D_SIZE": 1,
    "LUT_3D_SIZE": 1,
    "LUT_1D_INPUT_RANGE": 2,
    "LUT_3D_INPUT_RANGE": 2,
    "DOMAIN_MIN": 3,
    "DOMAIN_MAX": 3,
}


def _read_header(parts: list[str], number: int, header: dict[str, tuple[float, ...]]) -> None:
    word = parts[0]
    if word == "TITLE":
        return
    if word not in _VALUES:
        raise ValueError(f"line {number}: {word[:40]!r} is no word of a .cube file")
    if word in header:
        raise ValueError(f"line {number}: {word} is said twice")
    values = tuple(_number(each, number) for each in parts[1:])
    if len(values) != _VALUES[word]:
        raise ValueError(f"line {number}: {word} has {len(values)} values, not {_VALUES[word]}")
    header[word] = values


def _rows_of(header: dict[str, tuple[float, ...]]) -> int:
    if "LUT_1D_SIZE" in header and "LUT_3D_SIZE" in header:
        raise ValueError("it holds a 1D and a 3D table; only one of them in a file is read here")
    for kind, most in _MOST_SIZE.items():
        values = header.get(f"LUT_{kind.upper()}_SIZE")
        if values is None:
            continue
        size = values[0]
        if size != int(size) or not 2 <= size <= most:
            raise ValueError(f"its size is {size:g}; a {kind.upper()} table has 2 to {most} points")
        return int(size) if kind == "1d" else int(size) ** 3
    raise ValueError("it does not say its size (LUT_1D_SIZE or LUT_3D_SIZE)")


def _domain(kind: str, header: dict[str, tuple[float, ...]]) -> tuple[Row, Row]:
    stated = header.get(f"LUT_{kind.upper()}_INPUT_RANGE")
    if stated is not None:
        low, high = (stated[0],) * 3, (stated[1],) * 3
    else:
        r, g, b = header.get("DOMAIN_MIN", (0.0, 0.0, 0.0))
        low = (r, g, b)
        r, g, b = header.get("DOMAIN_MAX", (1.0, 1.0, 1.0))
        high = (r, g, b)
    if any(a >= b for a, b in zip(low, high, strict=True)):
        raise ValueError(f"its domain ends at {_spelled(high)}, not above {_spelled(low)}")
    return low, high


def _row(parts: list[str], number: int) -> Row:
    if len(parts) != 3:
        raise ValueError(f"line {number}: a row has three numbers, not {len(parts)}")
    red, green, blue = (_number(each, number) for each in parts)
    return red, green, blue


def _number(text: str, line: int) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"line {line}: {text[:40]!r} is no number") from None
    if not math.isfinite(value) or abs(value) > _LARGEST:
        raise ValueError(f"line {line}: {text[:40]} is no value of a picture")
    return value


def _spelled(row: Row) -> str:
    return " ".join(f"{value:.9g}" for value in row)
