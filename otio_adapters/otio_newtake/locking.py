"""One writer at a time per timeline, across the tasks of a process and across processes.

The operating system holds the lock and drops it when a process dies, so there is no stale one.
"""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import anyio
import anyio.to_thread

from newtake.domain.errors import HostError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_POLL_SECONDS = 0.05


@asynccontextmanager
async def exclusive(output: Path, *, wait_seconds: float) -> AsyncIterator[None]:
    """Hold the right to read, change and write `output`.

    Raises:
        HostError: If another writer holds it for longer than `wait_seconds`, or no lock can be
            made in the folder.
    """
    lock = output.with_name(f".{output.name}.lock")
    handle = -1
    with anyio.move_on_after(wait_seconds):
        handle = await _acquired(lock)
    if handle < 0:
        raise HostError(
            f"Another New Take has been writing {output} for {wait_seconds:g} seconds.",
            fix="Wait for it to end, then `newtake jobs resume`.",
        )
    try:
        yield
    finally:
        _release(lock, handle)


async def _acquired(lock: Path) -> int:
    while True:
        handle = await anyio.to_thread.run_sync(_acquire, lock)
        if handle >= 0:
            return handle
        await anyio.sleep(_POLL_SECONDS)


def _acquire(lock: Path) -> int:
    """A handle that holds the lock, or -1 when somebody else does."""
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise HostError(
            f"The folder {lock.parent} cannot be written.",
            why=f"{error.strerror}.",
            fix="Choose another place for the timeline with --out.",
        ) from error
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # The holder before us may have removed the file between our open and our lock.
        if os.path.samestat(os.fstat(handle), lock.stat()):
            return handle
    except (BlockingIOError, PermissionError, FileNotFoundError):
        pass
    except OSError as error:
        os.close(handle)
        raise HostError(
            f"Files in {lock.parent} cannot be locked.",
            why=f"{error.strerror}.",
            fix="Write the timeline to a local disk with --out.",
        ) from error
    os.close(handle)
    return -1


def _release(lock: Path, handle: int) -> None:
    if sys.platform == "win32":
        os.close(handle)
        # Somebody may be waiting on it; then it stays for them.
        with suppress(OSError):
            lock.unlink()
    else:
        with suppress(OSError):
            lock.unlink()
        os.close(handle)
