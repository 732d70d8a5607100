"""`newtake --help` starts in at most 8 times the time of a Python that does nothing."""

from __future__ import annotations

import statistics
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.benchmark

PAIRS = 15
ATTEMPTS = 3
LIMIT = 8.0


def seconds(*command: str) -> float:
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def test_help_is_quick() -> None:
    newtake = Path(sysconfig.get_path("scripts")) / "newtake"
    medians = []
    for _ in range(ATTEMPTS):
        ratios = []
        for _ in range(PAIRS):
            nothing = seconds(sys.executable, "-c", "pass")
            ratios.append(seconds(str(newtake), "--help") / nothing)
        medians.append(statistics.median(ratios))
        if medians[-1] <= LIMIT:
            break

    print(f"newtake --help / python -c pass: median ratio {min(medians):.2f} (limit {LIMIT})")
    assert min(medians) <= LIMIT
