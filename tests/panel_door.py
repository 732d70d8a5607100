"""The panel as an editor has it: the command in a process of its own, a service in another.

Its media carry a number on each frame, twice beside each other, so that both sides of a wipe have
one; below them lies plain red, which each look of the service changes in its own way.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import opentimelineio as otio
from playwright.sync_api import Locator, Page, expect

from keys import key_of
from numbered_media import make_numbered
from otio_newtake.cuts import write_cuts
from page_asker import Asker, address_in
from services import NEWTAKE, PATIENCE_SECONDS

RATE = Fraction(25)
FRAMES = 180
CLIP_FRAMES = 48
"""Of each of the three clips; the first begins with the media's frame 18."""
FIRST = 18
COLUMNS = 2
"""How often the number stands in the picture, beside each other."""
RECORD_START = 25 * 3600
_TWICE = (
    ",drawbox=x=0:y=ih*2/3:w=iw:h=ih/3:c=red:t=fill,split[left][right];[left][right]hstack[out0]"
)
_CODING = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "14", "-pix_fmt", "yuv420p")


class Door:
    """One timeline of three clips, and `newtake panel` for it."""

    def __init__(self, timeline: Path, base_url: str, home: Path) -> None:
        self.timeline = timeline
        self.base_url = base_url
        self.home = home
        self.url = ""
        self.environment = {
            **os.environ,
            "NEWTAKE_HOME": str(home),
            "OXEN_BASE_URL": base_url,
            "OXEN_API_KEY": key_of("service"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }
        self._read: Any = None
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> str:
        """Start the command; its page's address."""
        self._process = subprocess.Popen(
            [*NEWTAKE, "panel", str(self.timeline), "--no-browser"],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stderr is not None
        self.url = address_in(self._process.stderr.readline())
        return self.url

    def kill(self) -> None:
        """End it as a crash does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGINT)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.communicate(timeout=PATIENCE_SECONDS)
            self._process = None

    @property
    def ask(self) -> Asker:
        return Asker(self.url)

    def get(self, what: str) -> Any:
        return httpx.get(f"{self.url}{what}", timeout=PATIENCE_SECONDS).json()

    def clips(self) -> list[dict[str, Any]]:
        """The clips of V1, as the edit document has them."""
        (track,) = [each for each in self.get("api/edit")["tracks"] if each["name"] == "V1"]
        return [each for each in track["items"] if each["kind"] == "clip"]

    def submissions(self) -> int:
        """How many the service has had, of all who talk to it."""
        answer = httpx.get(
            f"{self.base_url}/api/ai/generations", headers={"Authorization": "Bearer any"}
        )
        return int(answer.json()["total_entries"])

    def written(self) -> list[Any]:
        """The clips of the timeline's file, read with OpenTimelineIO alone."""
        # Kept, as the library lets go of a timeline whose clips alone are held.
        self._read = otio.adapters.read_from_file(str(self.timeline))
        return list(self._read.find_clips())

    def media_of(self, reference: Any) -> Path:
        """The file of a media reference, which counts from the timeline's folder."""
        return self.timeline.parent / str(reference.target_url).removeprefix("file://")


def make_media(folder: Path, ffmpeg: str) -> Path:
    """360p of `FRAMES` frames, numbered from 0."""
    return make_numbered(
        ffmpeg,
        folder / "numbered.mov",
        rate=RATE,
        frames=FRAMES,
        size=(320, 360),
        coding=_CODING,
        filters=_TWICE,
        options=("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
    )


@contextmanager
def door(folder: Path, media: Path, base_url: str) -> Iterator[Door]:
    """The panel of a new timeline in a folder, started."""
    timeline = write_cuts(media, RATE, FRAMES, folder / "cut.otio", name="cut")
    opened = Door(timeline, base_url, folder / "home")
    try:
        opened.start()
        yield opened
    finally:
        opened.stop()


class PanelPage:
    """What an editor sees and touches of it."""

    def __init__(self, page: Page, url: str, clips: str = "numbered") -> None:
        self.page = page
        self._clips = clips
        self.begin = page.locator("#restyle-begin")
        self.unsaved = page.locator("#unsaved")
        self.said = page.locator("#said")
        self.away = page.locator("#ended")
        self.running = page.locator("#jobs li[data-job]")
        self.done = page.locator("#jobs-ended li.done")
        self.grid = page.get_by_role("grid", name="Clips on the video tracks")
        page.goto(url)
        expect(self.clip(1)).to_be_visible()

    def clip(self, number: int) -> Locator:
        return self.page.get_by_role("gridcell", name=f"{self._clips}_{number:02}")

    def takes(self, number: int) -> Locator:
        """The badge on a clip."""
        return self.clip(number).locator(".takes")

    def menu(self, number: int, entry: str) -> None:
        """Right-click a clip and choose."""
        self.clip(number).click(button="right")
        self.page.get_by_role("menu").get_by_text(entry, exact=True).click()

    def fill(self, prompt: str, button: str) -> None:
        """Fill the open dialog, the lightest strength, 540p, and wait for what the button says."""
        self.page.locator("#restyle-prompt").fill(prompt)
        self.page.locator("#restyle-strength").fill("0")
        self.page.locator("#restyle .segments label", has_text="540p").click()
        self.is_ready(button)

    def is_ready(self, button: str) -> None:
        expect(self.begin).to_have_attribute("aria-disabled", "false")
        expect(self.begin).to_have_text(button)

    def restyle(self, number: int, prompt: str) -> None:
        """From the right-click to the job in the queue."""
        self.menu(number, "Restyle as new take…")
        self.fill(prompt, "Restyle 1 clip, $0.72")
        self.begin.click()
        expect(self.running).to_have_count(1)

    def finished(self, count: int) -> None:
        """Wait until so many jobs are done and nothing goes on."""
        expect(self.done).to_have_count(count)
        expect(self.running).to_have_count(0)

    def evaluate(self, script: str, argument: Any = None) -> Any:
        return self.page.evaluate(script, argument)

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait for something that is no matter of the page's elements."""
        for _ in range(400):
            if holds():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(what)
