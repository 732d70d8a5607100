"""What was done to files in an editor's folders, or would be, line by line."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from newtake.hosts.installing.changes import Change
from newtake.shells.cli.drawing import console, say

_DONE = {"write": "written", "replace": "replaced", "keep": "as it was", "remove": "removed"}
_WOULD = {"write": "write", "replace": "replace", "keep": "leave", "remove": "remove"}


def tell_changes(changes: Iterable[Change], *, dry_run: bool) -> None:
    out = console(sys.stdout)
    for change in changes:
        if dry_run:
            say(out, f"Would {_WOULD[change.action]} {change.path}")
        else:
            say(out, f"{_DONE[change.action].capitalize()}: {change.path}")


def tell_folder(folder: Path, changes: Sequence[Change], *, dry_run: bool) -> None:
    """The same of a folder whose files belong together, in one line for each thing done."""
    out = console(sys.stdout)
    for action, count in Counter(each.action for each in changes).items():
        files = "1 file" if count == 1 else f"{count} files"
        if dry_run:
            say(out, f"Would {_WOULD[action]} {folder} ({files})")
        else:
            say(out, f"{_DONE[action].capitalize()}: {folder} ({files})")
