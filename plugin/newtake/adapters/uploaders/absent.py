"""Stands in for an uploader whose address holds a secret and is therefore in no journal.

A job that has been uploaded goes on without it; one that has not says what to type.
"""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from newtake.domain.errors import SettingsError
from newtake.domain.files import Asset
from newtake.ports import Progress


class AbsentUploader:
    """Implements `ports.Uploader` for the words `put` and `command` without what follows them."""

    public = False

    def __init__(self, name: str) -> None:
        self.name = name

    async def store(self, file: Path, sha256: str, progress: Progress) -> Asset:
        self._ask()

    async def link(self, asset: Asset, job_id: str) -> str:
        self._ask()

    def _ask(self) -> NoReturn:
        raise SettingsError(
            f"This job is uploaded by {self.name}, and its address is not kept.",
            fix=f"Give it again: newtake jobs resume ID --uploader {self.name}:...",
        )
