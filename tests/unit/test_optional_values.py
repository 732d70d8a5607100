"""`--markers` with and without a colour."""

from __future__ import annotations

import pytest

from newtake.shells.cli.optional_values import with_values


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("plan a.otio --markers", "plan a.otio --markers=any"),
        ("plan --markers a.otio", "plan --markers=any a.otio"),
        ("plan --markers RED a.otio", "plan --markers RED a.otio"),
        ("plan --markers --yes", "plan --markers=any --yes"),
        ("plan --markers=Teal a.otio", "plan --markers=Teal a.otio"),
        ("resolve plan --markers Sand", "resolve plan --markers Sand"),
        ("plan -- --markers", "plan -- --markers"),
    ],
)
def test_a_colour_is_a_value_and_nothing_else_is(words: str, expected: str) -> None:
    assert with_values(words.split()) == expected.split()
