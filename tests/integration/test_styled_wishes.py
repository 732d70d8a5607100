"""A wish with a style: what is said, the style's file, and the rules, laid one over the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from newtake.bootstrap.restyling import Wish, checked_wish
from newtake.domain.errors import SettingsError
from newtake.shells.cli.wishes import wish_of

STYLE = """version = 1
revision = 7
title = "Our ink"
prompt = "Ink on {paper}. {prompt}"
resolution = "720p"
hdr = true
exr = true
auto_controls = true
cadence = "time"
continuity = "parallel"
handles = 10

[fields]
paper = "rice paper"
"""


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A timeline's folder with a style in it, and a home of nobody's."""
    monkeypatch.setenv("NEWTAKE_HOME", str(tmp_path / "home"))
    (tmp_path / "our-ink.style.toml").write_text(STYLE)
    return tmp_path


def wish(**words: Any) -> Wish:
    """As the command line makes it of these options, all others left away."""
    names = (
        "prompt resolution duration strength auto_controls hdr exr first_frame variations handles "
        "cadence continuity style field codec lut provider uploader fetch_url"
    )
    said = {**dict.fromkeys(names.split()), "codec": "auto", **words}
    return wish_of(said)


def test_a_style_says_everything_where_nothing_else_is_said(beside: Path) -> None:
    checked = checked_wish(wish(style="our-ink"), beside)

    edit = checked.edit
    assert edit.prompt == "Ink on rice paper."
    assert (edit.resolution, edit.hdr, edit.exr_export, edit.handles) == ("720p", True, True, 10)
    assert (edit.auto_controls, edit.edit_strength) == (True, None)
    assert (checked.choices.cadence, checked.choices.continuity) == ("time", "parallel")
    assert edit.style is not None
    assert (edit.style.name, edit.style.revision) == ("our-ink", 7)


def test_each_word_of_the_command_line_wins(beside: Path) -> None:
    said = wish(
        style="our-ink",
        field=["paper=slate = dark"],
        prompt="A red scarf",
        resolution="540p",
        strength="flex_3",
        hdr=False,
        handles=0,
        cadence="frame",
        continuity="carry",
    )

    checked = checked_wish(said, beside)

    edit = checked.edit
    assert edit.prompt == "Ink on slate = dark. A red scarf."
    assert (edit.resolution, edit.hdr, edit.exr_export, edit.handles) == ("540p", False, False, 0)
    assert (edit.auto_controls, edit.edit_strength) == (None, "flex_3")
    assert (checked.choices.cadence, checked.choices.continuity) == ("frame", "carry")


def test_a_first_frame_that_is_said_takes_the_handles_of_a_style_away(beside: Path) -> None:
    image = "https://x.example/a.png"
    edit = checked_wish(wish(style="our-ink", first_frame=image), beside).edit
    assert (edit.first_frame, edit.handles) == (image, 0)


def test_without_a_style_everything_is_as_it_was(beside: Path) -> None:
    edit = checked_wish(wish(prompt="noir"), beside).edit

    assert (edit.prompt, edit.resolution, edit.variations, edit.style) == ("noir", "540p", 1, None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"style": "our-inc"}, "our-ink"),
        ({"style": "our-ink", "field": ["brush=big"]}, "has no field brush"),
        ({"style": "charcoal", "field": ["brush"]}, "NAME=VALUE"),
        ({"field": ["brush=big"], "prompt": "x"}, "no style to have the field brush"),
        ({"style": "change-one"}, "needs words of yours"),
        ({"style": "our-ink", "resolution": "540p"}, "HDR needs a resolution"),
        (
            {"style": "our-ink", "handles": 5, "first_frame": "https://x.example/a.png"},
            "exclude each other",
        ),
        ({"style": "./none.style.toml"}, "cannot be read"),
    ],
)
def test_what_does_not_go_together_is_said(beside: Path, words: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        checked_wish(wish(**words), beside)

    error = caught.value
    assert said in f"{error.what} {error.why} {error.fix}"
