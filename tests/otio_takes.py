"""Takes written into copies of the timelines that the project brings for its tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from newtake.domain.clip import Clip
from newtake.domain.files import HostTarget, Layout, NewTake, Provenance, TakeFile
from newtake.domain.timing import FrameRange
from otio_newtake.host import OtioHost

FIXTURES = Path(__file__).parents[1] / "fixtures" / "timelines"


def host_of(folder: Path, name: str, **fields: object) -> OtioHost:
    return OtioHost(target_of(folder, name), **fields)  # type: ignore[arg-type]  # passed through


def target_of(folder: Path, name: str, layout: Layout = Layout.TAKES) -> HostTarget:
    timeline = folder / name
    if not timeline.exists():
        timeline.write_bytes((FIXTURES / name).read_bytes())
    return HostTarget("otio", timeline, folder / "out.otio", layout)


def take_of(clip: Clip, label: str = "job/1", handles: int = 0) -> NewTake:
    source = clip.source
    wide = FrameRange(source.start - handles, source.duration + 2 * handles, source.rate)
    return NewTake(
        clip_key=clip.key,
        label=label,
        name="Take 1: oil painting",
        file=TakeFile(
            path=Path("/takes/a_take_001.mov"),
            number=1,
            available=wide,
            start_timecode="01:00:00:00",
            frames_in_file=wide.duration,
            method="rewrap",
            sidecar=Path("/takes/a_take_001.json"),
        ),
        provenance=Provenance(
            "job", "1", "sandbox", "m", "oil painting", {}, "2026-01-01T00:00:00+00:00", "", "00"
        ),
    )


async def first_clip(host: OtioHost) -> Clip:
    clips: Sequence[Clip] = await host.clips()
    return clips[0]
