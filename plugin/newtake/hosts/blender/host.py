"""A scene's sequencer inside a running Blender, as a host of takes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from newtake.domain.clip import Clip
from newtake.domain.errors import HostError, OutputError
from newtake.domain.files import HostTarget, NewTake, PlacedTake, Profile, TakeChange
from newtake.domain.marker import Marker
from newtake.domain.proxies import ShownMedia
from newtake.hosts.blender import changes as take_changes
from newtake.hosts.blender import relinking, showing
from newtake.hosts.blender.connection import BlenderCalls
from newtake.hosts.blender.documents import document_of
from newtake.hosts.blender.facts import Sequencer
from newtake.hosts.blender.identity import StripKey
from newtake.hosts.blender.listing import clip_of, list_clips
from newtake.hosts.blender.relinking import read_key
from newtake.hosts.blender.shown import shown_take, take_of
from newtake.hosts.bridging.folders import check_folder
from newtake.hosts.bridging.shown import shown_original
from newtake.ports import MediaTool, Progress


class BlenderHost:
    """Implements `ports.Host` on the scene that the target names.

    The .blend is never saved by it, no file and no scene is opened in an editor's hands.
    """

    def __init__(self, target: HostTarget, calls: BlenderCalls, media: MediaTool) -> None:
        """Nothing is asked yet.

        Args:
            target: The scene; `document` says which.
            calls: To Blender.
            media: Makes takes' files for strips that show their media at another pace than frame
                for frame.
        """
        self._target = target
        self._calls = calls
        self._media = media

    async def clips(self) -> Sequence[Clip]:
        """Every strip but takes. Raises: HostAwayError, HostError."""
        return list_clips(await self.sequencer())

    async def markers(self) -> Sequence[Marker]:
        """None: the add-on tells no markers."""
        return ()

    async def sequencer(self, *keys: StripKey) -> Sequencer:
        """The scene as it stands; with keys, these strips also where their ids are lost."""
        return await document_of(self._calls, self._target, *(each.known for each in keys))

    async def shown_media(self, clip: Clip, key: str) -> ShownMedia:
        """The media of a take of a listed clip, and which of its frames the clip shows.

        Args:
            clip: As `clips` has it.
            key: The take's key; "original" for the media as cut, which Blender is not asked for.

        Raises:
            SelectionError: There is no such take.
            HostError: Its media is no file of this machine.
            HostAwayError: Blender is away, or has another file open.
        """
        if key == "original":
            return shown_original(clip)
        strip = read_key(clip.key)
        return shown_take(clip, take_of(clip, key, await self.sequencer(strip), strip.uid))

    async def change_takes(self, changes: Sequence[TakeChange]) -> None:
        """Show, star and remove takes; each is one undo step of Blender's.

        Raises:
            SelectionError: There is no such clip or take; nothing was changed.
            HostError: Blender would not do one; those before it are done.
        """
        async with self._calls.changing:
            sequencer = await self.sequencer()
            requests = take_changes.planned(changes, list_clips(sequencer), sequencer)
            for do, body in requests:
                await self._calls.ask(do, document=sequencer.hello.document, **body)

    async def render(self, clip: Clip, *, to: Path, progress: Progress) -> tuple[str, ...]:
        """Blender is never asked to render: no clip is listed to be rendered."""
        del to, progress
        raise HostError(f"{clip.name} is not rendered by Blender.")

    async def readers(self) -> Profile:
        return Profile.GENERIC

    async def check_output(self, clip_keys: Sequence[str]) -> None:
        """See that the strips are there as they were, can be changed, and that takes can be kept.

        Raises:
            HostAwayError: Blender is away, or has another file open.
            HostError: A strip is gone, or was trimmed or slipped after it was listed.
            OutputError: A strip cannot get a take any more.
            StorageError: The folder of takes cannot be written.
        """
        keys = [read_key(text) for text in clip_keys]
        sequencer = await self.sequencer(*keys)
        for key in keys:
            _check(key, sequencer)
        check_folder(self._target.output.parent)

    async def remember(self, clip_keys: Sequence[str]) -> None:
        """Write the ids of strips into them, so that a file that is saved from now on has them.

        No undo step. Raises: HostError.
        """
        keys = [read_key(text) for text in clip_keys]
        async with self._calls.changing:
            sequencer = await self.sequencer(*keys)
            uids = [key.uid for key in keys if sequencer.strip(key.uid) is not None]
            known = [key.known for key in keys]
            document = sequencer.hello.document
            await self._calls.ask("remember", document=document, strips=uids, known=known)

    async def add_take(self, take: NewTake) -> PlacedTake:
        async with self._calls.changing:
            return await relinking.add_take(self._calls, self._media, self._target, take)

    async def show_at_work(self, clip_key: str, job_id: str, about: str) -> None:
        with suppress(HostError):
            async with self._calls.changing:
                key = read_key(clip_key)
                await showing.mark(self._calls, self._target, key, job_id, about)

    async def show_at_rest(self, clip_key: str, job_id: str) -> None:
        del clip_key  # The mark itself tells which strip, also where it was moved.
        with suppress(HostError):
            async with self._calls.changing:
                await showing.unmark(self._calls, self._target, job_id)


def _check(key: StripKey, sequencer: Sequencer) -> None:
    strip = sequencer.strip(key.uid)
    if strip is None:
        raise HostError(
            f"The strip {key.name!r} is gone from the scene.",
            why="It was there when it was chosen.",
            fix="Choose the strip again in Blender.",
        )
    now = strip.key
    if (now.duration, now.first, now.path) != (key.duration, key.first, key.path):
        raise HostError(
            f"The strip {strip.name!r} shows other frames than when it was chosen.",
            why=f"It showed {key.duration} frames of its media from {key.first} on, and shows "
            f"{now.duration} from {now.first} on.",
            fix="Look at the plan as it is now.",
        )
    refusal = clip_of(strip, sequencer).refusal
    if refusal is not None:
        raise OutputError(
            f"The strip {strip.name!r} can get no take any more.",
            why=f"{refusal.text[:1].upper()}{refusal.text[1:]}.",
            fix="Change that in Blender, or choose other strips.",
        )
