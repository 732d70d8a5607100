"""The panel's timeline in a real browser: what it draws, selects, marks, and offers for clips."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from page_browser import browser_page
from panel_pieces import (
    HOUR,
    NOW,
    a_clip,
    a_job,
    a_plan,
    a_small_edit,
    a_state,
    a_style,
    a_take,
    a_track,
    an_edit,
    clip_id,
)
from panel_stage import Refused, Stage, opened

TRACK_HEIGHT = 72
"""Of the stills on tracks, in pixels; the viewer asks for higher ones."""


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
        return self.stage.of("plan")[-1]

    def go_to(self, timecode: str) -> None:
        field = self.page.get_by_label("Playhead, record timecode")
        field.fill(timecode)
        field.press("Enter")

    def ranges(self) -> list[str]:
        return self.page.locator(".ranges .go").all_inner_texts()


def _shown(stage: Stage, chromium: str) -> Iterator[Shown]:
    with opened(stage), browser_page(chromium) as page:
        page.goto(stage.address)
        shown = Shown(page, stage)
        expect(page.locator(".clip").first).to_be_visible()
        yield shown


@pytest.fixture
def shown(require_program: Callable[[str], str]) -> Iterator[Shown]:
    stage = Stage(a_state(jobs=[a_job("j1", clip_key="k2", step="wait")]))
    stage.styles = [a_style("watercolor", recent=True), a_style("noir")]
    yield from _shown(stage, require_program("chromium"))


def test_a_badge_follows_its_job_to_what_a_person_has_to_do(shown: Shown) -> None:
    badge = shown.cell("A001_C002").locator(".job")
    expect(badge).to_have_text("wait")
    unsure = a_job("j1", clip_key="k2", step="wait", status="unsure", running=False)
    shown.stage.push(jobs=[unsure | {"needs_settling": True}])
    expect(badge).to_have_text(re.compile(r"^\?"))
    expect(shown.cell("a job has to be settled")).to_have_count(1)
    failed = unsure | {"status": "failed", "step": "", "failed_at": "wait", "ended_at": NOW - 9}
    shown.stage.push(jobs=[failed])
    expect(badge).to_have_text(re.compile("^!"))
    expect(shown.cell("restyling failed at wait")).to_have_count(1)
    shown.stage.push(jobs=[failed | {"id": "j2", "status": "done", "failed_at": ""}, failed])
    expect(badge).to_have_count(0)


def test_a_badge_never_counts_past_the_takes_that_are_there(shown: Shown) -> None:
    edit = a_small_edit()
    (clip,) = [i for t in edit["tracks"] for i in t["items"] if i["name"] == "A001_C001"]
    clip["takes"] = [a_take(3, selected=True)]
    shown.stage.push(edit=edit)
    badge = shown.cell("A001_C001").locator(".takes")
    expect(badge).to_have_text("take 3")
    clip["takes"] = [a_take(1, selected=True) | {"lacks": "the clip's last 3 frames"}]
    shown.stage.push(edit=edit | {"revision": edit["revision"] + 1})
    expect(badge).to_have_text("1/1 !")


def test_tracks_lie_as_in_an_editor_with_clips_marks_and_badges(shown: Shown) -> None:
    page = shown.page
    assert page.locator(".track-name").all_inner_texts() == ["V2", "V1", "A1"]
    assert page.locator(".transition").count() == 1
    assert page.locator(".gap").count() == 2
    expect(shown.cell("A001_C001").locator(".takes")).to_have_text("2/2 ★")
    expect(shown.cell("A001_C002").locator(".job")).to_have_text("wait")
    expect(shown.cell("Title")).to_have_class("clip refused")
    assert page.locator(".track b").count() == 0
    first, second = (shown.cell(f"A001_C00{n}").bounding_box() for n in (1, 2))
    across = page.locator(".transition").bounding_box()
    assert first is not None
    assert second is not None
    assert across is not None
    assert across["x"] < second["x"] < across["x"] + across["width"]
    assert abs(first["width"] - second["width"]) < 1
    markers = page.locator(".marker")
    assert [each.get_attribute("aria-label") for each in markers.all()] == [
        "look here, 01:00:01:00",
        "rain, 01:00:04:04 – 01:00:06:04, more of it",
    ]
    markers.first.hover()
    expect(page.get_by_role("tooltip")).to_contain_text("look here")


def test_pictures_show_the_selected_take_along_the_clip(shown: Shown) -> None:
    expect(shown.cell("A001_C001").locator("img.loaded")).not_to_have_count(0)
    expect(shown.cell("A001_C002").locator("img.loaded")).not_to_have_count(0)
    shown.page.wait_for_timeout(300)
    of_first = {
        (take, offset)
        for clip, take, offset, height in shown.stage.stills
        if clip == clip_id("k1") and height == TRACK_HEIGHT
    }
    of_second = {
        take
        for clip, take, _, height in shown.stage.stills
        if clip == clip_id("k2") and height == TRACK_HEIGHT
    }
    assert ("take2", 0) in of_first
    assert len(of_first) > 1
    assert {take for take, _ in of_first} == {"take2"}
    assert of_second == {"original"}
    assert all(0 <= offset < 96 for _, offset in of_first)


def test_a_refused_clip_says_why_on_hover_and_to_the_keyboard(shown: Shown) -> None:
    tip = shown.page.get_by_role("tooltip")
    shown.cell("Title").hover()
    expect(tip).to_contain_text("Cannot be restyled: a title has no media")
    shown.page.mouse.move(5, 700)
    expect(tip).to_be_hidden()
    shown.grid.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
        shown.page.keyboard.press(key)
    expect(tip).to_contain_text("Cannot be restyled: a title has no media")
    assert shown.grid.get_attribute("aria-describedby") == tip.get_attribute("id")
    active = shown.grid.get_attribute("aria-activedescendant")
    expect(shown.page.locator(f"#{active}")).to_contain_text("Title <b>1</b>")
    shown.page.keyboard.press("Shift+F10")
    restyle = shown.page.get_by_role("menuitem", name="Restyle as new take")
    expect(restyle).to_be_focused()
    expect(restyle).to_have_attribute("aria-disabled", "true")
    expect(restyle).to_contain_text("a title has no media")
    shown.page.keyboard.press("Enter")
    expect(restyle).to_be_visible()
    expect(shown.page.locator("#said")).to_contain_text("a title has no media")


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
    assert shown.stage.of("takes") == [
        {"changes": [{"clip": "k1", "what": "use", "take": "original"}]}
    ]
    # Without takes nothing is counted.
    shown.cell("A001_C003").click()
    shown.cell("Title").click(modifiers=["Control"])
    shown.page.keyboard.press("Enter")
    for entry in ("Select the newest takes", "Select the originals", "Star the selected takes"):
        expect(shown.entry(entry)).to_be_visible()


def test_another_state_of_the_edit_is_drawn_and_the_rest_stays(shown: Shown) -> None:
    shown.page.evaluate("document.querySelectorAll('.clip').forEach((c) => { c.seen = true })")
    edit = a_small_edit()
    edit["tracks"][1]["items"][0]["takes"][1]["starred"] = False
    shown.stage.push(edit=edit)
    expect(shown.cell("A001_C001").locator(".takes")).to_have_text("2/2")
    seen = "(cell) => cell.seen === true"
    assert not shown.cell("A001_C001").evaluate(seen)
    assert shown.cell("A001_C003").evaluate(seen)


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


def test_zoom_keeps_the_frame_under_the_pointer(shown: Shown) -> None:
    page, cell = shown.page, shown.cell("A001_C002")
    box = cell.bounding_box()
    assert box is not None
    x = box["x"] + box["width"] / 2
    page.mouse.move(x, box["y"] + 30)
    page.keyboard.down("Control")
    for _ in range(4):
        page.mouse.wheel(0, -120)
    page.keyboard.up("Control")
    expect(page.locator(".clip.wide").first).to_be_visible()
    wide = cell.bounding_box()
    assert wide is not None
    assert wide["width"] > 2 * box["width"]
    assert abs(wide["x"] + wide["width"] / 2 - x) < 3
    shown.grid.focus()
    page.keyboard.press("Shift+Z")
    expect(page.locator(".clip.wide")).to_have_count(0)
    again = cell.bounding_box()
    assert again is not None
    assert abs(again["width"] - box["width"]) < 1


def test_pictures_out_of_sight_are_not_waited_for(require_program: Callable[[str], str]) -> None:
    clips = [a_clip(f"k{n}", HOUR + 48 * n, HOUR + 48 * n + 48) for n in range(400)]
    stage = Stage(edit=an_edit(a_track("V1", *clips)))
    stage.still_seconds = 0.4
    for shown in _shown(stage, require_program("chromium")):
        for _ in range(10):
            shown.page.keyboard.press("+")
        shown.page.wait_for_timeout(250)
        # Four at a time, and the viewer's own.
        assert 0 < len(stage.stills) < 60
        for _ in range(12):
            shown.page.evaluate("document.querySelector('.scroller').scrollLeft += 2500")
            shown.page.wait_for_timeout(20)
        assert shown.page.locator("img[src]:not(.loaded)").count() == 0
        expect(shown.page.locator("img.loaded").first).to_be_visible()
        ids = {clip_id(f"k{n}") for n in range(400)}
        assert {clip for clip, *_ in stage.stills} <= ids
        assert len({clip for clip, *_ in stage.stills}) < 60


def test_thin_clips_are_drawn_together_and_can_be_hit(
    require_program: Callable[[str], str],
) -> None:
    clips = [a_clip(f"k{n}", HOUR + 2 * n, HOUR + 2 * n + 2) for n in range(3000)]
    stage = Stage(edit=an_edit(a_track("V1", *clips)))
    for shown in _shown(stage, require_program("chromium")):
        assert shown.page.locator(".clip").count() < 300
        shown.grid.focus()
        shown.page.keyboard.press("End")
        box = shown.page.locator(".lane").first.bounding_box()
        assert box is not None
        shown.page.mouse.click(box["x"] + 200, box["y"] + 30, button="right")
        expect(shown.page.get_by_role("menu")).to_be_visible()
        expect(shown.page.locator("#timeline-meant")).to_have_text("1 clip selected")


def test_resolves_selection_is_followed_until_somebody_chooses_here(
    require_program: Callable[[str], str],
) -> None:
    def chosen(*keys: str) -> dict[str, Any]:
        return {"how": "auto", "sentence": "", "clips": [{"key": key} for key in keys]}

    state = a_state(edit={"kind": "resolve"}, chosen=chosen("k1", "k3"))
    for shown in _shown(Stage(state), require_program("chromium")):
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


def test_a_clip_without_a_record_of_its_take_says_so(require_program: Callable[[str], str]) -> None:
    take = a_take(1, selected=True, has_record=False)
    stage = Stage(edit=an_edit(a_track("V1", a_clip("k1", HOUR, HOUR + 96, takes=[take]))))
    for shown in _shown(stage, require_program("chromium")):
        shown.cell("k1").click(button="right")
        again = shown.page.locator(".entry", has_text="Use these settings again…")
        expect(again).to_have_attribute("aria-disabled", "true")
        expect(again).to_contain_text("Nothing is recorded of how Take 1 was made.")


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
