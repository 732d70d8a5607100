"""A scene of the fake Resolve with a clip to relink, and takes with real files, for tests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from newtake.domain.files import (
    ExrFrames,
    HostDocument,
    HostTarget,
    NewTake,
    PlacedTake,
    Provenance,
    TakeFile,
)
from newtake.domain.timing import FrameRange
from newtake.hosts.resolve.identity import ItemKey
from newtake.hosts.resolve.relinking import add_take
from newtake.testing.resolve import FakeResolve, Quirks
from numbered_exr import write_numbered
from resolve_calls import InProcessCalls

VERSIONS = ("18.6", "19.1", "20.3", "20.3.2", "21.0.4", "21.1")
RATE = Fraction(25)
START = 90000
LEFT, DURATION = 11, 50
"""Of the clip in its media."""
HANDLE = 5
LABEL = "job1/sub1"


def write_movie(path: Path, frames: int, rate: Fraction = RATE) -> Path:
    """A movie of grey frames, every one of which can be decoded alone."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=rate)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        for _ in range(frames):
            picture = av.VideoFrame.from_ndarray(np.full((32, 32, 3), 90, np.uint8), "rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path


@dataclass
class Scene:
    """A 25 fps timeline from 01:00:00:00, the clip between two others, and what belongs to it."""

    fake: FakeResolve
    folder: Path
    timeline: str
    media: str
    clip: str
    target: HostTarget

    @property
    def key(self) -> ItemKey:
        """The clip's, as it is when the scene was just made."""
        return ItemKey(
            self.clip, self.timeline, self.media, "V1", START + 30, DURATION, LEFT, "plain"
        )

    @property
    def calls(self) -> InProcessCalls:
        return InProcessCalls(self.fake.resolve)

    def take(self, label: str = LABEL, *, number: int = 1, exr: int = 0) -> NewTake:
        """A take with handles on both sides, and with so many EXR frames; its files are there."""
        frames = DURATION + 2 * HANDLE
        path = self.folder / f"shot_take_{number:03}.mov"
        if not path.exists():
            write_movie(path, frames)
        file = TakeFile(
            path=path,
            number=number,
            available=FrameRange(LEFT - HANDLE, frames, RATE),
            start_timecode="00:00:00:00",
            frames_in_file=frames,
            method="rewrap",
            sidecar=path.with_suffix(".json"),
            exr=self._exr(number, exr) if exr else None,
        )
        settings: dict[str, str | bool | int] = {"resolution": "720p"}
        made = Provenance(
            label.partition("/")[0],
            label.partition("/")[2],
            "sandbox",
            "ray-3.2",
            "oil painting",
            settings,
            "2026-01-01T00:00:00+00:00",
            "",
            "00",
        )
        return NewTake(str(self.key), label, f"Take {number}: oil painting", file, made)

    def _exr(self, number: int, count: int) -> ExrFrames:
        folder = self.folder / f"shot_take_{number:03}"
        folder.mkdir(exist_ok=True)
        exr = ExrFrames(folder, f"shot_take_{number:03}.", 6, LEFT - HANDLE, count, RATE)
        for at, file in enumerate(exr.files):
            if not file.exists():
                write_numbered(file, at, size=(8, 8))
        return exr

    async def add(self, take: NewTake) -> PlacedTake:
        return await add_take(self.calls, self.target, take)

    def item(self) -> dict[str, Any]:
        """The clip as it is now, found by its place in the test's own way."""
        return next(
            each
            for each in self.fake.items()
            if each["track_type"] == "video" and (each["id"] == self.clip or each["takes"])
        )


def scene(
    folder: Path,
    version: str = "21.1",
    *,
    colour_managed: bool = False,
    quirks: Quirks | None = None,
) -> Scene:
    fake = FakeResolve(version, rate="25", colour_managed=colour_managed, quirks=quirks)
    timeline = fake.add_timeline("Reel 1")
    media = fake.add_made_media("shot", frames=200, rate="25")
    fake.add_item(media, source_start=100, duration=30)
    clip = fake.add_item(media, source_start=LEFT, duration=DURATION)
    fake.add_item(media, source_start=150, duration=20)
    fake.set_current_bin("Rushes/Day 1")
    project = fake.resolve.GetProjectManager().GetCurrentProject()
    target = HostTarget(
        "resolve",
        Path("resolve/Feature/Reel 1"),
        folder / "Reel 1",
        document=HostDocument(project.GetUniqueId(), "Feature", timeline, "Reel 1"),
    )
    return Scene(fake, folder, timeline, media, clip, target)


def without_handles(take: NewTake) -> NewTake:
    """The same take as though it had none."""
    file = replace(take.file, available=FrameRange(LEFT, DURATION, RATE))
    return replace(take, file=file)


def stays(snapshot: dict[str, Any], *, clip: str = "") -> dict[str, Any]:
    """What no relink may change: all but our bin, our track and the clip's takes."""
    pool = snapshot["pool"]
    pool = {**pool, "bins": [each for each in pool["bins"] if each["name"] != "New Take"]}
    timelines = []
    for line in snapshot["timelines"]:
        tracks = [
            {
                **track,
                "items": [each for each in track["items"] if each["id"] != clip],
            }
            for track in line["tracks"]["video"]
            if track["name"] != "New Take"
        ]
        timelines.append({**line, "tracks": {**line["tracks"], "video": tracks}})
    return {**snapshot, "pool": pool, "timelines": timelines}


def place_of(item: dict[str, Any]) -> tuple[int, int, int]:
    return item["start"], item["duration"], item["source_start"]
