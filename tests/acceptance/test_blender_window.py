"""New Take in a Blender with a real window: a mouse on the strip, our entry, the dialog, the take.

The add-on is installed by `newtake blender install`, the service is `newtake sandbox --look copy`.
The README's pictures of it are written into docs/ only where NEWTAKE_README_PICTURES asks for it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import httpx
import pytest

from blender_child import PROGRAM
from blender_window import PROGRAMS, BlenderWindow, blender_window
from keys import key_of
from numbered_media import make_numbered, numbers_in
from services import NEWTAKE, sandbox_at

ASKED = "NEWTAKE_README_PICTURES"
DOCS = Path(__file__).parents[2] / "docs"
FIRST, FRAMES, CUT = 1000, 120, 20
"""The strip's file counts from 1000; 20 frames of it lie before the strip."""
START, END = 31, 71
REST = [*range(START - 1), *range(70, 100)]
"""What the strips on both sides show."""
HELD_SECONDS = 2.0
"""Longer than a take that is there waits for anything else."""
FEWEST_TICKS = 5
LONGEST_PAUSE = 0.5
"""Of the time that a job takes: a main loop that waited for it would stand still all the while."""

_RENDER = """
import bpy, os
one = bpy.context.scene
one.render.filepath = os.environ["TO"] + os.sep
one.render.image_settings.file_format = "PNG"
bpy.ops.render.render(animation=True)
"""


@dataclass(frozen=True, slots=True)
class Desk:
    """A person's machine: Blender, New Take in it, and a service."""

    folder: Path
    environment: dict[str, str]
    url: str
    started: set[int]
    """What Blender started, which may outlive it."""

    @property
    def blend(self) -> Path:
        return self.folder / "edit.blend"

    @property
    def media(self) -> Path:
        return self.folder / "shot.mp4"

    def build(self, window: BlenderWindow) -> None:
        rest, shot = str(self.folder / "rest.mp4"), str(self.media)
        strips = [
            ["A", rest, 1, 1, START, 0],
            ["B", shot, 1, START, END, CUT],
            ["C", rest, 1, END, 101, 70],
        ]
        window.call("build", rate=[25, 1.0], strips=strips)
        window.call("save", path=str(self.blend))

    def browsed(self) -> str:
        """The address that Blender had a browser open; empty before."""
        file = self.folder / "browsed"
        return file.read_text() if file.exists() else ""

    def submissions(self) -> int:
        answer = httpx.get(
            f"{self.url}/api/ai/generations", headers={"Authorization": "Bearer any"}
        )
        return int(answer.json()["total_entries"])

    def rendered(self) -> list[int]:
        """The number on each frame of the saved file, of a Blender that cannot have the strip's
        own media."""
        self.media.rename(self.folder / "gone.mp4")
        to = self.folder / "rendered"
        to.mkdir()
        subprocess.run(
            ["blender", "-b", self.blend, "--python-exit-code", "3", "--python-expr", _RENDER],
            env={**self.environment, "TO": str(to)},
            capture_output=True,
            timeout=200,
            check=True,
        )
        return [number for each in sorted(to.glob("*.png")) for number in numbers_in(each)]


def desk_at(folder: Path, require_program: Callable[[str], str], *service: str) -> Iterator[Desk]:
    if os.environ.get(PROGRAM):
        pytest.skip(f"{PROGRAM} names a Blender; the one with a window is the system's")
    for program in PROGRAMS:
        require_program(program)
    ffmpeg = require_program("ffmpeg")
    for name, first in (("shot", FIRST), ("rest", 0)):
        file = folder / f"{name}.mp4"
        make_numbered(ffmpeg, file, rate=Fraction(25), frames=FRAMES, first=first)
    home = folder / "home"
    home.mkdir()
    browser = folder / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > "{folder}/browsed"\n')
    browser.chmod(0o755)
    with sandbox_at(folder / "service", "--look", "copy", *service) as url:
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("XDG_")},
            "HOME": str(home),
            "BROWSER": f"{browser} %s",
            "NEWTAKE_HOME": str(folder / "newtake home"),
            "OXEN_BASE_URL": url,
            "OXEN_API_KEY": key_of("service"),
        }
        subprocess.run(
            [*NEWTAKE, "blender", "install", "--blender", require_program("blender")],
            env=environment,
            capture_output=True,
            timeout=200,
            check=True,
        )
        desk = Desk(folder, environment, url, set())
        try:
            yield desk
        finally:
            for process in desk.started:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGTERM)


@pytest.fixture
def desk(tmp_path: Path, require_program: Callable[[str], str]) -> Iterator[Desk]:
    yield from desk_at(tmp_path, require_program)


@pytest.fixture
def slow_desk(tmp_path: Path, require_program: Callable[[str], str]) -> Iterator[Desk]:
    """The service's jobs take a while."""
    yield from desk_at(tmp_path, require_program, "--job-seconds", "12")


def shot(window: BlenderWindow, name: str, crop: str = "") -> None:
    if os.environ.get(ASKED):
        window.picture(DOCS / name, crop)


def menu_on(window: BlenderWindow, strip: str) -> None:
    window.click_strip(strip)
    assert window.call("state")[strip]["select"]
    window.click_strip(strip, 3)


