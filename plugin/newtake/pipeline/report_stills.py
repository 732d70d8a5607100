"""Draws a report's stills, a few at a time; one that cannot be drawn is told and stops no other."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio

from newtake.domain.errors import NewTakeError
from newtake.domain.stills import Still
from newtake.ports import MediaTool

STILL_HEIGHT = 270


@dataclass(frozen=True, slots=True)
class DrawnStill:
    still: Still
    picture: Path | None
    """A JPEG, the source left and the take right."""
    why: str = ""
    """Why there is none."""


async def draw_stills(stills: Sequence[Still], media: MediaTool, folder: Path) -> list[DrawnStill]:
    """In the order given.

    Args:
        stills: What to draw.
        media: Draws.
        folder: Gets the pictures; the caller's, as are they.
    """
    drawn: list[DrawnStill | None] = [None] * len(stills)
    limiter = anyio.CapacityLimiter(max(1, os.cpu_count() or 1))

    async def draw(place: int, still: Still) -> None:
        picture = folder / f"{place:05}.jpg"
        async with limiter:
            try:
                await media.side_by_side(
                    still.source,
                    still.source_index,
                    still.take,
                    still.take_index,
                    to=picture,
                    height=STILL_HEIGHT,
                )
            except NewTakeError as error:
                drawn[place] = DrawnStill(still, None, f"{error.what} {error.why}".strip())
            else:
                drawn[place] = DrawnStill(still, picture)

    async with anyio.create_task_group() as tasks:
        for place, still in enumerate(stills):
            tasks.start_soon(draw, place, still)
    return [each for each in drawn if each is not None]
