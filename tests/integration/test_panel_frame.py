"""The frame of the page in a real browser: timecode, a server that goes and comes, the theme."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from fractions import Fraction

import pytest
from anyio.from_thread import start_blocking_portal
from playwright.sync_api import Page, expect

from newtake.domain.timing import drops_frames, nominal, timecode
from newtake.shells.panel.gate import new_token
from newtake.shells.panel.server import PageServer
from page_browser import browser_page
from panel_pieces import a_clip, a_track, an_edit
from panel_stage import Stage, opened

RATES = {
    "23.976": "24000/1001", "25": "25", "29.97": "30000/1001", "59.94": "60000/1001", "120": "120",
}  # fmt: skip
_TIMECODE = """({frames, edit}) => import(new URL('timecode.js', location.href).href)
  .then(({label, frameOf}) => frames.map((frame) => {
    const text = label(frame, edit);
    return [text, frame < 0 ? frame : frameOf(text, edit)];
  }))"""
_NO_FRAME = """({text, edit}) => import(new URL('timecode.js', location.href).href)
  .then(({frameOf}) => {
    try { return frameOf(text, edit); } catch (error) { return error.message; }
  })"""


@pytest.fixture
def page(require_program: Callable[[str], str]) -> Iterator[Page]:
    with opened(Stage()) as stage, browser_page(require_program("chromium")) as page:
        page.goto(stage.address)
        yield page


def test_labels_are_those_of_the_domain(page: Page) -> None:
    """Around every place where a digit turns, or numbers are left out, of one day and beyond."""
    for text in RATES.values():
        rate = Fraction(text)
        minute = 60 * nominal(rate)
        for drop in {False, drops_frames(rate)}:
            turns = [minute * number for number in (*range(0, 25), 59, 60, 599, 600, 1439)]
            frames = [at + off for at in turns for off in range(-70, 5)]
            frames += list(range(0, 100_000, 997))
            edit = {"rate": text, "drop": drop}
            found = page.evaluate(_TIMECODE, {"frames": frames, "edit": edit})
            day = [frame for frame in frames if 0 <= frame < minute * 1438]
            assert [label for label, _ in found] == [
                timecode(frame, rate, drop=drop) for frame in frames
            ]
            again = dict(zip(frames, (frame for _, frame in found), strict=True))
            assert [again[frame] for frame in day] == day


def test_a_label_that_names_no_frame_says_why(page: Page) -> None:
    for text, rate, drop, why in (
        ("01:00:00", "25", False, "is not a timecode"),
        ("01:60:00:00", "25", False, "does not exist"),
        ("01:00:00:25", "25", False, "does not exist"),
        ("00:01:00;00", "30000/1001", True, "leaves out"),
        ("00:01:00:01", "30000/1001", True, "leaves out"),
        ("00:01:00;02", "30000/1001", False, "drops none"),
    ):
        said = page.evaluate(_NO_FRAME, {"text": text, "edit": {"rate": rate, "drop": drop}})
        assert why in str(said), text


def test_a_server_that_ends_is_told_of_and_found_again(
    require_program: Callable[[str], str],
) -> None:
    stage, token = Stage(), new_token()
    with start_blocking_portal() as portal, browser_page(require_program("chromium")) as page:
        stage._portal = portal

        def serve(port: int = 0) -> tuple[PageServer, Future[None]]:
            server = portal.call(PageServer, port)
            serving = portal.start_task_soon(server.serve, stage.application(token, server))
            portal.call(server.answering)
            return server, serving

        server, first = serve()
        port = server.port
        page.goto(f"http://127.0.0.1:{port}/{token}/")
        expect(page.locator("#title")).to_have_text("Reel 1")
        portal.call(server.stop)
        expect(page.locator("#ended")).to_contain_text("New Take has ended.")
        expect(page.locator("#title")).to_have_text("Reel 1")

        first.result(timeout=30)
        edit = an_edit(a_track("V1", a_clip("k9", 0, 24)), revision=2)
        stage.edit = edit
        stage.state["edit"] = stage.state["edit"] | {"revision": 2, "title": "Reel 1b"}
        again, serving = serve(port)
        expect(page.locator("#ended")).to_be_hidden(timeout=15_000)
        expect(page.locator("#title")).to_have_text("Reel 1b")
        keys = page.evaluate(
            "import(new URL('main.js', location.href).href)"
            ".then(({store}) => Boolean(store.clipOf('k9')))"
        )
        assert keys
        portal.call(again.stop)
        serving.result(timeout=30)


def test_a_theme_is_kept_and_the_system_is_followed_until_then(page: Page) -> None:
    theme = "document.documentElement.dataset.theme"
    page.emulate_media(color_scheme="dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.locator("#theme").click()
    assert page.evaluate(theme) == "dark"
    page.reload()
    expect(page.locator("#theme")).to_have_text("Light")
    assert page.evaluate(theme) == "dark"
