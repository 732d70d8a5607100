"""Every frame in its slot, for every combination in `rows.ROWS`.

The rows marked as quick run with the other tests; `python3 start.py matrix` runs all of them,
prints the table and writes it into the page `docs/exactness.md`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import pytest

from matrix.page import write_page, written
from matrix.rows import RATES, ROWS, Row
from matrix.sources import Source, write_source
from matrix.walk import Walked, walk
from newtake.adapters.toolchain import find_toolchain

PAGE = Path(__file__).parents[2] / "docs" / "exactness.md"
LEAST_ROWS = 60

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def table() -> Iterator[list[Walked]]:
    """What became of the rows that were walked; the whole table is printed and kept."""
    rows: list[Walked] = []
    yield rows
    if len(rows) == len(ROWS):
        print("\n" + written(rows))
        if os.environ.get("NEWTAKE_MATRIX_PAGE"):
            write_page(rows, PAGE)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[object, ...], Source]:
    return {}


def _named(row: Row) -> str:
    fields = (row.start, row.frames, row.speed, row.cadence, row.codec, row.engine)
    return " ".join((row.kind, row.rate, *map(str, fields)))


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(
            row, marks=pytest.mark.quick_matrix if row.quick else pytest.mark.matrix, id=_named(row)
        )
        for row in ROWS
    ],
)
async def test_every_frame_is_in_its_slot(
    row: Row,
    table: list[Walked],
    sources: dict[tuple[object, ...], Source],
    require_program: object,
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: Path,
) -> None:
    bundled = imageio_ffmpeg.get_ffmpeg_exe()
    engine = bundled if row.engine == "bundled" else require_program("ffmpeg")  # type: ignore[operator]  # a fixture
    made_by = (row.kind, row.rate, row.media_frames, row.timecode)
    if made_by not in sources:
        sources[made_by] = write_source(
            find_toolchain().executable,
            row.kind,
            tmp_path_factory.mktemp("source"),
            rate=RATES[row.rate],
            frames=row.media_frames,
            timecode=row.timecode,
        )
    done = await walk(row, sources[made_by], find_toolchain(engine), tmp_path)
    table.append(done)
    assert done.wrong == []


def test_the_matrix_is_as_large_as_promised() -> None:
    assert len(ROWS) >= LEAST_ROWS
    assert len(set(ROWS)) == len(ROWS)
