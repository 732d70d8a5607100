"""The page of a timeline in Resolve, in a real browser over a desk without an editor: what it
shows, asks and says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from playwright.sync_api import Browser, Locator, Page, expect

from newtake.shells.panel.desk import Chosen, Editor, Said, Waiting
from newtake.shells.panel.doorway import doorway_text, write_private
from newtake.shells.panel.gate import new_token
from newtake.shells.panel.requests import (
    LookRequest,
    PlanRequest,
    RestyleRequest,
    TakeChangeRequest,
    TakesRequest,
)
from newtake.shells.panel.server import PageServer, application
from page_browser import started_browser, window
from panel_desk import CLIPS, NOW, FakeDesk, a_job, an_edit


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

    def all(self, kind: type) -> list[object]:
        return [each for each in self.desk.asked if isinstance(each, kind)]

    def last(self, kind: type) -> object:
        return self.all(kind)[-1]

    def meant(self) -> tuple[str, ...]:
        """The clips that were planned for last."""
        expect(self.page.locator("#restyle-plan td.col-price")).to_be_visible()
        asked = self.last(PlanRequest)
        assert isinstance(asked, PlanRequest)
        return asked.clips

    @property
    def begin(self) -> Locator:
        """The dialog's button, which names the price."""
        return self.page.locator("#restyle-begin")

    def ask(self, prompt: str = "") -> None:
        """Open the dialog for what is chosen in Resolve."""
        self.page.locator("#restyle-clips").click()
        expect(self.page.get_by_label("Prompt", exact=True)).to_be_focused()
        if prompt:
            self.page.keyboard.type(prompt)
            expect(self.begin).to_be_enabled()


@pytest.fixture(scope="module")
def browser(require_program: Callable[[str], str]) -> Iterator[Browser]:
    with started_browser(require_program("chromium")) as started:
        expect.set_options(timeout=20_000)
        yield started


@pytest.fixture
def shown(browser: Browser) -> Iterator[Shown]:
    with start_blocking_portal() as portal:
        desk, server = portal.call(FakeDesk), portal.call(PageServer)
        token = new_token()
        app = application(desk, token, server.port, server.ending)
        serving = portal.start_task_soon(server.serve, app)
        portal.call(server.answering)
        try:
            with window(browser) as page:
                page.goto(f"http://127.0.0.1:{server.port}/{token}/")
                expect(page.locator("#restyle-clips")).to_have_text("Restyle 1 clip…")
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
    expect(page.locator("#editor")).to_have_text("DaVinci Resolve Studio 21.1: Project / Reel 1")


def test_resolves_timeline_is_drawn_and_its_selection_followed(shown: Shown) -> None:
    page = shown.page
    expect(page.locator("#title")).to_have_text("Reel 1")
    expect(page.locator("#save-bar")).to_be_hidden()
    expect(page.locator("#chosen-sentence")).to_have_text(
        "The clips that are selected. Follows the selection."
    )
    first = page.get_by_role("gridcell", name="A001_C003")
    second = page.get_by_role("gridcell", name="A001_C004")
    expect(first).to_have_attribute("aria-selected", "true")
    expect(second).to_have_attribute("aria-selected", "false")
    expect(page.locator(".transition")).to_have_count(1)
    expect(page.locator(".marker")).to_have_count(1)

    other = replace(CLIPS[0], key="k3", name="A001_C004")
    shown.change(chosen=Chosen("auto", "Another one.", (other,), revision=2))
    expect(second).to_have_attribute("aria-selected", "true")
    expect(first).to_have_attribute("aria-selected", "false")

    # Who chooses on the page means that, until Resolve is followed again.
    first.click()
    shown.change(chosen=Chosen("auto", "Another one.", (other,), revision=3))
    shown.ask("noir")
    assert shown.meant() == ("k1",)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Follow Resolve").click()
    expect(second).to_have_attribute("aria-selected", "true")
    shown.ask()
    expect(page.locator("#restyle-detail")).to_contain_text("Another one.")
    assert shown.meant() == ()


def test_everything_can_be_done_from_the_keyboard(shown: Shown) -> None:
    page = shown.page
    page.get_by_role("grid").focus()
    page.keyboard.press("Enter")
    entry = page.get_by_role("menuitem", name="Restyle 1 clip as new takes…")
    expect(entry).to_be_focused()
    expect(entry).to_contain_text("1 clip left out. 1: a title has no media")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Prompt", exact=True)).to_be_focused()
    expect(page.locator("#restyle-why")).to_have_text("Say how it should look.")
    page.keyboard.press("Control+Enter")
    expect(shown.begin).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert not shown.all(RestyleRequest)

    page.keyboard.press("Escape")
    expect(page.locator("dialog#restyle")).to_be_hidden()
    shown.ask("a watercolor")
    expect(shown.begin).to_have_text("Restyle 1 clip, $0.72")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#jobs")).to_contain_text("A001_C003")
    expect(page.locator("dialog#restyle")).to_be_hidden()
    cancel = page.get_by_role("button", name="Cancel: A001_C003")
    cancel.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#ask-yes")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("nothing was charged")
    expect(page.locator("li.cancelled")).to_have_count(1)


