"""Stands in for an uploader whose address or command may hold a secret and is not journalled.

A job that was submitted goes on without it; one that is still to be uploaded or linked says what to
type.
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
    holds_one = False

    def __init__(self, name: str) -> None:
        self.name = name
        self.audience = f"by {name}, to an address that is to be given again"
        self.consent_key = name

    async def store(self, file: Path, sha256: str, progress: Progress) -> Asset:
        self._ask()

    async def link(self, asset: Asset, job_id: str) -> str:
        self._ask()

    def _ask(self) -> NoReturn:
        raise SettingsError(
            f"This job is uploaded by {self.name}, and what followed that word is not kept.",
            fix=f"Give it again: newtake jobs resume ID --uploader {self.name}:...",
        )
