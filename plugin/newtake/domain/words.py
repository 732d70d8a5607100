"""Settings as words: what markers and tables say of one edit, as text, and as values of settings.

A name of a setting is that of the command line's option or of a style file: `strength`,
`first-frame` and `first_frame` are all understood. Any other name may be one of a style's fields.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from newtake.domain.style import PROMPT, SETTING_OF_WORD, STYLE_SETTINGS, WORD_OF_SETTING

STYLE = "style"
_YES_OR_NO = ("auto_controls", "hdr", "exr_export")
_NUMBERS = ("variations", "handles")
_YES, _NO = ("yes", "true", "on", "1"), ("no", "false", "off", "0")
SETTING_WORDS = (
    PROMPT,
    STYLE,
    *(WORD_OF_SETTING.get(name, name) for name in STYLE_SETTINGS),
)
"""Every name of a setting, as it is shown."""


class WordError(ValueError):
    """A word that cannot be read; says which and why, and begins with a small letter."""

    def __init__(self, text: str, name: str = "") -> None:
        super().__init__(text)
        self.name = name
        """Of the setting."""


@dataclass(frozen=True, slots=True)
class Said:
    """What was said for one edit; nothing is checked against the model's rules yet."""

    settings: dict[str, Any] = field(default_factory=dict)
    """By the names that edits have, `prompt` among them."""
    style: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    """Names that no setting has: a style's own."""


def said_of(words: dict[str, str]) -> Said:
    """Names and texts as settings; empty texts say nothing.

    Raises:
        WordError: A text is no yes or no, or no whole number, where the setting is one; or one
            setting is said under two names.
    """
    said = Said()
    style: str | None = None
    for word, text in words.items():
        text = text.strip()
        if not text:
            continue
        name = setting_of(word)
        if name in said.settings or (name == STYLE and style is not None):
            raise WordError(f"{word} is said twice", word)
        if name == STYLE:
            style = text
        elif name is None:
            said.fields[plain_name(word)] = text
        else:
            said.settings[name] = _value(name, word, text)
    return Said(said.settings, style, said.fields)


def setting_of(word: str) -> str | None:
    """The name that edits have for a setting, or `style`; None for no setting's name."""
    plain = plain_name(word)
    name = SETTING_OF_WORD.get(plain, plain)
    return name if name in (PROMPT, STYLE, *STYLE_SETTINGS) else None


def plain_name(word: str) -> str:
    """A name as it is compared: small letters, _ for blanks and hyphens."""
    return word.strip().lower().replace("-", "_").replace(" ", "_")


def _value(name: str, word: str, text: str) -> Any:
    if name in _YES_OR_NO:
        if text.lower() not in (*_YES, *_NO):
            raise WordError(f"{word} is {text!r}; it must be yes or no", word)
        return text.lower() in _YES
    if name in _NUMBERS:
        if not text.isdecimal() or len(text) > 6:
            raise WordError(f"{word} is {text!r}; it must be a whole number", word)
        return int(text)
    return text
