"""What is shown of a clip in Resolve: media and frames of its original and its takes."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from newtake.domain.errors import HostError, SelectionError
from newtake.domain.files import HostDocument, HostTarget
from newtake.domain.timing import FrameRange
from newtake.hosts.resolve.host import ResolveHost
from newtake.hosts.resolve.items import read_document
from newtake.testing.resolve import FakeResolve
from resolve_calls import InProcessCalls

pytestmark = pytest.mark.anyio
RATE = Fraction(24)


async def host_of(fake: FakeResolve) -> ResolveHost:
    calls = InProcessCalls(fake.resolve)
    document: HostDocument = await read_document(calls)
    target = HostTarget("resolve", Path("resolve/p/t"), Path("/takes/t"), document=document)
    return ResolveHost(target, calls, exists=lambda _: True)


@pytest.mark.parametrize("version", ["18.6", "21.0.4", "21.1"])
@pytest.mark.parametrize("selected", [1, 2, 3])
async def test_takes_show_the_frames_that_lie_where_the_original_s_do(
    version: str, selected: int
) -> None:
    fake = FakeResolve(version)
    fake.add_timeline()
    media = fake.add_made_media("a.mov", path="/m/a.mov", frames=240, rate="24")
    fake.add_item(media, source_start=12, duration=50)
    project = fake.resolve.GetProjectManager().GetCurrentProject()
    item = project.GetCurrentTimeline().GetItemListInTrack("video", 1)[0]
    for name, first in (("t", 6), ("u", 9)):
        uid = fake.add_made_media(name, path=f"/m/{name}.mov", frames=70, rate="24")
        (entry,) = [
            each
            for each in project.GetMediaPool().GetRootFolder().GetClipList()
            if each.GetUniqueId() == uid
        ]
        assert item.AddTake(entry, first, first + 50)
    assert item.SelectTakeByIndex(selected)
    host = await host_of(fake)
    (clip,) = await host.clips()
    for key, path, first in (
        ("original", "/m/a.mov", 12), ("take_001", "/m/t.mov", 6), ("take_002", "/m/u.mov", 9),
    ):  # fmt: skip
        shown = await host.shown_media(clip, key)
        assert (shown.path, shown.shown) == (Path(path), FrameRange(first, 50, RATE)), key
        assert shown.available is not None
        assert shown.available.start == 0
    with pytest.raises(SelectionError, match="has no take 'take_009'"):
        await host.shown_media(clip, "take_009")


async def test_a_clip_that_is_gone_or_has_no_media_is_told() -> None:
    fake = FakeResolve("21.1")
    fake.add_timeline()
    fake.add_item(kind="title", duration=20)
    host = await host_of(fake)
    (clip,) = await host.clips()
    with pytest.raises(HostError, match="has no media"):
        await host.shown_media(clip, "original")
