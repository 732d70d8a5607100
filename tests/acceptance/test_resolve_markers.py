"""`newtake resolve plan|restyle --markers`: what the open timeline's markers mark and say.

The command is the installed one; Resolve, its bridge and the service are processes of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from resolve_scenes import Cut, ResolveScene, resolve_scene

CUTS = (Cut(0, 20), Cut(31, 24), Cut(60, 30))


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[ResolveScene]:
    with resolve_scene(tmp_path, CUTS) as running:
        yield running
        assert running.fake.violations == []


def test_markers_restyle_a_part_and_a_whole_clip_each_with_its_own_words(
    scene: ResolveScene,
) -> None:
    # A part of the second clip, the third clip under a marker of one frame, and two left out.
    scene.fake.put_marker(25, color="Mint", name="SH010", note="rain strength=flex_1", duration=10)
    scene.fake.put_marker(50, color="Mint", name="SH020", note="snow", duration=1)
    scene.fake.put_marker(55, color="Mint", name="SH030", note="hail", duration=1)
    scene.fake.put_marker(2, color="Red", name="not meant", note="hdr=maybe", duration=5)

    plan = scene.document("resolve", "plan", "--markers", "mint")
    assert scene.submissions() == 0
    done = scene.document("resolve", "restyle", "--markers", "mint", "--yes")

    looks = [
        (each["index"], each["settings"]["prompt"], each["settings"]["edit_strength"])
        for each in plan["clips"]
    ]
    assert looks == [(2, "rain", "flex_1"), (3, "snow", None)]
    (left_out,) = plan["notes"]
    assert "'SH030'" in left_out
    assert "the marker 'SH020'" in left_out
    assert [job["status"] for job in done["jobs"]] == ["done", "done"]
    assert scene.submissions() == 2
    # No script splits a clip: the part is cut into a take of the clip's whole length.
    assert [scene.fake.item(each)["selected_take"] for each in scene.items] == [0, 2, 2]
    for at in (1, 2):
        assert scene.shown(scene.items[at]) == scene.meant(at)


def test_a_marker_that_cannot_be_read_is_named(scene: ResolveScene) -> None:
    scene.fake.put_marker(2, color="Red", name="grade", note="hdr=maybe rain", duration=5)
    refused = scene.document("resolve", "restyle", "--markers", "--yes", code=2)
    assert refused["what"].startswith("The marker 'grade' at ")
    assert "must be yes or no" in refused["why"]
    assert scene.submissions() == 0
