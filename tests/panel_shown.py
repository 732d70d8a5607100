"""The panel's page with an edit on its timeline, over canned answers, for tests of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

from page_browser import browser_page
from panel_pieces import (
    a_job,
    a_state,
    a_style,
)
from panel_stage import Stage, opened


@dataclass
class Shown:
    """What a test holds."""

    page: Page
    stage: Stage

    @property
    def grid(self) -> Locator:
        return self.page.get_by_role("grid", name="Clips on the video tracks")

    def cell(self, name: str) -> Locator:
        return self.page.get_by_role("gridcell", name=name)

    def entry(self, name: str) -> Locator:
        return self.page.get_by_role("menu").get_by_text(name, exact=True)

    def selects(self, *names: str) -> bool:
        """Whether these clips, and no others, come to be drawn as selected."""
        for _ in range(100):
            found = self.page.locator(".clip.selected .clip-name").all_inner_texts()
            if sorted(found) == list(names):
                return True
            self.page.wait_for_timeout(30)
        return False

    def asked_restyle(self) -> Any:
        """What the dialog was opened for: the last plan that it asked for."""
        return self.stage.of("plan", 1)[-1]

    def go_to(self, timecode: str) -> None:
        field = self.page.get_by_label("Playhead, record timecode")
        field.fill(timecode)
        field.press("Enter")

    def ranges(self) -> list[str]:
        return self.page.locator(".ranges .go").all_inner_texts()


def shown_on(stage: Stage, chromium: str) -> Iterator[Shown]:
    with opened(stage), browser_page(chromium) as page:
        page.goto(stage.address)
        shown = Shown(page, stage)
        expect(page.locator(".clip").first).to_be_visible()
        yield shown


def shown_at_work(chromium: str) -> Iterator[Shown]:
    """The small edit, while a job waits on its second clip, with two styles to choose from."""
    stage = Stage(a_state(jobs=[a_job("j1", clip_key="k2", step="wait")]))
    stage.styles = [a_style("watercolor", recent=True), a_style("noir")]
    yield from shown_on(stage, chromium)
