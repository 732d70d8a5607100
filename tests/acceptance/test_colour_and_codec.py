"""From the command line: a table for what the model sees, and the codec that readers open."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from newtake.adapters.probe import probe_now

Newtake = Callable[..., "subprocess.CompletedProcess[str]"]
HALVED = "LUT_1D_SIZE 2\n0 0 0\n0.5 0.5 0.5\n"
EDIT = ("--clip", "2", "--prompt", "film noir", "--provider", "sandbox")


@pytest.mark.parametrize("command", ["plan", "restyle"])
@pytest.mark.parametrize("text", [None, "not a table\n", HALVED + "1 1 1\n"])
def test_a_table_that_is_none_is_refused_before_anything(
    command: str, text: str | None, newtake: Newtake, timeline: Path, tmp_path: Path
) -> None:
    table = tmp_path / "broken.cube"
    if text is not None:
        table.write_text(text)

    done = newtake(command, timeline, *EDIT, "--lut", table)

    assert done.returncode == 2
    assert "The look-up table" in done.stderr
    assert ".cube" in done.stderr
    assert not list(tmp_path.glob("newtake-home/jobs*"))
    assert not list(tmp_path.glob("*_newtake*"))


def test_a_take_for_resolve_is_what_its_edition_here_opens_and_says_what_the_model_saw(
    newtake: Newtake, timeline: Path, tmp_path: Path
) -> None:
    table = tmp_path / "half.cube"
    table.write_text(HALVED)
    asked = (timeline, *EDIT, "--lut", table, "--profile", "resolve")

    planned = newtake("plan", *asked)
    done = newtake("restyle", *asked, "--yes", "--json")

    assert planned.returncode == 0, planned.stderr
    assert "half.cube (1D, 2 points)" in planned.stderr
    assert done.returncode == 0, done.stderr
    (job,) = json.loads(done.stdout)["jobs"]
    (rendition,) = job["renditions"]
    take = Path(rendition["take"])
    wanted = "prores" if sys.platform == "linux" else "h264"
    assert probe_now(take).codec == wanted
    if sys.platform == "linux":
        assert "Takes: ProRes 422 HQ" in planned.stderr
        assert "--codec copy" in planned.stderr
    sidecar = json.loads(take.with_suffix(".json").read_text("utf-8"))
    shown = sidecar["source_picture"]
    assert shown["to_model"] == "lut"
    assert shown["lut"]["sha256"] == hashlib.sha256(table.read_bytes()).hexdigest()
    assert sidecar["take"]["picture"]["codec"] == wanted
    assert sidecar["take"]["picture"]["pixel_aspect"] == "1"


def test_codec_copy_rewraps_for_resolve_as_well(newtake: Newtake, timeline: Path) -> None:
    done = newtake("plan", timeline, *EDIT, "--profile", "resolve", "--codec", "copy", "--json")

    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["clips"][0]["codec"] == "copy"
    assert "rewrapped" in document["takes"]
    assert document["clips"][0]["picture"]["lut"] is None
