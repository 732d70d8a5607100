"""Every kind of media that the matrix cuts from, each written with numbered frames.

A kind is a line of `KINDS`: how ffmpeg writes it. Kinds that need more than one command are
functions in `MADE`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av

from numbered_media import DNXHR, H264, HEVC, PRORES, make_numbered, numbers_in, run

X264 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p")
X265 = ("-c:v", "libx265", "-preset", "ultrafast", "-crf", "22", "-tag:v", "hvc1")
MPEG2 = ("-c:v", "mpeg2video", "-b:v", "12M", "-pix_fmt", "yuv422p", "-g", "12", "-bf", "2")
FIELDS = ("-flags", "+ilme+ildct", "-alternate_scan", "1")
TALL_422 = ("-pix_fmt", "yuv422p10le")


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of media is written."""

    suffix: str
    coding: tuple[str, ...] = H264
    options: tuple[str, ...] = ()
    filters: str = ""
    size: tuple[int, int] = (320, 180)
    inputs: tuple[str, ...] = ()
    kept: tuple[str, Callable[[int], bool]] | None = None
    """Which pictures are written, of a variable rate, in ffmpeg's words and in Python's; None
    writes all."""
    upright: bool = True
    """Whether a plain decoder shows the numbers as they were drawn."""


@dataclass(frozen=True, slots=True)
class Source:
    """Media that was written."""

    path: Path
    """The file; of a sequence of images the pattern of their names."""
    rate: Fraction
    """That a timeline counts it at."""
    showing: list[int] = field(repr=False)
    """The number that each frame of the media shows, counted at `rate`."""
    pictures: list[int] = field(repr=False)
    """The number on each picture of the file, in order."""
    start: int = 0
    """The number of the first frame in the media's time base."""
    is_sequence: bool = False
    upright: bool = True


def _x265(*parameters: str) -> tuple[str, ...]:
    joined = ":".join(("log-level=error", *parameters))
    return (*X265, "-pix_fmt", "yuv420p10le", "-x265-params", joined)


