"""Ranges that are marked on the panel, and several clips at once: what the saved timeline has."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, expect

from numbered_media import numbers_in
from page_browser import window
from panel_door import CLIP_FRAMES, COLUMNS, FIRST, Door, PanelPage

IN, OUT = CLIP_FRAMES + 10, CLIP_FRAMES + 30
"""Record frames from the start, half-open, inside the second clip."""


def label(frame: int) -> str:
    return f"01:00:{frame // 25:02}:{frame % 25:02}"


def spans(panel: Door) -> list[tuple[int, int]]:
    """First record frame, and the first after it, of each clip of the written timeline."""
    found = []
    for clip in panel.written():
        span = clip.range_in_parent()
        start = round(span.start_time.value)
        found.append((start, start + round(span.duration.value)))
    return found


def takes_of(clip: Any) -> list[str]:
    return sorted(name for name in clip.media_references() if name != "DEFAULT_MEDIA")


def assert_every_frame(panel: Door, clip: Any, first: int, count: int) -> None:
    """The clip shows these frames of the source, and its take has them in their slots."""
    assert round(clip.source_range.start_time.value) == first
    assert round(clip.source_range.duration.value) == count
    take = clip.media_reference
    at = round(take.available_range.start_time.value)
    numbers = numbers_in(panel.media_of(take), columns=COLUMNS)
    assert numbers[first - at : first - at + count] == list(range(first, first + count))


def test_a_range_that_i_and_o_mark_is_split_out_exactly(panel: Door, browser: Browser) -> None:
    with window(browser) as page:
        shown = PanelPage(page, panel.url)

        def go(frame: int) -> None:
            field = page.locator("#timeline-timecode")
            field.fill(label(frame))
            field.press("Enter")
            expect(field).to_have_value(label(frame))
            shown.grid.focus()

        go(IN)
        page.keyboard.press("i")
        go(OUT - 1)
        page.keyboard.press("o")
        expect(page.get_by_role("list", name="Marked ranges")).to_contain_text(f"{OUT - IN} frames")
        page.get_by_role("button", name="Restyle 1 range…").click()
        shown.fill("noir", "Restyle 1 clip, $0.72")
        split = f"is split at {label(IN)} and {label(OUT)}."
        expect(page.locator("#restyle-sentence")).to_contain_text(split)
        shown.begin.click()
        shown.finished(1)
        page.get_by_role("button", name="Save", exact=True).click()
        expect(shown.unsaved).to_have_text("saved")

    assert spans(panel) == [
        (0, CLIP_FRAMES),
        (CLIP_FRAMES, IN),
        (IN, OUT),
        (OUT, 2 * CLIP_FRAMES),
        (2 * CLIP_FRAMES, 3 * CLIP_FRAMES),
    ]
    clips = panel.written()
    assert [takes_of(clip) for clip in clips] == [[], [], ["take_001"], [], []]
    assert_every_frame(panel, clips[2], FIRST + IN, OUT - IN)


def test_several_clips_are_one_batch_with_one_price(panel: Door, browser: Browser) -> None:
    sent = panel.submissions()
    with window(browser) as page:
        shown = PanelPage(page, panel.url)
        shown.clip(1).click()
        shown.clip(3).click(modifiers=["Control"])
        page.get_by_role("button", name="Restyle 2 clips…").click()
        expect(page.locator("#restyle-title")).to_contain_text("2 clips")
        shown.fill("noir", "Restyle 2 clips, $1.44")
        shown.begin.click()
        shown.finished(2)
        expect(shown.takes(1)).to_have_text("1/1")
        expect(shown.takes(3)).to_have_text("1/1")
        expect(shown.takes(2)).to_have_count(0)
        page.get_by_role("button", name="Save", exact=True).click()
        expect(shown.unsaved).to_have_text("saved")

    assert panel.submissions() == sent + 2
    first, second, third = panel.written()
    assert [takes_of(clip) for clip in (first, second, third)] == [["take_001"], [], ["take_001"]]
    assert_every_frame(panel, first, FIRST, CLIP_FRAMES)
    assert_every_frame(panel, third, FIRST + 2 * CLIP_FRAMES, CLIP_FRAMES)
