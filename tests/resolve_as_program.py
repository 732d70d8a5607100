"""Run by tests as Resolve runs a menu script, with one of the doors to Resolve that there may be.

Arguments: the menu entry, and the one global that is given: "resolve", "app", "bmd" or "none".
"""

import os
import sys
from pathlib import Path

from newtake.testing.resolve import FakeResolve


def main() -> None:
    entry, door = sys.argv[1:3]
    # What Resolve has been seen to set for its own interpreter.
    os.environ["PYTHONHOME"] = "/nowhere"
    os.environ["PYTHONPATH"] = "/nowhere"
    offered = FakeResolve("21.1").menu_globals()
    given = {name: value for name, value in offered.items() if name in ("__name__", door)}
    exec(compile(Path(entry).read_bytes(), "<menu script>", "exec"), given)


main()
