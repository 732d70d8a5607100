"""A style's file: read, checked, and told by line where it is not right; and written.

The format is TOML with the words of the command line; `version` is the format's, `revision` the
style's own. Nothing unknown is passed over: a misspelled setting would be a look that was paid for
and not had.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from newtake.adapters.room import storage_error
from newtake.domain.choices import Cadence, Continuity, Duration, Resolution, Strength
from newtake.domain.edit import EditSettings, settings_problems
from newtake.domain.edit_rules import PROMPT_MAX_CHARACTERS
from newtake.domain.errors import StyleError
from newtake.domain.style import (
    FORMAT,
    SETTING_OF_WORD,
    STYLE_SETTINGS,
    WORD_OF_SETTING,
    Style,
    StylePlace,
    is_style_name,
    rendered,
    template_problems,
)
from newtake.durable import write_new

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SUFFIX = ".style.toml"
_MOST_BYTES = 64 * 1024
_Text = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\r\n]*$")]
_Prose = Annotated[str, StringConstraints(max_length=PROMPT_MAX_CHARACTERS)]
_NO_EDIT = ("cadence", "continuity")


class _StyleFile(BaseModel):
    """What stands in a style's file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    version: Literal[1]
    revision: Annotated[int, Field(ge=1)]
    title: _Text
    about: _Prose = ""
    prompt: Annotated[_Prose, StringConstraints(min_length=1)]
    negative: Annotated[list[_Text], Field(max_length=20)] = []
    fields: Annotated[dict[str, _Prose], Field(max_length=20)] = {}
    needs_prompt: bool = False
    resolution: Resolution | None = None
    duration: Duration | None = None
    strength: Strength | None = None
    auto_controls: bool | None = None
    hdr: bool | None = None
    exr: bool | None = None
    first_frame: _Text | None = None
    variations: Annotated[int, Field(ge=1, le=4)] | None = None
    handles: Annotated[int, Field(ge=0, le=240)] | None = None
    cadence: Cadence | None = None
    continuity: Continuity | None = None


def name_of_file(path: Path) -> str:
    """The name of the style in a file: without `.style.toml`, or `.toml` alone."""
    return path.name.removesuffix(".toml").removesuffix(".style")


