"""Which file a change starts from: the output as it stands, or the timeline itself.

An output that exists is continued when it was written by New Take for the same timeline, as that is
now, or was when the takes were planned: who saves the timeline while they are made loses none.
Anything else that lies there is never overwritten. A draft stands for the output: one
that was begun is continued whatever became of its timeline, so that nothing that was paid for is
held up by a change of that; it is a person who saves it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

from newtake.domain.errors import OutputError, TimelineError
from newtake.domain.files import HostTarget
from newtake.domain.timing import display_rate, exact_rate
from otio_newtake.appearances import record_rate
from otio_newtake.dialect import move_relative
from otio_newtake.drafting import begun, followed, mark_draft
from otio_newtake.edl_rates import edl_rate
from otio_newtake.marks import mark_of, put_mark, text_of
from otio_newtake.reading import JSON_SUFFIXES, OpenedTimeline, look_at, open_timeline, sha256_of

_PLANNED = "planned_on"
"""In the timeline's mark: SHA-256 of the state that its first take was planned on, where the
timeline was saved between the plan and the first take."""


def base_of(target: HostTarget) -> OpenedTimeline:
    """The timeline that a change starts from, the caller's to change. Reads; writes nothing.

    Raises: As `base_looked_at`.
    """
    opened, is_new = _base(target, partial(open_timeline, edl_rate=target.edl_rate))
    return _for_output(opened, target) if is_new else opened


def base_afresh(target: HostTarget) -> OpenedTimeline:
    """The timeline itself for a draft that begins anew, whatever the draft holds.

    Raises:
        TimelineError: It cannot be read.
    """
    return _for_output(open_timeline(target.timeline, target.edl_rate), target)


def _for_output(opened: OpenedTimeline, target: HostTarget) -> OpenedTimeline:
    """The timeline with the addresses and the marks that it has in its output, or in its draft."""
    move_relative(opened.timeline, opened.folder, target.output.parent)
    if target.draft is not None:
        mark_draft(opened, target)
        return replace(opened, folder=target.output.parent)
    put_mark(
        opened.timeline,
        source=str(target.timeline.resolve()),
        source_sha256=opened.sha256,
        written_as=target.output.name,
        **({_PLANNED: target.planned_on} if target.planned_on not in ("", opened.sha256) else {}),
    )
    return replace(opened, folder=target.output.parent)


def base_looked_at(target: HostTarget) -> OpenedTimeline:
    """The timeline that a change would start from, for looking only: see `look_at`.

    Raises:
        OutputError: If the output is no OTIO file, is somebody else's, belongs to another state of
            the timeline, or to an EDL at another rate than was told.
        TimelineError: If the timeline cannot be read.
    """
    return _base(target, partial(look_at, edl_rate=target.edl_rate))[0]


def _base(
    target: HostTarget, read: Callable[[Path], OpenedTimeline]
) -> tuple[OpenedTimeline, bool]:
    """What a change starts from, and whether it is the timeline for an output that is not there."""
    if target.output.suffix.lower() not in JSON_SUFFIXES:
        raise OutputError(
            f"Takes cannot be written to {target.output.name}.",
            why="Only OpenTimelineIO holds takes.",
            fix="Give --out a name that ends in .otio.",
        )
    if target.draft is not None:
        return _draft(target, read)
    if target.output.resolve() == target.timeline.resolve():
        return read(target.timeline), False
    if not target.output.exists():
        return read(target.timeline), True
    state = sha256_of(target.timeline)
    try:
        written = look_at(target.output)
    except TimelineError as error:
        raise OutputError(
            f"{target.output} exists, and is no timeline that takes can be added to.",
            why=error.what,
            fix="Choose another place with --out.",
        ) from error
    mark = mark_of(written.timeline)
    if text_of(mark, "source") != str(target.timeline.resolve()):
        raise OutputError(
            f"{target.output} exists, and was not written by New Take for this timeline.",
            fix=f"Choose another place{_such_as(target)} with --out, or move that file away.",
        )
    if not target.planned_on and text_of(mark, "source_sha256") != state:
        raise OutputError(
            f"{target.timeline.name} has changed since {target.output.name} was written.",
            why="Takes added there would land in the older cut.",
            fix="Choose another place with --out, or move that file away. `newtake jobs resume JOB "
            "--all --out FILE` lays takes that are made into the newer cut as well.",
        )
    if target.planned_on not in ("", text_of(mark, "source_sha256"), text_of(mark, _PLANNED)):
        raise OutputError(
            f"{target.output.name} was begun from another state of {target.timeline.name} than the "
            "one that this take was planned on.",
            fix="Choose another place with --out.",
        )
    told, found = told_rate(target), counted_at(written)
    if told is not None and told != found:
        raise other_rate(target, found, f"was told to count at {display_rate(told)}")
    return read(target.output), False


def begun_on(target: HostTarget) -> str:
    """SHA-256 of the state of its timeline that an output was begun from; empty where there is
    none, or it is somebody else's."""
    try:
        mark = mark_of(look_at(target.output).timeline)
    except TimelineError:
        return ""
    is_its = text_of(mark, "source") == str(target.timeline.resolve())
    return text_of(mark, "source_sha256") if is_its else ""


