"""A job as a value: where it stands among the eight steps, and what it has made so far.

Only `replay.advance` makes one from another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from newtake.domain.errors import Money
from newtake.domain.events import Failure, Order, Step
from newtake.domain.files import Asset, PlacedTake, PlateFile, ResultFile, TakeFile
from newtake.domain.parts import part_id


class Status(Enum):
    """Whether a job still moves."""

    ACTIVE = "active"
    """Has a next step; running now, or waiting for `jobs resume`."""
    DONE = "done"
    """Every rendition that the service delivered is in the timeline."""
    FAILED = "failed"
    """Stopped by an error; `jobs resume` tries the same step again, without paying again."""
    UNSURE = "unsure"
    """A submission may exist; it moves on when it is found, or when a person says what became of
    it (`jobs settle`)."""
    CANCELLED = "cancelled"
    """Ended on request."""


@dataclass(frozen=True, slots=True)
class Rendition:
    """One generation of a submission: becomes one take."""

    submission_id: str
    outcome: Literal["pending", "ready", "failed", "cancelled"] = "pending"
    reason: str = ""
    result_url: str | None = None
    """Only for answers that have no row to ask again (the synchronous route)."""
    exr_url: str | None = None
    """As `result_url`, for the EXR."""
    result: ResultFile | None = None
    take: TakeFile | None = None
    placed: PlacedTake | None = None
    cost_usd: str | None = None
    """What the service's history says; None until it says anything."""
    losses: int = 0
    """How often one of its files had to be made again."""

    @property
    def step(self) -> Step | None:
        """Its next step; None when it is in the timeline or has ended without a take."""
        if self.outcome in ("failed", "cancelled") or self.placed is not None:
            return None
        if self.outcome == "pending":
            return Step.WAIT
        if self.result is None:
            return Step.DOWNLOAD
        return Step.CONFORM if self.take is None else Step.RELINK


@dataclass(frozen=True, slots=True)
class Intent:
    """What was about to be submitted; enough to find it at the service afterwards."""

    at: float
    url_sha256: str
    url_path: str


@dataclass(frozen=True, slots=True)
class Job:
    id: str
    order: Order
    created_at: float
    status: Status = Status.ACTIVE
    plate: PlateFile | None = None
    asset: Asset | None = None
    intent: Intent | None = None
    renditions: tuple[Rendition, ...] = ()
    failure: Failure | None = None
    doubt: str = ""
    """Why it is, or was, unsure."""
    started: dict[Step, float] = field(default_factory=dict)
    """When each step was last begun."""
    ended: dict[Step, float] = field(default_factory=dict)
    """When each step was done."""

    @property
    def step(self) -> Step | None:
        """The step to do next; None when there is nothing left to do."""
        if self.plate is None:
            return Step.EXPORT
        if self.asset is None:
            return Step.UPLOAD
        if not self.renditions:
            return Step.SUBMIT
        return next((step for step in RENDITION_STEPS if self.waiting_for(step)), None)

    def waiting_for(self, step: Step) -> tuple[Rendition, ...]:
        """The renditions whose next step this is. They go on independently of each other."""
        if self.is_later_part and step in (Step.CONFORM, Step.RELINK):
            return ()
        return tuple(each for each in self.renditions if each.step is step)

    @property
    def is_later_part(self) -> bool:
        """Whether it ends with its result, which the first part's job joins into the take."""
        return self.order.part is not None and not self.order.part.is_first

    @property
    def may_be_submitted_unknown(self) -> bool:
        """Whether a request left, or was about to, and nobody knows what became of it."""
        return self.intent is not None and not self.renditions

    @property
    def missing(self) -> int:
        """Variations that were sent for and that no generation is known of, once any is."""
        if not self.renditions:
            return 0
        return max(0, self.order.settings.variations - len(self.renditions))

    @property
    def known_money(self) -> Money:
        """What the journal itself knows of the job's charge."""
        if self.renditions:
            return Money.SUBMITTED
        return Money.NOT_SENT if self.intent is None else Money.UNKNOWN

    @property
    def failure_money(self) -> str:
        """What is known of money at the job's failure by now: costs are read after it was noted."""
        failure = self.failure
        if failure is None or failure.money != Money.SUBMITTED.value:
            return failure.money if failure is not None else ""
        is_paid = all(each.cost_usd is not None for each in self.renditions)
        going_on = self.step in (Step.DOWNLOAD, Step.CONFORM, Step.RELINK)
        return Money.PAID.value if is_paid and going_on else failure.money

    @property
    def take_waits(self) -> bool:
        """Whether its take is ready, and could not be brought into the timeline of a running editor
        yet: that is away or busy, has another timeline open, or has no place for it."""
        has_tried = self.status is Status.FAILED and self.step is Step.RELINK
        return has_tried and self.order.host.document is not None

    @property
    def stand(self) -> str:
        """Its status in one word, for a person."""
        return "waits" if self.take_waits else self.status.value

    @property
    def in_flight(self) -> bool:
        """Whether money may be on its way: a request may have left, or a generation has not ended.

        A cancelled job is not looked at again; what the service did of it is in its history.
        """
        if self.status is Status.CANCELLED:
            return False
        pending = any(each.outcome == "pending" for each in self.renditions)
        return pending or self.may_be_submitted_unknown

    @property
    def ready(self) -> tuple[Rendition, ...]:
        """The renditions that the service delivered and that can become takes."""
        return tuple(each for each in self.renditions if each.outcome == "ready")

    def seconds(self, step: Step) -> float | None:
        """How long a finished step took."""
        if step not in self.started or step not in self.ended:
            return None
        return max(0.0, self.ended[step] - self.started[step])


def family_of(job: Job, jobs: Iterable[Job]) -> tuple[Job, ...]:
    """The jobs of all parts of the clip, in order; the job alone where its clip has no parts.

    Args:
        job: Any of them.
        jobs: All jobs of the journal, as they stand now.
    """
    count = 1 if job.order.part is None else job.order.part.count
    names = [part_id(job.id, number) for number in range(1, count + 1)]
    known = {each.id: each for each in jobs}
    return tuple(known[name] for name in names if name in known)


RENDITION_STEPS = (Step.WAIT, Step.DOWNLOAD, Step.CONFORM, Step.RELINK)
"""The steps that each rendition of a submission takes on its own."""
