"""Takes that wait for the scene that is open in Blender: with a place in it, without, and lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import anyio.abc

from newtake import bootstrap
from newtake.bootstrap import blender_waiting
from newtake.bootstrap.blender_lost import lost_takes, was_placed_since
from newtake.bootstrap.blender_open import is_of_another, is_open_elsewhere
from newtake.bootstrap.lost_takes import Lost
from newtake.domain.events import Step
from newtake.domain.job import Job
from newtake.settings import Settings
from newtake.shells.panel.blender_looking import BlenderLooking
from newtake.shells.panel.desk import Waiting
from newtake.shells.panel.news import News
from newtake.shells.panel.waiting_rows import with_lost


@dataclass(slots=True)
class BlenderWaits:
    """What the journal and the newest look at Blender say of takes that are not in the scene."""

    settings: Settings
    looking: BlenderLooking
    news: News
    tasks: anyio.abc.TaskGroup
    is_busy: Callable[[str], bool]
    """Whether this process is at a job."""
    _begun_at: float = field(default_factory=time.time)
    _kept: dict[tuple[str, float], int | None] = field(default_factory=dict)
    """Jobs that found no place, with the time they tried: the edit's revision then; None until
    Blender was looked at again."""

    def with_lost(self, rows: Sequence[Waiting]) -> tuple[Waiting, ...]:
        """The rows with what the open scene has lost: by a file that was not saved with it, which
        waits, and by an undo, which is offered and no more."""
        if self.looking.scene is None:
            return tuple(rows)
        unsaved = undone = 0
        for each in self.lost():
            if self.was_undone(each.job):
                undone += each.takes
            else:
                unsaved += each.takes
        hello = self.looking.scene.hello
        name = f"{hello.file_name} / {hello.scene}"
        return with_lost(rows, name, unsaved, unsaved=unsaved, undone=undone)

    def lost(self) -> list[Lost]:
        """What the open scene has lost, of jobs that nobody is at; nothing while another Blender
        has that scene open, which may have it."""
        scene = self.looking.scene
        if scene is None or not self.settings.journal_path.exists():
            return []
        found = [
            each
            for each in lost_takes(scene, bootstrap.open_journal(self.settings).jobs())
            # What was placed since Blender was looked at was not seen yet.
            if not (self.is_busy(each.job.id) or was_placed_since(each.job, self.looking.seen_at))
        ]
        if found and is_open_elsewhere(self.settings.home, scene.document.project):
            return []
        return found

    def was_undone(self, job: Job) -> bool:
        """Of a job whose takes are lost: whether the scene had them since it was opened here."""
        return was_placed_since(job, self._begun_at)

    def no_place(self, *, anew: bool = False) -> dict[str, str]:
        """Why takes that wait for the open scene would find no place in it, by job.

        Args:
            anew: What the newest look says alone, whatever Blender refused before: of a scene that
                was looked at just now, for somebody who asks to have them tried.
        """
        here, _ = self.jobs()
        scene = self.looking.scene
        if scene is None:
            return {}
        reasons = {each.job.id: blender_waiting.no_place(scene, each.job) for each in here}
        for each in here:
            if not anew and self._is_refused_still(each.job) and not reasons[each.job.id]:
                reasons[each.job.id] = blender_waiting.why_refused(each.job)
        return {job: why for job, why in reasons.items() if why}

    def _is_refused_still(self, job: Job) -> bool:
        """Whether a job was refused a place in the edit that is known here: one that was not seen
        since then, or, where only Blender itself could tell, one that was not changed since."""
        if not blender_waiting.why_refused(job):
            return False
        tried = (job.id, job.started.get(Step.RELINK, 0.0))
        if tried not in self._kept:
            self._kept[tried] = None
            self.tasks.start_soon(self._look_again, tried)
        seen = self._kept[tried]
        return seen is None or (
            seen == self.looking.revision and blender_waiting.only_blender_tells(job)
        )

    async def _look_again(self, tried: tuple[str, float]) -> None:
        # After the look that is under way, which may have been before it.
        await self.looking.look()
        self._kept[tried] = self.looking.revision
        self.news.tell()

    def jobs(self) -> blender_waiting.WaitingHere:
        jobs = bootstrap.open_journal(self.settings).jobs()
        scene = self.looking.scene
        if scene is None:
            return blender_waiting.waiting_for(None, jobs)
        return blender_waiting.waiting_for(
            scene.hello, jobs, lambda job: is_of_another(self.settings.home, scene, job)
        )
