"""Reads what is asked for by ranges, markers and the lines of a table, as pulls.

Each pull comes with what says of an error whose it is: a person looks for it in an editor's marker
or in a cell of a table, and not at the command line.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from newtake.bootstrap.styles import style_folders
from newtake.domain.clip import Clip
from newtake.domain.errors import InputError, SelectionError, SettingsError
from newtake.domain.marker import ANY_COLOUR, Marker, words_of
from newtake.domain.pull import Pull
from newtake.domain.range_table import MAX_BYTES, RangeRow, read_ranges, table_text
from newtake.domain.selection import counting_notes, span_of
from newtake.domain.table_errors import TableError
from newtake.domain.words import SETTING_WORDS, Said, WordError, plain_name, said_of, setting_of

NO_SETTING = "There is no setting "
"""How an error about a setting's name begins; in a table the column's heading is its place."""
NO_LOOK = "It has no prompt and no style"
"""How an error about what says nothing of a look begins."""


class MarkedHost(Protocol):
    """A host that knows a timeline's markers."""

    async def markers(self) -> Sequence[Marker]: ...


Teller = Callable[[SettingsError], SettingsError]
"""Says of an error whose it is, and where."""


@dataclass(slots=True)
class Pulls:
    """What was read, in the order in which it has the better right to a frame."""

    all: list[Pull] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What was left out, and how a table's timecodes were read; each a sentence."""
    bad_markers: list[InputError] = field(default_factory=list)
    """Those that are left out because nobody can tell what they want."""
    bad_lines: list[TableError] = field(default_factory=list)
    _tellers: dict[int, Teller] = field(default_factory=dict)
    _lines: dict[int, int] = field(default_factory=dict)
    _of_markers: set[int] = field(default_factory=set)

    def add(self, pull: Pull, tell: Teller) -> None:
        """Of the command line: what is wrong with its look is wrong with the command."""
        self.all.append(pull)
        self._tellers[id(pull)] = tell

    def add_marker(self, pull: Pull, tell: Teller) -> None:
        self.add(pull, tell)
        self._of_markers.add(id(pull))

    def add_line(self, pull: Pull, tell: Teller, line: int) -> None:
        self.add(pull, tell)
        self._lines[id(pull)] = line

    def leave_out(self, pull: Pull, error: SettingsError) -> None:
        """Take out a pull whose look is not right: a marker is told like a clip that cannot be
        restyled, and a line with all others that are wrong.

        Raises:
            SettingsError: It is the command line's.
        """
        told = self._tellers[id(pull)](error)
        if id(pull) in self._of_markers:
            self.leave_out_marker(pull.told, told)
        elif id(pull) in self._lines:
            self.bad_lines.append(TableError(self._lines[id(pull)], told))
        else:
            raise told from error
        self.all = [each for each in self.all if each is not pull]

    def leave_out_marker(self, told: str, error: InputError) -> None:
        self.bad_markers.append(error)
        why = f"{error.why[:1].lower()}{error.why[1:]}".rstrip(".")
        self.notes.append(f"{told} is left out: {why}.")


async def read_pulls(
    host: MarkedHost,
    clips: Sequence[Clip],
    *,
    ranges: Sequence[str],
    markers: str | None,
    table: Path | None,
    has_look: bool,
    beside: Path | None,
) -> Pulls:
    """Everything that is asked for by a part of the record. Changes nothing.

    Args:
        host: Has the markers.
        clips: All that it lists; timecodes are counted as they are.
        ranges: Record timecodes IN-OUT.
        markers: A colour, or `any`; None where markers are not asked for.
        table: A CSV file of ranges.
        has_look: Whether the run has a prompt or a style; else a marker's name can be a prompt.
        beside: The folder of the timeline; None where that is no file.

    Raises:
        SelectionError: There is no such marker, or no such table.
    """
    read = Pulls()
    for label in ranges if clips else ():
        pull = Pull(f"The range {label}", span_of(label, clips[0].record))
        read.add(pull, _teller(pull.told))
    if markers is not None:
        known = {each.name for each in style_folders(beside).all()}
        for marker in _of_colour(await host.markers(), markers):
            if marker.is_data:
                read.notes.append(
                    f"{marker.told} is left out: its note is data of another program."
                )
                continue
            try:
                said = _said_by(marker, known.__contains__, not has_look, beside)
            except SelectionError as error:
                read.leave_out_marker(marker.told, error)
                continue
            read.add_marker(Pull.of_marker(marker, said), _teller(marker.told))
    if table is not None:
        rows, read.bad_lines = _rows(table, clips)
        read.notes.extend(counting(clips, [label for row in rows for label in row.labels]))
        for row in rows:
            if errors := _wrong_words(row):
                read.bad_lines.extend(TableError(row.line, each) for each in errors)
                continue
            read.add_line(Pull.of_row(row, _said_in(row, table)), _teller(row.told, row), row.line)
    return read


def counting(clips: Sequence[Clip], labels: Sequence[str]) -> list[str]:
    """As `selection.counting_notes`, counted as the clips are; nothing where a label is none."""
    try:
        return counting_notes(labels, clips[0].record) if clips else []
    except ValueError:
        # What is no timecode is refused where it is read, with its place.
        return []


