"""What a page does with single takes: settings used again, files shown, changes told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import anyio.to_thread

from newtake.bootstrap.shown_frames import ORIGINAL, ShowsMedia
from newtake.bootstrap.takes import TakeRecords
from newtake.domain.clip import Clip
from newtake.domain.errors import MediaError, SelectionError
from newtake.domain.files import TakeChange
from newtake.domain.take_record import TakeRecord, record_of, settings_again

_EXR = "_exr"


def clip_of(clips: Sequence[Clip], key: str) -> Clip:
    """The listed clip of a key, or of one that it had before. Raises: SelectionError."""
    found = next((clip for clip in clips if clip.key == key), None)
    found = found or next((clip for clip in clips if key in clip.known_by), None)
    if found is None:
        raise SelectionError(
            "The timeline has no such clip any more.", fix="Look at the timeline as it is now."
        )
    return found


def record_of_take(clip: Clip, take: str, records: TakeRecords) -> TakeRecord:
    """How a take was made, its prompt at least.

    Raises:
        SelectionError: There is no such take, or nothing says how it was made.
    """
    # EXR frames were made with their movie.
    record = records.get(clip.key, {}).get(take.removesuffix(_EXR))
    if record is None:
        _named(clip, take)
        raise SelectionError(
            f"Nothing says how {take} of {clip.name} was made.",
            fix="Say the prompt and the settings yourself.",
        )
    settings_again(record, f"{take} of {clip.name}")
    return record


def check_take(clip: Clip, take: str) -> None:
    """Raises: SelectionError, where the clip has no take of this key that was made."""
    known = next((each for each in clip.takes if each.key == take and each.number), None)
    if known is None:
        keys = ", ".join(each.key for each in clip.takes if each.number) or "none"
        raise SelectionError(
            f"The clip {clip.name} has no take {take!r}.", fix=f"Its takes are: {keys}."
        )


async def reveal(host: ShowsMedia, clip: Clip, take: str) -> str:
    """Show the file of a take in the system's file manager; a sentence.

    Where there is no file manager the sentence is the path alone.

    Raises:
        SelectionError: There is no such take.
        HostError: Its media is no file of this machine.
        MediaError: The file is not there.
    """
    media = await host.shown_media(clip, take)
    path = media.sequence.folder if media.sequence is not None else media.path
    if path is None:
        raise MediaError(f"{take} of {clip.name} is no file of this machine.")
    return await anyio.to_thread.run_sync(show_file, path)


def show_file(path: Path) -> str:
    """Show a file in the system's file manager; see `reveal`. Waits for it.

    Raises:
        MediaError: The file is not there.
    """
    from newtake.adapters.file_manager import show_in_file_manager

    path = path.absolute()
    if not path.exists():
        raise MediaError(f"{path} is not there.", fix="Bring it back, or choose another take.")
    return f"Shown: {path}" if show_in_file_manager(path) else str(path)


def records_beside(clips: Sequence[Clip]) -> TakeRecords:
    """How takes of listed clips were made, as the sidecars beside their files say. Waits for the
    disk; for an editor's timelines, in which nothing else says it."""
    from newtake.adapters.sidecars import read_sidecar

    found: dict[str, dict[str, TakeRecord]] = {}
    for clip in clips:
        for take in clip.takes:
            beside = read_sidecar(Path(take.url), "") if take.number and take.url else None
            if beside is not None:
                found.setdefault(clip.key, {})[take.key] = record_of({}, beside[1], beside[0])
    return found


def told_changes(changes: Sequence[TakeChange], clips: Sequence[Clip]) -> str:
    """What was done to takes, as a sentence; the clips are as they were before."""
    if len(changes) != 1:
        return f"{len(changes)} changes of takes were made."
    (change,) = changes
    clip = clip_of(clips, str(change.clip))
    take = _named(clip, change.take)
    begun = f"{take[0].upper()}{take[1:]}"
    done = {
        "use": f"{clip.name} shows {'the original' if take == ORIGINAL else take}.",
        "star": f"{begun} of {clip.name} has a star.",
        "unstar": f"{begun} of {clip.name} has no star any more.",
        "remove": f"{begun} of {clip.name} is removed from the timeline. Its files stay.",
    }
    return done[change.verb]


def _named(clip: Clip, key: str) -> str:
    if key == ORIGINAL:
        return ORIGINAL
    take = next((each for each in clip.takes if each.key == key), None)
    if take is None:
        known = ", ".join(each.key for each in clip.takes if each.number) or "none"
        raise SelectionError(
            f"The clip {clip.name} has no take {key!r}.", fix=f"Its takes are: {known}."
        )
    return ORIGINAL if not take.number else f"take {take.number}{' (EXR)' * key.endswith(_EXR)}"
