"""The page in a narrow window, in a real browser: nothing lies over anything else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from page_browser import browser_page
from panel_stage import Stage, opened

OVERLAPS = """() => {
  const shown = [...document.querySelectorAll("#viewer-bar button, #viewer-bar .timecode, "
    + "#viewer-timecode, .bar-row button, .bar-row input")]
    .map((each) => [each.textContent || each.id, each.getBoundingClientRect()])
    .filter(([, box]) => box.width);
  const found = [];
  for (const [at, [name, one]] of shown.entries())
    for (const [other, two] of shown.slice(at + 1))
      if (Math.min(one.right, two.right) - Math.max(one.left, two.left) > 1
        && Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top) > 1)
        found.push(`${name} / ${other}`);
  return found;
}"""


@pytest.mark.parametrize("width", [700, 810, 900, 1000, 1150, 1400])
def test_no_buttons_overlap(require_program: Callable[[str], str], width: int) -> None:
    with opened(Stage()) as stage, browser_page(require_program("chromium")) as page:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(stage.address)
        expect(page.get_by_role("gridcell", name="A001_C002")).to_be_visible()
        assert page.evaluate(OVERLAPS) == []
        side = page.locator("#side").bounding_box()
        assert side is not None
        assert side["width"] <= 0.3 * width or side["width"] == width
