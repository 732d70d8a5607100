"""The page in narrow windows and with long names, in a real browser: nothing lies over anything
else, and nothing is wider than its place."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from page_browser import browser_page
from panel_pieces import HOUR, a_clip, a_plan, a_state, a_track, an_edit
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
        assert side["width"] <= 0.3 * width or (side["width"] == width and side["height"] < 90)


NAME = "A" * 300
WIDER = """() => ["look", "plan", "columns"]
  .map((name) => document.querySelector(`.restyle-${name}`))
  .filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.className)"""
LINES = """(node) => Math.round(node.getBoundingClientRect().height
  / parseFloat(getComputedStyle(node).lineHeight))"""


def test_long_names_and_many_plates_stay_in_their_places(
    require_program: Callable[[str], str],
) -> None:
    clips = [a_clip(name, HOUR + 48 * at, HOUR + 48 * at + 48)
             for at, name in enumerate(("bikes_01", "bikes_02", NAME))]  # fmt: skip
    row = a_plan()["rows"][0]
    rows = [row | {"clip": clip["name"], "sent": "media frames 114 - 233 as 5s"} for clip in clips]
    stage = Stage(a_state(), an_edit(a_track("V1", *clips)))
    stage.answers["plan"] = lambda what: a_plan(rows=rows, clips=3, strips=[])
    with opened(stage), browser_page(require_program("chromium")) as page:
        page.goto(stage.address)
        page.get_by_role("gridcell", name=NAME).click(button="right")
        title = page.locator("#menu-title")
        assert title.evaluate(LINES) == 1
        expect(title).to_have_attribute("title", NAME)
        page.keyboard.press("Escape")
        page.keyboard.press("Control+a")
        expect(page.locator("#said")).to_have_text("3 clips selected.")
        page.evaluate("performance.now = () => 1e9")
        page.locator("#restyle-clips").click()
        expect(page.locator("#said")).to_have_text("")
        page.get_by_label("Prompt", exact=True).fill("noir")
        expect(page.locator(".plates tbody th")).to_have_count(3)
        page.locator("#restyle details summary").click()
        for width in (1400, 900, 700):
            page.set_viewport_size({"width": width, "height": 700})
            assert page.evaluate(WIDER) == []
            lines = [each.evaluate(LINES) for each in page.locator(".plates th button").all()]
            assert lines == [1, 1, 1]


def test_a_slider_without_a_step_has_no_thumb_at_one(require_program: Callable[[str], str]) -> None:
    with opened(Stage()) as stage, browser_page(require_program("chromium")) as page:
        stage.answers["plan"] = lambda what: a_plan()
        page.goto(stage.address)
        page.get_by_role("gridcell", name="A001_C002").click()
        page.locator("#restyle-clips").click()
        slider = page.locator("#restyle-strength")
        unset = slider.screenshot(caret="initial")
        page.get_by_role("radio", name="By hand").check()
        expect(slider).to_have_attribute("aria-valuetext", "flex 2")
        assert slider.screenshot(caret="initial") != unset
        slider.press("Home")
        page.get_by_role("radio", name="Model’s own").check()
        slider.blur()
        page.mouse.move(1, 1)
        assert slider.screenshot(caret="initial") == unset
