"""The order of tests over several processes: what takes longest begins first, everywhere.

xdist gives each process one stretch of the list, to be worked from its front, and lets those that
are done early take from the ends of others. So each stretch begins with the long tests and ends
with the short ones, and no long one is left for the end of the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FOLDERS = ("acceptance", "matrix", "integration", "contract", "unit")
"""By how long their tests take, the longest first; what lies elsewhere comes last."""


@dataclass(frozen=True, slots=True)
class Known:
    """What tells how long a test takes: its own limit in seconds, 0 without one, and its folder."""

    limit: float
    folder: str


def dealt(tests: Sequence[Known], processes: int) -> list[int]:
    """The places of all tests in their new order, one stretch for each process after the other.

    Those with a limit of their own are dealt out one by one, the longest first; of each folder
    every process gets a stretch as it stands, so that fixtures of modules stay shared.
    """
    limited = sorted(
        (place for place, test in enumerate(tests) if test.limit), key=lambda at: -tests[at].limit
    )
    order: list[int] = []
    for process in range(processes):
        order += limited[process::processes]
        for folder in (*FOLDERS, ""):
            there = [
                place
                for place, test in enumerate(tests)
                if not test.limit and folder == (test.folder if test.folder in FOLDERS else "")
            ]
            first, end = (len(there) * each // processes for each in (process, process + 1))
            order += there[first:end]
    return order
