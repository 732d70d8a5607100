"""`newtake resolve restyle --from render`, and a marked part, as processes with real media."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from numbered_media import numbers_in
from resolve_scenes import Cut, ResolveScene, resolve_scene

LOOK = ("--prompt", "a charcoal sketch")


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[ResolveScene]:
    with resolve_scene(tmp_path, (Cut(0, 20), Cut(31, 24)), version="19.1") as running:
        yield running
        assert running.fake.violations == []


def test_a_retimed_clip_is_rendered_and_its_take_lies_above(scene: ResolveScene) -> None:
    item = scene.items[1]
    scene.fake.change_item(item, speed=2)
    before = scene.fake.item(item)
    scene.fake.set_playhead(before["start"])
    refused = scene.document("resolve", "plan", *LOOK, "--select", "playhead", code=2)
    assert "`--from render` renders it in Resolve" in str(refused)
    assert scene.submissions() == 0

    page, queue = scene.fake.snapshot()["page"], scene.fake.snapshot()["render"]
    chosen = ("--select", "playhead", "--from", "render")
    plan = scene.document("resolve", "plan", *LOOK, *chosen)
    assert "with its grade and effects" in str(plan["clips"])
    assert scene.fake.count("AddRenderJob") == 0

    done = scene.document("resolve", "restyle", *LOOK, *chosen, "--yes")
    assert [job["status"] for job in done["jobs"]] == ["done"]
    assert scene.fake.item(item) == before
    assert scene.fake.snapshot()["page"] == page
    after = scene.fake.snapshot()["render"]
    for what in ("format", "codec", "mode", "jobs", "presets"):
        assert after[what] == queue[what], what
    above = [each for each in scene.fake.items() if each["track"] == 2]
    assert [(each["start"], each["duration"]) for each in above] == [
        (before["start"], before["duration"])
    ]
    take = scene.fake.media(above[0]["media"])
    first = above[0]["source_start"]
    shown = numbers_in(Path(take["path"]))[first : first + 24]
    # At double speed 24 frames of the timeline show every other of 48 media frames.
    assert shown == list(range(31, 31 + 48, 2))


def test_a_marked_part_becomes_a_take_of_the_whole_clip(scene: ResolveScene) -> None:
    item = scene.items[1]
    scene.fake.set_marks(24, 31)
    done = scene.document("resolve", "restyle", *LOOK, "--select", "marks", "--yes")
    assert [job["status"] for job in done["jobs"]] == ["done"]
    facts = scene.fake.item(item)
    assert (facts["selected_take"], facts["duration"]) == (2, 24)
    assert scene.shown(item) == scene.meant(1)
    assert scene.fake.item(scene.items[0])["takes"] == []
