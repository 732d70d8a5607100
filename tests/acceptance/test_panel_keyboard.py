"""The whole round on the panel without a mouse: every step by keys alone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, expect

from page_browser import window
from page_pictures import drawn
from panel_door import CLIP_FRAMES, FIRST, Door, PanelPage

FOCUSED = """() => {
  const at = document.activeElement;
  const named = at.closest('label')?.textContent ?? '';
  return [at.id, at.getAttribute('role') ?? '', named || at.textContent];
}"""
STOPS_MAX = 60


class Keys:
    """A person who has the keyboard only."""

    def __init__(self, shown: PanelPage) -> None:
        self.shown = shown
        self.page = shown.page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def tab_to(self, is_there: Callable[[str, str, str], bool], key: str = "Tab") -> None:
        """Press Tab until the focus is where it is wanted: by id, role and text."""
        seen = []
        for _ in range(STOPS_MAX):
            at = self.shown.evaluate(FOCUSED)
            if is_there(*at):
                return
            seen.append(at)
            self.press(key)
        raise AssertionError(seen)

    def choose(self, entry: str) -> None:
        """Open the menu at the clip and go down to an entry."""
        self.press("Enter")
        expect(self.page.get_by_role("menu")).to_be_visible()
        for _ in range(STOPS_MAX):
            if self.shown.evaluate(FOCUSED)[2].startswith(entry):
                return self.press("Enter")
            self.press("ArrowDown")
        raise AssertionError(f"the menu has no {entry}")


def test_the_whole_round_needs_no_mouse(panel: Door, browser: Browser) -> None:
    sent = panel.submissions()
    with window(browser) as page:
        shown = PanelPage(page, panel.url)
        keys = Keys(shown)

        keys.tab_to(lambda id_, role, text: role == "grid")
        keys.press("ArrowRight")
        expect(shown.clip(2)).to_have_attribute("aria-selected", "true")
        keys.choose("Restyle as new take…")
        restyle(keys)
        assert panel.submissions() == sent + 1

        expect(shown.grid).to_be_focused()
        compare(keys)

        expect(shown.grid).to_be_focused()
        keys.choose("Original")
        expect(shown.takes(2)).to_have_text("orig/1 ☆")
        keys.press("Control+s")
        expect(shown.unsaved).to_have_text("saved")

    _, clip, _ = panel.written()
    assert sorted(clip.media_references()) == ["DEFAULT_MEDIA", "take_001"]
    assert clip.active_media_reference_key == "DEFAULT_MEDIA"
    (take,) = [each for each in panel.clips()[1]["takes"] if each["number"]]
    assert (take["starred"], take["prompt"]) == (True, "noir")


def restyle(keys: Keys) -> None:
    page, shown = keys.page, keys.shown
    expect(page.locator("#restyle-prompt")).to_be_focused()
    page.keyboard.type("noir")
    keys.tab_to(lambda id_, role, text: id_ == "restyle-strength")
    keys.press("Home")
    expect(page.locator("#restyle-strength")).to_have_attribute("aria-valuetext", "adhere 1")
    keys.tab_to(lambda id_, role, text: text in ("540p", "720p", "1080p"))
    least = page.get_by_role("radio", name="540p")
    keys.press("ArrowRight")
    for _ in range(3):
        if least.is_checked():
            break
        keys.press("ArrowLeft")
    expect(least).to_be_checked()
    shown.is_ready("Restyle 1 clip, $0.72")
    keys.press("Control+Enter")
    expect(page.locator("#restyle")).to_be_hidden()
    shown.finished(1)
    expect(shown.takes(2)).to_have_text("1/1")


def compare(keys: Keys) -> None:
    page = keys.page
    keys.choose("Compare…")
    expect(page.locator("#compare-making")).to_be_hidden()
    number = page.locator("#compare-number")
    expect(number).to_have_text(f"1 / {CLIP_FRAMES}")
    keys.press("ArrowRight", "ArrowRight")
    expect(number).to_have_text(f"3 / {CLIP_FRAMES}")
    whole = [[0, 0.5, 0, 1], [0.5, 0.5, 0, 1]]
    assert drawn(page, whole)["numbers"] == [FIRST + CLIP_FRAMES + 2] * 2

    seam = page.locator("#compare-seam")
    keys.tab_to(lambda id_, role, text: id_ == "compare-seam")
    keys.press("End")
    expect(seam).to_have_attribute("aria-valuenow", "100")
    keys.press("Shift+ArrowLeft")
    expect(seam).to_have_attribute("aria-valuenow", "90")
    assert drawn(page, whole)["numbers"] == [FIRST + CLIP_FRAMES + 2] * 2
    keys.press("*")
    expect(page.locator("#compare-star")).to_have_attribute("aria-pressed", "true")
    keys.press("Escape")
    expect(page.locator("#compare")).to_be_hidden()
