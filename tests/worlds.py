"""A job's whole surroundings out of fakes, for tests of the pipeline."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from newtake.domain.clip import Clip, ColourTags, MediaInfo, MediaLink
from newtake.domain.edit import EditSettings, Price
from newtake.domain.events import (
    Order,
)
from newtake.domain.files import HostTarget
from newtake.domain.job import Job
from newtake.domain.plate import PlatePlan
from newtake.domain.timing import FrameRange
from newtake.pipeline.budget import Budget
from newtake.pipeline.run import create_job
from newtake.pipeline.session import Run
from newtake.ports import Ports
from newtake.testing import (
    FakeHost,
    FakeMediaTool,
    FakePartTool,
    FakeProvider,
    FakeUploader,
    ManualClock,
    MemoryJournal,
    MemoryTakes,
    RecordingWatcher,
)

RATE = Fraction(25)


def media_info(path: Path, frames: int, rate: Fraction = RATE) -> MediaInfo:
    return MediaInfo(
        path=path,
        container="mov",
        codec="h264",
        width=1280,
        height=720,
        rate=rate,
        frames=frames,
        frames_counted=True,
        video_start_seconds=Fraction(0),
        container_start_seconds=Fraction(0),
        pixel_format="yuv420p",
        bit_depth=8,
        pixel_aspect=Fraction(1),
        rotation_degrees=0,
        interlaced=False,
        constant_rate=True,
        has_alpha=False,
        has_audio=False,
        colour=ColourTags(),
    )


class World:
    """Everything that outlives a crash of the process, and a way to start the process again."""

    def __init__(self, folder: Path) -> None:
        (folder / "out_takes").mkdir()
        self.folder = folder
        source = folder / "a.mov"
        self.clip = Clip(
            key="V1/1",
            index=1,
            name="a",
            track="V1",
            record=FrameRange(0, 48, RATE),
            source=FrameRange(10, 48, RATE),
            media=MediaLink(str(source), source, FrameRange(0, 100, RATE)),
        )
        self.journal = MemoryJournal()
        self.provider = FakeProvider()
        self.uploader = FakeUploader()
        self.media = FakeMediaTool(
            {source: media_info(source, 100)}, result=media_info(source, 120, Fraction(24))
        )
        self.parts = FakePartTool()
        self.host = FakeHost([self.clip])
        self.takes = MemoryTakes()
        self.clock = ManualClock()
        self.watcher = RecordingWatcher()
        self.order = Order(
            clip=self.clip,
            source=self.media.media[source],
            origin=0,
            timecode_start=0,
            plate=PlatePlan("5s", 120, FrameRange(0, 100, RATE), 0, 10, 48),
            settings=EditSettings("oil painting"),
            host=HostTarget("otio", folder / "in.otio", folder / "out.otio"),
            provider="fake",
            uploader="fake",
            price=Price(Decimal("0.72"), "list"),
        )

    def ports(self) -> Ports:
        return Ports(
            provider=self.provider,
            uploader=self.uploader,
            media=self.media,
            parts=self.parts,
            journal=self.journal,
            takes=self.takes,
            clock=self.clock,
            open_host=lambda _target: self.host,
        )

    def process(self, budget: Budget | None = None) -> Run:
        return Run(self.ports(), self.watcher, self.folder / "work", budget=budget or Budget())

    def create(self, variations: int = 1) -> Job:
        settings = replace(self.order.settings, variations=variations)
        return create_job(self.ports(), "job1", replace(self.order, settings=settings))
