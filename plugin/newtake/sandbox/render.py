"""Rendering of one result: plan its command line, then run ffmpeg and see that it did it.

The plan is pure; ffmpeg-python writes the command line, a child process runs it. The source is
somebody's upload and is opened with a short list of containers and protocols.
"""

from __future__ import annotations

import subprocess
from contextlib import ExitStack
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import ffmpeg

from newtake.children import beginning, child
from newtake.sandbox.looks import Look, draw
from newtake.sandbox.probe import SourceFacts, count_frames

NATIVE_RATE = 24
"""Frames per second of every result; the model's own grid."""

_CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts"
_MAX_PIXELS = 8192 * 4320
_WALL_LIMIT_SECONDS = 1800
_COLOUR_709 = {
    "color_primaries": "bt709",
    "color_trc": "bt709",
    "colorspace": "bt709",
    "range": "tv",
}
_X265_HDR10 = (
    "log-level=error:hdr10=1:repeat-headers=1:colorprim=bt2020:transfer=smpte2084:"
    "colormatrix=bt2020nc:master-display=G(13250,34500)B(7500,3000)R(34000,16000)"
    "WP(15635,16450)L(10000000,1):max-cll=1000,400"
)
_LINEAR_709_TO_AP0 = (
    (0.439633, 0.382989, 0.177378),
    (0.089776, 0.813439, 0.096784),
    (0.017541, 0.111547, 0.870913),
)
"""Linear BT.709 to ACES2065-1 with Bradford adaptation (the matrix ACES publishes for it)."""


class RenderError(Exception):
    """The source could not be rendered; the message is fit for `error_message`."""


