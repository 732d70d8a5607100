"""The journal: one SQLite file, append-only, a job is the replay of its events.

Rule 1: an event is on the disk before `append` returns (WAL, full synchronisation).
Rule 2: nothing here deletes or rewrites an event; a damaged file is set aside whole.
Rule 3: only the holder of a job's lease writes events of it.
"""

from __future__ import annotations

import json
import logging
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from filelock import BaseFileLock
from pydantic import Field, TypeAdapter

from newtake.adapters import leases
from newtake.adapters.journal_file import JournalFile
from newtake.adapters.leases import Lease
from newtake.adapters.read_on import ReadOn
from newtake.domain.errors import JournalError, LeaseLostError, SelectionError
from newtake.domain.events import Event, Stamped, Submitted
from newtake.domain.job import Job
from newtake.domain.parts import meant_ids
from newtake.domain.replay import IllegalEventError, advance
from newtake.domain.telling import told
from newtake.ports import UnreadableJob

_EVENT: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])
_LOG = logging.getLogger("newtake")
_MOVED = (
    "SELECT max(id), job_id, max(number) FROM event WHERE id > ? GROUP BY job_id ORDER BY min(id)"
)
_SUBMITTED = "SELECT id, job_id, body FROM event WHERE id > ? AND kind = 'submitted' ORDER BY id"


