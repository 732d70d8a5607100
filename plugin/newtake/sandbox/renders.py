"""Results kept by what they were made of: the same bytes are not rendered the same way twice.

What makes a result is the one command line and the source's bytes; names of folders are no part of
it. Sandboxes may share a folder, also at the same time.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

from newtake.sandbox.render import RenderPlan, render_command


class Renders:
    """Args:
    folder: Made when something is kept; nothing is ever removed from it.
    executable: Path of the ffmpeg that renders; another program's results are not taken.
    """

    def __init__(self, folder: Path, executable: str) -> None:
        self._folder = folder
        self._executable = executable

    def find(self, plan: RenderPlan, files: Sequence[Path]) -> bool:
        """Put what was kept for such a plan at `files`; False, and no file, where one is missing.

        Args:
            plan: With its source on disk.
            files: The caller's, in the order in which they were kept; each suffix once.
        """
        kept = [self._place(plan, file) for file in files]
        if not all(each.exists() for each in kept):
            return False
        for each, file in zip(kept, files, strict=True):
            _same(each, file)
        return True

    def keep(self, plan: RenderPlan, files: Sequence[Path]) -> None:
        """Keep finished files, which stay the caller's and must not be written into afterwards."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            partial = self._folder / f"{secrets.token_hex(8)}.part"
            _same(file, partial)
            partial.replace(self._place(plan, file))

    def _place(self, plan: RenderPlan, file: Path) -> Path:
        return self._folder / f"{self._key(plan)}{file.suffix}"

    def _key(self, plan: RenderPlan) -> str:
        program = Path(self._executable).stat()
        folder = str(plan.target.parent)
        command = [word.replace(folder, "") for word in render_command(plan, self._executable)]
        content = hashlib.sha256()
        with plan.source.open("rb") as source:
            while block := source.read(1 << 20):
                content.update(block)
        made_of = [command, content.hexdigest(), program.st_size, program.st_mtime_ns]
        return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:32]


def _same(source: Path, target: Path) -> None:
    """The same file under a second name, or a copy where the disk has no such thing."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
