"""Tables of ranges: what spreadsheets write is read, and errors name line and column."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newtake.domain.errors import SelectionError
from newtake.domain.range_table import RangeRow, read_ranges, table_text
from newtake.domain.table_errors import together
from newtake.domain.timing import FrameRange

RATE = Fraction(25)
DROP = Fraction(30000, 1001)
HOUR = 90000


def ranges(text: str, record: FrameRange, name: str = "t.csv") -> list[RangeRow]:
    found, errors = read_ranges(text, name, record)
    if errors:
        raise together(errors, name)
    return found


def rows(text: str, rate: Fraction = RATE) -> list[tuple[int, int, dict[str, str]]]:
    found = ranges(text, FrameRange(0, 1, rate), "shots.csv")
    return [(each.span.start, each.span.duration, each.words) for each in found]


@pytest.mark.parametrize(
    "text",
    [
        "in,out,prompt\n01:00:00:00,01:00:02:00,rain\n",
        "in;out;prompt\r\n01:00:00:00;01:00:02:00;rain\r\n",
        "in\tout\tprompt\n01:00:00:00\t01:00:02:00\train",
        " IN , Out , prompt \n 01:00:00:00 , 01:00:02:00 , rain \n",
        "\n\nin,out,prompt\n\n,,\n01:00:00:00,01:00:02:00,rain\n,,\n",
        "prompt,out,in\nrain,01:00:02:00,01:00:00:00",
        'in,out,prompt\n"01:00:00:00","01:00:02:00","rain"',
    ],
)
def test_spreadsheets_habits_are_understood(text: str) -> None:
    ((start, count, words),) = rows(text)
    assert (start, count) == (HOUR, 50)
    assert [text.strip() for text in words.values()] == ["rain"]


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    raw = "\ufeffin,out,prompt\n01:00:00:00,01:00:02:00,Größe\n".encode()
    assert rows(table_text(raw, "shots.csv")) == [(HOUR, 50, {"prompt": "Größe"})]


def test_drop_frame_is_exact_in_quotes_or_with_a_dot() -> None:
    for text in (
        'in;out\n"01:00:59;28";"01:01:00;03"',
        "in;out\n01:00:59.28;01:01:00.03",
        "in,out\n01:00:59;28,01:01:00;03",
    ):
        (row,) = ranges(text, FrameRange(0, 1, DROP))
        assert row.span == FrameRange(107892 + 59 * 30 + 28, 3, DROP), text


def test_notes_stay_notes_and_quotes_keep_the_sign_between_columns() -> None:
    text = 'in,out,prompt,#shot,,strength\n01:00:00:00,,"rain, at ""night""",SH01,x,\n'
    (row,) = ranges(text, FrameRange(0, 1, RATE))
    assert row.words == {"prompt": 'rain, at "night"'}
    assert row.span.duration == 1
    assert row.told == "Line 2 of t.csv"


def test_a_cell_over_several_lines_counts_them() -> None:
    text = 'in,out,prompt\n01:00:00:00,,"two\nlines"\n01:00:03:00,,b\n'
    assert [each.line for each in ranges(text, FrameRange(0, 1, RATE))] == [2, 4]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "no line with a range"),
        ("in,out\n", "no line with a range"),
        ("from,to\n01:00:00:00,01:00:01:00", "Line 1 of shots.csv does not name the columns"),
        ("01:00:00:00,01:00:01:00\n", "Line 1 of shots.csv does not name the columns"),
        ("in,out\n01:00:00:00,01:00:01:00\n1:0:0,01:00:00:00", "Line 3, column 1 .in."),
        ("in,out\n01:00:00:00,x", "Line 2, column 2 .out."),
        ("in,out\n,01:00:00:00", "Line 2, column 1 .in. of shots.csv is empty"),
        ("in,out\n01:00:02:00,01:00:02:00", "Line 2, column 2 .out. of shots.csv ends before"),
        ("in,out\n01:00:00;00,01:00:02:00", "Line 2, column 1 .in."),
        ("in;out\n01:00:00;00;01:00:02:00", "Line 2 of shots.csv has 3 columns"),
        ("in,out,prompt\n01:00:00:00,01:00:02:00,rain, at night", "has 4 columns"),
        ("in,out,strength,edit_strength\n", "two columns 'edit_strength': 3 and 4"),
        ('in,out,prompt\n01:00:00:00,,"rain\n', "Line 2 of shots.csv is no line of CSV"),
    ],
)
def test_errors_name_line_and_column(text: str, what: str) -> None:
    with pytest.raises(SelectionError, match=what) as raised:
        rows(text)
    assert raised.value.why or raised.value.fix or "two columns" in what
    if "Line 2, column" in what or "Line 3, column" in what:
        assert "newtake clips" not in raised.value.fix


def test_all_that_is_wrong_with_a_table_is_said_at_once_and_the_rest_is_read() -> None:
    text = (
        "in,out,prompt\n01:00:00:00,x,rain\n01:00:00:00,01:00:01:00,snow\n,,fog\n"
        '01:00:02:00,01:00:01:00,ice\n01:00:00:00,,"hail\n'
    )
    found, errors = read_ranges(text, "shots.csv", FrameRange(0, 1, RATE))
    assert [each.words["prompt"] for each in found] == ["snow"]
    error = together(errors[::-1], "shots.csv")
    assert error.what == "shots.csv has 4 errors."
    assert [each[:17] for each in error.details] == [
        "Line 2, column 2 ",
        "Line 4, column 1 ",
        "Line 5, column 2 ",
        "Line 6 of shots.c",
    ]
    assert error.why == " ".join(error.details)
    many = together(errors * 20, "shots.csv")
    assert (len(many.details), many.details[-1]) == (41, "And 40 more.")


def test_other_encodings_are_refused_with_the_line() -> None:
    with pytest.raises(SelectionError, match="line 2 holds another encoding"):
        table_text("in,out\nx,Größe\n".encode("latin-1"), "t.csv")
    with pytest.raises(SelectionError, match="too large"):
        table_text(b"x" * 4_000_001, "t.csv")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80))
def test_any_text_is_a_table_or_an_error_with_a_name(text: str) -> None:
    assert "shots.csv" in (_refusal(f"in,out,prompt\n{text}") or "shots.csv")


def _refusal(text: str) -> str | None:
    try:
        rows(text)
    except SelectionError as error:
        return error.what
    return None
