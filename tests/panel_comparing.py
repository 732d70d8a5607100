"""The comparison of the panel's page over a movie of numbered sides, for tests of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from page_browser import browser_page
from page_pictures import SIDE, act, make_stacked
from panel_pieces import HOUR, a_clip, a_take, a_track, an_edit
from panel_stage import Stage, opened

FRAMES = 48


@dataclass
class Comparing:
    """What a test holds."""

    page: Page
    stage: Stage
    movie: Callable[[str], Path]
    answer: dict[str, Any] = field(default_factory=dict)

    def open(self, rate: str = "25", **changes: Any) -> None:
        """Compare take 1 with the original, in wipe, at the first frame."""
        self.stage.movies["m"] = self.movie(rate)
        self.answer = {
            "id": "m", "url": "media/compare/m.mp4", "frames": FRAMES, "rate": rate,
            "width": SIDE[0], "height": SIDE[1], "record_start": HOUR, "record_rate": rate,
            "drop": False, "counts_record": True, "sound": False, "notes": [],
        } | changes  # fmt: skip
        self.stage.answers["compare"] = lambda asked: (
            self.answer | {"sides": [{"key": key, "name": key} for key in asked["sides"]]}
        )
        act(self.page, "compare", {"clip": "k1", "take": "take1"})
        self.at(0)

    def at(self, number: int) -> None:
        """Wait until this frame, and nothing else, is said to be shown."""
        expect(self.page.locator("#compare-number")).to_have_text(f"{number + 1} / {FRAMES}")
        expect(self.page.locator("#compare-scrub")).to_have_value(str(number))


@contextmanager
def a_comparing(require_program: Callable[[str], str], folder: Path) -> Iterator[Comparing]:
    """A page with two clips, the first of which has two takes."""

    def movie(rate: str) -> Path:
        return make_stacked(require_program("ffmpeg"), folder, Fraction(rate), FRAMES)

    clip = a_clip("k1", HOUR, HOUR + FRAMES, name="A001_C001",
                  takes=[a_take(0, key="original", name="original"), a_take(1),
                         a_take(2, selected=True, starred=True)])  # fmt: skip
    other = a_clip("k2", HOUR + FRAMES, HOUR + 2 * FRAMES, name="Nested", takes=[a_take(1)])
    with (
        opened(Stage(edit=an_edit(a_track("V1", clip, other)))) as stage,
        browser_page(require_program("chromium")) as page,
    ):
        # Wide enough for the sides to lie in a row.
        page.set_viewport_size({"width": 1280, "height": 720})
        page.goto(stage.address)
        expect(page.locator("#title")).to_have_text("Reel 1")
        expect(page.locator("#unsaved")).to_have_text("saved")
        yield Comparing(page, stage, movie)