def test_names_are_never_markup_and_refusals_say_why(shown: Shown) -> None:
    page = shown.page
    title = "Title <b>1</b>"
    expect(page.locator("#chosen-refused")).to_have_text(
        f"{title} (V2) cannot be restyled: a title has no media"
    )
    expect(page.get_by_role("gridcell", name=title)).to_be_visible()
    shown.ask()
    # Of what is chosen in Resolve a frame can be painted on as well.
    expect(page.get_by_role("button", name="First frame")).to_be_enabled()
    expect(page.locator("#restyle-plan")).to_contain_text(f"{title} is left out")
    for text in page.locator("#body b, #bars b, dialog b, i").all_inner_texts():
        assert text in (title, "")


def test_what_only_resolve_can_render_is_restyled_from_its_render(shown: Shown) -> None:
    page, built = shown.page, replace(CLIPS[1], name="built", refusal="it is a compound clip")
    low, high = shown.desk.timeline.tracks
    item = replace(high.items[0], name="built", refusal=built.refusal, renders=True)
    timeline = replace(shown.desk.timeline, revision=2, tracks=(low, replace(high, items=(item,))))
    shown.change(timeline=timeline, chosen=Chosen("auto", "One.", (built,), revision=2))
    cell = page.get_by_role("gridcell", name="built")
    expect(cell).to_have_accessible_name(re.compile("Cannot be restyled from its file: it is a"))
    expect(cell).to_have_attribute("aria-selected", "true")
    shown.ask("noir")
    page.get_by_label("Frames from").select_option("render")
    expect(shown.begin).to_be_enabled()
    assert shown.meant() == ()
    asked = shown.last(PlanRequest)
    assert isinstance(asked, PlanRequest)
    assert asked.from_render


def test_the_models_rules_are_shown_as_they_bite(shown: Shown) -> None:
    page = shown.page
    shown.ask("noir")
    hdr, exr = page.get_by_label("HDR", exact=True), page.get_by_label("EXR frames")
    expect(hdr).to_be_disabled()
    expect(exr).to_be_disabled()
    page.get_by_role("radio", name="720p").check()
    hdr.check()
    exr.check()
    page.get_by_role("radio", name="by hand").check()
    page.get_by_role("slider").last.fill("8")
    page.get_by_role("group", name="Variations").get_by_label("3").check()
    page.get_by_label("Frames from").select_option("render")
    expect(shown.begin).to_have_text("Restyle 1 clip, $3.24")
    expect(page.locator("#restyle-sentence")).to_contain_text("1 take is added to the clip.")
    expect(page.locator("dialog#restyle")).to_contain_text("on a track above the clip")
    expect(page.locator("dialog#restyle")).not_to_contain_text("split the clip")
    asked = shown.last(PlanRequest)
    assert asked == PlanRequest(
        prompt="noir", resolution="720p", edit_strength="reimagine_3", hdr=True, exr_export=True,
        variations=3, provider="sandbox", auto_controls=False, duration="auto", cadence="auto",
        continuity="carry", from_render=True,
    )  # fmt: skip

    page.get_by_role("radio", name="540p").check()
    expect(hdr).to_have_accessible_description("HDR needs a resolution of 720p or 1080p.")
    expect(hdr).not_to_be_checked()
    expect(shown.begin).to_have_text("Restyle 1 clip, $2.16")
    page.get_by_label("Budget, US$").fill("five")
    expect(page.locator("#restyle-why")).to_contain_text("no amount")
    expect(shown.begin).to_be_disabled()
    page.get_by_label("Budget, US$").fill("5,50")
    expect(shown.begin).to_be_enabled()
    shown.begin.click()
    expect(page.locator("dialog#restyle")).to_be_hidden()
    begun = shown.last(RestyleRequest)
    assert isinstance(begun, RestyleRequest)
    assert (str(begun.budget), str(begun.price)) == ("5.50", "2.16")


def test_nothing_becomes_public_without_a_tick(shown: Shown) -> None:
    shown.change(publishes="Each plate may go to a public place. I agree.")
    page = shown.page
    shown.ask()
    page.keyboard.type("noir")
    expect(shown.begin).to_have_text("Restyle 1 clip, $0.72")
    expect(page.locator("#restyle-why")).to_have_text("Tick what you agree to.")
    expect(shown.begin).to_be_disabled()
    page.keyboard.press("Control+Enter")
    assert not shown.all(RestyleRequest)
    page.get_by_label("Each plate may go to a public place. I agree.").check()
    shown.begin.click()
    expect(page.locator("dialog#restyle")).to_be_hidden()

    begun = shown.last(RestyleRequest)
    assert isinstance(begun, RestyleRequest)
    assert begun.agree_public


def test_a_plan_that_is_gone_is_told_in_the_dialog(shown: Shown) -> None:
    shown.ask("noir")
    shown.desk.plans.clear()
    shown.begin.click()

    trouble = shown.page.locator("#restyle-begin-trouble")
    expect(trouble).to_contain_text("This plan was begun already.")
    expect(trouble).to_contain_text("<script>alert(1)</script>")