def saved_since(target: HostTarget) -> str:
    """What to know where the timeline is not as it was planned on any more; empty where it is.

    Called once something was written.
    """
    if not target.planned_on or target.draft is not None:
        return ""
    name = target.timeline.name
    try:
        if sha256_of(target.timeline) == target.planned_on:
            return ""
    except TimelineError:
        return f"{name} cannot be read any more; {target.output.name} holds it as it was"
    if begun_on(target) == target.planned_on:
        return (
            f"{name} was saved since this was planned; takes go on into {target.output.name}, "
            "which holds it as it was. What is planned anew starts from the newer one, with --out"
        )
    return (
        f"{name} was saved since this was planned, before the first take was there: "
        f"{target.output.name} was begun from the newer one"
    )


def told_rate(target: HostTarget) -> Fraction | None:
    """The frames per second that an EDL was told to count at; None where nobody said."""
    return exact_rate(edl_rate(b"", target.edl_rate)[0]) if target.edl_rate else None


def counted_at(opened: OpenedTimeline) -> Fraction:
    """What the record of a timeline counts at, as a rate of the field."""
    return exact_rate(record_rate(opened.timeline, opened.appearances()))


def other_rate(target: HostTarget, found: Fraction, how: str) -> OutputError:
    """The refusal of an output that was written while its EDL counted at another rate."""
    return OutputError(
        f"{target.output.name} was written at {display_rate(found)} frames per second, and "
        f"{target.timeline.name} {how}.",
        why="Takes added there would have other frames than are meant.",
        fix=f"Choose another place with --out, or move that file away; --edl-rate "
        f"{display_rate(found)} goes on with it.",
    )


def check_draft_rate(target: HostTarget) -> None:
    """Refuse to go on with a draft whose EDL was told to count at another rate since.

    Raises:
        OutputError: It holds takes at another rate.
        TimelineError: It cannot be read.
    """
    told, draft = told_rate(target), begun(target)
    if told is None or draft is None or told == (found := counted_at(look_at(draft))):
        return
    raise OutputError(
        f"{target.timeline.name} has takes that are not saved yet, at {display_rate(found)} frames "
        f"per second, and was told to count at {display_rate(told)} since.",
        why="Takes added there would have other frames than are meant.",
        fix=f"Open it with --edl-rate {display_rate(found)}, and save it under a new name.",
    )


def _such_as(target: HostTarget) -> str:
    """A name that tells timelines of several formats apart, where no file has it."""
    timeline = target.timeline
    name = f"{timeline.stem}_{timeline.suffix[1:].lower()}_newtake.otio"
    free = timeline.suffix and not target.output.with_name(name).exists()
    return f" such as {name}" if free else ""


def _draft(
    target: HostTarget, read: Callable[[Path], OpenedTimeline]
) -> tuple[OpenedTimeline, bool]:
    """The draft, or the timeline where none was begun. Who holds no lock may meet a save."""
    draft = begun(target)
    if draft is None:
        return read(target.timeline), True
    try:
        opened = read(draft)
    except TimelineError:
        if draft.exists():
            raise
        return read(target.timeline), True
    now = followed(target)
    if now != target:
        return _draft(now, read)
    return replace(opened, folder=target.output.parent), False
