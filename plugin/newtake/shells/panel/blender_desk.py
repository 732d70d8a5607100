"""The desk of a running Blender: its scene's strips, plans for them, and the queue of its jobs."""

from __future__ import annotations

import logging
from collections.abc import Container, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
import anyio.abc
import anyio.to_thread

from newtake import bootstrap
from newtake.bootstrap import blender, blender_waiting
from newtake.bootstrap.blender import Scene
from newtake.bootstrap.blender_moved import follow_moved
from newtake.bootstrap.blender_open import is_of_another, is_open_elsewhere, tell_open
from newtake.bootstrap.lost_takes import Lost, lay_anew
from newtake.bootstrap.panel_edit import EditDocument, edit_document
from newtake.bootstrap.panel_frames import Found
from newtake.bootstrap.panel_takes import (
    clip_of,
    records_beside,
    reveal,
    told_changes,
)
from newtake.bootstrap.restyling import checked_wish
from newtake.bootstrap.resuming import can_go_on
from newtake.domain.clip import Clip
from newtake.domain.errors import (
    HostAwayError,
    HostError,
    Money,
    NewTakeError,
    SelectionError,
)
from newtake.domain.files import TakeChange
from newtake.domain.job import Job, Status
from newtake.pipeline import collecting
from newtake.ports import Host
from newtake.settings import Settings
from newtake.shells.panel.blender_looking import BlenderLooking
from newtake.shells.panel.blender_waits import BlenderWaits
from newtake.shells.panel.desk import (
    ShownEdit,
    ShownJob,
    ShownPlan,
    State,
    Waiting,
)
from newtake.shells.panel.editor_desk import EditorDesk
from newtake.shells.panel.job_list import Scope
from newtake.shells.panel.journal_news import follow_journal
from newtake.shells.panel.known_clips import KnownClips
from newtake.shells.panel.news import News
from newtake.shells.panel.offers import Offer
from newtake.shells.panel.requests import (
    LookRequest,
    PlanRequest,
    RestyleRequest,
    ResumeRequest,
    RevealRequest,
    TakesRequest,
)
from newtake.shells.panel.wirings import Wirings
from newtake.shells.panel.wishing import asking_of, wish_of

if TYPE_CHECKING:
    from newtake.hosts.blender.connection import BlenderCalls
    from newtake.hosts.blender.host import BlenderHost


_LOG = logging.getLogger("newtake")
_FILE_SECONDS = 1.0
"""Between two looks at which file is open, of what is known of Blender already."""


