"""What is wanted of a timeline: clips that are named, ranges, markers and lines of tables.

Precedence of settings, the later over the earlier: shipped defaults, style, command line, marker or
line of a table. A style that a marker or a line names takes the place of the run's.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Protocol

from newtake.bootstrap.pulling import (
    NO_LOOK,
    NO_SETTING,
    MarkedHost,
    Pulls,
    counting,
    read_pulls,
)
from newtake.bootstrap.restyling import CheckedWish, Wish, checked_wish
from newtake.domain.choices import Partial
from newtake.domain.clip import Clip
from newtake.domain.errors import SelectionError, SettingsError
from newtake.domain.marking import Meant
from newtake.domain.pull import Pull, Pulled, pulled
from newtake.domain.selection import Selection, gaps_in, meant_clips, select_clips
from newtake.domain.style import PROMPT, laid_over
from newtake.domain.table_errors import together
from newtake.domain.timing import FrameRange
from newtake.domain.words import SETTING_WORDS, Said
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
    spans = (label.split("-", 1) for label in selection.ranges)
    notes.extend(counting(clips, [*selection.at, *chain.from_iterable(spans)]))
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
    pulls = await read_pulls(
        host,
        clips,
        ranges=selection.ranges,
        markers=asking.markers,
        table=asking.table,
        has_look=bool(wish.style or wish.edit.get(PROMPT)),
        beside=beside,
    )
    looks = _Looks(wish, beside, _BY_COLOUR if asking.markers is not None else "")
    found = _with_looks(pulls, looks, clips, taken, selection.track or "")
    if pulls.bad_lines and asking.table is not None:
        raise together(pulls.bad_lines, asking.table.name)
    notes.extend((*pulls.notes, *found.left_out))
    asked = list(found.meant)
    if blade is None:
        asked = _one_part_each(taken, asked, notes)
    if not asked and not taken:
        if len(pulls.bad_markers) == 1 and not found.left_out:
            raise pulls.bad_markers[0]
        raise SelectionError(
            "Nothing of what is asked for lies on a clip.", why=" ".join(notes) or "", fix=""
        )
    parts = [*taken, *(each for each, _ in asked)]
    each_clip = await _split(parts, blade) if blade is not None else [p.cut_in for p in parts]
    wanted: list[Wanted] = list(each_clip[: len(taken)])
    checked: CheckedWish | None = checked_wish(wish, beside) if taken else None
    for clip, (_, pull) in zip(each_clip[len(taken) :], asked, strict=True):
        own = looks.of(pull)
        checked = checked or own
        wanted.append(WantedEdit(clip, own.edit, own.choices, pull.told))
    assert checked is not None
    checked = replace(checked, wish=wish)
    return Wanting(tuple(_in_order(wanted)), checked, tuple(notes))


def _with_looks(
    pulls: Pulls, looks: _Looks, clips: Sequence[Clip], taken: Sequence[Meant], track: str
) -> Pulled:
    """What the pulls mean whose looks are right; the others are taken out of them, and hold no
    frames against those.

    Raises:
        SettingsError: A range of the command line has none.
    """
    while True:
        found = pulled(pulls.all, clips, taken, track)
        before = len(pulls.all)
        for pull in {id(pull): pull for _, pull in found.meant}.values():
            try:
                looks.of(pull)
            except SettingsError as error:
                pulls.leave_out(pull, error)
        if len(pulls.all) == before:
            return found


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

    def of(self, pull: Pull) -> CheckedWish:
        """Raises: SettingsError, which does not say whose it is."""
        key = repr(pull.said)
        if key not in self._known:
            self._known[key] = checked_wish(self._laid(pull.said), self._beside)
        return self._known[key]

    def _laid(self, said: Said) -> Wish:
        wish = self._wish
        style = said.style or wish.style
        if style is None and said.fields:
            name = next(iter(said.fields))
            close = difflib.get_close_matches(name, SETTING_WORDS, n=1)
            raise SettingsError(
                f"{NO_SETTING}{name}.",
                why=f"Settings are {', '.join(SETTING_WORDS)}.",
                fix=f"Do you mean {close[0]}?" if close else _NO_SETTING_FIX,
            )
        if style is None and not (said.settings.get(PROMPT) or wish.edit.get(PROMPT)):
            raise SettingsError(
                f"{NO_LOOK}, and the command line says neither.",
                fix=f"Give --prompt or --style for all that have none.{self._hint}",
            )
        own = {} if said.style is not None else dict(wish.fields)
        return replace(
            wish,
            edit=laid_over(said.settings, wish.edit),
            style=style,
            fields={**own, **said.fields},
        )
