"""The fake Resolve in its own process: found, called, paused and left as a real one is."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from newtake.testing.resolve import vendor_module
from newtake.testing.resolve.process import FakeResolveProcess

SCRIPT = """
import os, sys
sys.path.append(os.path.join(os.environ["RESOLVE_SCRIPT_API"], "Modules"))
import DaVinciResolveScript
resolve = DaVinciResolveScript.scriptapp("Resolve")
if resolve is None:
    print("not reached")
    raise SystemExit
project = resolve.GetProjectManager().GetCurrentProject()
item = project.GetCurrentTimeline().GetItemListInTrack("video", 1)[0]
print(item.GetStart(), item.NoSuchThing, hasattr(item, "NoSuchThing"), item.GetMarkers())
print(item.SetClipColor("Teal"))
"""


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeResolveProcess]:
    with FakeResolveProcess.start(tmp_path / "Mit Ümlaut", version="21.0.4") as running:
        running.add_timeline("Reel 1", rate="25", start="10:00:00:00")
        media = running.add_made_media("shot", frames=200, rate="25")
        running.add_item(media, duration=50)
        yield running


def outside(fake: FakeResolveProcess, script: str = SCRIPT) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **fake.environment},
    )


def said(process: subprocess.Popen[str]) -> list[str]:
    out, _ = process.communicate(timeout=60)
    return out.splitlines()


def test_a_script_outside_finds_it_by_the_vendors_variable(fake: FakeResolveProcess) -> None:
    (clip,) = [one["id"] for one in fake.items()]
    fake.change_item(clip, color="")

    assert said(outside(fake)) == ["900000 None True {}", "True"]

    assert fake.item(clip)["color"] == "Teal"
    assert [c.method for c in fake.calls][-1] == "SetClipColor"
    assert fake.violations == fake.bad_arguments == fake.unmodelled_calls == []
    assert set(fake.absent_names) == {"TimelineItem.NoSuchThing"}


def test_a_script_outside_is_not_let_in_where_the_preference_is_off(
    fake: FakeResolveProcess,
) -> None:
    fake.set_external_scripting(False)

    assert said(outside(fake)) == ["not reached"]


def test_a_script_that_is_killed_in_a_paused_call_leaves_resolve_as_it_was(
    fake: FakeResolveProcess,
) -> None:
    before = fake.snapshot()
    hook = fake.on_call("SetClipColor", "pause")
    script = outside(fake)

    assert fake.wait_for(hook)
    script.kill()
    script.communicate()
    fake.go_on(hook, drop=True)

    assert fake.snapshot() == before
    assert fake.count("GetStart") == 1


def test_the_control_looks_while_a_call_is_paused_and_lets_it_go_on(
    fake: FakeResolveProcess,
) -> None:
    (clip,) = [one["id"] for one in fake.items()]
    hook = fake.on_call("SetClipColor", "pause")
    script = outside(fake)
    lines: list[str] = []
    reader = threading.Thread(target=lambda: lines.extend(said(script)))
    reader.start()

    assert fake.wait_for(hook)
    assert fake.item(clip)["color"] == ""
    fake.go_on(hook)
    reader.join()

    assert lines[-1] == "True"
    assert fake.item(clip)["color"] == "Teal"


def test_a_menu_script_gets_its_globals_also_where_nothing_outside_is_let_in(
    fake: FakeResolveProcess, tmp_path: Path
) -> None:
    fake.set_external_scripting(False)
    script = tmp_path / "New Take.py"
    script.write_text(
        "print(resolve.GetVersion(), '__file__' in globals())\n"
        "print(app.GetResolve().GetProductName(), bmd.scriptapp('Resolve').GetCurrentPage())\n",
        encoding="utf-8",
    )

    command = [sys.executable, "-m", "newtake.testing.resolve.menu", str(fake.folder), str(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)

    assert done.stdout.splitlines() == [
        "[21, 0, 4, 14, ''] False",
        "DaVinci Resolve Studio edit",
    ]


def test_the_words_of_the_control_fail_with_their_reason(fake: FakeResolveProcess) -> None:
    with pytest.raises(RuntimeError, match="no item nowhere"):
        fake.item("nowhere")


def test_a_scene_file_is_built_before_anybody_is_let_in(tmp_path: Path) -> None:
    scene = tmp_path / "scene.json"
    steps = [
        {"do": "add_timeline", "name": "Reel 9", "start": "10:00:00:00"},
        {"do": "add_made_media", "name": "shot", "as": "shot"},
        {"do": "add_item", "media": "$shot", "duration": 12, "as": "clip"},
        {"do": "select", "items": ["$clip"]},
    ]
    scene.write_text(json.dumps(steps), encoding="utf-8")

    options = ("--scene", str(scene), "--rate", "29.97 DF")
    with FakeResolveProcess.start(tmp_path / "api", options=options) as fake:
        assert fake.timeline()["name"] == "Reel 9"
        assert fake.timeline()["start"] == 1078920
        assert [one["duration"] for one in fake.items()] == [12]


def test_the_stand_in_for_the_vendors_module_runs_in_python_3_8_without_packages() -> None:
    path = vendor_module.__file__
    tree = ast.parse(Path(path).read_text(encoding="utf-8"), feature_version=(3, 8))

    names = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }

    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names
