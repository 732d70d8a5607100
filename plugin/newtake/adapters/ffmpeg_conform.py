"""Command lines that code a result anew as a take, and that prove a rewrapped one.

A result is a download and not trusted: it is opened as a MOV or MP4 of a few codecs and sizes only.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ffmpeg

from newtake.adapters.ffmpeg_export import compiled
from newtake.adapters.ffmpeg_frames import remapped
from newtake.adapters.packets import ffmpeg_address
from newtake.domain.clip import ColourTags, MediaInfo
from newtake.domain.conform import ConformPlan, FrameMapping
from newtake.domain.timing import timecode

RESULT_CODECS = ("h264", "hevc", "prores", "av1", "libdav1d", "vp9")
_AUDIO_CODECS = ("aac", "mp3float", "mp3", "opus", "pcm_s16le", "pcm_s24le")
"""Named as well: looking at a file's streams opens the decoders of all of them."""

UNTRUSTED_INPUT: dict[str, Any] = {
    "f": "mov",
    "protocol_whitelist": "file",
    "codec_whitelist": ",".join(RESULT_CODECS + _AUDIO_CODECS),
    "max_pixels": 8192 * 4320,
    "err_detect": "explode",
    "xerror": None,
}

_SETPARAMS = {
    "primaries": "color_primaries",
    "transfer": "color_trc",
    "matrix": "colorspace",
    "range": "range",
}


def encode_command(
    program: str, result: MediaInfo, plan: ConformPlan, codec: str, *, to: Path
) -> list[str]:
    """Code the take anew: every frame by itself, exactly `plan.available.duration` frames."""
    stream = in_slots(result, plan)
    return coded(program, stream, plan, codec, deep=result.bit_depth > 8, to=to, **labels(plan))


def in_slots(result: MediaInfo, plan: ConformPlan) -> Any:
    """The result as a stream whose frame i is the take's frame i."""
    stream = ffmpeg.input(ffmpeg_address(result.path), **UNTRUSTED_INPUT)["V:0"]
    if plan.mapping is FrameMapping.TIME and not plan.frame_map:
        stream = stream.filter("setpts", "PTS-STARTPTS")
        stream = stream.filter("fps", fps=str(plan.grid_rate), round="near")
    frames = plan.frame_map or range(plan.available.duration)
    upright = result.rotation_degrees % 180 == 0
    shape = result.pixel_aspect if upright else 1 / result.pixel_aspect
    return remapped(stream, frames, plan.available.rate).filter("setsar", str(shape))


def coded(
    program: str,
    stream: Any,
    plan: ConformPlan,
    codec: str,
    *,
    deep: bool,
    to: Path,
    **written: str,
) -> list[str]:
    """Code a stream at the take's rate; `deep` where its pictures have more than 8 bits."""
    pixels, options = _encoder(codec, deep=deep)
    stream = stream.filter("format", pixels)
    tags = _setparams(plan.colour)
    if tags:
        # As a filter: ProRes frame headers stay "unknown" with the encoder's own colour options.
        stream = stream.filter("setparams", **tags)
    output = ffmpeg.output(
        stream,
        ffmpeg_address(to),
        format="mov",
        r=str(plan.available.rate),
        map_metadata=-1,
        map_chapters=-1,
        **options,
        **written,
    )
    return compiled(program, output)


def hash_command(program: str, media: Path, frames: int, *, to: Path) -> list[str]:
    """Write one line per decoded frame, with a checksum of its pixels."""
    stream = ffmpeg.input(ffmpeg_address(media), **UNTRUSTED_INPUT)["V:0"]
    output = ffmpeg.output(
        stream,
        ffmpeg_address(to),
        format="framehash",
        hash="murmur3",
        fps_mode="passthrough",
        **{"frames:v": frames},
    )
    return compiled(program, output)


def frame_hashes(listing: str) -> list[str]:
    """Size and checksum of each frame in ffmpeg's `framehash` listing, in order."""
    rows = (line for line in listing.splitlines() if line and not line.startswith("#"))
    return [",".join(part.strip() for part in row.split(",")[4:6]) for row in rows]


def labels(plan: ConformPlan) -> dict[str, str]:
    """Timecode, reel and how the take was made, as the plain tags that every reader of MOV knows.

    ffmpeg's `use_metadata_tags` could hold tags of any name. It writes them *instead of* the plain
    ones, and puts the XMP packet where none but ffmpeg looks for it (seen with 5.1.9 and 9.0.2).
    """
    label = timecode(plan.timecode_start, plan.available.rate, drop=plan.drop)
    written = {"timecode": label}
    if plan.disclosure is not None:
        # Two spellings of one option: ffmpeg-python gives an option one value.
        written["metadata"] = f"comment={plan.disclosure.comment}"
        written["metadata:g"] = f"xmp={plan.disclosure.xmp}"
    if plan.reel:
        written["metadata:s:v:0"] = f"reel_name={plan.reel}"
    return written


def _encoder(codec: str, *, deep: bool) -> tuple[str, dict[str, Any]]:
    """Pixel format and encoder options.

    Raises:
        ValueError: For a codec that the plan cannot name.
    """
    if codec == "h264":
        pixels = "yuv420p10le" if deep else "yuv420p"
        return pixels, {"vcodec": "libx264", "preset": "veryfast", "crf": 14, "g": 1, "bf": 0}
    if codec == "prores":
        return "yuv422p10le", {"vcodec": "prores_aw", "profile:v": 3, "vendor": "apl0"}
    if codec == "dnxhr":
        if deep:
            return "yuv422p10le", {"vcodec": "dnxhd", "profile:v": "dnxhr_hqx"}
        return "yuv422p", {"vcodec": "dnxhd", "profile:v": "dnxhr_hq"}
    raise ValueError(f"{codec!r} is no codec of a take")


def _setparams(colour: ColourTags) -> dict[str, str]:
    """The result's own tags; what it does not say stays unsaid."""
    values = {option: getattr(colour, field) for field, option in _SETPARAMS.items()}
    return {option: value for option, value in values.items() if value is not None}
