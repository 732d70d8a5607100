"""What an editor does to a clip while its take is made is followed, or answered with our bin."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from newtake.domain.clip import TakeAbove
from newtake.domain.errors import HostError
from newtake.hosts.resolve.items import read_timeline
from newtake.hosts.resolve.listing import alike_in, key_of, list_clips
from newtake.hosts.resolve.relinking import add_take
from newtake.hosts.resolve.standing import ids_beside, read_again
from newtake.testing.resolve import Quirks
from resolve_calls import InProcessCalls
from resolve_relinks import (
    DURATION,
    HANDLE,
    START,
    place_of,
    scene,
    stays,
)

pytestmark = pytest.mark.anyio
BIN = "New Take/Reel 1"


class TestWhileAnEditorWorks:
    async def test_a_moved_clip_is_followed(self, tmp_path: Path) -> None:
        here = scene(tmp_path)
        take = here.take()
        here.fake.move_item(here.clip, START + 200, track=1)
        placed = await here.add(take)
        assert place_of(here.item()) == (START + 200, DURATION, HANDLE)
        assert placed.place == "take"
        assert "170 frames later" in placed.notes[0]

    async def test_a_clip_on_another_track_is_followed(self, tmp_path: Path) -> None:
        here = scene(tmp_path)
        take = here.take()
        here.fake.world.project.current_timeline.tracks["video"].append(  # type: ignore[union-attr]
            type(here.fake.world.project.current_timeline.tracks["video"][0])("Video 2")  # type: ignore[union-attr]
        )
        here.fake.move_item(here.clip, START + 30, track=2)
        placed = await here.add(take)
        assert placed.place == "take"
        assert "from V1 to V2" in placed.notes[0]

    async def test_a_clip_trimmed_inside_the_handles_still_fits(self, tmp_path: Path) -> None:
        here = scene(tmp_path)
        take = here.take()
        here.fake.trim_item(here.clip, head=-4, tail=7)
        placed = await here.add(take)
        assert placed.place == "take"
        assert place_of(here.item()) == (START + 26, DURATION - 3, HANDLE - 4)
        assert here.item()["takes"][1]["end"] == HANDLE - 4 + DURATION - 3
        assert any("handles cover it" in note for note in placed.notes)

    @pytest.mark.parametrize("trim", [{"head": -6}, {"tail": -6}])
    async def test_a_clip_trimmed_beyond_the_take_gets_it_in_the_bin(
        self, trim: dict[str, int], tmp_path: Path
    ) -> None:
        here = scene(tmp_path)
        take = here.take()
        here.fake.trim_item(here.clip, **trim)
        before = here.fake.snapshot()
        placed = await here.add(take)
        assert (placed.place, placed.added) == ("bin", True)
        assert "trimmed beyond the take" in placed.notes[0]
        assert "the bin New Take / Reel 1" in placed.notes[1]
        assert len(here.fake.bins()[BIN]) == 1
        assert stays(here.fake.snapshot()) == stays(before)
        assert await here.add(take) == replace(placed, added=False)

    async def test_a_deleted_clip_gets_its_take_in_the_bin(self, tmp_path: Path) -> None:
        here = scene(tmp_path)
        take = here.take()
        here.fake.delete_item(here.clip)
        placed = await here.add(take)
        assert placed.place == "bin"
        assert "gone from the timeline" in placed.notes[0]
        assert len(here.fake.bins()[BIN]) == 1
        assert (await here.add(take)).added is False

    async def test_a_clip_that_slid_into_the_place_of_a_deleted_one_is_left_alone(
        self, tmp_path: Path
    ) -> None:
        here = scene(tmp_path)
        take = here.take()
        here.fake.delete_item(here.clip, ripple=True)
        before = here.fake.snapshot()
        placed = await here.add(take)
        assert placed.place == "bin"
        assert "another clip of its media, which was not chosen" in placed.notes[0]
        assert stays(here.fake.snapshot()) == stays(before)

    async def test_a_copy_that_slid_into_the_place_of_a_deleted_clip_is_left_alone(
        self, tmp_path: Path
    ) -> None:
        here = scene(tmp_path)
        copy = here.fake.copy_item(here.clip, START + 100)
        timeline = await read_timeline(here.calls)
        (item,) = [each for each in timeline.items if each.uid == here.clip]
        key = key_of(item, timeline, "plain", alike_in(timeline))
        here.fake.delete_item(here.clip)
        here.fake.move_item(copy, START + 30)
        before = here.fake.snapshot()
        placed = await here.add(replace(here.take(), clip_key=str(key)))
        assert placed.place == "bin"
        assert "may be another clip of the same frames" in placed.notes[0]
        assert stays(here.fake.snapshot()) == stays(before)

    async def test_a_clip_that_was_cut_gets_its_take_in_the_part_that_is_still_it(
        self, tmp_path: Path
    ) -> None:
        here = scene(tmp_path)
        take = here.take()
        behind = here.fake.cut_item(here.clip, 20)
        before = here.fake.snapshot()
        placed = await here.add(take)
        assert placed.place == "take"
        assert "was cut after it was sent" in placed.notes[-1]
        assert here.fake.item(behind)["takes"] == []
        assert here.fake.item(here.clip)["takes"][1]["end"] == HANDLE + 20
        assert stays(here.fake.snapshot(), clip=here.clip) == stays(before, clip=here.clip)

    async def test_the_part_behind_a_cut_whose_head_was_deleted_is_not_the_clip(
        self, tmp_path: Path
    ) -> None:
        here = scene(tmp_path)
        take = here.take()
        here.fake.cut_item(here.clip, 20)
        here.fake.delete_item(here.clip, ripple=True)
        before = here.fake.snapshot()
        assert (await here.add(take)).place == "bin"
        assert stays(here.fake.snapshot()) == stays(before)

    @pytest.mark.parametrize("at", ["AddTake", "SelectTakeByIndex"])
    async def test_a_clip_that_slides_there_at_this_very_moment_is_left_alone(
        self, at: str, tmp_path: Path
    ) -> None:
        here = scene(tmp_path)
        waiting = [here.clip]

        def delete_once(line: str) -> None:
            if f'"{at}"' in line and waiting:
                here.fake.delete_item(waiting.pop(), ripple=True)

        calls = InProcessCalls(here.fake.resolve, delete_once)
        placed = await add_take(calls, here.target, here.take())
        assert placed.place == "bin"
        assert [each["takes"] for each in here.fake.items()] == [[], []]

    async def test_a_clip_with_other_media_gets_its_take_in_the_bin(self, tmp_path: Path) -> None:
        here = scene(tmp_path)
        take = here.take()
        other = here.fake.add_made_media("another", frames=200, rate="25")
        here.fake.world.project.current_timeline.tracks["video"][0].items[  # type: ignore[union-attr]
            1
        ].media = next(m for m in here.fake.world.project.every_media() if m.uid == other)  # type: ignore[union-attr]
        placed = await here.add(take)
        assert placed.place == "bin"
        assert "other media" in placed.notes[0]

    @pytest.mark.parametrize("version", ["19.1", "21.1"])
    async def test_a_retimed_clip_gets_its_take_in_the_bin(
        self, version: str, tmp_path: Path
    ) -> None:
        here = scene(tmp_path, version)
        take = here.take()
        here.fake.change_item(here.clip, speed=2)
        placed = await here.add(take)
        assert placed.place == "bin"
        assert "retimed" in placed.notes[0]

    async def test_a_clip_whose_id_changed_is_found_by_its_place(self, tmp_path: Path) -> None:
        here = scene(tmp_path)
        take = replace(here.take(), clip_key=str(replace(here.key, item="another")))
        placed = await here.add(take)
        assert (placed.place, placed.notes) == ("take", ())

    @pytest.mark.parametrize("at", ["AddTake", "SelectTakeByIndex"])
    async def test_a_clip_that_is_trimmed_at_this_very_moment_is_decided_anew(
        self, at: str, tmp_path: Path
    ) -> None:
        here = scene(tmp_path)
        waiting = [here.clip]

        def trim_once(line: str) -> None:
            if f'"{at}"' in line and waiting:
                here.fake.trim_item(waiting.pop(), head=2)

        calls = InProcessCalls(here.fake.resolve, trim_once)
        placed = await add_take(calls, here.target, here.take())
        assert placed.place == "take"
        assert place_of(here.item()) == (START + 32, DURATION - 2, HANDLE + 2)
        assert len(here.item()["takes"]) == 2
        assert here.item()["takes"][1]["end"] == HANDLE + DURATION

    async def test_a_clip_that_is_trimmed_again_and_again_is_left_alone(
        self, tmp_path: Path
    ) -> None:
        here = scene(tmp_path)

        def trim(line: str) -> None:
            if '"AddTake"' in line:
                here.fake.trim_item(here.clip, head=1)

        calls = InProcessCalls(here.fake.resolve, trim)
        with pytest.raises(HostError, match="being edited at this moment"):
            await add_take(calls, here.target, here.take())
        assert here.item()["takes"] == []

    async def test_another_timeline_that_comes_up_meanwhile_is_left_alone(
        self, tmp_path: Path
    ) -> None:
        here = scene(tmp_path, quirks=Quirks(take_kinds=frozenset()))
        other = here.fake.add_timeline("Reel 2", current=False)
        before = here.fake.timeline(other)

        def switch(line: str) -> None:
            if '"AppendToTimeline"' in line:
                here.fake.switch_timeline(other)

        with pytest.raises(HostError):
            await add_take(InProcessCalls(here.fake.resolve, switch), here.target, here.take())
        assert here.fake.timeline(other) == before

    async def test_a_locked_track_is_left_alone(self, tmp_path: Path) -> None:
        here = scene(tmp_path)
        here.fake.change_track(1, locked=True)
        before = here.fake.snapshot()
        with pytest.raises(HostError, match="V1 is locked"):
            await here.add(here.take())
        assert here.fake.snapshot() == before
        here.fake.change_track(1, locked=False)
        assert (await here.add(here.take())).place == "take"

    async def test_a_key_of_something_else_is_an_error(self, tmp_path: Path) -> None:
        here = scene(tmp_path)
        with pytest.raises(HostError, match="gone"):
            await here.add(replace(here.take(), clip_key="gone"))


async def test_a_clip_that_was_there_before_is_not_the_one_that_was_just_changed(
    tmp_path: Path,
) -> None:
    here = scene(tmp_path)
    calls = here.calls
    timeline = await read_timeline(calls)
    (item,) = [each for each in timeline.items if each.uid == here.clip]
    beside = await ids_beside(calls, item)
    assert await read_again(calls, item, beside) is not None
    here.fake.delete_item(here.clip, ripple=True)
    assert await read_again(calls, item, beside) is None


async def test_a_take_on_a_track_above_is_listed_with_its_clip(tmp_path: Path) -> None:
    here = scene(tmp_path, quirks=Quirks(take_kinds=frozenset()))
    placed = await here.add(here.take())
    assert placed.place == "track"
    clips = list_clips(await read_timeline(here.calls), lambda _: True)
    assert [clip.takes_above for clip in clips] == [
        (),
        (TakeAbove("take_001", "Take 1: oil painting", "V2"),),
        (),
    ]
