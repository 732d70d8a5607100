"""Write a timeline completely or not at all, and prove it by reading it again."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import opentimelineio as otio

from newtake.domain.errors import HostError, StorageError
from newtake.domain.files import HostTarget
from newtake.durable import hidden_name, write_durably, write_new
from otio_newtake.drafting import base_sha256, keep_base
from otio_newtake.marks import NAMESPACE
from otio_newtake.reading import OpenedTimeline, remember

_INDENTED_BYTES = 3 << 20
"""Longer texts are written without indentation: a third of the size and of the time. That is about
4000 clips of nothing but their media."""
_CLIP = re.compile(r'\{"OTIO_SCHEMA":"Clip\.')
_NAMED = f'"{NAMESPACE}":'


def write_timeline(
    timeline: Any,
    output: Path,
    check: Callable[[Any], None],
    *,
    last: Callable[[bytes], None] | None = None,
) -> bytes:
    """Write beside `output`, read it back, check it, and only then put it in its place.

    The text comes from the library's serialiser with no target versions: adapters and the variable
    OTIO_DEFAULT_TARGET_VERSION_FAMILY_LABEL could otherwise write clips of schema 1, which hold one
    media reference and lose every other take without a word.

    Args:
        timeline: What is written.
        output: Replaced when it is there.
        check: Called with the timeline as read back, of a large one with the clips alone that carry
            marks of ours; raises HostError when something is missing.
        last: Called with what is written just before it gets its name; what it raises leaves
            everything as it was.

    Returns:
        What was written.
    Raises:
        HostError: If it cannot be written or does not read back as it was meant.
    """

    def proved(written: Path) -> None:
        shown_whole(written)
        if output.exists():
            # Whoever could read and write it still can.
            with suppress(OSError):
                written.chmod(stat.S_IMODE(output.stat().st_mode))
        if last is not None:
            last(data)

    def shown_whole(written: Path) -> None:
        if not many:
            check(otio.core.deserialize_json_from_file(str(written)))
            return
        raw = written.read_bytes()
        if raw != data:
            raise HostError(f"{output} was not written: the disk gave back something else.")
        try:
            check(marked_clips(raw.decode()))
        except HostError:
            # What they are inside of can tell more of them.
            check(otio.core.deserialize_json_from_string(raw.decode()))

    try:
        text = otio.core.serialize_json_to_string(timeline, indent=-1)
        many = len(text) > _INDENTED_BYTES
        if not many:
            text = otio.core.serialize_json_to_string(timeline, indent=4)
        data: bytes = text.encode()
        write_durably(output, data, check=proved)
        return data
    except OSError as error:
        raise HostError(
            f"{output} cannot be written.",
            why=f"{error.strerror}.",
            fix="Make room or choose another place with --out, then `newtake jobs resume`.",
        ) from error
    except HostError:
        raise
    except Exception as error:  # opentimelineio raises several unrelated kinds
        raise HostError(
            f"{output} was not written: the timeline does not survive writing.", why=f"{error}."
        ) from error


def write_draft(target: HostTarget, opened: OpenedTimeline, check: Callable[[Any], None]) -> None:
    """Write a draft; before the first time, what it begins with is kept. The lock is the caller's.

    Args:
        target: It has a draft.
        opened: As from `outputs.base_of`; not the caller's to change any more.
        check: As for `write_timeline`.
    Raises:
        HostError: As `write_timeline`.
    """
    assert target.draft is not None
    try:
        target.draft.parent.mkdir(parents=True, exist_ok=True)
        keep_base(target, base_sha256(opened.timeline))
    except OSError as error:
        raise HostError(
            f"{target.draft} cannot be written.",
            why=f"{error.strerror}.",
            fix="Make room in New Take's own folder, then `newtake jobs resume`.",
        ) from error
    remember(opened, target.draft, write_timeline(opened.timeline, target.draft, check))


def marked_clips(text: str) -> Any:
    """A timeline of those clips of another one that carry marks of ours, in their order.

    Cut out of the text as the library's serialiser writes it: each object begins with its schema.
    To read all of a large timeline takes longer than everything else that is done for a take.
    """
    begins = [match.start() for match in _CLIP.finditer(text)]
    track = otio.schema.Track(kind=otio.schema.TrackKind.Video)
    for begin, end in pairwise([*begins, len(text)]):
        if text.find(_NAMED, begin, end) >= 0:
            clip, _ = json.JSONDecoder().raw_decode(text, begin)
            track.append(otio.core.deserialize_json_from_string(json.dumps(clip)))
    timeline = otio.schema.Timeline()
    timeline.tracks.append(track)
    return timeline


def check_writable(output: Path) -> None:
    """See by trying that the folder of the output takes files; leaves nothing there.

    Raises:
        StorageError: It is not there or cannot be written.
    """
    trial = hidden_name(output)
    try:
        write_new(trial, b"")
    except OSError as error:
        raise StorageError(
            f"Nothing can be written into {output.parent}.",
            why=f"{error.strerror}.",
            fix="Make the folder or its permissions right, or choose another place with --out.",
        ) from error
    finally:
        with suppress(OSError):
            trial.unlink(missing_ok=True)
