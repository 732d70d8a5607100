"""Which file a change starts from: the output as it stands, or the timeline itself.

An output that exists is continued when it was written by New Take for the same state of the same
timeline. Anything else that lies there is never overwritten. A draft stands for the output: one
that was begun is continued whatever became of its timeline, so that nothing that was paid for is
held up by a change of that; it is a person who saves it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from newtake.domain.errors import OutputError, TimelineError
from newtake.domain.files import HostTarget
from otio_newtake.dialect import move_relative
from otio_newtake.drafting import begun, followed, mark_draft
from otio_newtake.marks import mark_of, put_mark, text_of
from otio_newtake.reading import JSON_SUFFIXES, OpenedTimeline, look_at, open_timeline, sha256_of


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
    )
    return replace(opened, folder=target.output.parent)


def base_looked_at(target: HostTarget) -> OpenedTimeline:
    """The timeline that a change would start from, for looking only: see `look_at`.

    Raises:
        OutputError: If the output is no OTIO file, is somebody else's, or belongs to another state
            of the timeline.
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
    if text_of(mark, "source_sha256") != state:
        raise OutputError(
            f"{target.timeline.name} has changed since {target.output.name} was written.",
            why="Takes added there would land in the older cut.",
            fix="Choose another place with --out, or move that file away.",
        )
    return read(target.output), False


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
