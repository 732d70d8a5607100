"""The whole round at the door: the command, its page, a service, and the timeline it wrote."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import av
from playwright.sync_api import Browser, expect

from numbered_media import numbers_in
from page_browser import window
from page_pictures import drawn, drawn_while
from panel_door import CLIP_FRAMES, COLUMNS, FIRST, RECORD_START, Door, PanelPage

HALVES = [[0, 0.5, 0, 1], [0.5, 0.5, 0, 1]]
LEFT, RIGHT = 0.2, 0.7
"""Columns of the picture whose red is looked at: one on each side of a seam in the middle."""
SECOND = FIRST + CLIP_FRAMES
"""The media frame that the second clip begins with."""


def red_of(path: Path, frame: int) -> tuple[int, int, int]:
    """The colour of the lowest third of a file's frame, as this library shows it."""
    with av.open(str(path)) as container:
        for number, picture in enumerate(container.decode(container.streams.video[0])):
            if number == frame:
                rgb = picture.to_ndarray(format="rgb24")
                red, green, blue = rgb[int(rgb.shape[0] * 0.85), rgb.shape[1] // 5].tolist()
                return red, green, blue
    raise AssertionError(f"{path} has no frame {frame}")


def nearest(colour: list[int], looks: dict[str, tuple[int, int, int]]) -> str:
    """Whose colour it is; it must be far from every other one's."""
    far = sorted((math.dist(colour, look), name) for name, look in looks.items())
    assert far[0][0] * 2 < far[1][0], f"{colour} is none of {looks}"
    return far[0][1]


class Compared:
    """The comparison that is open, and whose picture lies where."""

    def __init__(self, shown: PanelPage, looks: dict[str, tuple[int, int, int]]) -> None:
        self.page = shown.page
        self.looks = looks

    def at(self, frame: int, left: str, right: str, seam: float = 0.5) -> None:
        """It shows this frame of the clip, of these two on both sides of a seam."""
        expect(self.page.locator("#compare-making")).to_be_hidden()
        expect(self.page.locator("#compare-number")).to_have_text(f"{frame + 1} / {CLIP_FRAMES}")
        columns = (LEFT, RIGHT) if seam == 0.5 else (seam / 2, (seam + 0.8) / 2)
        found = drawn(self.page, HALVES, columns)
        assert found["numbers"] == [SECOND + frame] * 2
        assert found["said"] == frame
        assert [nearest(each, self.looks) for each in found["colours"]] == [left, right]

    def drag_seam(self, to: float, *, release: bool = True) -> None:
        """Take the wipe where it is and move it, in steps as a hand does."""
        seam = self.page.locator("#compare-seam").bounding_box()
        picture = self.page.locator("#compare-picture").bounding_box()
        assert seam
        assert picture
        middle = picture["y"] + picture["height"] / 2
        self.page.mouse.move(seam["x"] + seam["width"] / 2, middle)
        self.page.mouse.down()
        self.page.mouse.move(picture["x"] + to * picture["width"], middle, steps=6)
        if release:
            self.page.mouse.up()


def test_a_clip_is_restyled_compared_switched_and_saved(panel: Door, browser: Browser) -> None:
    before = panel.timeline.read_bytes()
    sent = panel.submissions()
    with window(browser) as page:
        shown = PanelPage(page, panel.url)
        expect(shown.unsaved).to_have_text("saved")

        restyle_and_watch(shown)
        expect(shown.takes(2)).to_have_text("1/1")
        assert panel.submissions() == sent + 1
        shown.menu(2, "Restyle as new take…")
        shown.fill("sketch", "Restyle 1 clip, $0.72")
        shown.begin.click()
        shown.finished(2)
        expect(shown.takes(2)).to_have_text("2/2")
        assert panel.submissions() == sent + 2

        looks = looks_of(panel)
        shown.clip(2).click(button="right")
        page.get_by_role("menuitemradio", name="Take 1").click()
        expect(shown.takes(2)).to_have_text("1/2")

        shown.menu(2, "Compare…")
        compared = Compared(shown, looks)
        compared.at(0, "original", "noir")
        wipe_step_and_play(compared)
        page.locator("#compare-left").select_option(value="take_002")
        compared.at(7, "sketch", "noir")
        page.keyboard.press("End")
        compared.at(CLIP_FRAMES - 1, "sketch", "noir")
        page.keyboard.press("Escape")

        assert panel.timeline.read_bytes() == before
        page.get_by_role("button", name="Save", exact=True).click()
        expect(shown.unsaved).to_have_text("saved")
        expect(shown.said).to_contain_text(f"Saved {panel.timeline}")
    the_file_has_the_takes(panel)
    kept = [path for path in panel.home.rglob("before_*.otio") if path.read_bytes() == before]
    assert len(kept) == 1


def restyle_and_watch(shown: PanelPage) -> None:
    page = shown.page
    shown.menu(2, "Restyle as new take…")
    expect(page.locator("#restyle-title")).to_contain_text("numbered_02")
    shown.fill("noir", "Restyle 1 clip, $0.72")
    sentence = page.locator("#restyle-sentence")
    expect(sentence).to_contain_text("$0.72")
    expect(sentence).to_contain_text("120 frames")
    shown.begin.click()
    expect(page.locator("#restyle")).to_be_hidden()
    job = shown.running
    expect(job.locator(".job-word")).to_have_text("the service is at work")
    expect(job).to_contain_text("noir")
    expect(shown.clip(2).locator(".job")).to_contain_text("wait")
    shown.finished(1)


def looks_of(panel: Door) -> dict[str, tuple[int, int, int]]:
    """How the red of original and takes looks, read from their files."""
    takes = panel.clips()[1]["takes"]
    names = {take["prompt"]: take["number"] for take in takes if take["number"]}
    assert names == {"noir": 1, "sketch": 2}
    media = panel.media_of(panel.written()[1].media_reference)
    folder = panel.timeline.with_name("cut_newtake_takes")
    (noir,), (sketch,) = (list(folder.glob(f"*take_00{number}.mov")) for number in (1, 2))
    return {
        "original": red_of(media, SECOND),
        "noir": red_of(noir, 5),
        "sketch": red_of(sketch, 5),
    }


def wipe_step_and_play(compared: Compared) -> None:
    page = compared.page
    compared.drag_seam(0.3, release=False)
    compared.at(0, "original", "noir", seam=0.3)
    box = page.locator("#compare-picture").bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.62 * box["width"], box["y"] + 20, steps=4)
    page.mouse.up()
    compared.at(0, "original", "noir", seam=0.62)
    for frame in range(1, 9):
        page.keyboard.press("ArrowRight")
        compared.at(frame, "original", "noir", seam=0.62)
    page.keyboard.press("ArrowLeft")
    compared.at(7, "original", "noir", seam=0.62)

    page.keyboard.press("Space")
    compared.drag_seam(0.5)
    seen = [each for each in drawn_while(page, 1.5, HALVES) if each["said"] >= 0]
    page.keyboard.press("Space")
    assert len({each["said"] for each in seen}) > 8
    assert all(each["numbers"] == [SECOND + each["said"]] * 2 for each in seen)
    page.locator("#compare-scrub").fill("7")
    compared.at(7, "original", "noir")


def the_file_has_the_takes(panel: Door) -> None:
    first, second, third = panel.written()
    assert list(first.media_references()) == list(third.media_references()) == ["DEFAULT_MEDIA"]
    takes: dict[str, Any] = second.media_references()
    assert sorted(takes) == ["DEFAULT_MEDIA", "take_001", "take_002"]
    assert second.active_media_reference_key == "take_001"
    assert second.source_range.start_time.value == SECOND
    assert second.range_in_parent().start_time.value == CLIP_FRAMES
    assert panel.get("api/edit")["start"] == RECORD_START
    for name in ("take_001", "take_002"):
        span = takes[name].available_range
        assert span.contains(second.source_range)
        numbers = numbers_in(panel.media_of(takes[name]), columns=COLUMNS)
        at = round(span.start_time.value)
        assert numbers == list(range(at, at + round(span.duration.value))), name
