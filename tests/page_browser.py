"""A real browser that looks at New Take's page; what goes wrong in it fails the test."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, Route, ViewportSize, expect, sync_playwright

_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 60_000


@contextmanager
def started_browser(chromium: str) -> Iterator[Browser]:
    """Chromium, without a window yet."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=list(_ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def window(
    browser: Browser, width: int = 1200, height: int = 900, **options: Any
) -> Iterator[Page]:
    """A page of its own profile; its errors, and those of its tabs, are raised at the end.

    Args:
        options: As `Browser.new_context` takes them.
    """
    errors: list[str] = []

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda said: errors.append(said.text) if "Content Security" in said.text else None,
        )

    size = ViewportSize(width=width, height=height)
    context = browser.new_context(viewport=size, **options)
    context.set_default_timeout(PATIENCE_MS)
    context.on("page", watch)
    try:
        yield context.new_page()
    finally:
        context.close()
    assert errors == []


class Held:
    """Requests of a page that are not let through yet, in the order in which they came."""

    def __init__(self, page: Page, pattern: str) -> None:
        self.routes: list[Route] = []
        self._page = page
        page.route(pattern, lambda route: self.routes.append(route))

    def first(self) -> Route:
        """Wait until one has come: what the page shows may be there before it asks."""
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while not self.routes and time.monotonic() < deadline:
            self._page.wait_for_timeout(10)
        return self.routes[0]


@contextmanager
def browser_page(chromium: str) -> Iterator[Page]:
    """A page of Chromium, whose own errors are raised at the end of the context."""
    with started_browser(chromium) as browser, window(browser) as page:
        yield page
