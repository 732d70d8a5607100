"""The README's two pictures of the panel, made from the demo's footage as an editor sees it.

They are written into docs/ only where NEWTAKE_README_PICTURES asks for it.
"""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from playwright.sync_api import Browser, Page, expect

from newtake.shells.cli.demo import footage
from otio_newtake.cuts import write_cuts
from page_browser import window
from panel_door import Door, PanelPage
from services import sandbox_at

DOCS = Path(__file__).parents[2] / "docs"
ASKED = "NEWTAKE_README_PICTURES"
SIZE = (1280, 720)
RATE, FRAMES, CUTS = Fraction(25), 250, 5
LOOKS = (("a hand-painted watercolor", 4), ("film noir", 2))


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that they are written into."""
    return DOCS if os.environ.get(ASKED) else tmp_path_factory.mktemp("pictures")


def bikes(folder: Path) -> Path:
    """Five cuts of the footage, with a marker."""
    timeline = write_cuts(footage(), RATE, FRAMES, folder / "bikes.otio", name="bikes", cuts=CUTS)
    edit = otio.adapters.read_from_file(str(timeline))
    at = otio.opentime.RationalTime(45, float(RATE))
    edit.tracks.markers.append(
        otio.schema.Marker(
            name="golden hour",
            color=otio.schema.MarkerColor.YELLOW,
            marked_range=otio.opentime.TimeRange(at, otio.opentime.RationalTime(30, float(RATE))),
        )
    )
    otio.adapters.write_to_file(edit, str(timeline))
    return timeline


def pictured(page: Page, to: Path) -> None:
    """Take the picture when every still is there."""
    page.wait_for_function(
        "() => [...document.querySelectorAll('img')].every((each) => each.complete)"
        " && document.querySelectorAll('.stills img.loaded').length >= 5"
    )
    picture = page.screenshot(path=str(to), type="jpeg", quality=86)
    assert len(picture) > 40_000, "it shows next to nothing"


def begin(shown: PanelPage, clip: int, look: str) -> None:
    """Restyle a clip at 540p."""
    page = shown.page
    running = shown.running.count()
    shown.menu(clip, "Restyle as new take…")
    page.locator("#restyle-prompt").fill(look)
    page.locator("#restyle .segments label", has_text="540p").click()
    shown.is_ready("Restyle 1 clip, $0.72")
    shown.begin.click()
    expect(shown.running).to_have_count(running + 1)


def test_the_panel_as_the_readme_shows_it(tmp_path: Path, browser: Browser, pictures: Path) -> None:
    with sandbox_at(tmp_path / "service", "--job-seconds", "5") as url:
        panel = Door(bikes(tmp_path), url, tmp_path / "home")
        try:
            panel.start()
            with window(browser, *SIZE, color_scheme="dark", reduced_motion="reduce") as page:
                shown = PanelPage(page, panel.url, clips="bikes")
                for done, (look, clip) in enumerate(LOOKS):
                    begin(shown, clip, look)
                    shown.finished(done + 1)
                page.get_by_label("Playhead, record timecode").fill("01:00:02:05")
                page.keyboard.press("Enter")
                begin(shown, 5, "a charcoal sketch")
                expect(shown.running.locator(".job-word")).to_have_text("the service is at work")
                shown.clip(2).click(button="right", position={"x": 110, "y": 30})
                expect(page.get_by_role("menu")).to_be_visible()
                pictured(page, pictures / "panel_timeline.jpg")
                page.keyboard.press("Escape")

                shown.menu(4, "Compare…")
                expect(page.locator("#compare-making")).to_be_hidden()
                expect(page.locator("#compare-number")).to_have_text("1 / 40")
                for _ in range(2):
                    page.keyboard.press("Shift+ArrowRight")
                expect(page.locator("#compare-number")).to_have_text("21 / 40")
                pictured(page, pictures / "panel_compare.jpg")
        finally:
            panel.stop()
