"""One file of the add-on by itself, of those that need no Blender."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from newtake.hosts import blender

ADDON = Path(blender.__file__).parent / "addon"


def addon_file(name: str) -> ModuleType:
    """It is loaded anew: the package as a whole would import `bpy`."""
    spec = spec_from_file_location(f"newtake_{name}", ADDON / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
