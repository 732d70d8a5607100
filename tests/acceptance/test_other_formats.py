"""Timelines of other formats at the door: an EDL's rate, what is lost, and names that collide."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import opentimelineio as otio
import pytest

from services import Service

Newtake = Callable[..., "subprocess.CompletedProcess[str]"]
HOW = ("--clip", "1", "--prompt", "noir", "--provider", "sandbox", "--yes", "--json")


@pytest.fixture
def edl(timeline: Path) -> Path:
    """The cuts as an EDL, which says nowhere that they run at 25."""
    path = timeline.with_suffix(".edl")
    cut = otio.adapters.read_from_file(str(timeline))
    otio.adapters.write_to_file(cut, str(path), rate=25)
    return path


def test_a_program_is_told_what_an_edl_loses_and_where_everything_is(
    newtake: Newtake, edl: Path, timeline: Path
) -> None:
    done = newtake("restyle", edl, *HOW)

    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["output"] == str(edl.with_name("cut_newtake.edl"))
    assert document["otio"] == str(edl.with_name("cut_newtake.otio"))
    assert Path(document["otio"]).exists()
    assert any("the original is not in it" in each for each in document["lost"])

    # The same cut in another format has the same name, but for the suffix.
    other = timeline.with_suffix(".xml")
    otio.adapters.write_to_file(otio.adapters.read_from_file(str(timeline)), str(other))
    refused = newtake("plan", other, *HOW[:6])
    assert refused.returncode == 2
    assert "such as cut_xml_newtake.otio with --out" in refused.stderr


def test_an_edl_is_read_at_the_rate_that_is_told(newtake: Newtake, edl: Path) -> None:
    clips = {
        told: json.loads(newtake("clips", edl, "--json", *told).stdout)
        for told in ((), ("--edl-rate", "30"))
    }
    assert [{each["record_range"]["rate"] for each in listed} for listed in clips.values()] == [
        {"25"}, {"30"}
    ]  # fmt: skip


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("name", ["cut.otio", "cut.edl"])
def test_a_pipe_is_no_timeline(name: str, newtake: Newtake, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / name)
    done = newtake("clips", tmp_path / name)
    assert done.returncode == 2
    assert "is no regular file" in done.stderr


def test_a_job_of_an_edl_goes_on_at_the_rate_that_was_told(tmp_path: Path, timeline: Path) -> None:
    service = Service(tmp_path, "render:delay=3")
    try:
        edl = tmp_path / "told.edl"
        cut = otio.adapters.read_from_file(str(timeline))
        otio.adapters.write_to_file(cut, str(edl), rate=25)
        # Not what its media says, so that nobody would guess it.
        told = ("--edl-rate", "30")
        process = service.start("restyle", edl, *HOW[:4], "--yes", *told)
        service.until("wait")
        process.kill()
        process.communicate()

        (planned,) = json.loads(service.newtake("clips", edl, "--json")[1])[:1]
        code, _, errors = service.newtake("jobs", "resume", "--all")

        assert code == 0, errors
        assert planned["record_range"]["rate"] == "30"
        written = otio.adapters.read_from_file(str(tmp_path / "told_newtake.otio"))
        clip = written.find_clips()[0]
        take = clip.media_references()["take_001"]
        assert clip.source_range.duration.rate == 30
        assert take.available_range.contains(clip.source_range, 0.0)
        assert clip.source_range.start_time.value == planned["source_range"]["start"]

        # What is there counts at 30: at another rate nothing is sent for it.
        for command in ("plan", "restyle"):
            code, _, errors = service.newtake(command, edl, *HOW[:4], "--edl-rate", "25")
            assert code == 2
            assert "told_newtake.otio was written at 30 frames per second" in errors
        assert service.submissions() == 1
    finally:
        service.stop()