class SqliteJournal:
    """Implements `ports.Journal`. Connections are opened per call, so threads and processes mix."""

    def __init__(self, path: Path, *, now: Callable[[], float] = time.time) -> None:
        """Open or create the journal at `path` and bring it up to date.

        Args:
            path: The file; its folder is made.
            now: Seconds since 1970, for leases.
        Raises:
            JournalError: It cannot be opened, was written by a newer version, or was damaged and
                has just been set aside.
        """
        self.path = path
        self._now = now
        self._file = JournalFile(path)
        self._leases: dict[str, Lease] = {}
        self._replayed: dict[str, tuple[int, Job]] = {}
        """Jobs as far as they were read: events are only ever added, so reading goes on there."""
        self._jobs = ReadOn[UnreadableJob | None]()
        """Every job, and what is wrong with it."""
        self._claims = ReadOn[None]()

    def append(
        self,
        job_id: str,
        stamped: Stamped,
        guard: Callable[[Sequence[Job]], None] | None = None,
    ) -> None:
        body = _written(stamped.event)
        with self._file.writing() as db:
            self._check_lease(db, job_id)
            number, job = self._read_on(db, job_id)
            after = advance(job, stamped)
            if isinstance(stamped.event, Submitted):
                taken = self._claimed(db) & set(stamped.event.submission_ids)
                if taken:
                    raise IllegalEventError(f"{', '.join(sorted(taken))} belongs to another job")
            if guard is not None:
                jobs, unreadable = self._all(db)
                if unreadable:
                    raise JournalError(
                        f"Job {unreadable[0].id} of the journal cannot be read, so what it costs "
                        "is not known.",
                        why=unreadable[0].why,
                        fix=unreadable[0].fix,
                    )
                guard(jobs)
            db.execute(
                "INSERT INTO event (job_id, number, at, kind, body) VALUES (?, ?, ?, ?, ?)",
                (job_id, number, stamped.at, stamped.event.kind, body),
            )
        self._replayed[job_id] = (number + 1, after)
        _LOG.info("job %s: %s", job_id, told(stamped.event))

    @contextmanager
    def hold(self, job_id: str) -> Iterator[bool]:
        lease = self._take(job_id)
        try:
            yield lease is not None
        finally:
            if lease is not None:
                self._give_back(lease)

    def renew(self, job_id: str) -> bool:
        lease = self._leases.get(job_id)
        if lease is None:
            return False
        with self._file.writing() as db:
            return leases.renew(db, lease, self._now())

    def is_held(self, job_id: str) -> bool:
        with self._file.reading() as db:
            if leases.good_on(db, job_id, self._now()) is None:
                return False
        # Alone in the file, as `_take` is: who takes the lock must not meet this trial of it.
        with self._file.writing() as db:
            return leases.is_held(db, job_id, self._now(), self._locks)

    def load(self, job_id: str) -> Job:
        with self._file.reading() as db:
            found = meant_ids(job_id, self._beginning_with(db, job_id))
            if not found:
                raise SelectionError(
                    f"There is no job {job_id!r}.", fix="`newtake jobs` lists them."
                )
            if len(found) > 1:
                raise SelectionError(
                    f"{job_id!r} begins the names of {len(found)} jobs.",
                    fix="Give more letters; `newtake jobs` lists them.",
                )
            _, job = self._read_on(db, found[0])
        assert job is not None
        return job

    def events(self, job_id: str) -> Sequence[Stamped]:
        with self._file.reading() as db:
            return self._events(db, job_id, 0)

    def jobs(self) -> Sequence[Job]:
        with self._file.reading() as db:
            return self._all(db)[0]

    def unreadable(self) -> Sequence[UnreadableJob]:
        with self._file.reading() as db:
            return self._all(db)[1]

    def claimed_submissions(self) -> frozenset[str]:
        with self._file.reading() as db:
            return self._claimed(db)

    def remembered(self, key: str) -> str | None:
        with self._file.reading() as db:
            row = db.execute("SELECT value FROM memory WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def remember(self, key: str, value: str) -> None:
        with self._file.writing() as db:
            db.execute("INSERT OR REPLACE INTO memory (key, value) VALUES (?, ?)", (key, value))

    def _take(self, job_id: str) -> Lease | None:
        lease, taken = Lease(job_id, secrets.token_hex(8), None), False
        try:
            with self._file.writing() as db:
                lease = replace(lease, lock=self._locked(job_id))
                taken = leases.take(db, lease, self._now())
        finally:
            if not taken:
                lease.drop_lock()
        if not taken:
            return None
        self._leases[job_id] = lease
        return lease

    def _locked(self, job_id: str) -> BaseFileLock | None:
        try:
            return leases.lock_of(self._locks, job_id)
        except OSError as error:
            raise JournalError(
                f"Job {job_id} cannot be locked in {self._locks}.",
                why=str(error),
                fix="Set NEWTAKE_HOME to a folder on a local disk that can be written.",
            ) from error

    @property
    def _locks(self) -> Path:
        return self.path.parent / "locks"

    def _give_back(self, lease: Lease) -> None:
        del self._leases[lease.job_id]
        try:
            with self._file.writing() as db:
                leases.give_back(db, lease)
        except JournalError as error:
            # It expires by itself; what ended the work must not be hidden behind this.
            _LOG.warning("the lease of job %s stays until it expires: %s", lease.job_id, error.why)
        finally:
            lease.drop_lock()

    def _check_lease(self, db: sqlite3.Connection, job_id: str) -> None:
        lease, now = self._leases.get(job_id), self._now()
        mine = (
            not leases.is_held(db, job_id, now, self._locks)
            if lease is None
            else leases.renew(db, lease, now)
        )
        if not mine:
            raise LeaseLostError(f"Job {job_id} is being worked on by another New Take.")

    def _beginning_with(self, db: sqlite3.Connection, begun: str) -> list[str]:
        """The ids that begin so; the id alone where it is whole, which every step asks for."""
        if db.execute("SELECT 1 FROM event WHERE job_id = ? LIMIT 1", (begun,)).fetchone():
            return [begun]
        rows = db.execute(
            "SELECT DISTINCT job_id FROM event WHERE substr(job_id, 1, ?) = ?", (len(begun), begun)
        )
        return [row[0] for row in rows]

    def _all(self, db: sqlite3.Connection) -> tuple[list[Job], list[UnreadableJob]]:
        """Every job that can be read, and those that cannot: they must not hide the others.

        Only what was added since the last time is read, or a batch would read all jobs' events for
        each event of each job.
        """
        for _, job_id, last in self._jobs.rows(db, _MOVED):
            known, _ = self._replayed.get(job_id, (0, None))
            self._jobs.found[job_id] = None if known == last + 1 else self._trouble(db, job_id)
        found = [self._replayed[each][1] for each, bad in self._jobs.found.items() if bad is None]
        return found, [bad for bad in self._jobs.found.values() if bad is not None]

    def _trouble(self, db: sqlite3.Connection, job_id: str) -> UnreadableJob | None:
        """Why a job cannot be read; None where it was read."""
        try:
            self._read_on(db, job_id)
        except JournalError as error:
            return UnreadableJob(job_id, f"{error.what} {error.why}".strip(), error.fix)
        return None

    def _read_on(self, db: sqlite3.Connection, job_id: str) -> tuple[int, Job | None]:
        """How many events the job has, and the job after them; None for one without any."""
        number, job = self._replayed.get(job_id, (0, None))
        for stamped in self._events(db, job_id, number):
            try:
                job = advance(job, stamped)
            except IllegalEventError as error:
                raise JournalError(
                    f"The journal's events of job {job_id} do not fit together.",
                    why=str(error),
                    fix=f"Keep {self.path} and report it; other jobs are not touched.",
                ) from error
            number += 1
        if job is not None:
            self._replayed[job_id] = (number, job)
        return number, job

    def _events(self, db: sqlite3.Connection, job_id: str, first: int) -> list[Stamped]:
        rows = db.execute(
            "SELECT at, body FROM event WHERE job_id = ? AND number >= ? ORDER BY number",
            (job_id, first),
        ).fetchall()
        return [Stamped(at, self._read(job_id, body)) for at, body in rows]

    def _claimed(self, db: sqlite3.Connection) -> frozenset[str]:
        for _, job_id, body in self._claims.rows(db, _SUBMITTED):
            try:
                event = self._read(job_id, body)
            except JournalError:
                ids = _ids_in(body)
            else:
                ids = set(event.submission_ids) if isinstance(event, Submitted) else set()
            self._claims.found.update(dict.fromkeys(ids))
        return frozenset(self._claims.found)

    def _read(self, job_id: str, body: str) -> Event:
        try:
            return _EVENT.validate_python(json.loads(body))
        except (ValueError, RecursionError) as error:
            raise JournalError(
                f"The journal holds an event of job {job_id} that this version cannot read.",
                why=str(error).splitlines()[0],
                fix=f"Keep {self.path} and report it.",
            ) from error


def _ids_in(body: str) -> set[str]:
    """The submissions that an event names which is not understood otherwise."""
    try:
        ids = json.loads(body)["submission_ids"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return set()
    return {each for each in ids if isinstance(each, str)} if isinstance(ids, list) else set()


def _written(event: Event) -> str:
    """An event as ASCII: paths that are no UTF-8, and a server's words, may hold lone surrogates,
    which no UTF-8 holds and JSON's escapes do."""
    return json.dumps(_EVENT.dump_python(event, mode="json"), separators=(",", ":"))
