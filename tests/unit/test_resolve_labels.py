"""Labels, `--at` and `--range` are those of the timeline, however its frames are numbered."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from newtake.domain.errors import SelectionError
from newtake.domain.selection import Selection, select_clips
from newtake.hosts.resolve.items import read_timeline
from newtake.hosts.resolve.listing import list_clips
from newtake.hosts.resolve.render_plan import choose_codec, expected_picture
from newtake.hosts.resolve.selecting import choose
from newtake.hosts.resolve.switching import plan_switch, use_takes
from newtake.shells.cli.documents import range_document
from newtake.testing.resolve import FakeResolve, Quirks
from resolve_calls import InProcessCalls

pytestmark = pytest.mark.anyio

Numbers = Literal["dropped", "nominal"]


def there(_: Path) -> bool:
    return True


def reel(rate: str, start: str = "01:00:00:00", numbers: Numbers = "dropped") -> FakeResolve:
    """Four clips of 900 frames at 29.97 from the timeline's start."""
    fake = FakeResolve("21.1", rate=rate, quirks=Quirks(drop_frame_numbers=numbers))
    fake.add_timeline(start=start)
    media = fake.add_made_media("a.mov", frames=5000, rate="29.97", path="/m/a.mov")
    for at in range(4):
        fake.add_item(media, source_start=at, duration=900)
    return fake


@pytest.mark.parametrize("numbers", ["dropped", "nominal"])
@pytest.mark.parametrize("hour", ["01", "10"])
async def test_labels_of_a_drop_frame_timeline(numbers: Numbers, hour: str) -> None:
    fake = reel("29.97 DF", f"{hour}:00:00:00", numbers)
    first = int(fake.timeline()["start"])
    assert (first == 108000 * int(hour)) == (numbers == "nominal")
    calls = InProcessCalls(fake.resolve)
    timeline = await read_timeline(calls)
    clips = list_clips(timeline, there)

    assert str(clips[2].record) == f"{hour}:01:00;02 - {hour}:01:30;02"
    for label in (f"{hour}:01:00;02", f"{hour}:01:00:02", f"{hour}:01:30;01"):
        (found,) = select_clips(clips, Selection(at=(label,)))
        assert found.index == 3
    span = f"{hour}:01:00;12-{hour}:01:00;22"
    (part,) = select_clips(clips, Selection(ranges=(span,)))
    assert (part.source.start, part.source.duration) == (2 + 10, 10)
    codec = choose_codec({"mov": {"ProRes": "ProRes422HQ"}})
    assert codec is not None
    assert expected_picture(timeline.items[2], timeline, codec).timecode == f"{hour}:01:00;02"

    fake.set_playhead(first + 1850)
    choice = await choose(calls, "playhead", exists=there)
    assert choice.clips[0].index == 3
    assert choice.text.endswith(f"{hour}:01:01;22")
    fake.set_marks(1810, 1819)
    choice = await choose(calls, "marks", exists=there)
    assert [(each.index, each.source.start) for each in choice.clips] == [(3, 2 + 10)]
    assert f"{hour}:01:00;12 to {hour}:01:00;21" in choice.text


async def test_a_timeline_at_29_97_that_drops_nothing_has_labels_without_gaps() -> None:
    fake = reel("29.97")
    clips = list_clips(await read_timeline(InProcessCalls(fake.resolve)), there)
    assert str(clips[2].record) == "01:01:00:00 - 01:01:30:00"
    assert range_document(clips[2].record)["start_timecode"] == "01:01:00:00"
    (found,) = select_clips(clips, Selection(at=("01:01:00:00",)))
    assert found.index == 3
    with pytest.raises(SelectionError) as raised:
        select_clips(clips, Selection(at=("01:01:00;02",)))
    assert "drops none" in raised.value.why


async def test_takes_are_switched_where_numbers_are_not_those_of_the_labels() -> None:
    fake = reel("29.97 DF", numbers="nominal")
    item = fake.items()[0]["id"]
    calls = InProcessCalls(fake.resolve)
    track = fake.resolve.GetProjectManager().GetCurrentProject().GetCurrentTimeline()
    first = track.GetItemListInTrack("video", 1)[0]
    assert first.AddTake(first.GetMediaPoolItem(), 0, 900)
    clips = list_clips(await read_timeline(calls), there)
    await use_takes(calls, [plan_switch(clips[0], clips[0].takes[1].key)])
    assert fake.item(item)["selected_take"] == 2
