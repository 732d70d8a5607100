"""The scene that is open in Blender: as a target of jobs, its strips as clips, and its takes.

All of it is asked of a conversation with the add-on that started this process.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newtake import bootstrap
from newtake.bootstrap.resolve import Chosen, folder_name
from newtake.bootstrap.restyling import Wish
from newtake.bootstrap.resuming import can_go_on
from newtake.bootstrap.wanting import Asking, Wanting, wanted_of
from newtake.domain.clip import Clip
from newtake.domain.errors import HostAwayError, SelectionError
from newtake.domain.files import HostDocument, HostTarget
from newtake.domain.job import Job
from newtake.domain.marking import meant_in
from newtake.domain.outline import Outline
from newtake.domain.timing import FrameRange
from newtake.pipeline.renditions import takes_folder
from newtake.settings import Settings

if TYPE_CHECKING:
    from newtake.hosts.blender.connection import BlenderCalls
    from newtake.hosts.blender.facts import Hello, Sequencer
    from newtake.hosts.bridging.pipes import Transport

KIND = "blender"
AUTO, SELECTION, PREVIEW = "auto", "selection", "preview"
WAYS = (AUTO, SELECTION, PREVIEW)
"""How strips are chosen: selected ones, those in the preview range, or the first that there is."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The open scene at one moment."""

    sequencer: Sequencer
    target: HostTarget

    @property
    def document(self) -> HostDocument:
        assert self.target.document is not None
        return self.target.document

    @property
    def hello(self) -> Hello:
        return self.sequencer.hello

    @property
    def notes(self) -> tuple[str, ...]:
        """What should be known before a take of it is bought."""
        if self.hello.file:
            return ()
        folder = takes_folder(self.target)
        return (
            f"this file was never saved, so its takes are kept in {folder}; "
            "save it first to have them beside it",
        )

    def clips(self) -> list[Clip]:
        from newtake.hosts.blender.listing import list_clips

        return list_clips(self.sequencer)

    def outline(self) -> Outline:
        """Its channels as tracks, those that have strips."""
        from newtake.hosts.blender.listing import outline_of

        return outline_of(self.sequencer)


@asynccontextmanager
async def blender_as_started() -> AsyncIterator[BlenderCalls]:
    """A conversation with the Blender whose add-on started this process.

    To be entered early: it takes over this process's standard input and output. With Blender's end
    it is over; nothing else opens it again.
    """
    from newtake.hosts.blender.connection import COLLECT, BlenderConnection
    from newtake.hosts.bridging.pipes import OwnPipes

    unused: list[Transport] = [OwnPipes("Blender has ended.")]

    async def opened() -> Transport:
        if not unused:
            connection.is_over = True
            raise HostAwayError("Blender, which started this newtake, has ended.", fix=COLLECT)
        return unused.pop()

    connection = BlenderConnection(opened)
    try:
        yield connection
    finally:
        await connection.aclose()
        for each in unused:
            await each.aclose()


async def read_scene(calls: BlenderCalls, settings: Settings, *known: Mapping[str, Any]) -> Scene:
    """The scene whose sequencer is shown; `known` strips also where their ids are lost.

    Raises: HostAwayError, HostError.
    """
    from newtake.hosts.blender.connection import read_sequencer

    sequencer = await read_sequencer(calls, None, *known)
    return Scene(sequencer, target_of(sequencer.hello, settings))


async def open_target(calls: BlenderCalls, settings: Settings) -> HostTarget:
    """The shown scene as a target of jobs. Raises: HostAwayError, HostError."""
    from newtake.hosts.blender.connection import hello

    return target_of(await hello(calls), settings)


def target_of(hello: Hello, settings: Settings) -> HostTarget:
    """Takes lie beside the .blend; those of a file that was never saved in the settings' folder."""
    from newtake.hosts.blender.documents import document_in

    document = document_in(hello)
    if hello.file:
        timeline = Path(hello.file)
        # A dot would be taken for the beginning of a suffix.
        name = f"{timeline.stem.replace('.', '_')}_newtake"
        return HostTarget(KIND, timeline, timeline.with_name(name), document=document)
    takes = settings.takes_folder or settings.home / "takes"
    folder = takes / f"blender_{document.project[:12]}"
    return HostTarget(
        KIND,
        timeline=Path(KIND, document.project, document.timeline_name),
        output=folder.expanduser().absolute() / folder_name(hello.scene, document.project),
        document=document,
    )


async def choose(calls: BlenderCalls, settings: Settings, *, how: str = AUTO) -> Chosen:
    """The strips that are meant, in a scene and a folder that would take their takes.

    Args:
        calls: To Blender.
        settings: This machine's.
        how: One of `WAYS`.

    Raises:
        SelectionError: Nothing is meant, or `how` is no way to say it.
        OutputError, StorageError: Takes could not be kept there.
        HostAwayError: Blender is not there.
    """
    return await choose_in(await read_scene(calls, settings), calls, how)


