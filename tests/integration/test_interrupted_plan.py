"""A plan that is interrupted says that nothing was begun, and names no jobs to go on with."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from keys import key_of
from newtake.shells.cli.demo import footage
from otio_newtake.cuts import write_cuts
from services import NEWTAKE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are sent")
_PATIENCE_SECONDS = 60


def test_an_interrupted_plan_says_that_nothing_was_begun(tmp_path: Path) -> None:
    source = footage()
    timeline = write_cuts(source, Fraction(24), 48, tmp_path / "cut.otio", name="cut", cuts=1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(_PATIENCE_SECONDS)
        planning = subprocess.Popen(
            [*NEWTAKE, "plan", str(timeline), "--all", "--prompt", "oil"],
            env={
                **os.environ,
                "NEWTAKE_HOME": str(tmp_path / "home"),
                "OXEN_BASE_URL": f"http://127.0.0.1:{silent.getsockname()[1]}",
                "OXEN_API_KEY": key_of("interrupted"),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        asked, _ = silent.accept()
        with asked:
            planning.send_signal(signal.SIGINT)
            _, said = planning.communicate(timeout=_PATIENCE_SECONDS)
    assert planning.returncode == 130
    assert "Interrupted. Nothing was begun." in said
    assert "jobs resume" not in said
