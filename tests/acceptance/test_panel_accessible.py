"""The panel's main views under axe-core in both themes, and whether the focus can be seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from page_browser import window
from panel_door import Door, PanelPage, door
from services import sandbox_at

THEMES = ("dark", "light")
FAULTS = ("serious", "critical")
STOPS_MAX = 120


@pytest.fixture(scope="module")
def worked(
    tmp_path_factory: pytest.TempPathFactory, numbered_film: Path, browser: Browser
) -> Iterator[Door]:
    """A panel whose queue has a failed and a finished job, and a clip a take."""
    folder = tmp_path_factory.mktemp("accessible")
    fault = "render:fail=the service says nox1"
    with (
        sandbox_at(folder / "service", "--fault", fault) as url,
        door(folder, numbered_film, url) as panel,
    ):
        with window(browser) as page:
            shown = PanelPage(page, panel.url)
            shown.restyle(1, "noir")
            expect(page.locator("#jobs li.failed")).to_have_count(1)
            shown.menu(2, "Restyle as new take…")
            shown.fill("noir", "Restyle 1 clip, $0.72")
            shown.begin.click()
            expect(shown.done).to_have_count(1)
        yield panel


@pytest.fixture
def shown(worked: Door, browser: Browser, theme: Any) -> Iterator[PanelPage]:
    with window(browser, 1400, 900, color_scheme=theme, reduced_motion="reduce") as page:
        opened = PanelPage(page, worked.url)
        expect(page.locator("html")).to_have_attribute("data-theme", theme)
        expect(opened.takes(2)).to_have_text("1/1")
        yield opened


def timeline(shown: PanelPage) -> None:
    shown.clip(2).click()
    expect(shown.clip(2)).to_have_attribute("aria-selected", "true")
    page = shown.page
    page.keyboard.press("i")
    page.locator("#jobs li.failed .trouble").wait_for()


def menu(shown: PanelPage) -> None:
    shown.clip(2).click(button="right")
    expect(shown.page.get_by_role("menu")).to_be_visible()


def dialog(shown: PanelPage) -> None:
    shown.menu(2, "Restyle as new take…")
    shown.fill("noir", "Restyle 1 clip, $0.72")
    shown.page.locator("#restyle details summary").click()


def queue(shown: PanelPage) -> None:
    shown.page.locator("#ended-jobs summary").click()
    expect(shown.done).to_be_visible()
    expect(shown.page.locator("#jobs li.failed")).to_be_visible()


def compare(shown: PanelPage) -> None:
    shown.menu(2, "Compare…")
    expect(shown.page.locator("#compare-making")).to_be_hidden()
    expect(shown.page.locator("#compare-number")).to_contain_text("1 /")


def save_as(shown: PanelPage) -> None:
    shown.page.locator("#save-as").click()
    expect(shown.page.locator("#saveas-path")).to_be_focused()


VIEWS = (timeline, menu, dialog, queue, compare, save_as)


def faults_of(page: Page) -> list[str]:
    """What axe-core finds serious or critical, with the elements that it names."""
    found = Axe().run(page).response
    assert len(found["passes"]) > 5, "it looked at nothing"
    return [
        f"{each['impact']} {each['id']}: {node['target']} {node['html'][:160]} "
        f"{node['failureSummary']}"
        for each in found["violations"]
        if each["impact"] in FAULTS
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("view", VIEWS)
def test_no_view_has_a_serious_fault(
    shown: PanelPage, view: Callable[[PanelPage], None], theme: str
) -> None:
    view(shown)
    assert faults_of(shown.page) == []


@pytest.mark.parametrize("theme", THEMES)
def test_a_fault_would_be_found(shown: PanelPage, theme: str) -> None:
    shown.page.locator("#title").evaluate("(title) => { title.style.color = 'var(--bg)'; }")
    shown.page.locator("#head").evaluate("(head) => head.append(document.createElement('button'))")
    found = "\n".join(faults_of(shown.page))
    assert "color-contrast" in found
    assert "button-name" in found


# How far the outline of the focused element is in colour from what lies behind it (WCAG's ratio), 0
# where there is none. It may be drawn on what stands for the element: the cell that a grid points
# at, the label of a field that is kept out of sight, a handle in front of it.
OUTLINE = """() => {
  const at = document.activeElement;
  const luminance = (colour) => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d');
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    for (let each = node.parentElement; each; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor;
      if (!/rgba\\(.*, 0\\)|transparent/.test(colour)) return colour;
    }
    return 'white';
  };
  const seen = (node, part) => {
    const style = getComputedStyle(node, part);
    if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 1) return 0;
    const [a, b] = [luminance(style.outlineColor), luminance(behind(node))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  const hidden = getComputedStyle(at).opacity === '0' || at.getBoundingClientRect().width < 4;
  const nodes = [at, document.getElementById(at.getAttribute('aria-activedescendant'))];
  if (hidden) nodes.push(at.nextElementSibling, at.parentElement);
  return {
    name: `${at.tagName}#${at.id}.${at.className} ${at.textContent.slice(0, 30)}`,
    body: at === document.body,
    contrast: Math.max(seen(at, '::after'), ...nodes.filter(Boolean).map((each) => seen(each))),
  };
}"""


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("view", VIEWS)
def test_wherever_tab_leads_the_focus_is_seen(
    shown: PanelPage, view: Callable[[PanelPage], None], theme: str
) -> None:
    view(shown)
    page = shown.page
    if view is menu:
        page.keyboard.press("ArrowDown")
    else:
        page.keyboard.press("Tab")
    page.evaluate("() => { window.first = document.activeElement; }")
    stops, unseen = 0, []
    while stops < STOPS_MAX:
        found = page.evaluate(OUTLINE)
        if not found["body"]:
            stops += 1
            if found["contrast"] < 3:
                unseen.append(f"{found['name']}: {found['contrast']:.2f}")
        page.keyboard.press("ArrowDown" if view is menu else "Tab")
        if page.evaluate("() => document.activeElement === window.first"):
            break
    assert unseen == []
    assert stops >= 3
