"""A real Blender, and what is laid into its timeline, for the tests that share them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from blender_child import BlenderChild
from blender_strips import a_blender, laid_clip, made_media


@pytest.fixture(scope="module")
def blender(
    require_program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BlenderChild]:
    """The Blender that NEWTAKE_BLENDER names, or the machine's, as one file of tests uses it."""
    with a_blender(require_program, tmp_path_factory.mktemp("blender")) as child:
        yield child


@pytest.fixture(scope="session")
def blender_media(
    require_program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Made once; whoever changes a file of it works on a copy."""
    return made_media(require_program("ffmpeg"), tmp_path_factory.mktemp("media"))


@pytest.fixture
def laid(blender: BlenderChild, blender_media: Path) -> BlenderChild:
    """A timeline with the clip in it, and nothing else."""
    return laid_clip(blender, blender_media)
