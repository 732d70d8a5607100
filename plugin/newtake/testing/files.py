"""Timelines, media and takes as facts, with files of a few bytes where there must be some."""

from __future__ import annotations

import hashlib
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from newtake.domain.clip import Clip, MediaInfo, TakeSummary
from newtake.domain.conform import ConformPlan
from newtake.domain.cube import Lut
from newtake.domain.errors import OFFLINE_FIX, HostError, MediaError, StorageError
from newtake.domain.files import (
    ExrFrames,
    FileStamp,
    NewTake,
    PlacedTake,
    PlateFile,
    Profile,
    Provenance,
)
from newtake.domain.plate import PlatePlan
from newtake.domain.sequence import ImageSequence
from newtake.ports import PICTURE_HEIGHT, ConformOutcome, Progress, TakeSlot


@dataclass
class FakeMediaTool:
    """Media as facts without pictures: a plate, a result and a take are small text files."""

    media: dict[Path, MediaInfo] = field(default_factory=dict)
    result: MediaInfo | None = None
    """What any file that is not in `media` is said to be."""
    sequences: dict[ImageSequence, MediaInfo] = field(default_factory=dict)
    verify_errors: list[Exception] = field(default_factory=list)
    """Raised one by one by the next looks at whole files."""
    unpack_error: Exception | None = None

    async def probe(self, path: Path, *, count_frames: bool = False) -> MediaInfo:
        if path in self.media:
            return self.media[path]
        if self.result is None or not path.exists():
            raise MediaError(f"{path} is offline.", fix=OFFLINE_FIX)
        return replace(self.result, path=path)

    async def probe_sequence(self, sequence: ImageSequence) -> MediaInfo:
        if sequence not in self.sequences:
            raise MediaError(f"{sequence.pattern} is offline.", fix=OFFLINE_FIX)
        return self.sequences[sequence]

    async def verify(self, path: Path) -> MediaInfo:
        if self.verify_errors:
            raise self.verify_errors.pop(0)
        return await self.probe(path, count_frames=True)

    async def export_plate(
        self,
        source: MediaInfo,
        plate: PlatePlan,
        *,
        rate: Fraction,
        short_side: int,
        to: Path,
        progress: Progress,
        lut: Lut | None = None,
    ) -> PlateFile:
        if lut is not None and (
            not lut.path.exists() or hashlib.sha256(lut.path.read_bytes()).hexdigest() != lut.sha256
        ):
            raise MediaError(f"{lut.path} is not what it was.")
        data = f"plate {source.path} {plate} {lut.sha256 if lut else ''}".encode()
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(data)
        progress(plate.length, plate.length)
        digest = hashlib.sha256(data).hexdigest()
        there = source.path.stat() if source.path.exists() else None
        stamp = FileStamp(there.st_size, there.st_mtime) if there is not None else None
        return PlateFile(to, digest, len(data), plate.length, stamp)

    async def conform(
        self, result: MediaInfo, plan: ConformPlan, *, to: Path, progress: Progress
    ) -> ConformOutcome:
        if to.exists():
            raise StorageError(f"{to} exists already.", why="Takes are never overwritten.")
        to.write_bytes(result.path.read_bytes())
        frames = plan.available.duration
        if plan.rewrap:
            return ConformOutcome(frames, frames, method="rewrap")
        return ConformOutcome(frames, 0, method=plan.codec)

    async def unpack_exr(
        self,
        package: Path,
        plate: PlatePlan,
        plan: ConformPlan,
        result: MediaInfo,
        *,
        folder: Path,
        prefix: str,
    ) -> ExrFrames | None:
        if self.unpack_error is not None:
            raise self.unpack_error
        if package.suffix == ".zip" and b".exr" not in package.read_bytes():
            return None
        frames = ExrFrames(
            folder, prefix, 6, plan.available.start, plan.available.duration, plan.available.rate
        )
        folder.mkdir(parents=True, exist_ok=True)
        for file in frames.files:
            file.write_text(f"{file.name} of {package}")
        return frames

    async def side_by_side(
        self,
        source: MediaInfo,
        source_index: int,
        take: Path,
        take_index: int,
        *,
        to: Path,
        height: int = PICTURE_HEIGHT,
    ) -> None:
        to.write_text(f"{source.path}:{source_index} | {take}:{take_index}")


