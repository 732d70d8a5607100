"""Takes one row of the matrix through all eight steps and reads the number on every frame.

The service is a fake that copies pictures with a real ffmpeg: coded by another hand, without a
timecode, on the model's grid. Everything else is the product's own. The take is found and played by
a reader that knows OpenTimelineIO alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import opentimelineio as otio

from matrix.rows import RATES, Row
from matrix.sources import Source
from newtake.adapters.ffmpeg import FfmpegMediaTool
from newtake.adapters.part_tool import FfmpegPartTool
from newtake.adapters.takes import TakeFolder
from newtake.adapters.toolchain import Toolchain
from newtake.domain.clip import Clip
from newtake.domain.codecs import choose_codec
from newtake.domain.edit import EditSettings
from newtake.domain.files import HostTarget, Profile
from newtake.domain.timing import FrameRange, frame_of_timecode
from newtake.pipeline.batch import run_jobs
from newtake.pipeline.part_planning import PartChoices
from newtake.pipeline.planning import plan_edits
from newtake.pipeline.run import create_jobs
from newtake.pipeline.session import Run
from newtake.ports import Ports, Progress, Submission
from newtake.testing import (
    FakeProvider,
    FakeUploader,
    ManualClock,
    MemoryJournal,
    RecordingWatcher,
)
from numbered_media import H264, numbers_in, run
from otio_newtake.host import OtioHost
from plain_reading import file_frame, moment_in

UNSHOWN = -2
"""In place of a number where a file has no such frame."""


@dataclass(slots=True)
class Walked:
    """What became of a row."""

    row: Row
    head: int = 0
    clip: int = 0
    tail: int = 0
    held: int = 0
    parts: int = 1
    method: str = ""
    compared: int = 0
    """Frames whose number was read and compared, in source, plate, result and take."""
    wrong: list[str] = field(default_factory=list)
    notes: tuple[str, ...] = ()


@dataclass
class CopyingProvider(FakeProvider):
    """Gives back every picture that it was sent."""

    ffmpeg: str = "ffmpeg"
    uploads: FakeUploader = field(default_factory=FakeUploader)
    results: list[Path] = field(default_factory=list)

    async def download(self, submission: Submission, to: Path, progress: Progress) -> None:
        url = next(row["url"] for row in self.submitted if row["id"] == submission.id)
        key = url.rpartition("/")[2].partition("?")[0]
        to.parent.mkdir(parents=True, exist_ok=True)
        plate = to.with_name(f"plate_of_{to.name}")
        plate.write_bytes(self.uploads.stored[key])
        coding = (*H264, "-threads", "2", "-r", "24")
        run([self.ffmpeg, "-v", "error", "-y", "-i", str(plate), *coding, str(to)])
        plate.unlink()
        self.results.append(to)
        progress(1, 1)


async def walk(row: Row, source: Source, toolchain: Toolchain, folder: Path) -> Walked:
    """One row, from its timeline to its take."""
    done = Walked(row)
    timeline = write_timeline(row, source, folder / "cut.otio")
    target = HostTarget("otio", timeline, folder / "out.otio", profile=Profile.GENERIC)
    ports = wired(toolchain, target)
    provider = ports.provider
    assert isinstance(provider, CopyingProvider)
    clips = [_marked(clip, row, source) for clip in await OtioHost(target).clips()]
    plan = await plan_edits(
        clips,
        EditSettings("copy", resolution="540p"),
        target,
        media=ports.media,
        provider=provider,
        uploader=ports.uploader,
        codec=choose_codec(row.codec, Profile.GENERIC, ""),
        parts=ports.parts,
        choices=PartChoices(row.cadence),
    )
    (entry,) = plan.entries
    done.notes = entry.notes
    if entry.order is None:
        done.wrong.append(f"refused: {entry.refusal.text if entry.refusal else ''}")
        return done
    first, last = entry.orders[0].plate, entry.orders[-1].plate
    done.parts = len(entry.orders)
    done.head, done.clip, done.tail, done.held = (
        first.clip_offset,
        entry.clip.source.duration,
        last.tail,
        last.held,
    )
    work = Run(ports, RecordingWatcher(), folder / "work")
    made = [job.id for job in create_jobs(ports, entry.orders)]
    jobs = await run_jobs(made, work, listen=False)
    for job in jobs:
        if job.failure is not None:
            done.wrong.append(f"{job.failure.step.value}: {job.failure.what} {job.failure.why}")
            return done
    (rendition,) = jobs[0].renditions
    assert rendition.take is not None
    done.method = rendition.take.method

    def compare(where: str, found: list[int], wanted: list[int]) -> None:
        done.compared += len(wanted)
        if len(found) != len(wanted):
            done.wrong.append(f"{where}: {len(found)} frames, not {len(wanted)}")
        for place, (a, b) in enumerate(zip(found, wanted, strict=False)):
            if a != b:
                done.wrong.append(f"{where}: frame {place} shows {a}, not {b}")
                break

    if source.upright and not source.is_sequence:
        compare("source", numbers_in(source.path), source.pictures)
    for job in jobs:
        plate = job.order.plate
        sent = plate.sent or tuple(range(plate.media_range.duration))
        wanted = [source.showing[plate.file_index + each] for each in sent]
        wanted += [wanted[-1]] * plate.held
        compare("plate", numbers_in(folder / "work" / job.id / "plate.mp4"), wanted)
        result = job.renditions[0].result
        assert result is not None
        compare("result", numbers_in(result.path), wanted)
    _compare_take(done, source, timeline, target.output)
    label = rendition.take.start_timecode
    if row.timecode is not None and source.path.suffix in (".mov", ".mp4", ".mxf"):
        rate = RATES[row.rate]
        begins = frame_of_timecode(label, rate) - frame_of_timecode(row.timecode, rate)
        day = frame_of_timecode("23:59:59:00", rate) + round(rate)
        index = rendition.take.available.start - entry.order.origin
        if begins % day != index % day:
            done.wrong.append(f"timecode {label} for frame {index} after {row.timecode}")
    return done


def _compare_take(done: Walked, source: Source, timeline: Path, output: Path) -> None:
    """Play the original and the take as a plain reader does, frame by frame of the timeline."""
    original = otio.adapters.read_from_file(str(timeline))
    written = otio.adapters.read_from_file(str(output))
    (before,), (after,) = original.find_clips(), written.find_clips()
    rate = before.source_range.duration.rate
    take = numbers_in(Path(after.media_reference.target_url.removeprefix("file://")))
    for frame in range(round(before.duration().value)):
        moment = moment_in(before, original, frame, rate)
        shown = source.showing[file_frame(before, moment)]
        place = file_frame(after, moment_in(after, written, frame, rate))
        found = take[place] if 0 <= place < len(take) else UNSHOWN
        done.compared += 1
        if found < 0 or abs(found - shown) > done.row.within:
            done.wrong.append(f"take: timeline frame {frame} shows {found}, not {shown}")


def _marked(clip: Clip, row: Row, source: Source) -> Clip:
    """The clip, with only the row's part of it to be restyled."""
    if row.part is None:
        return clip
    first, frames = row.part
    part = FrameRange(source.start + first, frames, clip.source.rate)
    return replace(clip, source=part, whole=clip.source)


