"""The journal's SQLite file: opened, migrated, checked, and set aside when it is damaged."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from newtake.adapters import leases
from newtake.adapters.room import has_room
from newtake.domain.errors import JournalError, Money
from newtake.durable import make_private

_BUSY_SECONDS = 30.0
_DAMAGED = ("malformed", "not a database")
"""What SQLite says of a file that is none, or none any more; its codes need Python 3.11."""
_COMPANIONS = ("", "-wal", "-shm")


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


_MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    _m001_events,
    _m002_memory,
    leases.create_table,
)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A connection that one thread at a time uses, and which file it was made to."""

    db: sqlite3.Connection
    file: tuple[int, int] | None


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


class JournalFile:
    """Connections to one journal, which is of this version's format once this object exists."""

    def __init__(self, path: Path) -> None:
        """Raises JournalError, as `SqliteJournal` says."""
        self.path = path
        self._idle: list[_Opened] = []
        try:
            make_private(path.parent)
        except OSError as error:
            raise JournalError(
                f"The folder of the journal, {path.parent}, cannot be made.",
                why=str(error),
                fix="Set NEWTAKE_HOME to a folder that can be written.",
            ) from error
        if (damage := self._damage()) is not None:
            raise self._set_aside(damage)
        with self._connected() as db:
            self._migrate(db)

    def __del__(self) -> None:
        # The library's connections hold themselves, and would stay open for long.
        for opened in getattr(self, "_idle", ()):
            opened.db.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One connection, for statements that change nothing. Raises: JournalError."""
        with self._connected() as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, alone in the file, committed at the end, rolled back on any error."""
        with self._connected() as db:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")

    def _migrate(self, db: sqlite3.Connection) -> None:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version == len(_MIGRATIONS):
            return
        # Before anything is changed in it, the way it is kept among that.
        self._refuse_newer(version)
        self._use_write_ahead_log(db)
        db.execute("BEGIN IMMEDIATE")
        # Read again, now that nobody else migrates.
        (version,) = db.execute("PRAGMA user_version").fetchone()
        self._refuse_newer(version)
        for migration in _MIGRATIONS[version:]:
            migration(db)
        db.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")
        db.execute("COMMIT")

    def _refuse_newer(self, version: int) -> None:
        if version > len(_MIGRATIONS):
            raise JournalError(
                f"The journal {self.path} was written by a newer New Take.",
                why=f"It has format {version}; this one knows {len(_MIGRATIONS)}.",
                fix="Update New Take, or set NEWTAKE_HOME to another folder.",
            )

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

    def _damage(self) -> str | None:
        """What is wrong with the file's structure; None for a sound one or none at all."""
        if not self.path.exists():
            return None
        db = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
            return None if verdict == "ok" else str(verdict)
        except sqlite3.Error as error:
            if any(word in str(error) for word in _DAMAGED):
                return str(error)
            raise self._unusable(error) from error
        finally:
            db.close()

    def _set_aside(self, damage: str) -> JournalError:
        """Rename the file and its companions; what to tell the user."""
        try:
            with FileLock(self.path.with_suffix(".setting-aside"), timeout=_BUSY_SECONDS):
                kept = self._free_name()
                # Another process may have done it while this one waited.
                if self._damage() is not None:
                    for companion in _COMPANIONS:
                        file = self.path.with_name(self.path.name + companion)
                        if file.exists():
                            file.rename(kept.with_name(kept.name + companion))
        except OSError as error:
            return JournalError(
                f"The journal {self.path} is damaged and cannot be set aside.",
                why=f"{damage}; {error}",
                fix="End every New Take and move the file away; do not delete it.",
                money=Money.UNKNOWN,
            )
        return JournalError(
            f"The journal was damaged and is set aside as {kept}.",
            why=damage,
            fix="Run the command again: a new journal begins. Look at the service's history for "
            "what was submitted; `newtake jobs fetch SUBMISSION` brings a result back.",
            money=Money.UNKNOWN,
        )

    def _free_name(self) -> Path:
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
        number = 1
        while True:
            kept = self.path.with_name(f"{self.path.stem}.damaged-{stamp}-{number}.sqlite")
            if not kept.exists():
                return kept
            number += 1

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """A connection; what its context does not commit is rolled back.

        It is kept for the next who asks. Closing the last connection writes the log into the file,
        which for each event would cost more than the event.
        """
        opened: _Opened | None = None
        try:
            opened = self._opened()
            yield opened.db
            if not opened.db.in_transaction:
                self._idle.append(opened)
                opened = None
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        finally:
            if opened is not None:
                opened.db.close()

    def _opened(self) -> _Opened:
        """An idle connection to the file that is there now: another process may set it aside."""
        with suppress(IndexError):
            # Not a test first: another thread may take the last one meanwhile.
            while True:
                opened = self._idle.pop()
                if opened.file == _identity(self.path):
                    return opened
                opened.db.close()
        is_new = not self.path.exists()
        db = sqlite3.connect(
            self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            db.execute("PRAGMA synchronous = FULL")
            # The file itself is made by the first statement that reads it.
            db.execute("PRAGMA user_version")
        except sqlite3.Error:
            db.close()
            raise
        if is_new:
            # Its companions get the rights that it has. It is not opened for that: closing it again
            # would drop the locks that this process has on it.
            with suppress(OSError):
                self.path.chmod(0o600)
        return _Opened(db, _identity(self.path))

    def _unusable(self, error: sqlite3.Error) -> JournalError:
        # SQLite calls a full disk that, or an I/O error where its shared memory found no room.
        full = "full" in str(error) or not has_room(self.path)
        return JournalError(
            f"The journal {self.path} cannot be {'written: the disk is full' if full else 'used'}.",
            why=str(error),
            fix="Make room, then `newtake jobs resume --all`."
            if full
            else "Check the disk and the file's permissions; the file is left as it is.",
        )
