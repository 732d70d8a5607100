"""Takes of parts through the real pipeline: each sits exactly on its part, frame for frame.

Read back with OpenTimelineIO alone: the pieces show together what the clip showed.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from matrix.walk import wired
from newtake.adapters.toolchain import find_toolchain
from newtake.bootstrap.takes import record_named
from newtake.domain.edit import EditSettings
from newtake.domain.errors import SelectionError
from newtake.domain.files import HostTarget, Layout, Profile
from newtake.domain.job import Job, Status
from newtake.domain.marking import Meant
from newtake.domain.selection import Selection, meant_clips
from newtake.domain.take_places import TakePlace, places_by_job, places_of
from newtake.domain.timing import FrameRange, timecode
from newtake.pipeline.batch import run_jobs
from newtake.pipeline.planning import Plan, plan_edits
from newtake.pipeline.run import create_jobs
from newtake.pipeline.session import Run
from newtake.pipeline.splits import splits_of
from newtake.shells.cli.counting import as_listed
from newtake.testing import RecordingWatcher
from numbered_media import make_numbered, numbers_in
from otio_newtake.cuts import write_cuts
from otio_newtake.host import OtioHost
from otio_newtake.numbering import take_places
from plain_reading import file_frame, moment_in

pytestmark = pytest.mark.anyio

FRAMES, FIRST, LENGTH = 130, 13, 104
"""Of the media; the clip's first frame in it, and the clip's frames."""
PARTS = ((23, 17), (60, 44))
"""First frame in the clip, and how many; the second one reaches the clip's end."""
RATES = {
    "24": (Fraction(24), "23:59:58:00"),
    "25": (Fraction(25), "10:00:00:00"),
    "29.97": (Fraction(30000, 1001), "00:59:58;00"),
}
Time = otio.opentime.RationalTime


class Bench:
    """A timeline of one clip, and what restyles parts of it."""

    def __init__(self, name: str, folder: Path, layout: Layout, cuts: int = 1) -> None:
        self.rate, label = RATES[name]
        self.folder = folder
        source = make_numbered(
            find_toolchain().executable,
            folder / "source.mov",
            rate=self.rate,
            frames=FRAMES,
            size=(320, 180),
            options=("-timecode", label),
        )
        self.timeline = write_cuts(
            source, self.rate, FRAMES, folder / "cut.otio", name="c", cuts=cuts
        )
        self.target = HostTarget(
            "otio", self.timeline, folder / "out.otio", layout, Profile.GENERIC
        )
        self.ports = wired(find_toolchain(), self.target)
        self.host = OtioHost(self.target)

    async def meant(self, *parts: tuple[int, int]) -> list[Meant]:
        first = (await OtioHost(HostTarget("otio", self.timeline, self.timeline)).clips())[0]
        start = first.record.start
        ranges = tuple(
            f"{timecode(start + at, self.rate)}-{timecode(start + at + count, self.rate)}"
            for at, count in parts
        )
        return meant_clips(await self.host.clips(), Selection(ranges=ranges))

    async def plan(self, *parts: tuple[int, int]) -> Plan:
        spans = [(each.clip, each.record) for each in await self.meant(*parts)]
        return await plan_edits(
            await self.host.pieces(spans),
            EditSettings("copy"),
            self.target,
            media=self.ports.media,
            provider=self.ports.provider,
            uploader=self.ports.uploader,
            parts=self.ports.parts,
        )

    async def restyle(self, plan: Plan) -> list[Job]:
        work = Run(self.ports, RecordingWatcher(), self.folder / "work")
        jobs = create_jobs(self.ports, plan.orders)
        done = await run_jobs([job.id for job in jobs], work, listen=False)
        assert [each.status for each in done] == [Status.DONE] * len(jobs)
        return done

    def shown(self) -> list[tuple[int, bool]]:
        """Per record frame of the written timeline, by a plain reader from the top track down: the
        number that is seen, and whether a take shows it."""
        written = otio.adapters.read_from_file(str(self.target.output))
        rate = float(self.rate)
        files: dict[str, list[int]] = {}
        seen = []
        for frame in range(LENGTH):
            at = Time(frame, rate)
            row = [each.child_at_time(at) for each in written.tracks if each.kind == "Video"]
            clip = next(each for each in reversed(row) if isinstance(each, otio.schema.Clip))
            url = clip.media_reference.target_url
            path = Path(otio.url_utils.filepath_from_url(url) if ":" in url else url)
            if url not in files:
                files[url] = numbers_in(path)
            index = file_frame(clip, moment_in(clip, written, frame, rate))
            seen.append((files[url][index], path.name != "source.mov"))
        return seen


def expected(*parts: tuple[int, int]) -> list[tuple[int, bool]]:
    return [
        (FIRST + frame, any(at <= frame < at + count for at, count in parts))
        for frame in range(LENGTH)
    ]


@pytest.mark.parametrize(
    ("name", "layout"),
    [("24", Layout.REPLACE), ("25", Layout.TRACK), ("29.97", Layout.TAKES)],
)
async def test_takes_sit_exactly_on_their_parts(name: str, layout: Layout, tmp_path: Path) -> None:
    bench = Bench(name, tmp_path, layout)

    plan = await bench.plan(*PARTS)
    await bench.restyle(plan)

    assert bench.shown() == expected(*PARTS)
    assert [each.clip.index for each in plan.entries] == [1, 1]
    pieces = [
        (each.record.start, each.record.duration, len(each.takes) > 1 or layout is Layout.REPLACE)
        for each in await bench.host.clips()
    ]
    start = pieces[0][0]
    assert [(at - start, count) for at, count, _ in pieces] == [
        (0, 23),
        (23, 17),
        (40, 20),
        (60, 44),
    ]
    if layout is not Layout.REPLACE:
        assert [taken for _, _, taken in pieces] == [False, True, False, True]