@dataclass
class FakeHost:
    """A timeline in memory. `error` is raised once by the next relink."""

    listed: list[Clip] = field(default_factory=list)
    labels: dict[str, PlacedTake] = field(default_factory=dict)
    error: Exception | None = None
    timeline: Path = Path("timeline")
    profile: Profile = Profile.GENERIC
    shown: list[tuple[str, str, str | None]] = field(default_factory=list)
    """Clip, job and what the mark says, in order; None where it was taken away."""
    rendering: Path | None = None
    """The file that every render gives; None for an editor that does not render."""

    async def clips(self) -> Sequence[Clip]:
        return list(self.listed)

    async def readers(self) -> Profile:
        return self.profile

    async def check_output(self, clip_keys: Sequence[str]) -> None:
        known = {clip.key for clip in self.listed}
        for key in clip_keys:
            if key not in known:
                raise HostError(f"The clip {key!r} is gone from the timeline.")

    async def render(self, clip: Clip, *, to: Path, progress: Progress) -> tuple[str, ...]:
        """Copies `rendering`; an editor without one cannot render."""
        if self.rendering is None:
            raise HostError(f"The clip {clip.name} cannot be rendered.")
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.rendering, to)
        progress(100, 100)
        return ()

    async def add_take(self, take: NewTake) -> PlacedTake:
        if self.error is not None:
            error, self.error = self.error, None
            raise error
        if take.label in self.labels:
            return replace(self.labels[take.label], added=False)
        for place, clip in enumerate(self.listed):
            if clip.key == take.clip_key:
                taken = {each.number for each in clip.takes}
                number = take.file.number
                while number in taken:
                    number += 1
                key = f"take_{number:03}"
                others = tuple(replace(each, selected=False) for each in clip.takes)
                name = take.numbered(number).name
                summary = TakeSummary(number, key, name, str(take.file.path), selected=True)
                self.listed[place] = replace(clip, takes=(*others, summary))
                placed = PlacedTake(key, number, self.timeline, added=True)
                self.labels[take.label] = placed
                return placed
        raise HostError(f"The clip {take.clip_key!r} is gone from the timeline.")

    async def show_at_work(self, clip_key: str, job_id: str, about: str) -> None:
        self.shown.append((clip_key, job_id, about))

    async def show_at_rest(self, clip_key: str, job_id: str) -> None:
        self.shown.append((clip_key, job_id, None))


@dataclass
class MemoryTakes:
    """Slots without files of its own; sidecars are kept as dictionaries."""

    slots: dict[str, TakeSlot] = field(default_factory=dict)
    sidecars: dict[Path, dict[str, Any]] = field(default_factory=dict)

    def reserve(self, folder: Path, clip_name: str, label: str, least: int = 1) -> TakeSlot:
        if label not in self.slots:
            number = max((each.number for each in self.slots.values()), default=least - 1) + 1
            number = max(number, least)
            stem = folder / f"{clip_name}_take_{number:03}"
            self.slots[label] = TakeSlot(
                number,
                stem.with_suffix(".mov"),
                stem.with_suffix(".result.mp4"),
                stem.with_suffix(".result.exr"),
                stem,
                stem.with_suffix(".json"),
            )
        return self.slots[label]

    def write_sidecar(
        self, slot: TakeSlot, provenance: Provenance, facts: Mapping[str, Any]
    ) -> None:
        self.sidecars[slot.sidecar] = {"job_id": provenance.job_id, **facts}

    def finished(self, path: Path) -> tuple[str, int] | None:
        if not path.exists():
            return None
        data = path.read_bytes()
        return hashlib.sha256(data).hexdigest(), len(data)

    @contextmanager
    def workplace(self, beside: Path) -> Iterator[Path]:
        folder = beside.with_name(f".{beside.name}.{secrets.token_hex(4)}.part")
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder)

    def place(self, file: Path, to: Path) -> None:
        if to.exists():
            raise StorageError(f"{to} is there already, and is left as it is.")
        file.rename(to)

    def set_aside(self, path: Path) -> Path | None:
        if not path.exists():
            return None
        return path.rename(path.with_name(f"{path.name}.damaged"))

    def withdraw(self, path: Path) -> None:
        path.unlink(missing_ok=True)
