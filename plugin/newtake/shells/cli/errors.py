"""How an error looks: what, why, what to do next, and what is known about money."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from newtake.bootstrap.logbook import log_error
from newtake.domain.errors import Money, NewTakeError
from newtake.shells.cli.documents import print_document
from newtake.shells.cli.printable import printable


def show_error(error: NewTakeError, *, as_json: bool) -> None:
    """For a person on stderr; as one document on stdout when a program reads."""
    log_error(error)
    _show(error.as_dict(), error.details, as_json=as_json)


@contextmanager
def nothing_submitted() -> Iterator[Callable[[], None]]:
    """Errors in here say that nothing was submitted, until what it gives is called."""
    holds = [True]
    try:
        yield holds.clear
    except (KeyboardInterrupt, asyncio.CancelledError):
        if holds:
            at_interrupt("Interrupted. Nothing was submitted.", "")
        raise
    except NewTakeError as error:
        if holds and error.money is Money.NONE:
            error.money = Money.NOT_SENT
        raise


def show_usage_error(message: str, *, as_json: bool) -> None:
    """The document of an error whose words are on stderr already: the command line's own."""
    if as_json:
        print_document(_parts("Usage", message, "`newtake COMMAND --help` lists its options."))


_at_interrupt = [
    (
        "Interrupted. What was begun is kept.",
        "`newtake jobs` shows it, and `newtake jobs resume --all` goes on.",
    )
]
"""What an interrupt says and what to do next, the last one counting."""


def at_interrupt(what: str, following: str) -> None:
    """Have an interrupt of this command say something else than that jobs can go on."""
    _at_interrupt.append((what, following))


def show_interrupt(*, as_json: bool) -> None:
    print(file=sys.stderr)
    what, following = _at_interrupt[-1]
    _show(_parts("Interrupted", what, following), as_json=as_json)


def _parts(error: str, what: str, following: str) -> dict[str, str]:
    return {"error": error, "what": what, "why": "", "next": following, "money": ""}


def _show(parts: Mapping[str, str], details: Sequence[str] = (), *, as_json: bool) -> None:
    if as_json:
        print_document(parts)
    print("\n".join(_lines(parts, details)), file=sys.stderr)


def _lines(parts: Mapping[str, str], details: Sequence[str]) -> Iterator[str]:
    first = "" if parts["error"] == "Interrupted" else "Error: "
    yield first + printable(parts["what"])
    for label, name in (("Why", "why"), ("Next", "next"), ("Money", "money")):
        if name == "why" and details:
            yield f"  {label}:"
            yield from (f"    {printable(each)}" for each in details)
        elif parts[name]:
            yield f"  {label + ':':<6} {printable(parts[name])}"
