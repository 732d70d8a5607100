"""The look-up tables that a page offers: of the newest jobs, and beside the timeline."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from itertools import islice
from pathlib import Path

from newtake.domain.job import Job

RECENT = 5
BESIDE_MOST = 50


def tables_of(beside: Path | None, jobs: Iterable[Job]) -> list[str]:
    """Their paths, each once; what is not there any more is left out.

    Args:
        beside: The folder of the timeline; None where that is no file.
        jobs: Of the journal.
    """
    newest = sorted(jobs, key=lambda each: -each.created_at)
    used = dict.fromkeys(job.order.lut.path for job in newest if job.order.lut is not None)
    found = list(islice((path for path in used if path.is_file()), RECENT))
    if beside is not None:
        # It may have gone with the timeline.
        with suppress(OSError):
            cubes = (each for each in sorted(beside.iterdir()) if each.suffix.lower() == ".cube")
            found += islice(cubes, BESIDE_MOST)
    return list(dict.fromkeys(map(str, found)))
