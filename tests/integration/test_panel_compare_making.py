"""A comparison that is being made: what is shown until it is there, and where it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from page_browser import Held
from page_pictures import act, drawn
from panel_comparing import Comparing, a_comparing
from panel_stage import Refused


@pytest.fixture
def comparing(require_program: Callable[[str], str], tmp_path: Path) -> Iterator[Comparing]:
    with a_comparing(require_program, tmp_path) as made:
        yield made


def test_other_sides_keep_the_place_and_the_making_is_shown(comparing: Comparing) -> None:
    comparing.open()
    page = comparing.page
    assert comparing.stage.of("compare")[-1] == {"clip": "k1", "sides": ["original", "take1"]}
    page.locator("#compare-scrub").fill("21")
    comparing.at(21)
    held = Held(page, "**/api/compare")
    page.get_by_label("Left").select_option("take2")
    comparing.stage.push(making=[{"what": "Comparison of A001_C001", "done": 12, "total": 48}])
    expect(page.locator("#compare-making")).to_contain_text("Comparison of A001_C001")
    expect(page.locator("#compare-making")).to_contain_text("12 of 48 · 25 %")
    # Until then the picture that is there keeps its name.
    expect(page.locator("#compare-name-left")).to_have_text("Original")
    comparing.at(21)
    # The wipe is dragged on over it, and no words of the page are selected by that.
    box = page.locator("#compare-picture").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] + 60)
    page.mouse.up()
    assert page.evaluate("getSelection().toString()") == ""
    assert drawn(page, columns=(0.75,))["colours"][0][0] > 200
    held.first().continue_()
    expect(page.locator("#compare-making")).to_be_hidden()
    assert comparing.stage.of("compare")[-1] == {"clip": "k1", "sides": ["take2", "take1"]}
    comparing.at(21)
    assert drawn(page, columns=(0.2,))["colours"][0][0] > 200
    expect(page.locator("#compare-name-left")).to_have_text("Take 2 · ★ · selected")


def shows_nothing(page: Page) -> bool:
    """Whether no picture is there, and nothing is said of one."""
    found = drawn(page, columns=(0.1, 0.5, 0.9))
    said = [page.locator(f"#compare-{each}").inner_text() for each in ("name-left", "name-right",
            "number", "timecode", "notes", "range", "rate")]  # fmt: skip
    is_black = found["colours"] == [[0, 0, 0]] * 3
    return is_black and not any(said) and not page.locator("#compare-picture").is_visible()


def test_another_clips_picture_is_never_shown_under_a_clips_name(comparing: Comparing) -> None:
    comparing.open(notes=["A retime."])
    page, stage = comparing.page, comparing.stage
    page.locator("#compare-scrub").fill("21")
    comparing.at(21)
    page.keyboard.press("Escape")
    held = Held(page, "**/api/compare")
    act(page, "compare", {"clip": "k2"})
    expect(page.locator("#compare-clip")).to_have_text("Nested")
    expect(page.locator("#compare-making")).to_be_visible()
    assert shows_nothing(page)

    def refuse(asked: Any) -> Any:
        raise Refused("C_take_001.mov has 120 frames, from 0 to 119.")

    made, stage.answers["compare"] = stage.answers["compare"], refuse
    held.first().continue_()
    expect(page.locator("#compare-trouble")).to_contain_text("has 120 frames")
    expect(page.locator("#compare-making")).to_be_hidden()
    assert shows_nothing(page)

    # One side of a clip that cannot be shown is no reason to show another under its name either.
    page.unroute("**/api/compare")
    page.keyboard.press("Escape")
    stage.answers["compare"] = made
    act(page, "compare", {"clip": "k1", "take": "take1"})
    comparing.at(0)
    page.locator("#compare-scrub").fill("21")
    comparing.at(21)
    stage.answers["compare"] = refuse
    page.get_by_label("Left").select_option("take2")
    expect(page.locator("#compare-trouble")).to_contain_text("has 120 frames")
    assert shows_nothing(page)
    stage.answers["compare"] = made
    page.get_by_label("Left").select_option("original")
    comparing.at(21)
    expect(page.locator("#compare-name-left")).to_have_text("Original")


def test_what_is_closed_while_it_is_made_is_made_to_its_end(comparing: Comparing) -> None:
    comparing.open()
    page = comparing.page
    page.keyboard.press("Escape")
    held = Held(page, "**/api/compare")
    act(page, "compare", {"clip": "k2"})
    expect(page.locator("#compare-making")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#said")).to_contain_text("The comparison of Nested goes on being made")
    act(page, "compare", {"clip": "k2"})
    expect(page.locator("#compare-making")).to_be_visible()
    held.first().continue_()
    assert len(held.routes) == 1
    comparing.at(0)
    expect(page.locator("#compare-name-right")).to_have_text("Take 1")
