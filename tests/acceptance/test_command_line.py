"""The installed command, as a subprocess: the round trip, bad input, and its manners."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
from collections.abc import Callable
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from newtake.domain.disclosure import AI_SOURCE_TYPE
from newtake.domain.errors import Money
from otio_newtake.cuts import write_cuts

ROOT = Path(__file__).parents[2]
Newtake = Callable[..., "subprocess.CompletedProcess[str]"]


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "newtake-home" not in path.parts
    }


def test_the_demo_leaves_a_timeline_a_take_and_a_picture(newtake: Newtake, tmp_path: Path) -> None:
    done = newtake("demo")

    assert done.returncode == 0, done.stderr
    folder = tmp_path / "newtake-demo"
    written = otio.adapters.read_from_file(str(folder / "demo_newtake.otio"))
    clip = list(written.find_clips())[1]
    assert clip.active_media_reference_key == "take_001"
    assert (folder / "before_and_after.jpg").stat().st_size > 10_000
    for word in ("frames", "starts at", "export", "wait", "relink"):
        assert word in done.stdout


def test_a_clip_of_a_timeline_comes_back_as_a_take(
    newtake: Newtake, timeline: Path, tmp_path: Path
) -> None:
    before = timeline.read_bytes()

    done = newtake(
        "restyle", timeline, "--clip", "2", "--prompt", "film noir", "--provider", "sandbox",
        "--yes", "--json",
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    (job,) = document["jobs"]
    assert job["status"] == "done"
    assert timeline.read_bytes() == before
    original = list(otio.adapters.read_from_file(str(timeline)).find_clips())[1]
    timeline_back = otio.adapters.read_from_file(document["output"])
    clip = list(timeline_back.find_clips())[1]
    assert clip.source_range == original.source_range
    references = clip.media_references()
    assert set(references) == {"DEFAULT_MEDIA", "take_001"}
    assert references["DEFAULT_MEDIA"].is_equivalent_to(original.media_reference)
    for reference in references.values():
        assert reference.available_range.contains(clip.source_range)
    take = Path(job["renditions"][0]["take"])
    written = take.read_bytes()
    assert AI_SOURCE_TYPE.encode() in written
    sidecar = json.loads(take.with_suffix(".json").read_text())
    assert sidecar["prompt"] == "film noir"
    assert sidecar["take"]["sha256"] == hashlib.sha256(written).hexdigest()
    assert sidecar["take"]["size_bytes"] == len(written)
    source = Path(original.media_reference.target_url).stat()
    assert sidecar["source_file"]["size_bytes"] == source.st_size
    modified = datetime.fromisoformat(sidecar["source_file"]["modified_at"])
    assert modified.timestamp() == int(source.st_mtime)
    assert "sandbox-needs-no-key" not in (tmp_path / "cut_newtake.otio").read_text()
    # Prompts and links are nobody else's, other users of the machine among them.
    if os.name == "posix":
        home = Path(os.environ["NEWTAKE_HOME"])
        kept = {each.name: each.stat().st_mode for each in (home, *home.iterdir())}
        assert {"journal.sqlite", "logs", "work"} <= set(kept)
        assert [name for name, mode in kept.items() if mode & 0o077] == []

    again = newtake("takes", document["output"], "--use", "2=original", "--json")

    assert again.returncode == 0, again.stderr
    listed = next(each for each in json.loads(again.stdout) if each["index"] == 2)
    assert [take["selected"] for take in listed["takes"]] == [True, False]


def test_a_second_run_adds_the_next_number_and_sends_no_bytes_twice(
    newtake: Newtake, timeline: Path
) -> None:
    arguments = ["restyle", timeline, "--clip", "1", "--provider", "sandbox", "--yes", "--json"]

    first = newtake(*arguments, "--prompt", "a pencil sketch")
    second = newtake(*arguments, "--prompt", "a neon night")

    assert first.returncode == 0, first.stderr
    assert second.returncode == 0, second.stderr
    assert "nothing is sent again" in second.stderr
    output = json.loads(second.stdout)["output"]
    clip = next(iter(otio.adapters.read_from_file(output).find_clips()))
    assert set(clip.media_references()) == {"DEFAULT_MEDIA", "take_001", "take_002"}


@pytest.mark.parametrize("wait", ["poll", "sync"])
def test_the_other_ways_to_wait_bring_the_same(newtake: Newtake, timeline: Path, wait: str) -> None:
    done = newtake(
        "restyle", timeline, "--clip", "1", "--prompt", "sepia", "--provider", "sandbox",
        "--yes", "--json", "--wait", wait,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["jobs"][0]["status"] == "done"


def test_the_plan_names_frames_and_price_and_does_nothing(
    newtake: Newtake, timeline: Path, tmp_path: Path
) -> None:
    before = files_of(tmp_path)

    done = newtake("plan", timeline, "--all", "--prompt", "noir", "--provider", "sandbox", "--json")

    assert done.returncode == 0, done.stderr
    plan = json.loads(done.stdout)
    assert [clip["plate"]["frames"] for clip in plan["clips"]] == [120, 120, 120]
    assert plan["total"]["usd"] is not None
    assert files_of(tmp_path) == before


BAD: list[tuple[str, list[str], str, int]] = [
    ("no such clip", ["--clip", "99", "--prompt", "x"], "no clip", 2),
    ("no selection", ["--prompt", "x"], "--clip", 2),
    ("empty prompt", ["--clip", "1", "--prompt", " "], "empty", 2),
    ("EXR without HDR", ["--clip", "1", "--prompt", "x", "--exr"], "needs HDR", 2),
    ("HDR at 540p", ["--clip", "1", "--prompt", "x", "--hdr"], "720p or 1080p", 2),
    (
        "two ways at once",
        ["--clip", "1", "--prompt", "x", "--strength", "flex_1", "--auto-controls"],
        "exclude",
        2,
    ),
    ("unknown strength", ["--clip", "1", "--prompt", "x", "--strength", "max"], "strength", 2),
    (
        "no consent",
        ["--clip", "1", "--prompt", "x", "--uploader", "repository:me/plates"],
        "public",
        2,
    ),
    ("no first frame", ["--clip", "1", "--prompt", "x", "--first-frame", "none.png"], "picture", 2),
    ("over budget", ["--clip", "1", "--prompt", "x", "--budget", "0.10"], "budget", 1),
]


@pytest.mark.parametrize(("name", "options", "word", "code"), BAD, ids=[each[0] for each in BAD])
def test_bad_input_is_a_clear_error_and_nothing_is_uploaded_or_written(
    newtake: Newtake,
    timeline: Path,
    tmp_path: Path,
    name: str,
    options: list[str],
    word: str,
    code: int,
) -> None:
    before = files_of(tmp_path)

    yes = [] if name == "no consent" else ["--yes"]
    done = newtake("restyle", timeline, "--provider", "sandbox", *yes, *options)

    assert done.returncode == code, done.stderr
    assert word in done.stderr
    assert "Traceback" not in done.stderr
    assert files_of(tmp_path) == before


def test_switching_takes_writes_over_no_timeline_of_somebody_else(
    newtake: Newtake, timeline: Path
) -> None:
    before = timeline.read_bytes()

    done = newtake("takes", timeline, "--use", "1=original")

    assert done.returncode == 2
    assert "--out" in done.stderr
    assert timeline.read_bytes() == before


def test_no_key_is_refused_without_an_upload(
    newtake: Newtake, timeline: Path, tmp_path: Path
) -> None:
    before = files_of(tmp_path)

    done = newtake("restyle", timeline, "--clip", "1", "--prompt", "x", "--yes", "--json")

    assert done.returncode == 2
    assert json.loads(done.stdout)["error"] == "NoKey"
    assert json.loads(done.stdout)["money"] == Money.NOT_SENT.value
    assert "newtake login" in done.stderr
    assert files_of(tmp_path) == before


def test_a_broken_timeline_is_refused(newtake: Newtake, tmp_path: Path) -> None:
    broken = tmp_path / "broken.otio"
    broken.write_text('{"OTIO_SCHEMA": "Timeline.1", "tracks": null}')

    done = newtake("clips", broken)

    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("Error:")


def test_offline_media_is_said_and_refused(newtake: Newtake, tmp_path: Path) -> None:
    timeline = write_cuts(
        tmp_path / "gone.mov", Fraction(25), 250, tmp_path / "cut.otio", name="cut"
    )

    listed = newtake("clips", timeline, "--json")
    done = newtake(
        "restyle", timeline, "--clip", "1", "--prompt", "x", "--provider", "sandbox", "--yes"
    )

    assert [clip["reason"] for clip in json.loads(listed.stdout)] == ["offline"] * 3
    assert done.returncode == 2
    assert "gone.mov" in done.stderr


def test_restyling_our_own_output_adds_to_it_and_one_that_was_saved_anew_is_left_alone(
    newtake: Newtake, timeline: Path, tmp_path: Path
) -> None:
    how = ["--clip", "1", "--prompt", "noir", "--provider", "sandbox", "--yes", "--json"]
    before = timeline.read_bytes()
    first = json.loads(newtake("restyle", timeline, *how).stdout)["output"]

    second = json.loads(newtake("restyle", first, *how).stdout)

    assert second["output"] == first == str(tmp_path / "cut_newtake.otio")
    (clip, *_) = otio.adapters.read_from_file(first).find_clips()
    assert set(clip.media_references()) == {"DEFAULT_MEDIA", "take_001", "take_002"}
    assert timeline.read_bytes() == before

    saved = tmp_path / "my_cut.otio"
    otio.adapters.write_to_file(otio.adapters.read_from_file(first), str(saved))
    planned = json.loads(newtake("plan", saved, *how[:6], "--json").stdout)
    assert planned["output"] == str(tmp_path / "my_cut_newtake.otio")
    refused = newtake("takes", saved, "--use", "1=original")
    assert refused.returncode == 2
    assert "not written by New Take" in refused.stderr


def test_a_clip_too_long_even_for_parts_is_listed_with_that_reason(
    newtake: Newtake, tmp_path: Path
) -> None:
    media = tmp_path / "long.mov"
    media.write_bytes(b"no film")
    timeline = write_cuts(media, Fraction(25), 57_000, tmp_path / "cut.otio", name="cut")

    listed = json.loads(newtake("clips", timeline, "--json").stdout)

    assert [each["reason"] for each in listed] == ["too_long"] * 3
    assert "608 seconds" in listed[0]["reason_text"]


def test_every_command_has_help_and_stands_in_the_readme(newtake: Newtake) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    top = newtake("--help")
    names = re.findall(r"^  ([a-z]+) {2,}\S", top.stdout.split("Commands:")[1], re.MULTILINE)

    assert {"demo", "clips", "plan", "restyle", "takes", "model", "login", "doctor"} <= set(names)
    for name in names:
        done = newtake(name, "--help")
        assert done.returncode == 0
        assert f"newtake {name}" in readme, f"{name} is not in the README"
