"""Run by tests as Resolve runs a menu script: no `__file__`, and the globals that it gives.

Arguments: the menu entry, and "resolve", "app", "bmd" or "none" for the door that is given.
Standard library alone: it stands for Resolve's own interpreter.
"""

import os
import sys
from pathlib import Path


class Resolve:
    """Answers what the bridge's greeting asks of any Resolve."""

    def GetVersion(self) -> "list[object]":
        return [21, 1, 0, 14, ""]

    def GetProductName(self) -> str:
        return "DaVinci Resolve Studio"

    def GetCurrentPage(self) -> str:
        return "edit"

    def IsStudio(self) -> bool:
        return True

    def GetResolve(self) -> "Resolve":
        return self

    def scriptapp(self, _name: str) -> "Resolve":
        return self


def main() -> None:
    entry, door = sys.argv[1:3]
    # What Resolve has been seen to set for its own interpreter.
    os.environ["PYTHONHOME"] = "/nowhere"
    os.environ["PYTHONPATH"] = "/nowhere"
    given = {} if door == "none" else {door: Resolve()}
    code = compile(Path(entry).read_bytes(), "<menu script>", "exec")
    exec(code, {"__name__": "__main__", **given})


main()
