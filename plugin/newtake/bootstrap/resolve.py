"""The timeline that is open in DaVinci Resolve: as a target of jobs, its clips, and its takes.

What is chosen, planned and switched here is asked of a conversation with Resolve that the caller
holds (`bootstrap.resolve_from_outside`, or one over the bridge that started this process).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from newtake import bootstrap
from newtake.bootstrap.restyling import Wish
from newtake.bootstrap.resuming import can_go_on
from newtake.bootstrap.wanting import Asking, Wanting, wanted_of
from newtake.domain.clip import Clip
from newtake.domain.errors import SelectionError
from newtake.domain.files import HostDocument, HostTarget
from newtake.domain.job import Job
from newtake.domain.selection import Selection, select_clips
from newtake.pipeline.collecting import Waiting, waiting_takes
from newtake.ports import Host
from newtake.settings import Settings

if TYPE_CHECKING:
    from newtake.hosts.resolve.connection import ResolveCalls
    from newtake.hosts.resolve.facts import TimelineFacts
    from newtake.hosts.resolve.listing import Rendered
    from newtake.hosts.resolve.snapshot import Snapshot

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Clips of the open timeline, and how they came to be the ones meant."""

    target: HostTarget
    host: Host
    clips: tuple[Clip, ...]
    text: str
    """One sentence without a full stop."""
    skipped: tuple[str, ...] = ()
    """Ways to choose that come first and found nothing, each with its reason."""


def ways_to_choose() -> tuple[str, ...]:
    """The words that `choose` knows."""
    from newtake.hosts.resolve.selecting import WAYS

    return WAYS


async def open_target(
    calls: ResolveCalls, settings: Settings, folder: Path | None = None
) -> HostTarget:
    """The open timeline as a target of jobs.

    Args:
        calls: To Resolve.
        settings: This machine's.
        folder: Where takes are written; None is a folder of the project's name in the settings'
            `takes_folder`.

    Raises:
        HostAwayError: Resolve cannot be reached.
        TimelineError: No timeline is open.
    """
    from newtake.hosts.resolve.items import read_document

    return target_of(await read_document(calls), settings, folder)


def target_of(document: HostDocument, settings: Settings, folder: Path | None) -> HostTarget:
    """See `open_target`."""
    if folder is None:
        takes = settings.takes_folder or settings.home / "takes"
        folder = takes / folder_name(document.project_name, document.project)
    name = folder_name(document.timeline_name, document.timeline)
    return HostTarget(
        kind="resolve",
        timeline=Path("resolve", document.project_name, document.timeline_name),
        output=folder.expanduser().absolute() / name,
        document=document,
    )


def folder_name(name: str, uid: str) -> str:
    """A project's or timeline's name as one that every file system and editor takes.

    A name that loses letters by it gets a mark of its id, so that two of them keep two folders.
    """
    kept = "".join(each if each.isascii() and each.isalnum() else "_" for each in name)[:60]
    if kept.replace("_", "") and all(each.isascii() for each in name) and len(name) <= 60:
        return kept
    mark = hashlib.sha256(uid.encode()).hexdigest()[:6]
    return f"{kept.strip('_') or 'timeline'}_{mark}"


def names_clips(listed: Selection) -> bool:
    """Whether it means clips, and not only a track."""
    return bool(listed.clips or listed.at or listed.ranges or listed.everything)


async def choose(
    calls: ResolveCalls,
    settings: Settings,
    *,
    how: str = AUTO,
    listed: Selection | None = None,
    folder: Path | None = None,
    render: bool = False,
    edit: Snapshot | None = None,
) -> Chosen:
    """The clips that are meant, in a timeline and a folder that would take their takes.

    Args:
        calls: To Resolve.
        settings: This machine's.
        how: One of `ways_to_choose`, of what the editor did in Resolve.
        listed: Clips of the listing instead; only its track counts where it names none.
        folder: As for `open_target`.
        render: Have Resolve render what is sent, with its grade, instead of cutting it from the
            media; nothing is rendered yet.
        edit: The open timeline, where it was read just now; None reads it.

    Raises:
        SelectionError: Nothing is meant, or more than one clip fits a name.
        OutputError, StorageError: Takes could not be kept there.
        HostAwayError, TimelineError: As `open_target`.
    """
    target = await open_target(calls, settings, folder)
    host = bootstrap.open_host(target, calls)
    edit = _same(edit, target)
    pictures = await _renders(calls, edit) if render else None
    if listed is not None and names_clips(listed):
        clips = _selected(await _listed(calls, host, pictures, edit), listed)
        text, skipped = _told(clips, listed), tuple[str, ...]()
    else:
        from newtake.hosts.resolve import selecting

        choice = await selecting.choose(
            calls,
            how,
            colour=settings.resolve_select_colour,
            rendered=pictures,
            timeline=edit.facts if edit is not None else None,
            known=edit.clips if edit is not None and pictures is None else None,
        )
        clips, text, skipped = choice.clips, choice.text, choice.skipped
        if listed is not None and listed.track is not None:
            # Every one of them, on that track only; says so where none is.
            narrowed = Selection(everything=True, track=listed.track)
            clips = _selected(clips, narrowed)
            text = f"{text}, on track {listed.track.upper()}"
    await _check(host, target, clips, edit)
    return Chosen(target, host, clips, text, skipped)


