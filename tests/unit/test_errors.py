"""The tree of errors is drawn in its module, and every error says what to do."""

from __future__ import annotations

import re

import pytest

from newtake.domain import errors
from newtake.domain.errors import (
    ModeratedError,
    Money,
    NewTakeError,
    OutOfCreditsError,
    ProviderError,
    UnavailableError,
    money_of_submit,
)


def every_error() -> set[type[NewTakeError]]:
    found: set[type[NewTakeError]] = set()
    rest = [NewTakeError]
    while rest:
        each = rest.pop()
        found.add(each)
        rest += each.__subclasses__()
    return {each for each in found if each.__module__ == errors.__name__}


def test_the_drawing_names_every_error_under_its_parent() -> None:
    drawn: dict[str, str | None] = {}
    path: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"^( +)([A-Z]\w+Error)\b", line)
        if match:
            depth, name = len(match[1]), match[2]
            while path and path[-1][0] >= depth:
                path.pop()
            drawn[name] = path[-1][1] if path else None
            path.append((depth, name))

    real = {
        each.__name__: None if each is NewTakeError else each.__bases__[0].__name__
        for each in every_error()
    }
    assert drawn == real


def test_names_never_shadow_pythons_own() -> None:
    import builtins

    assert not {each.__name__ for each in every_error()} & set(dir(builtins))


def test_an_error_shows_its_four_parts() -> None:
    text = str(NewTakeError("What.", why="Why.", fix="Fix.", money=Money.UNKNOWN))

    assert text.splitlines() == ["What.", "Why: Why.", "Next: Fix.", Money.UNKNOWN.value]


def test_only_errors_of_a_submission_speak_of_money_by_themselves() -> None:
    speaking = {each.__name__: each.money for each in every_error() if each.money.value}

    assert speaking == {
        "GenerationFailedError": Money.SUBMITTED,
        "StillRunningError": Money.SUBMITTED,
        "UnsureError": Money.UNKNOWN,
    }
    assert UnavailableError("x", sent=False).money is Money.NONE


@pytest.mark.parametrize(
    ("error", "money"),
    [
        (UnavailableError("x", sent=False), Money.NOT_SENT),
        (UnavailableError("x", sent=True), Money.UNKNOWN),
        (OutOfCreditsError("x"), Money.REFUSED),
        (OutOfCreditsError("x", money=Money.UNKNOWN), Money.UNKNOWN),
        (ModeratedError("x"), Money.UNKNOWN),
        (ModeratedError("x", money=Money.REFUSED), Money.REFUSED),
    ],
)
def test_a_submit_is_certain_by_the_providers_word_or_by_the_kind(
    error: ProviderError, money: Money
) -> None:
    assert money_of_submit(error) is money
