"""Options whose value may be left away: typer knows none, so that one is put there before it reads.

`--markers` alone means markers of any colour. A word behind it is its value only where it is a
colour's name, so that what follows is not swallowed; any other colour is written `--markers=NAME`.
"""

from __future__ import annotations

from collections.abc import Sequence

from newtake.domain.marker import ANY_COLOUR

MARKERS = "--markers"
_COLOURS = frozenset(
    {
        ANY_COLOUR,
        # OpenTimelineIO's.
        *("pink", "red", "orange", "yellow", "green", "cyan", "blue", "purple", "magenta"),
        *("black", "white"),
        # DaVinci Resolve's beside those.
        *("fuchsia", "rose", "lavender", "sky", "mint", "lemon", "sand", "cocoa", "cream"),
    }
)


def with_values(words: Sequence[str]) -> list[str]:
    """The words of a command line, with a value for each option that has none."""
    found: list[str] = []
    for place, word in enumerate(words):
        if word == "--":
            return [*found, *words[place:]]
        following = words[place + 1] if place + 1 < len(words) else ""
        if word == MARKERS and following.lower() not in _COLOURS:
            found.append(f"{MARKERS}={ANY_COLOUR}")
        else:
            found.append(word)
    return found
