"""What is wanted of a timeline: clips that are named, ranges, markers and lines of tables.

Precedence of settings, the later over the earlier: shipped defaults, style, command line, marker or
line of a table. A style that a marker or a line names takes the place of the run's.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Protocol

from newtake.bootstrap.restyling import CheckedWish, Wish, checked_wish
from newtake.bootstrap.styles import style_folders
from newtake.domain.choices import Partial
from newtake.domain.clip import Clip
from newtake.domain.errors import SelectionError, SettingsError
from newtake.domain.marker import ANY_COLOUR, Marker, words_of
from newtake.domain.marking import Meant
from newtake.domain.pull import Pull, pulled
from newtake.domain.range_table import MAX_BYTES, RangeRow, read_ranges, table_text
from newtake.domain.selection import (
    Selection,
    counting_notes,
    gaps_in,
    meant_clips,
    select_clips,
    span_of,
)
from newtake.domain.style import PROMPT, laid_over
from newtake.domain.timing import FrameRange
from newtake.domain.words import SETTING_WORDS, Said, WordError, plain_name, said_of, setting_of
from newtake.pipeline.wanted import Wanted, WantedEdit


@dataclass(frozen=True, slots=True)
class Asking:
    """Which clips, ranges and markers were asked for, as it was typed."""

    selection: Selection = field(default_factory=Selection)
    markers: str | None = None
    """A colour, or `any`; None where markers are not asked for."""
    table: Path | None = None
    """A CSV file of ranges."""
    partial: Partial = "split"

    @property
    def is_batch(self) -> bool:
        """Whether several things are asked for by ranges: what of them cannot be restyled is told
        and left out, and the rest goes on."""
        asked = self.selection
        several = len(asked.ranges) > 1 or bool(asked.ranges and (asked.clips or asked.at))
        return self.markers is not None or self.table is not None or several


@dataclass(frozen=True, slots=True)
class Wanting:
    """What is wanted."""

    clips: tuple[Wanted, ...]
    checked: CheckedWish
    notes: tuple[str, ...] = ()
    """What was left out, each a sentence."""

    @property
    def keys(self) -> list[str]:
        clips = (each if isinstance(each, Clip) else each.clip for each in self.clips)
        return list(dict.fromkeys(clip.key for clip in clips))


class MarkedHost(Protocol):
    """A host that knows a timeline's markers."""

    async def markers(self) -> Sequence[Marker]: ...


class Blade(Protocol):
    """A host that can split clips, see `OtioHost.pieces`."""

    async def pieces(self, asked: Sequence[tuple[Clip, FrameRange]]) -> Sequence[Clip]: ...


