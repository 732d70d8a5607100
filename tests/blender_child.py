"""A Blender without a window as a child of the tests, which does what they ask; see in_blender.py.

It is Debian's `blender`, or what NEWTAKE_BLENDER names: another one, or a Python that has `bpy`.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from newtake.hosts import blender

PROGRAM = "NEWTAKE_BLENDER"
SCRIPT = Path(__file__).with_name("in_blender.py")
ADDONS = Path(blender.__file__).parent


class Refused(Exception):
    """What the bridge answered instead of a result."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(f"{error['kind']}: {error['text']}")
        self.kind, self.text, self.value = error["kind"], error["text"], error["value"]


class BlenderChild:
    def __init__(self, process: subprocess.Popen[str], log: IO[str]) -> None:
        self._process, self._log = process, log
        self._number = 0
        while self._line() != "ready\n":
            # What Blender itself prints at its start.
            continue

    def call(self, name: str, /, **arguments: Any) -> Any:
        """Run one of in_blender.py's functions. Raises: Refused."""
        return self.ask("test", **{"call": name, "with": arguments})

    def ask(self, do: str, **body: Any) -> Any:
        """Ask the add-on's bridge. Raises: Refused."""
        self._number += 1
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"id": self._number, "do": do, **body}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._line())
        assert answer["id"] == self._number
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["ok"]

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._log.seek(0)
            raise AssertionError(f"Blender has ended: {self._log.read()[-3000:]}")
        return line


@contextmanager
def blender_child(program: str, folder: Path, addons: Path = ADDONS) -> Iterator[BlenderChild]:
    """One Blender for many tests; each begins with `call("reset")`.

    Args:
        addons: The folder that has the add-on's package, named `addon`.
    """
    command = [program, str(SCRIPT)]
    if Path(program).name.startswith("blender"):
        command = [program, "-b", "--factory-startup", "-P", str(SCRIPT)]
    environment = {
        **os.environ,
        "NEWTAKE_ADDONS": str(addons),
        "NEWTAKE_ADDON": "addon",
        "BLENDER_USER_RESOURCES": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    with (
        (folder / "blender.log").open("w+") as log,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            encoding="utf-8",
            env=environment,
        ) as process,
    ):
        try:
            yield BlenderChild(process, log)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(30)
