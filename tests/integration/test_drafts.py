"""Drafts of timeline files: what jobs bring, in any layout, is there and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from drafted_takes import mark, named, opened, takes_in, with_take, written_edit
from edited_timelines import clip, read, take_for, write
from newtake.bootstrap.drafts import Draft, open_draft
from newtake.domain.errors import OutputError
from newtake.domain.files import HostTarget, Layout
from otio_newtake.host import OtioHost

pytestmark = pytest.mark.anyio


@pytest.fixture
def edit(tmp_path: Path) -> Path:
    return written_edit(tmp_path / "project")


class TestADraft:
    async def test_looking_writes_nothing(self, edit: Path) -> None:
        before = edit.read_bytes()
        draft = await opened(edit)

        standing = await draft.standing()

        assert (standing.unsaved, standing.changed_outside, standing.gone) == (0, False, False)
        assert draft.target.draft is not None
        assert list(draft.target.draft.parent.iterdir()) == []
        assert edit.read_bytes() == before
        assert draft.target.output == edit.with_name("edit_newtake.otio")

    async def test_a_take_is_in_the_draft_and_nowhere_else(self, edit: Path) -> None:
        before = edit.read_bytes()
        draft = await opened(edit)
        was = (await draft.standing()).revision

        host = await with_take(draft)

        standing = await draft.standing()
        assert standing.unsaved == 1
        assert standing.revision != was
        assert edit.read_bytes() == before
        assert not draft.target.output.exists()
        assert [each.key for each in (await named(host, "a")).takes] == [
            "DEFAULT_MEDIA",
            "take_001",
        ]
        media = (await named(host, "a")).media
        assert media is not None
        assert media.path == edit.parent / "media" / "a.mov"

    async def test_goes_on_in_another_process_and_tells_what_is_not_saved(self, edit: Path) -> None:
        host = await with_take(await opened(edit))
        await host.star_take((await named(host, "a")).key, "take_001")
        await with_take(await opened(edit), "b", "job/2")

        again = await opened(edit)

        assert (await again.standing()).unsaved == 2

    async def test_a_take_comes_once_however_often_it_is_given(self, edit: Path) -> None:
        draft = await opened(edit)
        await with_take(draft)
        await with_take(draft)
        assert (await draft.standing()).unsaved == 1

    async def test_of_a_link_is_that_of_the_file(self, edit: Path, tmp_path: Path) -> None:
        link = tmp_path / "link.otio"
        link.symlink_to(edit)
        draft = await opened(edit)
        other = await open_draft(link, tmp_path / "home")
        assert other.target == draft.target

    async def test_its_media_is_found_for_pictures(self, edit: Path) -> None:
        host = await with_take(await opened(edit))
        shown = await host.shown_media(await named(host, "a"), "take_001")
        assert shown.path == edit.parent / "edit_newtake_takes" / "a_job_1.mov"
        records = await host.take_media()
        assert [each["take_001"].movie for each in records.values()] == [shown.path]


class TestLayouts:
    """One draft takes what jobs bring in any layout."""

    @pytest.mark.parametrize("layout", [Layout.TRACK, Layout.REPLACE], ids=["track", "replace"])
    async def test_are_counted_saved_and_carried_over(self, edit: Path, layout: Layout) -> None:
        draft = await opened(edit)
        host = OtioHost(replace(draft.target, layout=layout))
        folder = edit.with_name("edit_newtake_takes")
        await host.add_take(take_for(await named(host, "a"), folder, "job/1"))
        assert (await draft.standing()).unsaved == 1

        write(edit, clip("b", 20, 24), clip("a", 10, 48))
        carried = await draft.carry_over()
        assert (carried.takes, carried.unplaced) == (1, ())
        assert (await draft.standing()).unsaved == 1
        await draft.save()
        assert "job/1" in [label for labels in takes_in(edit).values() for label in labels]
        assert (await draft.standing()).unsaved == 0

    async def test_a_take_on_a_track_covers_its_clip_where_that_went(self, edit: Path) -> None:
        draft = await opened(edit)
        await self.on_a_track(draft)
        write(edit, clip("b", 20, 24), clip("a", 10, 48))
        await draft.carry_over()
        await draft.save()

        below, above = read(edit).tracks
        (_, a), (space, take) = below, above
        assert space.duration().value == below[0].duration().value == 24
        assert take.duration() == a.duration()
        assert mark(take)["take_of"] == mark(a)["clip_id"]

    async def test_a_take_on_a_track_is_never_put_into_its_clip(self, edit: Path) -> None:
        draft = await opened(edit)
        await self.on_a_track(draft)
        for begin in (12, 14):
            write(edit, clip("a", begin, 40), clip("b", 20, 24))
            (unplaced,) = (await draft.carry_over()).unplaced
            assert "track of its own" in unplaced.why
            assert (await draft.standing()).unsaved == 0

    async def on_a_track(self, draft: Draft) -> None:
        host = OtioHost(replace(draft.target, layout=Layout.TRACK))
        folder = draft.timeline.with_name("edit_newtake_takes")
        await host.add_take(take_for(await named(host, "a"), folder, "job/1"))

    async def test_that_lose_takes_are_refused_by_the_name_of_the_file(self, edit: Path) -> None:
        draft = await opened(edit)
        await with_take(draft)
        host = OtioHost(replace(draft.target, layout=Layout.REPLACE))
        with pytest.raises(OutputError, match=r"'a' has takes in edit\.otio"):
            await host.check_output([(await named(host, "a")).key])


class TestBeside:
    async def test_takes_of_a_run_in_its_output_are_told(self, edit: Path) -> None:
        run = OtioHost(HostTarget("otio", edit, edit.with_name("edit_newtake.otio")))
        await run.add_take(take_for(await named(run, "a"), edit.with_name("takes")))
        draft = await opened(edit)
        assert draft.notes == (
            "edit_newtake.otio beside it was made from this timeline and has a take that is not "
            "in it.",
        )
        assert draft.suggested == edit.with_name("edit_newtake_2.otio")
