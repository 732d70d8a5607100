"""What the page shows first of a timeline, in a real browser: its clips, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from page_browser import browser_page
from panel_pieces import HOUR, a_clip, a_gap, a_state, a_track, an_edit, clip_id
from panel_stage import Refused, Stage, opened

NOTE = "an EDL names no frame rate; it was read at 24 frames per second"


def shown_from_to(page: Page, name: str) -> tuple[float, float]:
    """Where a clip begins and ends, in shares of the window onto the timeline."""
    cell, view = (
        page.get_by_role("gridcell", name=name).bounding_box(),
        page.locator(".scroller").bounding_box(),
    )
    assert cell is not None
    assert view is not None
    left, width = view["x"] + 64, view["width"] - 64
    return (cell["x"] - left) / width, (cell["x"] + cell["width"] - left) / width


def test_an_hour_of_nothing_before_the_first_clip_is_passed_over(
    require_program: Callable[[str], str],
) -> None:
    clips = [a_clip(f"k{n}", HOUR + 48 * n, HOUR + 48 * n + 48) for n in range(4)]
    edit = an_edit(a_track("V1", a_gap(0, HOUR), *clips), start=0, notes=[NOTE])
    state = a_state(edit={"notes": ["Take 2 of k9 finds no clip here."]})
    with opened(Stage(state, edit)) as stage, browser_page(require_program("chromium")) as page:
        page.goto(stage.address)
        timecode = page.get_by_label("Playhead, record timecode")
        expect(timecode).to_have_value("01:00:00:00")
        expect(page.locator("#viewer-name")).to_have_text("k0")
        assert -0.01 < shown_from_to(page, "k0")[0] < 0.02
        assert 0.9 < shown_from_to(page, "k3")[1] <= 1
        page.keyboard.press("End")
        page.keyboard.press("Home")
        expect(timecode).to_have_value("01:00:00:00")
        page.keyboard.press("Home")
        expect(timecode).to_have_value("00:00:00:00")
        page.keyboard.press("Shift+Z")
        assert -0.01 < shown_from_to(page, "k0")[0] < 0.02

        expect(page.locator("#rate")).to_have_text("24 fps")
        notes = page.locator("#edit-notes")
        expect(notes).to_contain_text("Take 2 of k9 finds no clip here.")
        expect(notes).to_contain_text(f"A{NOTE[1:]}.")
        notes.get_by_role("button").click()
        expect(notes).to_be_hidden()
        page.reload()
        expect(timecode).to_have_value("01:00:00:00")
        expect(notes).to_be_hidden()


def test_the_lowest_picture_track_is_in_sight_and_no_picture_is_asked_for_where_none_is(
    require_program: Callable[[str], str],
) -> None:
    nested = a_clip("nested", HOUR + 96, HOUR + 192, media="", refusal="a timeline in it")
    gone = a_clip("gone", HOUR + 192, HOUR + 288, refusal="its media is offline", reason="offline")
    tracks = [a_track("V1", a_clip("k1", HOUR, HOUR + 96), nested, gone)]
    tracks += [a_track(f"V{n}", a_clip(f"over{n}", HOUR, HOUR + 48)) for n in range(2, 9)]
    with (
        opened(Stage(edit=an_edit(*tracks))) as stage,
        browser_page(require_program("chromium")) as page,
    ):
        page.goto(stage.address)
        lowest = page.get_by_role("gridcell", name="k1")
        expect(lowest.locator("img.loaded").first).to_be_visible()
        for key in ("", "x"):
            if key:
                page.keyboard.press(key)
                expect(page.locator(".ranges .go")).to_have_count(1)
                page.wait_for_timeout(100)
            cell, view = lowest.bounding_box(), page.locator(".scroller").bounding_box()
            assert cell is not None
            assert view is not None
            assert cell["y"] + cell["height"] <= view["y"] + view["height"]
        expect(page.get_by_role("gridcell", name="nested")).to_be_visible()
        asked = {clip for clip, *_ in stage.stills}
        assert asked.isdisjoint({clip_id("nested"), clip_id("gone")})


def test_an_address_leads_to_the_comparison_of_a_clip(
    require_program: Callable[[str], str],
) -> None:
    def refuse(asked: Any) -> Any:
        raise Refused("There is no ffmpeg here.")

    with opened(Stage()) as stage, browser_page(require_program("chromium")) as page:
        stage.answers["compare"] = refuse
        for from_elsewhere in (True, False):
            if from_elsewhere:
                page.goto("about:blank")
            page.goto(f"{stage.address}#compare=k1")
            expect(page.locator("#compare-clip")).to_have_text("A001_C001")
            expect(page.locator("#compare-trouble")).to_contain_text("no ffmpeg")
            assert page.url == stage.address
            page.keyboard.press("Escape")
            expect(page.locator("#compare")).to_be_hidden()
        assert [asked["clip"] for asked in stage.of("compare")] == ["k1", "k1"]
