"""Reading a prompt and its settings into a look, a size and a command line."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from newtake.sandbox.catalogue import STRENGTHS
from newtake.sandbox.looks import gains_between, look_for, names_in, strength_of
from newtake.sandbox.probe import SourceFacts
from newtake.sandbox.render import RenderPlan, even_size, render_command

_FACTS = SourceFacts(0, Fraction(24), Fraction(5), Fraction(16, 9), None, (90.0, 90.0, 90.0))


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("A hand-painted watercolor animation", ("watercolor",)),
        ("WATERCOLOUR, please", ("watercolor",)),
        ("an oil painting of it", ("oil",)),
        ("in black and white", ("noir",)),
        ("cyberpunk street", ("neon",)),
        ("a cartoon in the snow at night", ("anime", "winter", "night")),
        ("charcoal", ("sketch",)),
        ("thermal camera", ("infrared",)),
        ("8-bit game", ("pixel",)),
        ("golden light through haze", ("sunset", "dream")),
        ("the foil spoils the turmoil", ()),
        ("make it nicer", ()),
    ],
)
def test_words_name_looks(prompt: str, expected: tuple[str, ...]) -> None:
    assert expected == names_in(prompt)


def test_strength_grows_from_adhere_to_reimagine() -> None:
    strengths = [strength_of({"edit_strength": name}) for name in STRENGTHS]

    assert (strengths[0], strengths[-1]) == (0.2, 1.0)
    assert sorted(set(strengths)) == strengths


def test_auto_controls_and_silence_have_strengths_of_their_own() -> None:
    assert strength_of({}) != strength_of({"auto_controls": True})


def test_an_unknown_prompt_always_gives_the_same_look_and_another_prompt_another() -> None:
    one, again, other = (look_for({"prompt": text}) for text in ("teapots", "teapots", "kettles"))

    assert one == again
    assert one.seed != other.seed


def test_an_image_pulls_the_colours_towards_its_own() -> None:
    red, green, blue = gains_between((100.0, 100.0, 100.0), (160.0, 100.0, 40.0))

    assert red > 1 == green > blue


@pytest.mark.parametrize(
    ("aspect", "short_side", "expected"),
    [
        (Fraction(16, 9), 540, (960, 540)),
        (Fraction(16, 9), 720, (1280, 720)),
        (Fraction(9, 16), 540, (540, 960)),
        (Fraction(640, 272), 540, (1270, 540)),
        (Fraction(1), 1080, (1080, 1080)),
    ],
)
def test_the_resolution_names_the_shorter_side(
    aspect: Fraction, short_side: int, expected: tuple[int, int]
) -> None:
    assert expected == even_size(aspect, short_side)


def test_the_command_opens_the_source_with_its_guards_and_never_by_a_bare_name() -> None:
    plan = RenderPlan(
        Path("/plates/-y.mp4"), _FACTS, Path("/plates/out.mp4"), Path("/plates/s.png"), 540, 120
    )

    command = render_command(plan, "/bin/ffmpeg")
    source = command.index("file:/plates/-y.mp4")

    assert command[0] == "/bin/ffmpeg"
    assert command[command.index("-protocol_whitelist") + 1] == "file"
    assert {"-max_pixels", "-format_whitelist"} <= set(command[:source])
    assert "-nostdin" in command


def test_a_copy_has_no_look_in_its_command() -> None:
    plan = RenderPlan(
        Path("/w/in.mp4"), _FACTS, Path("/w/out.mp4"), Path("/w/s.png"), 540, 120, look=None
    )

    graph = render_command(plan, "ffmpeg")[
        render_command(plan, "ffmpeg").index("-filter_complex") + 1
    ]

    assert "blend" not in graph
    assert "overlay" in graph