async def wanted_of(
    host: MarkedHost,
    clips: Sequence[Clip],
    asking: Asking,
    wish: Wish,
    *,
    beside: Path | None = None,
    blade: Blade | None = None,
) -> Wanting:
    """The edits that are wanted, every one with checked settings. Changes nothing.

    Args:
        host: Has the markers.
        clips: All that it lists.
        asking: What was asked for.
        wish: The run's settings.
        beside: The folder of the timeline; None where that is no file.
        blade: Splits clips where parts of them are meant; None: the parts are cut in.

    Raises:
        SelectionError: Nothing is meant, or a marker or table cannot be read; says which.
        SettingsError, StyleError: Settings are not right; says whose.
    """
    selection = asking.selection
    blade = blade if asking.partial == "split" else None
    notes: list[str] = []
    if clips:
        spans = (label.split("-", 1) for label in selection.ranges)
        notes.extend(_counting(clips, [*selection.at, *chain.from_iterable(spans)]))
    if not asking.is_batch:
        base = checked_wish(wish, beside)
        meant = meant_clips(clips, selection)
        notes.extend(gaps_in(selection.ranges, meant, clips))
        if blade is None:
            return Wanting(tuple(select_clips(clips, selection)), base, tuple(notes))
        return Wanting(tuple(await _split(meant, blade)), base, tuple(notes))
    if selection.everything:
        raise SelectionError("--all was said beside markers or ranges.", fix="Say one of them.")
    named = selection.clips or selection.at
    taken = meant_clips(clips, replace(selection, ranges=())) if named else []
    pulls, tellers = await _pulls(host, clips, asking, wish, beside, notes)
    found = pulled(pulls, clips, taken, selection.track or "")
    notes.extend(found.left_out)
    asked = list(found.meant)
    if blade is None:
        asked = _one_part_each(taken, asked, notes)
    if not asked and not taken:
        raise SelectionError(
            "Nothing of what is asked for lies on a clip.", why=" ".join(notes) or "", fix=""
        )
    looks = _Looks(wish, beside, _BY_COLOUR if asking.markers is not None else "")
    parts = [*taken, *(each for each, _ in asked)]
    each_clip = await _split(parts, blade) if blade is not None else [p.cut_in for p in parts]
    wanted: list[Wanted] = list(each_clip[: len(taken)])
    checked: CheckedWish | None = checked_wish(wish, beside) if taken else None
    for clip, (_, pull) in zip(each_clip[len(taken) :], asked, strict=True):
        own = looks.of(pull, tellers[id(pull)])
        checked = checked or own
        wanted.append(WantedEdit(clip, own.edit, own.choices, pull.told))
    assert checked is not None
    checked = replace(checked, wish=wish)
    return Wanting(tuple(_in_order(wanted)), checked, tuple(notes))


def _counting(clips: Sequence[Clip], labels: Sequence[str]) -> list[str]:
    try:
        return counting_notes(labels, clips[0].record)
    except ValueError:
        # What is no timecode is refused where it is read, with its place.
        return []


def _in_order(wanted: Sequence[Wanted]) -> list[Wanted]:
    def place(each: Wanted) -> tuple[int, int]:
        clip = each if isinstance(each, Clip) else each.clip
        return clip.index, clip.source.start if clip.whole is not None else clip.record.start

    return sorted(wanted, key=place)


async def _split(meant: Sequence[Meant], blade: Blade) -> list[Clip]:
    spans = [(each.clip, each.span) for each in meant if each.span is not None]
    pieces = iter(await blade.pieces(spans))
    return [each.clip if each.span is None else next(pieces) for each in meant]


def _one_part_each(
    taken: Sequence[Meant], asked: Sequence[tuple[Meant, Pull]], notes: list[str]
) -> list[tuple[Meant, Pull]]:
    """Without a blade a take has one restyled part: the first one of each clip, others are told."""
    seen = {each.clip.key for each in taken}
    kept = []
    for meant, pull in asked:
        if meant.clip.key in seen:
            notes.append(
                f"{pull.told} is left out: another part of clip {meant.clip.index} "
                f"({meant.clip.name}) is asked for, and a take has one restyled part; ask for it "
                "afterwards."
            )
            continue
        seen.add(meant.clip.key)
        kept.append((meant, pull))
    return kept


Teller = Callable[[SettingsError], SettingsError]
"""Says of an error whose it is, and where."""


async def _pulls(
    host: MarkedHost,
    clips: Sequence[Clip],
    asking: Asking,
    wish: Wish,
    beside: Path | None,
    notes: list[str],
) -> tuple[list[Pull], dict[int, Teller]]:
    pulls: list[Pull] = []
    tellers: dict[int, Teller] = {}
    for label in asking.selection.ranges if clips else ():
        pull = Pull(f"The range {label}", span_of(label, clips[0].record))
        tellers[id(pull)] = _teller(pull.told)
        pulls.append(pull)
    if asking.markers is not None:
        known = {each.name for each in style_folders(beside).all()}
        free = not wish.style and not wish.edit.get("prompt")
        for marker in _of_colour(await host.markers(), asking.markers):
            if marker.is_data:
                notes.append(f"{marker.told} is left out: its note is data of another program.")
                continue
            pull = Pull.of_marker(marker, _said_by(marker, known.__contains__, free, beside))
            tellers[id(pull)] = _teller(marker.told)
            pulls.append(pull)
    if asking.table is not None:
        rows = _rows(asking.table, clips)
        notes.extend(_counting(clips, [label for row in rows for label in row.labels]))
        for row in rows:
            pull = Pull.of_row(row, _said_in(row, asking.table.absolute().parent))
            tellers[id(pull)] = _teller(row.told, row)
            pulls.append(pull)
    return pulls, tellers


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


