"""Takes of a timeline that is saved while they are made stay together, and go into the newer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import opentimelineio as otio
import pytest

from services import Service

LOOK = ("--prompt", "noir", "--yes")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    running = Service(tmp_path, "render:delay=4")
    yield running
    running.stop()


def takes_of(file: Path) -> list[list[str]]:
    """Of each clip the names of the files of its takes."""
    written = otio.adapters.read_from_file(str(file))
    return [
        [
            Path(each.target_url).name
            for key, each in clip.media_references().items()
            if "take" in key
        ]
        for clip in written.find_clips()
    ]


def test_takes_of_a_cut_that_is_saved_stay_together_and_go_into_the_newer(
    service: Service, tmp_path: Path
) -> None:
    written, newer = tmp_path / "cut_newtake.otio", tmp_path / "newer.otio"
    process = service.start("restyle", service.timeline, "--clip", "1", "--clip", "2", *LOOK)
    service.until("wait")
    cut = otio.adapters.read_from_file(str(service.timeline))
    # A clip is put before the others, whose numbers are others then.
    track = cut.tracks[0]
    track.insert(0, track[2].deepcopy())
    otio.adapters.write_to_file(cut, str(service.timeline))
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    # By one of the takes, while it runs and in what is told at the end.
    assert errors.count("was saved since this was planned") == 2

    cut.name = "saved again"
    otio.adapters.write_to_file(cut, str(service.timeline))
    code, _, errors = service.newtake("plan", service.timeline, "--clip", "3", *LOOK[:2])
    assert code == 2
    assert "`newtake jobs resume JOB --all --out FILE`" in errors

    # Whatever became of the file: the newer cut gets the takes of all, also of what is done.
    written.rename(tmp_path / "away.otio")
    code, out, errors = service.newtake("jobs", "resume", "--all", "--out", newer, "--json")
    assert code == 0, errors
    assert [job["status"] for job in json.loads(out)] == ["done", "done"]
    assert not written.exists()
    found = takes_of(newer)
    assert [len(each) for each in found] == [0, 1, 1, 0]
    assert service.submissions() == 2

    # A movie that is gone is told of, and made again in its place from what came.
    movie = tmp_path / "cut_newtake_takes" / found[1][0]
    movie.unlink()
    _, out, _ = service.newtake("takes", newer, "--json")
    made = [take for clip in json.loads(out) for take in clip["takes"] if take["job"]]
    assert [each["missing"] for each in made] == [True, False]
    first, second = (each["job"] for each in made)
    _, out, errors = service.newtake("takes", newer)
    assert "(missing)" in "".join(out.split())
    assert f"`newtake jobs resume {first}`" in " ".join(errors.split())
    code, _, errors = service.newtake("jobs", "resume", first)
    assert code == 0, errors
    assert movie.exists()
    assert (takes_of(newer), service.submissions()) == (found, 2)
    code, _, errors = service.newtake("jobs", "resume", second)
    assert "there is nothing to resume" in errors
    assert code == 2
