"""What a render of one item will be: format and codec, settings, and the picture that is expected.

Sources: a codec is named by its id and a format by its extension (measured); marks of a render are
absolute and the out mark is the last frame (measured; AYON, HushCut); a label as `VideoQuality`
makes all of the settings fail for H.264 (measured, 21.0), so that key is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from newtake.domain.clip import ColourTags, MediaInfo
from newtake.domain.timing import timecode
from newtake.hosts.resolve.facts import ItemFacts, TimelineFacts

FORMATS = ("mov", "mp4")
PRESETS = ("ProRes 422 HQ", "ProRes Master", "H.264 Master", "H.265 Master")
"""Presets of Resolve's that have a picture: one of them is loaded first where it is there, since a
preset of sound alone gives a file without a picture whatever is set on top (measured)."""


@dataclass(frozen=True, slots=True)
class RenderCodec:
    """A codec of the Deliver page, and what ffmpeg calls it."""

    format: str
    """The file's extension, as Resolve wants formats named."""
    id: str
    label: str
    codec: str
    pixel_format: str
    depth: int


_KNOWN = (
    ("prores422hq", "mov", "prores", "yuv422p10le", 10),
    ("prores422", "mov", "prores", "yuv422p10le", 10),
    ("dnxhrhqx", "mov", "dnxhd", "yuv422p10le", 10),
    ("dnxhrhq", "mov", "dnxhd", "yuv422p", 8),
    ("h264", "mov", "h264", "yuv420p", 8),
    ("h264", "mp4", "h264", "yuv420p", 8),
)
"""The best first. Which there are depends on system and edition."""


def choose_codec(offered: Mapping[str, Mapping[str, Any]]) -> RenderCodec | None:
    """The best codec that this Resolve has; None where it has none of those that are known.

    Args:
        offered: For each format's extension, `GetRenderCodecs`: descriptions and ids.
    """
    for begins, extension, codec, pixels, depth in _KNOWN:
        for label, name in sorted(
            offered.get(extension, {}).items(), key=lambda pair: str(pair[1])
        ):
            plain = str(name).lower().replace("_", "").replace(".", "")
            if plain.startswith(begins):
                return RenderCodec(extension, str(name), str(label), codec, pixels, depth)
    return None


def expected_picture(item: ItemFacts, timeline: TimelineFacts, codec: RenderCodec) -> MediaInfo:
    """The file that a render of the item's own record range will be, as far as it is known before.

    `path` names the item and no file: a render is made for each job anew.
    """
    document, start = timeline.document, Fraction(0)
    name = f"{item.track_label} {item.name or 'clip'} {item.start}.{codec.format}"
    return MediaInfo(
        path=Path("resolve", document.project_name, document.timeline_name, name.replace("/", "_")),
        container=codec.format,
        codec=codec.codec,
        width=timeline.size[0],
        height=timeline.size[1],
        rate=timeline.rate,
        frames=item.duration,
        frames_counted=True,
        video_start_seconds=start,
        container_start_seconds=start,
        pixel_format=codec.pixel_format,
        bit_depth=codec.depth,
        pixel_aspect=Fraction(1),
        rotation_degrees=0,
        interlaced=False,
        constant_rate=True,
        has_alpha=False,
        has_audio=False,
        colour=ColourTags(),
        timecode=timecode(item.start + timeline.shift, timeline.rate, drop=timeline.drop),
        timecode_rate=timeline.rate,
    )


def render_settings(
    item: ItemFacts, size: tuple[int, int], folder: Path, name: str
) -> dict[str, Any]:
    """The settings that are put on top of what the Deliver page has; it has no getter.

    Args:
        item: What is rendered, its own record range exactly.
        size: Of the picture, in pixels.
        folder: Where the file goes; it is there and empty.
        name: Of the file, without its extension; Resolve may add to it.
    """
    return {
        "SelectAllFrames": False,
        "MarkIn": item.start,
        "MarkOut": item.end - 1,
        "TargetDir": str(folder),
        "CustomName": name,
        "ExportVideo": True,
        "ExportAudio": False,
        "FormatWidth": size[0],
        "FormatHeight": size[1],
    }


def file_of_job(jobs: Sequence[Any], job: str, folder: Path, there: Sequence[Path]) -> Path | None:
    """The file that a job wrote; None where that is not clear.

    Args:
        jobs: `GetRenderJobList`, asked while the job was in it.
        job: Its id.
        folder: Where it wrote.
        there: The files that are in it now.
    """
    for each in jobs:
        if isinstance(each, Mapping) and each.get("JobId") == job and each.get("OutputFilename"):
            named = folder / str(each["OutputFilename"])
            if named in there:
                return named
    return there[0] if len(there) == 1 else None