def _rows(table: Path, clips: Sequence[Clip]) -> list[RangeRow]:
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


def _said_in(row: RangeRow, folder: Path) -> Said:
    try:
        said = said_of(row.words)
    except WordError as error:
        raise SelectionError(
            f"{_cell(row, error.name)} cannot be read.",
            why=f"{error}.",
            fix="Correct it in the table; an empty cell leaves it to the command line.",
        ) from error
    image = said.settings.get("first_frame")
    if image is not None and not image.startswith("https://"):
        said.settings["first_frame"] = str(folder / image)
    if said.style is not None and ("/" in said.style or said.style.endswith(".toml")):
        said = Said(said.settings, str(folder / said.style), said.fields)
    return said


def _cell(row: RangeRow, name: str, why: str = "") -> str:
    if name not in row.columns:
        return row.told
    line = row.header_line if why.startswith(_NO_SETTING) else row.line
    return f"Line {line}, column {row.columns[name]} ({name}) of {row.table}"


def _teller(told: str, row: RangeRow | None = None) -> Teller:
    def tell(error: SettingsError) -> SettingsError:
        why = f"{error.what} {error.why}".strip()
        where = told if row is None else _cell(row, _column_of(row, why), why)
        return SettingsError(f"{where} cannot be used.", why=why, fix=error.fix)

    return tell


def _column_of(row: RangeRow, text: str) -> str:
    """The column that an error is about; "" where it names none."""
    for name in row.columns:
        setting = setting_of(name) or plain_name(name)
        if text.startswith(f"{_NO_SETTING}{setting}."):
            return name
        if f"{setting}:" in text or f"{setting} is" in text or f"field {setting}" in text:
            return name
        if setting == "style" and "style" in text:
            return name
    return ""


_NO_SETTING = "There is no setting "
_NO_SETTING_FIX = "Correct its name; a column with notes of your own begins with #."
_BY_COLOUR = " Or choose markers by a colour: --markers COLOUR."


class _Looks:
    """The settings of each pull over those of the run."""

    def __init__(self, wish: Wish, beside: Path | None, hint: str = "") -> None:
        """`hint` is what else to do where a pull has no look at all."""
        self._wish = wish
        self._beside = beside
        self._hint = hint
        self._known: dict[str, CheckedWish] = {}

    def of(self, pull: Pull, tell: Teller) -> CheckedWish:
        """Raises: SettingsError, of the pull."""
        key = repr(pull.said)
        if key not in self._known:
            try:
                self._known[key] = checked_wish(self._laid(pull.said), self._beside)
            except SettingsError as error:
                raise tell(error) from error
        return self._known[key]

    def _laid(self, said: Said) -> Wish:
        wish = self._wish
        style = said.style or wish.style
        if style is None and said.fields:
            name = next(iter(said.fields))
            close = difflib.get_close_matches(name, SETTING_WORDS, n=1)
            raise SettingsError(
                f"{_NO_SETTING}{name}.",
                why=f"Settings are {', '.join(SETTING_WORDS)}.",
                fix=f"Do you mean {close[0]}?" if close else _NO_SETTING_FIX,
            )
        if style is None and not (said.settings.get(PROMPT) or wish.edit.get(PROMPT)):
            raise SettingsError(
                "It has no prompt and no style, and the command line says neither.",
                fix=f"Give --prompt or --style for all that have none.{self._hint}",
            )
        own = {} if said.style is not None else dict(wish.fields)
        return replace(
            wish,
            edit=laid_over(said.settings, wish.edit),
            style=style,
            fields={**own, **said.fields},
        )
