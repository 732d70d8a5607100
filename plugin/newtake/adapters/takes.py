"""The folder of takes: numbers, file names and sidecars beside a written timeline.

Nothing in it is ever overwritten. A number is taken by creating its slot file exclusively, so two
processes never get the same one; the slot file names its label, so a crash finds its slot again.
Slot files stay for good, in one hidden folder: a number whose slot file went away could be taken by
somebody who had looked for files just before they came.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from newtake.adapters.room import storage_error
from newtake.domain.errors import StorageError
from newtake.domain.files import Provenance
from newtake.durable import hidden_name, put_new, write_durably
from newtake.ports import TakeSlot

_MOST_TAKES = 9999
_CLAIMS = ".newtake"
_HIDDEN = 0x2
"""Windows' FILE_ATTRIBUTE_HIDDEN."""


class TakeFolder:
    """Implements `ports.TakeStore` on the file system."""

    def reserve(self, folder: Path, clip_name: str, label: str, least: int = 1) -> TakeSlot:
        """The slot of `label` in `folder`, made at the first call, with a number from `least` on,
        and found at every later one.

        File names are plain ASCII without spaces: some editors cannot follow anything else.

        Raises:
            StorageError: If the folder cannot be made or written.
        """
        stem = plain_name(clip_name)
        try:
            claims = _claims_in(folder)
            for number in range(1, _MOST_TAKES):
                slot = _slot(folder, stem, number)
                claim = claims / f"{slot.video.stem}.slot"
                if number < least:
                    if claim.exists() and claim.read_text(encoding="utf-8") == label:
                        return slot
                elif _claimed(claim, slot, label):
                    return slot
        except OSError as error:
            raise storage_error(error, folder) from error
        raise StorageError(f"{folder} holds {_MOST_TAKES} takes of {clip_name!r}.")

    def write_sidecar(
        self, slot: TakeSlot, provenance: Provenance, facts: Mapping[str, Any]
    ) -> None:
        """Write the take's record beside it, complete or not at all."""
        document = {"newtake": 1, **asdict(provenance), **facts}
        text = json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n"
        try:
            write_durably(slot.sidecar, text.encode())
        except OSError as error:
            raise storage_error(error, slot.sidecar.parent) from error

    def finished(self, path: Path) -> tuple[str, int] | None:
        """SHA-256 and size in bytes, read in constant memory."""
        digest = hashlib.sha256()
        try:
            with path.open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
            return digest.hexdigest(), path.stat().st_size
        except FileNotFoundError:
            return None

    def set_aside(self, path: Path) -> Path | None:
        if not path.exists():
            return None
        number = 1
        while (aside := path.with_name(f"{path.stem}.damaged-{number}{path.suffix}")).exists():
            number += 1
        try:
            return path.rename(aside)
        except OSError as error:
            raise storage_error(error, path) from error

    @contextmanager
    def workplace(self, beside: Path) -> Iterator[Path]:
        folder = hidden_name(beside)
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise storage_error(error, folder.parent) from error
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def place(self, file: Path, to: Path) -> None:
        try:
            put_new(file, to)
        except FileExistsError as error:
            raise StorageError(
                f"{to} is there already, and is left as it is.", fix="Give another name."
            ) from error
        except OSError as error:
            raise storage_error(error, to) from error

    def withdraw(self, path: Path) -> None:
        path.unlink(missing_ok=True)


def plain_name(name: str) -> str:
    """A clip's name as a file name that every editor and every file system takes."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", ascii_name)
    return re.sub(r"[^A-Za-z0-9]+", "_", stem).strip("_")[:60] or "clip"


def _claims_in(folder: Path) -> Path:
    """The folder of slot files: nothing that a person, or an editor's media import, should see."""
    claims = folder / _CLAIMS
    try:
        claims.mkdir(parents=True)
    except FileExistsError:
        return claims
    if sys.platform == "win32":
        # A leading dot hides nothing there.
        ctypes.windll.kernel32.SetFileAttributesW(str(claims), _HIDDEN)
    return claims


def _slot(folder: Path, stem: str, number: int) -> TakeSlot:
    name = f"{stem}_take_{number:03}"
    return TakeSlot(
        number=number,
        video=folder / f"{name}.mov",
        result=folder / f"{name}.result.mp4",
        exr_package=folder / f"{name}.result.exr",
        exr_folder=folder / f"{name}_exr",
        sidecar=folder / f"{name}.json",
    )


def _claimed(claim: Path, slot: TakeSlot, label: str) -> bool:
    """Whether the slot is the label's, taken just now or earlier.

    Files without a slot file were copied here or lost it on the way: they are somebody's takes.
    """
    if claim.exists():
        return claim.read_text(encoding="utf-8") == label
    package = slot.exr_package
    files = (slot.video, slot.result, slot.sidecar, slot.exr_folder, package)
    if any(file.exists() for file in (*files, package.with_suffix(".zip"))):
        return False
    try:
        with claim.open("x", encoding="utf-8") as file:
            file.write(label)
    except FileExistsError:
        return claim.read_text(encoding="utf-8") == label
    return True
