"""The public clip that the vendor's own examples use: drawn with ffmpeg when first asked for."""

from __future__ import annotations

from pathlib import Path

import anyio
import ffmpeg

from newtake.sandbox.render import run_quietly

SAMPLE_REPOSITORY = "ox/Oxen-AI-Assets"
SAMPLE_PATH = "main/images/winter_summer_ox.mp4"


class SampleClip:
    """Five seconds of a slow zoom into a fractal, 960x540, 24 fps; kept in the folder."""

    def __init__(self, folder: Path, executable: str) -> None:
        self._path = folder / "sample.mp4"
        self._executable = executable
        self._lock = anyio.Lock()

    async def path(self) -> Path:
        """The file, drawn first where it is not there yet."""
        async with self._lock:
            if not self._path.exists():
                partial = self._path.with_suffix(".part.mp4")
                await run_quietly(sample_command(partial, self._executable))
                partial.replace(self._path)
        return self._path


def sample_command(target: Path, executable: str) -> list[str]:
    """The command line that draws the clip."""
    picture = ffmpeg.input(
        "mandelbrot=size=960x540:rate=24:end_scale=0.08:end_pts=200:maxiter=600:inner=mincol",
        f="lavfi",
        t=5,
    )
    picture = picture["v:0"].filter("scale", out_color_matrix="bt709", out_range="tv")
    drawn = ffmpeg.output(
        picture.filter("format", "yuv420p").filter("trim", end_frame=120),
        f"file:{target}",
        f="mp4",
        vcodec="libx264",
        preset="veryfast",
        crf=20,
        r=24,
        colorspace="bt709",
        color_primaries="bt709",
        color_trc="bt709",
        movflags="+faststart",
    ).global_args("-nostdin", "-v", "error")
    command: list[str] = ffmpeg.compile(drawn, cmd=executable, overwrite_output=True)
    return command
