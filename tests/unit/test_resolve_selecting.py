"""How an editor's choice is read on each version of Resolve, and what `auto` says it skipped."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest

from newtake.domain.clip import RefusalReason
from newtake.domain.errors import SelectionError, TimelineError
from newtake.domain.timing import FrameRange
from newtake.hosts.resolve.selecting import Choice, choose
from newtake.testing.resolve import FakeResolve
from resolve_calls import InProcessCalls

pytestmark = pytest.mark.anyio

VERSIONS = ["18.6", "19.1", "20.3.2", "21.0", "21.0.4", "21.1"]
START = 90000


@dataclass
class Cut:
    """Three clips of 48 frames on V1, from 01:00:00:00 at 25, and one of 20 over the second."""

    fake: FakeResolve
    media: str
    low: list[str]
    high: str

    async def choose(self, how: str = "auto", colour: str | None = None) -> Choice:
        choice = await choose(
            InProcessCalls(self.fake.resolve), how, colour=colour, exists=lambda _: True
        )
        assert self.fake.violations == []
        return choice

    def rename(self) -> None:
        for name, uid in zip("abcd", [*self.low, self.high], strict=True):
            self.fake.change_item(uid, name=name)


def cut(version: str, rate: str = "25", start: str = "01:00:00:00") -> Cut:
    fake = FakeResolve(version, rate=rate)
    fake.add_timeline(video_tracks=2, start=start)
    media = fake.add_made_media("a.mov", path="/m/a.mov", frames=500, rate=rate.split()[0])
    low = [fake.add_item(media, source_start=100 * n, duration=48) for n in range(3)]
    first = fake.item(low[0])["start"]
    high = fake.add_item(media, track=2, record_start=first + 58, source_start=7, duration=20)
    made = Cut(fake, media, low, high)
    made.rename()
    return made


def names(choice: Choice) -> list[str]:
    return [clip.name for clip in choice.clips]


@pytest.mark.parametrize("version", ["21.0.4", "21.1"])
async def test_the_selection_is_used_where_scripts_can_see_it(version: str) -> None:
    made = cut(version)
    made.fake.select([made.low[2], made.high])
    made.fake.set_marks(0, 10)
    choice = await made.choose()
    assert (names(choice), choice.text) == (["c", "d"], "2 clips selected in the timeline")
    assert [clip.index for clip in choice.clips] == [3, 4]
    assert choice.skipped == ()


async def test_sound_that_is_selected_with_its_picture_is_left_out() -> None:
    made = cut("21.1")
    sound = made.fake.add_item(kind="audio", duration=48)
    made.fake.select([sound, made.low[0]])
    assert names(await made.choose("selection")) == ["a"]
    made.fake.select([sound])
    (clip,) = (await made.choose("selection")).clips
    assert clip.refusal is not None
    assert clip.refusal.reason is RefusalReason.AUDIO


async def test_a_transition_that_is_selected_is_dropped_or_told_why() -> None:
    made = cut("21.1")
    dissolve = made.fake.add_item(kind="transition", record_start=START + 43, duration=10)
    made.fake.select([dissolve, made.low[0]])
    assert names(await made.choose()) == ["a"]
    made.fake.select([dissolve])
    (clip,) = (await made.choose()).clips
    assert clip.refusal is not None
    assert clip.refusal.reason is RefusalReason.TRANSITION


@pytest.mark.parametrize("version", VERSIONS[:4])
async def test_before_21_0_4_the_selection_is_skipped_and_said(version: str) -> None:
    made = cut(version)
    made.fake.select([made.low[2]])
    made.fake.set_playhead(START)
    choice = await made.choose()
    assert names(choice) == ["a"]
    assert choice.text == "the clip under the playhead, at 01:00:00:00"
    assert "21.0.4 does" in choice.skipped[0]
    with pytest.raises(SelectionError, match="does not tell scripts what is selected"):
        await made.choose("selection")


@pytest.mark.parametrize("version", VERSIONS[1:])
@pytest.mark.parametrize(
    ("rate", "start"),
    [("25", "01:00:00:00"), ("24", "10:00:00:00"), ("29.97 DF", "01:00:00:00")],
)
async def test_marks_choose_what_is_seen_and_part_of_a_clip(
    version: str, rate: str, start: str
) -> None:
    made = cut(version, rate, start)
    first = made.fake.item(made.low[0])["start"]
    made.fake.set_marks(40, 69)
    choice = await made.choose("marks")
    # V2 lies over frames 58 to 77; of "b" only 48 to 57 are seen, which is enough.
    assert names(choice) == ["a", "b", "d"]
    a, b, d = choice.clips
    exact = a.record.rate
    assert a.record == FrameRange(first, 48, exact)
    assert (a.source, a.whole) == (FrameRange(40, 8, exact), FrameRange(0, 48, exact))
    assert (b.source, b.whole) == (FrameRange(100, 22, exact), FrameRange(100, 48, exact))
    assert (d.source, d.whole) == (FrameRange(7, 12, exact), FrameRange(7, 20, exact))
    assert "8 of its 48 frames are marked: those are restyled" in a.notes


async def test_a_clip_between_the_marks_is_whole() -> None:
    made = cut("21.1")
    made.fake.set_marks(0, 47)
    choice = await made.choose()
    assert names(choice) == ["a"]
    assert choice.clips[0].whole is None
    assert choice.clips[0].source.duration == 48
    assert choice.text == "1 clip between mark in and out (01:00:00:00 to 01:00:01:22)"
    assert choice.skipped == ("nothing is selected in the timeline",)


async def test_what_lies_hidden_under_the_marks_is_not_meant() -> None:
    made = cut("21.1")
    made.fake.set_marks(60, 70)
    assert names(await made.choose("marks")) == ["d"]
    made.fake.change_track(2, enabled=False)
    assert names(await made.choose("marks")) == ["b"]


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_clip_colour_chooses_its_clips(version: str) -> None:
    made = cut(version)
    made.fake.change_item(made.low[1], color="Teal")
    made.fake.change_item(made.high, color="Teal")
    choice = await made.choose("colour:teal")
    assert (names(choice), choice.text) == (["b", "d"], "2 clips of the colour Teal")
    assert names(await made.choose("auto", "Teal")) == ["b", "d"]
    with pytest.raises(SelectionError, match="no clip has the colour Navy"):
        await made.choose("colour:Navy")
    with pytest.raises(SelectionError, match="'Red' is no clip colour"):
        await made.choose("colour:Red")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("rate", ["25", "29.97 DF", "29.97"])
async def test_the_playhead_finds_the_topmost_clip_that_is_enabled(version: str, rate: str) -> None:
    made = cut(version, rate)
    first = made.fake.item(made.low[0])["start"]
    made.fake.set_playhead(first + 60)
    assert names(await made.choose("playhead")) == ["d"]
    made.fake.change_item(made.high, enabled=False)
    assert names(await made.choose("playhead")) == ["b"]
    made.fake.open_page("media")
    made.fake.set_playhead(first + 47)
    assert names(await made.choose("playhead")) == ["a"]
    made.fake.set_playhead(first + 144)
    with pytest.raises(SelectionError, match="no clip under the playhead"):
        await made.choose("playhead")


@pytest.mark.parametrize("version", VERSIONS)
async def test_markers_with_our_data_or_of_a_colour_are_ranges(version: str) -> None:
    made = cut(version)
    made.fake.set_playhead(START + 200)
    timeline = made.fake.resolve.GetProjectManager().GetCurrentProject().GetCurrentTimeline()
    assert timeline.AddMarker(100, "Mint", "n", "", 44, '{"newtake": 1, "restyle": true}')
    assert timeline.AddMarker(10, "Red", "n", "", 5, '{"newtake": 1, "job": "x"}')
    choice = await made.choose()
    assert (names(choice), choice.text) == (["c"], "1 clip under New Take's markers")
    assert choice.clips[0].source == FrameRange(204, 44, choice.clips[0].source.rate)
    assert len(choice.skipped) == 4
    assert names(await made.choose("markers:red")) == ["a"]
    with pytest.raises(SelectionError, match="no clip is under Blue markers"):
        await made.choose("markers:Blue")


@pytest.mark.parametrize("how", ["auto", "markers"])
async def test_the_documented_script_chooses_what_lies_under_its_marker(how: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "resolve.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (data,) = re.findall(r"```json\n(.*?)\n```", page, re.DOTALL)
    made = cut("18.6")
    long = made.fake.add_item(made.media, source_start=300, duration=200)
    made.fake.change_item(long, name="long")
    made.fake.set_playhead(START + 10_000)
    exec(script, {"resolve": made.fake.resolve})
    (marker,) = made.fake.timeline()["markers"]
    assert marker["custom_data"] == data
    choice = await made.choose(how)
    assert names(choice) == ["long"]
    (clip,) = choice.clips
    assert clip.whole == FrameRange(300, 200, Fraction(25))
    # The timeline's frame 240 is the 97th of a clip that begins at its frame 144.
    assert clip.source == FrameRange(300 + 240 - 144, 48, Fraction(25))


async def test_what_is_written_in_markers_of_a_colour_is_said_to_be_left_unread() -> None:
    made = cut("21.1")
    made.fake.put_marker(10, color="Red", name="Marker 1", duration=5)
    made.fake.put_marker(60, color="Sand", name="", note="a pencil sketch", duration=5)
    assert "is not read" not in (await made.choose("markers:Red")).text
    text = (await made.choose("markers:Sand")).text
    assert text.startswith("1 clip under Sand markers; ")
    assert "`--markers` reads look and settings from them" in text


async def test_markers_that_an_editor_set_are_said_to_need_their_colour() -> None:
    made = cut("21.1")
    made.fake.put_marker(10, color="Red", name="film-noir", duration=5)
    with pytest.raises(SelectionError, match="no clip is under New Take's markers") as caught:
        await made.choose("markers")
    assert "--select markers:Red" in caught.value.fix
    assert "`--markers` reads look and settings" in caught.value.fix


@pytest.mark.parametrize(
    ("version", "how", "can_mark"),
    [("18.6", "marks", False), ("18.6", "selection", False), ("20.3.2", "selection", True)],
)
async def test_what_to_do_instead_is_possible_in_the_version_that_is_there(
    version: str, how: str, can_mark: bool
) -> None:
    made = cut(version)
    with pytest.raises(SelectionError, match="does not tell scripts") as caught:
        await made.choose(how)
    fix = caught.value.fix.lower()
    assert ("mark in" in fix) is can_mark
    assert "select a clip" not in fix
    assert "put the playhead on the clip" in fix


async def test_what_has_no_media_between_marks_is_named_and_not_chosen() -> None:
    made = cut("21.1")
    made.fake.add_item(kind="title", duration=20, name="End titles")
    made.fake.add_item(kind="adjustment", duration=20, name="Adjustment Clip")
    made.fake.set_marks(100, None)
    choice = await made.choose("marks")
    assert names(choice) == ["c"]
    assert "left as it is, having no media of its own: End titles, Adjustment Clip" in choice.text
    made.fake.set_marks(0, 10)
    assert "left as it is" not in (await made.choose("marks")).text


async def test_nothing_found_says_everything_that_was_looked_for() -> None:
    made = cut("19.1")
    made.fake.set_playhead(START + 200)
    with pytest.raises(SelectionError) as caught:
        await made.choose()
    assert caught.value.why == (
        "Resolve 19.1.0 does not tell scripts what is selected; 21.0.4 does; no mark in or out is "
        "set; no clip colour was named for `auto`; there is no clip under the playhead, at "
        "01:00:08:00; no clip is under New Take's markers of the timeline."
    )
    assert "mark in and out" in caught.value.fix


async def test_an_unknown_way_lists_the_ways() -> None:
    with pytest.raises(SelectionError, match="is no way") as caught:
        await cut("21.1").choose("mouse")
    assert "playhead" in caught.value.fix


async def test_without_a_timeline_that_is_said() -> None:
    fake = FakeResolve("21.1")
    with pytest.raises(TimelineError, match="No timeline is open"):
        await choose(InProcessCalls(fake.resolve), exists=Path.exists)
