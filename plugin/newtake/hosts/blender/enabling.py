"""Has a Blender switch the add-on on or off in its user's preferences, without a window.

The preferences are Blender's own file, which only Blender can write.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from newtake.hosts.blender.found import FoundBlender
from newtake.hosts.blender.places import module_of

SECONDS = 120.0
_SAYS = "newtake says "
# Not through Blender's own end, which 4.5 does not always come to while add-ons are on.
_SCRIPT = r"""
import json, os
import addon_utils
import bpy

do, module = json.loads(os.environ["NEWTAKE_ENABLING"])

def is_on():
    return module in bpy.context.preferences.addons

was, trouble = is_on(), ""
try:
    if do == "enable":
        # Also where it is: it may be an older one.
        bpy.ops.preferences.addon_enable(module=module)
    elif do == "disable" and was:
        bpy.ops.preferences.addon_disable(module=module)
    if is_on() != was:
        bpy.ops.wm.save_userpref()
except Exception as error:
    trouble = "%s: %s" % (type(error).__name__, error)
loaded = addon_utils.check(module)[1]
said = {"was": was, "on": is_on(), "loaded": loaded, "trouble": trouble}
print("newtake says " + json.dumps(said), flush=True)
os._exit(0)
"""


@dataclass(frozen=True, slots=True)
class Enabled:
    """How the add-on stands in a Blender's preferences."""

    was: bool | None
    """None where Blender was not asked, or did not say."""
    on: bool | None
    trouble: str = ""


NOT_ASKED = Enabled(None, None)


def enabling(
    blender: FoundBlender,
    do: Literal["enable", "disable", "look"],
    environment: Mapping[str, str] = os.environ,
) -> Enabled:
    """Ask the Blender of a program; one without a program is not asked."""
    if blender.program is None:
        return NOT_ASKED
    words = [str(blender.program), "--background", "--python-expr", _SCRIPT]
    try:
        ran = subprocess.run(
            words,
            env={**environment, "NEWTAKE_ENABLING": json.dumps([do, module_of(blender.version)])},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return Enabled(None, None, str(error))
    out = ran.stdout.decode("utf-8", "replace")
    said = [line for line in out.splitlines() if line.startswith(_SAYS)]
    if not said:
        told = ran.stderr.decode("utf-8", "replace").strip() or out.strip()
        return Enabled(None, None, told[-300:] or f"it ended with {ran.returncode}")
    state: Any = json.loads(said[-1][len(_SAYS) :])
    trouble = str(state["trouble"])
    if not trouble and state["on"] and not state["loaded"]:
        trouble = "it is switched on, and Blender could not load it"
    return Enabled(bool(state["was"]), bool(state["on"]), trouble)
