"""`newtake resolve selftest` as somebody with a Resolve types it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from newtake.testing.resolve.process import FakeResolveProcess

pytestmark = pytest.mark.skipif(os.name != "posix", reason="ends the command as Ctrl-C does")
FEW = ("--only", "take.on_plain", "--only", "render.mark_out")


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeResolveProcess]:
    with FakeResolveProcess.start(tmp_path / "api", version="21.0.4") as fake:
        fake.add_timeline("Reel 1", start="10:00:00:00")
        yield fake


def start(fake: FakeResolveProcess, folder: Path, *words: str) -> subprocess.Popen[str]:
    temporary = folder / "temporary files"
    temporary.mkdir(exist_ok=True)
    home = {"NEWTAKE_HOME": str(folder / "newtake"), "TMPDIR": str(temporary)}
    return subprocess.Popen(
        [sys.executable, "-m", "newtake", "resolve", "selftest", *words],
        env={**os.environ, **home, **fake.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def typed(fake: FakeResolveProcess, folder: Path, *words: str) -> tuple[int, str, str]:
    process = start(fake, folder, *words)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def files_left(folder: Path) -> list[Path]:
    return [each for each in (folder / "temporary files").iterdir() if "selftest" in each.name]


def test_it_measures_tells_and_writes_a_report(fake: FakeResolveProcess, tmp_path: Path) -> None:
    before = fake.snapshot()
    file = tmp_path / "report.json"

    code, out, err = typed(fake, tmp_path, "--yes", "--report", str(file), *FEW)

    assert code == 0, err
    assert "save the open project Feature and close it" in " ".join(err.split())
    assert "MarkOut is inclusive" in out
    assert "Nothing is sent by itself" in " ".join(err.split())
    document = json.loads(file.read_text("utf-8"))
    assert document["format"] == "newtake-resolve-selftest"
    assert document["resolve"]["version"] == "21.0.4"
    assert document["resolve"]["edition"] == "studio"
    assert [each["answer"] for each in document["answers"]] == ["works", "inclusive"]
    assert document["cleanup"]["left"] == []
    assert str(tmp_path) not in file.read_text("utf-8")
    assert fake.snapshot() == before
    assert (fake.violations, fake.bad_arguments, files_left(tmp_path)) == ([], [], [])

    code, _, err = typed(fake, tmp_path, "--yes", "--report", str(file))
    assert code != 0
    assert "is there already" in err


def test_json_is_the_report_and_no_other_file(fake: FakeResolveProcess, tmp_path: Path) -> None:
    code, out, err = typed(fake, tmp_path, "--yes", "--json", "--only", "media.new_bin")
    assert code == 0, err
    (answer,) = json.loads(out)["answers"]
    assert (answer["id"], answer["state"]) == ("media.new_bin", "measured")
    assert not (tmp_path / "newtake" / "selftest").exists()


def test_without_a_yes_nothing_is_done(fake: FakeResolveProcess, tmp_path: Path) -> None:
    before, count = fake.snapshot(), len(fake.calls)
    code, _, err = typed(fake, tmp_path)
    assert code == 2
    assert "There is no terminal" in err
    changes = ("Save", "Create", "Load", "Set", "Delete", "Import", "Open")
    assert not [each for each in fake.calls[count:] if each.method.startswith(changes)]
    assert fake.snapshot() == before


def test_ctrl_c_in_the_middle_puts_all_back(fake: FakeResolveProcess, tmp_path: Path) -> None:
    before = fake.snapshot()
    hook = fake.on_call("AddTake", "pause")
    process = start(fake, tmp_path, "--yes")
    try:
        assert fake.wait_for(hook, 60)
        process.send_signal(signal.SIGINT)
        fake.go_on(hook)
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130, err
    assert fake.snapshot() == before
    assert fake.count("DeleteProject") == 1
    assert files_left(tmp_path) == []
    (report,) = (tmp_path / "newtake" / "selftest").iterdir()
    document = json.loads(report.read_text("utf-8"))
    assert document["broke_off"] == "Interrupted."
    assert document["cleanup"]["project_is_back"] is True


def test_after_a_kill_the_next_one_says_what_was_left(
    fake: FakeResolveProcess, tmp_path: Path
) -> None:
    hook = fake.on_call("AddTake", "pause")
    process = start(fake, tmp_path, "--yes")
    try:
        assert fake.wait_for(hook, 60)
    finally:
        process.kill()
        process.communicate()
    fake.go_on(hook)

    code, _, err = typed(fake, tmp_path, "--yes")

    assert code == 1
    assert "is what an earlier self-test left" in err
    assert "delete that one in the project manager" in err
    assert fake.count("CreateProject") == 1
