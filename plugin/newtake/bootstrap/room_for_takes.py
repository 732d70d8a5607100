"""Whether the disk of a plan's takes has room for them: asked before anything is paid for."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from newtake.adapters.ffmpeg_picture import fitted_size
from newtake.adapters.room import LEFT_OVER_BYTES
from newtake.domain.cut_in import take_picture
from newtake.domain.edit import Limits
from newtake.domain.errors import StorageError
from newtake.domain.take_size import most_bytes, usual_bytes
from newtake.pipeline.planned import Plan, PlannedClip
from newtake.pipeline.totals import plate_bytes

_LIMITS = Limits()
_RECODED = "prores"
"""What a take is coded as that no single result can be rewrapped into."""


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def refuse_without_room(plan: Plan, free: Callable[[Path], int] = _free) -> None:
    """See that the takes find room, as far as their size can be known beforehand.

    Args:
        plan: What would be paid for.
        free: Bytes that are free on the disk of a folder.

    Raises:
        StorageError: Not even takes of ordinary pictures find it.
    """
    asked = _asked(plan, free)
    if asked is None:
        return
    there, left = asked
    needed = _bytes_of(plan, usual_bytes)
    if needed > left:
        raise StorageError(
            f"There is too little room for the takes on the disk of {there}.",
            why=f"They take about {_megabytes(needed)}; {_megabytes(left)} are free.",
            fix="Make room, or choose another place with --out.",
        )


def room_notes(plan: Plan, free: Callable[[Path], int] = _free) -> tuple[str, ...]:
    """The same as a plan's note, which also tells where grainy pictures would find no room; none
    where there is enough. Arguments as `refuse_without_room`."""
    try:
        refuse_without_room(plan, free)
    except StorageError as error:
        return (f"{error.what} {error.why} {error.fix}",)
    asked = _asked(plan, free)
    if asked is None or (most := _bytes_of(plan, most_bytes)) <= asked[1]:
        return ()
    there, left = asked
    usual = _bytes_of(plan, usual_bytes)
    return (
        f"The takes need about {_megabytes(usual)} on the disk of {there}, very grainy ones up to "
        f"{_megabytes(most)}; {_megabytes(left)} are free. One that finds no room waits, and costs "
        "nothing again.",
    )


def _asked(plan: Plan, free: Callable[[Path], int]) -> tuple[Path, int] | None:
    """The folder that is there, and what its disk has free; None where nothing can be asked."""
    there = next((each for each in plan.target.output.parents if each.is_dir()), None)
    if not plan.orders or there is None:
        return None
    try:
        return there, free(there)
    except OSError:
        # A disk that tells nothing is written to all the same.
        return None


def _bytes_of(plan: Plan, coded: Callable[[str, int, int, int], int]) -> int:
    """The results as they come, each about what its plate weighs, the takes, and what is beside.

    Args:
        plan: The plan.
        coded: `usual_bytes` or `most_bytes`.
    """
    results = sum(plate_bytes(order) * order.settings.variations for order in plan.orders)
    takes = [(entry, _take_bytes(entry, coded)) for entry in plan.entries if entry.order]
    every = sum(size * entry.orders[0].settings.variations for entry, size in takes)
    # Pieces lie beside the take that is put together from them; at least one is at a time.
    pieces = max((size for entry, size in takes if entry.is_joined), default=0)
    return results + every + pieces + LEFT_OVER_BYTES


def _take_bytes(entry: PlannedClip, coded: Callable[[str, int, int, int], int]) -> int:
    """About what one take of the clip weighs."""
    first, *_, last = (*entry.orders, entry.orders[-1])
    untouched = first.codec in ("auto", "copy")
    if untouched and not entry.is_joined and not entry.is_in_time:
        return plate_bytes(first)
    if first.take_range is not None:
        picture = take_picture(first.source)
        size, frames = (picture.width, picture.height), first.take_range.duration
    else:
        size = fitted_size(first.source, _LIMITS.short_side[first.settings.resolution])
        frames = last.plate.media_range.end - first.plate.media_range.start
    return coded(_RECODED if untouched else first.codec, *size, frames)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
