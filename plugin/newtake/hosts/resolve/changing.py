"""Whose turn it is to change a project in more than one request: one job's of one process.

Of two takes that come at once, each would find no bin of ours and make one; and each would take the
other's bin, page or tracks for the editor's own, and leave them so.
"""

from __future__ import annotations

import logging
from pathlib import Path
from types import TracebackType

import anyio
from filelock import FileLock, Timeout

from newtake.domain.errors import StorageError

_LOG = logging.getLogger("newtake")
LOCK = "resolve.lock"
"""The file's name in New Take's home."""
_POLL_SECONDS = 0.1


class Changing:
    """Held until what was begun is whole: `async with changing`. Not to be entered twice at once
    by one task.

    It is given back when its process dies, however that happens.
    """

    def __init__(self, file: Path | None = None) -> None:
        """Nothing is taken yet.

        Args:
            file: That of all processes which take turns; it is made, and stays. None: this process
                alone.
        """
        self._turn = anyio.Lock()
        self._file = file
        self._lock = None if file is None else FileLock(file, thread_local=False)

    @property
    def folder(self) -> Path | None:
        """Where a turn notes what the next one has to put back if it breaks off; None where there
        is none but this process."""
        return None if self._file is None else self._file.parent

    async def __aenter__(self) -> None:
        """Wait for the turn. Raises: StorageError where the file cannot be written."""
        await self._turn.acquire()
        try:
            await self._locked()
        except BaseException:
            self._turn.release()
            raise

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._lock is not None:
            self._lock.release()
        self._turn.release()

    async def _locked(self) -> None:
        if self._lock is None or self._file is None:
            return
        is_told = False
        while True:
            try:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                self._lock.acquire(timeout=0)
                return
            except Timeout:
                if not is_told:
                    _LOG.info("Another New Take changes Resolve's project; waiting for it.")
                is_told = True
            except OSError as error:
                raise StorageError(f"{self._file} cannot be locked.", why=str(error)) from error
            await anyio.sleep(_POLL_SECONDS)
