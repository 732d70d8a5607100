"""Saving in a real browser: what is asked, what is said, and what keeps a person from losing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, expect

from page_browser import browser_page
from panel_stage import Refused, Stage, opened

SAVE: dict[str, Any] = {"as": None, "replace": False, "even_if_changed": False}


@pytest.fixture
def stage() -> Iterator[Stage]:
    with opened(Stage()) as stage:
        stage.answers["save"] = lambda asked: {
            "path": asked["as"] or "/edits/reel1.otio", "kept": "/home/before_1.otio", "notes": [],
        }  # fmt: skip
        yield stage


@pytest.fixture
def page(stage: Stage, require_program: Callable[[str], str]) -> Iterator[Page]:
    with browser_page(require_program("chromium")) as page:
        page.goto(stage.address)
        expect(page.locator("#unsaved")).to_have_text("saved")
        yield page


def say(stage: Stage, **edit: Any) -> None:
    """Have the page told how the timeline stands with its file."""
    stage.state["edit"] = stage.state["edit"] | edit
    stage.push()


def test_unsaved_changes_are_counted_and_saved(page: Page, stage: Stage) -> None:
    expect(page).to_have_title("Reel 1 – New Take")
    expect(page.locator("#save")).to_be_disabled()
    say(stage, unsaved=2)
    expect(page).to_have_title("(2) Reel 1 – New Take")
    expect(page.locator("#unsaved")).to_have_text("2 unsaved changes")
    page.keyboard.press("Control+s")
    expect(page.locator("#said")).to_have_text(
        "Saved /edits/reel1.otio. The file as it was lies at /home/before_1.otio."
    )
    page.locator("#save").click()
    expect(page.locator("#save")).to_be_enabled()
    assert stage.of("save") == [SAVE, SAVE]
    say(stage, unsaved=0)
    expect(page).to_have_title("Reel 1 – New Take")
    page.keyboard.press("Control+s")
    expect(page.locator("#said")).to_have_text("Everything is in the file.")
    assert len(stage.of("save")) == 2


def test_save_as_suggests_and_replaces_only_when_told(page: Page, stage: Stage) -> None:
    def refuse_first(asked: Any) -> Any:
        if not asked["replace"]:
            raise Refused("/edits/other.otio is there already.", error="Output")
        return {"path": asked["as"], "kept": "", "notes": ["One address is absolute."]}

    stage.answers["save"] = refuse_first
    page.keyboard.press("Control+Shift+S")
    path, yes = page.locator("#saveas-path"), page.locator("#saveas-yes")
    expect(path).to_have_value("/edits/reel1_newtake.otio")
    assert page.evaluate("getSelection().toString() || document.activeElement.value.slice("
                         "document.activeElement.selectionStart, "
                         "document.activeElement.selectionEnd)") == "reel1_newtake"  # fmt: skip
    page.keyboard.type("other")
    page.keyboard.press("Enter")
    expect(page.locator("#saveas-trouble")).to_contain_text("is there already")
    expect(yes).to_be_disabled()
    page.get_by_label("Replace the file that is there.").check()
    yes.click()
    expect(page.locator("#saveas")).to_be_hidden()
    expect(page.locator("#said")).to_have_text("Saved /edits/other.otio. One address is absolute.")
    assert stage.of("save") == [
        SAVE | {"as": "/edits/other.otio", "replace": replace} for replace in (False, True)
    ]


def test_another_path_has_to_be_agreed_to_anew(page: Page, stage: Stage) -> None:
    def refuse(asked: Any) -> Any:
        raise Refused("It is there already.", error="Output")

    stage.answers["save"] = refuse
    page.locator("#save-as").click()
    page.locator("#saveas-yes").click()
    page.get_by_label("Replace the file that is there.").check()
    page.locator("#saveas-path").fill("/edits/third.otio")
    expect(page.get_by_label("Replace the file that is there.")).to_be_hidden()
    page.locator("#saveas-yes").click()
    expect(page.locator("#saveas-trouble")).to_be_visible()
    assert [each["replace"] for each in stage.of("save")] == [False, False]


def test_a_format_without_takes_is_saved_as_another_file(page: Page, stage: Stage) -> None:
    say(stage, unsaved=1, why_not="An EDL holds no takes.", saves_to="")
    expect(page.locator("#save")).to_be_disabled()
    expect(page.locator("#save")).to_have_attribute("title", "An EDL holds no takes.")
    page.keyboard.press("Control+s")
    expect(page.locator("#saveas-path")).to_have_value("/edits/reel1_newtake.otio")


def test_a_file_that_another_program_changed(page: Page, stage: Stage) -> None:
    stage.answers["reload"] = lambda asked: {"text": "1 take was carried over."}
    say(stage, unsaved=1, changed_outside=True)
    banner = page.locator("#changed-outside")
    expect(banner).to_contain_text("Another program has changed /edits/reel1.otio")
    expect(banner).to_contain_text("1 unsaved change of this page is not in it.")
    reload = banner.get_by_role("button", name="Reload and carry over")
    reload.click()
    expect(page.locator("#said")).to_have_text("1 take was carried over.")

    def broken(asked: Any) -> Any:
        raise Refused("The timeline is not valid JSON.")

    # What kept it from being read is said until the file is whole again.
    stage.answers["reload"] = broken
    reload.click()
    expect(page.locator("#save-trouble")).to_contain_text("not valid JSON")
    say(stage, unsaved=1, changed_outside=False)
    expect(page.locator("#save-trouble")).to_be_hidden()
    say(stage, unsaved=1, changed_outside=True)
    banner.get_by_role("button", name="Save anyway").click()
    expect(page.locator("#said")).to_contain_text("Saved")
    assert stage.of("save") == [SAVE | {"even_if_changed": True}]
    banner.get_by_role("button", name="Save as…").click()
    expect(page.locator("#saveas")).to_be_visible()
    page.keyboard.press("Escape")
    say(stage, unsaved=0, changed_outside=False)
    expect(banner).to_be_hidden()


def test_a_file_that_is_gone(page: Page, stage: Stage) -> None:
    say(stage, gone=True, unsaved=1)
    expect(page.locator("#changed-outside")).to_contain_text("The file is gone: /edits/reel1.otio")
    expect(page.get_by_role("button", name="Reload and carry over")).to_have_count(0)


def test_that_a_file_is_gone_is_said_once(page: Page, stage: Stage) -> None:
    words = {
        "error": "Timeline",
        "what": "There is no timeline.",
        "why": "",
        "next": "",
        "money": "",
    }
    page.route("**/api/edit", lambda route: route.fulfill(status=409, json=words))
    trouble = page.locator("#edit-trouble")
    say(stage, revision=7)
    expect(trouble).to_contain_text("There is no timeline.")
    with page.expect_response("**/api/edit"):
        say(stage, revision=8, gone=True)
    expect(page.locator("#changed-outside")).to_be_visible()
    page.wait_for_timeout(200)
    expect(trouble).to_be_hidden(timeout=10_000)
    page.unroute("**/api/edit")


def test_a_file_that_is_gone_without_changes_offers_no_save(page: Page, stage: Stage) -> None:
    say(stage, gone=True, unsaved=0, held=False)
    expect(page.locator("#changed-outside")).to_contain_text("nothing here that could be saved")
    expect(page.locator("#changed-outside button")).to_have_count(0)
    expect(page.locator("#unsaved")).to_have_text("file gone")
    page.keyboard.press("Control+s")
    expect(page.locator("#said")).to_contain_text("The file is gone.")
    assert stage.of("save") == []


def test_a_changed_file_without_changes_of_the_page_offers_no_save(
    page: Page, stage: Stage
) -> None:
    say(stage, changed_outside=True, unsaved=0)
    banner = page.locator("#changed-outside")
    expect(banner.get_by_role("button")).to_have_text(["Reload and carry over", "Save as…"])


@pytest.mark.parametrize(
    ("unsaved", "words"), [(1, "anew"), (0, "as it was last seen")], ids=["changes", "none"]
)
def test_every_save_writes_a_file_anew_that_is_gone(
    page: Page, stage: Stage, unsaved: int, words: str
) -> None:
    stage.answers["save"] = lambda asked: {"path": "/edits/reel1.otio", "kept": "", "notes": []}
    say(stage, gone=True, unsaved=unsaved, held=True)
    expect(page.locator("#changed-outside")).to_contain_text(f"Save writes it {words};")
    expect(page.locator("#save")).to_be_enabled()
    page.keyboard.press("Control+s")
    expect(page.locator("#said")).to_contain_text("Saved /edits/reel1.otio.")
    assert [each["even_if_changed"] for each in stage.of("save")] == [True]


def test_a_refused_save_says_why(page: Page, stage: Stage) -> None:
    def refuse(asked: Any) -> Any:
        raise Refused("The disk is full.", why="No space is left.", next="Make room.")

    stage.answers["save"] = refuse
    say(stage, unsaved=1)
    expect(page.locator("#save")).to_be_enabled()
    page.locator("#save").click()
    for text in ("The disk is full.", "No space is left.", "Make room."):
        expect(page.locator("#save-trouble")).to_contain_text(text)
    expect(page.locator("#save")).to_be_enabled()


@pytest.mark.parametrize("unsaved", [0, 1], ids=["all-saved", "unsaved"])
def test_leaving_warns_of_unsaved_takes(page: Page, stage: Stage, unsaved: int) -> None:
    say(stage, unsaved=unsaved)
    expect(page.locator("#unsaved")).to_have_text("1 unsaved change" if unsaved else "saved")
    # Browsers ask only where a person has done something.
    page.locator("#theme").click()
    warned: list[str] = []

    def stay(dialog: Dialog) -> None:
        warned.append(dialog.type)
        dialog.accept()

    page.on("dialog", stay)
    page.goto("about:blank")
    assert warned == ["beforeunload"] * unsaved


def test_a_timeline_of_resolve_has_nothing_to_save(page: Page, stage: Stage) -> None:
    say(stage, kind="resolve", unsaved=0, path="")
    expect(page.locator("#save-bar")).to_be_hidden()
