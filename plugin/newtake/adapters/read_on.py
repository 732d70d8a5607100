"""What all events of a journal tell together, read on from where it was left.

Events are only ever added. A batch asks for all jobs at many steps of each job, and would otherwise
read every event of every job each time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

_T = TypeVar("_T")


@dataclass
class ReadOn(Generic[_T]):
    """What was found so far, under the names that it was found for, in their order."""

    found: dict[str, _T] = field(default_factory=dict)
    _last: int = 0

    def rows(self, db: sqlite3.Connection, query: str) -> Iterator[tuple[Any, ...]]:
        """The rows that a query has after an event's id, its one parameter.

        They count as read once the last of them is taken.

        Args:
            db: The journal.
            query: Each row's first column is the id of an event.
        """
        last = self._last
        for row in db.execute(query, (last,)).fetchall():
            yield row
            last = max(last, row[0])
        self._last = last
