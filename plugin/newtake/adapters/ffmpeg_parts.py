"""Command lines for clips in parts: scene scores, one picture, and the pieces of a joined take."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

from newtake.adapters.ffmpeg_conform import coded, in_slots, labels
from newtake.adapters.ffmpeg_export import Cut, compiled, cut_frames
from newtake.adapters.packets import ffmpeg_address
from newtake.domain.clip import MediaInfo
from newtake.domain.conform import ConformPlan
from newtake.ports.parts import PartResult

_LOOKED_AT_WIDTH = 320
"""Cuts show as well in small pictures, and those are compared faster."""
_SCORE = "lavfi.scene_score="


def scores_command(
    program: str, source: MediaInfo, cut: Cut, *, seek: Fraction, to: Path
) -> list[str]:
    """Write the scene score of each frame of a cut into a text."""
    stream = cut_frames(source, cut, seek=seek, rate=source.rate)
    stream = (
        stream.filter("scale", _LOOKED_AT_WIDTH, -2, flags="fast_bilinear")
        .filter("format", "yuv420p")
        .filter("select", "gte(scene,0)")
        .filter("metadata", "print", key=_SCORE.rstrip("="), file=str(to))
    )
    return compiled(program, ffmpeg.output(stream, "-", format="null"))


def scores_in(listing: str) -> tuple[float, ...]:
    """The scores that `scores_command` wrote, in order."""
    return tuple(
        float(line[len(_SCORE) :]) for line in listing.splitlines() if line.startswith(_SCORE)
    )


def still_command(program: str, part: PartResult, slot: int, *, to: Path) -> list[str]:
    """Write the picture of one slot."""
    stream = _slots(part, slot, slot + 1)
    stream = stream.filter("scale", in_color_matrix="bt709").filter("format", "rgb24")
    # Written as a stream of one picture: a name with `%` would be a pattern to `image2`.
    output = ffmpeg.output(stream, ffmpeg_address(to), format="image2pipe", vcodec="png", vframes=1)
    return compiled(program, output)


def piece_command(
    program: str,
    sources: Sequence[tuple[PartResult, int, int]],
    whole: ConformPlan,
    codec: str,
    *,
    to: Path,
) -> list[str]:
    """Code some frames of one part, or dissolve as many of two parts.

    Args:
        program: ffmpeg.
        sources: One or two parts, each with its first slot and the one after its last.
        whole: Rate and colour of the take.
        codec: Of the take.
        to: The piece, a MOV.
    """
    deep = any(part.result.bit_depth > 8 for part, _, _ in sources)
    first, *others = sources
    stream = _slots(*first)
    for part, start, end in others:
        size = (first[0].result.width, first[0].result.height)
        pixels = "yuv444p10le" if deep else "yuv444p"
        after = _slots(part, start, end).filter("scale", *size).filter("setsar", 1)
        stream = ffmpeg.filter(
            [stream.filter("format", pixels), after.filter("format", pixels)],
            "blend",
            # By time: `N` counts from 0 in ffmpeg's documents and from 1 in 5.1.9. Neither end is
            # quite one of the two parts: those frames stand beside the piece.
            all_expr=f"A+(B-A)*(T*{whole.available.rate}+1)/{end - start + 1}+0.5",
        )
    return coded(program, stream, whole, codec, deep=deep, to=to)


def concat_list(pieces: Sequence[Path]) -> str:
    """ffmpeg's list of files to be read as one. Their names are this program's own."""
    return "ffconcat version 1.0\n" + "".join(f"file '{each.name}'\n" for each in pieces)


def concat_command(program: str, listing: Path, whole: ConformPlan, *, to: Path) -> list[str]:
    """Copy the coded pieces into one take, and label it."""
    stream = ffmpeg.input(ffmpeg_address(listing), f="concat", safe=0, protocol_whitelist="file")[
        "V:0"
    ]
    output = ffmpeg.output(
        stream,
        ffmpeg_address(to),
        format="mov",
        c="copy",
        map_metadata=-1,
        map_chapters=-1,
        **labels(whole),
    )
    return compiled(program, output)


def _slots(part: PartResult, start: int, end: int) -> Any:
    stream = in_slots(part.result, part.plan)
    return stream.filter("trim", start_frame=start, end_frame=end).filter("setpts", "PTS-STARTPTS")
