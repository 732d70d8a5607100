"""Switching between native takes of a clip in Resolve: what is meant, and what is read back."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from newtake.domain.clip import Clip, TakeAbove
from newtake.domain.errors import HostError, SelectionError
from newtake.hosts.resolve.items import read_timeline
from newtake.hosts.resolve.listing import list_clips
from newtake.hosts.resolve.messages import Call, Obj
from newtake.hosts.resolve.switching import plan_switch, use_takes
from newtake.testing.resolve import FakeResolve, Quirks
from numbered_media import make_numbered
from resolve_calls import InProcessCalls

pytestmark = pytest.mark.anyio
VERSIONS = ("18.6", "19.1", "20.3.2", "21.0.4", "21.1")


@pytest.fixture
def shot(tmp_path: Path) -> Path:
    import imageio_ffmpeg

    return make_numbered(
        imageio_ffmpeg.get_ffmpeg_exe(),
        tmp_path / "shot.mov",
        rate=Fraction(24),
        frames=48,
        size=(160, 90),
    )


async def _with_take(fake: FakeResolve, shot: Path) -> tuple[InProcessCalls, str, Clip]:
    """A clip of frames 12 to 35 with the same media once more as its take 2."""
    fake.add_timeline("Reel")
    media = fake.add_media(shot)
    item = fake.add_item(media, source_start=12, duration=24)
    calls = InProcessCalls(fake.resolve)
    add = Call("AddTake", Obj("item", item).address, (Obj("media", media), 12, 36), "true")
    await calls.run(add, Call("SelectTakeByIndex", Obj("item", item).address, (1,), "true"))
    (clip,) = list_clips(await read_timeline(calls))
    return calls, item, clip


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("stays", [True, False])
async def test_a_grade_that_does_not_stay_is_said(version: str, stays: bool, shot: Path) -> None:
    fake = FakeResolve(version, rate="24", quirks=Quirks(look_stays=stays))
    calls, item, clip = await _with_take(fake, shot)
    fake.change_item(item, is_graded=True)
    notes = await use_takes(calls, [plan_switch(clip, "take_001")])
    assert fake.item(item)["selected_take"] == 2
    told = "the nodes of the grade did not stay when the take was selected: it was 2 and is 1"
    assert notes == (
        () if stays else (f"clip 1 (shot.mov): {told}; set it again, or undo in Resolve",)
    )
    assert fake.violations == []


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_take_is_selected_by_its_key_and_as_the_original(version: str, shot: Path) -> None:
    fake = FakeResolve(version, rate="24")
    calls, item, clip = await _with_take(fake, shot)
    shown = []
    for word in ("take_001", "original", "TAKE_001", " original"):
        await use_takes(calls, [plan_switch(clip, word)])
        shown.append(fake.item(item)["selected_take"])
    assert shown == [2, 1, 2, 1]
    assert fake.violations == []
    assert not any(call.method == "FinalizeTake" for call in fake.calls)


@pytest.mark.parametrize("word", ["take_002", "", "-1", "one"])
async def test_a_take_that_is_not_there_is_refused_with_those_that_are(
    word: str, shot: Path
) -> None:
    _, _, clip = await _with_take(FakeResolve("21.1"), shot)
    with pytest.raises(SelectionError, match="no take") as raised:
        plan_switch(clip, word)
    assert "original, take_001" in raised.value.why


@pytest.mark.parametrize("word", ["0", "1", "2", "3"])
async def test_a_number_is_refused_since_resolve_counts_in_another_way(
    word: str, shot: Path
) -> None:
    _, _, clip = await _with_take(FakeResolve("21.1"), shot)
    with pytest.raises(SelectionError, match="takes are called by name") as raised:
        plan_switch(clip, word)
    assert "original, take_001" in raised.value.why


async def test_a_take_on_a_track_above_is_said_to_be_switched_there(shot: Path) -> None:
    _, _, clip = await _with_take(FakeResolve("21.1"), shot)
    clip = replace(clip, takes_above=(TakeAbove("take_002", "Take 2", "V2"),))
    with pytest.raises(SelectionError, match="is no take of its selector") as raised:
        plan_switch(clip, "take_002")
    assert "V2, Enable Clip" in raised.value.fix


async def test_a_clip_without_takes_says_so(shot: Path) -> None:
    fake = FakeResolve("21.1")
    fake.add_timeline("Reel")
    fake.add_item(fake.add_media(shot))
    (clip,) = list_clips(await read_timeline(InProcessCalls(fake.resolve)))
    with pytest.raises(SelectionError) as raised:
        plan_switch(clip, "take_001")
    assert "only its original media" in raised.value.why


async def test_a_refused_switch_leaves_the_take_that_showed(shot: Path) -> None:
    fake = FakeResolve("21.1")
    calls, item, clip = await _with_take(fake, shot)
    fake.on_call("SelectTakeByIndex", "refuse")
    with pytest.raises(HostError, match="does not show take_001"):
        await use_takes(calls, [plan_switch(clip, "take_001")])
    assert fake.item(item)["selected_take"] == 1


async def test_a_clip_that_is_not_where_it_was_listed_gets_its_take_back(shot: Path) -> None:
    fake = FakeResolve("21.1")
    calls, item, clip = await _with_take(fake, shot)
    fake.move_item(item, fake.item(item)["start"] + 10)
    with pytest.raises(HostError, match="GetStart"):
        await use_takes(calls, [plan_switch(clip, "take_001")])
    assert fake.item(item)["selected_take"] == 1


async def test_an_item_whose_id_changes_with_its_take_is_switched_and_back(shot: Path) -> None:
    fake = FakeResolve("21.1", quirks=Quirks(item_id_changes=True))
    calls, _, clip = await _with_take(fake, shot)
    shown = []
    for word in ("take_001", "original", "take_001"):
        # The listing is that of the first time, as a page of the menu has it.
        await use_takes(calls, [plan_switch(clip, word)])
        shown.append(fake.items()[0]["selected_take"])
    assert shown == [2, 1, 2]


async def test_an_item_whose_id_changes_gets_its_take_back_where_it_moved(shot: Path) -> None:
    quirks = Quirks(item_id_changes=True, unequal_take="ripple")
    fake = FakeResolve("21.1", rate="24", quirks=quirks)
    calls, item, _ = await _with_take(fake, shot)
    longer = Obj("media", fake.item(item)["media"])
    add = Call("AddTake", Obj("item", fake.items()[0]["id"]).address, (longer, 0, 30), "true")
    await calls.run(add)
    (clip,) = list_clips(await read_timeline(calls))
    with pytest.raises(HostError, match="does not show take_002"):
        await use_takes(calls, [plan_switch(clip, "take_002")])
    (now,) = fake.items()
    assert (now["selected_take"], now["duration"]) == (1, 24)


async def test_a_take_that_resolve_does_not_list_moves_no_number(shot: Path) -> None:
    fake = FakeResolve("21.1", rate="24", quirks=Quirks(hidden_takes=frozenset({2})))
    calls, item, _ = await _with_take(fake, shot)
    media = Obj("media", fake.item(item)["media"])
    await calls.run(Call("AddTake", Obj("item", item).address, (media, 6, 30), "true"))
    (clip,) = list_clips(await read_timeline(calls))
    assert [take.key for take in clip.takes] == ["original", "take_001"]
    await use_takes(calls, [plan_switch(clip, "take_001")])
    assert fake.item(item)["selected_take"] == 3


async def test_no_clip_of_another_timeline_is_switched(shot: Path) -> None:
    fake = FakeResolve("21.1")
    calls, item, clip = await _with_take(fake, shot)
    fake.add_timeline("Another")
    with pytest.raises(HostError, match="not as it was listed"):
        await use_takes(calls, [plan_switch(clip, "take_001")])
    assert fake.item(item)["selected_take"] == 1
    assert not any(call.method == "SelectTakeByIndex" for call in fake.calls[-9:])


@pytest.mark.parametrize("own", [None, "Hero shot"])
async def test_a_clip_keeps_its_name_in_the_listing_whichever_take_shows(
    own: str | None, shot: Path
) -> None:
    fake = FakeResolve("21.1")
    fake.add_timeline("Reel")
    item = fake.add_item(fake.add_media(shot), duration=24, name=own)
    other = fake.add_media(shot.rename(shot.with_name("shot_take_001.mov")))
    calls = InProcessCalls(fake.resolve)
    clip = Obj("item", item).address
    await calls.run(
        Call("AddTake", clip, (Obj("media", other), 0, 24), "true"),
        Call("SelectTakeByIndex", clip, (2,), "true"),
    )
    (listed,) = list_clips(await read_timeline(calls))
    assert fake.item(item)["name"] == (own or "shot_take_001.mov")
    assert listed.name == (own or "shot.mov")