async def choose_in(scene: Scene, calls: BlenderCalls, how: str) -> Chosen:
    """The same in a scene that was read. Arguments and errors as for `choose`."""
    if how not in WAYS:
        raise SelectionError(
            f"{how!r} is no way to choose strips in Blender.", fix=f"Ways: {', '.join(WAYS)}."
        )
    clips = scene.clips()
    found: tuple[Clip, ...] = ()
    text, skipped = "", list[str]()
    if how in (AUTO, SELECTION):
        found, text = _selected(scene, clips)
        if not found:
            skipped.append("no strip is selected")
    if not found and how in (AUTO, PREVIEW):
        found, text = _in_preview(scene, clips)
        if not found:
            skipped.append(text)
    if not found:
        raise SelectionError(
            "No strip was chosen in Blender.",
            why=f"{'; '.join(skipped)}.",
            fix="Select strips in the sequencer, or set the preview range (P) over them.",
        )
    host = bootstrap.blender_host(scene.target, calls)
    await host.check_output([clip.key for clip in found if clip.refusal is None])
    return Chosen(scene.target, host, found, text, tuple(skipped))


def _selected(scene: Scene, clips: Sequence[Clip]) -> tuple[tuple[Clip, ...], str]:
    """A take that is selected means its original. With a picture comes its sound; alone it is told
    why not."""
    from newtake.hosts.blender.identity import word_of

    wanted, sounds = set[str](), set[str]()
    for strip in scene.sequencer.seen:
        if not strip.selected:
            continue
        is_ours = strip.is_take and scene.sequencer.strip(strip.take_of) is not None
        word = word_of(strip.take_of if is_ours else strip.uid)
        (sounds if strip.kind == "SOUND" else wanted).add(word)
    found = _known(clips, wanted or sounds)
    return found, f"{_strips(len(found))} selected in the sequencer"


def _known(clips: Sequence[Clip], words: Iterable[str]) -> tuple[Clip, ...]:
    wanted = set(words)
    return tuple(clip for clip in clips if not wanted.isdisjoint(clip.known_by))


def _in_preview(scene: Scene, clips: Sequence[Clip]) -> tuple[tuple[Clip, ...], str]:
    """What of movies and images lies in the preview range, and shows. Of a closed meta strip, which
    shows as well, it is told why it is left out."""
    preview = scene.hello.preview
    if preview is None:
        return (), "the preview range is off"
    span = FrameRange(preview[0], preview[1] - preview[0], scene.hello.rate)
    shown = {
        each.uid
        for each in scene.sequencer.seen
        if (each.media is not None or each.kind == "META") and not each.channel_muted
    }
    from newtake.hosts.blender.identity import word_of

    pictures = _known(clips, map(word_of, shown))
    meant = [part for clip in pictures if (part := meant_in(clip, span)) is not None]
    if not meant:
        return (
            (),
            f"no movie and no images lie in the preview range {preview[0]} - {preview[1] - 1}",
        )
    frames = f"{preview[0]} - {preview[1] - 1}"
    return tuple(each.cut_in for each in meant), (
        f"{_strips(len(meant))} in the preview range {frames}"
    )


def _strips(count: int) -> str:
    return "1 strip" if count == 1 else f"{count} strips"


async def choose_asked(
    calls: BlenderCalls, scene: Scene, asking: Asking, wish: Wish
) -> tuple[Chosen, Wanting]:
    """What keys and ranges ask for. Parts of strips are cut in: none is split.

    Args:
        calls: To Blender.
        scene: As it was read.
        asking: What was asked for.
        wish: The settings.

    Raises: as for `choose` and `wanting.wanted_of`.
    """
    host = bootstrap.blender_host(scene.target, calls)
    wanting = await wanted_of(host, scene.clips(), asking, wish)
    clips = tuple(each if isinstance(each, Clip) else each.clip for each in wanting.clips)
    await host.check_output([clip.key for clip in clips if clip.refusal is None])
    return Chosen(scene.target, host, clips, f"{_strips(len(clips))} asked for"), wanting


async def tidy(calls: BlenderCalls, scene: Scene, jobs: Iterable[Job]) -> int:
    """Remove marks of jobs that have ended from the scene's strips; how many there were.

    Args:
        calls: To Blender.
        scene: As it was read.
        jobs: All of the journal; what it does not know may be at work elsewhere, and stays marked.
    """
    from newtake.hosts.blender import showing

    ended = frozenset(job.id for job in jobs if not can_go_on(job))
    return await showing.unmark_all(calls, scene.sequencer, lambda job: job in ended)


def page_folder(home: Path) -> Path:
    """Where the page of the Blender that started this process is claimed and told."""
    return home / KIND / str(os.getpid())
