"""Reads a finished take back: it is what its plan says, and its picture is its result's."""

from __future__ import annotations

from pathlib import Path

from newtake.adapters.dnxhr_matrix import state_matrix
from newtake.adapters.probe import probe
from newtake.adapters.quicktime_write import complete_movie
from newtake.domain.clip import MediaInfo
from newtake.domain.conform import ConformPlan
from newtake.domain.errors import MediaError, ResultError
from newtake.domain.files import TakePicture
from newtake.domain.timing import display_rate, timecode


def keep_colours(part: Path, result: MediaInfo) -> None:
    """What the result says of its colours and its mastering stays, whatever codec and encoder.

    Raises:
        ResultError: The take is no MOV as ffmpeg writes them.
    """
    try:
        state_matrix(part, result.colour.matrix)
        complete_movie(part, mastering=result.mastering, light=result.light)
    except (MediaError, ValueError) as error:
        raise ResultError(
            "The take's colour metadata cannot be written.", why=str(error)
        ) from error


async def check_take(
    part: Path, plan: ConformPlan, frames: int, result: MediaInfo | None = None
) -> TakePicture:
    """Read back what was written, and say what its picture is.

    Args:
        part: The take.
        plan: What it is to be.
        frames: How many it is to hold.
        result: What its picture is to be like: shape, colour tags, HDR metadata, no less depth.
    Raises:
        ResultError: With what differs.
    """
    try:
        made = await probe(part, count_frames=True)
    except MediaError as error:
        raise ResultError("The take cannot be read back.", why=error.why) from error
    rate = plan.available.rate
    label = timecode(plan.timecode_start, rate, drop=plan.drop)
    wrong = [
        f"{what}: {found}, not {wanted}"
        for what, found, wanted in (
            ("frames", str(made.frames), str(frames)),
            ("rate", display_rate(made.rate), display_rate(rate)),
            ("even spacing", str(made.constant_rate), "True"),
            ("timecode", str(made.timecode), label),
            ("timecode rate", str(made.timecode_rate), str(rate)),
        )
        if found != wanted
    ]
    wrong += _unlike(made, result) if result is not None else []
    if wrong:
        raise ResultError("The take did not come out as planned.", why="; ".join(wrong))
    return TakePicture(
        made.codec,
        made.width,
        made.height,
        made.pixel_aspect,
        made.bit_depth,
        made.colour,
        made.mastering,
        made.light,
    )


def _unlike(made: MediaInfo, result: MediaInfo) -> list[str]:
    """Where a take's picture is not its result's."""
    wrong = [
        f"{what}: {found}, not {wanted}"
        for what, found, wanted in (
            ("picture", made.display_size, result.display_size),
            ("mastering display", made.mastering, result.mastering),
            ("content light", made.light, result.light),
        )
        if found != wanted
    ]
    for field in ("primaries", "transfer", "matrix", "range"):
        found, wanted = getattr(made.colour, field), getattr(result.colour, field)
        if wanted is not None and found != wanted:
            wrong.append(f"colour {field}: {found}, not {wanted}")
    if made.bit_depth < min(result.bit_depth, 10):
        wrong.append(f"bits: {made.bit_depth}, not {result.bit_depth}")
    return wrong
