"""What a marker's name and note ask for, and what is said of words that cannot be read."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newtake.domain.marker import Marker, words_of
from newtake.domain.timing import FrameRange
from newtake.domain.words import Said, WordError, said_of, setting_of

STYLES = ("film-noir", "watercolor")
DROP = Fraction(30000, 1001)


def marker(name: str, note: str = "", colour: str = "Red") -> Marker:
    return Marker(name, note, colour, FrameRange(107892, 10, DROP))


def read(name: str, note: str = "") -> dict[str, str]:
    return words_of(marker(name, note), STYLES.__contains__)


@pytest.mark.parametrize(
    ("name", "note", "words"),
    [
        ("", "", {}),
        ("Marker 12", "", {}),
        ("marker", "", {}),
        ("17", "", {}),
        ("make it rain", "", {"prompt": "make it rain"}),
        ("Marker 1", "make it rain\n at  night", {"prompt": "make it rain at night"}),
        ("SH010 sky", "make it rain", {"prompt": "make it rain"}),
        ("watercolor", "", {"style": "watercolor"}),
        (
            "watercolor",
            "but keep the faces",
            {"style": "watercolor", "prompt": "but keep the faces"},
        ),
        ("", "film-noir strength=flex_1", {"style": "film-noir", "edit_strength": "flex_1"}),
        ("watercolor", "film-noir", {"style": "film-noir"}),
        ("", "strength=flex_1 a charcoal sketch hdr=yes", None),
        ("hdr=yes SH010", "rain", {"hdr": "yes", "prompt": "rain"}),
        (
            "",
            'prompt="a = b, said; twice" exr=no',
            {"prompt": "a = b, said; twice", "exr_export": "no"},
        ),
        ("", "style=watercolor prompt=rain", {"style": "watercolor", "prompt": "rain"}),
        ("", 'season="late spring" rain', {"season": "late spring", "prompt": "rain"}),
        ("", "first-frame=look.png", {"first_frame": "look.png"}),
        ("", "contrast 2=1 more", {"prompt": "contrast 2=1 more"}),
        ("", "what? x =y", {"prompt": "what? x =y"}),
    ],
)
def test_what_is_read(name: str, note: str, words: dict[str, str] | None) -> None:
    if words is None:
        words = {"edit_strength": "flex_1", "hdr": "yes", "prompt": "a charcoal sketch"}
    assert read(name, note) == words


def test_names_are_labels_where_the_run_has_a_look() -> None:
    def labelled(name: str, note: str = "") -> dict[str, str]:
        return words_of(marker(name, note), STYLES.__contains__, names_are_prompts=False)

    assert labelled("SH010 sky") == {}
    assert labelled("SH010 hdr=yes sky") == {"hdr": "yes"}
    assert labelled("watercolor") == {"style": "watercolor"}
    assert labelled('prompt="rain" SH010') == {"prompt": "rain"}
    assert labelled("SH010", "rain") == {"prompt": "rain"}


@pytest.mark.parametrize(
    ("name", "note", "why"),
    [
        ("", "strength=flex_1 strength=flex_2", "strength is said twice"),
        ("", "exr=yes exr_export=no", "exr_export is said twice"),
        ("", 'prompt="rain snow', "a quote that does not end"),
        ("", 'prompt=ra"in', "inside a word"),
        ("", "prompt=rain and snow", "a prompt and, beside it, the words 'and snow'"),
        ("", "strength= rain", "nothing stands behind strength="),
        ("hdr=yes", "hdr=no rain", "its name and its note both say hdr"),
        ("style=watercolor", "film-noir", "its name and its note both say style"),
    ],
)
def test_what_cannot_be_read_says_why(name: str, note: str, why: str) -> None:
    with pytest.raises(WordError, match=why):
        read(name, note)


def test_settings_get_the_names_and_kinds_that_edits_have() -> None:
    assert said_of(
        {"Strength": "flex_1", "exr": "yes", "HDR": "on", "auto-controls": "No", "variations": "4"}
    ) == Said(
        {
            "edit_strength": "flex_1",
            "exr_export": True,
            "hdr": True,
            "auto_controls": False,
            "variations": 4,
        }
    )
    assert said_of({"style": "watercolor", "Season": "spring", "prompt": " "}) == Said(
        {}, "watercolor", {"season": "spring"}
    )
    assert setting_of("First Frame") == "first_frame"
    assert setting_of("season") is None


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"hdr": "maybe"}, "it must be yes or no"),
        ({"variations": "two"}, "it must be a whole number"),
        ({"handles": "-1"}, "it must be a whole number"),
        ({"exr": "yes", "exr_export": "no"}, "said twice"),
    ],
)
def test_settings_of_the_wrong_kind_are_named(words: dict[str, str], why: str) -> None:
    with pytest.raises(WordError, match=why) as raised:
        said_of(words)
    assert raised.value.name in words


def test_a_marker_is_told_by_its_name_and_timecode() -> None:
    assert marker("sky\n fix").told == "The marker 'sky fix' at 01:00:00;00"
    assert marker("", "x" * 60).told == f"The marker {'x' * 39 + '…'!r} at 01:00:00;00"
    assert marker("").told == "The marker at 01:00:00;00"
    assert marker("a").is_of("red")
    assert marker("a").is_of("any")
    assert not marker("a").is_of("blue")


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_read_or_refused_by_a_name_of_its_own(name: str, note: str) -> None:
    with suppress(WordError):
        said_of(read(name, note))
