"""The host of a Resolve timeline: what it refuses before anything is paid for, changing nothing."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from newtake.domain.clip import RefusalReason
from newtake.domain.errors import HostAwayError, HostError, OutputError, StorageError
from newtake.domain.files import HostTarget, Profile
from newtake.hosts.resolve.host import ResolveHost, check_folder
from newtake.hosts.resolve.identity import Kind, parse_key
from newtake.hosts.resolve.items import read_document
from newtake.testing.resolve import FakeResolve
from resolve_calls import InProcessCalls

pytestmark = pytest.mark.anyio


class Scene:
    """A timeline of one clip on V1, in the project "Feature"."""

    def __init__(self, folder: Path, version: str = "21.1") -> None:
        self.fake = FakeResolve(version, rate="25")
        self.fake.add_timeline("Reel 1")
        media = self.fake.add_made_media("a.mov", path="/m/a.mov", rate="25")
        self.item = self.fake.add_item(media, source_start=10, duration=48)
        self.folder = folder

    async def host(self, *, rendered: bool = False) -> ResolveHost:
        calls = InProcessCalls(self.fake.resolve)
        document = await read_document(calls)
        target = HostTarget(
            "resolve",
            Path("resolve", document.project_name, document.timeline_name),
            self.folder / "takes" / "Reel_1",
            document=document,
        )
        return ResolveHost(target, calls, rendered=rendered, exists=lambda _: True)


@pytest.mark.parametrize("version", ["18.6", "19.1", "20.3.2", "21.0.4", "21.1"])
async def test_listing_and_checking_change_nothing(tmp_path: Path, version: str) -> None:
    scene = Scene(tmp_path, version)
    before = scene.fake.snapshot()
    host = await scene.host()
    (clip,) = await host.clips()
    await host.check_output([clip.key])
    assert await host.readers() is Profile.RESOLVE
    assert scene.fake.snapshot() == before
    assert scene.fake.violations == []
    assert list(tmp_path.iterdir()) == []


async def test_another_project_or_timeline_is_said_by_name(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    host = await scene.host()
    scene.fake.add_timeline("Reel 2")
    with pytest.raises(HostAwayError) as caught:
        await host.clips()
    assert "'Reel 2' is open" in caught.value.what
    assert "'Reel 1' of the project 'Feature'" in caught.value.what
    scene.fake.add_project("Trailer", rate="25")
    with pytest.raises(HostAwayError, match="the project 'Trailer' is open"):
        await host.check_output([])


async def test_a_clip_that_is_gone_or_locked_is_refused(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    host = await scene.host()
    (clip,) = await host.clips()
    scene.fake.change_track(1, locked=True)
    with pytest.raises(OutputError, match="track V1 is locked"):
        await host.check_output([clip.key])
    # A take of a render goes on another track.
    await host.check_output([str(replace(parse_key(clip.key), kind="render"))])
    scene.fake.change_track(1, locked=False)
    scene.fake.delete_item(scene.item)
    with pytest.raises(HostError, match="clip on V1 is gone"):
        await host.check_output([clip.key])
    with pytest.raises(HostError, match="'gone'"):
        await host.check_output(["gone"])


@pytest.mark.parametrize("kind", ["plain", "render"])
@pytest.mark.parametrize("change", [{"source_start": 12}, {"duration": 47}])
async def test_a_clip_that_shows_other_frames_by_now_is_refused(
    tmp_path: Path, kind: Kind, change: dict[str, int]
) -> None:
    scene = Scene(tmp_path)
    host = await scene.host()
    (clip,) = await host.clips()
    key = str(replace(parse_key(clip.key), kind=kind))
    await host.check_output([key])
    scene.fake.change_item(scene.item, **change)
    with pytest.raises(HostError, match="trimmed or slipped"):
        await host.check_output([key])


async def test_a_clip_that_was_moved_is_still_there(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    host = await scene.host()
    (clip,) = await host.clips()
    scene.fake.move_item(scene.item, 90500)
    await host.check_output([clip.key])


async def test_a_retimed_clip_is_listed_for_rendering(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.fake.change_item(scene.item, speed=2)
    (clip,) = await (await scene.host()).clips()
    assert clip.refusal is not None
    assert clip.refusal.reason is RefusalReason.RETIMED
    (clip,) = await (await scene.host(rendered=True)).clips()
    assert clip.refusal is None
    assert clip.rendered is not None
    assert clip.rendered.frames == clip.source.duration == 48
    assert any("with its grade and effects" in note for note in clip.notes)


async def test_a_render_says_what_is_in_it(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    start = scene.fake.item(scene.item)["start"]
    scene.fake.add_item(kind="transition", record_start=start + 40, duration=16)
    (clip,) = await (await scene.host(rendered=True)).clips()
    assert "its transitions are rendered into it" in clip.notes


async def test_an_open_dialog_is_said(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    host = await scene.host()
    scene.fake.open_dialog()
    with pytest.raises(HostAwayError) as caught:
        await host.clips()
    assert "Close any dialog in Resolve" in caught.value.fix
    assert "collect" not in caught.value.fix, "nothing waits: a listing failed"
    scene.fake.close_dialog()
    assert len(await host.clips()) == 1


def test_a_folder_is_tried_without_leaving_anything(tmp_path: Path) -> None:
    check_folder(tmp_path / "not" / "there")
    assert list(tmp_path.iterdir()) == []
    file = tmp_path / "file"
    file.write_bytes(b"")
    with pytest.raises(StorageError, match="cannot be written into"):
        check_folder(file / "takes")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_not_ours_to_write_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError, match="cannot be written into"):
        check_folder(tmp_path / "takes")
