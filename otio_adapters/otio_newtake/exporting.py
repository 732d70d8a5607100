"""Write the same timeline in another format beside the .otio that holds everything.

An export is made anew with every change of its .otio, and only where the file is still as it was
written last: somebody may have gone on in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from newtake.domain.errors import HostError, NewTakeError, OutputError
from newtake.durable import hidden_name, put_in_place
from otio_newtake import fcpx_writing, kdenlive_writing
from otio_newtake.appearances import Appearance, find_appearances
from otio_newtake.edl_record import begin_at_record, begin_before_zero
from otio_newtake.fcpx_reading import correct
from otio_newtake.flattening import flattened
from otio_newtake.foreign import read_foreign, write_foreign
from otio_newtake.formats import EXTRA, Format, format_of
from otio_newtake.marks import mark_of, put_mark, url_of
from otio_newtake.spans import rate_of, seconds_of

_MARK = "exports"
"""In the timeline's mark: name -> SHA-256 of what was written last and the time before."""


_EXACT = {".fcpxml": fcpx_writing.exact, ".kdenlive": kdenlive_writing.exact}
"""What sets the times of a file to those that were meant."""


def check_export(output: Path, timeline: Any, places: Sequence[Appearance] = ()) -> None:
    """See that an export could be written; changes nothing.

    Args:
        output: The file.
        timeline: The .otio beside it, or what it is to be made from.
        places: Clips that are to get takes.

    Raises:
        OutputError: No adapter for it is installed, the file is not ours to write over, or its
            format cannot hold the timeline, or takes of the clips, to the frame.
        TimelineError: The timeline cannot be measured.
    """
    form = _form(output)
    if form.suffix[1:] not in otio.adapters.suffixes_with_defined_adapters(write=True):
        raise OutputError(
            f"{output.name} is {form.words}, and nothing installed here writes that.",
            fix=f"pip install '{EXTRA}', or give --out a name that ends in .otio.",
        )
    if output.exists() and _sha256(output) not in _known(timeline).get(output.name, ()):
        raise OutputError(
            f"{output} exists, and is not as New Take wrote it.",
            fix="Choose another place with --out, or move that file away.",
        )
    if form.suffix == ".kdenlive":
        try:
            kdenlive_writing.check_takes(places, kdenlive_writing.project_rate(timeline))
            kdenlive_writing.check_holds(flattened(timeline, form)[0])
        except HostError as error:
            raise OutputError(error.what, why=error.why, fix=error.fix) from error


def losses(timeline: Any, output: Path) -> tuple[str, ...]:
    """What the export will not carry of the timeline as it is now, in clauses."""
    form = _form(output)
    _, lost = flattened(timeline, form)
    takes = "the selected take is a clip on a track above its clip"
    if not form.tracks:
        takes = "the selected take stands in its clip's place, and the original is not in it"
    return (takes, *form.loses, *lost)


def trust_export(output: Path, timeline: Any) -> None:
    """Let an export be written over what lies there now, whoever wrote that. Raises: HostError."""
    known = {**_known(timeline), output.name: [_sha256(output)]}
    put_mark(timeline, **{_MARK: known})


def is_behind(timeline: Any, output: Path, asked: Path | None) -> bool:
    """Whether an export is not what was made last of its .otio, or is gone: who wrote them died
    between the two. One that somebody went on in is not.

    Args:
        timeline: As it was written.
        output: The .otio.
        asked: An export to be made beside those that were made before.
    """
    known = _known(timeline)
    if asked is not None and asked.name not in known:
        return True
    there = {name: output.parent / name for name in known if Path(name).name == name}
    return any(
        not path.exists() or _sha256(path) in known[name][1:] for name, path in there.items()
    )


class Exports:
    """The exports of one .otio at one change of it."""

    def __init__(self, timeline: Any, output: Path, asked: Path | None) -> None:
        """Write them under hidden names, and into the timeline's mark what they are.

        Args:
            timeline: As it will be written; gets the mark.
            output: The .otio.
            asked: An export to be made beside those that were made before.
        """
        self.notes: list[str] = []
        self._parts: list[tuple[Path, Path]] = []
        known = dict(_known(timeline))
        wanted = {output.parent / name for name in known if Path(name).name == name}
        for path in sorted(wanted | ({asked} if asked is not None else set())):
            try:
                check_export(path, timeline)
                part, notes = _exported(timeline, path)
            except NewTakeError as error:
                self.notes.append(f"{path.name} was not written: {error.what} {error.why}".strip())
                continue
            self._parts.append((part, path))
            self.notes.extend(notes)
            known[path.name] = [_sha256(part), *known.get(path.name, ())][:2]
        if known:
            put_mark(timeline, **{_MARK: known})

    def put(self) -> None:
        """Give them their names; called when the .otio has its own."""
        for part, path in self._parts:
            try:
                put_in_place(part, path)
            except OSError as error:
                self.notes.append(f"{path.name} was not written: {error.strerror}")
        self.drop()

    def drop(self) -> None:
        """Remove what got no name."""
        for part, _ in self._parts:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        self._parts.clear()


