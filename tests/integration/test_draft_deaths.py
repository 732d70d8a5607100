"""A process may die before any change of the disk: no take is lost, doubled or in two states."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from edited_timelines import clip, read, take_for, write
from newtake.bootstrap.drafts import Draft, open_draft
from otio_newtake.host import OtioHost

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="processes are forked"),
]

_TESTS = Path(__file__).parents[1]
_MOST = 24
Prepare = Callable[[Draft], Awaitable[None]]


def made(edit: Path) -> bytes:
    return write(edit, clip("a", 10, 48), clip("b", 20, 24), clip("c", 0, 72))


async def add(draft: Draft, name: str, label: str) -> None:
    host = OtioHost(draft.target)
    found = next(each for each in await host.clips() if each.name == name)
    await host.add_take(take_for(found, draft.timeline.parent / "takes", label))


async def died(deed: str, folder: Path, prepare: Prepare | None = None) -> list[Path]:
    """Timelines whose process died before its first change, its second, and so on to the last."""
    home, edits = folder / "home", [folder / f"{n}" / "edit.otio" for n in range(1, _MOST + 1)]
    for edit in edits:
        made(edit)
        if prepare is not None:
            await prepare(await open_draft(edit, home))
    ran = subprocess.run(
        [sys.executable, _TESTS / "dying_drafts.py", home, deed, *edits],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    ends = ran.stdout.split()
    assert "failed:" not in ends, ran.stderr
    assert 4 < ends.count("died") < _MOST, (ends, ran.stderr)
    return edits[: ends.count("died") + 1]


def labels(timeline: Path) -> list[str]:
    return sorted(
        str(one.metadata["newtake"]["label"])
        for each in read(timeline).find_clips()
        for one in each.media_references().values()
        if "newtake" in one.metadata
    )


async def shown(draft: Draft) -> list[str]:
    """Names of the clips' takes as a page shows them, in order."""
    clips = await OtioHost(draft.target).clips()
    return [take.name for each in clips for take in each.takes if take.number]


async def test_while_a_draft_begins(tmp_path: Path) -> None:
    for edit in await died("begin", tmp_path):
        before = edit.read_bytes()
        draft = await open_draft(edit, tmp_path / "home")
        assert (await draft.standing()).unsaved in (0, 1)
        await add(draft, "a", "job/1")
        assert (await draft.standing()).unsaved == 1
        assert edit.read_bytes() == before
        await draft.save()
        assert labels(edit) == ["job/1"]


async def test_while_a_draft_is_saved(tmp_path: Path) -> None:
    original = made(tmp_path / "original.otio")
    original = original.replace(b'"original"', b'"edit"')

    async def prepare(draft: Draft) -> None:
        await add(draft, "a", "job/1")

    states = set()
    for edit in await died("save", tmp_path, prepare):
        draft = await open_draft(edit, tmp_path / "home")
        standing = await draft.standing()
        is_written = edit.read_bytes() != original
        states.add(is_written)
        assert standing.unsaved == int(not is_written)
        assert not standing.changed_outside
        assert await shown(draft) == ["Take 1: job/1"]
        if is_written:
            assert labels(edit) == ["job/1"]
            kept = list(Path(str(draft.target.draft)).parent.glob("before_*.otio"))
            assert [each.read_bytes() for each in kept] == [original]
        await add(draft, "b", "job/2")
        assert (await draft.standing()).unsaved == 2 - int(is_written)
        await draft.save()
        assert labels(edit) == ["job/1", "job/2"]
    assert states == {False, True}


async def test_while_a_draft_is_saved_as_another_file(tmp_path: Path) -> None:
    async def prepare(draft: Draft) -> None:
        await add(draft, "a", "job/1")

    states = set()
    for edit in await died("save_as", tmp_path, prepare):
        second = edit.with_name("second.otio")
        draft = await open_draft(edit, tmp_path / "home")
        assert labels(edit) == []
        unsaved = (await draft.standing()).unsaved
        states.add((unsaved, second.exists()))
        if second.exists():
            assert labels(second) == ["job/1"]
        if unsaved:
            assert await shown(draft) == ["Take 1: job/1"]
            draft = (await draft.save_as(second, replace=True)).draft
        else:
            draft = await open_draft(second, tmp_path / "home")
        await add(draft, "b", "job/2")
        await draft.save()
        assert labels(second) == ["job/1", "job/2"]
    assert states == {(1, False), (1, True), (0, True)}


async def test_while_a_draft_is_carried_over(tmp_path: Path) -> None:
    async def prepare(draft: Draft) -> None:
        await add(draft, "a", "job/1")
        await add(draft, "c", "job/3")
        write(draft.timeline, clip("b", 20, 24), clip("a", 10, 48))

    states = set()
    for edit in await died("carry_over", tmp_path, prepare):
        draft = await open_draft(edit, tmp_path / "home")
        standing = await draft.standing()
        states.add(standing.changed_outside)
        if standing.changed_outside:
            assert (standing.unsaved, standing.unplaced) == (2, ())
            await draft.carry_over()
        standing = await draft.standing()
        assert (standing.unsaved, [each.label for each in standing.unplaced]) == (1, ["job/3"])
        await draft.save()
        assert labels(edit) == ["job/1"]
        assert [each.label for each in (await draft.standing()).unplaced] == ["job/3"]
    assert states == {False, True}
