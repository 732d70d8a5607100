"""What every host promises: listing in order, takes added once, refusals that lose nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from newtake.domain.clip import Clip
from newtake.domain.errors import HostError
from newtake.domain.files import (
    HostDocument,
    HostTarget,
    Layout,
    NewTake,
    Provenance,
    TakeFile,
)
from newtake.domain.timing import FrameRange
from newtake.hosts.resolve.host import ResolveHost
from newtake.ports import Host
from newtake.testing import FakeHost
from newtake.testing.resolve import FakeResolve
from otio_newtake.cuts import write_cuts
from otio_newtake.host import OtioHost
from resolve_calls import InProcessCalls
from resolve_relinks import write_movie

pytestmark = pytest.mark.anyio

MakeHost = Callable[[Path], Host]
MakeTake = Callable[..., NewTake]
"""Of a clip, a label and a number."""
FRAMES = 76
"""Of a take: 66 of the clip and 5 on either side."""


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


def resolve_host(folder: Path, version: str = "21.1") -> Host:
    fake = FakeResolve(version, rate="25")
    timeline = fake.add_timeline("cut")
    media = fake.add_made_media("a.mov", frames=250, rate="25", path="/media/a.mov")
    for index in range(3):
        fake.add_item(media, source_start=25 + 66 * index, duration=66, name=f"a_{index + 1:02}")
    project = fake.resolve.GetProjectManager().GetCurrentProject().GetUniqueId()
    document = HostDocument(project, "Feature", timeline, "cut")
    target = HostTarget("resolve", Path("resolve/Feature/cut"), folder / "cut", document=document)
    return ResolveHost(target, InProcessCalls(fake.resolve), exists=lambda _: True)


def resolve_host_of_18(folder: Path) -> Host:
    return resolve_host(folder, "18.6")


HOSTS = [otio_host, otio_host_on_tracks, fake_host, resolve_host, resolve_host_of_18]


@pytest.fixture(params=HOSTS, ids=lambda make: make.__name__)
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Host:
    make: MakeHost = request.param
    return make(tmp_path)


@pytest.fixture(scope="module")
def movies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of movies, since an editor imports what it is given."""
    folder = tmp_path_factory.mktemp("takes")
    write_movie(folder / "a_take_001.mov", FRAMES)
    for number in range(2, 5):
        shutil.copyfile(folder / "a_take_001.mov", folder / f"a_take_{number:03}.mov")
    return folder


@pytest.fixture
def take_of(movies: Path) -> MakeTake:
    def make(clip: Clip, label: str, number: int = 1) -> NewTake:
        path = movies / f"a_take_{number:03}.mov"
        return NewTake(
            clip_key=clip.key,
            label=label,
            name=f"Take {number}: oil painting",
            file=TakeFile(
                path=path,
                number=number,
                available=FrameRange(clip.source.start - 5, FRAMES, clip.source.rate),
                start_timecode="00:00:00:00",
                frames_in_file=FRAMES,
                method="rewrap",
                sidecar=path.with_suffix(".json"),
            ),
            provenance=Provenance(
                *("job", "1", "sandbox", "m", "oil painting"),
                {},
                *("2026-01-01T00:00:00+00:00", "", "00"),
            ),
        )

    return make


class TestHost:
    async def test_clips_are_listed_in_order_from_one(self, host: Host) -> None:
        clips = await host.clips()
        assert [clip.index for clip in clips] == [1, 2, 3]
        assert [clip.record.start for clip in clips] == [90000, 90066, 90132]
        assert len({clip.key for clip in clips}) == 3
        assert [clip.refusal for clip in clips] == [None, None, None]

    async def test_a_take_is_added_selected_and_listed(self, host: Host, take_of: MakeTake) -> None:
        before = await host.clips()
        placed = await host.add_take(take_of(before[1], "job/1"))
        assert (placed.key, placed.number, placed.added) == ("take_001", 1, True)
        after = await host.clips()
        chosen = [take for take in after[1].takes if take.selected]
        assert [(take.number, take.key, take.name) for take in chosen] == [
            (1, "take_001", "Take 1: oil painting")
        ]
        assert [clip.takes for clip in (after[0], after[2])] == [(), ()]

    async def test_nothing_else_about_the_clips_changes(
        self, host: Host, take_of: MakeTake
    ) -> None:
        before = await host.clips()
        await host.add_take(take_of(before[1], "job/1"))
        after = await host.clips()
        assert [replace(clip, takes=(), key="", known_by=(), notes=()) for clip in after] == [
            replace(clip, takes=(), key="", known_by=(), notes=()) for clip in before
        ]
        assert all(now.is_same(then) for now, then in zip(after, before, strict=True))

    async def test_the_same_label_adds_nothing_the_second_time(
        self, host: Host, take_of: MakeTake
    ) -> None:
        clip = (await host.clips())[1]
        first = await host.add_take(take_of(clip, "job/1"))
        second = await host.add_take(take_of(clip, "job/1", number=2))
        assert second == replace(first, added=False)
        assert len([take for take in (await host.clips())[1].takes if take.number]) == 1

    async def test_another_label_gets_the_next_free_number(
        self, host: Host, take_of: MakeTake
    ) -> None:
        clip = (await host.clips())[1]
        await host.add_take(take_of(clip, "job/1"))
        placed = await host.add_take(take_of(clip, "job/2"))
        assert (placed.key, placed.number, placed.added) == ("take_002", 2, True)
        takes = [take for take in (await host.clips())[1].takes if take.number]
        assert [(take.key, take.name, take.selected) for take in takes] == [
            ("take_001", "Take 1: oil painting", False),
            ("take_002", "Take 2: oil painting", True),
        ]

    async def test_the_number_of_the_file_is_kept_where_it_is_free(
        self, host: Host, take_of: MakeTake
    ) -> None:
        placed = await host.add_take(take_of((await host.clips())[0], "job/1", number=4))
        assert (placed.key, placed.number) == ("take_004", 4)

    async def test_a_clip_that_is_gone_is_an_error(self, host: Host, take_of: MakeTake) -> None:
        take = replace(take_of((await host.clips())[0], "job/1"), clip_key="gone")
        with pytest.raises(HostError, match="gone"):
            await host.add_take(take)
        assert [clip.takes for clip in await host.clips()] == [(), (), ()]

    async def test_a_key_from_before_finds_the_clip_after_other_takes(
        self, host: Host, take_of: MakeTake
    ) -> None:
        clips = await host.clips()
        for number, clip in enumerate(clips, 1):
            await host.add_take(take_of(clip, f"job/{number}"))
        again = await host.add_take(take_of(clips[0], "job/again"))
        assert again.number == 2
        listed = [
            [take.number for take in clip.takes if take.number] for clip in await host.clips()
        ]
        assert listed == [[1, 2], [1], [1]]
