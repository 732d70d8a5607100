"""The command lines of comparisons: pictures of equal frames put together, with labels below.

What comes in are small copies of the sides, which have the same number of frames and nothing but
key frames; so frame k of what comes out is made of frame k of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

from newtake.adapters.ffmpeg_export import compiled
from newtake.adapters.ffmpeg_picture import SCALING
from newtake.adapters.packets import SAFE_INPUT, ffmpeg_address
from newtake.domain.comparing import CompareMode, fitted_into, grid_of, sweep_frames
from newtake.domain.timing import FrameRange

GAP_PX = 4
_SEAM_PX = 2
_QUALITY = 16
_BAR_SHARE = 16
_LEAST_FONT_PX, _MOST_FONT_PX = 12, 28
_CHARACTER = 0.602
"""Width of a character of the fonts in `adapters.fonts`, in font sizes."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A side as it is put together."""

    file: Path
    size: tuple[int, int]
    label: Path | None
    """A file with the text below its pictures; a person's own text never stands in a command."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Where in a file the sound of the frames begins and how long it is, for ffmpeg's options."""

    file: Path
    begin_seconds: Fraction


@dataclass(frozen=True, slots=True)
class Counting:
    """What runs below the pictures."""

    font: Path
    frames: FrameRange
    counts_record: bool


def label_width(width: int, height: int) -> int:
    """How many characters fit below a picture."""
    return max(4, int((width - 8) / (_CHARACTER * _font_px(height))))


def movie_command(
    program: str,
    copies: Sequence[Copy],
    mode: CompareMode,
    frames: int,
    rate: Fraction,
    *,
    counting: Counting | None,
    sound: Sound | None,
    gap: int = GAP_PX,
    to: Path,
) -> list[str]:
    """An MP4 as `proxy_command` writes one: every frame a key frame.

    Args:
        program: ffmpeg.
        copies: The sides, the original first.
        mode: How they are put together.
        frames: Of each.
        rate: Of each, and of the movie.
        counting: None: no labels.
        sound: Goes with the first frame.
        gap: Pixels between pictures beside or above each other.
        to: The movie.
    """
    cell = copies[0].size
    if mode is CompareMode.WIPE:
        picture = _wiped([_shown(each, cell, rate) for each in copies], cell, frames, rate)
        picture = _labelled(picture, cell, [each.label for each in copies], counting)
    else:
        cells = [
            _labelled(_shown(each, cell, rate), cell, [each.label], counting) for each in copies
        ]
        picture = _in_grid(cells, cell, *grid_of(mode, len(cells)), gap)
    picture = picture.filter("format", "yuv420p").filter(
        "setparams", color_primaries="bt709", color_trc="bt709", colorspace="bt709", range="tv"
    )
    streams = [picture]
    options: dict[str, Any] = {}
    if sound is not None:
        source = ffmpeg.input(
            ffmpeg_address(sound.file),
            ss=f"{float(sound.begin_seconds):.9f}",
            t=f"{float(frames / rate):.9f}",
            **SAFE_INPUT,
        )
        streams.append(source["a:0"])
        options = {"acodec": "aac", "b:a": "160k", "ac": 2}
    output = ffmpeg.output(
        *streams,
        ffmpeg_address(to),
        r=str(rate),
        format="mp4",
        vcodec="libx264",
        preset="veryfast",
        crf=_QUALITY,
        g=1,
        bf=0,
        pix_fmt="yuv420p",
        movflags="+faststart",
        map_metadata=-1,
        map_chapters=-1,
        **options,
    )
    return compiled(program, output)


def sheet_command(
    program: str,
    copies: Sequence[Copy],
    shown: Sequence[int],
    rate: Fraction,
    *,
    cell: tuple[int, int],
    counting: Counting | None,
    to: Path,
) -> list[str]:
    """A PNG: a row for each side, in its columns the frames `shown`.

    Args:
        program: ffmpeg.
        copies: The sides, the original first.
        shown: Frame numbers in order, from 0 on.
        rate: Of each side.
        cell: Size of one picture without its label.
        counting: None: no labels.
        to: The picture.
    """
    rows = []
    chosen = "+".join(f"eq(n,{number})" for number in shown)
    for each in copies:
        # Labels first: what they count are the frames of the side.
        stream = _labelled(_shown(each, cell, rate), cell, [each.label], counting)
        stream = stream.filter("select", chosen).filter("settb", f"1/({rate})")
        stream = stream.filter("setpts", "N")
        rows.append(stream.filter("tile", layout=f"{len(shown)}x1", padding=GAP_PX, color="black"))
    picture = _in_grid(rows, cell, 1, len(rows))
    picture = picture.filter("scale", in_color_matrix="bt709").filter("format", "rgb24")
    return compiled(
        program,
        ffmpeg.output(picture, ffmpeg_address(to), format="image2pipe", vframes=1, vcodec="png"),
    )


