"""A way to a bridge that can only read and write files: requests and answers have a file each.

In the folder: `session` (a word of this conversation), `table` (`api.json`), `alive` (a number that
grows each second), `NNNNNN.request` and `NNNNNN.answer` from 000001 on, `stop` at the end. What we
write is a Lua chunk that returns one text, since the free edition from 21.1 on leaves its scripts
nothing to read a file with but `loadfile` (measured by others; 21.1). There a script cannot write
either: its answers are then found in Fusion's preferences, `Fusion.prefs`, which Resolve writes.

A file is written under another name and renamed, so that nobody reads half of it.
"""

from __future__ import annotations

import base64
import binascii
import re
import shutil
import threading
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import anyio

from newtake.domain.errors import HostAwayError, StorageError
from newtake.durable import make_private
from newtake.hosts.resolve.api import TABLE

BEAT_SECONDS = 1.0
"""The script counts its own polls, not seconds: a computer that slept has not ended us."""
BY_HAND = "by-hand"
"""The folder below the spool's parent where a script waits that cannot start a program."""
SECONDS_TO_END = 0.5
_POLL_SECONDS = 0.02
_YOUNG_SECONDS = 3.0


class SpoolFolder:
    """A bridge in Lua, in Resolve's menu. It takes the folder away when it ends, and so do we."""

    def __init__(self, folder: Path, profiles: Path | None = None) -> None:
        """Says in the folder that we are there.

        Args:
            folder: Made by the script that started us, or else (see `BY_HAND`) by us.
            profiles: Fusion's folder of profiles, where answers may be; None: in the folder alone.

        Raises:
            StorageError: The folder cannot be written.
        """
        self._folder = folder
        self._prefs = FusionPrefs(profiles) if profiles is not None else None
        self._over = threading.Event()
        self.renew()
        threading.Thread(target=self._beat, name="newtake-spool", daemon=True).start()

    def renew(self) -> None:
        """Begin another conversation in the folder: a script that is there goes over to it.

        Raises:
            StorageError: The folder cannot be written.
        """
        folder = self._folder
        self._session = uuid.uuid4().hex
        self._sent = 0
        self._read = 0
        try:
            make_private(folder)
            # What another conversation left, by a death of either side.
            for old in (*folder.glob("*.request"), *folder.glob("*.answer"), folder / "stop"):
                old.unlink(missing_ok=True)
            self._write("table", TABLE.read_text("utf-8"))
            self._write("alive", "0")
            # Last: a script that waits begins when it is there.
            self._write("session", self._session)
        except OSError as error:
            raise StorageError(f"{folder} cannot be written.", why=str(error)) from error

    @property
    def unheard(self) -> bool:
        """Whether no answer has come yet in this conversation."""
        return self._read == 0

    @property
    def is_over(self) -> bool:
        return self._over.is_set() or not self._folder.exists()

    async def send_first(self, line: str) -> None:
        """Send the one request that waits for a script to come, in place of the one before."""
        self._sent = 0
        await self.send(line)

    async def send(self, line: str) -> None:
        self._sent += 1
        try:
            # Small, and in one go: a cancelled caller leaves no number out.
            self._write(f"{self._sent:06}.request", line)
        except OSError as error:
            raise HostAwayError("The script in Resolve's menu has ended.") from error

    async def receive(self) -> str:
        """The next answer, in order."""
        while True:
            if (found := self._answer(self._read + 1)) is not None:
                first, (self._read, line) = self._read + 1, found
                # Done once: a script that is started later begins with what it finds.
                for number in range(first, self._read + 1):
                    with suppress(OSError):
                        (self._folder / f"{number:06}.request").unlink(missing_ok=True)
                return line
            if self.is_over:
                return ""
            await anyio.sleep(_POLL_SECONDS)

    def why_ended(self) -> str:
        return "The script in Resolve's menu has taken its folder away."

    async def aclose(self) -> None:
        self._over.set()
        try:
            self._write("stop", "")
        except OSError:
            # The script took the folder away, and with it has ended.
            return
        with anyio.move_on_after(SECONDS_TO_END, shield=True):
            while self._folder.exists():  # noqa: ASYNC110 # another program takes it away
                await anyio.sleep(_POLL_SECONDS)
        # A script that may not remove anything, or is still at work: it ends when this is gone.
        shutil.rmtree(self._folder, ignore_errors=True)

    def _answer(self, number: int) -> tuple[int, str] | None:
        path = self._folder / f"{number:06}.answer"
        try:
            line = path.read_text(encoding="utf-8", errors="replace")
            path.unlink(missing_ok=True)
        except OSError:
            return self._prefs.answer(self._session, number) if self._prefs else None
        return number, line

    def _write(self, name: str, text: str) -> None:
        new = self._folder / f"{name}.new"
        new.write_text(lua_chunk(text), encoding="ascii")
        new.replace(self._folder / name)

    def _beat(self) -> None:
        beats = 0
        while not self._over.wait(BEAT_SECONDS):
            beats += 1
            try:
                self._write("alive", str(beats))
            except OSError:
                # Taken away, or read at this moment on Windows; the next one tells.
                continue


class FusionPrefs:
    """Answers that Resolve wrote into a `Fusion.prefs` for a script: SESSION:NUMBER:BASE64."""

    def __init__(self, profiles: Path) -> None:
        self._profiles = profiles
        self._seen: dict[Path, tuple[int, int]] = {}

    def answer(self, session: str, number: int) -> tuple[int, str] | None:
        """The answer to that request or to a later one, with its number.

        There is room for one answer: the next takes its place, read or not.
        """
        wanted = re.compile(rb'"%s:(\d{1,9}):([A-Za-z0-9+/=]*)"' % re.escape(session.encode()))
        for path in self._changed():
            try:
                found = wanted.search(path.read_bytes())
                if found and int(found[1]) >= number:
                    line = base64.b64decode(found[2], validate=True).decode(errors="replace")
                    return int(found[1]), line
            except (OSError, binascii.Error):
                # Being written at this moment: it will have changed again.
                self._seen.pop(path, None)
        return None

    def _changed(self) -> Sequence[Path]:
        changed = []
        for path in self._profiles.glob("*/Fusion.prefs"):
            try:
                state = path.stat()
            except OSError:
                continue
            stamp = (state.st_mtime_ns, state.st_size)
            # Clocks of file systems are coarse: what is young may change and look the same.
            if self._seen.get(path) != stamp or time.time() - state.st_mtime < _YOUNG_SECONDS:
                self._seen[path] = stamp
                changed.append(path)
        return changed


def lua_chunk(text: str) -> str:
    """A Lua program that returns a text; ASCII alone, whatever the text is."""
    escaped = "".join(_lua_character(each) for each in text)
    return f'return "{escaped}"\n'


def _lua_character(character: str) -> str:
    if character in ('"', "\\"):
        return "\\" + character
    if " " <= character <= "~":
        return character
    return "".join(f"\\{byte:03}" for byte in character.encode())
