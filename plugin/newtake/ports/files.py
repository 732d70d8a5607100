"""Doors to what lies on this machine: timelines, media and the folder of takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

from newtake.domain.clip import Clip, MediaInfo
from newtake.domain.conform import ConformPlan
from newtake.domain.cube import Lut
from newtake.domain.files import (
    ExrFrames,
    NewTake,
    PlacedTake,
    PlateFile,
    Profile,
    Provenance,
    TakePicture,
)
from newtake.domain.plate import PlatePlan
from newtake.domain.sequence import ImageSequence
from newtake.ports.running import Progress

PICTURE_HEIGHT = 720


class Host(Protocol):
    """The application or file that holds the timeline."""

    async def clips(self) -> Sequence[Clip]:
        """Every clip, in reading order, those that cannot be restyled with their refusal.

        Raises:
            TimelineError: The timeline cannot be read or is not safe to read.
        """
        ...

    async def readers(self) -> Profile:
        """Which readers the timeline is written for: never "auto". Raises: TimelineError."""
        ...

    async def check_output(self, clip_keys: Sequence[str]) -> None:
        """See that takes of these clips could be added and kept; changes nothing.

        Asked before anything is paid for.

        Raises:
            TimelineError: The timeline cannot be read.
            OutputError: The output is no timeline, is not ours to write over, or holds takes in a
                way that does not go with the layout that is asked for.
            StorageError: The output or its folder of takes could not be written.
        """
        ...

    async def render(self, clip: Clip, *, to: Path, progress: Progress) -> tuple[str, ...]:
        """Have the editor render a clip that was listed to be rendered, exactly its record range.

        Args:
            clip: With `rendered`.
            to: The file to be; must not exist, and is there only when it is finished. The caller
                owns it afterwards, and checks that it is what was expected.
            progress: Is told percent.

        Returns:
            What a person should know of it, each a sentence without a full stop.
        Raises:
            HostError: There is no editor that renders, the clip is gone or changed, or it failed.
            HostAwayError: The editor is closed, or has another project or timeline open.
        """
        ...

    async def add_take(self, take: NewTake) -> PlacedTake:
        """Add a take to its clip and select it; a label that is there already adds nothing.

        Raises:
            HostAwayError: The editor is closed, or has another project or timeline open; the take
                can be offered again.
            NoPlaceError: The clip is gone or not as it was, and may be again.
            HostError: The clip is gone, or the timeline cannot be written.
        """
        ...

    async def show_at_work(self, clip_key: str, job_id: str, about: str) -> None:
        """Mark a clip as one that a take is being made for; a timeline file shows nothing.

        Never raises for an editor that is away or a clip that is gone.

        Args:
            clip_key: The clip's.
            job_id: Whose mark it is; a second one for the same job changes nothing.
            about: What a person should read at the mark.
        """
        ...

    async def show_at_rest(self, clip_key: str, job_id: str) -> None:
        """Take a job's mark away, wherever the clip is by now. Never raises as `show_at_work`."""
        ...


@dataclass(frozen=True, slots=True)
class ConformOutcome:
    frames_in_file: int
    frames_proved: int
    """Frames decoded from both files and found identical; 0 when re-encoded."""
    notes: tuple[str, ...] = ()
    method: str = ""
    """How it was made in the end, "rewrap" or the codec: a rewrap that cannot be proved is not kept
    and the result coded anew."""
    picture: TakePicture | None = None


class MediaTool(Protocol):
    """ffmpeg and the prober."""

    async def probe(self, path: Path, *, count_frames: bool = False) -> MediaInfo:
        """A file's facts. Raises: MediaError."""
        ...

    async def probe_sequence(self, sequence: ImageSequence) -> MediaInfo:
        """The facts of a sequence of images, its missing ones among them. Raises: MediaError."""
        ...

    async def verify(self, path: Path) -> MediaInfo:
        """A file's facts, with its frames counted by decoding every one of them.

        Raises:
            MediaError: It cannot be opened, holds no picture, or breaks off or is damaged.
        """
        ...

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
        """Cut the plate, labelled `rate`, never larger than `short_side` pixels on that side.

        Raises:
            MediaError: The source ends early, or the table is gone or not what was planned with.
        """
        ...

    async def conform(
        self, result: MediaInfo, plan: ConformPlan, *, to: Path, progress: Progress
    ) -> ConformOutcome:
        """Make the take; `to` must not exist."""
        ...

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
        """Put the EXR frames of a result into `folder`, numbered like the media's frames.

        Each frame of the take is the EXR frame of the number that the video's has (`plan`).

        Returns:
            The frames with what their headers say; None for a package without any EXR.
        Raises:
            ResultError: They are not safe, damaged, of another kind or size than this take's, or
                fewer than the clip needs. Nothing is left behind; the package stays.
        """
        ...

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
        """One picture: a frame of the source left, the take's right. `to` ends in .png or .jpg.

        It is `height` pixels high, or as high as the take where that is less.
        """
        ...


@dataclass(frozen=True, slots=True)
class TakeSlot:
    """Names that belong to one rendition, reserved once and found again after a crash."""

    number: int
    video: Path
    result: Path
    exr_package: Path
    exr_folder: Path
    sidecar: Path


class TakeStore(Protocol):
    """The folder of takes: numbers, files and sidecars. Nothing in it is ever overwritten."""

    def reserve(self, folder: Path, clip_name: str, label: str, least: int = 1) -> TakeSlot:
        """The slot of `label`; when it has none a new number, from `least` on.

        Raises:
            StorageError: There is none, or it cannot be taken.
        """
        ...

    def write_sidecar(
        self, slot: TakeSlot, provenance: Provenance, facts: Mapping[str, Any]
    ) -> None: ...

    def finished(self, path: Path) -> tuple[str, int] | None:
        """SHA-256 and size of a file that is there; None when it is not."""
        ...

    def set_aside(self, path: Path) -> Path | None:
        """Rename a file that is not what it should be, so that nothing that came is lost.

        Returns:
            Where it is now; None when there was none.
        Raises:
            StorageError: It cannot be renamed.
        """
        ...

    def workplace(self, beside: Path) -> AbstractContextManager[Path]:
        """A folder of one's own beside a file, gone at the end with what is left in it.

        Raises:
            StorageError: It cannot be made.
        """
        ...

    def place(self, file: Path, to: Path) -> None:
        """Give a finished file its name on the same disk, if nothing has it.

        Raises:
            StorageError: Something has it, and is left as it is; or it cannot be renamed.
        """
        ...

    def withdraw(self, path: Path) -> None:
        """Remove a conformed file that a crash left behind before its event was written."""
        ...
