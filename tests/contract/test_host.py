"""What every host promises: listing in order, takes added once, refusals that lose nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from newtake.domain.clip import Clip
from newtake.domain.errors import HostError
from newtake.domain.files import HostTarget, Layout, NewTake, Provenance, TakeFile
from newtake.domain.timing import FrameRange
from newtake.ports import Host
from newtake.testing import FakeHost
from otio_newtake.cuts import write_cuts
from otio_newtake.host import OtioHost

pytestmark = pytest.mark.anyio

MakeHost = Callable[[Path], Host]


def otio_host(folder: Path, layout: Layout = Layout.TAKES) -> Host:
    media = folder / "a.mov"
    media.write_bytes(b"no film")
    timeline = write_cuts(media, Fraction(25), 250, folder / "cut.otio", name="cut")
    return OtioHost(HostTarget("otio", timeline, folder / "cut_newtake.otio", layout))


def otio_host_on_tracks(folder: Path) -> Host:
    return otio_host(folder, Layout.TRACK)


def fake_host(folder: Path) -> Host:
    rate = Fraction(25)
    clips = [
        Clip(
            key=f"clip-{index}",
            index=index,
            name=f"a_{index:02}",
            track="V1",
            record=FrameRange(90000 + 66 * (index - 1), 66, rate),
            source=FrameRange(25 + 66 * (index - 1), 66, rate),
            media=None,
        )
        for index in (1, 2, 3)
    ]
    return FakeHost(clips, timeline=folder / "cut_newtake.otio")


@pytest.fixture(params=[otio_host, otio_host_on_tracks, fake_host], ids=lambda make: make.__name__)
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Host:
    make: MakeHost = request.param
    return make(tmp_path)


def take_of(clip: Clip, label: str, number: int = 1) -> NewTake:
    return NewTake(
        clip_key=clip.key,
        label=label,
        name=f"Take {number}: oil painting",
        file=TakeFile(
            path=Path(f"/takes/a_take_{number:03}.mov"),
            number=number,
            available=FrameRange(
                clip.source.start - 5, clip.source.duration + 10, clip.source.rate
            ),
            start_timecode="00:00:00:20",
            frames_in_file=clip.source.duration + 10,
            method="rewrap",
            sidecar=Path(f"/takes/a_take_{number:03}.json"),
        ),
        provenance=Provenance(
            "job", "1", "sandbox", "m", "oil painting", {}, "2026-01-01T00:00:00+00:00", "", "00"
        ),
    )


class TestHost:
    async def test_clips_are_listed_in_order_from_one(self, host: Host) -> None:
        clips = await host.clips()
        assert [clip.index for clip in clips] == [1, 2, 3]
        assert [clip.record.start for clip in clips] == [90000, 90066, 90132]
        assert len({clip.key for clip in clips}) == 3
        assert [clip.refusal for clip in clips] == [None, None, None]

    async def test_a_take_is_added_selected_and_listed(self, host: Host) -> None:
        before = await host.clips()
        placed = await host.add_take(take_of(before[1], "job/1"))
        assert (placed.key, placed.number, placed.added) == ("take_001", 1, True)
        after = await host.clips()
        chosen = [take for take in after[1].takes if take.selected]
        assert [(take.number, take.key, take.name) for take in chosen] == [
            (1, "take_001", "Take 1: oil painting")
        ]
        assert [clip.takes for clip in (after[0], after[2])] == [(), ()]

    async def test_nothing_else_about_the_clips_changes(self, host: Host) -> None:
        before = await host.clips()
        await host.add_take(take_of(before[1], "job/1"))
        after = await host.clips()
        assert [replace(clip, takes=(), key="") for clip in after] == [
            replace(clip, takes=(), key="") for clip in before
        ]

    async def test_the_same_label_adds_nothing_the_second_time(self, host: Host) -> None:
        clip = (await host.clips())[1]
        first = await host.add_take(take_of(clip, "job/1"))
        second = await host.add_take(take_of(clip, "job/1", number=2))
        assert second == replace(first, added=False)
        assert len([take for take in (await host.clips())[1].takes if take.number]) == 1

    async def test_another_label_gets_the_next_free_number(self, host: Host) -> None:
        clip = (await host.clips())[1]
        await host.add_take(take_of(clip, "job/1"))
        placed = await host.add_take(take_of(clip, "job/2"))
        assert (placed.key, placed.number, placed.added) == ("take_002", 2, True)
        takes = [take for take in (await host.clips())[1].takes if take.number]
        assert [(take.key, take.selected) for take in takes] == [
            ("take_001", False),
            ("take_002", True),
        ]

    async def test_the_number_of_the_file_is_kept_where_it_is_free(self, host: Host) -> None:
        placed = await host.add_take(take_of((await host.clips())[0], "job/1", number=4))
        assert (placed.key, placed.number) == ("take_004", 4)

    async def test_a_clip_that_is_gone_is_an_error(self, host: Host) -> None:
        take = replace(take_of((await host.clips())[0], "job/1"), clip_key="gone")
        with pytest.raises(HostError, match="gone"):
            await host.add_take(take)
        assert [clip.takes for clip in await host.clips()] == [(), (), ()]

    async def test_a_key_from_before_finds_the_clip_after_other_takes(self, host: Host) -> None:
        clips = await host.clips()
        for number, clip in enumerate(clips, 1):
            await host.add_take(take_of(clip, f"job/{number}"))
        again = await host.add_take(take_of(clips[0], "job/again"))
        assert again.number == 2
        listed = [
            [take.number for take in clip.takes if take.number] for clip in await host.clips()
        ]
        assert listed == [[1, 2], [1], [1]]
