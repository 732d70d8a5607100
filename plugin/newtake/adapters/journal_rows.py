"""The journal as rows, for a report: read as far as it can be, and left as it is.

Rule 1: nothing is made, migrated or set aside; a damaged file gives what is left of it.
Rule 2: a body is not understood here, so that another version's events are read as well.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from newtake.domain.report import EventRow

_BUSY_SECONDS = 5.0
_LAST_JOBS = "SELECT job_id FROM event GROUP BY job_id ORDER BY max(id) DESC LIMIT ?"


def last_events(path: Path, jobs: int) -> tuple[Sequence[EventRow], str]:
    """The events of the jobs that moved last, in their order, and a note on what is missing.

    Args:
        path: The journal's file.
        jobs: How many of them.
    """
    rows: list[EventRow] = []
    try:
        if not path.exists():
            return rows, "There is no journal here: nothing was restyled yet, or it was moved away."
        db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS)
    except (OSError, sqlite3.Error) as error:
        return rows, f"The journal cannot be opened: {error}."
    try:
        (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
        note = "" if verdict == "ok" else f"The journal is damaged: {verdict}."
        events = f"SELECT job_id, at, body FROM event WHERE job_id IN ({_LAST_JOBS}) ORDER BY id"
        for job_id, at, body in db.execute(events, (jobs,)):
            rows.append(EventRow(str(job_id), float(at), str(body)))
    except (sqlite3.Error, ValueError, TypeError) as error:
        note = f"The journal cannot be read to its end: {error}."
    finally:
        db.close()
    return rows, note