def begin(desk: Desk, window: BlenderWindow, strip: str, prompt: str) -> None:
    """From the right-click to the job."""
    menu_on(window, strip)
    # Ours is the last entry.
    window.keys("End")
    shot(window, "blender_menu.jpg", "760x620+230+176")
    window.keys("Return")
    window.until(lambda: window.call("dialog"))
    window.type(prompt)
    window.keys("Return")
    # The words make it another plan, which this Blender's dialog shows when it comes back.
    window.until(lambda: window.call("dialog") is None)
    window.keys("Return")
    words, sentence = window.until(lambda: window.call("dialog"))
    assert (words, "Restyles 1 clip for $" in sentence) == (prompt, True)
    shot(window, "blender_dialog.jpg", "760x420+230+376")
    window.keys("Return")
    window.until(lambda: window.call("session")["jobs"])
    desk.started.add(window.call("session")["pid"])


def bring_in(window: BlenderWindow) -> None:
    """F3 finds what waits, as it finds everything of Blender's."""
    window.hover("B")
    window.keys("F3")
    window.type("bring in takes")
    window.keys("Return")


def shown_take(window: BlenderWindow) -> list[str]:
    return [
        name
        for name, each in window.call("state").items()
        if each["label"] not in ("", "original") and not each["mute"]
    ]


def test_right_click_a_strip_get_a_take(desk: Desk) -> None:
    with blender_window(desk.folder, desk.environment) as window:
        desk.build(window)
        begin(desk, window, "B", "make it noir")
        begun = window.call("now")
        # In the middle of moving the strip nothing is put in, however long that takes.
        window.hover("B")
        window.keys("g")
        x, y = window.call("place_of", name="B")
        window.move(x + 60, y - 40)
        takes = desk.folder / "edit_newtake_takes"
        window.until(lambda: [*takes.glob("*.mov")])
        time.sleep(HELD_SECONDS)
        assert shown_take(window) == []
        assert window.call("state")["B"]["range"] != [START, END]
        window.keys("Escape")
        (take,) = window.until(lambda: shown_take(window))
        ticks, pause = window.call("ticked", since=begun)
        assert ticks > FEWEST_TICKS
        assert pause < LONGEST_PAUSE * (window.call("now") - begun)
        state = window.call("state")
        assert state[take]["range"] == state["B"]["range"] == [START, END]
        # The strip's own colour, not that of a strip at work.
        assert state[take]["colour"] == "NONE"
        assert (state[take]["channel"], state["B"]["channel"], state["B"]["mute"]) == (2, 1, True)
        assert desk.submissions() == 1

        # One undo step, with the mouse over the timeline.
        window.until(lambda: window.call("session")["jobs"][0][1] == "done")
        window.click_strip("B")
        window.keys("ctrl+z", "ctrl+z")  # The click's own selection is one as well.
        window.until(lambda: not shown_take(window))
        assert window.call("state")["B"]["mute"] is False
        window.keys("ctrl+shift+z")
        window.until(lambda: shown_take(window))
        assert window.call("state")["B"]["mute"] is True

        # Takes > Original, and back; then the comparison in the panel.
        menu_on(window, "B")
        window.keys("End", "Up", "Up", "Right", "Return")
        window.until(lambda: not shown_take(window))
        assert window.call("state")["B"]["mute"] is False
        menu_on(window, "B")
        window.keys("End", "Up", "Up", "Right", "Down", "Return")
        window.until(lambda: shown_take(window))
        menu_on(window, "B")
        window.keys("End", "Up", "Return")
        address = window.until(desk.browsed)
        assert address.startswith(window.call("session")["page"] + "#compare=strip%7C")
        window.call("save", path=str(desk.blend))
    assert desk.rendered() == [
        *REST[: START - 1],
        *range(FIRST + CUT, FIRST + CUT + END - START),
        *REST[START - 1 :],
    ]
    assert desk.submissions() == 1


def test_blender_ends_in_the_middle_and_the_take_waits_for_its_file(slow_desk: Desk) -> None:
    desk = slow_desk
    with blender_window(desk.folder, desk.environment) as window:
        desk.build(window)
        begin(desk, window, "B", "make it noir")
        # The file has learned by now which edit it is.
        window.until(lambda: desk.submissions() == 1)
        # Its newtake is killed: the button stays, and on a click another one goes on.
        os.kill(window.call("session")["pid"], signal.SIGKILL)
        stopped = window.until(lambda: None if (now := window.call("session"))["pid"] else now)
        assert (stopped["jobs"], stopped["stopped"]) == ([["B", "active"]], 1)
        bring_in(window)
        window.until(lambda: (now := window.call("session"))["jobs"] and now["running"] == 1)
        desk.started.add(window.call("session")["pid"])
    # Blender is gone, its newtake goes on; the file is as it was before the job.
    with blender_window(desk.folder, desk.environment, desk.blend) as window:
        window.until(lambda: window.call("session")["waiting"] == 1, 120)
        desk.started.add(window.call("session")["pid"])
        assert shown_take(window) == []
        bring_in(window)
        window.until(lambda: shown_take(window))
        window.until(lambda: ["B", "done"] in window.call("session")["jobs"])
    # Nor was it saved with the take in it.
    with blender_window(desk.folder, desk.environment, desk.blend) as window:
        window.until(lambda: window.call("session")["unsaved"] == 1)
        desk.started.add(window.call("session")["pid"])
        assert shown_take(window) == []
        bring_in(window)
        window.until(lambda: shown_take(window))
        window.call("save", path=str(desk.blend))
    assert desk.rendered() == [
        *REST[: START - 1],
        *range(FIRST + CUT, FIRST + CUT + END - START),
        *REST[START - 1 :],
    ]
    assert desk.submissions() == 1
