"""What costs nothing is taken back on the page by keys, and done again."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from page_browser import browser_page
from panel_stage import Stage, opened


def test_takes_and_marks_are_undone_and_redone(require_program: Callable[[str], str]) -> None:
    with opened(Stage()) as stage, browser_page(require_program("chromium")) as page:
        page.goto(stage.address)
        expect(page.get_by_role("gridcell", name="A001_C001")).to_be_visible()
        stage.answers["takes"] = lambda what: {"text": f"Did {what['changes'][0]['what']}."}
        said, ranges = page.locator("#said"), page.locator(".ranges .go")

        def press(keys: str, says: str) -> None:
            page.keyboard.press(keys)
            expect(said).to_have_text(says)

        def choose(entry: str) -> None:
            page.get_by_role("gridcell", name="A001_C001").click(button="right")
            page.get_by_role("menu").get_by_text(entry, exact=True).click()

        press("Control+z", "There is nothing to undo.")
        choose("Take 1")
        expect(said).to_have_text("Did use.")
        choose("Unstar Take 2")
        expect(said).to_have_text("Did unstar.")
        page.keyboard.press("x")
        expect(ranges).to_have_count(1)
        press("Alt+x", "All ranges removed.")
        press("Control+z", "Undone: The marks are as they were.")
        expect(ranges).to_have_count(1)
        press("Control+z", "Undone: Nothing is marked.")
        expect(ranges).to_have_count(0)
        press("Control+z", "Undone: Did star.")
        press("Control+z", "Undone: Did use.")
        press("Control+z", "There is nothing to undo.")
        press("Control+Shift+z", "Done again: Did use.")
        press("Control+y", "Done again: Did unstar.")
        press("Control+y", "Done again: The marks are as they were.")
        expect(ranges).to_have_count(1)
        assert [
            (each["what"], each["take"]) for what in stage.of("takes") for each in what["changes"]
        ] == [("use", "take1"), ("unstar", "take2"), ("star", "take2"), ("use", "take2"),
              ("use", "take1"), ("unstar", "take2")]  # fmt: skip

        choose("Remove Take 2 from clip…")
        page.get_by_role("button", name="Remove Take 2").click()
        expect(said).to_have_text("Did remove.")
        press("Control+z", "A take that was removed is not put back; its files stay on disk.")
        press("Control+z", "Undone: Nothing is marked.")
