"""The default codec follows the timeline's readers and this machine."""

from __future__ import annotations

import pytest

from newtake.domain.choices import Codec
from newtake.domain.codecs import choose_codec, told_takes
from newtake.domain.files import Profile


@pytest.mark.parametrize(
    ("asked", "readers", "system", "codec"),
    [
        ("auto", Profile.RESOLVE, "linux", "prores"),
        ("auto", Profile.RESOLVE, "darwin", "copy"),
        ("auto", Profile.RESOLVE, "win32", "copy"),
        ("auto", Profile.GENERIC, "linux", "copy"),
        ("copy", Profile.RESOLVE, "linux", "copy"),
        ("dnxhr", Profile.RESOLVE, "linux", "dnxhr"),
        ("h264", Profile.GENERIC, "linux", "h264"),
    ],
)
def test_a_codec_is_chosen_by_what_readers_open(
    asked: Codec, readers: Profile, system: str, codec: str
) -> None:
    choice = choose_codec(asked, readers, system)
    assert choice.codec == codec
    assert ("DaVinci Resolve" in choice.text) is (asked == "auto" and codec == "prores")


def test_what_is_surely_coded_anew_is_said_of_so_many() -> None:
    untouched = choose_codec("copy", Profile.GENERIC, "")
    assert told_takes(untouched, 3, 0, 0) == untouched.text
    text = told_takes(untouched, 3, 1, 1)
    assert text.endswith(
        "2 of 3 surely so, as takes that are put together and those that keep real time are coded "
        "anew"
    )
    chosen = choose_codec("dnxhr", Profile.GENERIC, "")
    assert told_takes(chosen, 3, 1, 1) == chosen.text
