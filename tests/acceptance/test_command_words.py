"""One rule for what may be written, one exit code for wrong input, and a document where asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import opentimelineio as otio
import pytest

Newtake = Callable[..., "subprocess.CompletedProcess[str]"]
RESTYLE = ("--clip", "2", "--prompt", "x", "--provider", "sandbox")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[str]:
    """The address of `newtake sandbox --json`, from its one line."""
    process = subprocess.Popen(
        [sys.executable, "-m", "newtake", "sandbox", "--folder", tmp_path / "sb", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    yield json.loads(process.stdout.readline())["url"]
    process.terminate()
    process.communicate()


def test_a_wrong_place_for_the_timeline_is_wrong_input(
    newtake: Newtake, timeline: Path, tmp_path: Path
) -> None:
    for place in ("x.txt", tmp_path, "not/there/x.otio"):
        done = newtake("plan", timeline, *RESTYLE, "--out", place, "--json")
        assert done.returncode == 2, done.stderr
        assert json.loads(done.stdout)["error"] == "Output"


def test_contradictory_choices_are_wrong_input(newtake: Newtake, timeline: Path) -> None:
    done = newtake("plan", timeline, *RESTYLE, "--all")
    assert done.returncode == 2
    assert "not both" in done.stderr


def test_a_first_frame_that_is_no_picture_stops_before_anything_is_sent(
    newtake: Newtake, timeline: Path, tmp_path: Path
) -> None:
    (tmp_path / "fake.png").write_text("no picture")
    for command in ("plan", "restyle"):
        done = newtake(command, timeline, *RESTYLE, "--first-frame", "fake.png")
        assert done.returncode == 2
        assert "fake.png cannot be the first frame" in done.stderr


def test_what_no_service_knows_cannot_be_fetched(newtake: Newtake, service: str) -> None:
    done = newtake("jobs", "fetch", "zzz", OXEN_BASE_URL=service, OXEN_API_KEY="any")
    assert done.returncode == 2
    assert "no job and no submission 'zzz'" in done.stderr


def test_a_login_is_a_document_too(newtake: Newtake, service: str, tmp_path: Path) -> None:
    environment = {
        "OXEN_BASE_URL": service,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    done = subprocess.run(
        [sys.executable, "-m", "newtake", "login", "--json"],
        input="a-key\n", capture_output=True, text=True, check=False, cwd=tmp_path,
        env={**os.environ, **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    kept = json.loads(done.stdout)
    assert kept["kept_in"] == "file"
    assert kept["account"] in done.stderr
    gone = newtake("login", "--forget", "--json", **environment)
    assert json.loads(gone.stdout) == {"removed_from": ["file"]}


def test_a_key_that_can_be_none_says_nothing_of_a_refusal(newtake: Newtake, timeline: Path) -> None:
    done = newtake("restyle", timeline, *RESTYLE[:4], "--yes", OXEN_API_KEY="a\nb")
    assert done.returncode in (1, 2)
    assert "refused the request" not in done.stderr


def test_jobs_are_listed_with_and_without_the_word(newtake: Newtake) -> None:
    assert newtake("jobs", "list", "--json").stdout == newtake("jobs", "--json").stdout == "[]\n"


def test_a_named_output_is_written_over_whoever_wrote_it(
    newtake: Newtake, timeline: Path, tmp_path: Path
) -> None:
    made = otio.adapters.read_from_file(str(timeline))
    clip = next(iter(made.find_clips()))
    references = clip.media_references()
    references["take_001"] = references["DEFAULT_MEDIA"].clone()
    clip.set_media_references(references, "DEFAULT_MEDIA")
    otio.adapters.write_to_file(made, str(timeline))

    unnamed = newtake("takes", timeline, "--use", "1=take_001")
    assert unnamed.returncode == 2
    assert "the same file, to write over it" in unnamed.stderr
    wrong = newtake("takes", timeline, "--use", "1=foo", "--out", timeline)
    assert wrong.returncode == 2
    assert "original, take_001" in wrong.stderr
    named = newtake("takes", timeline, "--use", "1=take_001", "--out", timeline)
    assert named.returncode == 0, named.stderr
    written = otio.adapters.read_from_file(str(timeline))
    assert next(iter(written.find_clips())).active_media_reference_key == "take_001"


def test_clips_say_that_media_is_not_opened(newtake: Newtake, timeline: Path) -> None:
    assert "newtake plan" in newtake("clips", timeline).stderr
    assert "Media is not opened" in newtake("clips", "--help").stdout
