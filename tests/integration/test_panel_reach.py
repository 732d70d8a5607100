"""Every clip of a large timeline can be reached without eyes and without a mouse."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from page_browser import browser_page
from panel_pieces import HOUR, a_clip, a_job, a_state, a_track, an_edit
from panel_stage import Stage, opened

CLIPS = 3000
# Of each row the first clip and the number of clips of each of its cells, as the row owns them.
CELLS = """() => [...document.querySelectorAll('[role="row"]')].map((row) =>
  row.getAttribute("aria-owns").split(" ").slice(1).map((id) => {
    const cell = document.getElementById(id);
    return ["aria-colindex", "aria-colspan"].map((name) => Number(cell?.getAttribute(name) ?? 1));
  }))"""

ACTIVE = """() => {
  const id = document.querySelector('[role="grid"]').getAttribute("aria-activedescendant");
  return document.getElementById(id)?.getAttribute("aria-label");
}"""

# From now on, in each frame: how many clips lie in a cell of their own and in a run as well.
WATCH = """() => {
  window.twice = 0;
  const look = () => {
    for (const row of document.querySelectorAll('[role="row"]')) {
      const runs = [...row.querySelectorAll("[aria-colspan]")]
        .map((each) => [Number(each.ariaColIndex), Number(each.ariaColSpan)]);
      for (const cell of row.querySelectorAll(".clip[role=gridcell]"))
        for (const [first, count] of runs)
          if (first <= Number(cell.ariaColIndex) && Number(cell.ariaColIndex) < first + count)
            window.twice += 1;
    }
    requestAnimationFrame(look);
  };
  look();
}"""


def told(page: Page) -> list[str]:
    """The names of the grid's cells, in the order of the browser's own accessibility tree."""
    session = page.context.new_cdp_session(page)
    nodes: list[Any] = session.send("Accessibility.getFullAXTree")["nodes"]
    known = {node["nodeId"]: node for node in nodes}

    def below(node: Any) -> list[str]:
        if node.get("role", {}).get("value") == "gridcell":
            return [node["name"]["value"]]
        return [name for each in node.get("childIds", ()) if each in known
                for name in below(known[each])]  # fmt: skip

    (grid,) = [node for node in nodes if node.get("role", {}).get("value") == "grid"]
    return below(grid)


def within(look: Callable[[], Any], holds: Callable[[Any], bool]) -> Any:
    """What is seen when it holds; cells are told a moment after they were drawn."""
    for _ in range(100):
        found = look()
        if holds(found):
            return found
        time.sleep(0.05)
    raise AssertionError(found)


def is_whole(page: Page) -> bool:
    """Whether each clip comes to lie in exactly one cell, in its order."""
    whole = [*range(1, CLIPS + 1)]

    def covers(rows: Any) -> bool:
        return [
            [at for first, count in row for at in range(first, first + count)] for row in rows
        ] == [whole, whole]

    return bool(within(lambda: page.evaluate(CELLS), covers))


def in_order(names: list[str], track: str) -> bool:
    """Whether the clips of a track are read one after the other, runs of them before and after."""
    numbers = [
        int(number)
        for name in names
        for number in re.findall(rf"{track}(\d+)\b", name.partition(", 0")[0])
    ]
    return numbers[:1] == [0] and numbers == sorted(numbers) and numbers[-1] == CLIPS - 1


def test_each_clip_lies_in_a_cell_and_the_keys_lead_to_it(
    require_program: Callable[[str], str],
) -> None:
    tracks = [
        a_track(v, *(a_clip(f"{v}-{n}", HOUR + 2 * n, HOUR + 2 * n + 2) for n in range(CLIPS)))
        for v in ("V1", "V2")
    ]
    stage = Stage(a_state(jobs=[a_job("j1", clip_key="V1-9")]), an_edit(*tracks))
    with opened(stage), browser_page(require_program("chromium")) as page:
        page.goto(stage.address)
        grid = page.get_by_role("grid", name="Clips on the video tracks")
        expect(page.locator("[aria-owns]")).to_have_count(2)
        last = CLIPS - 1
        runs = [
            # The clip that the keys begin at is drawn apart.
            f"{last} clips, from V2-1 to V2-{last}, 01:00:00:02 – 01:04:10:00",
            f"{CLIPS} clips, from V1-0 to V1-{last}, 01:00:00:00 – 01:04:10:00",
        ]
        found = within(lambda: told(page), lambda names: names[1:] == runs)
        assert found[0].startswith("V2-0,")
        assert is_whole(page)
        page.evaluate(WATCH)
        for _ in range(12):
            page.keyboard.press("+")
        page.evaluate("document.querySelector('.scroller').scrollLeft = 4000")
        expect(page.locator(".clip[role=gridcell]").nth(20)).to_be_attached()
        names = within(lambda: told(page), lambda found: in_order(found, "V2-"))
        assert page.evaluate("window.twice") == 0
        assert 20 < sum(name.startswith("V2-") for name in names) < 300
        assert is_whole(page)

        def comes_to(key: str) -> None:
            """The cell that the grid points at is that clip's."""
            within(lambda: page.evaluate(ACTIVE), lambda name: str(name).startswith(f"{key},"))

        page.keyboard.press("End")
        page.keyboard.press("d")
        expect(grid).to_be_focused()
        comes_to(f"V2-{CLIPS - 1}")
        page.keyboard.press("PageUp")
        comes_to(f"V2-{CLIPS - 11}")
        page.keyboard.press("Control+Home")
        comes_to("V2-0")
        page.keyboard.press("ArrowDown")
        comes_to("V1-0")
        page.keyboard.press("PageDown")
        comes_to("V1-10")
        page.keyboard.press("Control+End")
        comes_to(f"V1-{CLIPS - 1}")
        assert is_whole(page)
        timecode = page.get_by_label("Playhead, record timecode")
        page.keyboard.press("Shift+D")
        expect(timecode).to_have_value("01:04:09:22")
        # The queue leads to a clip that is out of sight.
        page.locator("#jobs").get_by_role("button", name="A001_C001", exact=True).click()
        expect(timecode).to_have_value("01:00:00:18")
        comes_to("V1-9")
        in_sight = page.locator('.clip[aria-label^="V1-9,"]').bounding_box()
        assert in_sight is not None
        assert 64 <= in_sight["x"] < 800
        page.keyboard.press("Shift+Z")
        assert is_whole(page)
        comes_to("V1-9")
