"""`newtake resolve restyle --from render`, and a marked part, as processes with real media."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from numbered_media import numbers_in
from resolve_scenes import Cut, ResolveScene, resolve_scene
from resolve_waiting import bridge_of, wait_until_ended
from services import PATIENCE_SECONDS

LOOK = ("--prompt", "a charcoal sketch")


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[ResolveScene]:
    with resolve_scene(tmp_path, (Cut(0, 20), Cut(31, 24)), version="19.1") as running:
        yield running
        assert running.fake.violations == []


def killed_while_it_renders(scene: ResolveScene, *words: str) -> None:
    """Command and bridge die once Resolve has begun to render."""
    hook = scene.fake.on_call("StartRendering", moment="after")
    command = scene.start("resolve", "restyle", *LOOK, *words, "--from", "render", "--yes")
    assert scene.fake.wait_for(hook, PATIENCE_SECONDS)
    bridge = bridge_of(command.pid)
    command.kill()
    os.kill(bridge, signal.SIGKILL)
    scene.fake.go_on(hook)
    command.communicate(timeout=PATIENCE_SECONDS)
    wait_until_ended(bridge)


@pytest.mark.skipif(sys.platform != "linux", reason="a bridge is found through /proc")
def test_the_next_command_puts_back_what_a_killed_render_left(scene: ResolveScene) -> None:
    fake = scene.fake
    start = fake.item(scene.items[0])["start"]
    over = fake.add_item(scene.media, track=2, source_start=91, duration=20, record_start=start)
    fake.change_quirks(render_polls=1000)
    fake.set_marks(5, 40)
    fake.open_page("color")

    def left() -> dict[str, Any]:
        now = fake.snapshot()
        (timeline,) = now["timelines"]
        # Of the fake's own: what a preset says where nothing was said before.
        now["render"]["settings"].pop("no_video", None)
        tracks = [each["enabled"] for each in timeline["tracks"]["video"]]
        return {"tracks": tracks, "marks": timeline["marks"], **now["render"], "page": now["page"]}

    whole = left()
    killed_while_it_renders(scene, "--clip", "2")
    assert left()["tracks"] == [True, False]
    fake.set_playhead(start + 3)
    planned = scene.newtake("resolve", "plan", *LOOK, "--select", "playhead", "--json")
    assert "What a render that was cut off had changed in Resolve is as before" in planned.stderr
    (plan,) = json.loads(planned.stdout)["clips"]
    assert plan["source_range"]["start"] == fake.item(over)["source_start"], "V2 was off by us"
    assert left() == whole
    assert fake.snapshot()["timelines"][0]["playhead"] == start + 3

    killed_while_it_renders(scene, "--clip", "2")
    assert scene.document("resolve", "collect")["renders_put_back"] == 1
    assert left() == whole
    assert scene.submissions() == 0


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
