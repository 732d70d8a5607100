"""Leases on jobs: who may move a job, until when, and how a dead holder is told from a busy one.

A lease expires by itself, and every write of its holder is checked against it, so a process that
slept through its lease can write nothing any more. Where holder and successor run on one machine, a
lock of the operating system tells at once that the holder died, and nobody waits for the expiry.
"""

from __future__ import annotations

import platform
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from newtake.durable import make_private

LEASE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to move one job, as its holder keeps it."""

    job_id: str
    token: str
    lock: BaseFileLock | None
    """None where a stopped process still has the lock, and let its lease expire."""

    def drop_lock(self) -> None:
        if self.lock is not None:
            with suppress(OSError):
                self.lock.release()


def create_table(db: sqlite3.Connection) -> None:
    db.execute(
        "CREATE TABLE lease ("
        " job_id TEXT PRIMARY KEY,"
        " token TEXT NOT NULL,"
        " machine TEXT NOT NULL,"
        " expires_at REAL NOT NULL)"
    )


def lock_of(folder: Path, job_id: str) -> BaseFileLock | None:
    """The operating system's lock, dropped by it when the process dies; None while another has it.

    Raises:
        OSError: The folder cannot be written or knows no locks.
    """
    make_private(folder)
    lock = FileLock(folder / f"{job_id}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return None
    return lock


def take(db: sqlite3.Connection, lease: Lease, now: float) -> bool:
    """Enter the lease in the table; False while somebody else's is good.

    What has no lock is entered for no machine: that the lock is free says nothing of its holder.
    """
    row = db.execute(
        "SELECT machine, expires_at FROM lease WHERE job_id = ?", (lease.job_id,)
    ).fetchone()
    if row is not None:
        died_here = row[0] == platform.node() and lease.lock is not None
        if not died_here and _is_good(row[1], now):
            return False
    machine = platform.node() if lease.lock is not None else ""
    db.execute(
        "INSERT OR REPLACE INTO lease (job_id, token, machine, expires_at) VALUES (?, ?, ?, ?)",
        (lease.job_id, lease.token, machine, now + LEASE_SECONDS),
    )
    return True


def renew(db: sqlite3.Connection, lease: Lease, now: float) -> bool:
    """Make the lease last from now on; False when it is somebody else's by now."""
    changed = db.execute(
        "UPDATE lease SET expires_at = ? WHERE job_id = ? AND token = ?",
        (now + LEASE_SECONDS, lease.job_id, lease.token),
    )
    return changed.rowcount == 1


def give_back(db: sqlite3.Connection, lease: Lease) -> None:
    db.execute("DELETE FROM lease WHERE job_id = ? AND token = ?", (lease.job_id, lease.token))


def is_held(db: sqlite3.Connection, job_id: str, now: float, folder: Path) -> bool:
    """Whether anybody alive has a good lease on the job.

    Args:
        db: In a transaction that keeps others from taking the lock meanwhile.
        job_id: The job's whole id.
        now: Seconds since 1970.
        folder: Of the locks.
    """
    machine = good_on(db, job_id, now)
    return machine is not None and (machine != platform.node() or not _is_free(folder, job_id))


def good_on(db: sqlite3.Connection, job_id: str, now: float) -> str | None:
    """The machine of a lease that has not expired, whether or not its holder lives; None without
    one. Empty for a holder without a lock."""
    row = db.execute("SELECT machine, expires_at FROM lease WHERE job_id = ?", (job_id,)).fetchone()
    return str(row[0]) if row is not None and _is_good(row[1], now) else None


def _is_free(folder: Path, job_id: str) -> bool:
    """Whether whoever had the lock on this machine has died; not so where it cannot be told."""
    try:
        lock = lock_of(folder, job_id)
    except OSError:
        return False
    if lock is None:
        return False
    lock.release()
    return True


def _is_good(expires_at: float, now: float) -> bool:
    """A lease further ahead than any that is given out stems from a clock that was set back."""
    return now < expires_at <= now + LEASE_SECONDS
