"""The options that say how clips should look, as they were typed, to a wish."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from newtake.bootstrap.restyling import Wish
from newtake.domain.errors import SettingsError
from newtake.domain.style import SETTING_OF_WORD, STYLE_SETTINGS

_WORDS = {name: word for word, name in SETTING_OF_WORD.items()}


def wish_of(words: Mapping[str, Any]) -> Wish:
    """What a command's own parameters say; `--wait` only where it has that.

    Raises:
        SettingsError: A field of a style is not written as NAME=VALUE.
    """
    said = {name: words[_WORDS.get(name, name)] for name in STYLE_SETTINGS}
    said["prompt"] = words["prompt"] or None
    return Wish(
        edit={name: value for name, value in said.items() if value is not None},
        style=words["style"],
        fields=_fields(words["field"] or ()),
        codec=words["codec"],
        lut=words["lut"],
        provider=words["provider"],
        uploader=words["uploader"],
        fetch_url=words["fetch_url"],
        wait=words.get("wait"),
    )


def _fields(entries: Iterable[str]) -> dict[str, str]:
    fields = {}
    for entry in entries:
        name, separator, value = entry.partition("=")
        if not separator or not name.strip():
            raise SettingsError(
                f"{entry!r} is no field of a style.",
                fix="Write NAME=VALUE, e.g. --field season=spring.",
            )
        fields[name.strip()] = value.strip()
    return fields