KINDS: dict[str, Kind] = {
    "h264, groups of 250, 3 B-frames": Kind(
        "mp4", (*X264, "-bf", "3", "-g", "250", "-x264-params", "scenecut=0")
    ),
    "h264, closed groups of 24": Kind("mov", (*X264, "-g", "24", "-bf", "2")),
    "h264, open groups of 24": Kind(
        "mp4", (*X264, "-g", "24", "-bf", "3", "-x264-params", "open-gop=1:scenecut=0")
    ),
    "h264, 10 bit 4:2:2, intra": Kind(
        "mov", (*X264[:6], *TALL_422, "-g", "1", "-preset", "ultrafast")
    ),
    "hevc, closed groups of 48": Kind("mp4", HEVC),
    "hevc, open groups of 24": Kind(
        "mp4", _x265("bframes=4", "keyint=24", "min-keyint=24", "open-gop=1", "scenecut=0")
    ),
    "h264 in fragments, no edit list": Kind(
        "mp4",
        (*X264, "-g", "48", "-bf", "3"),
        ("-movflags", "frag_keyframe+empty_moov+default_base_moof", "-use_editlist", "0"),
    ),
    "h264 in Matroska": Kind("mkv", (*X264, "-g", "120", "-bf", "3")),
    "hevc in Matroska": Kind("mkv", HEVC),
    "h264 in MPEG-TS, groups of 250": Kind("ts", (*X264, "-g", "250", "-bf", "3")),
    "h264 in MPEG-TS, open groups": Kind(
        "ts", (*X264, "-g", "25", "-bf", "3", "-x264-params", "open-gop=1")
    ),
    "hevc in MPEG-TS": Kind("ts", HEVC),
    "mpeg-2 in MPEG-TS": Kind("ts", MPEG2),
    "mpeg-2 program stream": Kind("mpg", (*MPEG2[:-6], "-pix_fmt", "yuv420p", "-g", "15")),
    "mpeg-2 4:2:2 interlaced, MXF OP1a": Kind(
        "mxf", (*MPEG2, *FIELDS), filters=",setfield=tff", size=(640, 360)
    ),
    "mpeg-2 4:2:2, MXF OP1a": Kind("mxf", MPEG2),
    "dnxhr sq, MXF OP1a": Kind("mxf", DNXHR),
    "h264 intra 10 bit, MXF OP1a": Kind(
        "mxf", (*X264[:6], *TALL_422, "-g", "1", "-preset", "ultrafast")
    ),
    "dnxhr sq": Kind("mov", DNXHR),
    "dnxhr hqx, 10 bit": Kind(
        "mov", ("-c:v", "dnxhd", "-profile:v", "dnxhr_hqx", "-pix_fmt", "yuv422p10le")
    ),
    "prores 422": Kind("mov", PRORES),
    "prores 4444 with alpha": Kind(
        "mov",
        ("-c:v", "prores_ks", "-profile:v", "4444", "-pix_fmt", "yuva444p10le"),
    ),
    "motion jpeg, AVI": Kind("avi", ("-c:v", "mjpeg", "-q:v", "3", "-pix_fmt", "yuvj422p")),
    "vp9, WebM": Kind(
        "webm",
        ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "2M"),
    ),
    "h264 interlaced": Kind(
        "mov",
        (*X264, "-flags", "+ilme+ildct", "-x264-params", "tff=1"),
        filters=",setfield=tff",
        size=(640, 360),
    ),
    "picture 0.52 s after the sound": Kind(
        "mp4",
        H264,
        (
            *("-vf", "setpts=PTS+0.52/TB", "-fps_mode", "passthrough"),
            *("-map", "1:a", "-c:a", "aac", "-shortest"),
        ),
        inputs=("-f", "lavfi", "-t", "30", "-i", "sine"),
    ),
    "picture after the sound, Matroska": Kind(
        "mkv",
        H264,
        (
            *("-vf", "setpts=PTS+0.52/TB", "-fps_mode", "passthrough"),
            *("-map", "1:a", "-c:a", "aac", "-shortest"),
        ),
        inputs=("-f", "lavfi", "-t", "30", "-i", "sine"),
    ),
    "anamorphic 4:3 pixels": Kind("mov", H264, filters=",setsar=4/3"),
    "odd size": Kind(
        "mov",
        ("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-pix_fmt", "yuv444p"),
        filters=",crop=401:201:0:0:exact=1",
        size=(402, 202),
    ),
    "portrait": Kind("mp4", H264, size=(240, 426)),
    "variable rate, one of four missing": Kind(
        "mp4", X264, ("-fps_mode", "vfr"), kept=("3-mod(n,4)", lambda n: n % 4 != 3)
    ),
    "variable rate, Matroska": Kind(
        "mkv",
        X264,
        ("-fps_mode", "vfr"),
        kept=("1-between(mod(n,5),1,2)", lambda n: n % 5 not in (1, 2)),
    ),
    "variable rate, still for five seconds": Kind(
        "mov",
        X264,
        ("-fps_mode", "vfr"),
        kept=("1-between(n,101,229)", lambda n: not 100 < n < 230),
    ),
    "png images": Kind("png", ("-c:v", "png", "-pix_fmt", "rgb24")),
    "png images with alpha": Kind("png", ("-c:v", "png", "-pix_fmt", "rgba")),
    "dpx images, 10 bit": Kind("dpx", ("-c:v", "dpx", "-pix_fmt", "gbrp10be")),
    "exr images, 32 bit": Kind("exr", ("-c:v", "exr", "-pix_fmt", "gbrpf32le")),
    "tiff images, 16 bit": Kind("tif", ("-c:v", "tiff", "-pix_fmt", "rgb48le")),
    "jpeg images": Kind("jpg", ("-c:v", "mjpeg", "-q:v", "2", "-pix_fmt", "yuvj444p")),
    "8K, hevc": Kind("mp4", _x265("keyint=4"), size=(7680, 4320)),
}
"""Name -> how it is written."""