def test_takes_are_switched_and_what_resolve_lacks_says_so(shown: Shown) -> None:
    page = shown.page
    page.get_by_role("gridcell", name="A001_C003").click()
    page.get_by_role("gridcell", name="A001_C003").click(button="right")
    menu = page.get_by_role("menu").first
    expect(menu.get_by_role("menuitemradio", name="Take 1")).to_have_attribute(
        "aria-checked", "true"
    )
    for name, why in (("Star", "keeps no stars"), ("Remove", "own take selector")):
        entry = menu.get_by_role("menuitem", name=name)
        expect(entry).to_have_attribute("aria-disabled", "true")
        expect(entry).to_contain_text(why)
    menu.get_by_role("menuitemradio", name="Original").click()

    expect(page.locator("#said")).to_have_text("A001_C003 shows the original.")
    change = TakeChangeRequest(clip="k1", what="use", take="original")
    assert shown.last(TakesRequest) == TakesRequest(changes=(change,))
    cell = page.get_by_role("gridcell", name="A001_C003")
    expect(cell).not_to_have_accessible_name(re.compile("take 1 selected"))
    cell.click(button="right")
    expect(page.get_by_role("menuitemradio", name="Original")).to_have_attribute(
        "aria-checked", "true"
    )


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
    expect(page.get_by_role("gridcell", name="A001_C003")).to_be_visible()
    jobs = page.locator("#jobs")
    for text in ("failed at relink", "Why It was quit.", "Next Start it.", "Money It is paid."):
        expect(jobs).to_contain_text(text)
    expect(jobs).to_contain_text("the service is at work")
    shown.change(editor=replace(away, state="busy", trouble=None))
    expect(page.locator("#editor")).to_contain_text("a dialog may be open there")

    here = Editor("here", "DaVinci Resolve Studio", "20.3.2", "Project", "Reel 1")
    shown.change(editor=here, waiting=(Waiting("Project / Reel 1", 2, True),))
    expect(page.locator("#chosen-trouble")).to_be_hidden()
    expect(page.locator("#chosen-sentence")).to_have_text("The clips that are selected.")
    page.get_by_role("button", name="Bring them in").click()
    expect(page.locator("#said")).to_have_text("2 takes were brought in.")
    page.get_by_label("Chosen in Resolve by").select_option("colour")
    page.get_by_label("Clip colour").select_option("Teal")
    page.get_by_role("button", name="Refresh").click()
    expect(page.locator("#how")).to_have_value("colour")
    assert shown.last(LookRequest) == LookRequest(how="colour", colour="Teal")


def test_no_clip_means_no_plan(shown: Shown) -> None:
    shown.ask("noir")
    expect(shown.page.locator("#restyle-plan td.col-price")).to_have_text("$0.72")
    shown.change(
        chosen=Chosen("auto", trouble=Said("Selection", "No clip was chosen."), revision=9)
    )

    expect(shown.page.locator("#restyle-why")).to_have_text("No clip was chosen.")
    expect(shown.begin).to_be_disabled()
    shown.page.keyboard.press("Escape")
    expect(shown.page.locator("#chosen-trouble")).to_contain_text("No clip was chosen.")
    expect(shown.page.locator("#restyle-clips")).to_be_disabled()


def test_another_timeline_is_drawn_in_place_of_the_first(shown: Shown) -> None:
    expect(shown.page.get_by_role("gridcell", name="A001_C003")).to_be_visible()
    other = replace(an_edit(7), title="Reel 2", tracks=an_edit(7).tracks[1:])
    shown.change(timeline=other, chosen=Chosen("auto", revision=5))

    expect(shown.page.locator("#title")).to_have_text("Reel 2")
    expect(shown.page.get_by_role("gridcell", name="A001_C003")).to_have_count(0)
    expect(shown.page.get_by_role("gridcell", name="Title <b>1</b>")).to_be_visible()


def test_the_page_says_when_new_take_has_ended(shown: Shown) -> None:
    expect(shown.page.get_by_role("gridcell")).to_have_count(3)
    shown.portal.call(shown.server.stop)

    ended = shown.page.locator("#ended")
    expect(ended).to_contain_text("newtake panel")
    expect(ended).to_contain_text("Workspace > Scripts")


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
    expect(page.locator("#side li[data-job]")).to_have_count(3)

    themes = set()
    for _ in range(2):
        themes.add(page.evaluate("document.documentElement.dataset.theme"))
        assert page.evaluate(CONTRAST) == []
        shown.ask("noir")
        assert page.evaluate(CONTRAST) == []
        page.keyboard.press("Escape")
        page.locator("#theme").click()
    assert themes == {"dark", "light"}
    nameless = """
      [...document.querySelectorAll("input, select, textarea, button")]
        .filter((each) => !(each.labels?.length || each.textContent.trim() || each.ariaLabel))
        .map((each) => each.id)
    """
    assert page.evaluate(nameless) in ([], ["ask-yes"])
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.set_viewport_size({"width": 420, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
