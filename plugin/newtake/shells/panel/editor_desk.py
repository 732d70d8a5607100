"""What the desks of running editors do in the same way: takes that wait, their records, no file."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Container, Iterable

import anyio.to_thread

from newtake.bootstrap.panel_takes import record_of_take, records_beside
from newtake.bootstrap.take_reports import report_beside
from newtake.domain.clip import Clip
from newtake.domain.errors import NewTakeError, SelectionError
from newtake.pipeline import collecting
from newtake.shells.panel.any_desk import AnyDesk
from newtake.shells.panel.desk import Saved, SettingsAgain, TakeReport, Waiting
from newtake.shells.panel.requests import AboutRequest, AgainRequest, ResumeRequest, SaveRequest
from newtake.shells.panel.settings_again import settings_for_page


class EditorDesk(AnyDesk):
    """The part of `Desk` that knows that an editor runs, and not which one."""

    editor_name = ""
    page_is_of = ""
    """What the page shows, as a person calls it."""

    @abstractmethod
    async def clip_named(self, text: str) -> Clip:
        """The clip that the page names, in the timeline as it is. Raises: SelectionError."""

    async def again(self, request: AgainRequest) -> SettingsAgain:
        clip = await self.clip_named(request.clip)
        records = await anyio.to_thread.run_sync(records_beside, [clip])
        return await settings_for_page(record_of_take(clip, request.take, records), self.pictures)

    async def about(self, request: AboutRequest) -> TakeReport:
        return await report_beside(await self.clip_named(request.clip), request.take)

    async def save(self, request: SaveRequest) -> Saved:
        del request
        raise self.refused(f"{self.editor_name} saves its own files.")

    async def reload(self) -> str:
        raise self.refused(f"What is shown is what {self.editor_name} has.")

    def refused(self, why: str) -> SelectionError:
        """What the page of a file can have done, and this one cannot."""
        return SelectionError(f"This page is of {self.page_is_of}.", why=why, fix="")

    def shown_waiting(
        self, found: Iterable[tuple[collecting.Waiting, bool]], lost: Container[str] = ()
    ) -> tuple[Waiting, ...]:
        """Takes that wait, timeline by timeline; those that are on their way are no news.

        Args:
            found: Each with whether it is for the open timeline.
            lost: The ids of jobs whose takes find no place in it.
        """
        counts: dict[tuple[str, bool], tuple[int, int]] = {}
        for each, here in found:
            if not self.queue.moves.is_busy(each.job.id):
                key = f"{each.document.project_name} / {each.document.timeline_name}", here
                takes, no_place = counts.get(key, (0, 0))
                no_place += each.takes if here and each.job.id in lost else 0
                counts[key] = takes + each.takes, no_place
        return tuple(
            Waiting(timeline, takes, here, no_place)
            for (timeline, here), (takes, no_place) in counts.items()
        )

    async def bring_in(self, waiting: Iterable[collecting.Waiting]) -> None:
        """Go on with jobs that wait. Raises: NewTakeError, the first one where nothing goes on."""
        begun, errors = 0, list[NewTakeError]()
        for each in waiting:
            try:
                begun += len(await self.queue.resume(ResumeRequest(job=each.job.id)))
            except NewTakeError as error:
                errors.append(error)
        if errors and not begun:
            raise errors[0]
