"""Many tabs of one page in a real browser, which keeps six connections to a server at most."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from page_browser import browser_page
from panel_pieces import a_job
from panel_stage import Stage, opened

TABS = 8


@pytest.fixture
def stage() -> Iterator[Stage]:
    with opened(Stage()) as stage:
        yield stage


@pytest.fixture
def tabs(stage: Stage, require_program: Callable[[str], str]) -> Iterator[list[Page]]:
    with browser_page(require_program("chromium")) as first:
        tabs = [first, *(first.context.new_page() for _ in range(TABS - 1))]
        for page in tabs:
            page.goto(stage.address)
            expect(page.locator("#queue-empty")).to_contain_text("No jobs yet")
        yield tabs


def is_told(stage: Stage, tabs: list[Page], job_id: str) -> None:
    stage.push(jobs=[a_job(job_id)])
    for page in tabs:
        expect(page.locator(f'li[data-job="{job_id}"]')).to_be_visible()


def test_every_tab_hears_the_news_and_can_act(stage: Stage, tabs: list[Page]) -> None:
    stage.answers["cancel"] = lambda asked: {"text": "It is cancelled."}
    is_told(stage, tabs, "j1")
    stage.push(jobs=[a_job("j1", step="upload")])
    for page in tabs:
        expect(page.locator(".job-word")).to_have_text("uploading the plate")
        page.get_by_role("button", name="Cancel: A001_C001").click()
        expect(page.locator("#said")).to_have_text("It is cancelled.")
    assert stage.of("cancel") == [{"job": "j1"}] * TABS


def test_the_others_go_on_when_the_tab_that_heard_is_closed(stage: Stage, tabs: list[Page]) -> None:
    tabs[0].close()
    is_told(stage, tabs[1:], "j1")
    tabs[1].reload()
    is_told(stage, tabs[1:], "j2")


def test_the_others_go_on_when_the_tab_that_heard_hangs(stage: Stage, tabs: list[Page]) -> None:
    tabs[0].evaluate("""() => setTimeout(() => {
      const end = Date.now() + 20000;
      while (Date.now() < end);
    }) && undefined""")
    began = time.monotonic()
    is_told(stage, tabs[1:], "j1")
    assert time.monotonic() - began < 19, "it was told only when that tab had come back"
    is_told(stage, tabs, "j2")
