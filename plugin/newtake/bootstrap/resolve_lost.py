"""Takes that are made, and that the timeline that is open in DaVinci Resolve lacks.

Either the clip was gone when its take came and is there again; or the project was reverted to what
was saved before; or somebody removed the take in Resolve; or the timeline is a duplicate that was
made while the take was. Only the first is certain, and such a take waits as any other. A revert
cannot be told from a removal, of which Resolve keeps nothing. So those are named, and come back
when somebody asks for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from newtake.bootstrap import lost_takes
from newtake.bootstrap.lost_takes import Lost, keys_of, labels_of, lost_of
from newtake.bootstrap.resolve import target_of
from newtake.domain.files import HostDocument
from newtake.domain.job import Job, Rendition, Status
from newtake.pipeline.renditions import takes_folder
from newtake.ports import Journal
from newtake.settings import Settings

if TYPE_CHECKING:
    from newtake.hosts.resolve.facts import ItemFacts, TimelineFacts
    from newtake.hosts.resolve.identity import ItemKey

_BIN = "bin"


@dataclass(frozen=True, slots=True)
class Lacking:
    """A job that is done, whose clip is in the open timeline without its takes."""

    lost: Lost
    waits: bool
    """Whether its takes were in no clip so far: theirs was gone, or not as it was."""
    elsewhere: str = ""
    """The timeline that the job is of; empty where it is this one."""

    @property
    def job(self) -> Job:
        return self.lost.job

    @property
    def why(self) -> str:
        """What may have become of them, for a person."""
        if self.elsewhere:
            return f"made for the timeline {self.elsewhere}, where this clip is the same"
        if self.waits:
            return "its clip is there again"
        return "removed in Resolve, or the project was not saved with it"


def may_lack(document: HostDocument, jobs: Iterable[Job]) -> bool:
    """Whether any job is worth reading the timeline for."""
    return any(job.status is Status.DONE and _is_of_project(job, document) for job in jobs)


def lacking(facts: TimelineFacts, jobs: Iterable[Job]) -> list[Lacking]:
    """What a timeline lacks of takes that are made and are there as files.

    Args:
        facts: The timeline, as it was read.
        jobs: All of the journal.
    """
    document, shown = facts.document, _Shown(facts)
    found = lost_of(jobs, lambda job: _is_of_project(job, document), shown.lacks)
    return [_told(each, document) for each in found]


def bring_back(each: Lacking, facts: TimelineFacts, journal: Journal, settings: Settings) -> bool:
    """Have the job place its takes in the open timeline when it is resumed; False where another
    process is at it. Nothing is paid. Raises: JournalError."""
    job = each.job
    if not each.elsewhere:
        return lost_takes.lay_anew(job, journal)
    target = replace(target_of(facts.document, settings, None), takes=takes_folder(job.order.host))
    return lost_takes.lay_anew(job, journal, target, _Shown(facts).keys_here(job))


def _told(lost: Lost, document: HostDocument) -> Lacking:
    own = lost.job.order.host.document
    assert own is not None, "a job of Resolve names a document"
    if own.timeline != document.timeline:
        return Lacking(lost, False, own.timeline_name)
    places = {each.placed.place for each in lost.job.renditions if each.placed is not None}
    return Lacking(lost, places == {_BIN})


def _is_of_project(job: Job, document: HostDocument) -> bool:
    host = job.order.host
    same = host.document is not None and host.document.project == document.project
    return host.kind == "resolve" and same


class _Shown:
    """What the open timeline shows."""

    def __init__(self, facts: TimelineFacts) -> None:
        self._facts = facts
        self._items = [each for each in facts.items if each.track_type == "video"]
        shown = {each.media for each in self._items}
        shown |= {take.media for each in self._items for take in each.takes}
        media = [facts.media[uid] for uid in shown if uid in facts.media]
        self._labels = {each.label.label for each in media if each.label is not None}
        self._unlabelled = {each.path for each in media if each.label is None}

    def lacks(self, job: Job, rendition: Rendition) -> bool:
        """Whether a clip for a take is there, and the take is in none."""
        take = rendition.take
        if take is None or str(take.path) in self._unlabelled or not take.path.exists():
            return False
        from newtake.hosts.resolve.relink_plan import plan_relink

        for label, text in zip(labels_of(job, rendition), keys_of(job), strict=True):
            key = self._key(text)
            if key is None or label in self._labels:
                continue
            plan = plan_relink(
                key, take.available, job.id if self._is_own(key) else "", self._items
            )
            if plan.place != _BIN:
                return True
        return False

    def keys_here(self, job: Job) -> Sequence[str]:
        """The keys of a job's clips of another timeline, as they are in this one."""
        from newtake.hosts.resolve.listing import alike_in, key_of

        alike = alike_in(self._facts)
        found = []
        for text in keys_of(job):
            key = self._key(text)
            item = None if key is None else self._in_place(key)
            if key is None or item is None:
                # What this timeline has not stays in the bin, with the reason.
                found.append(text)
                continue
            found.append(str(key_of(item, self._facts, key.kind, alike)))
        return found

    def _in_place(self, key: ItemKey) -> ItemFacts | None:
        from newtake.hosts.resolve.finding import find_item

        return find_item(key, "", self._items)

    def _key(self, text: str) -> ItemKey | None:
        """A clip's key; of another timeline's only its place counts, where the same frames lie."""
        from newtake.hosts.resolve.identity import parse_key

        try:
            key = parse_key(text)
        except ValueError:
            return None
        return key if self._is_own(key) else replace(key, item="", copies=())

    def _is_own(self, key: ItemKey) -> bool:
        return key.timeline == self._facts.document.timeline
