"""A style: a look with a name, and how it is laid under what a person says for one edit.

A style's prompt is a template. `{prompt}` stands for what the person says, and any other name in
braces for one of the style's own fields, which have a value each and can be given another. The
model has no parameter for what is not wanted, so negative wording becomes the prompt's last
sentence: a request in words, which the model may follow or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from string import Formatter
from types import MappingProxyType
from typing import Any, Literal

from newtake.domain.errors import StyleError

FORMAT = 1
"""Of style files: their `version`."""
PROMPT = "prompt"
STYLE_SETTINGS = (
    "resolution",
    "duration",
    "edit_strength",
    "auto_controls",
    "hdr",
    "exr_export",
    "first_frame",
    "variations",
    "handles",
    "cadence",
    "continuity",
)
"""What a style can set, by the names that edits have for it."""
SETTING_OF_WORD: Mapping[str, str] = MappingProxyType(
    {"strength": "edit_strength", "exr": "exr_export"}
)
"""Words of the command line and of style files that edits have another name for."""
WORD_OF_SETTING: Mapping[str, str] = MappingProxyType(
    {setting: word for word, setting in SETTING_OF_WORD.items()}
)
StylePlace = Literal["file", "timeline", "user", "shipped"]
"""Where a style was found: named as a file, beside the timeline, in the user's folder, or here."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,31}")


@dataclass(frozen=True, slots=True)
class StyleStamp:
    """Which style an edit was made with: what a take's sidecar and the timeline say of it."""

    name: str
    revision: int
    sha256: str
    """Of the style's file as it was then."""


@dataclass(frozen=True, slots=True)
class Style:
    """A look with a name. `settings` has only what the style says, by the names that edits have."""

    name: str
    revision: int
    sha256: str
    title: str
    prompt: str
    """A template; see the module."""
    about: str = ""
    """When it is of use, for a person."""
    negative: tuple[str, ...] = ()
    """What is not wanted, each as it goes behind "free of": "captions", "extra people"."""
    fields: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    needs_prompt: bool = False
    """Whether it says nothing before a person does."""
    place: StylePlace = "file"
    path: str = ""

    @property
    def stamp(self) -> StyleStamp:
        return StyleStamp(self.name, self.revision, self.sha256)


def styled(said: Mapping[str, Any], style: Style) -> dict[str, Any]:
    """What was said for an edit with a style laid under it: what was said wins.

    To be called once for each edit, as the prompt is put into the style's by it.

    Args:
        said: Settings by the names that edits have, `prompt` among them, and values for the
            style's fields by theirs; only what was said: None is nothing said.
        style: The style.

    Returns:
        Settings, with the rendered prompt and, as `style`, the style's stamp. Names that neither
        edits nor the style know are passed on, to be refused where the others are.
    Raises:
        StyleError: The style says nothing without a prompt, and there is none.
    """
    spoken = {name: value for name, value in said.items() if value is not None}
    values = {name: str(spoken.pop(name, default)) for name, default in style.fields.items()}
    words = str(spoken.pop(PROMPT, ""))
    if style.needs_prompt and not words.strip():
        raise StyleError(
            f"The style {style.name} needs words of yours.",
            why=style.about,
            fix="Say with --prompt what is meant.",
        )
    prompt = rendered(style, words, values)
    return {**laid_over(spoken, style.settings), PROMPT: prompt, "style": style.stamp}


def laid_over(over: Mapping[str, Any], under: Mapping[str, Any]) -> dict[str, Any]:
    """One mapping of settings laid over another.

    Strength and automatic controls are one choice: who makes it takes both away from below. So are
    handles and a first frame, and HDR and its EXR frames, where HDR is declined. A style's stamp
    goes with the prompt that the style made.
    """
    laid = dict(under)
    if over.get(PROMPT) is not None:
        laid.pop("style", None)
    if over.get("edit_strength") is not None:
        laid.pop("auto_controls", None)
    if over.get("auto_controls"):
        laid.pop("edit_strength", None)
    if over.get("first_frame") is not None:
        laid.pop("handles", None)
    if over.get("handles"):
        laid.pop("first_frame", None)
    if over.get("hdr") is False:
        laid.pop("exr_export", None)
    return {**laid, **{name: value for name, value in over.items() if value is not None}}


