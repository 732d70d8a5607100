"""`newtake resolve install`, `status` and `uninstall` as an editor types them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from newtake.testing.resolve.process import FakeResolveProcess
from resolve_machines import NASTY

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the folders are those of Linux")


def newtake(
    home: Path, *words: str, resolve: FakeResolveProcess | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HOME": str(home), "NEWTAKE_HOME": str(home / "newtake")}
    environment.pop("RESOLVE_SCRIPT_API", None)
    if resolve is not None:
        environment |= resolve.environment
    return subprocess.run(
        [sys.executable, "-m", "newtake", "resolve", *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / NASTY
    home.mkdir()
    return home


def test_install_status_and_uninstall(home: Path) -> None:
    scripts = home / ".local" / "share" / "DaVinciResolve" / "Fusion" / "Scripts"

    would = json.loads(newtake(home, "install", "--dry-run", "--json").stdout)
    assert {each["action"] for each in would["changes"]} == {"write"}
    assert not scripts.exists()

    done = newtake(home, "install")
    assert done.returncode == 0, done.stderr
    assert (scripts / "Edit" / "New Take.py").exists()
    assert "Workspace > Scripts > New Take" in done.stdout

    status = newtake(home, "status", "--json")
    told = json.loads(status.stdout)
    assert status.returncode == 1, "there is no Resolve on this machine"
    assert [each["file"] for each in told["entries"] if each["language"] == "python"] == [
        str(scripts / page / "New Take.py") for page in ("Edit", "Utility")
    ]
    assert told["outside"]["error"] == "HostAway"
    assert told["findings"][-1]["fix"]

    undone = json.loads(newtake(home, "uninstall", "--json").stdout)
    assert {each["action"] for each in undone["changes"]} == {"remove"}
    assert not [each for each in scripts.rglob("*") if each.is_file()]


def test_a_refusal_is_a_document_and_changes_nothing(home: Path) -> None:
    theirs = home / "Scripts" / "Edit" / "New Take.py"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("mine")

    refused = newtake(home, "install", "--folder", str(home / "Scripts"), "--json")

    assert refused.returncode == 2
    assert json.loads(refused.stdout)["error"] == "Output"
    assert theirs.read_text() == "mine"


def test_status_says_what_a_resolve_that_runs_answers(home: Path) -> None:
    with FakeResolveProcess.start(home / "api", version="21.0.4") as fake:
        fake.add_timeline("Reel 1", start="10:00:00:00")
        before = len(fake.calls)

        said = newtake(home, "status", "--json", resolve=fake)

        outside = json.loads(said.stdout)["outside"]
        assert outside["product"] == "DaVinci Resolve Studio"
        assert (outside["project"], outside["timeline"]) == ("Feature", "Reel 1")
        assert all(call.method.startswith("Get") for call in fake.calls[before:])
        assert fake.violations == []


def test_status_says_that_the_free_edition_lets_nobody_in(home: Path) -> None:
    with FakeResolveProcess.start(home / "api", edition="free") as fake:
        said = newtake(home, "status", "--json", resolve=fake)

    assert json.loads(said.stdout)["outside"]["error"] == "HostAway"
