"""The desk of a running Blender: its scene's strips, plans for them, and the queue of its jobs."""

from __future__ import annotations

import logging
import time
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
from newtake.bootstrap.bundle import shown_uploader
from newtake.bootstrap.panel_edit import EditDocument, edit_document
from newtake.bootstrap.panel_frames import Found
from newtake.bootstrap.panel_takes import (
    clip_of,
    record_of_take,
    records_beside,
    reveal,
    told_changes,
)
from newtake.bootstrap.restyling import checked_wish
from newtake.bootstrap.resuming import can_go_on
from newtake.bootstrap.take_reports import report_beside
from newtake.domain.errors import (
    HostAwayError,
    HostError,
    JournalError,
    Money,
    NewTakeError,
    SelectionError,
)
from newtake.domain.files import TakeChange
from newtake.domain.job import Job
from newtake.ports import Host
from newtake.settings import Settings
from newtake.shells.panel.any_desk import AnyDesk
from newtake.shells.panel.blender_looking import BlenderLooking
from newtake.shells.panel.desk import (
    Saved,
    SettingsAgain,
    ShownEdit,
    ShownJob,
    ShownPlan,
    State,
    TakeReport,
    Waiting,
)
from newtake.shells.panel.job_list import Scope
from newtake.shells.panel.journal_news import follow_journal
from newtake.shells.panel.known_clips import KnownClips
from newtake.shells.panel.news import News
from newtake.shells.panel.offers import Offer, shown_plan
from newtake.shells.panel.requests import (
    AboutRequest,
    AgainRequest,
    LookRequest,
    PlanRequest,
    RestyleRequest,
    ResumeRequest,
    RevealRequest,
    SaveRequest,
    TakesRequest,
)
from newtake.shells.panel.settings_again import settings_for_page
from newtake.shells.panel.showing import said
from newtake.shells.panel.wirings import Wirings
from newtake.shells.panel.wishing import asking_of, wish_of

if TYPE_CHECKING:
    from newtake.hosts.blender.connection import BlenderCalls
    from newtake.hosts.blender.host import BlenderHost


_LOG = logging.getLogger("newtake")
_FILE_SECONDS = 1.0
"""Between two looks at which file is open, of what is known of Blender already."""


