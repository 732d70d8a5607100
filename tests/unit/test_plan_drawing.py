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
from newtake.domain.files import HostDocument, HostTarget
from newtake.domain.style import StyleStamp
from newtake.domain.timing import FrameRange
from newtake.domain.upload_size import estimated_bytes
from newtake.pipeline.planning import Plan, PlannedClip
from newtake.pipeline.splits import numbered
from newtake.pipeline.totals import totals_of
from newtake.shells.cli.documents import plan_document
from newtake.shells.cli.plan_drawing import draw_plan, told_once
from newtake.shells.cli.plan_table import plan_table
from newtake.shells.cli.plan_words import shortened, size_text
from orders import order

NAME = "B-cam drone over the valley at dusk v3 final"


def entry(index: int, refusal: Refusal | None = None, notes: tuple[str, ...] = ()) -> PlannedClip:
    whole = order()
    record = FrameRange(90_000 + 100 * index, 100, Fraction(25))
    clip = replace(whole.clip, key=f"k{index}", index=index, name=f"{NAME} {index}", record=record)
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
    assert said.index("4, 8-10: counted twice") < said.index("Not restyled (4):")
    assert f"it is a still image: 6 ({NAME} 6), 18 ({NAME} 18)" in said
    assert told_once(thirty().entries) == [("counted twice", "4, 8-10")]
    assert (
        "Total: 26 clips, 4 not restyled, 26 submissions, 260 s of model time, about 22 MB" in said
    )
    assert "Price: $54.00 for 25, not known for 1" in said


RESOLVE = HostTarget(
    "resolve",
    Path("resolve/Film/Reel 1"),
    Path("/takes/Reel_1"),
    document=HostDocument("p", "Film", "t", "Reel 1"),
)


@pytest.mark.parametrize(
    ("exr", "rendered", "added"),
    [
        (False, False, "a take to each clip of the timeline Reel 1"),
        (True, False, "two takes to each clip, the movie, which shows, and its EXR frames, of"),
        (False, True, "a take on a track above each clip of the timeline Reel 1"),
        (True, True, "a take on a track above each clip, and its EXR frames in the bin New Take,"),
    ],
)
def test_the_plan_says_where_takes_go_in_resolve(
    exr: bool, rendered: bool, added: str, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = thirty()
    entries = []
    for entry in plan.entries:
        if entry.order is not None:
            clip = replace(entry.clip, rendered=entry.order.source if rendered else None)
            settings = replace(entry.order.settings, hdr=exr, exr_export=exr)
            made = replace(entry.order, clip=clip, settings=settings)
            entry = replace(entry, clip=clip, order=made)
        entries.append(entry)
    draw_plan(replace(plan, entries=tuple(entries), target=RESOLVE), "to the account")
    assert f"Would add: {added}" in " ".join(capsys.readouterr().err.split())


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


def of_parts() -> Plan:
    """Two parts of clip 1 by two lines with looks of their own, and clip 2, of whom none asks."""
    first, second, third = entry(1), entry(1), entry(2)
    noir = StyleStamp("film-noir", 1, "ab" * 32)
    made = []
    for number, each in enumerate((first, second)):
        assert each.order is not None
        whole = each.clip.record
        record = replace(whole, start=whole.start + 10 + 40 * number, duration=20)
        clip = replace(each.clip, record=record, piece_of=whole)
        settings = replace(
            each.order.settings, variations=1 + number, style=noir if number else None
        )
        made.append(
            replace(
                each,
                clip=clip,
                order=replace(each.order, clip=clip, settings=settings),
                asked_by=f"Line {number + 2} of shots.csv",
                notes=("both", "only one") if number else ("both",),
            )
        )
    plan = thirty()
    return replace(plan, entries=numbered([*made, third]))


def test_a_row_says_its_look_who_asks_and_the_number_that_its_clip_will_have() -> None:
    table = plan_table(of_parts(), wide=True).joined
    assert table.columns[-3:] == ("written", "look", "by")
    assert [(row[0], *row[-3:]) for row in table.rows] == [
        ("1", "2", "A", "line 2 of shots.csv"),
        ("1", "4", "B", "line 3 of shots.csv"),
        ("2", "6", "C", "the command"),
    ]


def by_line() -> Plan:
    """Each clip but those that are refused asked for by a line of one table, with looks in turn."""
    made = []
    for number, each in enumerate(thirty().entries):
        if each.order is not None:
            settings = replace(each.order.settings, variations=1 + number % 3)
            asked = f"Line {number + 2} of a table with a very long name of forty shots.csv"
            each = replace(each, order=replace(each.order, settings=settings), asked_by=asked)
        made.append(each)
    return replace(thirty(), entries=tuple(made))


@pytest.mark.parametrize("watched", [True, False], ids=["terminal", "pipe"])
def test_a_batch_from_a_table_has_one_line_of_100_columns_for_each_plate(
    watched: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: watched)
    monkeypatch.setenv("COLUMNS", "100")
    draw_plan(by_line(), "to the account")
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines[1:27] if cell_len(line.rstrip()) > 100] == []
    assert [line.split()[-2:] for line in lines[1:4]] == [["A", "2"], ["B", "3"], ["C", "4"]]
    assert lines[27].strip() == (
        "`by` is who asks for it: 2 is line 2 of a table with a very long name of forty shots.csv"
    )


