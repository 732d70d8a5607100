"""The comparison in a real browser: the drawn frame is the said one, and both sides are one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from newtake.domain.timing import timecode
from page_pictures import BESIDE, RIGHT_FIRST, SIDE, act, drawn, drawn_while
from panel_comparing import FRAMES, Comparing, a_comparing
from panel_pieces import HOUR, a_take
from panel_stage import Refused

RATES = {"23.976": "24000/1001", "25": "25", "29.97": "30000/1001"}


@pytest.fixture
def comparing(require_program: Callable[[str], str], tmp_path: Path) -> Iterator[Comparing]:
    with a_comparing(require_program, tmp_path) as made:
        yield made


def test_names_lie_on_their_pictures_also_above_each_other(comparing: Comparing) -> None:
    comparing.open()
    page = comparing.page
    page.set_viewport_size({"width": 1200, "height": 900})
    page.keyboard.press("b")
    canvas = page.locator("#compare-picture")
    expect(canvas.locator("xpath=..")).to_have_class(re.compile(r"\bis-down\b"))
    whole = canvas.bounding_box()
    first, second = (
        page.locator(f"#compare-name-{side}").bounding_box() for side in ("left", "right")
    )
    assert whole
    assert first
    assert second
    middle = whole["y"] + whole["height"] / 2
    assert first["y"] + first["height"] < middle < second["y"] < middle + 20


@pytest.mark.parametrize("rate", RATES.values(), ids=list(RATES))
def test_every_frame_that_is_stepped_to_is_drawn_and_named(comparing: Comparing, rate: str) -> None:
    # At 29.97 the labels skip two numbers in the middle of it.
    drop = rate == RATES["29.97"]
    start = 59 * 30 + 10 if drop else HOUR
    comparing.open(rate, drop=drop, record_start=start)
    page = comparing.page
    page.keyboard.press("b")

    def check(number: int) -> None:
        comparing.at(number)
        found = drawn(page, BESIDE)
        assert found["numbers"] == [number, RIGHT_FIRST + number]
        assert found["timecode"] == timecode(start + number, Fraction(rate), drop=drop)

    check(0)
    for number in range(1, FRAMES):
        page.keyboard.press("ArrowRight")
        check(number)
    page.keyboard.press("ArrowRight")
    check(FRAMES - 1)
    for number in range(FRAMES - 2, FRAMES - 12, -1):
        page.keyboard.press("ArrowLeft")
        check(number)
    page.keyboard.press("Shift+ArrowLeft")
    check(FRAMES - 21)
    page.keyboard.press("Home")
    check(0)
    page.keyboard.press("End")
    check(FRAMES - 1)
    page.locator("#compare-scrub").fill("17")
    check(17)


@pytest.mark.parametrize("rate", RATES.values(), ids=list(RATES))
def test_while_it_plays_both_sides_are_one_frame_and_it_is_the_said_one(
    comparing: Comparing, rate: str
) -> None:
    comparing.open(rate)
    comparing.page.keyboard.press("b")
    comparing.page.keyboard.press("Space")
    seen = drawn_while(comparing.page, 2.5, BESIDE)
    assert len({each["said"] for each in seen}) > FRAMES // 2
    for each in seen:
        left, right = each["numbers"]
        assert (left, right - RIGHT_FIRST) == (each["said"], each["said"])


def test_a_loop_shows_its_first_and_last_frame_and_none_outside(comparing: Comparing) -> None:
    comparing.open()
    page = comparing.page
    page.keyboard.press("t")
    page.locator("#compare-scrub").fill("10")
    comparing.at(10)
    page.keyboard.press("i")
    page.locator("#compare-scrub").fill("19")
    comparing.at(19)
    page.keyboard.press("o")
    expect(page.locator("#compare-range")).to_contain_text("10 frames")
    page.keyboard.press("l")
    seen = {each["numbers"][0] - RIGHT_FIRST for each in drawn_while(page, 3)}
    assert min(seen) == 10
    assert max(seen) == 19

    page.keyboard.press("k")
    page.locator("#compare-scrub").fill("15")
    comparing.at(15)
    page.keyboard.press("j")
    seen = {each["numbers"][0] - RIGHT_FIRST for each in drawn_while(page, 2)}
    assert len(seen) > 3
    assert seen <= set(range(10, 20))

    page.keyboard.press("k")
    page.keyboard.press("/")
    page.keyboard.press("l")
    expect(page.locator("#compare-play")).to_have_text("Play")
    comparing.at(19)


def test_the_wipe_is_dragged_while_it_plays(comparing: Comparing) -> None:
    comparing.open()
    page = comparing.page
    box = page.locator("#compare-picture").bounding_box()
    assert box is not None

    def is_split_at(place: float) -> None:
        left, right = drawn(page, columns=(place - 0.03, place + 0.03))["colours"]
        assert (left[0] > 200, left[2] > 60) == (True, False)
        assert (right[0] > 60, right[2] > 200) == (False, True)

    is_split_at(0.5)
    page.keyboard.press("Space")
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)
    page.mouse.down()
    for place in (0.45, 0.35, 0.25, 0.6, 0.8):
        page.mouse.move(box["x"] + box["width"] * place, box["y"] + box["height"] / 3)
        is_split_at(place)
    page.mouse.up()
    before = drawn(page)["said"]
    page.wait_for_timeout(400)
    assert drawn(page)["said"] != before, "it goes on playing"
    is_split_at(0.8)
    # The frames keep the arrow keys after a drag.
    page.keyboard.press("Space")
    said = drawn(page)["said"]
    page.keyboard.press("ArrowLeft")
    comparing.at(max(0, said - 1))


def test_the_wipe_is_a_slider_of_the_keyboard(comparing: Comparing) -> None:
    comparing.open()
    seam = comparing.page.get_by_role("slider", name="Wipe")
    seam.focus()
    for key in ("ArrowRight", "Shift+ArrowRight", "ArrowLeft"):
        comparing.page.keyboard.press(key)
    expect(seam).to_have_attribute("aria-valuenow", "60")
    left, right = drawn(comparing.page, columns=(0.58, 0.62))["colours"]
    assert min(left[0], right[2]) > 200
    comparing.at(0)
    comparing.page.keyboard.press("Home")
    (first,) = drawn(comparing.page, columns=(0.02,))["colours"]
    assert first[2] > 200


def test_one_side_onion_skin_and_difference(comparing: Comparing) -> None:
    comparing.open()
    page = comparing.page
    page.keyboard.press("t")
    assert drawn(page)["numbers"] == [RIGHT_FIRST]
    page.keyboard.down("s")
    assert drawn(page)["numbers"] == [0], "the source while the key is held"
    expect(page.locator("#compare-name-left")).to_contain_text("Original")
    page.keyboard.up("s")
    assert drawn(page)["numbers"] == [RIGHT_FIRST]
    page.keyboard.press("t")
    assert drawn(page)["numbers"] == [0]

    page.keyboard.press("n")
    red, _, blue = drawn(page, columns=(0.5,))["colours"][0]
    assert max(abs(red - 127), abs(blue - 127)) < 12
    page.get_by_label("Opacity of the right side").fill("100")
    assert drawn(page)["numbers"] == [RIGHT_FIRST]
    page.keyboard.press("d")
    red, _, blue = drawn(page, columns=(0.5,))["colours"][0]
    assert min(red, blue) > 200


def test_true_pixels_and_full_screen(comparing: Comparing) -> None:
    comparing.open()
    page = comparing.page
    width = "document.getElementById('compare-picture').getBoundingClientRect().width"
    assert page.evaluate(width) > SIDE[0]
    page.keyboard.press("1")
    assert page.evaluate(width) == SIDE[0]
    page.keyboard.press("f")
    expect(page.get_by_role("button", name="Full screen")).to_be_visible()
    assert page.evaluate("document.fullscreenElement?.id") == "compare-frame"
    page.keyboard.press("f")
    page.keyboard.press("Escape")
    expect(page.locator("#compare")).to_be_hidden()


def test_takes_are_starred_selected_and_removed(comparing: Comparing) -> None:
    comparing.open()
    page = comparing.page
    # The original, which the clip lists too, is offered once.
    assert page.locator("#compare-left option").all_text_contents() == [
        "Original", "Take 1", "Take 2 · ★ · selected",
    ]  # fmt: skip
    page.keyboard.press("*")
    page.keyboard.press("u")
    page.get_by_role("button", name="Remove Take 1…").click()
    expect(page.locator("#ask")).to_contain_text("Its files stay on disk")
    page.locator("#ask-yes").click()
    expect(page.locator("#ask")).to_be_hidden()
    assert comparing.stage.of("takes") == [
        {"changes": [{"clip": "k1", "what": what, "take": "take1"}]}
        for what in ("star", "use", "remove")
    ]
    # The take is gone: what is left is compared.
    edit = comparing.stage.edit
    edit["tracks"][0]["items"][0]["takes"] = [a_take(2)]
    comparing.stage.push(edit=edit)
    expect(page.locator("#compare-name-right")).to_have_text("Take 2")
    # Nothing is left to compare.
    edit["tracks"][0]["items"][0]["takes"] = [a_take(0, key="original", selected=True)]
    comparing.stage.push(edit=edit)
    expect(page.locator("#compare")).to_be_hidden()


def test_a_refusal_says_why(comparing: Comparing) -> None:
    def refuse(asked: Any) -> Any:
        raise Refused("The take's file is gone.", why="It is not in its folder.")

    comparing.stage.answers["compare"] = refuse
    act(comparing.page, "compare", {"clip": "k1"})
    expect(comparing.page.locator("#compare-trouble")).to_contain_text("It is not in its folder.")
    assert comparing.stage.of("compare")[-1]["sides"] == ["original", "take2"]
    # Keys have nothing to move yet.
    for key in ("l", "j", "ArrowRight", "End"):
        comparing.page.keyboard.press(key)


def test_sound_is_muted_by_a_key_and_there_is_no_button_without_sound(
    comparing: Comparing,
) -> None:
    comparing.open(sound=True)
    mute = comparing.page.get_by_role("button", name="Mute")
    muted = "document.getElementById('compare-video').muted"
    assert not comparing.page.evaluate(muted)
    comparing.page.keyboard.press("m")
    expect(mute).to_have_attribute("aria-pressed", "true")
    assert comparing.page.evaluate(muted)
    comparing.page.keyboard.press("Escape")
    comparing.open(sound=False)
    expect(mute).to_be_hidden()


def test_another_rate_than_the_timelines_is_marked_as_near(comparing: Comparing) -> None:
    comparing.open("25", counts_record=False, record_rate="24")
    comparing.page.keyboard.press("End")
    comparing.at(FRAMES - 1)
    # Frame 47 at 25 begins at 1.88 s: in frame 45 at 24.
    assert drawn(comparing.page)["timecode"] == f"≈ {timecode(HOUR + 45, Fraction(24))}"
