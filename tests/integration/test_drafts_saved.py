"""Saving a draft writes its timeline as a run would have, once, and over nobody's work."""

from __future__ import annotations

import os
import shutil
import sys
from fractions import Fraction
from pathlib import Path

import anyio
import pytest

from drafted_takes import mark, named, opened, paths, takes_in, told, with_take, written_edit
from edited_timelines import clip, read, take_for, write
from newtake.adapters.toolchain import find_toolchain
from newtake.bootstrap.drafts import Draft, open_draft
from newtake.domain.errors import OutputError, TimelineError
from newtake.domain.files import HostTarget
from numbered_media import make_numbered
from otio_newtake.host import OtioHost

pytestmark = pytest.mark.anyio


@pytest.fixture
def edit(tmp_path: Path) -> Path:
    return written_edit(tmp_path / "project")


class TestSave:
    async def test_writes_what_a_run_would_have_written_over_it(
        self, edit: Path, tmp_path: Path
    ) -> None:
        before = edit.read_bytes()
        twin = tmp_path / "twin" / "edit.otio"
        write(twin, clip("a", 10, 48), clip("b", 20, 24), clip("c", 0, 72))
        plain = OtioHost(HostTarget("otio", twin, twin))
        takes = twin.with_name("edit_newtake_takes")
        await plain.add_take(take_for(await named(plain, "a"), takes))
        draft = await opened(edit)
        await with_take(draft)

        saved = await draft.save()

        assert told(read(edit)) == told(read(twin))
        assert read(edit).metadata == read(twin).metadata
        assert saved.kept is not None
        assert saved.kept.read_bytes() == before
        assert all(path.exists() for path in paths(edit))
        assert draft.target.draft is not None
        assert not draft.target.draft.exists()
        assert (await draft.standing()).unsaved == 0
        assert not (await draft.standing()).changed_outside

    async def test_of_a_timeline_that_a_run_wrote_adds_to_it_as_a_run_does(
        self, edit: Path
    ) -> None:
        ours = edit.with_name("edit_newtake.otio")
        run = OtioHost(HostTarget("otio", edit, ours))
        await run.add_take(take_for(await named(run, "a"), edit.with_name("takes")))
        was = mark(read(ours))
        draft = await open_draft(ours, edit.parent.parent / "home")
        assert draft.target.output == ours
        host = await with_take(draft, "a", "job/2")
        assert [each.number for each in (await named(host, "a")).takes] == [0, 1, 2]
        assert (await draft.standing()).unsaved == 1

        await draft.save()

        assert mark(read(ours)) == was
        assert takes_in(ours)["a"] == ["job/1", "job/2"]
        assert (await opened(ours)).target.output == ours
        # A run on the first timeline goes on in it as before.
        await run.add_take(take_for(await named(run, "b"), edit.with_name("takes"), "job/3"))
        assert takes_in(ours)["b"] == ["job/3"]

    async def test_without_changes_writes_nothing(self, edit: Path) -> None:
        was = edit.stat()
        saved = await (await opened(edit)).save()
        assert saved.kept is None
        assert edit.stat().st_mtime_ns == was.st_mtime_ns

    async def test_refuses_what_another_program_changed(self, edit: Path) -> None:
        draft = await opened(edit)
        await with_take(draft)
        theirs = write(edit, clip("b", 20, 24), clip("a", 10, 48))

        assert (await draft.standing()).changed_outside
        with pytest.raises(OutputError, match="changed by another program"):
            await draft.save()

        assert edit.read_bytes() == theirs
        saved = await draft.save(even_if_changed=True)
        assert saved.kept is not None
        assert saved.kept.read_bytes() == theirs
        assert takes_in(edit)["a"] == ["job/1"]

    async def test_refuses_where_the_file_is_gone(self, edit: Path) -> None:
        draft = await opened(edit)
        host = await with_take(draft)
        edit.unlink()

        assert (await draft.standing()).gone
        assert len(await host.clips()) == 3
        assert (await (await opened(edit)).standing()).unsaved == 1
        with pytest.raises(OutputError, match="not there any more"):
            await draft.save()
        saved = await draft.save(even_if_changed=True)
        assert saved.kept is None
        assert takes_in(edit)["a"] == ["job/1"]

    async def test_writes_a_file_that_is_gone_again_as_it_was_opened(self, edit: Path) -> None:
        draft, was = await opened(edit), edit.read_bytes()
        edit.chmod(0o640)
        edit.unlink()

        assert (await draft.standing()).is_held
        with pytest.raises(OutputError, match="not there any more"):
            await draft.save()
        assert not edit.exists()
        saved = await draft.save(even_if_changed=True)
        assert (saved.path, saved.kept) == (edit, None)
        assert edit.read_bytes() == was
        standing = await draft.standing()
        assert (standing.gone, standing.changed_outside, standing.unsaved) == (False, False, 0)

    async def test_of_a_file_that_changed_and_went_the_last_state_is_written(
        self, edit: Path
    ) -> None:
        draft = await opened(edit)
        theirs = write(edit, clip("b", 20, 24), clip("a", 10, 48))
        await draft.standing()
        edit.unlink()
        await draft.save(even_if_changed=True)
        assert edit.read_bytes() == theirs

    async def test_never_says_that_it_saved_a_file_that_nothing_is_held_of(
        self, edit: Path
    ) -> None:
        bundle = edit.with_suffix(".otiod")
        bundle.mkdir()
        edit.rename(bundle / "content.otio")
        draft = await opened(bundle)
        shutil.rmtree(bundle)

        assert not (await draft.standing()).is_held
        with pytest.raises(OutputError, match="is a bundle"):
            await draft.save(even_if_changed=True)
        with pytest.raises(TimelineError):
            await draft.save_as(edit)
        assert not edit.exists()

    async def test_keeps_who_may_read_and_write_it(self, edit: Path) -> None:
        edit.chmod(0o660)
        draft = await opened(edit)
        await with_take(draft)
        await draft.save()
        assert edit.stat().st_mode & 0o777 == 0o660

    async def test_refuses_what_is_write_protected(self, edit: Path) -> None:
        edit.chmod(0o444)
        draft = await opened(edit)
        await with_take(draft)
        assert "write-protected" in draft.why_not
        with pytest.raises(OutputError, match="write-protected"):
            await draft.save()

    async def test_of_a_link_writes_the_file_that_it_leads_to(
        self, edit: Path, tmp_path: Path
    ) -> None:
        link = tmp_path / "link.otio"
        link.symlink_to(edit)
        draft = await open_draft(link, tmp_path / "home")
        await with_take(draft)
        await draft.save()
        assert link.is_symlink()
        assert takes_in(edit)["a"] == ["job/1"]
        assert all(path.exists() for path in paths(edit))

    async def test_a_job_that_ends_later_begins_a_new_draft(self, edit: Path) -> None:
        draft = await opened(edit)
        await with_take(draft)
        await draft.save()
        await with_take(draft, "a", "job/2")
        assert (await draft.standing()).unsaved == 1
        await draft.save()
        assert takes_in(edit)["a"] == ["job/1", "job/2"]

    async def test_only_as_another_file_where_the_format_holds_no_takes(
        self, tmp_path: Path
    ) -> None:
        folder = tmp_path / "edit.otiod"
        write(folder / "content.otio", clip("a", 10, 48))
        draft = await open_draft(folder, tmp_path / "home")
        await with_take(draft)
        assert draft.saves_to is None
        with pytest.raises(OutputError, match="bundle"):
            await draft.save()

        saved = await draft.save_as(draft.suggested)

        assert saved.path == tmp_path / "edit_newtake.otio"
        assert takes_in(saved.path)["a"] == ["job/1"]
        assert all(path.exists() for path in paths(saved.path))

    async def test_of_two_panels_at_once_writes_it_once(self, edit: Path) -> None:
        one, other = await opened(edit), await opened(edit)
        await with_take(one)
        await with_take(other, "b", "job/2")
        saved: list[Path | None] = []

        async def save(draft: Draft) -> None:
            saved.append((await draft.save()).kept)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(save, one)
            tasks.start_soon(save, other)
        assert saved.count(None) == 1
        assert takes_in(edit) == {"a": ["job/1"], "b": ["job/2"], "c": []}
        # The panel that did not write it sees that its timeline is another now.
        assert sum([(await each.standing()).changed_outside for each in (one, other)]) == 1

    @pytest.mark.skipif(
        sys.platform == "win32" or os.geteuid() == 0, reason="nothing is forbidden to root"
    )
    async def test_refuses_a_folder_that_cannot_be_written(self, edit: Path) -> None:
        draft = await opened(edit)
        await with_take(draft)
        edit.parent.chmod(0o555)
        try:
            with pytest.raises(OutputError, match="Nothing can be written"):
                await draft.save()
        finally:
            edit.parent.chmod(0o755)
        assert (await draft.standing()).unsaved == 1

    async def test_of_an_edl_only_as_another_file_and_back_in_its_format(
        self, tmp_path: Path
    ) -> None:
        pytest.importorskip("otio_cmx3600_adapter")
        edl = tmp_path / "project" / "reel.edl"
        edl.parent.mkdir()
        media = tmp_path / "project" / "A001.mov"
        media.touch()
        edl.write_text(
            "TITLE: reel\nFCM: NON-DROP FRAME\n\n"
            "001  A001 V C 00:00:10:00 00:00:12:00 01:00:00:00 01:00:02:00\n"
            f"* FROM CLIP NAME: a\n* FROM CLIP: {media}\n"
        )
        before = edl.read_bytes()
        draft = await open_draft(edl, tmp_path / "home")
        host = await with_take(draft)
        assert (await draft.standing()).unsaved == 1
        assert draft.saves_to is None

        saved = await draft.save_as(draft.suggested)

        assert saved.path == edl.with_name("reel_newtake.edl")
        assert saved.path.exists()
        assert saved.draft.timeline == edl.with_name("reel_newtake.otio")
        assert takes_in(saved.draft.timeline)["a"] == ["job/1"]
        assert edl.read_bytes() == before
        await host.add_take(take_for(await named(host, "a"), edl.parent, "job/2"))
        await saved.draft.save()
        assert takes_in(saved.draft.timeline)["a"] == ["job/1", "job/2"]
        assert "job_2" in saved.path.read_text()

    async def test_of_an_edl_that_is_gone_at_the_rate_of_its_media(self, tmp_path: Path) -> None:
        pytest.importorskip("otio_cmx3600_adapter")
        edl = tmp_path / "reel.edl"
        make_numbered(
            find_toolchain().executable, tmp_path / "A001.mov", rate=Fraction(25), frames=60
        )
        edl.write_text(
            "TITLE: reel\nFCM: NON-DROP FRAME\n\n"
            "001  A001 V C 00:00:00:00 00:00:02:00 01:00:00:00 01:00:02:00\n"
            "* FROM CLIP NAME: a\n* FROM CLIP: A001.mov\n"
        )
        draft = await open_draft(edl, tmp_path / "home")
        (listed,) = await OtioHost(draft.target).clips()
        edl.unlink()
        assert draft.why_not

        saved = await draft.save_as(tmp_path / "kept.otio")
        (kept,) = await OtioHost(saved.draft.target).clips()
        assert (kept.record, kept.source) == (listed.record, listed.source)
        assert kept.record.rate == 25
        assert not [each for each in tmp_path.iterdir() if each.name.startswith(".")]
