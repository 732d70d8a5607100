"""What a browser is started with is no secret: every user of a machine can read it."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest

from newtake.shells.panel.claim import published
from resolve_scenes import Cut, resolve_scene
from services import PATIENCE_SECONDS


@pytest.mark.skipif(sys.platform != "linux", reason="BROWSER names a program of the system's shell")
def test_a_browser_is_started_with_a_private_file_that_leads_to_the_page(tmp_path: Path) -> None:
    told = tmp_path / "arguments"
    program = tmp_path / "browser"
    program.write_text(f'#!/bin/sh\necho "$*" >> "{told}"\n')
    program.chmod(0o755)
    with resolve_scene(tmp_path, [Cut(3, 40)]) as scene:
        home = Path(scene.environment["NEWTAKE_HOME"])
        server = scene.start("resolve", "open", BROWSER=str(program))
        try:
            ends = time.monotonic() + PATIENCE_SECONDS
            while not _text(told) and server.poll() is None and time.monotonic() < ends:
                time.sleep(0.05)
            address = published(home)
            assert address is not None
            argument = _text(told)
            assert address.token not in argument
            door = Path(unquote(urlparse(argument).path))
            assert address.url in door.read_text()
            assert door.stat().st_mode & 0o077 == 0
        finally:
            server.terminate()
            server.communicate(timeout=PATIENCE_SECONDS)
        assert not door.exists()


def _text(file: Path) -> str:
    return file.read_text().strip() if file.exists() else ""
