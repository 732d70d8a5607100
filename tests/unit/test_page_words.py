"""The page speaks of its own buttons where the command line speaks of commands."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from newtake.domain.codecs import choose_codec
from newtake.domain.errors import BudgetError, ConsentError, HostAwayError, RepeatError
from newtake.domain.files import Profile
from newtake.shells.panel.page_words import page_words, told
from newtake.shells.panel.showing import said


def test_an_option_of_the_command_is_a_control_of_the_dialog() -> None:
    takes = page_words(choose_codec("auto", Profile.RESOLVE, "linux").text)

    assert takes.endswith("does not open H.264 in every edition; the codec “copy” rewraps instead")


SOURCES = [
    path for floor in ("plugin/newtake", "otio_adapters")
    for path in (Path(__file__).parents[2] / floor).rglob("*.py")
    if "cli" not in path.parts and path.name != "page_words.py"
]  # fmt: skip
_OFFERED = re.compile(r"--(?:lut|codec|layout|profile|uploader|fetch-url)\b")


def sentences(path: Path) -> Iterator[str]:
    """The texts of a file that name an option for which the dialog has a control."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if _OFFERED.search(node.value):
                yield node.value
        elif isinstance(node, ast.JoinedStr):
            # An expression in it, as a name.
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values
            )


def test_what_the_dialog_has_a_control_for_is_told_without_its_flag() -> None:
    texts = [text for path in SOURCES for text in sentences(path) if _OFFERED.search(text)]

    assert len(texts) >= 12
    # A job of another day is given its address in a terminal.
    left = {text for text in texts if _OFFERED.search(page_words(text))}
    assert {text[:22] for text in left} == {"Give it again: newtake"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("`newtake jobs resume 1a2b` goes on with it", "Resume in the queue goes on with it"),
        ("Close it, then `newtake jobs resume`.", "Close it, then Resume in the queue."),
        (
            "`newtake resolve collect 1a2b` brings it in, unpaid",
            "Bring back in the queue brings it in, unpaid",
        ),
        (
            "Open that timeline, then `newtake resolve collect`.",
            "Open that timeline, then “Bring it in” in the queue.",
        ),
        (
            "it was read at 25 (--edl-rate where that is wrong)",
            "it was read at 25 (where that is wrong, close this page and open it with --edl-rate)",
        ),
        (
            "real time is kept (--cadence time), one for one is slow (--cadence frame does it)",
            "real time is kept (Cadence: real time), one for one is slow (Cadence: every frame "
            "does it)",
        ),
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
