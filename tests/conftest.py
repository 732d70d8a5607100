"""What every test stands on: no keys, no home folder and no network settings of this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

_SCRUBBED = (
    "OXEN_",
    "NEWTAKE_HOME",
    "NEWTAKE_FFMPEG",
    "OTIO_",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each test gets a home of its own; a key of this machine's user is never seen."""
    for name in list(os.environ):
        if name.startswith(_SCRUBBED):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NEWTAKE_HOME", str(tmp_path / "newtake-home"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


@pytest.fixture
def outside_data() -> Callable[[str], Path]:
    """The file or folder that a variable names: data that is no part of the project.

    Absent: a skip, and a failure where NEWTAKE_NEEDS_OUTSIDE_DATA.
    """

    def find(variable: str) -> Path:
        named = os.environ.get(variable)
        if named and Path(named).exists():
            return Path(named)
        reason = f"{variable} names nothing that is there"
        if os.environ.get("NEWTAKE_NEEDS_OUTSIDE_DATA"):
            pytest.fail(f"{reason}, and NEWTAKE_NEEDS_OUTSIDE_DATA asks for it")
        pytest.skip(reason)

    return find


@pytest.fixture
def require_program() -> Callable[[str], str]:
    """The path of a system program. Absent: a skip, and a failure where NEWTAKE_NEEDS_PROGRAMS."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is not None:
            return path
        if os.environ.get("NEWTAKE_NEEDS_PROGRAMS"):
            pytest.fail(f"{name} is not installed, and NEWTAKE_NEEDS_PROGRAMS asks for it")
        pytest.skip(f"{name} is not installed here")

    return find
