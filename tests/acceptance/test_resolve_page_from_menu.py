"""The page as Resolve's menu opens it: over the pipes of the script that started it.

The script is the real bridge in a process of its own. Nothing but its pipes leads to Resolve: the
child's environment does not say where Resolve's module is.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from newtake.hosts.resolve.transports import BRIDGE
from newtake.shells.panel.claim import published
from page_asker import Asker
from resolve_scenes import Cut, ResolveScene, resolve_scene
from services import NEWTAKE, PATIENCE_SECONDS

MENU = """
import os, runpy, sys
sys.path.insert(0, os.path.join(os.environ["RESOLVE_SCRIPT_API"], "Modules"))
import DaVinciResolveScript
resolve = DaVinciResolveScript.scriptapp("Resolve")
# From here on as in Resolve, which has given the script its object and no way for others.
os.environ["RESOLVE_SCRIPT_API"] = os.devnull
bridge = runpy.run_path(sys.argv[1])
sys.exit(bridge["menu_main"](resolve, sys.argv[2:]))
"""


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[ResolveScene]:
    with resolve_scene(tmp_path, (Cut(31, 24),)) as running:
        running.fake.select(running.items)
        yield running
        assert running.fake.violations == []


@contextmanager
def menu_script(scene: ResolveScene, before: str = "") -> Iterator[str]:
    """The address of the page that the script in Resolve's menu opens; killed at the end.

    Its child lives on, and with it the standard error that both write to.
    """
    with (scene.folder / "errors.txt").open("w") as errors:
        script = subprocess.Popen(
            [sys.executable, "-c", MENU, str(BRIDGE), *NEWTAKE, "resolve", "open", "--no-browser"],
            env=scene.environment,
            cwd=scene.folder,
            stdin=subprocess.DEVNULL,
            stderr=errors,
        )
    try:
        yield address_after(before, scene, script)
    finally:
        script.kill()
        script.wait(timeout=PATIENCE_SECONDS)


def address_after(before: str, scene: ResolveScene, script: subprocess.Popen[bytes]) -> str:
    """Where the page is, as soon as it is not where it was."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        address = published(scene.folder / "home")
        if address is not None and address.url != before:
            return address.url
        assert script.poll() is None, (scene.folder / "errors.txt").read_text()
        time.sleep(0.05)
    raise AssertionError("no page was opened")


def is_here(state: dict[str, Any]) -> bool:
    return bool(state["editor"]["state"] == "here" and state["chosen"]["clips"])


def is_away(state: dict[str, Any]) -> bool:
    return bool(state["editor"]["state"] == "away")


def test_the_menu_opens_the_page_and_the_queue_outlives_it(scene: ResolveScene) -> None:
    with menu_script(scene) as url:
        asked = Asker(url)
        asked.until(is_here)
        plan = asked("plan", prompt="film noir")[1]
        begun = asked("restyle", plan=plan["id"], price=plan["price"])
        assert begun[0] == 200, begun
        assert asked("hand_over")[0] == 409, "it has Resolve, and stays"

    # The script was killed, as when Resolve quits: the job goes on, and its take waits.
    def stopped(state: dict[str, Any]) -> bool:
        return bool(is_away(state) and not any(job["running"] for job in state["jobs"]))

    left = asked.until(stopped)
    assert scene.submissions() == 1

    # Resolve is started again, and New Take from its menu: the new one goes on in its place.
    with menu_script(scene, url) as other:
        again = Asker(other)
        again.until(is_here)
        if left["jobs"][0]["status"] != "done":
            assert [(each["takes"], each["here"]) for each in left["waiting"]] == [(1, False)]
            again.until(lambda state: [each["here"] for each in state["waiting"]] == [True])
            said = again("collect")[1]
            assert said["text"] == "1 take is brought in: the queue says when."
        again.until(lambda state: [job["status"] for job in state["jobs"]] == ["done"])
    again.until(is_away)
    again("hand_over")

    assert scene.submissions() == 1
    assert scene.fake.item(scene.items[0])["selected_take"] == 2
    assert scene.shown(scene.items[0]) == scene.meant(0)
