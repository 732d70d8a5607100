"""Saving a draft as another file: what is written there, and where the work goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from drafted_takes import mark, named, opened, paths, takes_in, told, with_take, written_edit
from edited_timelines import clip, read, take_for, write
from newtake.bootstrap.drafts import open_draft
from newtake.domain.errors import OutputError
from newtake.domain.files import HostTarget
from otio_newtake.host import OtioHost

pytestmark = pytest.mark.anyio


@pytest.fixture
def edit(tmp_path: Path) -> Path:
    return written_edit(tmp_path / "project")


class TestSaveAs:
    async def test_writes_what_a_run_would_have_written_there(
        self, edit: Path, tmp_path: Path
    ) -> None:
        to = tmp_path / "elsewhere" / "deep" / "out.otio"
        to.parent.mkdir(parents=True)
        plain = to.with_name("plain.otio")
        before = edit.read_bytes()
        run = OtioHost(HostTarget("otio", edit, plain))
        folder = edit.with_name("edit_newtake_takes")
        await run.add_take(take_for(await named(run, "a"), folder))
        draft = await opened(edit)
        await with_take(draft)

        saved = await draft.save_as(to)

        assert told(read(to)) == told(read(plain))
        assert mark(read(to)) == {**mark(read(plain)), "written_as": "out.otio"}
        found = paths(to)
        assert len(found) == 4
        assert all(path.exists() for path in found)
        assert edit.read_bytes() == before
        assert saved.draft.timeline == to
        assert saved.draft.target.output == to
        assert (await saved.draft.standing()).unsaved == 0

    async def test_jobs_under_way_go_on_there(self, edit: Path, tmp_path: Path) -> None:
        draft = await opened(edit)
        host = await with_take(draft)
        under_way = take_for(await named(host, "b"), edit.parent / "takes", "job/2")
        saved = await draft.save_as(tmp_path / "second.otio")

        placed = await OtioHost(draft.target).add_take(under_way)

        assert placed.timeline == saved.draft.target.draft
        assert (await saved.draft.standing()).unsaved == 1
        await saved.draft.save()
        assert takes_in(tmp_path / "second.otio") == {"a": ["job/1"], "b": ["job/2"], "c": []}
        # The first timeline can be worked on again, and its own jobs stay with it.
        anew = await opened(edit)
        assert (await anew.standing()).unsaved == 0
        await with_take(anew, "c", "job/3")
        assert (await anew.standing()).unsaved == 1
        assert (await saved.draft.standing()).unsaved == 0

    async def test_of_a_file_that_is_gone_begins_with_what_was_opened(
        self, edit: Path, tmp_path: Path
    ) -> None:
        draft, media = await opened(edit), paths(edit)
        edit.unlink()
        to = tmp_path / "elsewhere" / "second.otio"
        to.parent.mkdir()

        saved = await draft.save_as(to)
        assert [path.resolve() for path in paths(to)] == media
        assert not edit.exists()
        standing = await saved.draft.standing()
        assert (standing.unsaved, standing.gone) == (0, False)
        await with_take(saved.draft)
        assert (await saved.draft.standing()).unsaved == 1

    async def test_another_panel_is_told_where_it_goes_on(self, edit: Path, tmp_path: Path) -> None:
        one, other = await opened(edit), await opened(edit)
        await with_take(one)
        await one.save_as(tmp_path / "second.otio")
        assert (await other.standing()).goes_on_at == tmp_path / "second.otio"
        with pytest.raises(OutputError, match="Another panel"):
            await other.save()

    async def test_over_a_file_only_when_that_is_said(self, edit: Path, tmp_path: Path) -> None:
        there = tmp_path / "there.otio"
        theirs = write(there, clip("x", 0, 24))
        draft = await opened(edit)
        await with_take(draft)
        with pytest.raises(OutputError, match="there already"):
            await draft.save_as(there)
        assert there.read_bytes() == theirs

        saved = await draft.save_as(there, replace=True)

        assert saved.kept is not None
        assert saved.kept.read_bytes() == theirs

    async def test_not_over_a_file_with_unsaved_takes_of_its_own(
        self, edit: Path, tmp_path: Path
    ) -> None:
        there = tmp_path / "there.otio"
        write(there, clip("x", 0, 24))
        await with_take(await open_draft(there, tmp_path / "home"), "x", "job/9")
        draft = await opened(edit)
        await with_take(draft)
        with pytest.raises(OutputError, match="unsaved takes of its own"):
            await draft.save_as(there, replace=True)

    async def test_under_its_own_name_is_saving(self, edit: Path) -> None:
        draft = await opened(edit)
        await with_take(draft)
        assert (await draft.save_as(edit)).draft is draft
        assert takes_in(edit)["a"] == ["job/1"]

    @pytest.mark.parametrize("name", ["x.txt", "x", "x.otioz", "missing/x.otio"])
    async def test_refuses_what_cannot_be(self, name: str, edit: Path) -> None:
        draft = await opened(edit)
        await with_take(draft)
        with pytest.raises(OutputError):
            await draft.save_as(edit.parent / name)
        assert (await draft.standing()).unsaved == 1

    async def test_back_and_forth_is_no_circle(self, edit: Path, tmp_path: Path) -> None:
        draft = await opened(edit)
        await with_take(draft)
        second = (await draft.save_as(tmp_path / "second.otio")).draft
        third = (await second.save_as(edit, replace=True)).draft
        host = OtioHost(draft.target)
        await host.add_take(take_for(await named(host, "b"), edit.parent, "job/2"))
        assert (await third.standing()).unsaved == 1
