"""What is said for a terminal, in the words of a page that has a button for it."""

from __future__ import annotations

import re

_RESUME = re.compile(r"`newtake jobs resume[^`]*`")
_OPTION = re.compile(r"; --codec \w+ [^;]*")


def page_words(text: str) -> str:
    """The text with commands that the page has a button for as that button, and without options
    that it does not have. All else stays, a command that has no button among it."""
    return _RESUME.sub("Resume in the queue", _OPTION.sub("", text))
