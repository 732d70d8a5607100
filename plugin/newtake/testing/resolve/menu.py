"""Runs a script as Resolve's Scripts menu does: a process with `resolve` in its globals.

    python -m newtake.testing.resolve.menu FOLDER SCRIPT

FOLDER is the one that the fake Resolve's process was given. Observed: menu scripts find `resolve`,
`fusion`, `bmd`, `app` and `fu`, and no `__file__`. The menu lets scripts in whatever the preference
for external scripting says.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from newtake.testing.resolve.vendor_module import connect


class Fusion:
    """As much of Fusion's application as leads a menu script to Resolve."""

    def __init__(self, resolve: Any) -> None:
        self._resolve = resolve

    def GetResolve(self) -> Any:
        return self._resolve


class Bmd:
    """As much of the `bmd` table as launchers use."""

    def __init__(self, resolve: Any) -> None:
        self._resolve = resolve

    def scriptapp(self, name: str) -> Any:
        return self._resolve if name == "Resolve" else None

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)


def menu_globals(resolve: Any) -> dict[str, Any]:
    """The names that a menu script finds."""
    fusion = Fusion(resolve)
    return {
        "__name__": "__main__",
        "resolve": resolve,
        "fusion": fusion,
        "fu": fusion,
        "app": fusion,
        "bmd": Bmd(resolve),
    }


def main(folder: str, script: str) -> None:
    """Run the script to its end; it has this process's input and output."""
    facts = json.loads((Path(folder) / "Modules" / "address.json").read_text(encoding="ascii"))
    resolve = connect((facts["host"], facts["port"]), "menu")
    if resolve is None:
        raise SystemExit("no Resolve is running there")
    code = compile(Path(script).read_text(encoding="utf-8"), "<menu script>", "exec")
    exec(code, menu_globals(resolve))  # what the menu does; the script is the test's own


if __name__ == "__main__":
    main(*sys.argv[1:])
