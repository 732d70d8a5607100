"""Command lines for clips in parts: scene scores, one picture, and the pieces of a joined take."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

from newtake.adapters.ffmpeg_conform import coded, in_slots, labels
from newtake.adapters.ffmpeg_cut_in import in_picture
from newtake.adapters.ffmpeg_export import Cut, compiled, cut_frames
from newtake.adapters.ffmpeg_picture import sdr_picture
from newtake.adapters.packets import ffmpeg_address
from newtake.adapters.rewrap import rewrap_ticks
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


def still_command(
    program: str, part: PartResult, slot: int, *, maps_tones: bool, to: Path
) -> list[str]:
    """Write the picture of one slot as the model sees pictures: BT.709, whatever the result is, and
    as bright as the plates are.

    Raises:
        MediaToolError: The result is HDR, and this ffmpeg cannot map it.
        MediaError: Its colour matrix is one that nothing here converts.
    """
    result = part.result
    size = (result.width, result.height)
    stream = sdr_picture(
        _slots(part, slot, slot + 1), result, size, maps_tones=maps_tones, is_result=True
    )
    stream = stream.filter("scale", in_color_matrix="bt709", in_range="tv").filter(
        "format", "rgb24"
    )
    # Written as a stream of one picture: a name with `%` would be a pattern to `image2`.
    output = ffmpeg.output(stream, ffmpeg_address(to), format="image2pipe", vcodec="png", vframes=1)
    return compiled(program, output)


def piece_command(
    program: str,
    sources: Sequence[tuple[PartResult, int, int]],
    whole: ConformPlan,
    codec: str,
    *,
    picture: MediaInfo,
    cuts_in: bool,
    deep: bool,
    to: Path,
) -> list[str]:
    """Code some frames of one part, or dissolve as many of two parts.

    Args:
        program: ffmpeg.
        sources: One or two parts, each with its first slot and the one after its last.
        whole: Rate and colour of the take.
        codec: Of the take.
        picture: Of the take.
        cuts_in: Whether it is the picture of the clip's own media.
        deep: Whether the take has more than 8 bits.
        to: The piece, a MOV.
    """
    stream, *others = (_sized(each, picture, cuts_in) for each in sources)
    for after in others:
        _, start, end = sources[0]
        # Always in 10 bits: in 8 the steps of a dissolve would be rounded to whole codes.
        pixels = "yuv444p10le"
        stream = ffmpeg.filter(
            [stream.filter("format", pixels), after.filter("format", pixels)],
            "blend",
            # By time: `N` counts from 0 in ffmpeg's documents and from 1 in 5.1.9. Neither end is
            # quite one of the two parts: those frames stand beside the piece.
            all_expr=f"A+(B-A)*(T*{whole.available.rate}+1)/{end - start + 1}+0.5",
        )
    return coded(
        program, stream, whole, codec, deep=deep, to=to, **exact_times(whole.available.rate)
    )


def concat_list(pieces: Sequence[Path]) -> str:
    """ffmpeg's list of files to be read as one. Their names are this program's own."""
    return "ffconcat version 1.0\n" + "".join(f"file '{each.name}'\n" for each in pieces)


def concat_command(program: str, listing: Path, whole: ConformPlan, *, to: Path) -> list[str]:
    """Copy the coded pieces into one take, and label it.

    Times are counted anew, packet by packet: the list's reader adds up lengths in microseconds, and
    ffmpeg 5.1.9 writes those of a MOV in milliseconds (seen as a rate of 23.999 after one join).
    """
    rate = whole.available.rate
    _, ticks = rewrap_ticks(rate)
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
        **exact_times(rate),
        **{"bsf:v": f"setts=pts=N*{ticks}:dts=N*{ticks}:duration={ticks}"},
        **labels(whole),
    )
    return compiled(program, output)


def exact_times(rate: Fraction) -> dict[str, str]:
    """Output options: one time scale for track and file, in which no length is rounded."""
    scale = str(rewrap_ticks(rate)[0])
    return {"video_track_timescale": scale, "movie_timescale": scale}


def _sized(source: tuple[PartResult, int, int], picture: MediaInfo, cuts_in: bool) -> Any:
    part, start, end = source
    stream = _slots(part, start, end)
    if cuts_in:
        return in_picture(stream, part.result, picture)
    size = (picture.width, picture.height)
    if (part.result.width, part.result.height) == size:
        return stream
    return stream.filter("scale", *size, flags="bicubic").filter("setsar", 1)


def _slots(part: PartResult, start: int, end: int) -> Any:
    stream = in_slots(part.result, part.plan)
    return stream.filter("trim", start_frame=start, end_frame=end).filter("setpts", "PTS-STARTPTS")
