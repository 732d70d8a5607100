"""One page for one NEWTAKE_HOME: who serves it, and where a second start finds it.

The lock is the truth, as the system takes it away from a process that dies; the file beside it only
says where the page of the lock's holder is, and without a holder nobody believes it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from newtake.domain.errors import StorageError
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
    """The right to serve the page of a home, held until `release` or the end of the process."""

    def __init__(self, home: Path, lock: FileLock) -> None:
        self._home = home
        self._lock = lock

    def publish(self, address: Address) -> None:
        """Say where the page is, to this user only: to New Take and to browsers.

        Raises:
            StorageError: That could not be written.
        """
        try:
            write_private(doorway_of(self._home), doorway_text(address.url))
            write_private(self._home / ADDRESS, json.dumps(asdict(address)))
        except OSError as error:
            raise _unusable(self._home, error) from error

    def release(self) -> None:
        _forget(self._home)
        self._lock.release()


def claim(home: Path) -> Claim | None:
    """Claim the page of a home; None where another process serves it. Raises: StorageError."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = FileLock(home / LOCK, timeout=0)
        lock.acquire()
    except Timeout:
        return None
    except OSError as error:
        raise _unusable(home, error) from error
    # What a process that died left here is nobody's address.
    _forget(home)
    return Claim(home, lock)


def published(home: Path) -> Address | None:
    """Where the page of the one that holds the claim is; None before it says so."""
    try:
        said = json.loads((home / ADDRESS).read_text(encoding="utf-8"))
        return Address(int(said["port"]), str(said["token"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _forget(home: Path) -> None:
    for file in (home / ADDRESS, doorway_of(home)):
        file.unlink(missing_ok=True)


def _unusable(home: Path, error: OSError) -> StorageError:
    return StorageError(
        f"The page cannot be opened: {home} cannot be used.",
        why=str(error),
        fix="Look at the folder's rights and the room on its disk, or set NEWTAKE_HOME.",
    )
