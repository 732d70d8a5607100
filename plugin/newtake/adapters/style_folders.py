"""Where styles are found, and which of two of the same name is meant.

A word with a slash in it or with `.toml` at its end is a file. Any other is a name, looked for in
this order: `NAME.style.toml` beside the timeline, `styles/` beside the timeline, `styles/` in
NEWTAKE_HOME, and those that are shipped. The first one that is found is meant, also where its file
is not right: a look must not become another one by a slip of the pen.
"""

from __future__ import annotations

import difflib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from newtake.adapters.room import storage_error
from newtake.adapters.style_file import SUFFIX, name_of_file, read_style
from newtake.domain.errors import StyleError
from newtake.domain.style import Style, StylePlace, is_style_name
from newtake.durable import hidden_name, make_private, put_new

SHIPPED = Path(__file__).parent.parent / "styles"


@dataclass(frozen=True, slots=True)
class FoundStyle:
    """A style's file in one of the places."""

    name: str
    path: Path
    place: StylePlace
    style: Style | None
    """None where the file is not right; `error` says what is not."""
    error: StyleError | None = None
    hidden: bool = False
    """Whether another of the same name comes before it."""


@dataclass(frozen=True, slots=True)
class StyleFolders:
    """The places of one run."""

    home: Path
    """NEWTAKE_HOME."""
    beside: Path | None = None
    """The timeline's folder; None where the timeline is no file."""
    shipped: Path = SHIPPED

    def find(self, word: str) -> Style:
        """The style that a word means.

        Raises:
            StyleError: There is none, or its file is not right.
        """
        if _is_file(word):
            return read_style(Path(word).expanduser().absolute(), "file")
        for place, path in self._files():
            if name_of_file(path) == word:
                return read_style(path, place)
        names = sorted({name_of_file(path) for _, path in self._files()})
        close = difflib.get_close_matches(word, names, n=2, cutoff=0.6)
        where = [str(self.home / "styles")]
        if self.beside is not None:
            where.insert(0, str(self.beside))
        raise StyleError(
            f"There is no style {word!r}.",
            why=f"It was looked for in {', '.join(where)} and among the shipped ones.",
            fix=f"Do you mean {' or '.join(close)}? " + StyleError.fix if close else "",
        )

    def all(self) -> list[FoundStyle]:
        """Every style's file, in the order of precedence; those that are not right among them."""
        found: list[FoundStyle] = []
        for place, path in self._files():
            name = name_of_file(path)
            hidden = any(each.name == name for each in found)
            try:
                style = read_style(path, place)
            except StyleError as error:
                found.append(FoundStyle(name, path, place, None, error, hidden))
            else:
                found.append(FoundStyle(name, path, place, style, None, hidden))
        return found

    def copy(self, word: str, folder: Path) -> list[Path]:
        """Begin a style of one's own from another: its file, and the picture it names.

        Args:
            word: As for `find`.
            folder: Made where it is not there. A file of the name in it is never replaced.

        Returns:
            What was written.
        Raises:
            StyleError: There is no such style, or there is one of its name in the folder.
            StorageError: The folder cannot be written.
        """
        style = self.find(word)
        source = Path(style.path)
        copies = [(source, folder / f"{style.name}{SUFFIX}")]
        picture = style.settings.get("first_frame")
        if picture is not None and not picture.startswith("https://"):
            copies.append((Path(picture), folder / Path(picture).relative_to(source.parent)))
        taken = [to for _, to in copies if to.exists()]
        if taken:
            raise StyleError(
                f"{taken[0]} is there already, and is left as it is.", fix="Name another folder."
            )
        try:
            if self.home in folder.parents:
                make_private(self.home)
            for file, to in copies:
                to.parent.mkdir(parents=True, exist_ok=True)
                part = hidden_name(to)
                try:
                    shutil.copyfile(file, part)
                    put_new(part, to)
                finally:
                    part.unlink(missing_ok=True)
        except OSError as error:
            raise storage_error(error, folder) from error
        return [to for _, to in copies]

    def _files(self) -> Iterator[tuple[StylePlace, Path]]:
        if self.beside is not None:
            yield from (("timeline", path) for path in _in(self.beside, SUFFIX))
            yield from (("timeline", path) for path in _in(self.beside / "styles", ".toml"))
        yield from (("user", path) for path in _in(self.home / "styles", ".toml"))
        yield from (("shipped", path) for path in _in(self.shipped, ".toml"))


def _is_file(word: str) -> bool:
    return word.endswith(".toml") or "/" in word or "\\" in word or not is_style_name(word)


def _in(folder: Path, suffix: str) -> list[Path]:
    """Files of that ending, by name; none where there is no such folder or it cannot be read."""
    try:
        return sorted(
            path
            for path in folder.iterdir()
            if path.name.endswith(suffix) and not path.name.startswith(".")
        )
    except OSError:
        return []