def read_style(path: Path, place: StylePlace) -> Style:
    """The style in a file.

    Args:
        path: The file; a first-frame image's path in it counts from its folder.
        place: What kind of place it was found in.

    Raises:
        StyleError: It cannot be read, or is no style; says the line where one is known.
    """
    name = name_of_file(path)
    if not is_style_name(name):
        raise StyleError(
            f"{path.name} is no name for a style's file.",
            why="A style's name has letters without accents, digits, - and _, at most 64.",
        )
    data = _bytes_of(path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _wrong(path, f"it is not UTF-8 (byte {error.start})") from error
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise _wrong(path, f"it is no TOML: {error}") from error
    version = values.get("version")
    if isinstance(version, int) and version > FORMAT:
        raise StyleError(
            f"The style {path} has version {version}; this New Take reads version {FORMAT}.",
            fix="Use a newer New Take for it.",
        )
    try:
        said = _StyleFile(**values)
    except ValidationError as error:
        raise _wrong(path, *_sentences(error, text)) from error
    settings = _settings(said, path, text)
    problems = template_problems(said.prompt, said.fields)
    style = Style(
        name=name,
        revision=said.revision,
        sha256=hashlib.sha256(data).hexdigest(),
        title=said.title,
        prompt=said.prompt,
        about=" ".join(said.about.split()),
        negative=tuple(said.negative),
        fields=said.fields,
        needs_prompt=said.needs_prompt,
        settings=settings,
        place=place,
        path=str(path),
    )
    problems = problems or _rules(style)
    if problems:
        raise _wrong(path, *problems)
    return style


def style_text(
    *,
    revision: int,
    title: str,
    prompt: str,
    settings: Mapping[str, Any],
    comments: tuple[str, ...] = (),
) -> str:
    """A style's file.

    Args:
        revision: The style's.
        title: One line for a person.
        prompt: A template.
        settings: By the names that edits have.
        comments: Lines at the top.
    """
    lines = [f"# {' '.join(each.split())}" for each in comments]
    lines += [f"version = {FORMAT}", f"revision = {revision}", f"title = {_toml(title)}"]
    lines.append(f"prompt = {_toml(prompt)}")
    lines += [
        f"{WORD_OF_SETTING.get(name, name)} = {_toml(settings[name])}"
        for name in STYLE_SETTINGS
        if settings.get(name) is not None
    ]
    return "\n".join(lines) + "\n"


def write_style(path: Path, text: str) -> None:
    """Write a new style's file.

    Raises:
        StyleError: Something is there already and is left as it is, or the name is none.
        StorageError: It cannot be written.
    """
    if path.suffix != ".toml" or not is_style_name(name_of_file(path)):
        raise StyleError(
            f"{path.name} is no name for a style's file.", fix="Name it as in scout.style.toml."
        )
    try:
        write_new(path, text.encode())
    except FileExistsError as error:
        raise StyleError(
            f"{path} is there already, and is left as it is.", fix="Give another name."
        ) from error
    except OSError as error:
        raise storage_error(error, path) from error


def _toml(value: bool | int | str) -> str:
    """A TOML value. A JSON string is a basic string of TOML, but for the character DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise StyleError(
            f"The style {path} cannot be read.", why=f"{error.strerror or error}."
        ) from error
    if len(data) > _MOST_BYTES:
        raise _wrong(path, f"it is larger than {_MOST_BYTES // 1024} KiB")
    return data


def _settings(said: _StyleFile, path: Path, text: str) -> dict[str, Any]:
    """Settings by the names that edits have; only those that the file says."""
    words = {name: value for name, value in said if value is not None}
    known = {SETTING_OF_WORD.get(word, word): value for word, value in words.items()}
    settings = {name: known[name] for name in STYLE_SETTINGS if name in known}
    picture = settings.get("first_frame")
    if picture is not None and not picture.startswith("https://"):
        settings["first_frame"] = str(_beside(path, picture, text))
    return settings


def _beside(path: Path, picture: str, text: str) -> Path:
    """The picture that a style names. It leaves this machine: a file from elsewhere must not reach
    for other pictures than those it came with."""
    folder = path.parent.resolve()
    found = (folder / picture).resolve()
    line = _line_of(("first_frame",), text)
    if not found.is_relative_to(folder):
        raise _wrong(path, f"{line}first_frame: {picture} does not lie beside the style")
    if not found.is_file():
        raise _wrong(path, f"{line}first_frame: there is no {picture} beside the style")
    return found


def _rules(style: Style) -> list[str]:
    """The model's rules that the style alone would break."""
    settings = {name: value for name, value in style.settings.items() if name not in _NO_EDIT}
    # A style may leave all words to the person.
    return settings_problems(EditSettings(rendered(style) or "any", **settings))


def _sentences(error: ValidationError, text: str) -> list[str]:
    found = []
    for each in error.errors():
        where = tuple(str(part) for part in each["loc"])
        word = ".".join(where)
        if each["type"] == "extra_forbidden":
            said = f"there is no setting {word}; it knows {', '.join(_StyleFile.model_fields)}"
        elif each["type"] == "missing":
            said = f"{word} is missing"
        else:
            said = f"{word}: {each['msg'].removeprefix('Value error, ')}"
        found.append(f"{_line_of(where, text)}{said}")
    return found


def _line_of(where: tuple[str, ...], text: str) -> str:
    """ "line 7: " where the key's line can be told; a reader of TOML does not say it."""
    table, inside = (where[0], where[1:]) if where[:1] == ("fields",) else ("", where)
    if not inside:
        inside, table = where[:1], ""
    key = re.compile(rf"""\s*(["']?){re.escape(inside[0])}\1\s*(=|\.)""") if inside else None
    header = ""
    for number, line in enumerate(text.splitlines(), 1):
        found = re.match(r"\s*\[+\s*([^\[\]]+?)\s*\]+", line)
        if found is not None:
            header = found[1].strip("\"'")
            if header == inside[0] and not table:
                return f"line {number}: "
        elif key is not None and header == table and key.match(line):
            return f"line {number}: "
    return ""


def _wrong(path: Path, *problems: str) -> StyleError:
    sentences = [each if each.endswith((".", "?", "!")) else f"{each}." for each in problems]
    return StyleError(
        f"The style {path} is not right.",
        why=" ".join(sentences),
        fix="Correct the file; `newtake styles NAME` shows a style that is right.",
    )
