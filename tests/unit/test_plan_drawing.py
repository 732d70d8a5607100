"""A plan of many clips is read at a glance: one line for each plate, reasons once, and totals."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from rich.cells import cell_len

from newtake.domain.clip import Refusal, RefusalReason
from newtake.domain.edit import Price
from newtake.domain.timing import FrameRange
from newtake.domain.upload_size import estimated_bytes
from newtake.pipeline.planning import Plan, PlannedClip
from newtake.pipeline.totals import totals_of
from newtake.shells.cli.documents import plan_document
from newtake.shells.cli.plan_drawing import draw_plan, plan_table, shortened, size_text, told_once
from orders import order

NAME = "B-cam drone over the valley at dusk v3 final"


def entry(index: int, refusal: Refusal | None = None, notes: tuple[str, ...] = ()) -> PlannedClip:
    whole = order()
    record = FrameRange(90_000 + 100 * index, 100, Fraction(25))
    clip = replace(whole.clip, index=index, name=f"{NAME} {index}", record=record)
    source = replace(whole.source, path=Path(f"/rushes/A001_C{index:03}.mov"))
    price = Price(None if index == 3 else Decimal("2.16"), "list")
    wanted = replace(
        whole,
        clip=clip,
        source=source,
        price=price,
        settings=replace(whole.settings, variations=2),
    )
    return PlannedClip(clip, None if refusal else wanted, refusal, notes)


def thirty() -> Plan:
    still = Refusal(RefusalReason.STILL, "it is a still image")
    title = Refusal(RefusalReason.TITLE, "a title has no media")
    refused = {6: still, 12: title, 18: still, 24: title}
    entries = [
        entry(i, refused.get(i), ("counted twice",) if i in (4, 8, 9, 10) else ())
        for i in range(1, 31)
    ]
    first = entries[0].order
    assert first is not None
    return Plan(first.settings, tuple(entries), "oxen", "workbench", False, first.host)


def test_each_plate_has_one_line_in_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    draw_plan(thirty(), "to the account")
    lines = capsys.readouterr().err.splitlines()
    table = lines[1:27]
    assert [int(line.split()[0]) for line in table] == [
        i for i in range(1, 31) if i not in (6, 12, 18, 24)
    ]
    # The heading is bold, by codes that take no column.
    assert [line for line in lines[1:] if cell_len(line.rstrip()) > 80] == []
    assert all("107892-107981" in line and "$4" not in line for line in table)
    assert table[2].rstrip().endswith("?")


def test_a_wide_terminal_shows_the_file_and_both_ends() -> None:
    table = plan_table(thirty(), wide=True)
    row = dict(zip(table.columns, table.rows[0], strict=True))
    assert row["file"] == "A001_C001.mov"
    assert row["record"] == "01:00:04:00 - 01:00:08:00"
    assert (row["frames"], row["handles"], row["held"]) == ("45/120", "0+0", "75")


def test_reasons_and_notes_are_said_once_with_their_clips(
    capsys: pytest.CaptureFixture[str],
) -> None:
    draw_plan(thirty(), "to the account")
    said = capsys.readouterr().err
    assert "Not restyled (4):" in said
    assert f"it is a still image: 6 ({NAME} 6), 18 ({NAME} 18)" in said
    assert told_once(thirty().entries) == [("counted twice", "4, 8-10")]
    assert (
        "Total: 26 clips, 4 not restyled, 26 submissions, 260 s of model time, about 22 MB" in said
    )
    assert "Price: $54.00 for 25, not known for 1" in said


def test_programs_read_the_same_totals() -> None:
    plan = thirty()
    document, totals = plan_document(plan, "to the account"), totals_of(plan)
    assert document["totals"] == {
        "clips": 26,
        "refused": 4,
        "submissions": 26,
        "model_seconds": 260,
        "upload_bytes_estimated": totals.upload_bytes,
        "known_usd": "54.00",
        "prices_unknown": 1,
    }
    assert [(each["reason"], each["clips"]) for each in document["refused"]] == [
        ("still", [6, 18]),
        ("title", [12, 24]),
    ]
    plates = [each["plate"] for each in document["clips"] if each["plate"]]
    assert sum(each["upload_bytes_estimated"] for each in plates) == totals.upload_bytes


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [("A001_C003", 9, "A001_C003"), ("A001_C003_0714AB 2/4", 12, "A001_C…B 2/4"),
     ("日本語の名前です", 9, "日本…です")],
)  # fmt: skip
def test_a_long_name_loses_its_middle(text: str, width: int, shown: str) -> None:
    assert shortened(text, width) == shown
    assert cell_len(shown) <= width


def test_a_plate_weighs_about_what_was_measured() -> None:
    source = replace(order().source, width=1920, height=1080, pixel_aspect=Fraction(1))
    for lines, megabytes in ((540, 2.4), (720, 3.6), (1080, 6.4)):
        assert estimated_bytes(source, 240, lines) == pytest.approx(megabytes * 1e6, rel=0.1)
    small = replace(source, width=640, height=360)
    assert estimated_bytes(small, 240, 1080) == estimated_bytes(small, 240, 360)


@pytest.mark.parametrize(
    ("size", "text"),
    [(999, "999 B"), (2_400_000, "2.4 MB"), (31_000_000, "31 MB"), (1_500_000_000, "1.5 GB")],
)
def test_bytes_are_rounded_for_a_person(size: int, text: str) -> None:
    assert size_text(size) == text
