"""The menus on the panel's timeline, in a real browser: what they offer, and ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from panel_pieces import (
    HOUR,
    a_clip,
    a_plan,
    a_take,
    a_track,
    an_edit,
)
from panel_shown import Shown, shown_at_work, shown_on
from panel_stage import Refused, Stage


@pytest.fixture
def shown(require_program: Callable[[str], str]) -> Iterator[Shown]:
    yield from shown_at_work(require_program("chromium"))


@pytest.mark.parametrize(
    "how", ["right-click", "Enter", "Shift+F10", "ContextMenu", "button", "bar"]
)
def test_every_way_opens_the_same_menu(shown: Shown, how: str) -> None:
    page, cell = shown.page, shown.cell("A001_C001")
    if how == "right-click":
        cell.click(button="right")
    else:
        cell.click()
        if how == "button":
            cell.get_by_role("button", name="Menu of A001_C001").click()
        elif how == "bar":
            page.get_by_role("button", name="Menu of the selected clips").click()
        else:
            page.keyboard.press(how)
    entries = page.get_by_role("menu").locator(".entry-label").all_inner_texts()
    assert entries == [
        "Restyle as new take…", "Restyle with Watercolor…", "Original", "Take 1", "Take 2 ★",
        "Unstar Take 2", "Remove Take 2 from clip…", "Compare…", "Reveal file",
        "Use these settings again…", "About this take…",
    ]  # fmt: skip
    chosen = page.get_by_role("menuitemradio", checked=True)
    expect(chosen).to_contain_text("Take 2 ★")
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    expect(page.locator("#clip-menu") if how == "bar" else shown.grid).to_be_focused()


def test_the_menu_asks_for_what_it_says(shown: Shown) -> None:
    asked: list[tuple[str, Any]] = []
    for name in ("takes", "reveal"):
        shown.stage.answers[name] = lambda what: {"text": f"Did {what}"}
    for entry in ("Original", "Take 1", "Unstar Take 2", "Reveal file"):
        shown.cell("A001_C001").click(button="right")
        with shown.page.expect_response("**/api/*"):
            shown.entry(entry).click()
        expect(shown.page.locator("#said")).to_contain_text("Did")
        asked.append(shown.stage.asked[-1])
    change = {"clip": "k1"}
    assert asked == [
        ("takes", {"changes": [change | {"what": "use", "take": "original"}]}),
        ("takes", {"changes": [change | {"what": "use", "take": "take1"}]}),
        ("takes", {"changes": [change | {"what": "unstar", "take": "take2"}]}),
        ("reveal", {"clip": "k1", "take": "take2"}),
    ]
    shown.cell("A001_C001").click(button="right")
    shown.entry("Remove Take 2 from clip…").click()
    expect(shown.page.locator("#ask")).to_contain_text("the original is not touched")
    assert len(shown.stage.of("takes")) == 3
    shown.page.get_by_role("button", name="Remove Take 2").click()
    expect(shown.page.locator("#ask")).to_be_hidden()
    assert shown.stage.of("takes")[-1]["changes"] == [change | {"what": "remove", "take": "take2"}]


def test_what_is_known_of_a_take_is_text_on_the_page(shown: Shown) -> None:
    page = shown.page
    lines = [["Prompt", "ink <b>& paper</b>"], ["Left out", "none"]]
    shown.stage.answers["about"] = lambda what: {"lines": lines, "notes": ["It has a note."]}
    shown.cell("A001_C001").click(button="right")
    shown.entry("About this take…").click()
    about = page.get_by_role("dialog", name="Take 2 of A001_C001")
    expect(about.get_by_role("term")).to_have_text(["Prompt", "Left out"])
    expect(about.get_by_role("definition")).to_have_text(["ink <b>& paper</b>", "none"])
    expect(about).to_contain_text("It has a note.")
    assert shown.stage.of("about") == [{"clip": "k1", "take": "take2"}]
    page.keyboard.press("Escape")
    expect(about).to_have_count(0)
    expect(shown.grid).to_be_focused()
    shown.stage.answers["about"] = refusing
    shown.cell("A001_C001").click(button="right")
    shown.entry("About this take…").click()
    expect(page.locator("#said")).to_have_text("Nothing says how it was made.")


def refusing(what: Any) -> Any:
    raise Refused("Nothing says how it was made.")


def test_every_take_has_a_menu_beside_it(shown: Shown) -> None:
    page, of = shown.page, shown.stage.of
    shown.stage.answers |= dict.fromkeys(("takes", "reveal"), lambda what: {"text": "Done"})
    shown.cell("A001_C001").click()
    page.keyboard.press("Enter")
    first = page.get_by_role("menuitemradio", name="Take 1")
    first.hover()
    expect(first).to_be_focused()
    page.keyboard.press("ArrowRight")
    beside = page.get_by_role("menu", name="Take 1")
    assert beside.locator(".entry-label").all_inner_texts() == [
        "Select", "Star Take 1", "Compare with the original…", "Reveal file",
        "Use these settings again…", "About this take…", "Remove Take 1 from clip…",
    ]  # fmt: skip
    expect(beside.get_by_role("menuitem", name="Select")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(beside).to_have_count(0)
    expect(first).to_be_focused()
    first.locator(".entry-more").click()
    page.keyboard.press("Escape")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowRight")
    with page.expect_response("**/api/takes"):
        beside.get_by_text("Star Take 1").click()
    assert of("takes") == [{"changes": [{"clip": "k1", "what": "star", "take": "take1"}]}]
    expect(page.get_by_role("menu")).to_have_count(0)

    shown.cell("A001_C001").click(button="right")
    second = page.get_by_role("menuitemradio", name="Take 2")
    second.locator(".entry-more").click()
    page.get_by_role("menu", name="Take 2").get_by_text("Select", exact=True).click()
    expect(page.locator("#said")).to_have_text("Select: It is selected.")
    first.hover()
    expect(page.get_by_role("menu", name="Take 2")).to_have_count(0)
    first.locator(".entry-more").click()
    with page.expect_response("**/api/reveal"):
        beside.get_by_text("Reveal file").click()
    assert of("reveal") == [{"clip": "k1", "take": "take1"}]


def test_the_dialog_is_opened_for_what_is_meant(shown: Shown) -> None:
    page = shown.page
    shown.stage.answers["plan"] = lambda what: a_plan()
    shown.cell("A001_C003").click(button="right")
    with page.expect_response("**/api/plan"):
        shown.entry("Restyle with Watercolor…").click()
    expect(page.locator("dialog#restyle")).to_be_visible()
    asked = shown.asked_restyle()
    assert (asked["clips"], asked["ranges"], asked["style"]) == (["k3"], [], "watercolor")
    page.keyboard.press("Escape")
    expect(page.locator("dialog#restyle")).to_be_hidden()

    shown.grid.focus()
    page.keyboard.press("x")
    with page.expect_response("**/api/plan"):
        page.get_by_role("button", name="Restyle 1 range…").click()
    asked = shown.asked_restyle()
    assert (asked["clips"], asked["ranges"]) == ([], [[HOUR, HOUR + 96]])


def test_the_keys_are_listed(shown: Shown) -> None:
    shown.grid.focus()
    shown.page.keyboard.press("?")
    expect(shown.page.get_by_role("dialog", name="Keys of the timeline")).to_be_visible()


def test_the_menu_of_several_clips_says_how_many(shown: Shown) -> None:
    # On a page that was just opened, and after a click beside everything.
    expect(shown.grid).to_be_focused()
    shown.page.keyboard.press("Control+a")
    assert shown.selects("A001_C001", "A001_C002", "A001_C003", "Title <b>1</b>")
    shown.page.keyboard.press("Escape")
    assert shown.selects()
    shown.page.locator("#title").click()
    shown.page.keyboard.press("Control+a")
    shown.page.keyboard.press("Enter")
    menu = shown.page.locator("#menu")
    expect(menu).to_contain_text("4 clips selected")
    expect(shown.entry("Restyle 3 clips as new takes…")).to_be_visible()
    expect(menu).to_contain_text("1 clip left out. 1: a title has no media")
    expect(menu.locator(".entry", has_text="Compare…")).to_contain_text("Select one clip alone.")
    shown.entry("Select the original of 1 clip").click()
    assert shown.stage.of("takes", 1) == [
        {"changes": [{"clip": "k1", "what": "use", "take": "original"}]}
    ]
    # Without takes nothing is counted.
    shown.cell("A001_C003").click()
    shown.cell("Title").click(modifiers=["Control"])
    shown.page.keyboard.press("Enter")
    for entry in ("Select the newest takes", "Select the originals", "Star the selected takes"):
        expect(shown.entry(entry)).to_be_visible()


def test_a_clip_without_a_record_of_its_take_says_so(require_program: Callable[[str], str]) -> None:
    take = a_take(1, selected=True, has_record=False)
    stage = Stage(edit=an_edit(a_track("V1", a_clip("k1", HOUR, HOUR + 96, takes=[take]))))
    for shown in shown_on(stage, require_program("chromium")):
        shown.cell("k1").click(button="right")
        again = shown.page.locator(".entry", has_text="Use these settings again…")
        expect(again).to_have_attribute("aria-disabled", "true")
        expect(again).to_contain_text("Nothing is recorded of how Take 1 was made.")
