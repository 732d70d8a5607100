"""Opens a first-frame image and decodes it, so that no bad one is uploaded or paid for."""

from __future__ import annotations

from pathlib import Path

import av
import av.error

from newtake.adapters.packets import DEADLINE_SECONDS, ffmpeg_address
from newtake.domain.errors import SettingsError
from newtake.domain.first_frame import kind_of_image, problem_of_image

_DEMUXERS = {"PNG": "png_pipe", "JPEG": "jpeg_pipe", "WebP": "webp_pipe"}
_MAX_PIXELS = 16384 * 16384
"""More than the model reads: a picture that is a little too large is told so, a bomb not opened."""
_FIX = "Export it as PNG or JPEG, or leave --first-frame away."


def check_first_frame(image: Path) -> None:
    """Raise SettingsError for a file that is no picture that the model reads."""
    size_of_first_frame(image, str(image))


def size_of_first_frame(
    image: Path, called: str, *, most_pixels: int = _MAX_PIXELS
) -> tuple[int, int]:
    """Width and height of a picture that was decoded whole.

    Args:
        image: Its file, whose name tells nothing.
        called: What a person knows it as.
        most_pixels: Of a picture that is decoded at all.

    Raises:
        SettingsError: It is no picture that the model reads.
    """
    found = (0, 0)
    try:
        with image.open("rb") as file:
            kind = kind_of_image(file.read(12))
        size = image.stat().st_size
    except OSError as error:
        raise _refused(called, f"{error.strerror}.") from error
    problem = problem_of_image(size, kind, found)
    if problem is None and kind is not None:
        found = _decoded(image, kind, called, most_pixels)
        problem = problem_of_image(size, kind, found)
    if problem is not None:
        raise _refused(called, problem)
    return found


def _decoded(image: Path, kind: str, called: str, most_pixels: int) -> tuple[int, int]:
    """Width and height of the picture, which was decoded whole."""
    limits = {"protocol_whitelist": "file", "max_pixels": str(most_pixels)}
    try:
        with av.open(
            ffmpeg_address(image),
            mode="r",
            format=_DEMUXERS[kind],
            options=limits,
            timeout=DEADLINE_SECONDS,
        ) as container:
            stream = container.streams.video[0]
            # A picture that breaks off decodes to one with grey in it, unless this is said.
            stream.codec_context.options = {**limits, "err_detect": "explode"}
            frame = next(iter(container.decode(stream)), None)
    except (av.error.FFmpegError, OSError, ValueError, EOFError, IndexError) as error:
        text = f"It is damaged, too large to open, or not the {kind} that it begins like."
        raise _refused(called, text) from error
    if frame is None:
        raise _refused(called, "It holds no picture.")
    return frame.width, frame.height


def _refused(called: str, why: str) -> SettingsError:
    return SettingsError(f"{called} cannot be the first frame.", why=why, fix=_FIX)
