"""Drafts of timeline files: what is saved is what a run would have written, and nothing is lost."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import anyio
import pytest

from edited_timelines import clip, gap, read, take_for, write
from newtake.adapters.toolchain import find_toolchain
from newtake.bootstrap.drafts import Draft, open_draft
from newtake.domain.clip import Clip
from newtake.domain.errors import OutputError, TimelineError
from newtake.domain.files import HostTarget, Layout, TakeChange
from newtake.domain.timing import FrameRange
from numbered_media import make_numbered
from otio_newtake.addresses import locate
from otio_newtake.host import OtioHost
from otio_newtake.marks import url_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def edit(tmp_path: Path) -> Path:
    path = tmp_path / "project" / "edit.otio"
    write(path, clip("a", 10, 48), clip("b", 20, 24), clip("c", 0, 72))
    return path


async def opened(edit: Path) -> Draft:
    return await open_draft(edit, edit.parent.parent / "home")


async def named(host: OtioHost, name: str) -> Clip:
    return next(each for each in await host.clips() if each.name == name)


async def with_take(draft: Draft, name: str = "a", label: str = "job/1") -> OtioHost:
    host = OtioHost(draft.target)
    folder = draft.target.output.with_name(f"{draft.target.output.stem}_takes")
    await host.add_take(take_for(await named(host, name), folder, label))
    return host


def told(timeline: Any) -> list[Any]:
    """Everything that a run decides of a timeline's clips, without the ids that it makes up."""
    rows: list[Any] = []
    for each in timeline.find_clips():
        references = {
            key: (url_of(one), one.available_range, one.name, json.dumps(mark(one), default=str))
            for key, one in each.media_references().items()
        }
        own = {name: value for name, value in mark(each).items() if name != "clip_id"}
        rows.append(
            (each.name, each.source_range, each.active_media_reference_key, own, references)
        )
    return rows


def mark(thing: Any) -> dict[str, Any]:
    return dict(thing.metadata.get("newtake", {}))


def paths(timeline: Path) -> list[Path]:
    """Of every media reference, as they lie on this machine."""
    return [
        path
        for each in read(timeline).find_clips()
        for one in each.media_references().values()
        if (path := locate(url_of(one), timeline.parent, Path.exists).path) is not None
    ]


def takes_in(timeline: Path) -> dict[str, list[str]]:
    """Clip -> the labels of its takes, as plain OpenTimelineIO reads them."""
    return {
        each.name: [mark(one)["label"] for one in each.media_references().values() if mark(one)]
        for each in read(timeline).find_clips()
    }


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
