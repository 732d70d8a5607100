"""The panel draws 2,000 clips within 1.5 s, and scrolls and zooms them without a frame over 50 ms.

Measured in the browser: the time from the navigation to the first frame in which everything in
sight is drawn; the distances of animation frames while it scrolls; what the browser itself calls a
long task (over 50 ms); and the processor time that its main thread spends. Where the machine has
so much else to do that frames are late while nothing moves, only the last one says something.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from page_browser import browser_page
from panel_pieces import HOUR, Json, a_clip, a_gap, a_marker, a_take, a_track, a_transition, an_edit
from panel_stage import Stage, opened

pytestmark = pytest.mark.benchmark

CLIPS = 2_000
TRACKS = 5
DRAWN_MS = 1_500
FRAME_MS = 50
CPU_MS = 16
"""Of the browser's main thread, for each frame that is scrolled: what 60 frames a second leave."""
FRAMES = 90
ATTEMPTS = 6

# The mark is of the frame's beginning: the browser shows it by the one after.
_DRAWN = """async () => {
  while (!performance.getEntriesByName("timeline drawn").length)
    await new Promise(requestAnimationFrame);
  return await new Promise(requestAnimationFrame);
}"""
_SCROLL = """async ([pixels, frames]) => {
  const scroller = document.querySelector(".scroller");
  const gaps = [];
  const long = [];
  const watch = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) long.push(entry.duration);
  });
  watch.observe({ type: "longtask" });
  let last = await new Promise(requestAnimationFrame);
  for (let frame = 0; frame < frames; frame += 1) {
    scroller.scrollLeft += pixels;
    const now = await new Promise(requestAnimationFrame);
    gaps.push(now - last);
    last = now;
  }
  await new Promise((done) => setTimeout(done, 200));
  watch.disconnect();
  gaps.sort((a, b) => a - b);
  return { worst: gaps.at(-1), median: gaps[gaps.length >> 1], longest: Math.max(0, ...long),
    left: scroller.scrollLeft, cells: document.querySelectorAll(".clip").length };
}"""


def a_feature() -> Json:
    """2,000 clips on four tracks above each other, with takes, gaps, dissolves and markers."""
    tracks = []
    for track in range(TRACKS):
        items: list[Json] = []
        at = HOUR + track * 11
        for number in range(CLIPS // TRACKS):
            length = 24 + (number * 37 + track * 13) % 160
            takes = [a_take(1), a_take(2, selected=True)] if number % 5 == 0 else []
            refusal = "a generator has no media" if number % 17 == 0 else ""
            name = f"A{track:03}_C{number:03}"
            items.append(a_clip(name, at, at + length, takes=takes, refusal=refusal))
            at += length
            if number % 9 == 0:
                items.append(a_gap(at, at + 30))
                at += 30
            elif number % 7 == 0:
                items.append(a_transition(at - 6, at + 6))
        tracks.append(a_track(f"V{track + 1}", *items))
    markers = [a_marker(HOUR + 200 * n, HOUR + 200 * n + 1, f"m{n}", "BLUE") for n in range(150)]
    return an_edit(*tracks, markers=markers)


def _drawn_ms(page: Page, stage: Stage) -> float:
    page.goto(stage.address)
    return float(page.evaluate(_DRAWN))


def _best(measure: Callable[[], float], limit: float) -> float:
    """The least of some measurements: what else the machine does only ever adds."""
    found = []
    for _ in range(ATTEMPTS):
        found.append(measure())
        if found[-1] <= limit:
            break
    return min(found)


def test_two_thousand_clips_are_drawn_soon(require_program: Callable[[str], str]) -> None:
    with (
        opened(Stage(edit=a_feature())) as stage,
        browser_page(require_program("chromium")) as page,
    ):
        drawn = _best(lambda: _drawn_ms(page, stage), DRAWN_MS)
        print(f"{CLIPS} clips drawn after {drawn:.0f} ms (limit {DRAWN_MS})")
        assert drawn <= DRAWN_MS
        assert page.locator(".clip").count() > TRACKS


# Pixels in a frame, and how far it is zoomed in from all of it in sight.
@pytest.mark.parametrize(
    ("pixels", "zoom"),
    [(60, 3), (60, 8), (400, 8), (60, 60), (900, 60)],
    ids=["thin", "close", "close-fast", "wide", "wide-fast"],
)
def test_scrolling_drops_no_frame(
    require_program: Callable[[str], str], pixels: int, zoom: int
) -> None:
    with (
        opened(Stage(edit=a_feature())) as stage,
        browser_page(require_program("chromium")) as page,
    ):
        _drawn_ms(page, stage)
        for _ in range(_steps(zoom)):
            page.keyboard.press("+")
        page.wait_for_timeout(300)
        cdp = page.context.new_cdp_session(page)
        cdp.send("Performance.enable", {"timeDomain": "threadTicks"})

        def cpu_ms() -> float:
            metrics = cdp.send("Performance.getMetrics")["metrics"]
            return 1000 * float(next(m["value"] for m in metrics if m["name"] == "TaskDuration"))

        def scrolled(by: int) -> tuple[float, float, Any]:
            """The longest frame or task, the main thread's time for each frame, and all of it."""
            page.evaluate("document.querySelector('.scroller').scrollLeft = 0")
            page.wait_for_timeout(400)
            before = cpu_ms()
            seen = page.evaluate(_SCROLL, [by, FRAMES])
            spent = (cpu_ms() - before) / FRAMES
            return max(seen["worst"], seen["longest"]), spent, seen

        # Each time it is seen beside it whether frames come in time while nothing moves.
        runs, quiet = [], []
        for _ in range(ATTEMPTS):
            runs.append(scrolled(pixels))
            if round(scrolled(0)[0]) <= FRAME_MS:
                quiet.append(runs[-1][0])
            if quiet and round(quiet[-1]) <= FRAME_MS:
                break
        worst, spent = min(quiet, default=0.0), min(run[1] for run in runs)
        print(
            f"{pixels} px a frame at {zoom}x: longest frame {worst:.0f} ms, {spent:.1f} ms of the "
            f"processor for each ({'quiet' if quiet else 'busy'} machine, {runs[-1][2]})"
        )
        assert all(run[2]["left"] > 0 for run in runs)
        assert spent <= CPU_MS
        assert round(worst) <= FRAME_MS


def _steps(zoom: int) -> int:
    """How many times + has to be pressed, each for one and a half times the size."""
    steps, size = 0, 1.0
    while size < zoom:
        steps, size = steps + 1, size * 1.5
    return steps
