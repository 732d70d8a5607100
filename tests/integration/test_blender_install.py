"""The add-on in a real Blender: installed by newtake and by Blender itself, switched on and off.

What needs an extension (4.2 and later) runs where NEWTAKE_BLENDER names a Blender of these.
"""

from __future__ import annotations

import os
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from blender_child import PROGRAM
from blender_scripts import ran, version_of
from newtake.bootstrap import blender_addon
from newtake.bootstrap.blender_addon import Asked
from newtake.hosts.blender.enabling import enabling
from newtake.hosts.blender.found import FoundBlender, ask_version
from newtake.hosts.blender.packaging import INIT
from newtake.hosts.blender.places import module_of, places_of
from newtake.hosts.blender.status import findings
from resolve_machines import NASTY

NEEDED = ("__init__.py", "bridge.py", "dialog.py", "menu.py", "serving.py")

_INSTALL = """
if bpy.app.version >= (4, 2):
    bpy.ops.extensions.package_install_files(
        filepath=os.environ["ZIP"], repo="user_default", enable_on_install=True)
else:
    bpy.ops.preferences.addon_install(filepath=os.environ["ZIP"])
    bpy.ops.preferences.addon_enable(module=os.environ["MODULE"])
"""
_ENABLE = """
bpy.ops.preferences.addon_enable(module=os.environ["MODULE"])
"""
_STATE = """
import importlib
module = os.environ["MODULE"]
preferences = importlib.import_module(module + ".preferences")
try:
    words, home = preferences.command(bpy.context)
except preferences.NoCommand as problem:
    words, home = None, str(problem)
drawn = [each.__name__ for name in ("SEQUENCER_MT_context_menu", "SEQUENCER_MT_strip")
         for each in getattr(bpy.types, name)._dyn_ui_initialize()]
loaded = {"on": module in bpy.context.preferences.addons, "words": words, "home": home,
          "entries": drawn, "version": list(bpy.app.version[:2]),
          "registered": hasattr(bpy.types, "NEWTAKE_OT_dialog")}
bpy.ops.preferences.addon_disable(module=module)
tell(left=hasattr(bpy.types, "NEWTAKE_OT_dialog"), **loaded)
os._exit(0)
"""


@pytest.fixture
def program(require_program: Callable[[str], str]) -> Path:
    return Path(os.environ.get(PROGRAM) or require_program("blender"))


def test_blender_installs_our_zip_by_itself(program: Path, tmp_path: Path) -> None:
    version = version_of(program)
    extension, classic = blender_addon.package(tmp_path / "zips")
    zipped = extension if version >= (4, 2) else classic
    module = module_of(version)
    user = tmp_path / NASTY
    user.mkdir()
    environment = {
        "ZIP": str(zipped),
        "MODULE": module,
        "BLENDER_USER_RESOURCES": str(user),
        "BLENDER_USER_SCRIPTS": str(user / "scripts"),
        "HOME": str(user),
        "PATH": str(tmp_path),
    }
    (user / "scripts").mkdir()
    told = ran(program, _INSTALL + _STATE, environment)
    assert (told["on"], told["registered"], told["left"]) == (True, True, False)
    assert {"_in_context_menu", "_in_strip_menu"} <= set(told["entries"])
    # A zip holds no path of any machine.
    assert told["words"] is None
    assert "There is no newtake on the PATH." in told["home"]


def test_blenders_own_tool_finds_the_extension_valid(program: Path, tmp_path: Path) -> None:
    if version_of(program) < (4, 2):
        pytest.skip("extensions came with Blender 4.2")
    tool = ran(
        program,
        "import bl_pkg\ntell(tool=os.path.dirname(bl_pkg.__file__))\nos._exit(0)\n",
        {"BLENDER_USER_RESOURCES": str(tmp_path)},
    )["tool"]
    words = [str(program), f"{tool}/cli/blender_ext.py"]
    extension, _ = blender_addon.package(tmp_path)
    for command in (
        [*words, "validate", str(extension)],
        [*words, "build", "--source-dir", str(tmp_path / "src"), "--output-dir", str(tmp_path)],
    ):
        if command[2] == "build":
            with zipfile.ZipFile(extension) as archive:
                archive.extractall(tmp_path / "src")
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_what_newtake_installs_is_found_and_starts_this_environment(
    program: Path, tmp_path: Path
) -> None:
    version = version_of(program)
    user = tmp_path / NASTY
    user.mkdir()
    environment = {
        "HOME": str(user),
        "BLENDER_USER_RESOURCES": str(user),
        "BLENDER_USER_SCRIPTS": str(user / "scripts"),
        "NEWTAKE_HOME": str(tmp_path / "newtake home \\ é"),
    }
    ((done,), _) = blender_addon.install(
        environment, Asked(version=version), ask=lambda _: None, start=lambda _: None
    )
    assert set(NEEDED) <= {each.path.name for each in done.changes}
    told = ran(program, _ENABLE + _STATE, {**environment, "MODULE": module_of(version)})
    assert (told["on"], told["registered"]) == (True, True)
    target = blender_addon.target_here(environment)
    assert (tuple(told["words"]), told["home"]) == (target.command, target.home)


def test_newtake_switches_it_on_and_off_in_blenders_preferences(
    require_program: Callable[[str], str], tmp_path: Path
) -> None:
    blender = Path(require_program("blender"))
    environment = {**os.environ, "HOME": str(tmp_path), "NEWTAKE_HOME": str(tmp_path / "nt")}
    environment.pop("XDG_CONFIG_HOME", None)
    asked = Asked(program=blender)
    ((done,), _) = blender_addon.install(environment, asked, start=lambda _: None)
    assert (done.enabled.was, done.enabled.on, done.enabled.trouble) == (False, True, "")
    facts = blender_addon.facts({**environment, "PATH": str(blender.parent)})
    assert [(each.state, each.fix) for each in findings(facts)] == [("ok", "")]

    ((again,), _) = blender_addon.install(environment, asked, start=lambda _: None)
    assert {each.action for each in again.changes} == {"keep"}
    assert (again.enabled.was, again.enabled.on) == (True, True)

    (gone,) = blender_addon.uninstall(environment, asked)
    assert (gone.enabled.was, gone.enabled.on, gone.enabled.trouble) == (True, False, "")
    assert not gone.blender.addon.exists()
    version = ask_version(blender)
    assert version is not None
    there = FoundBlender(version, places_of("linux", environment).addon(version), blender)
    assert enabling(there, "look", environment).on is False


def test_a_blender_that_cannot_load_it_is_told(
    require_program: Callable[[str], str], tmp_path: Path
) -> None:
    blender = Path(require_program("blender"))
    environment = {**os.environ, "HOME": str(tmp_path), "NEWTAKE_HOME": str(tmp_path / "nt")}
    environment.pop("XDG_CONFIG_HOME", None)
    ((done,), _) = blender_addon.install(environment, Asked(program=blender), start=lambda _: None)
    init = done.blender.addon / INIT
    init.write_bytes(init.read_bytes() + b"\nraise RuntimeError('broken')\n")
    facts = blender_addon.facts({**environment, "PATH": str(blender.parent)})
    assert "is not as this New Take writes it" in findings(facts)[0].text
    assert "could not load it" in enabling(done.blender, "look", environment).trouble
