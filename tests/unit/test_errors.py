"""The tree of errors is drawn in its module, and every error says what to do."""

from __future__ import annotations

import re

from newtake.domain import errors
from newtake.domain.errors import Money, NewTakeError, UnavailableError


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


def test_money_follows_whether_the_request_left() -> None:
    assert UnavailableError("x", sent=False).money is Money.NOT_SENT
    assert UnavailableError("x", sent=True).money is Money.UNKNOWN
