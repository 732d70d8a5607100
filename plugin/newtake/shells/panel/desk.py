"""What the page can have done: the one door between the server and everything behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from newtake.bootstrap.panel_edit import EditDocument
from newtake.domain.take_report import TakeReport
from newtake.shells.panel.answers import (
    Candidate,
    Chosen,
    Editor,
    LookUp,
    Making,
    PlanRow,
    Said,
    Saved,
    SettingsAgain,
    ShownClip,
    ShownEdit,
    ShownJob,
    ShownPlan,
    ShownStyle,
    State,
    Strip,
    Waiting,
)
from newtake.shells.panel.requests import (
    AboutRequest,
    AgainRequest,
    CancelRequest,
    LookRequest,
    LookUpRequest,
    PlanRequest,
    RestyleRequest,
    ResumeRequest,
    RevealRequest,
    SaveRequest,
    SettleRequest,
    TakesRequest,
)

__all__ = [
    "Candidate",
    "Chosen",
    "Desk",
    "Editor",
    "LookUp",
    "Making",
    "PlanRow",
    "Said",
    "Saved",
    "SettingsAgain",
    "ShownClip",
    "ShownEdit",
    "ShownJob",
    "ShownPlan",
    "ShownStyle",
    "State",
    "Strip",
    "TakeReport",
    "Waiting",
]


class Desk(Protocol):
    """Every method may raise NewTakeError, which the page shows."""

    async def state(self, seen: int, wait_seconds: float) -> State:
        """How things stand; waits while they stand as they did at revision `seen`."""
        ...

    async def edit(self) -> EditDocument:
        """The timeline to be drawn. Raises: TimelineError, HostAwayError."""
        ...

    async def styles(self) -> Sequence[ShownStyle]:
        """The styles that can be named, those of the newest jobs first."""
        ...

    async def tables(self) -> Sequence[str]:
        """Paths of look-up tables that can be chosen, those of the newest jobs first."""
        ...

    async def look(self, request: LookRequest) -> None:
        """Choose the clips anew in a running editor; the state has them."""
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

    async def settle(self, request: SettleRequest) -> str:
        """Take a person's word on what became of a submission; what follows, as a sentence."""
        ...

    async def look_up(self, request: LookUpRequest) -> None:
        """Ask the service again for the submissions that may be a job's; the state tells them."""
        ...

    async def takes(self, request: TakesRequest) -> str:
        """Select, star and remove takes: all of it or nothing; what was done, as a sentence."""
        ...

    async def again(self, request: AgainRequest) -> SettingsAgain:
        """The settings that a take was made with. Raises: SelectionError."""
        ...

    async def about(self, request: AboutRequest) -> TakeReport:
        """What is known of how a take was made. Raises: SelectionError."""
        ...

    async def save(self, request: SaveRequest) -> Saved:
        """Write the timeline's file.

        Raises:
            OutputError: Another program has changed it, or a file is there that was not to be
                replaced.
        """
        ...

    async def reload(self) -> str:
        """Read a file anew that another program changed, with the unsaved takes carried over."""
        ...

    async def reveal(self, request: RevealRequest) -> str:
        """Show a take's file in the system's file manager; a sentence, with its path where there
        is no file manager."""
        ...

    async def collect(self) -> str:
        """Bring in what waits for the open timeline; what became of it, as a sentence."""
        ...

    async def hand_over(self) -> list[str]:
        """End soon; the ids of the jobs that were on their way, which the next one goes on with."""
        ...
