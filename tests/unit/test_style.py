"""A style under what a person says: the prompt that comes of it, and who wins."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newtake.domain.errors import StyleError
from newtake.domain.style import (
    STYLE_SETTINGS,
    Style,
    StyleStamp,
    escaped,
    laid_over,
    rendered,
    styled,
    template_problems,
)

STAMP = StyleStamp("ink", 3, "ab" * 32)


def style(prompt: str = "Ink on {paper}. {prompt} Keep still.", **fields: Any) -> Style:
    values: dict[str, Any] = {
        "name": "ink",
        "revision": 3,
        "sha256": "ab" * 32,
        "title": "Ink",
        "prompt": prompt,
        "fields": {"paper": "rice paper"} if "{paper}" in prompt else {},
        **fields,
    }
    return Style(**values)


@pytest.mark.parametrize(
    ("template", "prompt", "expected"),
    [
        ("Ink on {paper}. {prompt} Keep still.", "", "Ink on rice paper. Keep still."),
        ("Ink. {prompt} Keep still.", "A red scarf", "Ink. A red scarf. Keep still."),
        ("Ink. {prompt} Keep still.", "A red scarf!", "Ink. A red scarf! Keep still."),
        ("Restyle {prompt} as ink.", "the street", "Restyle the street as ink."),
        ("Ink on {paper}.", "A red  scarf", "Ink on rice paper. A red scarf."),
        ("Ink {{so}}.", "", "Ink {so}."),
        ("Ink. {prompt}", "not {paper} nor {0}", "Ink. not {paper} nor {0}."),
    ],
)
def test_the_prompt_is_put_into_the_template(template: str, prompt: str, expected: str) -> None:
    assert rendered(style(template), prompt) == expected


@pytest.mark.parametrize(
    ("negative", "last"),
    [
        (("text",), "Every frame is free of text."),
        (("text", "logos", "lens flares"), "Every frame is free of text, logos and lens flares."),
    ],
)
def test_what_is_not_wanted_is_the_last_sentence(negative: tuple[str, ...], last: str) -> None:
    assert rendered(style("Ink.", negative=negative), "Dark") == f"Ink. Dark. {last}"


def test_what_is_said_wins_over_the_style_and_the_style_over_nothing() -> None:
    worn = style(settings={"resolution": "720p", "edit_strength": "flex_1", "handles": 12})

    edit = styled({"resolution": "1080p", "duration": None, "paper": "slate"}, worn)

    assert edit == {
        "resolution": "1080p",
        "edit_strength": "flex_1",
        "handles": 12,
        "prompt": "Ink on slate. Keep still.",
        "style": STAMP,
    }


def test_names_that_nobody_knows_are_passed_on_to_be_refused() -> None:
    assert styled({"strenght": "flex_1"}, style())["strenght"] == "flex_1"


@pytest.mark.parametrize(
    ("said", "under", "left"),
    [
        ({"edit_strength": "flex_1"}, {"auto_controls": True}, {"edit_strength": "flex_1"}),
        ({"auto_controls": True}, {"edit_strength": "flex_1"}, {"auto_controls": True}),
        ({"hdr": False}, {"hdr": True, "exr_export": True}, {"hdr": False}),
        ({"first_frame": "a.png"}, {"handles": 5}, {"first_frame": "a.png"}),
        ({"handles": 5}, {"first_frame": "a.png"}, {"handles": 5}),
        ({"handles": 0}, {"first_frame": "a.png"}, {"handles": 0, "first_frame": "a.png"}),
        ({"hdr": None}, {"hdr": True}, {"hdr": True}),
        ({"prompt": "x"}, {"prompt": "y", "style": STAMP}, {"prompt": "x"}),
        (
            {"hdr": True},
            {"prompt": "y", "style": STAMP},
            {"prompt": "y", "style": STAMP, "hdr": True},
        ),
    ],
)
def test_a_choice_between_two_takes_both_away_from_below(
    said: dict[str, Any], under: dict[str, Any], left: dict[str, Any]
) -> None:
    assert laid_over(said, under) == left


def test_a_style_that_says_nothing_alone_asks_for_words() -> None:
    worn = style("{prompt} Keep all else.", needs_prompt=True)

    with pytest.raises(StyleError, match="needs words") as caught:
        styled({"prompt": "  "}, worn)

    assert "--prompt" in caught.value.fix
    assert styled({"prompt": "A red door"}, worn)["prompt"] == "A red door. Keep all else."


@pytest.mark.parametrize(
    ("template", "fields", "said"),
    [
        ("a {b} c", {}, "[fields] has no b"),
        ("a { c", {}, "not whole"),
        ("a {b.c}", {}, "no name of a field"),
        ("a {b!r}", {"b": "x"}, "no name of a field"),
        ("a {}", {}, "no name of a field"),
        ("a", {"b": "x"}, "no {b}"),
        ("a {B}", {"B": "x"}, "no name of a field"),
        ("a {resolution}", {"resolution": "x"}, "a setting has that name"),
        ("a {strength}", {"strength": "x"}, "a setting has that name"),
    ],
)
def test_a_template_that_is_not_right_is_told(
    template: str, fields: dict[str, str], said: str
) -> None:
    (problem, *_) = template_problems(template, fields)
    assert said in problem


@given(st.text(max_size=60))
def test_escaped_text_renders_to_itself(text: str) -> None:
    template = escaped(text)
    assert template_problems(template, {}) == []
    assert rendered(style(template)) == " ".join(text.split())


@given(
    st.dictionaries(st.sampled_from(STYLE_SETTINGS), st.one_of(st.none(), st.booleans())),
    st.dictionaries(st.sampled_from(STYLE_SETTINGS), st.booleans()),
)
def test_everything_that_is_said_is_there_afterwards(
    over: dict[str, Any], under: dict[str, Any]
) -> None:
    laid = laid_over(over, under)
    assert all(laid[name] == value for name, value in over.items() if value is not None)
    assert set(laid) <= {*over, *under}
