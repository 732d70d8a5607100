"""Styles of this machine: found, listed, copied, and laid under what is said for an edit."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newtake.domain.errors import StyleError
from newtake.domain.style import Style, escaped, styled
from newtake.domain.take_record import TakeRecord
from newtake.settings import home_of

if TYPE_CHECKING:
    from newtake.adapters.style_folders import StyleFolders


def style_folders(beside: Path | None) -> StyleFolders:
    """Where styles are looked for.

    Args:
        beside: The folder of the timeline; None where that is no file.
    """
    from newtake.adapters.style_folders import StyleFolders

    return StyleFolders(home_of(os.environ).absolute(), beside)


def find_style(word: str, beside: Path | None) -> Style:
    """The style that a name or a file's path means. Raises: StyleError."""
    return style_folders(beside).find(word)


def with_style(
    said: Mapping[str, Any], word: str | None, fields: Mapping[str, str], beside: Path | None
) -> dict[str, Any]:
    """What was said for an edit, with a style laid under it where one is named.

    Args:
        said: As for `domain.style.styled`.
        word: A style's name or file; None for none.
        fields: Values for its fields.
        beside: The folder of the timeline; None where that is no file.

    Raises:
        StyleError: There is no such style, its file is not right, or it has no such field.
    """
    if word is None:
        if fields:
            raise StyleError(
                f"There is no style to have the field {next(iter(fields))}.",
                fix="Say --style as well, or leave --field away.",
            )
        return dict(said)
    return _filled(said, find_style(word, beside), fields)


def with_words_of(
    said: Mapping[str, Any], word: str | None, fields: Mapping[str, str], beside: Path | None
) -> dict[str, Any]:
    """As `with_style`, where everything else was said: of the style only the words, and its
    picture where none is said."""
    if word is None:
        return with_style(said, None, fields, beside)
    style = find_style(word, beside)
    picture = {name: style.settings[name] for name in ("first_frame",) if name in style.settings}
    return _filled(said, replace(style, settings=picture), fields)


def _filled(said: Mapping[str, Any], style: Style, fields: Mapping[str, str]) -> dict[str, Any]:
    for name in fields:
        if name not in style.fields:
            known = ", ".join(style.fields)
            raise StyleError(
                f"The style {style.name} has no field {name}.",
                fix=f"It has: {known}." if known else "It has none; leave --field away.",
            )
    return styled({**said, **fields}, style)


def write_settings(
    settings: Mapping[str, Any], title: str, record: TakeRecord, to: Path | None
) -> str:
    """A style's file with the settings that a take was made with; its text.

    Args:
        settings: As `domain.take_record.settings_again` gives them.
        title: One line for a person.
        record: The take's, for where they came from.
        to: The file, which must not be there; None writes none.

    Raises:
        StyleError: The file is there already, or its name is none for a style.
        StorageError: It cannot be written.
    """
    from newtake.adapters.style_file import style_text, write_style

    style = record.style
    made = f"The settings of {title}, made {record.created_at or 'at an unknown time'}"
    origin = f" with the style {style.name}, revision {style.revision}." if style else "."
    lut = (f"It was seen through --lut {record.lut}",) if record.lut else ()
    text = style_text(
        revision=1,
        title=title,
        prompt=escaped(str(settings["prompt"])),
        settings=settings,
        comments=(made + origin, *lut),
    )
    if to is not None:
        write_style(to, text)
    return text