@dataclass(frozen=True, slots=True)
class RenderPlan:
    """Everything one result needs.

    Attributes:
        source: The fetched input.
        facts: What it is.
        target: The MP4 to write.
        exr_folder: Where to write half-float EXR frames, numbered from 1; None: none.
        stamp: The PNG laid into the bottom right corner.
        short_side: Pixels of the shorter side.
        frames: Frames to write.
        label_rate: Frames per second the result is labelled with; frames stay the same.
        look: None copies the frames as they are.
        hdr: 10-bit HEVC, PQ, BT.2020, in place of 8-bit H.264, BT.709.
    """

    source: Path
    facts: SourceFacts
    target: Path
    stamp: Path
    short_side: int
    frames: int
    label_rate: int = NATIVE_RATE
    look: Look | None = None
    hdr: bool = False
    exr_folder: Path | None = None
    size: tuple[int, int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", even_size(self.facts.display_aspect, self.short_side))


def even_size(aspect: Fraction, short_side: int) -> tuple[int, int]:
    """Width and height, both even, of a picture with this aspect and shorter side."""
    if aspect >= 1:
        return 2 * round(short_side * aspect / 2), short_side
    return short_side, 2 * round(short_side / aspect / 2)


def render_command(plan: RenderPlan, executable: str) -> list[str]:
    """The one ffmpeg command line that writes the whole result."""
    picture = _on_native_grid(plan)
    picture = _stamped(plan, picture)
    video_input, frames_input = picture, None
    if plan.exr_folder is not None:
        both = picture.filter_multi_output("split", 2)
        video_input, frames_input = both[0], both[1]
    outputs = [_hdr_output(plan, video_input) if plan.hdr else _sdr_output(plan, video_input)]
    if frames_input is not None:
        outputs.append(_exr_output(plan, frames_input))
    merged = outputs[0] if len(outputs) == 1 else ffmpeg.merge_outputs(*outputs)
    guarded = merged.global_args("-nostdin", "-v", "error", "-xerror")
    command: list[str] = ffmpeg.compile(guarded, cmd=executable, overwrite_output=True)
    return command


async def render(plan: RenderPlan, executable: str) -> None:
    """Write the result; a cancelled render leaves no process behind.

    Raises:
        RenderError: ffmpeg failed, or wrote another number of frames than planned.
    """
    if plan.exr_folder is not None:
        plan.exr_folder.mkdir(parents=True, exist_ok=True)
    with anyio.move_on_after(_WALL_LIMIT_SECONDS) as limit:
        await run_quietly(render_command(plan, executable))
    if limit.cancelled_caught:
        raise RenderError("generation_failed: the render took too long")
    written = await anyio.to_thread.run_sync(count_frames, plan.target)
    if written != plan.frames:
        raise RenderError(f"generation_failed: {written} of {plan.frames} frames were written")


async def run_quietly(command: list[str]) -> None:
    """Run a command to its end; on cancellation the process is killed.

    Raises:
        RenderError: It ended with another status than 0; carries the end of what it said.
    """
    said = bytearray()
    with ExitStack() as known:
        with beginning():
            process = await anyio.open_process(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
            known.enter_context(child(process.pid))
        async with process:
            assert process.stderr is not None
            async for block in process.stderr:
                said += block
                del said[:-4000]
            status = await process.wait()
    if status != 0:
        told = said.decode(errors="replace").strip().splitlines()
        reason = told[-1] if told else f"status {status}"
        raise RenderError(f"corrupt_input: the source could not be rendered: {reason[-300:]}")


def hardened_input(path: Path) -> Any:
    """An ffmpeg-python input for a file that came from outside."""
    return ffmpeg.input(
        f"file:{path}",
        protocol_whitelist="file",
        format_whitelist=_CONTAINERS,
        max_pixels=_MAX_PIXELS,
    )


def _on_native_grid(plan: RenderPlan) -> Any:
    """The source's pictures on the 24 fps grid, sized, restyled: exactly `frames` of them."""
    width, height = plan.size
    picture = hardened_input(plan.source)[f"{plan.facts.stream_index}"]
    if plan.facts.rate != NATIVE_RATE:
        picture = picture.filter("setpts", "PTS-STARTPTS").filter(
            "fps", fps=NATIVE_RATE, round="near"
        )
    # A 24 fps source is taken by index, so jitter of its timestamps moves no frame.
    picture = picture.filter("settb", f"1/{NATIVE_RATE}").filter("setpts", "N")
    picture = picture.filter("trim", end_frame=plan.frames)
    matrix = plan.facts.matrix or "bt709"
    picture = picture.filter(
        "scale",
        width,
        height,
        flags="bicubic+accurate_rnd+full_chroma_int",
        in_color_matrix=matrix,
        out_color_matrix="bt709",
        out_range="tv",
    )
    picture = picture.filter("setsar", "1").filter("format", "yuv420p")
    picture = picture.filter("setparams", **_COLOUR_709)
    if plan.look is not None or plan.hdr:
        picture = picture.filter("scale", in_color_matrix="bt709", in_range="tv")
        picture = picture.filter("format", "gbrp")
    if plan.look is not None:
        picture = draw(picture, plan.look)
    picture = picture.filter("tpad", stop=-1, stop_mode="clone")
    picture = picture.filter("trim", end_frame=plan.frames)
    return picture.filter("settb", f"1/{plan.label_rate}").filter("setpts", "N")


def _stamped(plan: RenderPlan, picture: Any) -> Any:
    mark = ffmpeg.input(
        f"file:{plan.stamp}", protocol_whitelist="file", format_whitelist="png_pipe"
    )
    planar_rgb = plan.look is not None or plan.hdr
    return ffmpeg.overlay(
        picture,
        mark["v:0"],
        x="main_w-overlay_w-8",
        y="main_h-overlay_h-8",
        format="gbrp" if planar_rgb else "yuv420",
    )


def _sdr_output(plan: RenderPlan, picture: Any) -> Any:
    if plan.look is not None:
        picture = picture.filter("scale", out_color_matrix="bt709", out_range="tv")
    picture = picture.filter("format", "yuv420p").filter("setparams", **_COLOUR_709)
    return ffmpeg.output(
        picture,
        f"file:{plan.target}",
        f="mp4",
        vcodec="libx264",
        # A third of the time that "veryfast" takes, decoded in half of it, and twice as large. With
        # B-frames, so that whoever reads results meets pictures that are not stored in order.
        preset="ultrafast",
        bf=3,
        crf=17,
        pix_fmt="yuv420p",
        color_primaries="bt709",
        color_trc="bt709",
        colorspace="bt709",
        color_range="tv",
        **_container(plan),
    )


def _hdr_output(plan: RenderPlan, picture: Any) -> Any:
    picture = _linear(picture).filter(
        "zscale", p="bt2020", t="smpte2084", m="bt2020nc", r="tv", npl=203
    )
    return ffmpeg.output(
        picture.filter("format", "yuv420p10le"),
        f"file:{plan.target}",
        f="mp4",
        vcodec="libx265",
        preset="ultrafast",
        crf=16,
        pix_fmt="yuv420p10le",
        color_primaries="bt2020",
        color_trc="smpte2084",
        colorspace="bt2020nc",
        color_range="tv",
        **{"tag:v": "hvc1", "x265-params": _X265_HDR10},
        **_container(plan),
    )


def _exr_output(plan: RenderPlan, picture: Any) -> Any:
    row = {
        f"{into}{out_of}": value
        for into, values in zip("rgb", _LINEAR_709_TO_AP0, strict=True)
        for out_of, value in zip("rgb", values, strict=True)
    }
    picture = _linear(picture).filter("colorchannelmixer", **row).filter("format", "gbrpf32le")
    return ffmpeg.output(
        picture,
        f"file:{plan.exr_folder}/frame_%05d.exr",
        f="image2",
        vcodec="exr",
        compression="zip16",
        **{"format:v": "half"},
        start_number=1,
        r=plan.label_rate,
    )


def _linear(picture: Any) -> Any:
    return picture.filter(
        "zscale",
        min="gbr",
        rin="pc",
        tin="bt709",
        pin="bt709",
        m="gbr",
        t="linear",
        p="bt709",
        npl=203,
    ).filter("format", "gbrpf32le")


def _container(plan: RenderPlan) -> dict[str, Any]:
    return {
        "r": plan.label_rate,
        "movflags": "+faststart",
        "map_metadata": -1,
        "metadata": "comment=NEW TAKE SANDBOX",
        "threads": 0,
    }
