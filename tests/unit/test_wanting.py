"""From markers, tables and options to edits: whose words win, and whose fault an error is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from newtake.bootstrap.restyling import Wish
from newtake.bootstrap.wanting import Asking, Wanting, wanted_of
from newtake.domain.choices import Partial
from newtake.domain.clip import Clip
from newtake.domain.errors import SelectionError, SettingsError
from newtake.domain.marker import Marker
from newtake.domain.selection import Selection
from newtake.domain.timing import FrameRange
from newtake.pipeline.wanted import WantedEdit

pytestmark = pytest.mark.anyio

RATE = Fraction(25)


def clip(index: int, start: int) -> Clip:
    record = FrameRange(start, 50, RATE)
    return Clip(f"k{index}", index, f"c{index}", "V1", record, replace(record, start=500), None)


CLIPS = [clip(1, 0), clip(2, 50), clip(3, 100)]


@dataclass
class Timeline:
    """Markers, and a blade that says where it would cut."""

    marks: list[Marker] = field(default_factory=list)

    async def markers(self) -> Sequence[Marker]:
        return self.marks

    async def pieces(self, asked: Sequence[tuple[Clip, FrameRange]]) -> Sequence[Clip]:
        return [replace(each, record=span, piece_of=each.record) for each, span in asked]


def marker(start: int, count: int, note: str = "", colour: str = "RED", name: str = "m") -> Marker:
    return Marker(name, note, colour, FrameRange(start, count, RATE))


async def wanted(
    *marks: Marker,
    table: Path | None = None,
    beside: Path | None = None,
    partial: Partial = "split",
    colour: str | None = "any",
    style: str | None = None,
    selection: Selection | None = None,
    **edit: Any,
) -> Wanting:
    timeline = Timeline(list(marks))
    asking = Asking(
        selection or Selection(), colour if marks or not table else None, table, partial
    )
    wish = Wish(edit, style=style)
    return await wanted_of(timeline, CLIPS, asking, wish, beside=beside, blade=timeline)


def edits(found: Wanting) -> list[WantedEdit]:
    return [each for each in found.clips if isinstance(each, WantedEdit)]


async def test_what_a_marker_says_wins_over_the_command_line_and_that_over_a_style() -> None:
    found = await wanted(
        marker(0, 10, "resolution=1080p variations=2 cadence=time"),
        marker(50, 10, "watercolor strength=adhere_1"),
        marker(100, 10),
        style="film-noir",
        prompt="rain",
        resolution="720p",
    )
    first, second, third = (each.settings for each in edits(found))
    assert first is not None
    assert second is not None
    assert third is not None
    assert (first.resolution, first.variations) == ("1080p", 2)
    assert edits(found)[0].choices is not None
    assert edits(found)[0].choices.cadence == "time"  # type: ignore[union-attr]  # asserted above
    assert (second.resolution, second.edit_strength) == ("720p", "adhere_1")
    assert [each.style and each.style.name for each in (first, second, third)] == [
        "film-noir",
        "watercolor",
        "film-noir",
    ]
    assert all("rain" in each.prompt for each in (first, second, third))
    assert third.resolution == "720p"


async def test_parts_are_split_out_and_whole_clips_stay_whole() -> None:
    found = await wanted(marker(10, 10, "a"), marker(50, 0, "b"), marker(25, 20, "c"))
    assert [
        (each.clip.index, each.clip.record.start, each.clip.piece_of is not None)
        for each in edits(found)
    ] == [(1, 10, True), (1, 25, True), (2, 50, False)]
    assert found.keys == ["k1", "k2"]
    assert found.notes == ()


async def test_without_a_blade_one_part_of_a_clip_is_cut_in_and_others_are_told() -> None:
    found = await wanted(marker(10, 10, "a"), marker(25, 20, "b"), partial="cut-in")
    (only,) = edits(found)
    assert only.clip.whole == CLIPS[0].source
    assert only.clip.source == FrameRange(510, 10, RATE)
    assert "a take has one restyled part" in found.notes[0]


async def test_markers_of_one_colour_and_clips_by_name_add_up() -> None:
    found = await wanted(
        marker(10, 10, "a"),
        marker(60, 10, "b", "Blue"),
        colour="blue",
        selection=Selection(clips=("3",)),
        prompt="rain",
    )
    assert [isinstance(each, Clip) for each in found.clips] == [False, True]
    assert edits(found)[0].asked_by == "The marker 'm' at 00:00:02:10"


@pytest.mark.parametrize(
    ("note", "error", "what", "why"),
    [
        ("hdr=maybe", SelectionError, "The marker 'm' at 00:00:00:10", "must be yes or no"),
        (
            "style=nope rain",
            SelectionError,
            "The marker 'm' at 00:00:00:10",
            "no style of the name",
        ),
        ("style=/etc/passwd rain", SelectionError, "cannot be read", "no style of the name"),
        ("first-frame=/etc/a.png x", SelectionError, "cannot be read", "beside the timeline"),
        ("first-frame=../a.png x", SelectionError, "cannot be read", "beside the timeline"),
        ("resolution=4k rain", SettingsError, "The marker 'm' at 00:00:00:10", "resolution"),
        ("sharpnes=2 rain", SettingsError, "The marker 'm' at 00:00:00:10", "no setting sharpnes"),
        ("hdr=yes rain", SettingsError, "cannot be used", "720p or 1080p"),
    ],
)
async def test_errors_name_the_marker(
    tmp_path: Path, note: str, error: type[SettingsError], what: str, why: str
) -> None:
    with pytest.raises(error) as raised:
        await wanted(marker(10, 10, note), beside=tmp_path)
    assert what in raised.value.what
    assert why in raised.value.why


async def test_of_several_ranges_those_that_are_right_go_on_and_the_others_are_told() -> None:
    first, over, gap = (
        "00:00:00:10-00:00:00:20",
        "00:00:00:15-00:00:01:00",
        "00:10:00:00-00:10:01:00",
    )
    asked = Selection(ranges=(first, over, gap, "00:00:02:00-00:00:03:00"))
    found = await wanted(selection=asked, colour=None, prompt="rain")
    assert [(each.clip.index, each.clip.record.start) for each in edits(found)] == [
        (1, 10),
        (2, 50),
    ]
    assert edits(found)[0].settings == found.checked.edit
    assert found.notes == (
        f"The range {over} is left out in clip 1 (c1): the range {first} asks for the same frames.",
        f"The range {gap} is left out: no clip lies there.",
    )
    beside = Selection(clips=("1",), ranges=(first,))
    found = await wanted(selection=beside, colour=None, prompt="rain")
    assert [each for each in found.clips if isinstance(each, Clip)] == [CLIPS[0]]
    assert "the command line asks for the same frames" in found.notes[0]
    with pytest.raises(SelectionError, match="Nothing of what is asked for"):
        await wanted(selection=Selection(ranges=(gap, gap)), colour=None, prompt="rain")


async def test_a_marker_without_a_look_is_named() -> None:
    with pytest.raises(
        SettingsError, match="The marker 'Marker 3' at 00:00:00:10 cannot be used"
    ) as raised:
        await wanted(marker(10, 10, name="Marker 3"))
    assert "no prompt and no style" in raised.value.why
    assert all(word in raised.value.fix for word in ("--prompt", "--style", "--markers COLOUR"))


async def test_a_marker_that_holds_data_of_a_program_is_left_out_and_told() -> None:
    data = marker(10, 10, '{"resolve_sub_products": {"id": "x"}}', name="AyonData")
    found = await wanted(data, marker(60, 10, "rain"))
    assert [each.clip.index for each in edits(found)] == [2]
    assert found.notes == (
        "The marker 'AyonData' at 00:00:00:10 is left out: its note is data of another program.",
    )
    with pytest.raises(SelectionError, match="Nothing of what is asked for") as raised:
        await wanted(data, style="film-noir")
    assert "data of another program" in raised.value.why


async def test_colons_on_a_timeline_whose_labels_are_drop_frame_are_told(tmp_path: Path) -> None:
    record = FrameRange(107892, 3000, Fraction(30000, 1001))
    timeline = Timeline()
    (long,) = [Clip("k", 1, "c", "V1", record, replace(record, start=0), None)]
    table = tmp_path / "shots.csv"
    table.write_text("in,out\n01:01:00:10,01:01:00:20\n")
    span = "01:01:00:10-01:01:00:20"
    for asking in (Asking(Selection(ranges=(span,))), Asking(table=table)):
        found = await wanted_of(timeline, [long], asking, Wish({"prompt": "x"}), blade=timeline)
        assert found.notes[0].startswith("01:01:00:10 is read as non-drop-frame, and 1 more")


async def test_a_column_that_nobody_knows_is_told_where_it_is_named(tmp_path: Path) -> None:
    table = tmp_path / "shots.csv"
    table.write_text("\nin,out,prompt,Shot Code\n00:00:00:10,,rain,SH01\n")
    with pytest.raises(SettingsError) as raised:
        await wanted(table=table)
    assert raised.value.what == "Line 2, column 4 (Shot Code) of shots.csv cannot be used."
    assert "begins with #" in raised.value.fix


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("x,4k,,", "Line 2, column 4 (resolution) of shots.csv cannot be used"),
        ("x,,nope,", "Line 2, column 5 (style) of shots.csv cannot be used"),
        ("x,,,maybe", "Line 2, column 6 (hdr) of shots.csv cannot be read"),
        ("x,,,yes", "Line 2, column 6 (hdr) of shots.csv cannot be used"),
        (",,,", "Line 2, column 3 (prompt) of shots.csv cannot be used"),
    ],
)
async def test_errors_name_line_and_column(tmp_path: Path, line: str, what: str) -> None:
    table = tmp_path / "shots.csv"
    table.write_text(f"in,out,prompt,resolution,style,hdr\n00:00:00:10,,{line}\n")
    with pytest.raises((SettingsError, SelectionError)) as raised:
        await wanted(table=table)
    assert raised.value.what.startswith(what)
    assert raised.value.why
    assert "newtake clips" not in raised.value.fix


async def test_every_error_of_a_table_is_said_at_once(tmp_path: Path) -> None:
    table = tmp_path / "shots.csv"
    table.write_text(
        "in,out,prompt,resolution,variations,hdr\n00:00:00:10,,x,4k,,\n00:00:02:10,x,x,,,\n"
        "00:00:02:10,,x,,two,maybe\n00:00:04:10,,,,,\n00:00:00:20,,good,,,\n00:10:00:00,,,,,\n"
    )
    with pytest.raises(SelectionError, match=r"shots\.csv has 5 errors") as raised:
        await wanted(table=table)
    assert [each.split(" of shots.csv")[0] for each in raised.value.details] == [
        "Line 2, column 4 (resolution)",
        "Line 3, column 2 (out)",
        "Line 4, column 5 (variations)",
        "Line 4, column 6 (hdr)",
        "Line 5, column 3 (prompt)",
    ]


async def test_markers_that_cannot_be_read_are_left_out_and_told_and_the_rest_goes_on() -> None:
    found = await wanted(
        marker(10, 10, "hdr=maybe"),
        marker(12, 4, "rain"),
        marker(50, 10, "resolution=4k rain"),
        marker(60, 10, "snow"),
        marker(100, 10, name="Marker 3"),
    )
    assert [(each.clip.index, each.clip.record.start) for each in edits(found)] == [
        (1, 12),
        (2, 60),
    ]
    empty, unread, unusable = sorted(found.notes)
    assert unread == (
        "The marker 'm' at 00:00:00:10 is left out: it reads 'm / hdr=maybe': hdr is 'maybe'; it "
        "must be yes or no."
    )
    assert unusable.startswith("The marker 'm' at 00:00:02:00 is left out: ")
    assert "resolution" in unusable
    assert "is left out: it has no prompt and no style" in empty
    with pytest.raises(SelectionError, match="Nothing of what is asked for") as raised:
        await wanted(marker(10, 10, "hdr=maybe"), marker(60, 10, "hdr=perhaps"))
    assert "perhaps" in raised.value.why


async def test_a_table_names_files_beside_itself(tmp_path: Path) -> None:
    style = tmp_path / "own.style.toml"
    style.write_text('version = 1\nrevision = 2\ntitle = "Own"\nprompt = "Own. {prompt}"\n')
    table = tmp_path / "shots.csv"
    table.write_text("in;out;prompt;style\n00:00:00:10;00:00:01:00;x;./own.style.toml\n")
    (only,) = edits(await wanted(table=table))
    assert only.settings is not None
    assert only.settings.prompt == "Own. x."

    table.write_text("in;out;prompt;first frame\n00:00:00:10;00:00:01:00;x;look.png\n")
    with pytest.raises(SettingsError, match=r"column 4 \(first frame\)") as raised:
        await wanted(table=table)
    assert str(tmp_path / "look.png") in raised.value.why


async def test_nothing_that_is_meant_is_an_error_with_the_reasons() -> None:
    with pytest.raises(SelectionError, match="Nothing of what is asked for") as raised:
        await wanted(marker(400, 10, "x"))
    assert "no clip lies there" in raised.value.why
    with pytest.raises(SelectionError, match="no marker of the colour green") as raised:
        await wanted(marker(0, 10, "x"), colour="green")
    assert "RED" in raised.value.why
    with pytest.raises(SelectionError, match="no markers"):
        await wanted()
    with pytest.raises(SelectionError, match="beside markers"):
        await wanted(marker(0, 10, "x"), selection=Selection(everything=True))
