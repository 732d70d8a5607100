"""The installed command in an empty folder, and a timeline to give it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from newtake.shells.cli.demo import footage
from otio_newtake.cuts import write_cuts
from services import sandbox_at

Newtake = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def copying_service(tmp_path: Path) -> Iterator[str]:
    """The address of `newtake sandbox --look copy`."""
    with sandbox_at(tmp_path / "sb", "--look", "copy") as url:
        yield url


@pytest.fixture
def newtake(tmp_path: Path) -> Newtake:
    """Run the command in an empty folder."""

    def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "newtake", *map(str, arguments)],
            cwd=tmp_path,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    return run


@pytest.fixture
def timeline(tmp_path: Path) -> Path:
    """Three cuts of real footage: 250 frames at 25 fps."""
    return write_cuts(footage(), Fraction(25), 250, tmp_path / "cut.otio", name="cut")
