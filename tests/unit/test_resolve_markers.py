"""The markers of a timeline in Resolve, with their notes, at their record frames."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from newtake.domain.files import HostDocument, HostTarget
from newtake.domain.timing import FrameRange
from newtake.hosts.resolve.host import ResolveHost
from newtake.testing.resolve import FakeResolve
from resolve_calls import InProcessCalls

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("version", ["18.6", "21.1"])
async def test_markers_come_with_their_notes_from_the_timelines_start(version: str) -> None:
    fake = FakeResolve(version, rate="29.97 DF")
    timeline_id = fake.add_timeline("cut", start="01:00:00;00")
    media = fake.add_made_media("a.mov", path="/m/a.mov", frames=500, rate="29.97")
    fake.add_item(media, source_start=0, duration=200)
    project = fake.resolve.GetProjectManager().GetCurrentProject()
    timeline = project.GetCurrentTimeline()
    assert timeline.AddMarker(100, "Mint", "b", "rain strength=flex_1", 44, "")
    assert timeline.AddMarker(10, "Red", "a", "", 1, "")
    document = HostDocument(project.GetUniqueId(), "Feature", timeline_id, "cut")
    target = HostTarget("resolve", Path("r"), Path("/takes/cut"), document=document)

    found = await ResolveHost(target, InProcessCalls(fake.resolve)).markers()

    rate = Fraction(30000, 1001)
    assert [(each.name, each.note, each.colour, each.record) for each in found] == [
        ("a", "", "Red", FrameRange(107892 + 10, 1, rate)),
        ("b", "rain strength=flex_1", "Mint", FrameRange(107892 + 100, 44, rate)),
    ]
    assert found[1].told == "The marker 'b' at 01:00:03;10"
    assert fake.violations == []
