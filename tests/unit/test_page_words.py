"""The page speaks of its own buttons where the command line speaks of commands."""

from __future__ import annotations

import pytest

from newtake.domain.codecs import choose_codec
from newtake.domain.errors import HostAwayError
from newtake.domain.files import Profile
from newtake.shells.panel.page_words import page_words
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
