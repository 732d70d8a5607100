"""Foreign text on one line: names, prompts and a service's words as a terminal may show them."""

from __future__ import annotations

import unicodedata

_KEPT = "\u200c\u200d"
"""Joiners are format characters too, and scripts and emoji are not readable without them."""
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Control, format (bidirectional overrides among them), surrogate, line and paragraph."""


def printable(text: object) -> str:
    """`text` with every character that moves the cursor, turns the line or hides as its escape."""
    whole = str(text)
    # As nearly all are: nothing that Python calls printable is of a hidden category.
    return whole if whole.isprintable() else "".join(map(_shown, whole))


def _shown(character: str) -> str:
    if character in _KEPT or unicodedata.category(character) not in _HIDDEN:
        return character
    number = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
