"""The installed command in an empty folder, a timeline to give it, and the panel in a browser."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from newtake.shells.cli.demo import footage
from otio_newtake.cuts import write_cuts
from page_browser import started_browser
from panel_door import Door, door, make_media
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


@pytest.fixture(scope="session")
def numbered_film(
    tmp_path_factory: pytest.TempPathFactory, require_program: Callable[[str], str]
) -> Path:
    """What the panel's timelines are cut from; see `panel_door`."""
    return make_media(tmp_path_factory.mktemp("film"), require_program("ffmpeg"))


@pytest.fixture(scope="module")
def browser(require_program: Callable[[str], str]) -> Iterator[Browser]:
    """A real browser; each test opens windows of its own in it."""
    with started_browser(require_program("chromium")) as started:
        yield started


@pytest.fixture(scope="module")
def service_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `newtake sandbox`, which restyles as the prompt says."""
    with sandbox_at(tmp_path_factory.mktemp("service")) as url:
        yield url


@pytest.fixture
def panel(tmp_path: Path, numbered_film: Path, service_url: str) -> Iterator[Door]:
    """`newtake panel` of a new timeline of three clips."""
    with door(tmp_path, numbered_film, service_url) as opened:
        yield opened