class BlenderDesk(EditorDesk):
    """Implements `Desk`."""

    editor_name = "Blender"
    page_is_of = "a scene in Blender"

    def __init__(self, settings: Settings, calls: BlenderCalls, tasks: anyio.abc.TaskGroup) -> None:
        news = News()
        self.calls = calls
        self.looking = BlenderLooking(calls, settings, news)
        self._known = KnownClips(0, (), {}, {})
        super().__init__(settings, Wirings(settings, None, tasks, calls), tasks, news)
        self.waits = BlenderWaits(settings, self.looking, news, tasks, self.queue.moves.is_busy)

    async def follow(self) -> None:
        """Keep up with Blender and with the journal, until cancelled."""
        async with anyio.create_task_group() as group:
            group.start_soon(self.looking.follow)
            group.start_soon(follow_journal, self.settings.journal_path, self.news)
            group.start_soon(self.keep_up)
            group.start_soon(self.go_on)
            group.start_soon(self._keep_beside)

    async def _keep_beside(self) -> None:
        """Have jobs go on beside the .blend as soon as one is opened, or written, elsewhere."""
        seen = ("", "")
        while self.looking.is_there:
            hello = self._scene.hello if self._scene is not None else None
            if hello is not None and (hello.file, hello.document) != seen:
                seen = (hello.file, hello.document)
                await self.prepare()
                tell_open(self.settings.home, *seen)
            await anyio.sleep(_FILE_SECONDS)
        # What goes on now goes on for whoever opens the file next.
        tell_open(self.settings.home, "", "")

    async def prepare(self) -> None:
        scene = self._scene
        if scene is None or not self.settings.journal_path.exists():
            return
        try:
            journal = bootstrap.open_journal(self.settings)
            if await anyio.to_thread.run_sync(follow_moved, scene, journal, self._is_theirs):
                self.news.tell()
        except NewTakeError as error:
            # The jobs go on where they were, or fail there and say why.
            _LOG.warning("jobs do not follow %s: %s", scene.hello.file, error)

    def _is_theirs(self, job: Job) -> bool:
        """Whether the scene that a job was begun in is open in another Blender, where it was."""
        host = job.order.host
        document = "" if host.document is None else host.document.project
        return is_open_elsewhere(self.settings.home, document, str(host.timeline))

    @property
    def _scene(self) -> Scene | None:
        return self.looking.scene

    async def _now(self) -> Scene:
        """The scene as it is now. Raises: HostAwayError."""
        await self.looking.look()
        if self._scene is None or self.looking.editor.state != "here":
            trouble = self.looking.editor.trouble
            raise HostAwayError(
                trouble.what if trouble else "Blender does not answer.",
                why=trouble.why if trouble else "It renders, or has a dialog open.",
                fix=trouble.next if trouble else "Try again when it is done.",
            )
        return self._scene

    def timeline_changed(self) -> None:
        self.looking.hurry()

    def is_here(self, job: Job) -> bool:
        scene = self._scene
        if scene is None or not blender_waiting.is_here(scene.hello, job):
            return False
        return not is_of_another(self.settings.home, scene, job)

    def _host(self, scene: Scene) -> BlenderHost:
        return bootstrap.blender_host(scene.target, self.calls)

    def _clips(self, scene: Scene) -> KnownClips:
        if self._known.revision != self.looking.revision:
            revision = self.looking.revision
            self._known = KnownClips.of(revision, self._host(scene), scene.clips())
        return self._known

    async def find(self, clip: str) -> Found | None:
        return self._clips(self._scene).by_id.get(clip) if self._scene is not None else None

    async def state(self, seen: int, wait_seconds: float) -> State:
        if not self.news.page_is_open:
            self.looking.hurry()
        revision = await self.news.after(seen, wait_seconds)
        # What is selected there is asked for in Blender, and here in the page itself.
        return self.state_with(revision, self._shown_edit(), self.looking.editor, None)

    def told_jobs(self) -> tuple[tuple[ShownJob, ...], tuple[Waiting, ...]]:
        no_place = self.waits.no_place()
        here, elsewhere = self.waits.jobs()
        found = [*((each, True) for each in here), *((each, False) for each in elsewhere)]
        scope = Scope(lambda job: job.order.host.kind == blender.KIND, self.is_here, self._place)
        return (
            tuple(self._told(job, no_place) for job in self.queue.jobs(scope)),
            self.waits.with_lost(self.shown_waiting(found, no_place)),
        )

    def _told(self, job: ShownJob, no_place: Mapping[str, str]) -> ShownJob:
        job = replace(self.candidates.beside(job), no_place=no_place.get(job.id, ""))
        return job if self._scene is None else self._clips(self._scene).told(job)

    def _place(self, job: Job) -> str:
        """Where a job's takes go; empty where that is the open scene."""
        scene = self._scene
        if scene is None or self.is_here(job):
            return ""
        return job.order.host.told_beside(scene.target)

    def _shown_edit(self) -> ShownEdit | None:
        scene = self._scene
        if scene is None:
            return None
        return ShownEdit(
            kind="blender",
            title=f"{scene.hello.file_name}, {scene.hello.scene}",
            path=scene.hello.file,
            revision=self.looking.revision,
            gone=not self.looking.is_there,
            why_not="Blender saves its files.",
        )

    async def edit(self) -> EditDocument:
        scene = await self._now()
        clips, revision = self._clips(scene).clips, self.looking.revision
        title = f"{scene.hello.file_name}, {scene.hello.scene}"
        return await anyio.to_thread.run_sync(
            lambda: edit_document(
                title, revision, clips, (), scene.outline(), records_beside(clips)
            )
        )

    async def look(self, request: LookRequest) -> None:
        await self.looking.look(request.word)

    async def planned(self, request: PlanRequest) -> ShownPlan:
        if request.from_render:
            raise SelectionError("Blender's own render of a strip is not sent, only its media.")
        scene = await self._now()
        wish = wish_of(request, picture_of=self.pictures.first_frame)
        if request.chosen_here:
            clips = scene.clips()
            chosen, wanting = await blender.choose_asked(
                self.calls, scene, asking_of(request, clips), wish
            )
            wanted, checked, notes = wanting.clips, wanting.checked, wanting.notes
        else:
            chosen = await blender.choose_in(scene, self.calls, self.looking.how)
            wanted, checked, notes = chosen.clips, checked_wish(wish), ()
        listed = {clip.index: clip for clip in scene.clips()}
        return await self.offered(
            request,
            wanted,
            chosen.host,
            chosen.target,
            checked=checked,
            notes=(*notes, *scene.notes),
            # A part is drawn with the whole of its strip.
            drawn={clip.key: listed[clip.index] for clip in chosen.clips},
        )

    def host_of(self, offer: Offer) -> Host:
        # Where another file is open by now its host says so.
        return bootstrap.blender_host(offer.target, self.calls)

    async def restyle(self, request: RestyleRequest) -> list[str]:
        jobs = await super().restyle(request)
        journal = bootstrap.open_journal(self.settings)
        orders = [journal.load(job).order for job in jobs]
        keys = [key for each in orders for key in (each.clip.key, *(u.clip_key for u in each.also))]
        with suppress(HostError):
            # Begun it is all the same; a strip without its id is found by what it shows.
            await bootstrap.blender_host(orders[0].host, self.calls).remember(keys)
        return jobs

    async def resume(self, request: ResumeRequest) -> list[str]:
        scene, job = self._scene, bootstrap.open_journal(self.settings).load(request.job)
        if scene is not None and is_of_another(self.settings.home, scene, job):
            raise SelectionError(
                f"Job {job.id} belongs to {job.order.host.told_beside(scene.target)}.",
                why="Another Blender has that open, and the take goes there.",
                fix="Go on with it there, or close it there and open it here.",
            )
        return await super().resume(request)

    async def takes(self, request: TakesRequest) -> str:
        scene = await self._now()
        clips = scene.clips()
        changes = [
            TakeChange(clip_of(clips, each.clip).key, each.what, each.take)
            for each in request.changes
        ]
        await self._host(scene).change_takes(changes)
        self.looking.hurry()
        return told_changes(changes, clips)

    async def clip_named(self, text: str) -> Clip:
        return clip_of((await self._now()).clips(), text)

    async def reveal(self, request: RevealRequest) -> str:
        scene = await self._now()
        clip = clip_of(scene.clips(), request.clip)
        return await reveal(self._host(scene), clip, request.take)

    async def collect(self) -> str:
        scene = await self._now()
        here, _ = self.waits.jobs()
        no_place = self.waits.no_place(anew=True)
        lost = await self._bring_back()
        busy = self.queue.moves.is_busy
        await self.bring_in(
            each for each in here if not (busy(each.job.id) or each.job.id in no_place)
        )
        going_on, unpaid = await self._go_on_with_stopped({each.job.id for each in here})
        # Marks of jobs that ended while Blender was away.
        jobs = bootstrap.open_journal(self.settings).jobs()
        await blender.tidy(self.calls, scene, jobs)
        again = sum(each.takes for each in lost if self.waits.was_undone(each.job))
        unsaved = sum(each.takes for each in lost) - again
        return blender_waiting.told_collection(here, no_place, going_on, unpaid, again, unsaved)

    async def _bring_back(self) -> list[Lost]:
        """Place once more what the scene has lost; what it was."""
        journal = bootstrap.open_journal(self.settings)
        lost = [each for each in self.waits.lost() if lay_anew(each.job, journal)]
        await self.bring_in(
            collecting.Waiting(journal.load(each.job.id), document)
            for each in lost
            if (document := each.job.order.host.document) is not None
        )
        return lost

    async def _go_on_with_stopped(self, waiting: Container[str]) -> tuple[int, int]:
        """Go on with the scene's jobs that stopped in the middle and are paid for.

        Returns:
            How many are being made, those that somebody was at already among them, and how many
            rest because they are not submitted yet.
        """
        jobs = [
            job
            for job in bootstrap.open_journal(self.settings).jobs()
            if can_go_on(job) and job.id not in waiting and self.is_here(job)
        ]
        # What would be paid for is left alone by it.
        await self.queue.take_over([job.id for job in jobs])
        resting = [job for job in jobs if not self.queue.moves.is_busy(job.id)]
        unpaid = [
            job
            for job in resting
            if job.status is Status.ACTIVE and job.known_money is Money.NOT_SENT
        ]
        return len(jobs) - len(resting), len(unpaid)

    async def hand_over(self) -> list[str]:
        raise self.refused("This page goes on.")
