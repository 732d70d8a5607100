"""How an error looks: what, why, what to do next, and what is known about money."""

from __future__ import annotations

import json
import sys

from newtake.domain.errors import NewTakeError


def show_error(error: NewTakeError, *, as_json: bool) -> None:
    """For a person on stderr; as one document on stdout when a program reads."""
    if as_json:
        print(json.dumps(error.as_dict(), ensure_ascii=False, indent=2))
    lines = [f"Error: {error.what}"]
    if error.why:
        lines.append(f"  Why:   {error.why}")
    if error.fix:
        lines.append(f"  Next:  {error.fix}")
    if error.money.value:
        lines.append(f"  Money: {error.money.value}")
    print("\n".join(lines), file=sys.stderr)


def show_interrupt() -> None:
    print(
        "\nInterrupted. What was begun is kept: `newtake jobs` shows it, and "
        "`newtake jobs resume --all` goes on.",
        file=sys.stderr,
    )