def _exported(timeline: Any, path: Path) -> tuple[Path, list[str]]:
    form = _form(path)
    copy, _ = flattened(timeline, form)
    hidden = hidden_name(path)
    # Adapters go by how a name ends.
    part = hidden.with_name(hidden.name + form.suffix)
    written = begin_before_zero(copy) if form.suffix == ".edl" else copy
    write_foreign(otio.core.serialize_json_to_string(written, indent=-1), part, form)
    exact = _EXACT.get(form.suffix)
    if exact is None:
        return part, list(_differences(copy, part, path.name, form))
    try:
        part.write_bytes(exact(part.read_bytes(), copy))
        wrong = list(_differences(copy, part, path.name, form))
        if wrong and form.suffix == ".fcpxml":
            # Another frame than was meant is worse than none.
            raise HostError(wrong[0])
    except (NewTakeError, OSError):
        part.unlink(missing_ok=True)
        raise
    return part, wrong


def _differences(copy: Any, part: Path, name: str, form: Format) -> Iterator[str]:
    """Where the file, read again, shows other frames than were meant."""
    if form.suffix == ".edl":
        rate = copy.tracks[0].duration().rate if len(copy.tracks) else 24.0
        form = Format(form.suffix, form.words, f"{form.adapter}@{rate!r}", ())
    try:
        raw = part.read_bytes()
        text, _ = read_foreign(part, raw, form, told_rate=True)
        again = otio.core.deserialize_json_from_string(text)
        if form.suffix == ".edl":
            begin_at_record(again, copy.global_start_time)
        if form.suffix == ".fcpxml":
            correct(again, raw, name)
    except (NewTakeError, ValueError, OSError) as error:
        yield f"{name} was written and does not read back: {error}"
        return
    if isinstance(again, otio.schema.SerializableCollection):
        timelines = [each for each in again if isinstance(each, otio.schema.Timeline)]
        again = timelines[0].deepcopy() if timelines else otio.schema.Timeline()
    # A Kdenlive project counts all media in frames of its own.
    rate = kdenlive_writing.project_rate(copy) if form.suffix == ".kdenlive" else None
    meant, found = list(_frames(copy, rate)), list(_frames(again, rate))
    wrong = [row for row in meant if row not in found]
    for row in wrong[:5]:
        yield f"{name}: the clip {row[0]!r} does not read back at its place or with its frames"
    if len(wrong) > 5:
        yield f"{name}: {len(wrong) - 5} clips more do not read back as they were meant"


def _frames(
    timeline: Any, counted: Fraction | None = None
) -> Iterator[tuple[str, int, int, int, str]]:
    """Of every picture clip: name, record frame, length and media frame, and the media's name.

    Args:
        timeline: The timeline.
        counted: What all of these count at; None: each at its clip's own rate.
    """
    for each in find_appearances(timeline):
        span = each.item.source_range
        rate = rate_of(span.duration.rate) if span is not None else None
        if rate is None or not each.label.startswith("V"):
            continue
        if not isinstance(each.item, otio.schema.Clip):
            continue
        url = url_of(each.item.media_reference).replace("\\", "/").rpartition("/")[2]
        length, start = round(span.duration.value), round(span.start_time.value)
        if counted is not None:
            end = round((each.start + each.duration) * counted)
            rate, length = counted, end - round(each.start * counted)
            start = round((seconds_of(span.start_time) or 0) * counted)
        yield each.item.name, round(each.start * rate), length, start, url


def _form(path: Path) -> Format:
    form = format_of(path)
    if form is None:
        raise OutputError(
            f"Takes cannot be written to {path.name}.",
            why="It is no timeline format that is known here.",
            fix="Give --out a name that ends in .otio, .xml, .fcpxml, .edl, .aaf or .kdenlive.",
        )
    return form


def _known(timeline: Any) -> Mapping[str, Sequence[str]]:
    found = mark_of(timeline).get(_MARK)
    if not isinstance(found, Mapping):
        return {}
    return {str(name): list(map(str, hashes)) for name, hashes in found.items()}


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise HostError(f"{path} cannot be read.", why=f"{error.strerror}.") from error
