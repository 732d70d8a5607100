"""`newtake doctor --bundle`: a local file for a bug report, made from a real run."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from keys import key_of

Newtake = Callable[..., "subprocess.CompletedProcess[str]"]
NOWHERE = {"OXEN_BASE_URL": "http://127.0.0.1:9"}
SECRET = "hunter2-of-the-storage"


def texts_of(bundle: Path) -> dict[str, str]:
    with zipfile.ZipFile(bundle) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.fixture
def home(newtake: Newtake, timeline: Path) -> Path:
    """A home with a job that failed while a command with a secret was its uploader."""
    folder = Path(os.environ["NEWTAKE_HOME"])
    folder.mkdir()
    (folder / "settings.toml").write_text(f'uploader = "command:false --token {SECRET} {{file}}"')
    done = newtake(
        "restyle", timeline, "--clip", "2", "--prompt", "a wedding in sepia", "--yes",
        "--provider", "sandbox", "--agree-public",
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    return folder


def test_a_bundle_holds_what_a_report_needs_and_no_secret(
    newtake: Newtake, home: Path, tmp_path: Path
) -> None:
    key = key_of("bundle")
    bundle = tmp_path / "report.zip"
    before = sorted(home.rglob("*"))

    done = newtake(
        "doctor", "--bundle", "report.zip", "--json", OXEN_API_KEY=key, STORAGE_TOKEN=SECRET,
        **NOWHERE,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    document: Any = json.loads(done.stdout)
    assert document["bundle"]["file"] == str(bundle)
    assert document["bundle"]["sent"] is False
    assert {finding["name"] for finding in document["findings"]} >= {"ffmpeg", "Journal"}
    assert "Nothing was sent" in done.stderr
    texts = texts_of(bundle)
    assert document["bundle"]["inside"] == list(texts)
    versions = json.loads(texts["versions.json"])
    assert {"newtake", "python", "platform", "libraries", "ffmpeg"} <= set(versions)
    assert "lacks" in versions["ffmpeg"]
    assert (
        json.loads(texts["settings.json"])["uploader"] == "command:false --token [removed] {file}"
    )
    events = [json.loads(line) for line in texts["jobs.jsonl"].splitlines()]
    assert events[0]["event"]["order"]["settings"]["prompt"] == "a wedding in sepia"
    assert events[-1]["event"]["kind"] == "failed"
    assert "step_started upload" in texts["logs/newtake.log"]
    whole = "".join(texts.values()) + done.stdout + done.stderr
    assert [each for each in (key, SECRET) if each in whole] == []
    assert sorted(home.rglob("*")) == before
    if os.name == "posix":
        assert bundle.stat().st_mode & 0o077 == 0


def test_a_private_bundle_names_no_prompt_no_file_and_no_folder(
    newtake: Newtake, home: Path, timeline: Path, tmp_path: Path
) -> None:
    done = newtake("doctor", "--bundle", "report.zip", "--private", **NOWHERE)

    assert done.returncode == 0, done.stderr
    texts = texts_of(tmp_path / "report.zip")
    whole = "".join(texts.values())
    private = ("wedding", "cut.otio", "bikes", "cut_02", str(tmp_path), tmp_path.name, SECRET)
    assert [each for each in private if each in whole] == []
    assert "<prompt 1>" in texts["jobs.jsonl"]
    assert "Taken out as well" in texts["README.txt"]


def test_a_file_that_is_there_is_left_as_it_is(newtake: Newtake, tmp_path: Path) -> None:
    taken = tmp_path / "report.zip"
    taken.write_bytes(b"mine")

    done = newtake("doctor", "--bundle", taken, **NOWHERE)

    assert done.returncode == 2
    assert "there already" in done.stderr
    assert taken.read_bytes() == b"mine"
    assert list(tmp_path.glob(".*.part")) == []


@pytest.mark.parametrize("damage", ["garbage", "cut", "absent"])
def test_a_journal_that_cannot_be_read_is_noted(
    newtake: Newtake, home: Path, tmp_path: Path, damage: str
) -> None:
    journal = home / "journal.sqlite"
    if damage == "garbage":
        journal.write_bytes(b"no database" * 1000)
    elif damage == "cut":
        os.truncate(journal, journal.stat().st_size // 2)
    else:
        journal.unlink()

    done = newtake("doctor", "--bundle", "report.zip", **NOWHERE)

    assert done.returncode in (0, 1)
    assert "Traceback" not in done.stderr
    readme = texts_of(tmp_path / "report.zip")["README.txt"]
    assert "Note: The journal" in readme or "Note: There is no journal" in readme


def test_a_bundle_comes_about_where_nothing_was_ever_done(newtake: Newtake, tmp_path: Path) -> None:
    done = newtake("doctor", "--bundle", "report.zip", **NOWHERE)

    assert done.returncode == 0, done.stderr
    assert "there is no log here yet" in texts_of(tmp_path / "report.zip")["README.txt"]
    assert not Path(os.environ["NEWTAKE_HOME"]).exists()


def test_a_place_that_cannot_be_written_is_an_error(newtake: Newtake, tmp_path: Path) -> None:
    done = newtake("doctor", "--bundle", tmp_path / "nowhere" / "report.zip", "--json", **NOWHERE)
    alone = newtake("doctor", "--private", "--json")

    assert done.returncode == 1
    assert json.loads(done.stdout)["error"] == "Storage"
    assert alone.returncode == 2
    assert "--bundle" in json.loads(alone.stdout)["next"]
