"""Follows a .blend that was moved: its jobs go on beside it, with the files they have made so far.

A file that was moved before it was saved with its id has another one; the jobs follow that as well.

Rule 1: nothing that a job has is deleted. Where the old .blend is still there, its takes stay as
well, and are copied; where it is gone, they move.
Rule 2: what lies in the new folder already, having been moved with it, is taken as it is.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from newtake.adapters.takes import TakeFolder
from newtake.bootstrap.blender import KIND, Scene
from newtake.bootstrap.blender_waiting import is_here
from newtake.domain.clip import MediaInfo
from newtake.domain.events import HostMoved, MovedFiles, Stamped
from newtake.domain.files import ExrFrames, HostTarget, ResultFile, TakeFile
from newtake.domain.job import Job, Rendition, Status, family_of
from newtake.durable import hidden_name
from newtake.hosts.blender.identity import StripKey, parse_key
from newtake.pipeline.renditions import slot_in, takes_folder
from newtake.ports import Journal, TakeSlot

_NOTES = ".newtake"
"""What numbers are taken by in a folder of takes."""
_LOG = logging.getLogger("newtake")


def follow_moved(
    scene: Scene, journal: Journal, is_theirs: Callable[[Job], bool] = lambda _: False
) -> list[str]:
    """Have the unfinished jobs of the open scene go on beside its file; the ids of those moved.

    A job that another process holds is left to it.

    Args:
        scene: As it was read.
        journal: Of the jobs.
        is_theirs: Whether another Blender has the scene of a job open: it stays with that.

    Raises:
        JournalError: The journal cannot be read or written.
        StorageError: The new folder of takes cannot be written.
    """
    if not scene.hello.file:
        return []
    known, done = list(journal.jobs()), []
    for job in known:
        if not _is_left_behind(job, known, scene) or is_theirs(job):
            continue
        with journal.hold(job.id) as held:
            if not held:
                continue
            job = journal.load(job.id)
            moving = _Moving(job, scene.target)
            journal.append(job.id, Stamped(time.time(), moving.event()))
            moving.leave()
            done.append(job.id)
    if done:
        _LOG.info("the file of jobs %s is %s by now", ", ".join(done), scene.hello.file)
    return done


def _is_left_behind(job: Job, known: Iterable[Job], scene: Scene) -> bool:
    host = job.order.host
    if host.kind != KIND or (host.timeline, host.document) == (
        scene.target.timeline,
        scene.document,
    ):
        return False
    if job.status is Status.CANCELLED or family_of(job, known)[0].step is None:
        return False
    if host.timeline == scene.target.timeline and not scene.hello.document_kept:
        # It lies where it was: without its id it is known again, and the job stays as it is.
        return False
    return is_here(scene.hello, job) or is_shown(job, scene)


def is_shown(job: Job, scene: Scene) -> bool:
    """Whether a file that was never saved with its id is the job's all the same: of its name, with
    its scene, and in that the strip that was chosen, while the job's own file is gone."""
    host, hello = job.order.host, scene.hello
    assert host.document is not None
    named = (Path(hello.file).name, hello.scene) == (
        host.timeline.name,
        host.document.timeline_name,
    )
    if not named or hello.document_kept or host.timeline.exists():
        return False
    key = parse_key(job.order.clip.key)
    return any(is_chosen(each.key, key) for each in scene.sequencer.strips)


def is_chosen(now: StripKey, key: StripKey) -> bool:
    """Whether a strip shows what the chosen one did, in the same place, whatever its id."""
    place = (now.name, now.kind, now.start, now.duration, now.first)
    chosen = (key.name, key.kind, key.start, key.duration, key.first)
    return place == chosen and key.is_of_media(now.path, now.frames)


@dataclass(frozen=True, slots=True)
class _Moving:
    """One job on its way to where its .blend is."""

    job: Job
    target: HostTarget
    left: list[Path] = field(default_factory=list)
    """What was copied."""

    def event(self) -> HostMoved:
        """The files are there once this returns, and where they were as well."""
        order = self.job.order
        files = [self._files(each) for each in self.job.renditions if each.placed is None]
        target = self.target
        host = replace(
            order.host, timeline=target.timeline, output=target.output, document=target.document
        )
        return HostMoved(
            host,
            self._key(order.clip.key),
            tuple(self._key(each.clip_key) for each in order.also),
            self._source(order.source),
            tuple(each for each in files if each.result is not None or each.take is not None),
        )

    def _beside(self, path: Path) -> Path:
        """Where a path would be that was moved with the .blend; as it is where it was not."""
        with suppress(ValueError):
            inside = path.relative_to(self.job.order.host.timeline.parent)
            moved = self.target.timeline.parent / inside
            if moved.exists():
                return moved
        return path

    def _key(self, text: str) -> str:
        key = parse_key(text)
        return str(replace(key, path=str(self._beside(Path(key.path))))) if key.path else text

    def _source(self, source: MediaInfo) -> MediaInfo:
        if source.sequence is not None:
            folder = self._beside(source.sequence.folder)
            sequence = replace(source.sequence, folder=folder)
            return replace(source, path=sequence.pattern, sequence=sequence)
        return replace(source, path=self._beside(source.path))

    def _files(self, rendition: Rendition) -> MovedFiles:
        result, take = rendition.result, rendition.take
        if result is None and take is None:
            return MovedFiles(rendition.submission_id)
        slot = slot_in(takes_folder(self.target), self.job, rendition, TakeFolder())
        return MovedFiles(
            rendition.submission_id,
            None if result is None else self._result(result, slot),
            None if take is None else self._take(take, slot),
        )

    def _result(self, result: ResultFile, slot: TakeSlot) -> ResultFile:
        exr = result.exr
        if exr is not None:
            exr = self._brought(exr, slot.exr_package.with_suffix(exr.suffix))
        return replace(result, path=self._brought(result.path, slot.result), exr=exr)

    def _take(self, take: TakeFile, slot: TakeSlot) -> TakeFile:
        exr: ExrFrames | None = take.exr
        if exr is not None:
            exr = replace(exr, folder=self._brought(exr.folder, slot.exr_folder))
        return replace(
            take,
            path=self._brought(take.path, slot.video.with_suffix(take.path.suffix)),
            sidecar=self._brought(take.sidecar, slot.sidecar),
            exr=exr,
        )

    def _brought(self, path: Path, to: Path) -> Path:
        """A file or folder of the job where it is to be; its path as it is where it is nowhere."""
        there = self._beside(path)
        if there.is_relative_to(self.target.timeline.parent):
            return there
        if not to.exists():
            if not path.exists():
                # It is made again in its step, from what there is.
                return path
            part = hidden_name(to)
            if path.is_dir():
                shutil.copytree(path, part)
            else:
                shutil.copy2(path, part)
            part.rename(to)
        self.left.append(path)
        return to

    def leave(self) -> None:
        """Remove what was copied where the old .blend is gone: its folder was only made again by
        the job, and goes with them where nothing else is in it."""
        host = self.job.order.host
        if host.timeline.exists():
            return
        with suppress(OSError):
            for each in self.left:
                if each.is_dir():
                    shutil.rmtree(each)
                else:
                    each.unlink(missing_ok=True)
            folder = takes_folder(host)
            if all(each.name == _NOTES for each in folder.iterdir()):
                shutil.rmtree(folder)
                # Refused where anything else is in it.
                folder.parent.rmdir()
