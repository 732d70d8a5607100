"""Finds the ffmpeg to work with, and says what it lacks.

Rule 1: NEWTAKE_FFMPEG wins, and must be good enough; then `ffmpeg` on the PATH if it is good
enough; then the program that the imageio-ffmpeg package ships.
Rule 2: nothing here downloads anything.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import imageio_ffmpeg

from newtake.domain.errors import MediaToolError

MINIMUM_VERSION = (5, 1)
"""The first release with `-fps_mode`, which ffmpeg 9 requires in place of `-vsync`."""

REQUIRED = (
    "encoder libx264",
    "encoder dnxhd",
    "encoder prores_aw",
    "encoder png",
    "encoder mjpeg",
    "filter bwdif",
    "filter fps",
    "filter hstack",
    "filter scale",
    "filter select",
    "filter setparams",
    "filter tpad",
    "filter trim",
    "bitstream filter setts",
)
OPTIONAL = {
    "filter drawtext": "names and timecodes in `newtake compare`",
    "encoder libx265": "writing HDR as HEVC (the sandbox's HDR results)",
    "filter zscale": "sending HDR footage (it is tone-mapped to SDR with it), and exactly rounded "
    "colours of footage that is not BT.709 in 8 bit",
    "filter premultiply": "sending footage with an alpha channel",
    "filter tonemap": "sending HDR footage (it is tone-mapped to SDR with it)",
}
"""What is missed without each; the work goes on."""

_ANSWER_SECONDS = 20
_BITSTREAM_NAME = re.compile(r"^\w+$")


@dataclass(frozen=True, slots=True)
class Toolchain:
    """One ffmpeg program and what is known of it."""

    executable: str
    version: str
    """As it names itself: "5.1.9-0+deb12u1", "n9.0.2-17-g2a571b6068-20260930"."""
    source: Literal["env", "path", "bundled"]
    lacks: tuple[str, ...] = ()
    """Entries of `REQUIRED` and `OPTIONAL` that this build does not have."""

    @property
    def usable(self) -> bool:
        """Whether every step works with it, HDR sources aside."""
        too_old = release(self.version) < MINIMUM_VERSION
        return not too_old and not set(self.lacks) & set(REQUIRED)

    @property
    def maps_tones(self) -> bool:
        return not {"filter zscale", "filter tonemap"} & set(self.lacks)

    @property
    def writes_text(self) -> bool:
        """Whether it writes into pictures, given a font."""
        return "filter drawtext" not in self.lacks


def find_toolchain(executable: str | None = None) -> Toolchain:
    """The ffmpeg to use; asked once per process and place.

    Args:
        executable: A program to use instead of looking; like NEWTAKE_FFMPEG.

    Raises:
        MediaToolError: If there is none that is good enough.
    """
    wanted = executable or os.environ.get("NEWTAKE_FFMPEG") or None
    return _find(wanted, os.environ.get("PATH", ""))


@functools.lru_cache(maxsize=8)
def _find(wanted: str | None, search: str) -> Toolchain:
    if wanted is not None:
        program = shutil.which(wanted, path=search)
        if program is None:
            raise MediaToolError(
                f"{wanted} is no program.",
                why="NEWTAKE_FFMPEG names the ffmpeg to use.",
                fix="Correct NEWTAKE_FFMPEG, or unset it to have one found.",
            )
        chosen = examine(program, "env")
        if not chosen.usable:
            raise _not_good_enough(chosen)
        return chosen
    on_path = shutil.which("ffmpeg", path=search)
    if on_path is not None:
        try:
            found = examine(on_path, "path")
        except MediaToolError:
            found = None
        if found is not None and found.usable:
            return found
    try:
        bundled = imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise MediaToolError(
            "There is no ffmpeg to work with.",
            why="None on the PATH is good enough, and imageio-ffmpeg ships none for this system.",
            fix="Install ffmpeg 5.1 or newer, or name one in NEWTAKE_FFMPEG.",
        ) from error
    shipped = examine(bundled, "bundled")
    if not shipped.usable:
        raise _not_good_enough(shipped)
    return shipped


def examine(executable: str, source: Literal["env", "path", "bundled"]) -> Toolchain:
    """Ask a program for its version, encoders, filters and bitstream filters.

    Raises:
        MediaToolError: If it does not start, or does not answer like ffmpeg.
    """
    version, encoders, filters, bitstream = _answers(
        executable, ("-version", "-encoders", "-filters", "-bsfs")
    )
    match = re.match(r"ffmpeg version (\S+)", version)
    if match is None:
        raise MediaToolError(f"{executable} does not answer like ffmpeg.", why=version[:200])
    has = {f"encoder {name}" for name in _second_column(encoders)}
    has |= {f"filter {name}" for name in _second_column(filters)}
    has |= {
        f"bitstream filter {line.strip()}"
        for line in bitstream.splitlines()
        if _BITSTREAM_NAME.match(line.strip())
    }
    return Toolchain(
        executable=str(Path(executable).absolute()),
        version=match[1],
        source=source,
        lacks=tuple(name for name in (*REQUIRED, *OPTIONAL) if name not in has),
    )


def release(version: str) -> tuple[int, int]:
    """Major and minor number; a build without a release number (a git snapshot) counts as new."""
    match = re.match(r"n?(\d+)(?:\.(\d+))?", version)
    return (int(match[1]), int(match[2] or 0)) if match else (999, 0)


def _answers(executable: str, questions: tuple[str, ...]) -> list[str]:
    """All questions at once: each start costs up to 70 ms of a dynamically linked ffmpeg."""
    running: list[subprocess.Popen[str]] = []
    try:
        for question in questions:
            running.append(
                subprocess.Popen(
                    [
                        executable,
                        "-hide_banner" if question != "-version" else "-nostdin",
                        question,
                    ],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                    errors="replace",
                )
            )
        return [process.communicate(timeout=_ANSWER_SECONDS)[0] for process in running]
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MediaToolError(f"{executable} does not run.", why=str(error)) from error
    finally:
        for process in running:
            if process.poll() is None:
                process.kill()
                process.communicate()


def _second_column(listing: str) -> list[str]:
    rows = (line.split() for line in listing.splitlines())
    return [row[1] for row in rows if len(row) > 2]


def _not_good_enough(toolchain: Toolchain) -> MediaToolError:
    missing = [name for name in toolchain.lacks if name in REQUIRED]
    return MediaToolError(
        f"{toolchain.executable} is ffmpeg {toolchain.version} and not good enough.",
        why=f"It lacks: {', '.join(missing)}."
        if missing
        else f"Version {'.'.join(map(str, MINIMUM_VERSION))} or newer is needed.",
        fix="Install a full build of ffmpeg 5.1 or newer, or unset NEWTAKE_FFMPEG.",
    )
