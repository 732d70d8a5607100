"""Look-up tables are read strictly and written again in one spelling."""

from __future__ import annotations

import itertools

import pytest

from newtake.domain.cube import read_cube


def table(size: int = 2, header: str = "") -> str:
    steps = [i / (size - 1) for i in range(size)]
    rows = [f"{r} {g} {b}" for b, g, r in itertools.product(steps, repeat=3)]
    return "\n".join([f"LUT_3D_SIZE {size}", *header.splitlines(), *rows, ""])


def test_a_3d_table_is_read_and_written_as_every_reader_takes_it() -> None:
    cube = read_cube('# made by hand\nTITLE "größe"\n\n' + table(2, "DOMAIN_MAX 2 2 2"))
    assert (cube.kind, cube.size, len(cube.rows)) == ("3d", 2, 8)
    assert (cube.low, cube.high) == ((0.0, 0.0, 0.0), (2.0, 2.0, 2.0))
    assert cube.rows[1] == (1.0, 0.0, 0.0)
    again = read_cube(cube.written())
    assert again == cube


def test_a_1d_table_and_resolve_s_ranges_are_read() -> None:
    cube = read_cube("LUT_1D_SIZE 3\nLUT_1D_INPUT_RANGE -0.5 1.5\n0 0 0\n.5 5e-1 +0.5\n1 1 1\n")
    assert (cube.kind, cube.size, cube.low[0], cube.high[2]) == ("1d", 3, -0.5, 1.5)
    assert "DOMAIN_MIN -0.5 -0.5 -0.5" in cube.written()


def test_the_largest_is_65() -> None:
    assert len(read_cube(table(65)).rows) == 65**3


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "does not say its size"),
        ("0 0 0\n", "does not say its size"),
        ("LUT_3D_SIZE 66\n0 0 0\n", "2 to 65"),
        ("LUT_3D_SIZE 1\n0 0 0\n", "2 to 65"),
        ("LUT_3D_SIZE 2.5\n0 0 0\n", "2 to 65"),
        ("LUT_3D_SIZE 1e300\n0 0 0\n", "no value"),
        ("LUT_1D_SIZE 65537\n0 0 0\n", "2 to 65536"),
        ("LUT_1D_SIZE 2\nLUT_3D_SIZE 2\n0 0 0\n", "1D and a 3D"),
        ("LUT_3D_SIZE 2\nLUT_3D_SIZE 2\n0 0 0\n", "twice"),
        ("LUT_3D_SIZE\n0 0 0\n", "0 values"),
        ("LUT_1D_SIZE 2\n0 0 0\n", "1 rows; its size promises 2"),
        ("LUT_1D_SIZE 2\n0 0 0\n1 1 1\n1 1 1\n", "line 4: more than the 2 rows"),
        ("LUT_1D_SIZE 2\n0 0\n1 1 1\n", "three numbers"),
        ("LUT_1D_SIZE 2\n0 0 nan\n1 1 1\n", "no value of a picture"),
        ("LUT_1D_SIZE 2\n0 0 0x1\n1 1 1\n", "no number"),
        ("LUT_1D_SIZE 2\n0 0 1e9\n1 1 1\n", "no value of a picture"),
        ("LUT_1D_SIZE 2\n0 0 0\nDOMAIN_MIN 0 0 0\n1 1 1\n", "stands among the rows"),
        ("LUT_1D_SIZE 2\nDOMAIN_MIN 1 1 1\n0 0 0\n1 1 1\n", "domain"),
        ("SHAPER_SIZE 2\n", "no word of a .cube file"),
        ("\x00\x01PNG\n", "no word of a .cube file"),
    ],
)
def test_what_is_not_right_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_cube(text)
