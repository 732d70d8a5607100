"""What the page can have done: the one door between the server and everything behind it.

Values here are plain (texts, numbers, truth values, and lists and tuples of them), ready to be
shown: nothing in a browser has to know frames, rates or steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from newtake.shells.panel.requests import (
    CancelRequest,
    LookRequest,
    PlanRequest,
    RestyleRequest,
    ResumeRequest,
)


@dataclass(frozen=True, slots=True)
class Said:
    """An error as a person reads it."""

    error: str
    what: str
    why: str = ""
    next: str = ""
    money: str = ""


@dataclass(frozen=True, slots=True)
class ShownClip:
    key: str
    name: str
    track: str
    record: str
    """Timecodes of the first frame and of the first one after."""
    frames: int
    rate: str
    part: str = ""
    """Which part of the clip is meant, where it is not the whole; empty else."""
    takes: int = 0
    refusal: str = ""
    """Why it cannot be restyled; empty where it can."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Editor:
    """What is known of DaVinci Resolve."""

    state: str
    """looking (nobody asked it yet), here, busy (it does not answer), or away."""
    product: str = ""
    version: str = ""
    project: str = ""
    timeline: str = ""
    follows: bool = False
    """Whether it says which clips are selected; else a person says how to choose."""
    trouble: Said | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The clips that a plan would be made for."""

    how: str
    sentence: str = ""
    clips: tuple[ShownClip, ...] = ()
    trouble: Said | None = None
    revision: int = 0
    """Another number for another choice: then the plan is out of date."""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One plate that would be sent."""

    clip: str
    sent: str
    frames: str
    handles: str
    held: int
    price: str


@dataclass(frozen=True, slots=True)
class ShownPlan:
    id: str
    rows: tuple[PlanRow, ...]
    refused: tuple[tuple[str, str], ...]
    """Clip and reason of those that would be left out."""
    clips: int
    """How many would be restyled."""
    sending: str
    writes: str
    takes: str
    price: str | None
    """The total in US dollars, exactly; None where it is not known."""
    price_basis: str
    provider: str
    notes: tuple[str, ...] = ()
    repeats: tuple[str, ...] = ()
    """Unfinished jobs that may have paid for the same already."""
    publishes: str = ""
    """Who could read what is sent, where nobody has agreed to that yet; empty else."""
    missing: str = ""
    """What a person still has to say before it can begin; empty where nothing is missing."""


@dataclass(frozen=True, slots=True)
class ShownJob:
    id: str
    clip: str
    timeline: str
    status: str
    step: str
    """The word of the step; empty when there is nothing left to do."""
    running: bool
    started_at: float
    """Seconds since 1970: when the step, or else the job, began."""
    ended_at: float | None
    done: int | None
    total: int | None
    unit: str
    prompt: str
    settings: str
    money: str
    takes: tuple[str, ...]
    notes: tuple[str, ...]
    failure: Said | None
    failed_at: str
    can_cancel: bool
    can_resume: bool
    resume_price: str | None
    """What would be submitted by going on, in US dollars; None where nothing would."""
    resume_unknown: bool
    """Whether going on submits for a price that is not known."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Takes that are ready for a timeline."""

    timeline: str
    takes: int
    here: bool
    """Whether that timeline is the open one."""


@dataclass(frozen=True, slots=True)
class State:
    revision: int
    now: float
    """Seconds since 1970, of the clock that the jobs' times are of."""
    editor: Editor
    chosen: Chosen
    jobs: tuple[ShownJob, ...]
    waiting: tuple[Waiting, ...]
    trouble: Said | None
    """What keeps the jobs from being read."""
    provider: str
    """The service of this machine's settings."""


class Desk(Protocol):
    """Every method may raise NewTakeError, which the page shows."""

    async def state(self, seen: int, wait_seconds: float) -> State:
        """How things stand; waits while they stand as they did at revision `seen`."""
        ...

    async def look(self, request: LookRequest) -> None:
        """Choose the clips anew; the state has them."""
        ...

    async def plan(self, request: PlanRequest) -> ShownPlan:
        """Say what restyling the chosen clips would do. A later call ends an earlier one."""
        ...

    async def restyle(self, request: RestyleRequest) -> list[str]:
        """Begin a plan that was shown, each once; the ids of its jobs. They go on by themselves."""
        ...

    async def cancel(self, request: CancelRequest) -> str:
        """Ask for a job's end; what became of it, as a sentence."""
        ...

    async def resume(self, request: ResumeRequest) -> list[str]:
        """Go on with a job, and with the other parts of its clip; the ids of what goes on."""
        ...

    async def collect(self) -> str:
        """Bring in what waits for the open timeline; what became of it, as a sentence."""
        ...

    async def hand_over(self) -> list[str]:
        """End soon; the ids of the jobs that were on their way, which the next one goes on with."""
        ...
