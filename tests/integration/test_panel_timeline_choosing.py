"""Clips, ranges and the playhead on the panel's timeline, in a real browser: chosen and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from panel_pieces import (
    a_small_edit,
    a_state,
    a_take,
    clip_id,
)
from panel_shown import Shown, shown_at_work, shown_on
from panel_stage import Stage


@pytest.fixture
def shown(require_program: Callable[[str], str]) -> Iterator[Shown]:
    yield from shown_at_work(require_program("chromium"))


def test_clips_are_selected_with_pointer_and_keys(shown: Shown) -> None:
    page = shown.page
    shown.cell("A001_C001").click()
    assert shown.selects("A001_C001")
    shown.cell("A001_C003").click(modifiers=["Control"])
    assert shown.selects("A001_C001", "A001_C003")
    shown.cell("A001_C001").click(modifiers=["Control"])
    assert shown.selects("A001_C003")
    shown.cell("A001_C002").click()
    shown.cell("A001_C003").click(modifiers=["Shift"])
    assert shown.selects("A001_C002", "A001_C003")
    page.keyboard.press("Escape")
    assert shown.selects()
    shown.cell("A001_C001").click()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    assert shown.selects("A001_C002", "A001_C003")
    page.keyboard.press("Control+a")
    assert shown.selects("A001_C001", "A001_C002", "A001_C003", "Title <b>1</b>")
    expect(page.locator("#restyle-clips")).to_have_text("Restyle 3 clips…")

    box = page.locator(".gap").last.bounding_box()
    to = shown.cell("A001_C002").bounding_box()
    assert box is not None
    assert to is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(to["x"] + 150, to["y"] + 40, steps=4)
    expect(page.locator(".rubber")).to_be_visible()
    page.mouse.up()
    assert shown.selects("A001_C002")
    expect(page.locator(".rubber")).to_have_count(0)


def test_ranges_are_marked_by_keys_and_on_the_ruler(shown: Shown) -> None:
    page = shown.page
    shown.go_to("01:00:01:00")
    page.keyboard.press("Tab")
    page.keyboard.press("i")
    expect(page.locator(".ranges")).to_contain_text("In 01:00:01:00, no out yet")
    for key in (".", ".", "o"):
        page.keyboard.press(key)
    assert shown.ranges() == ["01:00:01:00 – 01:00:01:03, 3 frames"]
    shown.go_to("+308")
    shown.grid.focus()
    page.keyboard.press("x")
    assert shown.ranges()[1:] == ["01:00:04:00 – 01:00:08:00, 96 frames"]

    ruler, last = page.locator(".ruler").bounding_box(), shown.cell("A001_C003").bounding_box()
    assert ruler is not None
    assert last is not None
    page.mouse.move(last["x"] + 30, ruler["y"] + 8)
    page.mouse.down()
    page.mouse.move(last["x"] + 90, ruler["y"] + 8, steps=3)
    page.mouse.up()
    assert len(shown.ranges()) == 3
    expect(page.locator(".band")).to_have_count(3)
    button = page.get_by_role("button", name="Restyle 3 ranges…")
    expect(button).to_be_visible()
    page.get_by_role("button", name="Remove range 01:00:01:00").click()
    assert len(shown.ranges()) == 2
    page.keyboard.press("Alt+x")
    assert shown.ranges() == []
    expect(button).to_be_hidden()


def test_the_playhead_goes_where_it_is_told(shown: Shown) -> None:
    page = shown.page
    field = page.get_by_label("Playhead, record timecode")
    for typed, there in (
        ("01:00:02:00", "01:00:02:00"),
        ("+12", "01:00:02:12"),
        ("-1:00", "01:00:01:12"),
        ("1000412", "01:00:04:12"),
        ("02:00:00:00", "01:00:11:23"),
    ):
        shown.go_to(typed)
        expect(field).to_have_value(there)
    shown.go_to("01:00:00:99")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#said")).to_contain_text("does not exist at this frame rate")
    shown.grid.focus()
    for key, there in (
        ("Home", "01:00:00:00"), ("m", "01:00:01:00"), ("m", "01:00:04:04"),
        ("Shift+M", "01:00:01:00"), ("s", "01:00:04:00"), ("a", "01:00:00:00"),
        (".", "01:00:00:01"),
    ):  # fmt: skip
        page.keyboard.press(key)
        expect(field).to_have_value(there)


def test_resolves_selection_is_followed_until_somebody_chooses_here(
    require_program: Callable[[str], str],
) -> None:
    def chosen(*keys: str) -> dict[str, Any]:
        return {"how": "auto", "sentence": "", "clips": [{"key": key} for key in keys]}

    state = a_state(edit={"kind": "resolve"}, chosen=chosen("k1", "k3"))
    for shown in shown_on(Stage(state), require_program("chromium")):
        meant = shown.page.locator("#timeline-meant")
        expect(meant).to_have_text("Resolve: 2 clips")
        assert shown.selects("A001_C001", "A001_C003")
        shown.stage.push(chosen=chosen("k2"))
        expect(meant).to_have_text("Resolve: 1 clip")
        shown.cell("A001_C001").click()
        expect(meant).to_have_text("This page: 1 clip")
        shown.stage.push(chosen=chosen("k2", "k3"))
        shown.page.wait_for_timeout(200)
        assert shown.selects("A001_C001")
        shown.page.get_by_role("button", name="Follow Resolve").click()
        expect(meant).to_have_text("Resolve: 2 clips")


def test_a_clip_stays_selected_when_its_first_take_gives_it_another_key(shown: Shown) -> None:
    shown.grid.focus()
    shown.page.keyboard.press("ArrowRight")
    shown.page.keyboard.press("ArrowRight")
    expect(shown.page.locator("#timeline-meant")).to_have_text("1 clip selected")
    edit = a_small_edit()
    (track,) = [each for each in edit["tracks"] if each["name"] == "V1"]
    (clip,) = [each for each in track["items"] if each["key"] == "k3"]
    clip |= {"key": "k3-2", "id": clip_id("k3-2"), "was": ["k3"], "takes": [a_take(1)]}
    shown.stage.push(edit)
    expect(shown.cell("A001_C003")).to_contain_text("orig/1")
    expect(shown.cell("A001_C003")).to_have_attribute("aria-selected", "true")
    shown.page.keyboard.press("Enter")
    expect(shown.page.locator("#menu-title")).to_have_text("A001_C003")


def test_a_timecode_that_is_being_typed_stays_when_the_timeline_changes(shown: Shown) -> None:
    field = shown.page.get_by_label("Playhead, record timecode")
    field.focus()
    shown.page.keyboard.type("01:00:0")
    edit = a_small_edit()
    (track,) = [each for each in edit["tracks"] if each["name"] == "V1"]
    track["items"][0]["name"] = "A001_C009"
    shown.stage.push(edit)
    expect(shown.cell("A001_C009")).to_be_visible()
    shown.page.keyboard.type("2:03")
    shown.page.keyboard.press("Enter")
    expect(field).to_have_value("01:00:02:03")
