"""A clip that its host renders: planned as what is expected, cut from what came, or refused."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from newtake.domain.clip import MediaLink, RefusalReason
from newtake.domain.edit import EditSettings
from newtake.domain.files import HostTarget
from newtake.domain.job import Status
from newtake.domain.timing import FrameRange
from newtake.pipeline.planning import plan_edits
from newtake.pipeline.rendering import differences, source_to_cut
from newtake.pipeline.run import create_job, run_job
from worlds import RATE, World, media_info

pytestmark = pytest.mark.anyio

EXPECTED = Path("resolve/feature/reel/V1 a.mov")


class RenderedWorld(World):
    """The world's clip, to be rendered by an editor into a file of `frames` frames."""

    def __init__(self, folder: Path, frames: int = 48) -> None:
        super().__init__(folder)
        picture = media_info(EXPECTED, frames)
        whole = FrameRange(0, frames, RATE)
        self.clip = replace(
            self.clip,
            key="render|V1@0+48/10|a|b|c",
            record=whole,
            source=whole,
            media=MediaLink("", EXPECTED, whole),
            rendered=picture,
        )
        self.host.listed = [self.clip]
        self.host.rendering = folder / "rendered.mov"
        self.host.rendering.write_bytes(b"film")
        self.rendered_file = folder / "work" / "job1" / "render.mov"
        self.comes(frames)

    def comes(self, frames: int, rate: Fraction = RATE) -> None:
        self.media.media[self.rendered_file] = media_info(self.rendered_file, frames, rate)

    async def plan(self) -> None:
        plan = await plan_edits(
            [self.clip],
            EditSettings("oil painting"),
            HostTarget("resolve", Path("resolve/feature/reel"), self.folder / "out"),
            media=self.media,
            provider=self.provider,
            uploader=self.uploader,
            parts=self.parts,
        )
        (self.entry,) = plan.entries
        if self.entry.order is not None:
            self.order = self.entry.order


async def test_the_plan_is_of_the_expected_render_and_opens_nothing(tmp_path: Path) -> None:
    world = RenderedWorld(tmp_path)
    await world.plan()
    assert world.order.source.path == EXPECTED
    assert world.order.plate.media_range == FrameRange(0, 48, RATE)
    assert (world.order.plate.file_index, world.order.plate.clip_offset) == (0, 0)


async def test_the_plate_is_cut_from_the_file_that_came(tmp_path: Path) -> None:
    world = RenderedWorld(tmp_path)
    await world.plan()
    create_job(world.ports(), "job1", world.order)
    job = await run_job("job1", world.process())
    assert job.status is Status.DONE
    assert world.rendered_file.read_bytes() == b"film"
    assert job.plate is not None
    assert str(world.rendered_file).encode() in job.plate.path.read_bytes()


async def test_a_render_is_made_once_for_a_job(tmp_path: Path) -> None:
    world = RenderedWorld(tmp_path)
    await world.plan()
    create_job(world.ports(), "job1", world.order)
    await run_job("job1", world.process())
    world.host.rendering = None
    again = await source_to_cut(world.journal.load("job1"), world.process())
    assert again.path == world.rendered_file


async def test_an_editor_that_does_not_render_fails_the_job_before_anything_is_sent(
    tmp_path: Path,
) -> None:
    world = RenderedWorld(tmp_path)
    await world.plan()
    world.host.rendering = None
    create_job(world.ports(), "job1", world.order)
    job = await run_job("job1", world.process())
    assert job.failure is not None
    assert "cannot be rendered" in job.failure.what
    assert job.asset is None


async def test_another_render_than_planned_is_kept_and_nothing_is_sent(tmp_path: Path) -> None:
    world = RenderedWorld(tmp_path)
    await world.plan()
    world.comes(47, Fraction(24))
    create_job(world.ports(), "job1", world.order)
    job = await run_job("job1", world.process())
    assert job.failure is not None
    assert job.failure.what == "What was rendered is not the clip as it was planned."
    assert "it has 47 frames, the clip 48; it runs at 24, the timeline at 25" in job.failure.why
    assert (job.plate, job.asset) == (None, None)


async def test_what_no_plate_holds_is_refused_without_looking_for_cuts(tmp_path: Path) -> None:
    world = RenderedWorld(tmp_path, frames=300)
    await world.plan()
    assert world.entry.refusal is not None
    assert world.entry.refusal.reason is RefusalReason.TOO_LONG
    assert "cut it into shorter clips" in world.entry.refusal.text


def test_size_is_compared_as_it_is_seen() -> None:
    planned = media_info(EXPECTED, 48)
    turned = replace(planned, width=720, height=1280, rotation_degrees=90)
    assert differences(planned, turned) == []
    assert differences(planned, replace(planned, width=640)) == [
        "its picture is 640x720, the timeline 1280x720"
    ]