def _shown(copy: Copy, cell: tuple[int, int], rate: Fraction) -> Any:
    """The pictures of a side in the size of a cell, black around one of another shape."""
    stream = ffmpeg.input(ffmpeg_address(copy.file), **SAFE_INPUT)["V:0"]
    stream = stream.filter("settb", f"1/({rate})").filter("setpts", "N")
    fitted = fitted_into(copy.size, cell)
    if fitted != copy.size:
        stream = stream.filter("scale", *fitted, flags=SCALING)
    if fitted != cell:
        stream = stream.filter("pad", *cell, "(ow-iw)/2", "(oh-ih)/2", "black")
    return stream.filter("setsar", 1)


def _in_grid(
    cells: Sequence[Any], cell: tuple[int, int], columns: int, rows: int, gap: int = GAP_PX
) -> Any:
    """Cells (of one size, labels included) in reading order; what is left of the last row black."""
    width = columns * (cell[0] + gap) - gap
    lines = []
    for row in range(rows):
        line = list(cells[row * columns : (row + 1) * columns])
        line = [*(_with_gap(each, right=gap) for each in line[:-1]), line[-1]]
        joined = ffmpeg.filter(line, "hstack", inputs=len(line)) if len(line) > 1 else line[0]
        if len(line) < columns:
            joined = joined.filter("pad", width, "ih", 0, 0, "black")
        lines.append(joined if row == rows - 1 else _with_gap(joined, bottom=gap))
    return ffmpeg.filter(lines, "vstack", inputs=len(lines)) if len(lines) > 1 else lines[0]


def _with_gap(stream: Any, *, bottom: int = 0, right: int = 0) -> Any:
    if not bottom and not right:
        return stream
    return stream.filter("pad", f"iw+{right}", f"ih+{bottom}", 0, 0, "black")


def _wiped(sides: Sequence[Any], cell: tuple[int, int], frames: int, rate: Fraction) -> Any:
    """The first side left of a seam that begins in the middle and goes right, left and back."""
    original, take = sides
    width, height = cell
    # By time: what `n` counts from differs between the two filters that it is given to.
    seam = f"{width // 2}+{width // 2}*sin(2*PI*t*({rate})/{sweep_frames(frames, rate)})"
    # White left, black right, twice as wide as the picture; what is cropped of it is the mask.
    white = _plain("white", cell, frames, rate).filter("lut", y=255)
    black = _plain("black", cell, frames, rate).filter("lut", y=0)
    mask = ffmpeg.filter([white, black], "hstack", inputs=2)
    mask = mask.filter("crop", w=width, h=height, x=f"{width}-({seam})", y=0, exact=1)
    left = ffmpeg.filter([original.filter("format", "yuva420p"), mask], "alphamerge")
    picture = ffmpeg.overlay(take, left, format="yuv420", shortest=1)
    line = ffmpeg.input(f"color=white:size={_SEAM_PX}x{height}:rate={rate}", format="lavfi").filter(
        "trim", end_frame=frames
    )
    return ffmpeg.overlay(picture, line, x=f"{seam}-1", y=0, eval="frame", shortest=1)


def _plain(colour: str, cell: tuple[int, int], frames: int, rate: Fraction) -> Any:
    width, height = cell
    source = ffmpeg.input(f"color={colour}:size={width}x{height}:rate={rate}", format="lavfi")
    return source.filter("trim", end_frame=frames).filter("format", "gray")


def _labelled(
    stream: Any, cell: tuple[int, int], labels: Sequence[Path | None], counting: Counting | None
) -> Any:
    """The picture with a bar below it: names above, what is counted below."""
    if counting is None:
        return stream
    height = cell[1]
    size = _font_px(height)
    stream = stream.filter("pad", "iw", f"ih+{bar_px(height)}", 0, 0, "black")
    look: dict[str, Any] = {
        "fontfile": str(counting.font),
        "fontsize": size,
        "fontcolor": "white",
    }
    upper, lower = height + size // 4, height + size // 2 + size
    for label, x in zip(labels, ("4", "w-tw-4"), strict=False):
        if label is not None:
            stream = stream.filter(
                "drawtext", textfile=str(label), expansion="none", x=x, y=upper, **look
            )
    counted, number = counting.frames, "%{eif:n:d}"
    if not counting.counts_record:
        number = f"media %{{eif:n+({counted.start}):d}}  frame {number}"
    else:
        number = f"frame {number}"
    if counted.start >= 0:
        stream = stream.filter(
            "drawtext",
            timecode=counted.label(counted.start),
            timecode_rate=str(counted.rate),
            tc24hmax=1,
            x=4,
            y=lower,
            **look,
        )
    return stream.filter("drawtext", text=number, x="w-tw-4", y=lower, **look)


def bar_px(height: int) -> int:
    """Height of the bar below a picture with a label."""
    return 2 * round(1.45 * _font_px(height))


def _font_px(height: int) -> int:
    return max(_LEAST_FONT_PX, min(_MOST_FONT_PX, height // _BAR_SHARE))