async def choose_asked(
    calls: ResolveCalls,
    settings: Settings,
    asking: Asking,
    wish: Wish,
    *,
    folder: Path | None = None,
    render: bool = False,
    edit: Snapshot | None = None,
) -> tuple[Chosen, Wanting]:
    """What ranges, the timeline's markers and a table ask for, each with its own settings.

    Parts of clips are cut in: no script of Resolve's splits a clip. Arguments and errors as for
    `choose` and `wanting.wanted_of`.
    """
    from newtake.hosts.resolve.host import ResolveHost

    target = await open_target(calls, settings, folder)
    host = ResolveHost(target, calls)
    edit = _same(edit, target)
    pictures = await _renders(calls, edit) if render else None
    wanting = await wanted_of(host, await _listed(calls, host, pictures, edit), asking, wish)
    clips = tuple(each if isinstance(each, Clip) else each.clip for each in wanting.clips)
    await _check(host, target, clips, edit)
    by = " and ".join(
        name
        for name, is_said in (
            ("ranges", asking.selection.ranges),
            ("markers", asking.markers is not None),
            ("the table of ranges", asking.table),
        )
        if is_said
    )
    text = f"{len(clips)} clip{'s' if len(clips) > 1 else ''} asked for by {by}"
    return Chosen(target, host, clips, text), wanting


def _same(edit: Snapshot | None, target: HostTarget) -> Snapshot | None:
    """What was read, where that timeline is still the open one."""
    return edit if edit is not None and edit.document == target.document else None


async def _check(
    host: Host, target: HostTarget, clips: Sequence[Clip], edit: Snapshot | None
) -> None:
    """Clips that were read just now are looked at again only before a plan of them is begun."""
    if edit is None:
        await host.check_output([clip.key for clip in clips if clip.refusal is None])
        return
    from newtake.hosts.bridging.folders import check_folder

    check_folder(target.output.parent)


async def _renders(calls: ResolveCalls, edit: Snapshot | None) -> Rendered:
    from newtake.hosts.resolve.items import read_timeline
    from newtake.hosts.resolve.rendering import rendered_by

    return await rendered_by(calls, edit.facts if edit else await read_timeline(calls))


async def _listed(
    calls: ResolveCalls, host: Host, pictures: Rendered | None, edit: Snapshot | None
) -> Sequence[Clip]:
    if pictures is None:
        return edit.clips if edit is not None else await host.clips()
    from newtake.hosts.resolve.items import read_timeline
    from newtake.hosts.resolve.listing import list_clips

    return list_clips(edit.facts if edit else await read_timeline(calls), rendered=pictures)


def _selected(clips: Sequence[Clip], listed: Selection) -> tuple[Clip, ...]:
    try:
        return tuple(select_clips(clips, listed))
    except SelectionError as error:
        if error.fix == SelectionError.fix:
            error.fix = "`newtake resolve clips` lists the clips with their numbers."
        raise


def _told(clips: Sequence[Clip], listed: Selection) -> str:
    if listed.everything:
        what = "every clip" if listed.track is None else f"every clip of {listed.track.upper()}"
        return f"{what} with a picture, {len(clips)}"
    return f"{len(clips)} clip{'s' if len(clips) > 1 else ''} named on the command line"


async def list_clips(calls: ResolveCalls, settings: Settings) -> Sequence[Clip]:
    """All clips of the open timeline. Raises: as `open_target`."""
    return await bootstrap.open_host(await open_target(calls, settings), calls).clips()


async def read_facts(calls: ResolveCalls) -> TimelineFacts:
    """The open timeline with its pictures' items and takes. Raises: as `open_target`."""
    from newtake.hosts.resolve.items import read_timeline

    return await read_timeline(calls)


async def use_takes(
    calls: ResolveCalls, settings: Settings, choices: Sequence[tuple[str, str]]
) -> tuple[str, ...]:
    """Have clips show other of their takes; all choices are checked before the first is made.

    Args:
        calls: To Resolve.
        settings: This machine's.
        choices: A clip's number or name, and a take's key.

    Returns:
        Notes of what of a clip's grade and effects did not stay.

    Raises:
        SelectionError: There is no such clip or take; nothing was switched.
        HostError: Resolve would not switch one, which shows its former take.
    """
    from newtake.hosts.resolve import switching

    clips = await list_clips(calls, settings)
    switches = []
    for entry, take in choices:
        (clip,) = _selected(clips, Selection(clips=(entry,)))
        switches.append(switching.plan_switch(clip, take))
    return await switching.use_takes(calls, switches)


def waiting_for(document: HostDocument, jobs: Iterable[Job]) -> tuple[list[Waiting], list[Waiting]]:
    """The takes that wait for that timeline, and those that wait for others."""
    waiting = waiting_takes(jobs, "resolve")
    here = [each for each in waiting if each.is_for(document)]
    return here, [each for each in waiting if not each.is_for(document)]


async def tidy(calls: ResolveCalls, jobs: Iterable[Job]) -> int:
    """Remove marks of jobs that have ended from the open timeline's clips; how many there were.

    Args:
        calls: To Resolve.
        jobs: All of the journal; what it does not know may be at work elsewhere, and stays marked.
    """
    from newtake.hosts.resolve import showing

    return await showing.tidy(calls, frozenset(job.id for job in jobs if not can_go_on(job)))