def test_the_marker_that_asks_is_named_without_the_words_that_all_have() -> None:
    entries = [
        replace(each, asked_by=f"The marker 'SH {each.clip.index}' at 01:00:0{number}:00")
        for number, each in enumerate(thirty().entries[:2])
    ]
    table = plan_table(replace(thirty(), entries=tuple(entries)), wide=False)
    assert table.own == (("'SH 1' at 01:00:00:00",), ("'SH 2' at 01:00:01:00",))


def test_where_they_find_no_room_they_stand_under_the_row(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    draw_plan(of_parts(), "to the account")
    lines = capsys.readouterr().err.splitlines()
    assert lines[2].strip() == "written as clip 2; look A; line 2 of shots.csv"
    assert lines[4].strip() == "written as clip 4; look B; line 3 of shots.csv"
    assert [line for line in lines[1:] if cell_len(line.rstrip()) > 80] == []


def test_one_look_and_one_selection_need_no_more_columns() -> None:
    assert plan_table(thirty(), wide=False).more == ()
    asked = [replace(each, asked_by="The marker 'm' at 00:00:01:00") for each in thirty().entries]
    assert plan_table(replace(thirty(), entries=tuple(asked)), wide=False).more == ()


def test_looks_are_told_apart_by_letters_and_splits_once_for_each_clip(
    capsys: pytest.CaptureFixture[str],
) -> None:
    draw_plan(of_parts(), "to the account")
    said = capsys.readouterr().err
    assert "\nLook A: 'a prompt' (720p, strength default, HDR)\n" in said
    assert "\nLook B: 'a prompt' (style film-noir revision 1, 720p" in said
    assert said.count("is split into") == 1
    assert "it is split into 5 clips, 1 to 5 of the written timeline, of 10, 20*, 20, 20*" in said
    assert told_once(of_parts().entries) == [("both", "1"), ("only one", "1 at 01:00:06:00")]


def test_a_clip_that_shares_a_take_has_a_row_of_its_own() -> None:
    plan = of_parts()
    first, second, third = plan.entries
    use = replace(third, order=None, same_as=second.clip, asked_by="Line 4 of shots.csv")
    table = plan_table(replace(plan, entries=(first, second, use)), wide=False)
    row = dict(zip(table.joined.columns, table.joined.rows[2], strict=True))
    assert row["media frames"] == "as 01:00:06:00"
    assert (row["price"], row["look"], row["by"]) == ("", "B", "4")
    assert table.asked == ("line ", " of shots.csv")


@pytest.mark.parametrize("what", ["range", "marker"])
def test_who_asks_is_not_explained_where_its_words_say_it_already(
    what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spans = ("01:00:00:00-01:00:01:00", "01:00:02:00-01:00:03:00")
    first, second, _ = of_parts().entries
    entries = tuple(
        replace(each, asked_by=f"The {what} {span}")
        for each, span in zip((first, second), spans, strict=True)
    )
    draw_plan(replace(of_parts(), entries=entries), "to the account")
    said = capsys.readouterr().err
    assert spans[0] in said
    assert "who asks for it" not in said


def test_a_plan_says_in_which_timeline_clips_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = replace(thirty().target, timeline=tmp_path / "a.otio", output=tmp_path / "b.otio")
    plan = replace(thirty(), target=target)
    draw_plan(plan, "to the account")
    assert "goes on" not in capsys.readouterr().err
    (tmp_path / "b.otio").write_text("{}", encoding="utf-8")
    draw_plan(plan, "to the account")
    assert "It goes on with b.otio, in which clips are counted here." in capsys.readouterr().err


def test_programs_read_numbers_looks_and_splits() -> None:
    document = plan_document(of_parts(), "to the account")
    assert [(each["index"], each["written_index"]) for each in document["clips"]] == [
        (1, 2), (1, 4), (2, 6),
    ]  # fmt: skip
    assert [each["asked_by"] for each in document["clips"][:2]] == [
        "Line 2 of shots.csv", "Line 3 of shots.csv",
    ]  # fmt: skip
    looks = document["looks"]
    assert [looks[each["look"]]["variations"] for each in document["clips"]] == [1, 2, 2]
    (split,) = document["splits"]
    assert split["index"] == 1
    assert [(each["written_index"], each["gets_a_take"]) for each in split["pieces"]] == [
        (1, False), (2, True), (3, False), (4, True), (5, False),
    ]  # fmt: skip
