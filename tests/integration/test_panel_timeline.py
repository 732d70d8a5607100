"""The panel's timeline in a real browser: how it draws tracks, clips, pictures and badges."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from panel_pieces import (
    HOUR,
    NOW,
    a_clip,
    a_job,
    a_small_edit,
    a_take,
    a_track,
    an_edit,
    clip_id,
)
from panel_shown import Shown, shown_at_work, shown_on
from panel_stage import Stage

TRACK_HEIGHT = 72
"""Of the stills on tracks, in pixels; the viewer asks for higher ones."""


@pytest.fixture
def shown(require_program: Callable[[str], str]) -> Iterator[Shown]:
    yield from shown_at_work(require_program("chromium"))


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
    # Nothing is on its way any more.
    expect(shown.page.locator("img[src]:not(.loaded)")).to_have_count(0)
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


def test_another_state_of_the_edit_is_drawn_and_the_rest_stays(shown: Shown) -> None:
    shown.page.evaluate("document.querySelectorAll('.clip').forEach((c) => { c.seen = true })")
    edit = a_small_edit()
    edit["tracks"][1]["items"][0]["takes"][1]["starred"] = False
    shown.stage.push(edit=edit)
    expect(shown.cell("A001_C001").locator(".takes")).to_have_text("2/2")
    seen = "(cell) => cell.seen === true"
    assert not shown.cell("A001_C001").evaluate(seen)
    assert shown.cell("A001_C003").evaluate(seen)


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
    for shown in shown_on(stage, require_program("chromium")):
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
    for shown in shown_on(stage, require_program("chromium")):
        assert shown.page.locator(".clip").count() < 300
        shown.grid.focus()
        shown.page.keyboard.press("End")
        box = shown.page.locator(".lane").first.bounding_box()
        assert box is not None
        shown.page.mouse.click(box["x"] + 200, box["y"] + 30, button="right")
        expect(shown.page.get_by_role("menu")).to_be_visible()
        expect(shown.page.locator("#timeline-meant")).to_have_text("1 clip selected")