async def test_a_later_run_on_another_part_goes_on_with_the_split_timeline(tmp_path: Path) -> None:
    bench = Bench("29.97", tmp_path, Layout.TAKES)
    await bench.restyle(await bench.plan(PARTS[0]))

    (second,) = (await bench.plan(PARTS[1])).entries
    assert second.clip.index == 3
    await bench.restyle(await bench.plan(PARTS[1]))
    again = await bench.restyle(await bench.plan((25, 5)))

    assert bench.shown() == expected(*PARTS)
    assert [each.order.clip.record.duration for each in again] == [5]
    assert [each.record.duration for each in await bench.host.clips()] == [23, 2, 5, 10, 20, 44]
    assert [len(each.takes) for each in await bench.host.clips()] == [0, 2, 3, 2, 0, 2]


async def test_a_take_of_the_whole_clip_that_comes_after_a_split_goes_into_every_piece(
    tmp_path: Path,
) -> None:
    bench = Bench("25", tmp_path, Layout.TAKES)
    whole = await plan_edits(
        await bench.host.clips(),
        EditSettings("all of it"),
        bench.target,
        media=bench.ports.media,
        provider=bench.ports.provider,
        uploader=bench.ports.uploader,
        parts=bench.ports.parts,
    )
    await bench.restyle(await bench.plan(PARTS[0]))
    await bench.restyle(whole)

    assert bench.shown() == expected((0, LENGTH))
    assert [len(each.takes) for each in await bench.host.clips()] == [2, 3, 2]


async def test_ranges_that_meet_are_refused_before_anything_is_split(tmp_path: Path) -> None:
    bench = Bench("25", tmp_path, Layout.TAKES)
    with pytest.raises(SelectionError, match="meant twice"):
        await bench.meant((10, 20), (29, 5))
    assert not bench.target.output.exists()


async def test_clips_are_counted_as_in_the_timeline_that_is_named(tmp_path: Path) -> None:
    bench = Bench("25", tmp_path, Layout.TAKES, cuts=2)
    await bench.restyle(await bench.plan((5, 10)))
    assert len(await bench.host.clips()) == 4

    second, notes = await as_listed(Selection(clips=("2",)), bench.target)
    assert second.clips == ("4",)
    assert "of cut.otio is clip 4 of out.otio" in notes[0]
    with pytest.raises(SelectionError, match="was split by an earlier run") as caught:
        await as_listed(Selection(clips=("1",)), bench.target)
    assert all(f" {number} (" in caught.value.why for number in (1, 2, 3))
    with pytest.raises(SelectionError, match="no clip '3'"):
        await as_listed(Selection(clips=("3",)), bench.target)


@pytest.mark.parametrize("layout", [Layout.TAKES, Layout.TRACK])
async def test_a_plan_numbers_clips_as_the_written_timeline_will(
    layout: Layout, tmp_path: Path
) -> None:
    bench = Bench("25", tmp_path, layout, cuts=2)
    one, two = await bench.host.clips()
    start = one.record.start
    spans = [(one, FrameRange(start + at, 10, one.record.rate)) for at in (5, 30)]
    plan = await plan_edits(
        [*await bench.host.pieces(spans), two],
        EditSettings("copy"),
        bench.target,
        media=bench.ports.media,
        provider=bench.ports.provider,
        uploader=bench.ports.uploader,
        parts=bench.ports.parts,
    )
    assert [each.clip.index for each in plan.entries] == [1, 1, 2]
    assert [each.written_index for each in plan.entries] == [2, 4, 6]
    (split,) = splits_of(plan.entries)

    # One plate holds the frames of both parts.
    jobs = await bench.restyle(plan)

    places = places_by_job(take_places(bench.target.output))
    keys = [each.placed.key for job in jobs for each in job.renditions if each.placed is not None]
    assert [places_of(job, places).own for job in jobs] == [
        TakePlace(number, key) for number, key in zip((2, 6), keys, strict=True)
    ]
    assert [use.number for use in places_of(jobs[0], places).uses.values()] == [4]
    listed = await OtioHost(HostTarget("otio", bench.target.output, bench.target.output)).clips()
    assert [(each.index, each.record) for each in listed[:5]] == [
        (piece.number, piece.record) for piece in split.pieces
    ]
    assert [bool(each.takes) for each in listed] == [False, True, False, True, False, True]


async def test_takes_are_named_by_the_numbers_of_the_written_timeline(tmp_path: Path) -> None:
    bench = Bench("25", tmp_path, Layout.TAKES, cuts=2)
    await bench.restyle(await bench.plan((5, 10)))

    # The timeline that was cut is named; its takes are in the other one.
    clip, record = await record_named(bench.target, "2=take_001")
    assert (clip.index, record.prompt) == (2, "copy")
    with pytest.raises(SelectionError, match=r"Clip 1 \(.*\) of out.otio has no take") as caught:
        await record_named(bench.target, "1=take_001")
    assert caught.value.fix.startswith(f"take_001 is a take of 2 ({clip.name}); `newtake takes out")
    with pytest.raises(SelectionError, match="no clip '9'") as caught:
        await record_named(bench.target, "9=take_001")
    assert "Takes are counted in out.otio." in caught.value.why


async def test_the_original_timeline_is_not_touched(tmp_path: Path) -> None:
    bench = Bench("25", tmp_path, Layout.TAKES)
    before = bench.timeline.read_bytes()
    await bench.plan(*PARTS)
    assert bench.timeline.read_bytes() == before
    assert not bench.target.output.exists()
    assert [each.record.duration for each in await bench.host.clips()] == [LENGTH]