def _of_colour(markers: Sequence[Marker], colour: str) -> list[Marker]:
    found = [each for each in markers if each.is_of(colour)]
    if found:
        return found
    if not markers:
        raise SelectionError(
            "The timeline has no markers.", fix="Mark ranges in the editor, or say --range."
        )
    colours = sorted({each.colour for each in markers if each.colour})
    raise SelectionError(
        f"The timeline has no marker of the colour {colour}.",
        why=f"It has {len(markers)} of others: {', '.join(colours) or 'none has a colour'}.",
        fix=f"Say another colour, or --markers alone ({ANY_COLOUR}).",
    )


def _said_by(
    marker: Marker, is_style: Callable[[str], bool], free: bool, beside: Path | None
) -> Said:
    """What a marker says. A timeline comes from elsewhere: files it names lie beside it.

    Args:
        marker: The marker.
        is_style: Whether a text is a style's name.
        free: Whether the run has no look, so that a name can be a prompt.
        beside: The folder of the timeline.
    """
    try:
        said = said_of(words_of(marker, is_style, names_are_prompts=free))
        if said.style is not None and not is_style(said.style):
            close = difflib.get_close_matches(said.style, list(SETTING_WORDS), n=1)
            hint = f" ({close[0]} is a setting)" if close else ""
            raise WordError(f"there is no style of the name {said.style!r}{hint}")
        image = said.settings.get("first_frame")
        if image is not None and not image.startswith("https://"):
            path = _beside(image, beside)
            if path is None:
                raise WordError(f"its first frame {image!r} does not lie beside the timeline")
            said.settings["first_frame"] = str(path)
    except WordError as error:
        raise SelectionError(
            f"{marker.told} cannot be read.",
            why=f"It reads {_quoted(marker)}: {error}.",
            fix="Correct the marker, or choose markers by a colour: --markers COLOUR.",
        ) from error
    return said


def _beside(image: str, folder: Path | None) -> Path | None:
    if folder is None:
        return None
    path = (folder / image).resolve()
    return path if path.is_relative_to(folder.resolve()) else None


def _quoted(marker: Marker) -> str:
    text = " / ".join(each.strip() for each in (marker.name, marker.note) if each.strip())
    return repr(text if len(text) <= 120 else text[:119] + "…")


def _rows(table: Path, clips: Sequence[Clip]) -> tuple[list[RangeRow], list[TableError]]:
    if not clips:
        raise SelectionError("The timeline has no clips.")
    try:
        with table.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SelectionError(
            f"{table} cannot be read.", why=f"{error.strerror}.", fix="Check the path."
        ) from error
    return read_ranges(table_text(raw, table.name), table.name, clips[0].record)


def _wrong_words(row: RangeRow) -> list[SelectionError]:
    """What of a line is no value of its setting, each cell by itself."""
    errors: list[SelectionError] = []
    for words in (*({name: text} for name, text in row.words.items()), row.words):
        try:
            said_of(words)
        except WordError as error:
            errors.append(
                SelectionError(
                    f"{_cell(row, error.name)} cannot be read.",
                    why=f"{error}.",
                    fix="Correct it in the table; an empty cell leaves it to the command line.",
                )
            )
    # All cells together say the first wrong one once more.
    return errors[:-1] if len(errors) > 1 else errors


def _said_in(row: RangeRow, table: Path) -> Said:
    folder = table.absolute().parent
    said = said_of(row.words)
    image = said.settings.get("first_frame")
    if image is not None and not image.startswith("https://"):
        said.settings["first_frame"] = str(folder / image)
    if said.style is not None and ("/" in said.style or said.style.endswith(".toml")):
        said = Said(said.settings, str(folder / said.style), said.fields)
    return said


def _cell(row: RangeRow, name: str, why: str = "") -> str:
    number = row.columns.get(name, row.empty.get(name))
    if number is None:
        return row.told
    line = row.header_line if why.startswith(NO_SETTING) else row.line
    return f"Line {line}, column {number} ({name}) of {row.table}"


def _teller(told: str, row: RangeRow | None = None) -> Teller:
    def tell(error: SettingsError) -> SettingsError:
        why = f"{error.what} {error.why}".strip()
        where = told if row is None else _cell(row, _column_of(row, why), why)
        return SettingsError(f"{where} cannot be used.", why=why, fix=error.fix)

    return tell


def _column_of(row: RangeRow, text: str) -> str:
    """The column that an error is about; "" where it names none."""
    if text.startswith(NO_LOOK):
        every = {**row.columns, **row.empty}
        looks = {setting_of(name): name for name in every}
        return looks.get("prompt") or looks.get("style") or ""
    for name in row.columns:
        setting = setting_of(name) or plain_name(name)
        if text.startswith(f"{NO_SETTING}{setting}."):
            return name
        if f"{setting}:" in text or f"{setting} is" in text or f"field {setting}" in text:
            return name
        if setting == "style" and "style" in text:
            return name
    # Some rules are about two settings; the one that is named first asks for the other.
    words = re.findall(r"[a-z_]+", text.lower().replace("-", "_"))
    places = {
        words.index(each): name
        for name in row.columns
        for each in (setting_of(name) or "", plain_name(name))
        if each in words
    }
    return places[min(places)] if places else ""
