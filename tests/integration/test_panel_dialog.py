"""The dialog that restyles, in a real browser: what it plans, says and begins, and never twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from panel_dialog import Dialog, a_dialog, dialog_page
from panel_pieces import Json, clip_id
from panel_stage import Refused


@pytest.fixture(scope="module")
def page(require_program: Callable[[str], str]) -> Iterator[Page]:
    with dialog_page(require_program) as page:
        yield page


@pytest.fixture
def dialog(page: Page) -> Iterator[Dialog]:
    with a_dialog(page) as shown:
        yield shown


def test_it_says_what_the_button_will_do_and_the_button_names_the_price(dialog: Dialog) -> None:
    dialog.open(clips=["k1"])
    # 540p, as the command has it where nobody says another.
    expect(dialog.button).to_have_text("Restyle 1 clip, $0.72")
    expect(dialog.button).to_be_disabled()
    expect(dialog.why).to_have_text("Say how it should look.")
    dialog.prompt.fill("a watercolor")
    expect(dialog.why).to_have_text("")
    expect(dialog.button).to_be_enabled()
    expect(dialog.page.locator("#restyle-sentence")).to_have_text("Sends 1 plates for $0.72.")
    dialog.button.dblclick()
    expect(dialog.page.locator("dialog#restyle")).to_be_hidden()
    plan = f"plan{len(dialog.stage.of('plan'))}"
    assert dialog.stage.of("restyle") == [
        {"plan": plan, "price": "0.72", "budget": None, "agree_public": False, "again": False}
    ]
    expect(dialog.page.locator("#said")).to_contain_text("in the queue")


def test_from_the_keyboard_alone_and_never_twice(dialog: Dialog) -> None:
    dialog.stage.answers["restyle"] = lambda what: {"jobs": ["a", "b"]}
    dialog.open(clips=["k1", "k2"])
    keyboard = dialog.page.keyboard
    keyboard.type("noir\nrain")
    expect(dialog.button).to_be_enabled()
    keyboard.press("Control+Enter")
    keyboard.press("Enter")
    keyboard.press("Control+Enter")
    expect(dialog.page.locator("dialog#restyle")).to_be_hidden()
    expect(dialog.page.locator("#said")).to_have_text("Begun: 2 jobs are in the queue.")
    assert len(dialog.stage.of("restyle")) == 1
    assert dialog.asked["prompt"] == "noir\nrain"


def test_a_plan_out_of_date_cannot_be_begun_and_an_earlier_one_is_let_go(dialog: Dialog) -> None:
    dialog.open(clips=["k1"])
    dialog.prompt.fill("noir")
    expect(dialog.button).to_be_enabled()
    # Typed and pressed at once: the plan is of other words, so this begins nothing.
    dialog.page.keyboard.type(" in colour")
    dialog.page.keyboard.press("Control+Enter")
    assert dialog.stage.of("restyle") == []
    expect(dialog.button).to_be_focused()
    expect(dialog.button).to_be_enabled()
    assert dialog.asked["prompt"] == "noir in colour"
    dialog.stage.push(edit=dialog.stage.edit)
    expect(dialog.why).to_have_text("The plan is being made anew…")
    expect(dialog.why).to_have_text("")


def test_the_prompt_is_counted_and_too_much_of_it_is_planned_for_by_nobody(dialog: Dialog) -> None:
    dialog.open(clips=["k1"])
    height = "node => node.clientHeight"
    small = dialog.prompt.evaluate(height)
    dialog.prompt.fill("line\n" * 12)
    assert dialog.prompt.evaluate(height) > small * 2
    # Counted as the server counts: a character beyond the first plane is one.
    dialog.prompt.fill("𝛑" * 6000)
    expect(dialog.page.locator("#restyle-count")).to_have_text("6000 / 6000")
    expect(dialog.button).to_be_enabled()
    dialog.prompt.fill("x" * 6001)
    expect(dialog.why).to_have_text("The prompt has 6001 characters; the model reads at most 6000.")
    expect(dialog.button).to_be_disabled()
    assert len(dialog.asked["prompt"]) == 6000


def test_agreements_budget_and_what_is_left_out(dialog: Dialog) -> None:
    page = dialog.page
    dialog.next_plan = {
        "publishes": "Each plate may go to a public place. I agree.",
        "repeats": ["Job 1a2b may have paid for the same."],
        "refused": [["Title <b>1</b>", "a title has no media"]],
    }
    dialog.open(clips=["k1"])
    dialog.prompt.fill("noir")
    expect(page.locator("#restyle-plan")).to_contain_text("Title <b>1</b> is left out: a title")
    expect(dialog.why).to_have_text("Tick what you agree to.")
    page.get_by_label("Each plate may go to a public place. I agree.").check()
    page.get_by_label("Job 1a2b may have paid for the same.").check()
    page.get_by_label("Budget, US$").fill("five")
    expect(dialog.why).to_contain_text("no amount")
    page.get_by_label("Budget, US$").fill("0,50")
    expect(dialog.why).to_have_text("It would cost $0.72, more than the budget of $0.50.")
    page.get_by_label("Budget, US$").fill("2,50")
    expect(dialog.button).to_be_enabled()
    # A tick holds for the words that were read, and for no others.
    dialog.next_plan |= {"publishes": "Each plate may go anywhere. I agree."}
    page.get_by_label("720p").check()
    expect(dialog.why).to_have_text("Tick what you agree to.")
    page.get_by_label("Each plate may go anywhere. I agree.").check()
    dialog.button.click()
    expect(page.locator("dialog#restyle")).to_be_hidden()
    begun = dialog.stage.of("restyle")[0]
    assert (begun["agree_public"], begun["again"], begun["budget"]) == (True, True, "2.50")


def test_what_the_server_refuses_is_told_and_planned_anew(dialog: Dialog) -> None:
    def refuse(what: Json) -> object:
        raise Refused("An unfinished job does the same.", why="<i>Job 1a2b</i>", money="Not sent.")

    dialog.stage.answers["restyle"] = refuse
    dialog.open(clips=["k1"])
    dialog.prompt.fill("noir")
    expect(dialog.button).to_be_enabled()
    before = len(dialog.stage.of("plan"))
    dialog.button.click()
    trouble = dialog.page.locator("#restyle-begin-trouble")
    expect(trouble).to_contain_text("An unfinished job does the same.")
    expect(trouble).to_contain_text("<i>Job 1a2b</i>")
    expect(dialog.button).to_be_enabled()
    assert len(dialog.stage.of("plan")) == before + 1

    def no_plan(what: Json) -> object:
        raise Refused("The media cannot be read.")

    dialog.stage.answers["plan"] = no_plan
    dialog.page.get_by_label("720p").check()
    expect(dialog.page.locator("#restyle-plan-trouble")).to_contain_text("cannot be read")
    expect(dialog.why).to_have_text("There is no plan: The media cannot be read.")
    expect(dialog.button).to_be_disabled()


def test_the_strip_shows_the_frames_with_handles_and_held_ones(dialog: Dialog) -> None:
    dialog.open(clips=["k1", "k2", "k3"])
    dialog.prompt.fill("noir")
    dialog.planned()
    page = dialog.page
    cells = page.locator(".plate-cell")
    kinds = [str(cell.get_attribute("data-kind")) for cell in cells.all()]
    assert kinds == sorted(kinds, key="head clip tail held".index)
    assert set(kinds) == {"head", "clip", "tail", "held"}
    numbers = page.locator(".plate-number").all_text_contents()
    assert numbers[0] == "−8"
    assert "0" in numbers
    assert numbers[-1] == "held"
    expect(page.locator(".plate-strip")).to_contain_text(
        "−8 to −1 head handle, 0 to 95 clip, 96 to 103 tail handle, frame 103 held 8 times more"
    )
    bars = page.locator(".plate-bar")
    assert bars.all_text_contents() == ["8 head", "96 clip", "8 tail", "8 held"]
    expect(page.locator(".plate-cell.missing")).to_have_count(0)
    assert {each[0] for each in dialog.stage.stills} == {clip_id("k1")}
    assert {-8, 0, 103} <= {each[2] for each in dialog.stage.stills}
    page.get_by_role("button", name="A001_C001").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="A001_C002")).to_be_focused()
    expect(page.locator(".strip-place h3")).to_have_text("A001_C002")
    expect(page.locator(f".plate-cell img[src*='{clip_id('k2')}']").first).to_be_visible()


def test_focus_stays_inside_and_escape_closes(dialog: Dialog) -> None:
    page = dialog.page
    dialog.open(clips=["k1"])
    dialog.planned()
    inside = "document.querySelector('dialog#restyle').contains(document.activeElement)"
    seen = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate(inside)
        seen.add(page.evaluate("document.activeElement.id || document.activeElement.textContent"))
    assert {"restyle-prompt", "restyle-begin", "restyle-strength", "restyle-style"} <= seen
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(inside)
    page.keyboard.press("Escape")
    expect(page.locator("dialog#restyle")).to_be_hidden()


def test_what_is_chosen_in_resolve_is_followed(dialog: Dialog) -> None:
    chosen = {"how": "auto", "sentence": "The clips that are selected.", "clips": [],
              "trouble": {"what": "No clip was chosen."}, "revision": 1}  # fmt: skip
    state = dialog.stage.state
    dialog.stage.push(edit=None, chosen=chosen)
    dialog.stage.state["edit"] = state["edit"] | {"kind": "resolve"}
    dialog.stage.push(chosen=chosen)
    dialog.page.wait_for_timeout(300)
    dialog.open()
    dialog.prompt.fill("noir")
    expect(dialog.why).to_have_text("No clip was chosen.")
    assert dialog.stage.of("plan") == []
    clips = [{"name": "A001_C001"}, {"name": "A001_C002"}]
    dialog.stage.push(chosen=chosen | {"clips": clips, "trouble": None, "revision": 2})
    expect(dialog.button).to_be_enabled()
    expect(dialog.page.locator("#restyle-title")).to_have_text("Restyle as new take: 2 clips")
    dialog.page.get_by_label("Frames from").select_option("render")
    dialog.planned()
    assert (dialog.asked["clips"], dialog.asked["ranges"]) == ([], [])
    assert dialog.asked["from_render"] is True
