"""Markers of a timeline, and what their words ask for.

    words    = { setting | text }
    setting  = NAME=VALUE          no blanks around the sign, the name at the start or after a blank
    VALUE    = one word, or "any words in quotes"
    text     = the name of a style where it is exactly that, else the prompt

The note is read in full. Of the name settings are read, and a style's name; other words of it are
the prompt only where there is no note and the command line has neither prompt nor style: editors
name their markers "SH010". A name that an editor gave by itself, such as "Marker 12", says nothing.
What a marker does not say, the command line says for all. A style that the note says wins over a
name that happens to be one's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from newtake.domain.style import PROMPT
from newtake.domain.timing import FrameRange
from newtake.domain.words import STYLE, WordError, setting_of

ANY_COLOUR = "any"
_SETTING = re.compile(
    r"""(?:^|(?<=\s))(?P<name>[A-Za-z][A-Za-z0-9_-]*)=(?:"(?P<quoted>[^"]*)"(?=\s|$)|(?P<bare>[^\s"]*)(?=\s|$))"""
)
_LOOSE = re.compile(r"""(?:^|(?<=\s))[A-Za-z][A-Za-z0-9_-]*=""")
_BY_ITSELF = re.compile(r"(marker|marqueur|marcador|marke|markierung)?\s*#?\d*", re.IGNORECASE)
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker of any editor."""

    name: str
    note: str
    colour: str
    """As the editor spells it; "" without one."""
    record: FrameRange
    """Record frames; one or none for a marker without a length."""
    clip_key: str = ""
    """The clip that it is a marker of; "" for one of the timeline or of a track."""
    track: str = ""
    """The track that it is a marker of, as in listings."""

    @property
    def told(self) -> str:
        """The marker for a person, with its place."""
        name = " ".join((self.name or self.note).split())
        if len(name) > _SHOWN:
            name = name[: _SHOWN - 1] + "…"
        label = self.record.label(self.record.start)
        return f"The marker {name!r} at {label}" if name else f"The marker at {label}"

    @property
    def is_data(self) -> bool:
        """Whether its note is JSON, as pipeline tools leave it in markers, and no words."""
        note = "".join(self.note.split())
        return note.startswith(('{"', "[{", '["')) and note.endswith(("}", "]"))

    def is_of(self, colour: str) -> bool:
        """Whether it has the colour, in any spelling; every marker has `any`."""
        return colour.casefold() in (ANY_COLOUR, self.colour.casefold())


def words_of(
    marker: Marker, is_style: Callable[[str], bool], *, names_are_prompts: bool = True
) -> dict[str, str]:
    """What a marker says, as text by the names of settings.

    Args:
        marker: The marker.
        is_style: Whether a text is the name of a style.
        names_are_prompts: Whether a name without a note is a prompt, and no label.

    Raises:
        WordError: It cannot be read; says why.
    """
    name, note = marker.name.strip(), marker.note.strip()
    is_label = bool(note) or not names_are_prompts
    own = {} if _BY_ITSELF.fullmatch(name) else _read(name, is_style, is_label=is_label)
    said = _read(note, is_style)
    if STYLE in said and STYLE not in _read(name, lambda _: False, is_label=True):
        own.pop(STYLE, None)
    for each in own:
        if each in said:
            raise WordError(f"its name and its note both say {each}", each)
    return {**own, **said}


def _read(text: str, is_style: Callable[[str], bool], *, is_label: bool = False) -> dict[str, str]:
    words: dict[str, str] = {}

    def take(match: re.Match[str]) -> str:
        name = match["name"]
        key = setting_of(name) or name
        if key in words:
            raise WordError(f"{name} is said twice", name)
        value = match["quoted"] if match["quoted"] is not None else match["bare"]
        if not value.strip():
            raise WordError(f"nothing stands behind {name}=", name)
        words[key] = value
        return " "

    rest = " ".join(_SETTING.sub(take, text).split())
    if (loose := _LOOSE.search(rest)) is not None:
        raise WordError(
            f"{loose[0]} is followed by a quote that does not end, or by one inside a word; write "
            f'{loose[0]}word or {loose[0]}"several words"'
        )
    if rest and is_style(rest) and STYLE not in words:
        words[STYLE] = rest
    elif rest and not is_label:
        if PROMPT in words:
            raise WordError(f"it has a prompt and, beside it, the words {rest[:_SHOWN]!r}", PROMPT)
        words[PROMPT] = rest
    return words
