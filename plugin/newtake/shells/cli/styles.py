"""`styles`: which there are and where from, what one says, and a copy to begin one's own."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from newtake import bootstrap
from newtake.bootstrap.styles import style_folders
from newtake.domain.errors import StyleError
from newtake.domain.style import WORD_OF_SETTING, Style, rendered
from newtake.shells.cli.documents import print_document
from newtake.shells.cli.drawing import console, say
from newtake.shells.cli.printable import printable

if TYPE_CHECKING:
    from newtake.adapters.style_folders import FoundStyle

_PLACES = {
    "file": "this file",
    "timeline": "beside the timeline",
    "user": "your own",
    "shipped": "shipped",
}
_SLOT = "(what you say with --prompt)"


@dataclass(frozen=True, slots=True)
class StyleQuestion:
    """The options of `styles`, as they were typed."""

    name: str | None = None
    timeline: Path | None = None
    prompt: str = ""
    copy: str | None = None
    to: Path | None = None

    @property
    def beside(self) -> Path:
        """A timeline's folder, or the one that the command was called in."""
        if self.timeline is None:
            return Path.cwd()
        timeline = self.timeline.absolute()
        return timeline if timeline.is_dir() else timeline.parent


def show_styles(question: StyleQuestion, as_json: bool) -> None:
    """List, show one or copy one. Raises: StyleError, StorageError."""
    if question.copy is not None:
        _copy(question, as_json)
    elif question.name is not None:
        _show(style_folders(question.beside).find(question.name), question.prompt, as_json)
    else:
        _list(style_folders(question.beside).all(), as_json)


def _copy(question: StyleQuestion, as_json: bool) -> None:
    if question.copy is None or question.name not in (None, question.copy):
        raise StyleError("One style is shown and another copied.", fix="Ask for one of the two.")
    home = bootstrap.settings_now().home
    folder = question.to.absolute() if question.to else home / "styles"
    written = style_folders(question.beside).copy(question.copy, folder)
    if as_json:
        print_document({"written": [str(path) for path in written]})
        return
    for path in written:
        say(console(sys.stdout), f"Written: {path}")


def _list(found: Sequence[FoundStyle], as_json: bool) -> None:
    if as_json:
        print_document([_found_document(each) for each in found])
        return
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for name in ("style", "from", "rev", "strength", "title"):
        table.add_column(name, overflow="fold")
    for each in found:
        where = _PLACES[each.place] + (" (another comes first)" if each.hidden else "")
        style = each.style
        if style is None:
            cells = [each.name, where, "", "", f"not right: {each.path}"]
        else:
            cells = [each.name, where, str(style.revision), _strength(style), style.title]
        table.add_row(*(Text(printable(cell)) for cell in cells))
    out = console(sys.stdout)
    out.print(table)
    for each in found:
        if each.error is not None:
            say(console(sys.stderr), f"{each.error.what} {each.error.why}")
    say(console(sys.stderr), "`newtake styles NAME` shows one; --copy NAME begins one of your own.")


def _strength(style: Style) -> str:
    if style.settings.get("auto_controls"):
        return "auto"
    return str(style.settings.get("edit_strength", "-"))


def _show(style: Style, prompt: str, as_json: bool) -> None:
    if as_json:
        print_document(style_document(style, prompt))
        return
    out = console(sys.stdout)
    say(out, f"{style.name}: {style.title}")
    if style.about:
        say(out, style.about)
    say(out, f"from: {_PLACES[style.place]}, {style.path}")
    say(out, f"revision: {style.revision}   sha256: {style.sha256}")
    for name, value in style.settings.items():
        say(out, f"{WORD_OF_SETTING.get(name, name)}: {_word(value)}")
    for name, value in style.fields.items():
        say(out, f"--field {name}={value}")
    say(out, "")
    say(out, rendered(style, prompt or _SLOT))


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def style_document(style: Style, prompt: str = "") -> dict[str, Any]:
    """A style as a program reads it; `prompt` is what a person says."""
    return {
        "name": style.name,
        "revision": style.revision,
        "sha256": style.sha256,
        "title": style.title,
        "about": style.about,
        "from": style.place,
        "path": style.path,
        "template": style.prompt,
        "negative": list(style.negative),
        "fields": dict(style.fields),
        "needs_prompt": style.needs_prompt,
        "settings": {
            WORD_OF_SETTING.get(name, name): value for name, value in style.settings.items()
        },
        "rendered_prompt": rendered(style, prompt),
    }


def _found_document(each: FoundStyle) -> dict[str, Any]:
    if each.style is not None:
        return {**style_document(each.style), "hidden": each.hidden, "error": None}
    assert each.error is not None
    return {
        "name": each.name,
        "from": each.place,
        "path": str(each.path),
        "hidden": each.hidden,
        "error": each.error.as_dict(),
    }
