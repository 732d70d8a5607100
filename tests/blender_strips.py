"""Clips and takes in a real Blender: the media, what is laid there, and what is seen of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from blender_child import PROGRAM, BlenderChild, blender_child
from numbered_media import make_numbered, numbers_in, run

LOSSLESS = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", "-pix_fmt", "yuv420p")
FRAMES, CUT, LONG = 120, 20, 1100
FILMS = {"film": Fraction(24000, 1001), "fast": Fraction(50)}
TAKE_FRAMES = 80
BEGIN, START, END = -9, 20, 32
"""The clip's media begins at record frame -9, and is trimmed at both ends."""


@contextmanager
def a_blender(require_program: Callable[[str], str], folder: Path) -> Iterator[BlenderChild]:
    """The Blender that NEWTAKE_BLENDER names, or the machine's; what it prints goes to `folder`."""
    program = os.environ.get(PROGRAM) or require_program("blender")
    with blender_child(program, folder) as child:
        yield child


def made_media(ffmpeg: str, folder: Path) -> Path:
    """Movies whose frames carry their numbers, and takes that are cut out of them."""
    make_numbered(ffmpeg, folder / "clip.mp4", rate=Fraction(25), frames=FRAMES, coding=LOSSLESS)
    for name, rate in FILMS.items():
        make_numbered(
            ffmpeg,
            folder / f"{name}.mp4",
            rate=rate,
            frames=LONG,
            coding=LOSSLESS,
            size=(160, 90),
        )
    _cut(ffmpeg, folder / "clip.mp4", folder / "clip_take.mp4")
    _cut(ffmpeg, folder / "clip.mp4", folder / "small_take.mp4", ",scale=240:134")
    make_numbered(ffmpeg, folder / "other.mp4", rate=Fraction(25), frames=TAKE_FRAMES, first=5000)
    (folder / "images").mkdir()
    (folder / "styled").mkdir()
    (folder / "exr").mkdir()
    other = str(folder / "other.mp4")
    run([ffmpeg, "-v", "error", "-i", other, str(folder / "styled/%04d.png")])
    run([ffmpeg, "-v", "error", "-i", other, str(folder / "exr/%04d.exr")])
    run([ffmpeg, "-v", "error", "-i", str(folder / "clip.mp4"), str(folder / "images/%04d.png")])
    return folder


def _cut(ffmpeg: str, source: Path, target: Path, more: str = "") -> None:
    """The frames of a movie that a take has, bit by bit the same."""
    trim = f"trim=start_frame={CUT}:end_frame={CUT + TAKE_FRAMES},setpts=PTS-STARTPTS{more}"
    run([ffmpeg, "-v", "error", "-i", str(source), "-vf", trim, *LOSSLESS, str(target)])


def movie_take(path: Path, label: str = "take 1", **more: Any) -> dict[str, Any]:
    return {
        "label": label,
        "name": f"clip {label}",
        "kind": "movie",
        "path": str(path),
        "first": CUT,
        "frames": TAKE_FRAMES,
        "colour_space": [],
        "show": True,
        "properties": {"newtake_job": "job-1"},
        **more,
    }


def uid_of(blender: BlenderChild, name: str = "clip") -> str:
    strips = blender.ask("strips", document=None, known=[])["strips"]
    return next(str(each["uid"]) for each in strips if each["name"] == name)


def place(blender: BlenderChild, *takes: dict[str, Any], name: str = "clip", **more: Any) -> Any:
    body = {"document": None, "expect": None, "undo": "New Take", **more}
    return blender.ask("place", clip=uid_of(blender, name), takes=list(takes), **body)


def rendered(blender: BlenderChild, folder: Path, start: int = START, end: int = END) -> list[Path]:
    shutil.rmtree(folder, ignore_errors=True)
    blender.call("render", folder=str(folder), start=start, end=end)
    return sorted(folder.glob("f*.png"))


def numbers(pictures: list[Path]) -> list[int]:
    return [number for each in pictures for number in numbers_in(each)]


def pixels(pictures: list[Path]) -> list[bytes]:
    found = []
    for path in pictures:
        with av.open(str(path)) as container:
            (frame,) = container.decode(container.streams.video[0])
            found.append(frame.to_ndarray(format="rgb24").tobytes())
    return found


def laid_clip(blender: BlenderChild, media: Path) -> BlenderChild:
    """One clip, trimmed at both ends, above a picture that fills the frame."""
    blender.call("reset")
    blender.call("effect", kind="COLOR", name="ground", channel=1, start=START, end=END)
    blender.call(
        "movie",
        path=str(media / "clip.mp4"),
        channel=2,
        frame_start=BEGIN,
        start=START,
        end=END,
    )
    return blender


def without_ours(state: dict[str, Any]) -> dict[str, Any]:
    """The state but for the properties of ours that its strips carry; it is changed in place."""
    for each in state["strips"].values():
        each["keys"] = [key for key in each["keys"] if not key.startswith("newtake_")]
    return state


def listed(blender: BlenderChild, name: str = "clip", **more: Any) -> dict[str, Any]:
    body = {"document": None, "known": [], **more}
    rows = blender.ask("strips", **body)["strips"]
    return next(each for each in rows if each["name"] == name)
