"""Image sequences as media: what is there, and what one image says of all.

Rule 1: an image is opened by its own name, as the one kind its suffix says, and may open nothing
else.
Rule 2: the folder is listed once; which images are missing is known before anything is cut.
"""

from __future__ import annotations

import os
from dataclasses import replace
from fractions import Fraction

import anyio.to_thread
import av
import av.error
import av.video.frame

from newtake.adapters.colour import colour_tags
from newtake.adapters.exr_source import read_exr_source
from newtake.adapters.packets import DEADLINE_SECONDS, MAX_PIXELS, fault_text, ffmpeg_address
from newtake.domain.clip import ColourTags, MediaInfo
from newtake.domain.errors import OFFLINE_FIX, MediaError
from newtake.domain.sequence import (
    MOST_FRAMES,
    ImageSequence,
    frames_there,
    number_in,
    without_file,
)
from newtake.domain.timing import frame_of_timecode

CONTAINER = "image2"
DECODERS = {
    ".dpx": ("dpx_pipe", "dpx"),
    ".png": ("png_pipe", "png"),
    ".jpg": ("jpeg_pipe", "mjpeg"),
    ".jpeg": ("jpeg_pipe", "mjpeg"),
    ".tif": ("tiff_pipe", "tiff"),
    ".tiff": ("tiff_pipe", "tiff"),
}
"""Suffix -> ffmpeg's demuxer and decoder. EXR has a reader of its own."""
EXR_SUFFIX = ".exr"


async def probe_sequence(sequence: ImageSequence) -> MediaInfo:
    """The facts of a sequence: what its first image says, and which images are missing.

    Raises:
        MediaError: If there are no such images, or the first one cannot be read.
    """
    return await anyio.to_thread.run_sync(
        lambda: probe_sequence_now(sequence), abandon_on_cancel=True
    )


def probe_sequence_now(sequence: ImageSequence) -> MediaInfo:
    """`probe_sequence`, in this thread."""
    there = _numbers(sequence)
    frames = frames_there(there, sequence)
    if frames > MOST_FRAMES:
        raise MediaError(f"{sequence.pattern} is said to have {frames} frames.")
    known = replace(sequence, frames=frames)
    missing = without_file(there, known, 0, frames)
    if not there or len(missing) == len({known.number_at(each) for each in range(frames)}):
        raise MediaError(
            f"offline: {sequence.pattern}",
            why=f"There is no image from number {sequence.start} on.",
            fix=OFFLINE_FIX,
        )
    gone = frozenset(missing)
    first = next(each for each in known.numbers(0, frames) if each not in gone)
    info = _image(known, first)
    return replace(info, frames=frames, missing=tuple(missing), sequence=known)


def _numbers(sequence: ImageSequence) -> frozenset[int]:
    try:
        with os.scandir(sequence.folder) as entries:
            found = (number_in(entry.name, sequence) for entry in entries)
            return frozenset(each for each in found if each is not None)
    except OSError as error:
        raise MediaError(f"offline: {sequence.pattern}", why=str(error), fix=OFFLINE_FIX) from error


def _image(sequence: ImageSequence, number: int) -> MediaInfo:
    if sequence.suffix.lower() == EXR_SUFFIX:
        said = read_exr_source(sequence.file(number))
        return _info(
            sequence,
            codec="exr",
            size=said.size,
            pixel_aspect=said.pixel_aspect,
            pixel_format="rgb48le",
            bit_depth=16,
            # Associated, by the format's rule: without it the picture is what it is over black.
            has_alpha=said.has_alpha,
            colour=ColourTags("bt709", "iec61966-2-1", "gbr", "pc"),
            timecode=said.timecode,
        )
    frame, aspect = _decoded(sequence, number)
    colour = colour_tags(
        int(frame.color_primaries),
        int(frame.color_trc),
        int(frame.colorspace),
        int(frame.color_range),
        is_rgb=frame.format.is_rgb,
    )
    if colour.transfer == "linear":
        # Writers put it into DPX headers for want of anything better, ffmpeg among them.
        colour = replace(colour, transfer=None)
    return _info(
        sequence,
        codec=DECODERS[sequence.suffix.lower()][1],
        size=(frame.width, frame.height),
        pixel_aspect=aspect,
        pixel_format=frame.format.name,
        bit_depth=max(component.bits for component in frame.format.components),
        has_alpha=any(component.is_alpha for component in frame.format.components),
        colour=colour,
        timecode=frame.metadata.get("timecode") if hasattr(frame, "metadata") else None,
    )


def _decoded(sequence: ImageSequence, number: int) -> tuple[av.video.frame.VideoFrame, Fraction]:
    path = sequence.file(number)
    kind = DECODERS.get(sequence.suffix.lower())
    if kind is None:
        raise MediaError(f"{path} is an image of a kind that is not read here.")
    limits = {"protocol_whitelist": "file", "max_pixels": str(MAX_PIXELS)}
    try:
        with av.open(
            ffmpeg_address(path),
            mode="r",
            format=kind[0],
            options=limits,
            timeout=DEADLINE_SECONDS,
        ) as container:
            stream = container.streams.video[0]
            stream.codec_context.options = limits
            frame = next(iter(container.decode(stream)), None)
            aspect = stream.sample_aspect_ratio
    except (av.error.FFmpegError, OSError, ValueError, EOFError, IndexError) as error:
        raise MediaError(f"{path} cannot be read as an image.", why=fault_text(error)) from error
    if frame is None:
        raise MediaError(f"{path} holds no picture.")
    return frame, Fraction(aspect) if aspect and aspect > 0 else Fraction(1)


def _info(
    sequence: ImageSequence,
    *,
    codec: str,
    size: tuple[int, int],
    pixel_aspect: Fraction,
    pixel_format: str,
    bit_depth: int,
    has_alpha: bool,
    colour: ColourTags,
    timecode: str | None,
) -> MediaInfo:
    if size[0] * size[1] > MAX_PIXELS:
        raise MediaError(
            f"{sequence.pattern} has pictures of {size[0]} x {size[1]} pixels, more than is opened "
            "here."
        )
    return MediaInfo(
        path=sequence.pattern,
        container=CONTAINER,
        codec=codec,
        width=size[0],
        height=size[1],
        rate=sequence.rate,
        frames=0,
        frames_counted=True,
        video_start_seconds=Fraction(0),
        container_start_seconds=Fraction(0),
        pixel_format=pixel_format,
        bit_depth=bit_depth,
        pixel_aspect=pixel_aspect,
        rotation_degrees=0,
        interlaced=False,
        constant_rate=True,
        has_alpha=has_alpha,
        has_audio=False,
        colour=colour,
        timecode=_existing(timecode, sequence.rate),
        timecode_rate=sequence.rate if _existing(timecode, sequence.rate) else None,
    )


def _existing(label: str | None, rate: Fraction) -> str | None:
    """The label where it exists at this rate; headers hold empty ones and such of other rates."""
    if label is None or rate > 30:
        return None
    try:
        frame_of_timecode(label, rate)
    except ValueError:
        return None
    return label
