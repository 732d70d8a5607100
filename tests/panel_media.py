"""A timeline whose original and takes carry numbers, and the pictures of it behind a real gate."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import anyio
import httpx
import opentimelineio as otio

import numbered_exr
import numbered_media
from newtake.adapters.toolchain import find_toolchain
from newtake.bootstrap import timeline_host
from newtake.bootstrap.panel_frames import Found
from newtake.bootstrap.panel_media import PanelPictures
from newtake.domain.clip import Clip
from newtake.domain.files import HostTarget
from newtake.settings import Settings
from newtake.shells.panel.gate import new_token
from newtake.shells.panel.media import Media
from newtake.shells.panel.server import application
from panel_desk import FakeDesk

TOKEN = new_token()
ORIGIN = "http://127.0.0.1:8123"
FRAMES, FIRST, LENGTH = 90, 30, 24
"""Of the original, the clip's first frame of it, and how many record frames the clip has."""
BEGIN, TAKE, EXR = 20, 500, 700
"""The media frame of a take's first one, and the numbers on the first frames of movie and EXR."""


@dataclass(frozen=True)
class Kind:
    rate: Fraction
    coding: tuple[str, ...] = numbered_media.H264
    suffix: str = "mov"
    speed: Fraction = Fraction(1)
    start: int = 0
    """The timeline's first frame."""


def a_timeline(folder: Path, kind: Kind, *, sound: bool = False, tail: bool = True) -> Path:
    """One clip with an original, a movie as take_001 and, with `tail`, EXR as take_001_exr."""
    ffmpeg, rate = find_toolchain().executable, kind.rate
    seconds = float(FRAMES / rate)
    if kind.suffix == "exr":
        for number in range(FRAMES):
            numbered_exr.write_numbered(folder / f"s.{number:05}.exr", number)
        original: Any = _images(folder, "s.", 0, FRAMES, 0, rate)
    else:
        numbered_media.make_numbered(
            ffmpeg, folder / f"s.{kind.suffix}", rate=rate, frames=FRAMES, coding=kind.coding,
            inputs=("-f", "lavfi", "-i", f"sine=440:d={seconds}") if sound else (),
            options=("-map", "1:a") if sound else (),
        )  # fmt: skip
        original = otio.schema.ExternalReference(f"s.{kind.suffix}", _span(0, FRAMES, rate))
    numbered_media.make_numbered(
        ffmpeg, folder / "t.mov", rate=rate, frames=60, first=TAKE, coding=numbered_media.PRORES
    )
    references = {
        "DEFAULT_MEDIA": original,
        "take_001": otio.schema.ExternalReference("t.mov", _span(BEGIN, 60, rate)),
    }
    if tail:
        for number in range(60):
            numbered_exr.write_numbered(folder / f"e.{BEGIN + number:05}.exr", EXR + number)
        references["take_001_exr"] = _images(folder, "e.", BEGIN, 60, BEGIN, rate)
    clip = otio.schema.Clip("A", source_range=_span(FIRST, LENGTH, rate))
    clip.set_media_references(references, "take_001")
    if kind.speed != 1:
        clip.effects.append(otio.schema.LinearTimeWarp("", float(kind.speed)))
    timeline = otio.schema.Timeline("cut")
    timeline.global_start_time = otio.opentime.RationalTime(kind.start, float(rate))
    track = otio.schema.Track("V1", kind="Video")
    track.append(clip)
    timeline.tracks.append(track)
    path = folder / "cut.otio"
    otio.adapters.write_to_file(timeline, str(path))
    return path


def _span(start: int, count: int, rate: Fraction) -> Any:
    time = otio.opentime.RationalTime
    return otio.opentime.TimeRange(time(start, float(rate)), time(count, float(rate)))


def _images(folder: Path, prefix: str, number: int, count: int, start: int, rate: Fraction) -> Any:
    return otio.schema.ImageSequenceReference(
        target_url_base=".",
        name_prefix=prefix,
        name_suffix=".exr",
        start_frame=number,
        frame_zero_padding=5,
        rate=float(rate),
        available_range=_span(start, count, rate),
    )


@dataclass
class Stage:
    """What a test speaks with."""

    client: httpx.AsyncClient
    clip: Clip
    pictures: PanelPictures

    @property
    def id(self) -> str:
        return hashlib.sha256(self.clip.key.encode()).hexdigest()[:16]

    async def get(self, path: str, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.get(f"/{TOKEN}/{path}", headers=named)

    async def post(self, path: str, kind: str = "application/json", **more: Any) -> httpx.Response:
        headers = {"Origin": ORIGIN, "Content-Type": kind}
        return await self.client.post(f"/{TOKEN}/{path}", headers=headers, **more)


@asynccontextmanager
async def stage(timeline: Path, home: Path) -> AsyncIterator[Stage]:
    host = timeline_host(HostTarget("otio", timeline, timeline))
    (clip,) = await host.clips()

    async def find(clip_id: str) -> Found | None:
        return Found(clip, host) if clip_id == made.id else None

    async with anyio.create_task_group() as tasks:
        pictures = PanelPictures(Settings(home=home), tasks, find)
        app = application(FakeDesk(), TOKEN, 8123, media=Media(pictures).routes())
        async with httpx.AsyncClient(
            base_url=ORIGIN, transport=httpx.ASGITransport(app), timeout=60
        ) as client:
            made = Stage(client, clip, pictures)
            yield made
