"""Which newtake the add-on starts: as its preferences say, as it was installed, or by the PATH."""

import json
import shutil
from pathlib import Path

import bpy

_TARGET = Path(__file__).with_name("target.json")
_OPEN = ["blender", "open"]
_ADVICE = (
    "Run `newtake blender install` in the environment that is to be used, or name its newtake in "
    "the add-on's preferences."
)


class NoCommand(Exception):
    """There is no newtake to start; the text says what to do."""


class NewTakePreferences(bpy.types.AddonPreferences):
    bl_idname = __package__

    command: bpy.props.StringProperty(
        name="newtake",
        description="The command of New Take's own environment; empty: as it was installed",
        subtype="FILE_PATH",
    )
    home: bpy.props.StringProperty(
        name="NEWTAKE_HOME",
        description="Where New Take keeps its jobs and settings; empty: as it was installed",
        subtype="DIR_PATH",
    )

    def draw(self, context):
        layout = self.layout
        layout.prop(self, "command")
        layout.prop(self, "home")
        try:
            words, _ = command(context)
            layout.label(text="Starts " + words[0], icon="CHECKMARK")
        except NoCommand as problem:
            layout.label(text=str(problem), icon="ERROR")


def command(context):
    """The words that start newtake, and NEWTAKE_HOME or "". Raises: NoCommand."""
    words, home = _installed()
    addon = context.preferences.addons.get(__package__)
    said = addon.preferences if addon is not None else None
    if said is not None and said.home:
        home = bpy.path.abspath(said.home)
    if said is not None and said.command:
        words = [bpy.path.abspath(said.command), *_OPEN]
    elif words is None:
        found = shutil.which("newtake")
        if found is None:
            raise NoCommand("There is no newtake on the PATH. " + _ADVICE)
        words = [found, *_OPEN]
    if not Path(words[0]).exists():
        raise NoCommand(f"Its environment is not where it was: {words[0]} is gone. {_ADVICE}")
    return words, home


def _installed():
    try:
        target = json.loads(_TARGET.read_text("ascii"))
        return list(target["command"]), target["home"]
    except (OSError, ValueError, KeyError):
        return None, ""


CLASSES = (NewTakePreferences,)
