"""Numbers of things in sentences: one frame, two frames."""

from __future__ import annotations


def counted(count: int, what: str) -> str:
    """The number and the word, which gets an s unless it is one: "1 frame", "12 frames"."""
    return f"{count} {what}{'s' * (count != 1)}"
