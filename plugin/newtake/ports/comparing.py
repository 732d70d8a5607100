"""The door to comparisons: movies and contact sheets of a clip's original and its takes."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from newtake.domain.comparing import Compared, Comparison
from newtake.ports.running import Progress, no_progress


class CompareMaker(Protocol):
    """Makes comparisons; keeps nothing."""

    async def compare(
        self,
        comparison: Comparison,
        *,
        movie: Path | None,
        sheet: Path | None,
        columns: int,
        progress: Progress = no_progress,
    ) -> Compared:
        """Make a movie, a contact sheet, or both, which are the caller's afterwards.

        Args:
            comparison: What is shown.
            movie: A file that is not there yet: H.264 in MP4, every frame coded by itself, so that
                stepping is exact in both directions.
            sheet: A file that is not there yet: PNG, a row for each side.
            columns: Of the sheet, at most.
            progress: Is told of frames read of the sides, and of those of the movie.

        Raises:
            MediaError: A media is gone, broken, or has not all of these frames.
            MediaToolError: ffmpeg cannot make it.
            StorageError: It cannot be written, or something has its name.
        """
        ...
