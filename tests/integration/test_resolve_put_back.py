"""What Resolve does not take back after a render is said, and nothing of the editor's is lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from newtake import bootstrap
from newtake.bootstrap.resolve_left_over import PutBack, put_back_left
from newtake.domain.errors import HostError
from newtake.hosts.resolve.deliver import Before, keep, put_back, read_before
from newtake.hosts.resolve.items import read_timeline
from newtake.hosts.resolve.left_over import record_of
from newtake.settings import Settings
from newtake.testing.resolve import FakeResolve
from resolve_calls import InProcessCalls

pytestmark = pytest.mark.anyio


async def changed(fake: FakeResolve, folder: Path) -> Before:
    """How things were before our preset was saved, a job of ours added and another codec set."""
    fake.add_timeline(video_tracks=1)
    fake.add_item(fake.add_made_media("shot", frames=50), duration=50)
    calls = InProcessCalls(fake.resolve)
    project = fake.resolve.GetProjectManager().GetCurrentProject()
    assert fake.resolve.OpenPage("deliver")
    assert project.SetRenderSettings({"TargetDir": str(folder), "CustomName": "the editor's"})
    before = await read_before(calls, await read_timeline(calls), folder / "ours", "token")
    (folder / "ours").mkdir()
    assert project.SaveAsNewRenderPreset(before.preset)
    assert project.SetRenderSettings({"TargetDir": before.folder, "CustomName": "ours"})
    assert project.AddRenderJob()
    return before


async def test_all_is_put_back_and_nothing_is_said(tmp_path: Path) -> None:
    fake = FakeResolve()
    before = await changed(fake, tmp_path)
    assert await put_back(InProcessCalls(fake.resolve), before) == ()
    render = fake.snapshot()["render"]
    assert (render["settings"]["CustomName"], render["jobs"]) == ("the editor's", [])
    assert before.preset not in render["presets"]
    # As by a process after one that died before it could say that it was done.
    assert await put_back(InProcessCalls(fake.resolve), before) == ()


async def test_settings_that_are_not_loaded_stay_in_their_preset(tmp_path: Path) -> None:
    fake = FakeResolve()
    before = await changed(fake, tmp_path)
    fake.on_call("LoadRenderPreset", "refuse")
    (note,) = await put_back(InProcessCalls(fake.resolve), before)
    assert "it is in the render preset 'New Take token'; load it there" in note
    project = fake.resolve.GetProjectManager().GetCurrentProject()
    assert project.LoadRenderPreset(before.preset)
    assert fake.snapshot()["render"]["settings"]["CustomName"] == "the editor's"


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("DeleteRenderPreset", "the render preset 'New Take token' is ours and could not be"),
        ("DeleteRenderJob", "our job Job 1 could not be removed from the render queue"),
    ],
)
async def test_what_of_ours_stays_is_said(method: str, said: str, tmp_path: Path) -> None:
    fake = FakeResolve()
    before = await changed(fake, tmp_path)
    fake.on_call(method, "refuse")
    (note,) = await put_back(InProcessCalls(fake.resolve), before)
    assert said in note


@pytest.mark.parametrize(
    ("method", "facts", "said"),
    [
        ("SetCurrentRenderMode", {"mode": 0}, "the render mode could not be put back"),
        ("SetTrackEnable", {"tracks": {"1": False}}, "whether V1 is switched on could not be"),
        ("SetCurrentTimecode", {"playhead": "01:00:01:00"}, "the playhead could not be put back"),
        ("SetMarkInOut", {"marks": {"video": {"in": 3, "out": 9}}}, "the marks could not be put"),
    ],
)
async def test_what_does_not_read_back_is_said(
    method: str, facts: dict[str, object], said: str, tmp_path: Path
) -> None:
    fake = FakeResolve()
    before = replace(await changed(fake, tmp_path), **facts)  # type: ignore[arg-type]
    fake.on_call(method, "refuse")
    (note,) = await put_back(InProcessCalls(fake.resolve), before)
    assert said in note


async def test_another_timeline_gets_nothing(tmp_path: Path) -> None:
    fake = FakeResolve()
    before = await changed(fake, tmp_path)
    fake.add_timeline("Reel 2")
    changes = fake.snapshot()
    with pytest.raises(HostError, match="Another timeline is open"):
        await put_back(InProcessCalls(fake.resolve), before)
    assert fake.snapshot() == changes


async def test_a_render_under_way_is_left_alone_and_said(tmp_path: Path) -> None:
    fake, settings = FakeResolve(), Settings(home=tmp_path)
    before = await changed(fake, tmp_path)
    record = record_of(settings.work_folder / "job1" / "render.mov")
    record.parent.mkdir(parents=True)
    keep(replace(before, track=1), record)
    calls = InProcessCalls(fake.resolve)
    with bootstrap.open_journal(settings).hold("job1"):
        left = fake.snapshot()
        (said,) = (await put_back_left(calls, settings)).said
        assert "rendering in this timeline at the moment" in said
        assert fake.snapshot() == left
    done = await put_back_left(calls, settings)
    assert (done.renders, fake.snapshot()["render"]["jobs"]) == (1, [])
    assert await put_back_left(calls, settings) == PutBack()
