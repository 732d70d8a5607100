"""What runs in Blender's own Python: its syntax, what it imports, how it reckons with time."""

from __future__ import annotations

import ast
import sys
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import pytest

from addon_file import ADDON, addon_file

FILES = sorted(ADDON.glob("*.py"))
OF_BLENDER = {"bpy", "blf", "gpu", "gpu_extras", "mathutils", "addon_utils"}


@pytest.fixture(scope="module")
def timing() -> ModuleType:
    return addon_file("timing")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_add_on_is_python_3_8_and_imports_blender_and_itself_alone(path: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(path.read_bytes(), feature_version=(3, 8))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            imported.add((node.module or "").split(".")[0])
    assert imported - sys.stdlib_module_names - OF_BLENDER == set()


@pytest.mark.parametrize(
    ("said", "exact"),
    [
        (23.976, "24000/1001"),
        (23.98, "23.98"),
        (23.976024627685547, "24000/1001"),
        (29.97002983093262, "30000/1001"),
        (59.94, "60000/1001"),
        (25.0, "25"),
        (12.5, "12.5"),
    ],
)
def test_a_rate_in_single_precision_is_made_exact(
    timing: ModuleType, said: float, exact: str
) -> None:
    assert timing.ratio(said) == Fraction(exact)


def test_a_scene_of_24_over_1_001_is_exact(timing: ModuleType) -> None:
    assert timing.scene_ratio(24, timing.single(1.001)) == Fraction(24000, 1001)


@pytest.mark.parametrize(("rounds", "frames"), [(False, [0, 0, 1, 2]), (True, [0, 1, 2, 3])])
def test_between_two_frames_versions_show_another(
    timing: ModuleType, rounds: bool, frames: list[int]
) -> None:
    assert timing.shown_frames(1, 1, 5, 120, 24 / 25, 0, rounds) == frames


def test_beyond_its_media_a_strip_holds_still(timing: ModuleType) -> None:
    assert timing.shown_frames(1, -1, 6, 4, 1.0, 0, True) == [0, 0, 0, 1, 2, 3, 3]