class BlenderDesk(AnyDesk):
    """Implements `Desk`."""

    def __init__(self, settings: Settings, calls: BlenderCalls, tasks: anyio.abc.TaskGroup) -> None:
        news = News()
        self.calls = calls
        self.looking = BlenderLooking(calls, settings, news)
        self._known = KnownClips(0, (), {}, {})
        super().__init__(settings, Wirings(settings, None, tasks, calls), tasks, news)

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
        file = ""
        while True:
            if self._scene is not None and self._scene.hello.file != file:
                file = self._scene.hello.file
                await self.prepare()
            await anyio.sleep(_FILE_SECONDS)

    async def prepare(self) -> None:
        scene = self._scene
        if scene is None or not self.settings.journal_path.exists():
            return
        try:
            journal = bootstrap.open_journal(self.settings)
            if await anyio.to_thread.run_sync(follow_moved, scene, journal):
                self.news.tell()
        except NewTakeError as error:
            # The jobs go on where they were, or fail there and say why.
            _LOG.warning("jobs do not follow %s: %s", scene.hello.file, error)

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
        return self._scene is not None and blender_waiting.is_here(self._scene.hello, job)

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
        jobs: tuple[ShownJob, ...] = ()
        waiting: tuple[Waiting, ...] = ()
        trouble = self.queue.trouble
        if self.settings.journal_path.exists():
            try:
                scope = Scope(lambda job: job.order.host.kind == blender.KIND, self.is_here)
                no_place = self._no_place()
                jobs = tuple(self._told(job, no_place) for job in self.queue.jobs(scope))
                waiting = self._waiting(no_place)
            except JournalError as error:
                trouble = said(error)
        return State(
            revision=revision,
            now=time.time(),
            editor=self.looking.editor,
            # What is selected there is asked for in Blender, and here in the page itself.
            chosen=None,
            jobs=jobs,
            waiting=waiting,
            trouble=trouble,
            provider=self.settings.provider,
            edit=self._shown_edit(),
            making=self.media.making,
            audience=self.audience.text,
            public=self.audience.public,
            uploader=shown_uploader(self.settings.uploader),
        )

    def _told(self, job: ShownJob, no_place: Mapping[str, str]) -> ShownJob:
        job = replace(self.candidates.beside(job), no_place=no_place.get(job.id, ""))
        return job if self._scene is None else self._clips(self._scene).told(job)

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

    def _no_place(self) -> dict[str, str]:
        """Why takes that wait for the open scene would find no place in it, by job."""
        here, _ = self._waiting_jobs()
        known = blender_waiting.strips_known(here)
        if known != self.looking.known:
            self.looking.known = known
            self.looking.hurry()
        scene = self._scene
        if scene is None:
            return {}
        reasons = {each.job.id: blender_waiting.no_place(scene, each.job) for each in here}
        return {job: why for job, why in reasons.items() if why}

    def _waiting(self, no_place: Mapping[str, str]) -> tuple[Waiting, ...]:
        """Takes that wait, scene by scene; those that are on their way are no news."""
        counts: dict[tuple[str, bool], int] = {}
        lost = 0
        here, elsewhere = self._waiting_jobs()
        for is_here, found in ((True, here), (False, elsewhere)):
            for each in found:
                if not self.queue.moves.is_busy(each.job.id):
                    name = f"{each.document.project_name} / {each.document.timeline_name}"
                    counts[name, is_here] = counts.get((name, is_here), 0) + each.takes
                    lost += each.takes if each.job.id in no_place else 0
        return tuple(
            Waiting(name, takes, here, lost if here else 0)
            for (name, here), takes in counts.items()
        )

    def _waiting_jobs(self) -> blender_waiting.WaitingHere:
        jobs = bootstrap.open_journal(self.settings).jobs()
        hello = self._scene.hello if self._scene is not None else None
        return blender_waiting.waiting_for(hello, jobs)

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
        async with self.wirings.asked(request) as wiring:
            offer = await self.offers.make(
                request,
                wanted,
                chosen.host,
                chosen.target,
                wiring.ports,
                checked=checked,
                notes=notes,
                # A part is drawn with the whole of its strip.
                drawn={clip.key: listed[clip.index] for clip in chosen.clips},
            )
            return shown_plan(offer, wiring.ports)

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

    async def again(self, request: AgainRequest) -> SettingsAgain:
        clip = clip_of((await self._now()).clips(), request.clip)
        records = await anyio.to_thread.run_sync(records_beside, [clip])
        return await settings_for_page(record_of_take(clip, request.take, records), self.pictures)

    async def about(self, request: AboutRequest) -> TakeReport:
        clip = clip_of((await self._now()).clips(), request.clip)
        return await report_beside(clip, request.take)

    async def save(self, request: SaveRequest) -> Saved:
        del request
        raise _no_file("Blender saves its files; a take is in the scene, not yet in its file.")

    async def reload(self) -> str:
        raise _no_file("What is shown is what Blender has.")

    async def reveal(self, request: RevealRequest) -> str:
        scene = await self._now()
        clip = clip_of(scene.clips(), request.clip)
        return await reveal(self._host(scene), clip, request.take)

    async def collect(self) -> str:
        scene = await self._now()
        here, _ = self._waiting_jobs()
        no_place = self._no_place()
        begun: list[Job] = []
        errors: list[NewTakeError] = []
        for each in here:
            if self.queue.moves.is_busy(each.job.id) or each.job.id in no_place:
                continue
            try:
                begun += await self.queue.resume(ResumeRequest(job=each.job.id))
            except NewTakeError as error:
                errors.append(error)
        if errors and not begun:
            raise errors[0]
        going_on = await self._go_on_with_stopped({each.job.id for each in here})
        # Marks of jobs that ended while Blender was away.
        jobs = bootstrap.open_journal(self.settings).jobs()
        await blender.tidy(self.calls, scene, jobs)
        return blender_waiting.told_collection(here, no_place, going_on)

    async def _go_on_with_stopped(self, waiting: Container[str]) -> int:
        """Go on with the scene's jobs that stopped in the middle and are paid for; how many are
        being made, those that somebody was at already among them."""
        jobs = [
            job
            for job in bootstrap.open_journal(self.settings).jobs()
            if can_go_on(job)
            and job.known_money is not Money.NOT_SENT
            and job.id not in waiting
            and self.is_here(job)
        ]
        await self.queue.take_over([job.id for job in jobs])
        return sum(self.queue.moves.is_busy(job.id) for job in jobs)

    async def hand_over(self) -> list[str]:
        raise _no_file("This page goes on.")


def _no_file(why: str) -> SelectionError:
    return SelectionError("This page is of a scene in Blender.", why=why, fix="")
