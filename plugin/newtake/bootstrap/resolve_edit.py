"""The timeline that is open in DaVinci Resolve, as a page draws it and follows it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newtake.bootstrap.panel_edit import EditDocument, edit_document
from newtake.bootstrap.panel_takes import clip_of, records_beside
from newtake.domain.clip import Clip
from newtake.domain.errors import SelectionError

if TYPE_CHECKING:
    from newtake.hosts.resolve.connection import ResolveCalls
    from newtake.hosts.resolve.snapshot import Snapshot


async def read_edit(calls: ResolveCalls, before: Snapshot | None = None) -> Snapshot:
    """The open timeline as it is now.

    Args:
        calls: To Resolve.
        before: As it was read last, whose keys its clips stay known by.

    Raises:
        HostAwayError, TimelineError, ResolveCallError: It cannot be read.
    """
    from newtake.hosts.resolve.snapshot import read_snapshot

    return (await read_snapshot(calls, Path.exists)).after(before)


async def quick_fingerprint(calls: ResolveCalls) -> Hashable:
    """A few calls, however long the timeline is. Raises: HostAwayError, ResolveCallError."""
    from newtake.hosts.resolve import fingerprint

    return await fingerprint.quick_fingerprint(calls)


async def whole_fingerprint(calls: ResolveCalls, edit: Snapshot) -> Hashable:
    """A few calls for each clip. Raises: HostAwayError, ResolveCallError."""
    from newtake.hosts.resolve import fingerprint

    return await fingerprint.whole_fingerprint(calls, edit.facts.tracks)


def fingerprint_of(edit: Snapshot) -> Hashable:
    """The whole one of a timeline as it was read."""
    from newtake.hosts.resolve import fingerprint

    return fingerprint.fingerprint_of(edit.facts)


def has_selected(edit: Snapshot, selection: Sequence[tuple[Any, ...]]) -> bool:
    """Whether what is selected, as `Glance` has it, is in the timeline as it was read."""
    from newtake.hosts.resolve.fingerprint import has_items

    return has_items(edit.facts, selection)


def document_of(edit: Snapshot | None, revision: int) -> EditDocument:
    """The edit document; an empty one while no timeline is known. Waits for the disk, where the
    records of its takes lie."""
    if edit is None:
        return edit_document("", revision, ())
    return edit_document(
        edit.outline.name,
        revision,
        (*edit.clips, *edit.others),
        edit.markers,
        edit.outline,
        records_beside(edit.clips),
        edit.renders,
    )


def words_of_key(key: str) -> tuple[str, ...]:
    """What a clip is known by whose key was kept, as in a job; empty for no key of Resolve's."""
    from newtake.hosts.resolve.identity import parse_key

    try:
        return parse_key(key).known_by
    except ValueError:
        return ()


def clip_named(clips: Sequence[Clip], key: str) -> Clip:
    """The listed clip that a page or a job means by a key of some time ago.

    Raises:
        SelectionError: The timeline has it no more.
    """
    try:
        return clip_of(clips, key)
    except SelectionError:
        words = set(words_of_key(key))
        found = next((clip for clip in clips if words.intersection(clip.known_by)), None)
        if found is None:
            raise
        return found
