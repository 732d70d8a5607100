"""The viewer of the panel in a real browser: the frame of the playhead, and never another one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from page_browser import started_browser, window
from panel_pieces import (
    HOUR,
    Json,
    a_clip,
    a_gap,
    a_small_edit,
    a_take,
    a_track,
    a_transition,
    an_edit,
    clip_id,
)
from panel_stage import Refused, Stage, a_still, opened, still_colour

PIXEL = """() => {
  const canvas = document.getElementById("viewer-picture");
  if (canvas.hidden) return null;
  const middle = [canvas.width >> 1, canvas.height >> 1];
  return [...canvas.getContext("2d").getImageData(...middle, 1, 1).data].slice(0, 3);
}"""
# Each picture that is drawn, with the frame that the label beneath names at that moment.
WATCH = """() => {
  window.pairs = [];
  const look = () => {
    const canvas = document.getElementById("viewer-picture");
    if (!canvas.hidden) {
      const { data } = canvas.getContext("2d").getImageData(8, 8, 1, 1);
      window.pairs.push([document.getElementById("viewer-count").textContent, data[2]]);
    }
    window.watching = requestAnimationFrame(look);
  };
  look();
}"""

NAMES = {"k1": "A001_C001", "k2": "A001_C002"}


class Viewer:
    """What a test sees of it."""

    def __init__(self, page: Page, stage: Stage) -> None:
        self.page = page
        self.stage = stage
        self.stage_box = page.locator("#viewer-stage")
        self.name = page.locator("#viewer-name")
        self.take = page.locator("#viewer-take")
        self.count = page.locator("#viewer-count")
        self.timecode = page.locator("#viewer-timecode")
        self.notes = page.locator("#viewer-notes")
        self.why = page.locator("#viewer-why")
        self.original = page.get_by_role("button", name="Original", exact=True)
        self.compare = page.locator("#viewer-compare")

    def go_to(self, timecode: str) -> None:
        field = self.page.get_by_label("Playhead, record timecode")
        field.fill(timecode)
        field.press("Enter")
        field.blur()

    def shows(self, clip: str, take: str, offset: int) -> None:
        """The picture is of this frame, and so is the label."""
        expect(self.name).to_have_text(NAMES[clip])
        word = "Original" if take == "original" else f"Take {take[-1]}"
        expect(self.take).to_have_text(re.compile(word))
        expect(self.count).to_have_text(f"{offset + 1} / 96")
        assert self.page.evaluate(PIXEL) == list(still_colour(clip_id(clip), take, offset))


@pytest.fixture(scope="module")
def browser(require_program: Callable[[str], str]) -> Iterator[Browser]:
    with started_browser(require_program("chromium")) as started:
        yield started


def looked_at(browser: Browser, edit: Json | None = None) -> Iterator[Viewer]:
    with opened(Stage(edit=edit)) as stage, window(browser) as page:
        page.goto(stage.address)
        expect(page.locator("#viewer-timecode")).not_to_be_empty()
        yield Viewer(page, stage)


@pytest.fixture
def viewer(browser: Browser) -> Iterator[Viewer]:
    yield from looked_at(browser)


def test_it_shows_the_selected_take_at_the_playhead_and_names_it(viewer: Viewer) -> None:
    viewer.go_to("01:00:00:12")
    viewer.shows("k1", "take2", 12)
    expect(viewer.name).to_have_text("A001_C001")
    expect(viewer.take).to_have_text("Take 2 ★")
    expect(viewer.timecode).to_have_text("01:00:00:12")
    viewer.go_to("01:00:04:12")
    viewer.shows("k2", "original", 12)
    expect(viewer.take).to_have_text("Original")
    picture = viewer.page.locator("#viewer-picture")
    expect(picture).to_have_attribute(
        "aria-label", "A001_C002, Original, frame 13 of 96, 01:00:04:12"
    )


def test_keys_step_by_frames_and_cuts(viewer: Viewer) -> None:
    viewer.shows("k1", "take2", 0)
    # A click beside everything leaves the arrows to the viewer.
    viewer.page.locator("#title").click()
    for key, offset in (
        (".", 1),
        ("ArrowRight", 2),
        ("Shift+ArrowRight", 12),
        (",", 11),
        ("ArrowLeft", 10),
        ("Shift+ArrowLeft", 0),
    ):
        viewer.page.keyboard.press(key)
        viewer.shows("k1", "take2", offset)
    viewer.stage_box.focus()
    viewer.page.keyboard.press("ArrowRight")
    viewer.shows("k1", "take2", 1)
    viewer.page.keyboard.press("ArrowDown")
    viewer.shows("k2", "original", 0)
    viewer.page.keyboard.press("ArrowUp")
    viewer.shows("k1", "take2", 0)
    viewer.page.get_by_role("button", name="On one frame").click()
    viewer.shows("k1", "take2", 1)


def test_j_k_l_play_stop_and_end_on_the_frame_that_is_named(viewer: Viewer) -> None:
    page, play = viewer.page, viewer.page.locator("#viewer-play")
    viewer.go_to("01:00:00:00")
    page.keyboard.press("l")
    expect(play).to_have_attribute("aria-label", "Stop")
    expect(viewer.timecode).to_have_text(re.compile("01:00:01:"))
    page.keyboard.press("k")
    expect(play).to_have_attribute("aria-label", "Play")
    stopped = page.get_by_label("Playhead, record timecode").input_value()
    assert stopped > "01:00:01:00"
    expect(viewer.timecode).to_have_text(stopped)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("#said")).to_have_text("Backwards, 2 times as fast.")
    expect(play).to_have_attribute("aria-label", "Play")
    expect(viewer.timecode).to_have_text("01:00:00:00")
    viewer.stage_box.focus()
    page.keyboard.press("Space")
    expect(play).to_have_attribute("aria-label", "Stop")
    page.keyboard.press(",")
    expect(play).to_have_attribute("aria-label", "Play")
    # A button keeps the space bar for itself.
    viewer.go_to("01:00:02:00")
    page.locator("#viewer-forth").press("Space")
    expect(viewer.timecode).to_have_text("01:00:02:01")
    expect(play).to_have_attribute("aria-label", "Play")


def test_the_newest_request_wins_and_no_picture_has_another_ones_label(viewer: Viewer) -> None:
    viewer.shows("k1", "take2", 0)
    viewer.stage.slow_stills = {1: 1.9, 2: 0.3, 7: 0.4, 9: 1.2}
    viewer.page.evaluate(WATCH)
    for _ in range(9):
        viewer.page.keyboard.press(".")
    expect(viewer.stage_box).to_have_attribute("aria-busy", "true")
    viewer.shows("k1", "take2", 9)
    viewer.page.wait_for_timeout(1000)
    viewer.shows("k1", "take2", 9)
    expect(viewer.stage_box).to_have_attribute("aria-busy", "false")
    pairs = viewer.page.evaluate("() => (cancelAnimationFrame(window.watching), window.pairs)")
    named = {still_colour(clip_id("k1"), "take2", offset)[2]: offset for offset in range(10)}
    for label, blue in pairs:
        assert label == f"{named[blue] + 1} / 96"
    shown = [named[blue] for _, blue in pairs]
    assert shown == sorted(shown)
    assert shown[0] == 0
    assert shown[-1] == 9


def test_the_original_shows_while_it_is_held(viewer: Viewer) -> None:
    viewer.go_to("01:00:00:05")
    viewer.shows("k1", "take2", 5)
    viewer.page.keyboard.down("b")
    expect(viewer.take).to_have_text("Original")
    viewer.shows("k1", "original", 5)
    viewer.page.keyboard.press(".")
    viewer.shows("k1", "original", 6)
    viewer.page.keyboard.up("b")
    expect(viewer.take).to_have_text("Take 2 ★")
    viewer.shows("k1", "take2", 6)

    viewer.original.hover()
    viewer.page.mouse.down()
    expect(viewer.take).to_have_text("Original")
    viewer.page.mouse.up()
    expect(viewer.take).to_have_text("Take 2 ★")
    viewer.original.focus()
    viewer.page.keyboard.down(" ")
    expect(viewer.take).to_have_text("Original")
    viewer.page.keyboard.up(" ")
    expect(viewer.take).to_have_text("Take 2 ★")

    viewer.go_to("01:00:04:00")
    expect(viewer.original).to_have_attribute("aria-disabled", "true")
    expect(viewer.original).to_have_attribute("title", "The clip has no takes yet.")


def test_another_take_of_the_clip_shows_at_once(viewer: Viewer) -> None:
    viewer.shows("k1", "take2", 0)
    edit = a_small_edit()
    clip = edit["tracks"][1]["items"][0]
    clip["takes"] = [a_take(1, selected=True), a_take(2)]
    clip["version"] = "v2"
    viewer.stage.push(edit=edit)
    expect(viewer.take).to_have_text("Take 1")
    viewer.shows("k1", "take1", 0)


def test_compare_is_of_the_selected_clip_or_else_of_the_one_in_the_viewer(viewer: Viewer) -> None:
    def none(asked: Json) -> Json:
        raise Refused("There is no ffmpeg here.")

    viewer.stage.answers["compare"] = none
    viewer.compare.click()
    expect(viewer.page.locator("#compare")).to_be_visible()
    (asked,) = viewer.stage.of("compare", 1)
    assert asked == {"clip": "k1", "sides": ["original", "take2"]}
    viewer.page.keyboard.press("Escape")
    viewer.page.keyboard.press("c")
    expect(viewer.page.locator("#compare")).to_be_visible()
    viewer.page.keyboard.press("Escape")
    viewer.go_to("01:00:04:00")
    expect(viewer.compare).to_have_attribute("aria-disabled", "true")
    page, said = viewer.page, viewer.page.locator("#said")
    page.keyboard.press("c")
    expect(said).to_have_text("A001_C002 has no take yet to compare with its original.")
    page.get_by_role("gridcell", name="A001_C001").click()
    expect(viewer.compare).to_have_text("Compare A001_C001…")
    page.keyboard.press("c")
    expect(page.locator("#compare")).to_be_visible()
    assert viewer.stage.of("compare", 3)[-1]["clip"] == "k1"
    page.keyboard.press("Escape")
    page.get_by_role("gridcell", name="A001_C003").click(modifiers=["Shift"])
    viewer.go_to("01:00:04:12")
    page.keyboard.press("c")
    expect(said).to_contain_text("A001_C002 has no take yet")
    page.get_by_role("gridcell", name="A001_C002").click(modifiers=["Control"])
    page.keyboard.press("c")
    expect(said).to_have_text("2 clips are selected: select one alone to compare its takes.")


def test_gaps_are_black_and_what_lies_above_without_media_is_named(viewer: Viewer) -> None:
    viewer.go_to("01:00:08:12")
    expect(viewer.name).to_have_text("No clip")
    expect(viewer.timecode).to_have_text("01:00:08:12")
    expect(viewer.count).to_be_empty()
    expect(viewer.why).to_be_hidden()
    assert viewer.page.evaluate(PIXEL) is None
    viewer.go_to("01:00:04:00")
    expect(viewer.notes).to_have_text("Cross Dissolve is not drawn: this clip alone.")


def titled() -> Json:
    """A title over a clip, and alone; a clip whose media is offline."""
    title = {"refusal": "a title has no media", "reason": "no-media", "media": ""}
    at = HOUR
    return an_edit(
        a_track("V1", a_clip("k1", at, at + 96, name="A001_C001"), a_gap(at + 96, at + 192),
                a_clip("k2", at + 192, at + 288, refusal="offline: k2.mov", reason="offline")),
        a_track("V2", a_clip("t1", at + 48, at + 144, **title),
                a_transition(at + 200, at + 210)),
    )  # fmt: skip


def test_refused_and_offline_clips_say_why(browser: Browser) -> None:
    for viewer in looked_at(browser, titled()):

        def still(clip: str, take: str, offset: int, height: int) -> bytes:
            if clip == clip_id("k2"):
                raise Refused("offline: /media/k2.mov", why="No such file.")
            return a_still(clip, take, offset, height)

        viewer.stage.still = still
        viewer.go_to("01:00:03:00")
        viewer.shows("k1", "original", 72)
        expect(viewer.notes).to_have_text("Not drawn here: t1 (a title has no media).")
        viewer.go_to("01:00:05:00")
        expect(viewer.name).to_have_text("t1")
        expect(viewer.why).to_have_text("t1 cannot be shown: a title has no media.")
        viewer.go_to("01:00:08:00")
        expect(viewer.why).to_have_text("offline: /media/k2.mov No such file.")
        expect(viewer.name).to_have_text("k2")
        expect(viewer.notes).to_have_text("Cannot be restyled: offline: k2.mov")
        assert viewer.page.evaluate(PIXEL) is None
        viewer.go_to("01:00:00:00")
        viewer.shows("k1", "original", 0)


def test_its_height_is_dragged_set_by_keys_and_remembered(viewer: Viewer) -> None:
    page = viewer.page
    split = page.get_by_role("separator", name="Height of the viewer")

    def heights() -> tuple[float, float]:
        viewer_box = page.locator("#viewer").bounding_box()
        timeline_box = page.locator("#timeline").bounding_box()
        assert viewer_box
        assert timeline_box
        return viewer_box["height"], timeline_box["height"]

    before = heights()
    at = split.bounding_box()
    assert at
    page.mouse.move(at["x"] + 300, at["y"] + 3)
    page.mouse.down()
    page.mouse.move(at["x"] + 300, at["y"] - 97, steps=4)
    page.mouse.up()
    after = heights()
    assert after[0] == pytest.approx(before[0] - 100, abs=3)
    assert after[1] == pytest.approx(before[1] + 100, abs=3)
    page.reload()
    expect(viewer.timecode).not_to_be_empty()
    assert heights() == pytest.approx(after, abs=1)

    split.focus()
    page.keyboard.press("ArrowDown")
    assert heights()[0] > after[0] + 10
    page.keyboard.press("Enter")
    expect(page.locator("#viewer")).to_be_hidden()
    toggle = page.get_by_role("button", name="Viewer", exact=True)
    expect(toggle).to_be_focused()
    expect(toggle).to_have_attribute("aria-expanded", "false")
    page.reload()
    expect(page.locator(".clip").first).to_be_visible()
    expect(page.locator("#viewer")).to_be_hidden()
    toggle.click()
    viewer.shows("k1", "take2", 0)
