"""What works on this machine's media, as the settings say: ffmpeg, tables, images, proxies."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from newtake.domain.clip import MediaInfo
from newtake.domain.cube import Lut
from newtake.domain.sequence import ImageSequence
from newtake.ports import MediaTool, PartTool, ProxyMaker
from newtake.settings import Settings

if TYPE_CHECKING:
    from newtake.adapters.toolchain import Toolchain


def toolchain(settings: Settings) -> Toolchain:
    """The ffmpeg in use. Raises: MediaToolError."""
    from newtake.adapters.toolchain import find_toolchain

    return find_toolchain(str(settings.ffmpeg) if settings.ffmpeg else None)


def look_up_table(path: Path | None) -> Lut | None:
    """A table that was asked for, read and checked whole. Raises: SettingsError."""
    from newtake.adapters.cubes import read_lut

    return None if path is None else read_lut(path)


def check_first_frame(image: str | None) -> None:
    """Open a first-frame image of this machine. Raises: SettingsError."""
    if image is not None and not image.startswith("https://"):
        from newtake.adapters import first_frame

        first_frame.check_first_frame(Path(image))


def media_tool(settings: Settings) -> MediaTool:
    from newtake.adapters.ffmpeg import FfmpegMediaTool

    return FfmpegMediaTool(toolchain(settings))


def images_named(path: Path, rate: Fraction) -> ImageSequence | None:
    """The images that a name without a timeline means; None for any other file."""
    from newtake.adapters.image_names import images_named as named

    return named(path, rate)


def proxy_maker(settings: Settings) -> ProxyMaker:
    """The cache of compare proxies. Raises: MediaToolError."""
    from newtake.adapters.proxies import ProxyCache

    return ProxyCache(
        settings.proxy_folder, toolchain(settings), max_bytes=settings.proxies_max_bytes
    )


def part_tool(settings: Settings) -> PartTool:
    from newtake.adapters.part_tool import FfmpegPartTool

    return FfmpegPartTool(toolchain(settings))


def write_cuts(media: MediaInfo, to: Path) -> Path:
    """A timeline of three cuts of one media file; replaces `to`."""
    from newtake.domain.variable import frames_on_grid
    from otio_newtake.cuts import write_cuts as write

    times = media.frame_times
    frames = frames_on_grid(times, media.rate) if times else media.frames
    return write(media.path, media.rate, frames, to, name=to.stem)
