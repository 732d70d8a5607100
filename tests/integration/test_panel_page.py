"""The page in a real browser, over a desk without an editor: what it shows, asks and says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from playwright.sync_api import Page, expect

from newtake.shells.panel.desk import Chosen, Editor, Said, Waiting
from newtake.shells.panel.doorway import doorway_text, write_private
from newtake.shells.panel.gate import new_token
from newtake.shells.panel.requests import LookRequest, PlanRequest, RestyleRequest
from newtake.shells.panel.server import PageServer, application
from page_browser import browser_page
from panel_desk import NOW, FakeDesk, a_job


@dataclass
class Shown:
    """What a test holds."""

    page: Page
    desk: FakeDesk
    portal: BlockingPortal
    server: PageServer

    def change(self, **what: object) -> None:
        """Have the desk say something else."""

        def set_all() -> None:
            for name, value in what.items():
                setattr(self.desk, name, value)
            self.desk.move()

        self.portal.call(set_all)

    def last(self, kind: type) -> object:
        return [each for each in self.desk.asked if isinstance(each, kind)][-1]


@pytest.fixture
def shown(require_program: Callable[[str], str]) -> Iterator[Shown]:
    with start_blocking_portal() as portal:
        desk, server = portal.call(FakeDesk), portal.call(PageServer)
        token = new_token()
        app = application(desk, token, server.port, server.ending)
        serving = portal.start_task_soon(server.serve, app)
        portal.call(server.answering)
        try:
            with browser_page(require_program("chromium")) as page:
                page.goto(f"http://127.0.0.1:{server.port}/{token}/")
                yield Shown(page, desk, portal, server)
        finally:
            portal.call(server.stop)
            serving.result(timeout=30)


def test_a_file_leads_a_browser_to_the_page(shown: Shown, tmp_path: Path) -> None:
    door = tmp_path / "panel.html"
    write_private(door, doorway_text(shown.page.url))
    page = shown.page
    page.goto("about:blank")
    page.goto(door.as_uri())
    expect(page.locator("#restyle")).to_have_text("Say how it should look")


def test_everything_can_be_done_from_the_keyboard(shown: Shown) -> None:
    page = shown.page
    expect(page.locator("#restyle")).to_have_text("Say how it should look")
    page.get_by_label("Prompt").focus()
    page.keyboard.type("a watercolor")
    expect(page.locator("#restyle")).to_have_text("Restyle 1 clip for $1.08")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#restyle")).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"

    page.keyboard.press("Enter")
    expect(page.locator("#ask-yes")).to_be_focused()
    page.keyboard.press("Escape")
    assert not [each for each in shown.desk.asked if isinstance(each, RestyleRequest)]
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#jobs")).to_contain_text("A001_C003")
    expect(page.locator("#ask")).to_be_hidden()
    cancel = page.get_by_role("button", name="Cancel: A001_C003")
    cancel.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#queue-words")).to_contain_text("nothing was charged")
    expect(page.locator("#jobs > li.cancelled")).to_be_visible()


def test_names_are_never_markup_and_refusals_say_why(shown: Shown) -> None:
    clips = shown.page.locator("#clips")
    expect(clips).to_contain_text("Title <b>1</b>")
    expect(clips).to_contain_text("Cannot be restyled: a title has no media")
    expect(shown.page.locator("#plan")).to_contain_text("Title <b>1</b> is left out")
    assert shown.page.locator("#clips b, #plan b").count() == 0


def test_the_models_rules_are_shown_as_they_bite(shown: Shown) -> None:
    page = shown.page
    page.get_by_label("Prompt").fill("noir")
    expect(page.get_by_label("EXR frames")).to_be_disabled()
    page.get_by_label("HDR").check()
    page.get_by_label("EXR frames").check()
    page.get_by_role("radio", name="by hand").check()
    page.get_by_role("slider").fill("8")
    expect(page.locator("#strength-word")).to_have_text("reimagine 3")
    page.get_by_label("Variations").select_option("3")
    expect(page.locator("#restyle")).to_have_text("Restyle 1 clip for $3.24")
    asked = shown.last(PlanRequest)
    assert asked == PlanRequest(
        prompt="noir", resolution="720p", edit_strength="reimagine_3", hdr=True, exr_export=True,
        variations=3, provider="sandbox", auto_controls=False,
    )  # fmt: skip

    page.get_by_label("Resolution").select_option("540p")
    expect(page.locator("#rules")).to_have_text("HDR needs 720p or 1080p.")
    expect(page.get_by_label("HDR")).not_to_be_checked()
    expect(page.locator("#restyle")).to_have_text("Restyle 1 clip for $2.16")
    page.get_by_label("Budget, US$").fill("five")
    expect(page.locator("#budget-hint")).to_contain_text("no amount")
    expect(page.locator("#restyle")).to_be_disabled()
    page.get_by_label("Budget, US$").fill("5,50")
    expect(page.locator("#restyle")).to_be_enabled()
    page.locator("#restyle").click()
    page.locator("#ask-yes").click()
    expect(page.locator("#ask")).to_be_hidden()
    begun = shown.last(RestyleRequest)
    assert isinstance(begun, RestyleRequest)
    assert (str(begun.budget), str(begun.price)) == ("5.50", "2.16")


def test_nothing_becomes_public_without_a_tick(shown: Shown) -> None:
    shown.change(publishes="Each plate may go to a public place. I agree.")
    page = shown.page
    page.get_by_label("Prompt").fill("noir")
    page.get_by_role("button", name="Restyle 1 clip for $1.08").click()
    expect(page.locator("#ask-yes")).to_be_disabled()
    page.get_by_label("Each plate may go to a public place. I agree.").check()
    page.locator("#ask-yes").click()
    expect(page.locator("#ask")).to_be_hidden()

    begun = shown.last(RestyleRequest)
    assert isinstance(begun, RestyleRequest)
    assert begun.agree_public


def test_a_plan_that_is_gone_is_told_in_the_question(shown: Shown) -> None:
    page = shown.page
    page.get_by_label("Prompt").fill("noir")
    page.get_by_role("button", name="Restyle 1 clip for $1.08").click()
    shown.desk.plans.clear()
    page.locator("#ask-yes").click()

    expect(page.locator("#ask-trouble")).to_contain_text("This plan was begun already.")
    expect(page.locator("#ask-trouble")).to_contain_text("<script>alert(1)</script>")


def test_resolve_may_go_and_come_and_the_queue_goes_on(shown: Shown) -> None:
    page = shown.page
    failed = replace(
        a_job("1a2b3c4d", status="failed"), step="relink", running=False, can_cancel=False,
        can_resume=True, failed_at="relink", ended_at=NOW,
        failure=Said("HostAway", "Resolve is away.", "It was quit.", "Start it.", "It is paid."),
    )  # fmt: skip
    away = Editor("away", trouble=Said("HostAway", "Resolve cannot be reached."))
    shown.change(editor=away, jobs=(failed, a_job("5e6f7a8b")))
    expect(page.locator("#editor")).to_have_text("DaVinci Resolve is away; the queue goes on.")
    expect(page.locator("#chosen-trouble")).to_contain_text("Resolve cannot be reached.")
    jobs = page.locator("#jobs")
    for text in ("Stopped at relink", "Why It was quit.", "Next Start it.", "Money It is paid."):
        expect(jobs).to_contain_text(text)
    expect(jobs).to_contain_text("waiting for the service")

    here = Editor("here", "DaVinci Resolve Studio", "20.3.2", "Project", "Reel 1")
    shown.change(editor=here, waiting=(Waiting("Project / Reel 1", 2, True),))
    page.get_by_role("button", name="Bring them in").click()
    expect(page.locator("#queue-words")).to_have_text("2 takes were brought in.")
    page.get_by_label("by", exact=True).select_option("colour")
    page.get_by_label("colour", exact=True).select_option("Teal")
    page.get_by_role("button", name="Refresh").click()
    expect(page.locator("#how")).to_have_value("colour")
    assert shown.last(LookRequest) == LookRequest(how="colour", colour="Teal")


def test_no_clip_means_no_plan(shown: Shown) -> None:
    expect(shown.page.locator("#plan td.price")).to_have_text("$1.08")
    shown.change(
        chosen=Chosen("auto", trouble=Said("Selection", "No clip was chosen."), revision=9)
    )

    expect(shown.page.locator("#plan")).to_contain_text("Choose clips in Resolve")
    expect(shown.page.locator("#chosen-trouble")).to_contain_text("No clip was chosen.")
    expect(shown.page.locator("#restyle")).to_be_disabled()


def test_the_page_says_when_new_take_has_ended(shown: Shown) -> None:
    expect(shown.page.locator("#clips > li")).to_have_count(2)
    shown.portal.call(shown.server.stop)

    expect(shown.page.locator("#ended")).to_contain_text("newtake resolve open")


CONTRAST = """
() => {
  const light = (text) => {
    const parts = text.match(/[\\d.]+/g).map(Number);
    const [r, g, b] = parts.slice(0, 3).map((each) => {
      const value = each / 255;
      return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return { alpha: parts[3] ?? 1, value: 0.2126 * r + 0.7152 * g + 0.0722 * b };
  };
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const found = light(getComputedStyle(at).backgroundColor);
      if (found.alpha === 1) return found.value;
    }
    return 1;
  };
  const low = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((each) => each.nodeType === 3 && each.data.trim());
    if (!own || !node.checkVisibility() || node.closest(":disabled")) continue;
    const [one, two] = [light(getComputedStyle(node).color).value, behind(node)];
    const ratio = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
    if (ratio < 4.5) low.push(`${node.tagName} ${node.className} ${ratio.toFixed(2)}`);
  }
  return low;
}
"""


def test_texts_can_be_read_and_fields_have_names_in_both_themes(shown: Shown) -> None:
    page = shown.page
    failed = replace(a_job("1a2b3c4d", status="failed"), failure=Said("X", "a", "b", "c", "d"))
    shown.change(jobs=(failed, a_job("2"), a_job("3", status="done")))
    expect(page.locator("#jobs > li")).to_have_count(3)
    page.get_by_label("Prompt").fill("noir")
    expect(page.locator("#restyle")).to_be_enabled()

    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate(CONTRAST) == []
    page.get_by_role("button", name="Light").click()
    assert page.evaluate(CONTRAST) == []
    nameless = """
      [...document.querySelectorAll("input, select, textarea, button")]
        .filter((each) => !(each.labels?.length || each.textContent.trim() || each.ariaLabel))
        .map((each) => each.id)
    """
    assert page.evaluate(nameless) in ([], ["ask-yes"])
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.set_viewport_size({"width": 420, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
