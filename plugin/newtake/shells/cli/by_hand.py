"""What `--by-hand` says in the terminal, and the folder that it serves."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from newtake.bootstrap.resolve_presence import by_hand_folder
from newtake.shells.cli.drawing import console, say


def by_hand_spool() -> Path:
    """Say what to choose in Resolve; the folder in which the script that is chosen is met.

    Raises:
        OutputError: The environment names no home folder.
        StorageError: An entry of the menu cannot be read.
    """
    found = by_hand_folder(os.environ)
    out = console(sys.stderr)
    if found.entry:
        say(out, f"Now in DaVinci Resolve: Workspace > Scripts > {found.entry}.")
    else:
        say(out, "No entry in Lua is in Resolve's menu: `newtake resolve install --language lua`,")
        say(out, "then in DaVinci Resolve: Workspace > Scripts > New Take.")
    say(out, "The page shows its clips then. Leave this terminal open; Ctrl-C ends both.")
    return found.folder
