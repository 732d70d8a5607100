"""Begin a draft with the bytes of a timeline that is gone from its place."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from newtake.domain.errors import HostError
from newtake.domain.files import HostTarget
from newtake.durable import hidden_name, write_durably, write_new
from otio_newtake.dialect import move_relative
from otio_newtake.drafting import base_name, mark_draft
from otio_newtake.reading import JSON_SUFFIXES, OpenedTimeline, open_timeline
from otio_newtake.writing import write_draft


def begin_with(target: HostTarget, raw: bytes) -> None:
    """Write the draft of a timeline that lies nowhere any more. The lock is the caller's.

    Args:
        target: It has a draft, which was not begun.
        raw: The timeline's file as it was.

    Raises:
        TimelineError: It cannot be read.
        HostError: The draft cannot be written.
    """
    base = base_name(target, hashlib.sha256(raw).hexdigest())
    try:
        base.parent.mkdir(parents=True, exist_ok=True)
        write_durably(base, raw)
    except OSError as error:
        raise HostError(f"{base} cannot be written.", why=f"{error.strerror}.") from error
    if base.suffix in JSON_SUFFIXES:
        opened = open_timeline(base, target.edl_rate)
    else:
        opened = _opened_in_place(target, raw)
    # Its addresses count from where it was.
    move_relative(opened.timeline, target.timeline.parent, target.output.parent)
    begun = replace(opened, folder=target.output.parent)
    mark_draft(begun, target)
    write_draft(target, begun, _unchecked)


def _opened_in_place(target: HostTarget, raw: bytes) -> OpenedTimeline:
    """Read where it was: an EDL gets its rate from the media that it names from there."""
    to = hidden_name(target.timeline)
    beside = to.with_name(f"{to.name}{target.timeline.suffix}")
    try:
        write_new(beside, raw)
        return open_timeline(beside, target.edl_rate)
    except OSError as error:
        raise HostError(f"{beside} cannot be written.", why=f"{error.strerror}.") from error
    finally:
        beside.unlink(missing_ok=True)


def _unchecked(written: Any) -> None:
    """It holds what it held: nothing was added."""
    del written
