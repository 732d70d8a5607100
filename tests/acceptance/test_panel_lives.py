"""What befalls a panel: a second tab, a reload, a crash, another program, and leaving it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import opentimelineio as otio
import pytest
from playwright.sync_api import Browser, expect

from page_browser import window
from panel_door import Door, PanelPage
from services import sandbox_at

AT_WORK = "the service is at work"


@pytest.fixture(scope="module")
def service_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service that takes long enough for something to happen meanwhile."""
    with sandbox_at(tmp_path_factory.mktemp("service"), "--job-seconds", "4") as url:
        yield url


def begun(shown: PanelPage) -> None:
    """The second clip is at the service."""
    shown.restyle(2, "noir")
    expect(shown.running.locator(".job-word")).to_have_text(AT_WORK)


def test_a_second_tab_sees_and_acts_and_nothing_is_paid_twice(
    panel: Door, browser: Browser
) -> None:
    sent = panel.submissions()
    with window(browser) as page:
        first = PanelPage(page, panel.url)
        second = PanelPage(page.context.new_page(), panel.url)
        for shown in (first, second):
            shown.menu(2, "Restyle as new take…")
            shown.fill("noir", "Restyle 1 clip, $0.72")
        first.begin.click()
        expect(first.running).to_have_count(1)
        expect(second.running).to_have_count(1)

        # The plan that the other tab had in hand is begun at once, without looking.
        second.begin.evaluate("(button) => { button.click(); button.click(); }")
        agreed = second.page.locator("#restyle-agree input[name=again]")
        expect(agreed).to_be_visible()
        expect(second.begin).to_have_attribute("aria-disabled", "true")
        assert not agreed.is_checked()
        second.page.keyboard.press("Escape")

        expect(second.running.locator(".job-word")).to_have_text(AT_WORK)
        second.page.reload()
        expect(second.running.locator(".job-word")).to_have_text(AT_WORK)
        for shown in (first, second):
            shown.finished(1)
            expect(shown.takes(2)).to_have_text("1/1")
            expect(shown.unsaved).to_have_text("1 unsaved change")
        assert panel.submissions() == sent + 1

        second.menu(2, "Original")
        expect(first.takes(2)).to_have_text("orig/1")
        expect(first.unsaved).to_have_text(re.compile(r"\d unsaved changes?"))
        second.page.get_by_role("button", name="Save", exact=True).click()
        expect(first.unsaved).to_have_text("saved")


def test_after_a_crash_the_job_goes_on_and_the_old_tab_comes_back(
    panel: Door, browser: Browser
) -> None:
    sent = panel.submissions()
    with window(browser) as page:
        shown = PanelPage(page, panel.url)
        begun(shown)
        panel.kill()
        expect(shown.away).to_contain_text("New Take does not answer")

        before = panel.url
        assert panel.start() == before
        expect(shown.away).to_be_hidden()
        shown.finished(1)
        expect(shown.takes(2)).to_have_text("1/1")
        expect(shown.unsaved).to_have_text("1 unsaved change")
        assert panel.submissions() == sent + 1
        page.get_by_role("button", name="Save", exact=True).click()
        expect(shown.unsaved).to_have_text("saved")
    assert sorted(panel.written()[1].media_references()) == ["DEFAULT_MEDIA", "take_001"]


def test_a_file_that_another_program_changed_is_told_and_takes_are_carried_over(
    panel: Door, browser: Browser
) -> None:
    with window(browser) as page:
        shown = PanelPage(page, panel.url)
        banner = page.locator("#changed-outside")
        expect(banner).to_be_hidden()
        begun(shown)
        shown.finished(1)
        expect(shown.unsaved).to_have_text("1 unsaved change")

        with page.expect_event("dialog") as asked:
            page.close(run_before_unload=True)
        assert asked.value.type == "beforeunload"
        asked.value.dismiss()

        trimmed_by_another_program(panel)
        theirs = panel.timeline.read_bytes()
        expect(banner).to_contain_text("Another program has changed")
        expect(banner).to_contain_text("1 unsaved change of this page is not in it")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator("#save-trouble")).to_be_visible()
        assert panel.timeline.read_bytes() == theirs

        page.get_by_role("button", name="Reload and carry over").click()
        expect(banner).to_be_hidden()
        expect(page.get_by_role("gridcell", name="numbered_03")).to_have_count(0)
        expect(shown.takes(2)).to_have_text("1/1")
        expect(shown.unsaved).to_have_text("1 unsaved change")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(shown.unsaved).to_have_text("saved")
        # Nothing is asked any more: the window closes.
        with page.expect_event("close"):
            page.close(run_before_unload=True)

    first, second = panel.written()
    assert sorted(second.media_references()) == ["DEFAULT_MEDIA", "take_001"]
    assert list(first.media_references()) == ["DEFAULT_MEDIA"]


def trimmed_by_another_program(panel: Door) -> None:
    """The timeline without its third clip."""
    timeline = otio.adapters.read_from_file(str(panel.timeline))
    del timeline.tracks[0][2]
    otio.adapters.write_to_file(timeline, str(panel.timeline))