def rendered(style: Style, prompt: str = "", values: Mapping[str, str] | None = None) -> str:
    """The prompt that the model gets.

    A template without `{prompt}` gets what the person says as a sentence behind it. What stands in
    braces in the person's words is left as it is.

    Args:
        style: The style.
        prompt: What the person says; may be empty.
        values: Of the style's fields; its own where there are none.
    """
    words = {**style.fields, **(values or {})}
    pieces = list(_pieces(style.prompt))
    text = ""
    for place, (literal, name) in enumerate(pieces):
        text += literal
        if name == PROMPT:
            following = pieces[place + 1][0] if place + 1 < len(pieces) else ""
            text += _sentence(prompt) if _begins_anew(following) else prompt
        elif name is not None:
            text += words[name]
    if PROMPT not in names_in(style.prompt):
        text = f"{text} {_sentence(prompt)}"
    return " ".join(f"{text} {_freed_of(style.negative)}".split())


def names_in(template: str) -> list[str]:
    """The names that stand in a template's braces.

    Raises:
        ValueError: The braces are not whole, or hold something other than a name.
    """
    return [name for _, name in _pieces(template) if name is not None]


def escaped(text: str) -> str:
    """Text as a template that renders to it."""
    return text.replace("{", "{{").replace("}", "}}")


def template_problems(template: str, fields: Mapping[str, str]) -> list[str]:
    """What is wrong with a template and its fields, each as a sentence; empty when nothing is."""
    try:
        names = names_in(template)
    except ValueError as error:
        return [f"{error}."]
    problems = [
        f"{{{name}}} stands in the prompt, and [fields] has no {name}."
        for name in dict.fromkeys(names)
        if name != PROMPT and name not in fields
    ]
    for name in fields:
        if _FIELD.fullmatch(name) is None:
            problems.append(f"{name!r} is no name of a field: small letters, digits and _.")
        elif name in _TAKEN:
            problems.append(f"A field cannot be named {name}: a setting has that name.")
        elif name not in names:
            problems.append(f"The prompt has no {{{name}}} for the field {name}.")
    return problems


def is_style_name(name: str) -> bool:
    """Whether a style can have this name, which is its file's."""
    return _NAME.fullmatch(name) is not None


_TAKEN = frozenset({PROMPT, "style", "in", "out", "clip", *STYLE_SETTINGS, *SETTING_OF_WORD})


def _pieces(template: str) -> Iterator[tuple[str, str | None]]:
    try:
        pieces = list(Formatter().parse(template))
    except ValueError as error:
        raise ValueError(f"The braces of the prompt are not whole ({error})") from error
    for literal, name, spec, conversion in pieces:
        if name is not None and (spec or conversion or _FIELD.fullmatch(name) is None):
            raise ValueError(
                f"{{{name}}} is no name of a field; braces that are meant are doubled: {{{{ }}}}"
            )
        yield literal, name


def _sentence(text: str) -> str:
    """The person's words with an end, so that what follows them is no part of them."""
    text = " ".join(text.split())
    return text if not text or text[-1] in ".!?…:;," else f"{text}."


def _begins_anew(following: str) -> bool:
    """Whether a sentence ends before this piece of a template."""
    stripped = following.lstrip()
    return not stripped or (stripped != following and stripped[0].isupper())


def _freed_of(negative: tuple[str, ...]) -> str:
    """As a state of the picture: the model's vendor advises against negations."""
    if not negative:
        return ""
    *first, last = negative
    return (
        f"Every frame is free of {', '.join(first)} and {last}."
        if first
        else (f"Every frame is free of {last}.")
    )