def write_timeline(row: Row, source: Source, to: Path) -> Path:
    """A timeline of the row's one clip."""
    rate = float(source.rate)
    available = _range(source.start, len(source.showing), rate)
    if source.is_sequence:
        prefix, _, suffix = source.path.name.partition("%04d")
        reference: Any = otio.schema.ImageSequenceReference(
            target_url_base=str(source.path.parent),
            name_prefix=prefix,
            name_suffix=suffix,
            start_frame=source.start,
            frame_zero_padding=4,
            rate=rate,
            available_range=available,
        )
    else:
        reference = otio.schema.ExternalReference(str(source.path), available)
    frames = row.frames if row.speed == 1 else max(1, round(row.frames / abs(row.speed or 1)))
    clip = otio.schema.Clip("row", reference, _range(source.start + row.start, frames, rate))
    if row.speed == 0:
        clip.effects.append(otio.schema.FreezeFrame())
    elif row.speed != 1:
        clip.effects.append(otio.schema.LinearTimeWarp("", row.speed))
    made = otio.schema.Timeline("matrix")
    made.tracks.append(otio.schema.Track("V", [clip], kind="Video"))
    otio.adapters.write_to_file(made, str(to))
    return to


def wired(toolchain: Toolchain, target: HostTarget) -> Ports:
    """The product's own adapters around a service in memory."""
    uploader = FakeUploader()
    host: Callable[[HostTarget], OtioHost] = OtioHost
    return Ports(
        provider=CopyingProvider(ffmpeg=toolchain.executable, uploads=uploader),
        uploader=uploader,
        media=FfmpegMediaTool(toolchain),
        parts=FfmpegPartTool(toolchain),
        journal=MemoryJournal(),
        takes=TakeFolder(),
        clock=ManualClock(),
        open_host=host,
    )


def _range(start: int, duration: int, rate: float) -> Any:
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(start, rate), otio.opentime.RationalTime(duration, rate)
    )
