"""The page speaks of its own buttons where the command line speaks of commands."""

from __future__ import annotations

import pytest

from newtake.domain.codecs import choose_codec
from newtake.domain.errors import BudgetError, ConsentError, HostAwayError, RepeatError
from newtake.domain.files import Profile
from newtake.shells.panel.page_words import page_words, told
from newtake.shells.panel.showing import said


def test_an_option_of_the_command_is_left_out() -> None:
    takes = page_words(choose_codec("auto", Profile.RESOLVE, "linux").text)

    assert takes.endswith("DaVinci Resolve on Linux does not open H.264 in every edition")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("`newtake jobs resume 1a2b` goes on with it", "Resume in the queue goes on with it"),
        ("Close it, then `newtake jobs resume`.", "Close it, then Resume in the queue."),
        ("`newtake resolve status` says more.", "`newtake resolve status` says more."),
    ],
)
def test_a_command_that_has_a_button_is_that_button(text: str, shown: str) -> None:
    assert page_words(text) == shown
    assert said(HostAwayError("It is away.", fix=text)).next == shown


@pytest.mark.parametrize(
    "text",
    [RepeatError.fix, BudgetError.fix, ConsentError.fix],
    ids=["repeat", "budget", "consent"],
)
def test_what_keeps_a_run_from_beginning_names_no_flag(text: str) -> None:
    shown = page_words(text)

    assert "--" in text
    assert "--" not in shown
    assert "newtake " not in shown
    assert shown.endswith(".")


def test_a_document_is_told_in_these_words_where_it_speaks_and_nowhere_else() -> None:
    document = {
        "prompt": "a --hdr look",
        "path": "/x/newtake jobs resume 1",
        "jobs": [{"notes": ["give --hdr"], "clip": "--exr", "failure": {"next": "without --exr"}}],
        "refused": [("clip --exr", "leave --hdr away")],
    }
    assert told(document) == {
        "prompt": "a --hdr look",
        "path": "/x/newtake jobs resume 1",
        "jobs": [{"notes": ["give HDR"], "clip": "--exr", "failure": {"next": "without EXR"}}],
        "refused": [["clip --exr", "leave HDR away"]],
    }
    assert page_words("48 frames -- all of them") == "48 frames -- all of them"
