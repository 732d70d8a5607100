"""A take comes into Resolve's timeline: selected in its clip, and nothing else is changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from newtake.domain.errors import HostAwayError, HostError
from newtake.domain.files import HostDocument
from newtake.domain.timing import exact_rate
from newtake.hosts.resolve.host import ResolveHost
from newtake.hosts.resolve.identity import ItemKey
from newtake.testing.resolve import Quirks
from resolve_relinks import (
    DURATION,
    HANDLE,
    LEFT,
    START,
    VERSIONS,
    Scene,
    place_of,
    scene,
    stays,
    without_handles,
    write_movie,
)

pytestmark = pytest.mark.anyio
BIN = "New Take/Reel 1"


def on_track(here: Scene, number: int = 2) -> list[tuple[int, int, int]]:
    items = here.fake.items()
    return [
        place_of(each) for each in items if (each["track_type"], each["track"]) == ("video", number)
    ]


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_take_is_added_and_selected(version: str, tmp_path: Path) -> None:
    here = scene(tmp_path, version)
    before = here.fake.snapshot()
    placed = await here.add(here.take())
    assert (placed.key, placed.number, placed.added, placed.place) == ("take_001", 1, True, "take")
    assert placed.notes == ()
    item = here.item()
    assert item["selected_take"] == 2
    assert place_of(item) == (START + 30, DURATION, HANDLE)
    assert [(take["start"], take["end"]) for take in item["takes"]] == [
        (LEFT, LEFT + DURATION),
        (HANDLE, HANDLE + DURATION),
    ]
    assert stays(here.fake.snapshot(), clip=here.clip) == stays(before, clip=here.clip)
    assert len(here.fake.bins()[BIN]) == 1
    assert here.fake.violations == here.fake.unmodelled_calls == []
    assert here.fake.count("FinalizeTake") == 0


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_same_label_adds_nothing_a_second_time(version: str, tmp_path: Path) -> None:
    here = scene(tmp_path, version)
    first = await here.add(here.take())
    after = here.fake.snapshot()
    assert await here.add(here.take()) == replace(first, added=False)
    assert here.fake.snapshot() == after
    assert here.fake.count("ImportMedia") == here.fake.count("AddTake") == 1


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kinds", [frozenset(), frozenset({"video"})], ids=["track", "take"])
@pytest.mark.parametrize(
    ("rate", "start", "first"),
    [
        ("24", "01:00:00:00", 86400),
        ("25", "10:00:00:00", 900000),
        ("23.976", "01:00:00:00", 86400),
        ("29.97 DF", "01:00:00:00", 107892),
        ("29.97 DF", "10:00:00:00", 1078920),
    ],
)
async def test_rates_and_start_timecodes_move_no_frame(
    version: str, kinds: frozenset[str], rate: str, start: str, first: int, tmp_path: Path
) -> None:
    exact = exact_rate(rate.split()[0])
    here = scene(tmp_path, version, quirks=Quirks(take_kinds=kinds))
    here.fake.add_project("Film", rate=rate)
    timeline = here.fake.add_timeline("Reel 3", start=start)
    media = here.fake.add_made_media("shot", frames=200, rate=rate.split()[0])
    clip = here.fake.add_item(media, source_start=LEFT, duration=DURATION)
    project = here.fake.resolve.GetProjectManager().GetCurrentProject().GetUniqueId()
    document = HostDocument(project, "Film", timeline, "Reel 3")
    here.target = replace(here.target, document=document)
    take = here.take()
    write_movie(take.file.path, DURATION + 2 * HANDLE, exact)
    file = replace(take.file, available=replace(take.file.available, rate=exact))
    key = ItemKey(clip, timeline, media, "V1", first, DURATION, LEFT)
    placed = await here.add(replace(take, file=file, clip_key=str(key)))
    assert placed.notes == () or placed.place == "track"
    assert here.fake.violations == []
    if kinds:
        assert place_of(here.fake.item(clip)) == (first, DURATION, HANDLE)
        assert here.fake.item(clip)["selected_take"] == 2
    else:
        assert on_track(here) == [(first, DURATION, HANDLE)]


@pytest.mark.parametrize("kinds", [frozenset(), frozenset({"video"})], ids=["track", "take"])
async def test_a_take_whose_media_was_moved_to_another_bin_is_known_again(
    kinds: frozenset[str], tmp_path: Path
) -> None:
    here = scene(tmp_path, quirks=Quirks(take_kinds=kinds))
    first = await here.add(here.take())
    project = here.fake.resolve.GetProjectManager().GetCurrentProject()
    pool = project.GetMediaPool()
    rushes, ours = pool.GetRootFolder().GetSubFolderList()
    clips = ours.GetSubFolderList()[0].GetClipList()
    assert pool.MoveClips(clips, rushes)
    again = await here.add(here.take())
    assert (again.place, again.added) == (first.place, False)
    assert here.fake.count("ImportMedia") == 1


async def test_another_label_is_another_take_with_the_next_number(tmp_path: Path) -> None:
    here = scene(tmp_path)
    await here.add(here.take())
    file = replace(here.take("job2/sub1", number=2).file, number=1)
    placed = await here.add(replace(here.take("job2/sub1", number=2), file=file))
    assert (placed.key, placed.number, placed.added) == ("take_002", 2, True)
    assert here.item()["selected_take"] == 3
    again = await here.add(here.take())
    assert (again.key, again.added) == ("take_001", False)
    assert here.item()["selected_take"] == 2


async def test_the_pool_knows_how_a_take_was_made(tmp_path: Path) -> None:
    for version in ("18.6", "21.1"):
        here = scene(tmp_path, version)
        await here.add(here.take())
        media = here.fake.media(here.fake.bins()[BIN][0])
        assert media["metadata"]["Comments"] == (
            "AI-generated by ray-3.2 with New Take. [newtake movie 1 job1/sub1]"
        )
        assert media["metadata"]["Keywords"] == "New Take, AI-generated"
        assert media["metadata"]["Description"] == "Take 1: oil painting"
        if version == "18.6":
            assert media["third_party"] == {}
        else:
            assert media["third_party"]["newtake_submission"] == "sub1"
            assert media["third_party"]["newtake_ai_generated"] == "true"
            assert media["third_party"]["newtake_settings"] == '{"resolution": "720p"}'


@pytest.mark.parametrize(
    "quirks",
    [
        Quirks(take_after_add="new"),
        Quirks(item_id_changes=True),
        Quirks(item_id_changes=True, take_after_add="new"),
        Quirks(unequal_take="refuse"),
        Quirks(reimport="same", new_bin_is_current=False),
    ],
    ids=str,
)
async def test_what_nobody_has_measured_may_be_either_way(quirks: Quirks, tmp_path: Path) -> None:
    here = scene(tmp_path, quirks=quirks)
    before = here.fake.snapshot()
    placed = await here.add(here.take())
    assert (placed.place, placed.added) == ("take", True)
    item = here.item()
    assert (item["selected_take"], *place_of(item)) == (2, START + 30, DURATION, HANDLE)
    again = await here.add(here.take())
    assert again == replace(placed, added=False)
    assert len(here.item()["takes"]) == 2
    own = item["id"]
    assert stays(here.fake.snapshot(), clip=own) == stays(before, clip=here.clip)


class TestNotTheOpenTimeline:
    async def test_another_project_is_open(self, tmp_path: Path) -> None:
        here = scene(tmp_path)
        here.fake.add_project("Trailer")
        with pytest.raises(HostAwayError, match=r"'Trailer' is open.*'Reel 1'.*'Feature'"):
            await here.add(here.take())
        here.fake.switch_project("Feature")
        assert (await here.add(here.take())).place == "take"

    async def test_another_timeline_is_open_and_is_not_switched(self, tmp_path: Path) -> None:
        here = scene(tmp_path)
        here.fake.add_timeline("Reel 2")
        before = here.fake.snapshot()
        with pytest.raises(HostAwayError, match="the timeline 'Reel 2' is open"):
            await here.add(here.take())
        assert here.fake.snapshot() == before

    async def test_nothing_is_open(self, tmp_path: Path) -> None:
        here = scene(tmp_path)
        here.fake.close_project()
        with pytest.raises(HostAwayError, match="no project is open"):
            await here.add(here.take())

    async def test_a_project_without_a_timeline_is_open(self, tmp_path: Path) -> None:
        here = scene(tmp_path)
        here.fake.world.open_timeline(None)
        with pytest.raises(HostAwayError, match="no timeline is open"):
            await here.add(here.take())

    async def test_a_dialog_is_open(self, tmp_path: Path) -> None:
        here = scene(tmp_path)
        calls = here.calls
        await calls.ready()
        here.fake.open_dialog()
        with pytest.raises(HostAwayError, match="cannot be reached") as caught:
            await ResolveHost(here.target, calls).add_take(here.take())
        assert "Then `newtake resolve collect`" in caught.value.fix

    async def test_a_renamed_timeline_is_still_the_same(self, tmp_path: Path) -> None:
        here = scene(tmp_path)
        document = here.target.document
        assert document is not None
        old = HostDocument(document.project, "Old", document.timeline, "Older")
        here.target = replace(here.target, document=old)
        assert (await here.add(here.take())).place == "take"
        assert BIN in here.fake.bins()


class TestAboveTheClip:
    @pytest.mark.parametrize("version", VERSIONS)
    async def test_a_take_that_resolve_refuses_goes_above(
        self, version: str, tmp_path: Path
    ) -> None:
        here = scene(tmp_path, version, quirks=Quirks(take_kinds=frozenset()))
        before = here.fake.snapshot()
        placed = await here.add(here.take())
        assert (placed.place, placed.added, placed.key) == ("track", True, "take_001")
        assert on_track(here) == [(START + 30, DURATION, HANDLE)]
        assert "without the clip's grade and effects, since a take was not" in placed.notes[0]
        assert here.fake.item(here.clip)["takes"] == []
        assert stays(here.fake.snapshot()) == stays(before)
        assert here.fake.violations == []
        again = await here.add(here.take())
        assert (again.place, again.added) == ("track", False)
        assert on_track(here) == [(START + 30, DURATION, HANDLE)]

    async def test_what_was_selected_in_the_pool_is_selected_again(self, tmp_path: Path) -> None:
        here = scene(tmp_path, "20.3", quirks=Quirks(take_kinds=frozenset()))
        here.fake.select_media([here.media])
        assert (await here.add(here.take())).place == "track"
        pool = here.fake.resolve.GetProjectManager().GetCurrentProject().GetMediaPool()
        assert [each.GetUniqueId() for each in pool.GetSelectedClips()] == [here.media]

    async def test_a_take_that_is_said_to_be_there_and_is_not(self, tmp_path: Path) -> None:
        here = scene(tmp_path, quirks=Quirks(add_take_lies=True))
        placed = await here.add(here.take())
        assert placed.place == "track"
        assert here.fake.item(here.clip)["takes"] == []

    @pytest.mark.parametrize("moment", ["before", "after"])
    async def test_a_take_that_cannot_be_selected_is_taken_out_again(
        self, moment: Any, tmp_path: Path
    ) -> None:
        here = scene(tmp_path)
        await here.add(here.take())
        before = here.item()
        here.fake.on_call("SelectTakeByIndex", "refuse", moment=moment)
        placed = await here.add(here.take("job2/sub1", number=2))
        assert placed.place == "track"
        assert here.item() == before

    async def test_a_selector_that_stays_is_said(self, tmp_path: Path) -> None:
        here = scene(tmp_path)
        here.fake.on_call("SelectTakeByIndex", "refuse")
        placed = await here.add(here.take())
        assert placed.place == "track"
        assert len(here.fake.item(here.clip)["takes"]) == 1
        assert any("is a take selector now" in note for note in placed.notes)

    @pytest.mark.parametrize("method", ["SelectTakeByIndex", "DeleteTakeByIndex"])
    async def test_a_clip_that_cannot_be_put_back_is_an_error(
        self, method: str, tmp_path: Path
    ) -> None:
        here = scene(tmp_path)
        here.fake.on_call("SelectTakeByIndex", "refuse", moment="after")
        here.fake.on_call(method, "refuse", moment="after")
        with pytest.raises(HostError, match="not as it was before"):
            await here.add(here.take())

    async def test_a_rendered_clip_goes_above_and_needs_no_handles(self, tmp_path: Path) -> None:
        here = scene(tmp_path)
        take = here.take()
        file = replace(take.file, available=replace(take.file.available, start=0))
        key = str(replace(here.key, kind="render"))
        placed = await here.add(replace(take, file=file, clip_key=key))
        assert placed.place == "track"
        assert on_track(here) == [(START + 30, DURATION, 0)]
        assert here.fake.count("AddTake") == 0

    async def test_a_trimmed_rendered_clip_gets_its_take_in_the_bin(self, tmp_path: Path) -> None:
        here = scene(tmp_path)
        take = replace(here.take(), clip_key=str(replace(here.key, kind="render")))
        here.fake.trim_item(here.clip, head=1)
        assert (await here.add(take)).place == "bin"

    async def test_two_takes_at_different_times_share_our_track(self, tmp_path: Path) -> None:
        here = scene(tmp_path, quirks=Quirks(take_kinds=frozenset()))
        await here.add(here.take())
        here.fake.move_item(here.clip, START + 300)
        await here.add(here.take("job2/sub1", number=2))
        assert len(here.fake.timeline()["tracks"]["video"]) == 2
        assert [place[0] for place in on_track(here)] == [START + 30, START + 300]

    async def test_a_second_take_of_the_same_clip_gets_another_track(self, tmp_path: Path) -> None:
        here = scene(tmp_path, quirks=Quirks(take_kinds=frozenset()))
        await here.add(here.take())
        await here.add(here.take("job2/sub1", number=2))
        tracks = here.fake.timeline()["tracks"]["video"]
        assert [track["name"] for track in tracks] == ["Video 1", "New Take", "New Take"]
        assert on_track(here, 3) == on_track(here, 2)

    async def test_what_cannot_be_placed_at_all_is_an_error(self, tmp_path: Path) -> None:
        here = scene(tmp_path, quirks=Quirks(take_kinds=frozenset()))
        here.fake.on_call("AppendToTimeline", "refuse", times=9)
        with pytest.raises(HostError, match="does not place the take"):
            await here.add(here.take())
        assert here.fake.item(here.clip)["takes"] == []


class TestWrongMedia:
    async def test_a_file_that_resolve_reads_otherwise_is_taken_out_again(
        self, tmp_path: Path
    ) -> None:
        here = scene(tmp_path)
        before = here.fake.snapshot()
        take = here.take()
        with pytest.raises(HostError, match="something else"):
            await here.add(replace(take, file=replace(take.file, frames_in_file=61)))
        assert here.fake.bins()[BIN] == []
        assert stays(here.fake.snapshot()) == stays(before)

    async def test_a_file_that_resolve_does_not_import(self, tmp_path: Path) -> None:
        here = scene(tmp_path)
        before = here.fake.snapshot()
        take = here.take()
        take.file.path.write_bytes(b"no film")
        with pytest.raises(HostError, match="does not import"):
            await here.add(take)
        assert stays(here.fake.snapshot()) == stays(before)

    async def test_another_start_timecode_is_said(self, tmp_path: Path) -> None:
        here = scene(tmp_path)
        take = here.take()
        placed = await here.add(
            replace(take, file=replace(take.file, start_timecode="01:00:00:00"))
        )
        assert placed.place == "take"
        assert "start timecode" in placed.notes[0]


async def test_a_take_without_handles_on_a_clip_whose_other_take_shows(tmp_path: Path) -> None:
    here = scene(tmp_path)
    await here.add(here.take())
    second = without_handles(here.take("job2/sub1", number=2))
    placed = await here.add(second)
    assert placed.place == "take"
    assert place_of(here.item()) == (START + 30, DURATION, 0)
    assert [(t["start"], t["end"]) for t in here.item()["takes"]] == [
        (LEFT, LEFT + DURATION),
        (HANDLE, HANDLE + DURATION),
        (0, DURATION),
    ]