IMAGES = ("png", "dpx", "exr", "tif", "jpg")
FIRST_IMAGE = 1001


def _edit_list(ffmpeg: str, path: Path, rate: Fraction, frames: int) -> list[int]:
    """Cut without coding anew: what comes before lies hidden behind an edit list."""
    whole = path.with_name(f"whole_{path.name}")
    coding = (*X264, "-g", "250", "-bf", "2")
    make_numbered(ffmpeg, whole, rate=rate, frames=frames + 50, size=(320, 180), coding=coding)
    start = f"{float(Fraction(50) / rate):.6f}"
    run([ffmpeg, "-v", "error", "-y", "-ss", start, "-i", str(whole), "-c", "copy", str(path)])
    return list(range(50, 50 + frames))


def _rotated(ffmpeg: str, path: Path, rate: Fraction, frames: int) -> list[int]:
    """Coded on its side, with a display matrix that turns it upright."""
    flat = path.with_name(f"flat_{path.name}")
    make_numbered(
        ffmpeg, flat, rate=rate, frames=frames, size=(320, 180), filters=",transpose=clock"
    )
    with av.open(str(flat)) as source, av.open(str(path), "w") as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        stream.set_display_rotation(90)
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                out.mux(packet)
    return list(range(frames))


def _cut_into(ffmpeg: str, path: Path, rate: Fraction, frames: int) -> list[int]:
    """A recording that begins in the middle of a group: its first pictures cannot be decoded."""
    whole = path.with_name(f"whole_{path.name}")
    coding = (*X264, "-g", "25", "-bf", "3", "-x264-params", "open-gop=1:scenecut=0")
    make_numbered(ffmpeg, whole, rate=rate, frames=frames + 25, size=(320, 180), coding=coding)
    data = whole.read_bytes()
    path.write_bytes(data[len(data) // 40 // 188 * 188 :])
    with av.open(str(path)) as container:
        return numbers_in(path)[: sum(1 for _ in container.decode(video=0))]


Made = Callable[[str, Path, Fraction, int], list[int]]
MADE: dict[str, tuple[str, Made, bool]] = {
    "h264 behind an edit list": ("mov", _edit_list, True),
    "rotated by 90 degrees": ("mp4", _rotated, False),
    "MPEG-TS that begins inside a group": ("ts", _cut_into, True),
}
"""Name -> suffix, what writes it and says which numbers show, and whether they are upright."""


def write_source(
    ffmpeg: str,
    kind: str,
    folder: Path,
    *,
    rate: Fraction,
    frames: int,
    timecode: str | None = None,
) -> Source:
    """Write one source with the numbers 0 .. `frames` - 1."""
    name = "".join(each if each.isalnum() else "_" for each in kind)
    if kind in MADE:
        suffix, make, upright = MADE[kind]
        path = folder / f"{name}.{suffix}"
        numbers = make(ffmpeg, path, rate, frames)
        return Source(path, rate, numbers, numbers, upright=upright)
    how = KINDS[kind]
    options = how.options
    if timecode and how.suffix in ("mov", "mp4", "mxf"):
        options = (*options, "-timecode", timecode)
    path = folder / f"{name}.{how.suffix}"
    if how.suffix in IMAGES:
        (folder / name).mkdir()
        path = folder / name / f"{name}.%04d.{how.suffix}"
        options = (*options, "-start_number", str(FIRST_IMAGE))
    written = list(range(frames))
    if how.kept is not None:
        words, is_kept = how.kept
        written = [n for n in written if is_kept(n)]
        options = ("-vf", f"select='{words}'", *options)
    make_numbered(
        ffmpeg,
        path,
        rate=rate,
        frames=len(written),
        coding=how.coding,
        size=how.size,
        filters=how.filters,
        options=options,
        inputs=how.inputs,
    )
    showing = [max(n for n in written if n <= at) for at in range(written[-1] + 1)]
    is_sequence = how.suffix in IMAGES
    start = FIRST_IMAGE if is_sequence else 0
    return Source(path, rate, showing, written, start, is_sequence, how.upright)
