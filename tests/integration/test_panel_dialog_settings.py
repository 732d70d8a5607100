"""The dialog's settings and styles, in a real browser: their rules, and what is asked with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from panel_dialog import MORE, Dialog, a_dialog, dialog_page
from panel_pieces import HOUR


@pytest.fixture(scope="module")
def page(require_program: Callable[[str], str]) -> Iterator[Page]:
    with dialog_page(require_program) as page:
        yield page


@pytest.fixture
def dialog(page: Page) -> Iterator[Dialog]:
    with a_dialog(page) as shown:
        yield shown


def test_rules_are_shown_where_they_bite_and_let_go_again(dialog: Dialog) -> None:
    page = dialog.page
    dialog.open(clips=["k1"])
    dialog.prompt.fill("noir")
    hdr, exr = page.get_by_label("HDR", exact=True), page.get_by_label("EXR frames")
    page.get_by_label("720p").check()
    expect(exr).to_be_disabled()
    expect(exr).to_have_accessible_description("EXR export needs HDR as well.")
    hdr.check()
    exr.check()
    page.get_by_label("540p").check()
    expect(hdr).to_be_disabled()
    expect(hdr).not_to_be_checked()
    expect(hdr).to_have_accessible_description("HDR needs a resolution of 720p or 1080p.")
    expect(page.locator(".rule.bites:visible")).to_have_count(2)
    dialog.planned()
    expect(dialog.button).to_have_text("Restyle 1 clip, $0.72")
    assert (dialog.asked["hdr"], dialog.asked["exr_export"]) == (False, False)
    page.get_by_label("1080p").check()
    expect(exr).to_be_checked()
    expect(dialog.button).to_have_text("Restyle 1 clip, $2.16")
    dialog.planned()
    assert (dialog.asked["hdr"], dialog.asked["exr_export"]) == (True, True)


def test_strength_is_one_slider_or_auto_controls(dialog: Dialog) -> None:
    page = dialog.page
    dialog.open(clips=["k1"])
    slider = page.get_by_role("slider")
    expect(slider).to_have_attribute("aria-valuetext", "not set: the model decides")
    slider.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "reimagine 3")
    expect(page.get_by_label("By hand")).to_be_checked()
    dialog.planned()
    assert (dialog.asked["edit_strength"], dialog.asked["auto_controls"]) == ("reimagine_3", False)
    page.get_by_label("Auto controls").check()
    expect(page.locator("#restyle-strength-rule")).to_contain_text("exclude each other")
    dialog.planned()
    assert (dialog.asked["edit_strength"], dialog.asked["auto_controls"]) == (None, True)
    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator("#restyle-strength-word")).to_have_text("adhere 1")
    expect(page.locator("#restyle-strength-rule")).to_have_text("")
    dialog.planned()
    assert (dialog.asked["edit_strength"], dialog.asked["auto_controls"]) == ("adhere_1", False)


def test_a_style_is_searched_its_words_shown_its_settings_taken_over(dialog: Dialog) -> None:
    page = dialog.page
    dialog.open(clips=["k1"])
    picker = page.get_by_role("combobox", name="Style")
    picker.fill("shadows")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(1)
    picker.press("Enter")
    expect(picker).to_have_value("Film noir")
    card = page.locator(".style-card")
    expect(card).to_contain_text("Film noir on silver film: your prompt Every shadow is deep.")
    expect(card).to_contain_text("Brings 1080p, flex 3, 2 variations.")
    expect(page.get_by_text("from Film noir")).to_have_count(3)
    expect(dialog.button).to_have_text("Restyle 1 clip, $4.32")
    page.get_by_label("stock").fill("worn film")
    page.get_by_role("group", name="Variations").get_by_label("1").check()
    expect(card.locator("s")).to_have_text("2 variations")
    expect(card).to_contain_text("worn film")
    dialog.planned()
    asked = dialog.asked
    assert (asked["style"], asked["fields"]) == ("film-noir", {"stock": "worn film"})
    assert (asked["resolution"], asked["edit_strength"]) == ("1080p", "flex_3")
    # What the style brought goes with it; what was changed since stays.
    page.get_by_role("button", name="No style").click()
    expect(dialog.button).to_have_text("Restyle 1 clip, $0.72")
    dialog.planned()
    assert (dialog.asked["style"], dialog.asked["edit_strength"]) == (None, None)
    picker.press("ArrowDown")
    picker.press("Escape")
    expect(page.locator("dialog#restyle")).to_be_visible()


def test_restyle_with_a_style_opens_filled_and_planned(dialog: Dialog) -> None:
    dialog.open(clips=["k1"])
    dialog.prompt.fill("words of the last time")
    dialog.page.keyboard.press("Escape")
    dialog.open(clips=["k1"], settings={"style": "film-noir"})
    expect(dialog.button).to_have_text("Restyle 1 clip, $4.32")
    expect(dialog.button).to_be_enabled()
    assert (dialog.asked["style"], dialog.asked["prompt"]) == ("film-noir", "")


def test_a_style_that_is_gone_is_told_and_its_settings_stand(dialog: Dialog) -> None:
    dialog.open(clips=["k1"], settings={"prompt": "ink", "style": "ours", "resolution": "540p"})
    expect(dialog.page.locator("dialog#restyle")).to_contain_text("The style ours is not there any")
    expect(dialog.button).to_have_text("Restyle 1 clip, $0.72")
    assert (dialog.asked["style"], dialog.asked["prompt"]) == (None, "ink")


def test_the_last_settings_are_remembered_and_a_takes_can_be_used_again(dialog: Dialog) -> None:
    page = dialog.page
    dialog.open(clips=["k1"])
    dialog.prompt.fill("noir")
    page.get_by_label("1080p").check()
    page.get_by_role("button", name="Close").click()
    page.reload()
    page.wait_for_selector("body[data-ready]")
    dialog.open(clips=["k2"])
    expect(dialog.prompt).to_have_value("noir")
    expect(dialog.button).to_have_text("Restyle 1 clip, $2.16")
    page.keyboard.press("Escape")

    settings = {"prompt": "ink", "resolution": "540p", "auto_controls": True, "variations": 3,
                "cadence": "time", "continuity": "parallel", "handles": 4, "lut": "/luts/a.cube",
                "codec": "h264", "layout": "track", "profile": "generic",
                "uploader": "workbench"}  # fmt: skip
    dialog.stage.answers["again"] = lambda what: {"settings": settings, "note": "As take 2."}
    page.evaluate("() => { store.act('again', {clip: 'k3', take: 'take2'}); }")
    expect(dialog.prompt).to_have_value("ink")
    expect(page.locator("dialog#restyle")).to_contain_text("As take 2.")
    expect(dialog.button).to_have_text("Restyle 1 clip, $2.16")
    dialog.planned()
    assert dialog.asked["clips"] == ["k3"]
    assert settings.items() <= dialog.asked.items()


def test_ranges_can_be_split_or_cut_in_and_more_settings_are_there(dialog: Dialog) -> None:
    page = dialog.page
    dialog.open(ranges=[[HOUR + 10, HOUR + 40], [HOUR + 100, HOUR + 130]])
    expect(page.locator("#restyle-title")).to_have_text("Restyle as new take: 2 ranges")
    expect(page.locator("#restyle-detail")).to_contain_text("01:00:00:10 – 01:00:01:16")
    dialog.prompt.fill("noir")
    page.get_by_label("cut into the whole clip").check()
    page.get_by_text(MORE).click()
    page.get_by_label("Handles, frames on each side").fill("twelve")
    expect(dialog.why).to_have_text("The handles are no number of frames.")
    page.get_by_label("Handles, frames on each side").fill("12")
    page.get_by_label("Cadence").select_option("time")
    page.get_by_label("Parts of a long shot").select_option("parallel")
    page.get_by_label("5 s").check()
    dialog.planned()
    wanted = {"partial": "cut-in", "handles": 12, "cadence": "time", "continuity": "parallel",
              "duration": "5s", "provider": "sandbox", "from_render": False}  # fmt: skip
    assert wanted.items() <= dialog.asked.items()
    assert dialog.asked["ranges"] == [[HOUR + 10, HOUR + 40], [HOUR + 100, HOUR + 130]]


def test_how_takes_are_written_and_plates_go_is_said_in_a_sentence_each(dialog: Dialog) -> None:
    page, stage = dialog.page, dialog.stage
    stage.push(uploader="workbench")
    stage.tables = ["/luts/log.cube"]
    dialog.open(clips=["k1"], settings={"prompt": "noir"})
    page.get_by_text(MORE).click()
    lut, uploader = page.get_by_label("LUT, a .cube file"), page.get_by_label("Uploader")
    expect(lut).to_have_accessible_description(re.compile("PQ and HLG tone-mapped to BT.709"))
    expect(uploader).to_have_accessible_description(
        "Plates go as this machine’s settings say: workbench."
    )
    dialog.planned()
    plain = {"lut": None, "codec": "auto", "layout": "takes", "profile": "auto", "uploader": None}
    assert (plain | {"fetch_url": None}).items() <= dialog.asked.items()

    lut.fill("/luts/log.txt")
    expect(dialog.why).to_have_text("The LUT is no path of a .cube file.")
    offered = page.locator("datalist#restyle-tables option")
    lut.fill(str(offered.get_attribute("value")))
    expect(lut).to_have_accessible_description(re.compile("The model sees the source through it"))
    for label, value, sentence in (
        ("Codec of the takes", "dnxhr", "DNxHR HQ, or HQX"),
        ("Layout of the takes", "track", "on a new top track"),
        ("Written for", "resolve", "Plain absolute paths"),
    ):
        page.get_by_label(label).select_option(value)
        expect(page.get_by_label(label)).to_have_accessible_description(re.compile(sentence))
    uploader.fill("command:rm -rf /")
    expect(dialog.why).to_contain_text("The uploader is none")
    uploader.fill("put:https://store.example/x?signature=1")
    page.get_by_label("Read again at").fill("https://store.example/x")
    dialog.planned()
    asked = {"lut": "/luts/log.cube", "codec": "dnxhr", "layout": "track", "profile": "resolve",
             "uploader": "put:https://store.example/x?signature=1",
             "fetch_url": "https://store.example/x"}  # fmt: skip
    assert asked.items() <= dialog.asked.items()
    page.keyboard.press("Escape")

    # Kept for this timeline, in sight, and without the address that opens a door.
    dialog.open(clips=["k2"])
    expect(lut).to_be_visible()
    expect(lut).to_have_value("/luts/log.cube")
    expect(uploader).to_have_value("")
    page.keyboard.press("Escape")
    page.evaluate(
        "store.set('state', {...store.state, edit: {...store.state.edit, path: '/b.otio'}})"
    )
    dialog.open(clips=["k2"])
    expect(lut).to_be_hidden()
    expect(lut).to_have_value("")
    page.keyboard.press("Escape")
    page.evaluate(
        "store.set('state', {...store.state, edit: {...store.state.edit, kind: 'resolve'}})"
    )
    dialog.open(clips=["k2"])
    page.get_by_text(MORE).click()
    expect(page.get_by_label("Codec of the takes")).to_be_visible()
    expect(page.get_by_label("Layout of the takes")).to_have_count(0)
    dialog.planned()
    assert (dialog.asked["layout"], dialog.asked["profile"]) == (None, None)
