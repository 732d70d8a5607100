"""A timeline that changed outside gets the takes of its draft, each only where it belongs."""

from __future__ import annotations

from pathlib import Path

import pytest

from drafted_takes import named, opened, paths, takes_in, with_take, written_edit
from edited_timelines import clip, gap, read, take_for, write
from newtake.domain.errors import TimelineError
from newtake.domain.files import HostTarget, TakeChange
from newtake.domain.timing import FrameRange
from otio_newtake.host import OtioHost

pytestmark = pytest.mark.anyio


@pytest.fixture
def edit(tmp_path: Path) -> Path:
    return written_edit(tmp_path / "project")


class TestCarryOver:
    async def test_takes_selection_and_stars_find_their_clips(self, edit: Path) -> None:
        draft = await opened(edit)
        host = await with_take(draft)
        await with_take(draft, "b", "job/2")
        a, b = (await named(host, "a")).key, (await named(host, "b")).key
        await host.change_takes(
            [TakeChange(a, "star", "take_001"), TakeChange(b, "use", "original")]
        )
        write(edit, gap(12), clip("b", 20, 24), clip("new", 0, 10), clip("a", 10, 48))

        carried = await draft.carry_over()

        assert (carried.takes, carried.unplaced) == (2, ())
        standing = await draft.standing()
        assert (standing.unsaved, standing.changed_outside) == (2, False)
        on_a, on_b = await named(host, "a"), await named(host, "b")
        assert [(t.key, t.selected, t.starred) for t in on_a.takes] == [
            ("DEFAULT_MEDIA", False, False),
            ("take_001", True, True),
        ]
        assert [(t.key, t.selected) for t in on_b.takes] == [
            ("DEFAULT_MEDIA", True),
            ("take_001", False),
        ]
        assert (on_a.key, on_b.key) == (a, b)
        await draft.save()
        assert takes_in(edit) == {"b": ["job/2"], "new": [], "a": ["job/1"]}
        assert all(path.exists() for path in paths(edit))

    async def test_what_finds_no_clip_is_told_and_comes_back_with_it(self, edit: Path) -> None:
        draft = await opened(edit)
        await with_take(draft)
        await with_take(draft, "c", "job/3")
        write(edit, clip("b", 20, 24), clip("a", 10, 48))

        carried = await draft.carry_over()

        assert carried.takes == 1
        assert [(each.label, each.clip) for each in carried.unplaced] == [("job/3", "c")]
        again = await opened(edit)
        assert [each.label for each in (await again.standing()).unplaced] == ["job/3"]
        await draft.save()
        assert [each.label for each in (await draft.standing()).unplaced] == ["job/3"]
        write(edit, clip("b", 20, 24), clip("c", 0, 72))
        assert (await draft.standing()).changed_outside
        back = await draft.carry_over()
        assert back.takes == 1
        assert (await draft.standing()).unplaced == ()
        await draft.save()
        assert takes_in(edit) == {"b": [], "c": ["job/3"]}
        assert all(path.exists() for path in paths(edit))

    async def test_a_clip_that_shows_other_frames_gets_nothing(self, edit: Path) -> None:
        draft = await opened(edit)
        await with_take(draft)
        write(edit, clip("a", 100, 48), clip("b", 20, 24))
        carried = await draft.carry_over()
        assert carried.takes == 0
        assert "other frames" in carried.unplaced[0].why

    async def test_a_longer_clip_gets_it_and_that_is_said(self, edit: Path) -> None:
        draft = await opened(edit)
        await with_take(draft)
        write(edit, clip("a", 10, 60), clip("b", 20, 24))
        carried = await draft.carry_over()
        assert carried.takes == 1
        assert "lacks the clip's last 12 frames" in carried.notes[0]

    async def test_a_part_is_split_out_again_where_its_clip_went(self, edit: Path) -> None:
        draft = await opened(edit)
        host = OtioHost(draft.target)
        c = await named(host, "c")
        piece = FrameRange(c.record.start + 24, 24, c.record.rate)
        await host.add_take(take_for(c, edit.parent / "takes", "job/1", piece))
        parts = [each for each in await host.clips() if each.name == "c"]
        keys = [each.key for each in parts]
        write(edit, gap(100), clip("a", 10, 48), clip("b", 20, 24), clip("c", 6, 66))

        carried = await draft.carry_over()

        assert (carried.takes, carried.unplaced) == (1, ())
        now = [each for each in await host.clips() if each.name == "c"]
        assert [each.key for each in now] == keys
        assert [each.source.start for each in now] == [6, 24, 48]
        assert [len(each.takes) for each in now] == [0, 2, 0]
        assert now[1].record.start == 86400 + 172 + 18

    async def test_a_take_that_a_run_has_written_there_comes_once(self, edit: Path) -> None:
        draft = await opened(edit)
        await with_take(draft)
        run = OtioHost(HostTarget("otio", edit, edit))
        await run.add_take(take_for(await named(run, "a"), edit.with_name("takes"), "job/1"))
        await run.add_take(take_for(await named(run, "a"), edit.with_name("takes"), "job/2"))
        await with_take(draft, "a", "job/3")

        carried = await draft.carry_over()

        assert carried.takes == 1
        await draft.save()
        assert takes_in(edit)["a"] == ["job/1", "job/2", "job/3"]
        names = [take.name for take in (await named(run, "a")).takes if take.number]
        assert names == ["Take 1: job/1", "Take 2: job/2", "Take 3: job/3"]

    async def test_a_removal_is_made_again(self, edit: Path) -> None:
        draft = await opened(edit)
        host = await with_take(draft)
        await with_take(draft, "a", "job/2")
        await draft.save()
        await host.change_takes([TakeChange((await named(host, "a")).key, "remove", "take_001")])
        timeline = read(edit)
        timeline.name = "renamed elsewhere"
        edit.write_text(timeline.to_json_string())

        carried = await draft.carry_over()

        assert carried.others == 1
        assert (await draft.standing()).unsaved == 1
        await draft.save()
        assert takes_in(edit)["a"] == ["job/2"]
        assert read(edit).name == "renamed elsewhere"

    async def test_of_a_timeline_that_cannot_be_read_changes_nothing(self, edit: Path) -> None:
        draft = await opened(edit)
        await with_take(draft)
        edit.write_text("{ half of it")
        with pytest.raises(TimelineError):
            await draft.carry_over()
        assert (await draft.standing()).unsaved == 1

    async def test_two_clips_never_get_each_others_takes(self, edit: Path) -> None:
        write(edit, clip("a", 10, 48), clip("b", 0, 10), clip("a", 10, 48))
        draft = await opened(edit)
        host = OtioHost(draft.target)
        first, _, last = await host.clips()
        await host.add_take(take_for(first, edit.parent / "takes", "job/1"))
        await host.add_take(take_for(last, edit.parent / "takes", "job/2"))
        write(edit, clip("a", 10, 48), clip("b", 0, 10))

        carried = await draft.carry_over()

        assert carried.takes == 1
        assert [each.label for each in carried.unplaced] == ["job/2"]
        assert takes_in(Path(str(draft.target.draft)))["a"] == ["job/1"]
