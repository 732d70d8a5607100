"""What was done to files in an editor's folders, or would be, line by line."""

from __future__ import annotations

import sys
from collections.abc import Iterable

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
