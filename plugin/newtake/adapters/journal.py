"""The journal: one SQLite file, append-only, a job is the replay of its events.

Rule 1: an event is on the disk before `append` returns (WAL, full synchronisation).
Rule 2: a journal of a newer version is refused; nothing here deletes or rewrites an event.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from filelock import BaseFileLock, FileLock, Timeout
from pydantic import Field, TypeAdapter, ValidationError

from newtake.domain.errors import JournalError, SelectionError
from newtake.domain.events import Event, Stamped, Submitted
from newtake.domain.job import IllegalEventError, Job, advance, replay

_EVENT: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])
_BUSY_SECONDS = 30
_LOG = logging.getLogger("newtake")


def _m001_events(db: sqlite3.Connection) -> None:
    db.execute(
        "CREATE TABLE event ("
        " id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " job_id TEXT NOT NULL,"
        " number INTEGER NOT NULL,"
        " at REAL NOT NULL,"
        " kind TEXT NOT NULL,"
        " body TEXT NOT NULL,"
        " UNIQUE (job_id, number))"
    )


def _m002_memory(db: sqlite3.Connection) -> None:
    db.execute("CREATE TABLE memory (key TEXT PRIMARY KEY, value TEXT NOT NULL)")


_MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (_m001_events, _m002_memory)


class SqliteJournal:
    """Implements `ports.Journal`. Connections are opened per call, so threads and processes mix."""

    def __init__(self, path: Path) -> None:
        """Open or create the journal at `path` and bring it up to date.

        Raises:
            JournalError: If it cannot be opened, is damaged, or was written by a newer version.
        """
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise JournalError(
                f"The folder of the journal, {path.parent}, cannot be made.",
                why=str(error),
                fix="Set NEWTAKE_HOME to a folder that can be written.",
            ) from error
        with self._connected() as db:
            self._use_write_ahead_log(db)
            db.execute("BEGIN IMMEDIATE")
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version > len(_MIGRATIONS):
                raise JournalError(
                    f"The journal {path} was written by a newer New Take.",
                    why=f"It has format {version}; this one knows {len(_MIGRATIONS)}.",
                    fix="Update New Take, or set NEWTAKE_HOME to another folder.",
                )
            for migration in _MIGRATIONS[version:]:
                migration(db)
            db.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")

    def append(self, job_id: str, stamped: Stamped) -> None:
        """Add one event, checked against the job as it stands.

        Raises:
            IllegalEventError: If the event cannot follow, or another job has its submission.
            JournalError: If the journal cannot be written.
        """
        body = _EVENT.dump_json(stamped.event).decode()
        with self._connected() as db:
            db.execute("BEGIN IMMEDIATE")
            before = self._events(db, job_id)
            advance(replay(before) if before else None, stamped)
            if isinstance(stamped.event, Submitted):
                taken = self._claimed(db) & set(stamped.event.submission_ids)
                if taken:
                    raise IllegalEventError(f"{', '.join(sorted(taken))} belongs to another job")
            db.execute(
                "INSERT INTO event (job_id, number, at, kind, body) VALUES (?, ?, ?, ?, ?)",
                (job_id, len(before), stamped.at, stamped.event.kind, body),
            )

    def load(self, job_id: str) -> Job:
        with self._connected() as db:
            found = [
                row[0]
                for row in db.execute(
                    "SELECT DISTINCT job_id FROM event WHERE substr(job_id, 1, ?) = ?",
                    (len(job_id), job_id),
                )
            ]
            if job_id in found:
                found = [job_id]
            if not job_id or not found:
                raise SelectionError(
                    f"There is no job {job_id!r}.", fix="`newtake jobs` lists them."
                )
            if len(found) > 1:
                raise SelectionError(
                    f"{job_id!r} begins the names of {len(found)} jobs.",
                    fix="Give more letters; `newtake jobs` lists them.",
                )
            return self._replayed(found[0], self._events(db, found[0]))

    def events(self, job_id: str) -> Sequence[Stamped]:
        with self._connected() as db:
            return self._events(db, job_id)

    @contextmanager
    def hold(self, job_id: str) -> Iterator[bool]:
        """The sole right to move a job. The operating system drops it when the process dies."""
        lock = self._locked(job_id)
        try:
            yield lock is not None
        finally:
            if lock is not None:
                lock.release()

    def _locked(self, job_id: str) -> BaseFileLock | None:
        folder = self.path.parent / "locks"
        try:
            folder.mkdir(exist_ok=True)
            lock = FileLock(folder / f"{job_id}.lock", timeout=0)
            lock.acquire()
            return lock
        except Timeout:
            return None
        except OSError as error:
            raise JournalError(
                f"Job {job_id} cannot be locked in {folder}.",
                why=str(error),
                fix="Set NEWTAKE_HOME to a folder on a local disk that can be written.",
            ) from error

    def jobs(self) -> Sequence[Job]:
        with self._connected() as db:
            ids = db.execute("SELECT job_id FROM event GROUP BY job_id ORDER BY min(id)").fetchall()
            found = []
            for (job_id,) in ids:
                try:
                    found.append(self._replayed(job_id, self._events(db, job_id)))
                except JournalError as error:
                    # One job that cannot be read must not hide the others.
                    _LOG.warning("%s %s", error.what, error.why)
            return found

    def claimed_submissions(self) -> frozenset[str]:
        with self._connected() as db:
            return self._claimed(db)

    def _claimed(self, db: sqlite3.Connection) -> frozenset[str]:
        rows = db.execute("SELECT job_id, body FROM event WHERE kind = 'submitted'").fetchall()
        claimed: set[str] = set()
        for job_id, body in rows:
            event = self._read(job_id, body)
            if isinstance(event, Submitted):
                claimed.update(event.submission_ids)
        return frozenset(claimed)

    def remembered(self, key: str) -> str | None:
        with self._connected() as db:
            row = db.execute("SELECT value FROM memory WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def remember(self, key: str, value: str) -> None:
        with self._connected() as db:
            db.execute("INSERT OR REPLACE INTO memory (key, value) VALUES (?, ?)", (key, value))

    def _replayed(self, job_id: str, events: Sequence[Stamped]) -> Job:
        try:
            return replay(events)
        except IllegalEventError as error:
            raise JournalError(
                f"The journal's events of job {job_id} do not fit together.",
                why=str(error),
                fix=f"Keep {self.path} and report it; other jobs are not touched.",
            ) from error

    def _events(self, db: sqlite3.Connection, job_id: str) -> list[Stamped]:
        rows = db.execute(
            "SELECT at, body FROM event WHERE job_id = ? ORDER BY number", (job_id,)
        ).fetchall()
        return [Stamped(at, self._read(job_id, body)) for at, body in rows]

    def _read(self, job_id: str, body: str) -> Event:
        try:
            return _EVENT.validate_json(body)
        except ValidationError as error:
            raise JournalError(
                f"The journal holds an event of job {job_id} that this version cannot read.",
                why=str(error).splitlines()[0],
                fix=f"Keep {self.path} and report it.",
            ) from error

    def _use_write_ahead_log(self, db: sqlite3.Connection) -> None:
        """Switch the file over once. SQLite does not wait for others in this one statement."""
        deadline = time.monotonic() + _BUSY_SECONDS
        while db.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            try:
                db.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """One connection, committed at the end, rolled back on any error."""
        try:
            db = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        try:
            db.execute("PRAGMA synchronous = FULL")
            yield db
            if db.in_transaction:
                db.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        finally:
            db.close()

    def _unusable(self, error: sqlite3.Error) -> JournalError:
        return JournalError(
            f"The journal {self.path} cannot be used.",
            why=str(error),
            fix="Check the disk and the file's permissions; the file is left as it is.",
        )
