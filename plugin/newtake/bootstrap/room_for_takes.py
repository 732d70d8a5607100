"""Whether the disk of a plan's takes has room for them: asked before anything is paid for."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from newtake.adapters.room import LEFT_OVER_BYTES
from newtake.domain.errors import StorageError
from newtake.pipeline.planned import Plan
from newtake.pipeline.totals import plate_bytes

_FILES_PER_TAKE = 2
"""The result as it came, and the take; of rewrapped ones both weigh about what the plate does."""


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def refuse_without_room(plan: Plan, free: Callable[[Path], int] = _free) -> None:
    """See that the takes find room, as far as their size can be known beforehand.

    Takes that are coded anew are larger; each is asked for again when it is made.

    Args:
        plan: What would be paid for.
        free: Bytes that are free on the disk of a folder.

    Raises:
        StorageError: They find none.
    """
    needed = sum(
        plate_bytes(order) * order.settings.variations * _FILES_PER_TAKE for order in plan.orders
    )
    output = plan.target.output
    there = next((each for each in output.parents if each.is_dir()), None)
    if not needed or there is None:
        return
    try:
        left = free(there)
    except OSError:
        # A disk that tells nothing is written to all the same.
        return
    if needed + LEFT_OVER_BYTES > left:
        raise StorageError(
            f"There is too little room for the takes on the disk of {there}.",
            why=f"They may take {(needed + LEFT_OVER_BYTES) / 1e6:,.0f} MB; "
            f"{left / 1e6:,.0f} MB are free.",
            fix="Make room, or choose another place with --out.",
        )


def room_notes(plan: Plan, free: Callable[[Path], int] = _free) -> tuple[str, ...]:
    """The same as a plan's note; none where there is room. Arguments as `refuse_without_room`."""
    try:
        refuse_without_room(plan, free)
    except StorageError as error:
        return (f"{error.what} {error.why} {error.fix}",)
    return ()
