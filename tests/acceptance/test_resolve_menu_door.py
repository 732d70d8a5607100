"""New Take through the entry in Resolve's Scripts menu, from its installation to the take.

The entry is the file that `newtake resolve install` writes, run as Resolve runs it: in another
Python with Resolve's globals, or in LuaJIT. External scripting is off, so that only this door leads
in.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from lua_resolve import LuaMenu, Preferences
from newtake.shells.panel.claim import published
from newtake.testing.resolve.vendor_module import Wire, unpack
from page_asker import Asker
from resolve_scenes import Cut, ResolveScene, resolve_scene
from services import PATIENCE_SECONDS


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[ResolveScene]:
    with resolve_scene(tmp_path, (Cut(0, 20), Cut(31, 24))) as running:
        running.fake.select([running.items[1]])
        running.fake.set_external_scripting(False)
        yield running
        assert running.fake.violations == []


def installed(scene: ResolveScene, language: str) -> Path:
    """The menu entry of the Edit page."""
    folder = scene.folder / "Scripts of an editor"
    done = scene.document("resolve", "install", "--folder", folder, "--language", language)
    written = [Path(each["file"]) for each in done["changes"] if each["action"] == "write"]
    assert sorted(each.parent.name for each in written) == ["Edit", "Utility"]
    return next(each for each in written if each.parent.name == "Edit")


def opened(scene: ResolveScene, has_ended: Callable[[], bool]) -> Asker:
    """The page that the menu entry opened."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if (address := published(scene.folder / "home")) is not None:
            return Asker(address.url)
        assert not has_ended(), "the menu entry ended and opened no page"
        time.sleep(0.05)
    raise AssertionError("no page was opened")


def restyled(scene: ResolveScene, asked: Asker) -> None:
    """Do what a person does on the page, and look at the clip."""
    other = scene.fake.item(scene.items[0])
    state = asked.until(
        lambda now: bool(now["editor"]["state"] == "here" and now["chosen"]["clips"])
    )
    assert [each["frames"] for each in state["chosen"]["clips"]] == [24]
    code, plan = asked("plan", prompt="film noir")
    assert code == 200, plan
    assert scene.submissions() == 0
    code, begun = asked("restyle", plan=plan["id"], price=plan["price"])
    assert code == 200, begun
    # A job that is done runs until its marks are gone.
    asked.until(
        lambda now: [(job["status"], job["running"]) for job in now["jobs"]] == [("done", False)]
    )

    assert scene.submissions() == 1
    clip = scene.fake.item(scene.items[1])
    assert (len(clip["takes"]), clip["selected_take"]) == (2, 2)
    assert (clip["color"], clip["markers"]) == ("", [])
    assert scene.shown(scene.items[1]) == scene.meant(1)
    assert scene.fake.item(scene.items[0]) == other


def ended(scene: ResolveScene, asked: Asker) -> None:
    """Resolve quits, and the page that has no work is told to end."""
    scene.fake.quit()
    asked.until(lambda now: bool(now["editor"]["state"] == "away"))
    assert asked("hand_over")[0] == 200


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the system's browser notes what it was told to show."""
    told = tmp_path / "shown by the browser"
    program = tmp_path / "browser"
    program.write_text(f'#!/bin/sh\necho "$1" >> "{told}"\n')
    program.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(program))
    return told


def shown_by(browser: Path) -> str:
    """The file that the browser was told to open."""
    return Path(browser.read_text().strip().removeprefix("file://")).read_text()


def test_the_python_entry(scene: ResolveScene, browser: Path) -> None:
    entry = installed(scene, "python")
    menu = [sys.executable, "-m", "newtake.testing.resolve.menu", str(scene.fake.folder)]
    with (scene.folder / "console.txt").open("w") as console:
        script = subprocess.Popen(
            [*menu, str(entry)],
            env={**scene.environment, "NEWTAKE_HOME": "not what the entry says"},
            cwd=scene.folder,
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=console,
        )
    try:
        asked = opened(scene, lambda: script.poll() is not None)
        restyled(scene, asked)
        assert asked.url in shown_by(browser)
        ended(scene, asked)
        assert script.wait(PATIENCE_SECONDS) == 0
    finally:
        script.kill()
        script.wait()
    assert not (scene.folder / "not what the entry says").exists()


def test_the_lua_entry(scene: ResolveScene, browser: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = installed(scene, "lua")
    # Lua gives what it starts the environment of its process, which is ours here.
    for name, value in scene.environment.items():
        monkeypatch.setenv(name, value)
    with closing(Wire(*scene.fake.address)) as wire:
        hello = wire.send({"hello": "menu"})
        resolve = unpack(hello["root"], wire.send, hello)
        menu = LuaMenu.of_entry(resolve, entry.read_bytes())
        asked = opened(scene, lambda: menu.error is not None)
        restyled(scene, asked)
        assert asked.url in shown_by(browser)
        ended(scene, asked)
        assert menu.ended(PATIENCE_SECONDS)
        assert menu.error is None


def test_the_lua_entry_of_an_edition_whose_scripts_start_no_program(
    scene: ResolveScene, browser: Path
) -> None:
    editor = scene.folder / "editor"
    done = scene.newtake("resolve", "install", "--language", "lua", HOME=str(editor))
    assert done.returncode == 0, done.stderr
    (entry,) = editor.glob("**/Edit/New Take.lua")
    profiles = entry.parents[2] / "Profiles"
    page = scene.start("resolve", "open", "--by-hand", HOME=str(editor), BROWSER=str(browser))
    try:
        assert page.stderr is not None
        assert page.stderr.readline() == (
            "Now in DaVinci Resolve: Workspace > Scripts > New Take.\n"
        )
        asked = opened(scene, lambda: page.poll() is not None)
        waiting = asked.until(lambda now: bool(now["editor"]["state"] == "away"))
        assert "Workspace > Scripts > New Take" in waiting["editor"]["trouble"]["next"]
        with closing(Wire(*scene.fake.address)) as wire:
            hello = wire.send({"hello": "menu"})
            resolve = unpack(hello["root"], wire.send, hello)
            menu = LuaMenu.of_entry(
                resolve, entry.read_bytes(), sandboxed=True, fusion=Preferences(profiles)
            )
            restyled(scene, asked)
            page.send_signal(signal.SIGINT)
            assert page.wait(PATIENCE_SECONDS) == 130
            assert menu.ended(PATIENCE_SECONDS)
            assert menu.error is None
        assert list((scene.folder / "home" / "resolve").glob("*")) == []
    finally:
        page.kill()
        page.communicate()
