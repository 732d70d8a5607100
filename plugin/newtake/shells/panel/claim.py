"""One page for one folder, NEWTAKE_HOME or a timeline's in it: who serves it, and where.

The lock is the truth, as the system takes it away from a process that dies; the file beside it only
says where the page of the lock's holder is, and without a holder nobody believes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from newtake.bootstrap.draft_places import place_of
from newtake.domain.errors import OutputError, StorageError
from newtake.durable import make_private
from newtake.shells.panel.doorway import doorway_of, doorway_text, write_private

LOCK, ADDRESS = "panel.lock", "panel.json"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a page is served on this machine."""

    port: int
    token: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/{self.token}/"


class Claim:
    """The right to serve the page of a folder, held until `release` or the end of the process."""

    def __init__(self, folder: Path, lock: FileLock, former: Address | None) -> None:
        self.folder = folder
        self.former = former
        """Where the page of a process was that died with the claim; None where none did."""
        self._lock = lock

    def publish(self, address: Address) -> None:
        """Say where the page is, to this user only: to New Take and to browsers.

        Raises:
            StorageError: That could not be written.
        """
        try:
            write_private(doorway_of(self.folder), doorway_text(address.url))
            write_private(self.folder / ADDRESS, json.dumps(asdict(address)))
        except OSError as error:
            raise _unusable(self.folder, error) from error

    def release(self) -> None:
        _forget(self.folder)
        self._lock.release()


def claim(folder: Path) -> Claim | None:
    """Claim the page of a folder; None where another process serves it. Raises: StorageError."""
    try:
        make_private(folder)
        lock = FileLock(folder / LOCK, timeout=0)
        lock.acquire()
    except Timeout:
        return None
    except OSError as error:
        raise _unusable(folder, error) from error
    # What a process that died left here is nobody's address, until one is published again.
    former = published(folder)
    _forget(folder)
    return Claim(folder, lock, former)


def published(folder: Path) -> Address | None:
    """Where the page of the one that holds the claim is; None before it says so."""
    try:
        said = json.loads((folder / ADDRESS).read_text(encoding="utf-8"))
        return Address(int(said["port"]), str(said["token"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


class FilePlace:
    """The claim of the file that a page is of, which becomes another file by saving as one."""

    def __init__(self, home: Path, held: Claim, address: Address) -> None:
        self.held = held
        self._home = home
        self._address = address

    @contextmanager
    def moving_to(self, timeline: Path) -> Iterator[None]:
        """The time in which the page becomes that of another file; nothing where it fails.

        Raises:
            OutputError: Another page is of that file.
            StorageError: NEWTAKE_HOME cannot be used.
        """
        folder = place_of(timeline, self._home)
        if folder == self.held.folder:
            yield
            return
        new = claim(folder)
        if new is None:
            raise OutputError(
                f"{timeline.name} is open in another panel.",
                fix="Close that page and wait a moment, or choose another name.",
            )
        try:
            yield
            new.publish(self._address)
        except BaseException:
            new.release()
            raise
        self.held.release()
        self.held = new


def _forget(folder: Path) -> None:
    for file in (folder / ADDRESS, doorway_of(folder)):
        file.unlink(missing_ok=True)


def _unusable(folder: Path, error: OSError) -> StorageError:
    return StorageError(
        f"The page cannot be opened: {folder} cannot be used.",
        why=str(error),
        fix="Look at the folder's rights and the room on its disk, or set NEWTAKE_HOME.",
    )
