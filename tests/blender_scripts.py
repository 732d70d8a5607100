"""Scripts that a Blender without a window runs once: what they tell is the answer."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from newtake.hosts.blender.found import ask_version
from newtake.hosts.blender.places import Version

_TELL = """
import json, os, sys
import bpy
def tell(**said):
    sys.stdout.flush()
    os.write(1, ("\\ntold " + json.dumps(said) + "\\n").encode())
"""


def version_of(program: Path) -> Version:
    """Of a Blender, or of the one that a Python has as a module."""
    known = ask_version(program)
    if known is not None:
        return known
    said = ran(program, "tell(version=list(bpy.app.version[:2]))\nos._exit(0)\n", {})
    return int(said["version"][0]), int(said["version"][1])


def ran(program: Path, script: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """What a script in that Blender tells."""
    whole = _TELL + script
    words = [str(program), "-c", whole]
    if program.name.startswith("blender"):
        words = [str(program), "--background", "--python-exit-code", "3", "--python-expr", whole]
    done = subprocess.run(
        words,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    told = [line for line in done.stdout.splitlines() if line.startswith("told ")]
    assert told, f"{done.stdout[-2000:]}\n{done.stderr[-3000:]}"
    answer: dict[str, Any] = json.loads(told[-1].removeprefix("told "))
    return answer
