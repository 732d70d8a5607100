"""The desk of Resolve without an editor: a timeline, plans by resolution, jobs that wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import anyio

from newtake.bootstrap.panel_edit import (
    EditDocument,
    ShownItem,
    ShownMarker,
    ShownTake,
    ShownTrack,
    clip_id,
)
from newtake.domain.errors import SelectionError
from newtake.shells.panel.desk import (
    Chosen,
    Editor,
    PlanRow,
    Saved,
    SettingsAgain,
    ShownClip,
    ShownEdit,
    ShownJob,
    ShownPlan,
    ShownStyle,
    State,
    TakeReport,
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

PRICES = {"540p": "0.72", "720p": "1.08", "1080p": "2.16"}
CLIPS = (
    ShownClip("k1", "A001_C003", "V1", "01:00:04:00 - 01:00:08:00", 96, "24", takes=1),
    ShownClip("k2", "Title <b>1</b>", "V2", "01:00:05:00 - 01:00:06:00", 24, "24",
              refusal="a title has no media"),
)  # fmt: skip
NOW = 1_700_000_000.0
AT = 24 * 3600
"""01:00:00:00 in frames of 24 in a second: where the timeline begins."""


def an_item(key: str, name: str, start: int, end: int, refusal: str = "", takes: int = 0,
            selected: int = 0) -> ShownItem:  # fmt: skip
    return ShownItem(
        "clip", clip_id(key), key, 1, name, AT + start, AT + end, media=f"{key}.mov", rate="24",
        source_start_label="10:00:00:00", refusal=refusal, version=str(selected),
        takes=tuple(
            ShownTake(f"take_{number:03}", number, f"Take {number}", number == selected, False,
                      False, prompt="noir", has_record=True)
            for number in range(1, takes + 1)
        ),
    )  # fmt: skip


def an_edit(revision: int, selected: int = 1, takes: int = 1) -> EditDocument:
    """Two clips and a dissolve on V1, a title on V2, a marker; the first clip has takes."""
    items = (
        ShownItem("gap", "", "", 0, "", AT, AT + 96),
        an_item("k1", "A001_C003", 96, 192, takes=takes, selected=selected),
        an_item("k3", "A001_C004", 192, 288),
        ShownItem("transition", "", "", 0, "Cross Dissolve", AT + 186, AT + 198),
    )
    title = an_item("k2", "Title <b>1</b>", 120, 144, refusal="a title has no media")
    return EditDocument(
        revision, "Reel 1", "24", 24, False, AT, AT + 288, "01:00:00:00",
        (
            ShownTrack("V1", "video", "Video 1", items),
            ShownTrack("V2", "video", "Titles", (title,)),
        ),
        (ShownMarker(AT + 24, AT + 25, "look <i>here</i>", "", "Red", ""),),
    )  # fmt: skip


def a_job(job_id: str, clip: str = "A001_C003", status: str = "active") -> ShownJob:
    return ShownJob(
        id=job_id, clip=clip, timeline="Reel 1", status=status, step="wait", running=True,
        started_at=NOW - 65, ended_at=None, done=None, total=None, unit="",
        prompt="a watercolor", settings="720p", money="estimate $1.08", takes=(), notes=(),
        failure=None, failed_at="", can_cancel=True, can_resume=False, resume_price=None,
        resume_unknown=False,
    )  # fmt: skip


class FakeDesk:
    """Implements `Desk` in memory. Tests read what it was asked, and set what it says."""

    def __init__(self) -> None:
        self.editor = Editor(
            "here", "DaVinci Resolve Studio", "21.1", "Project", "Reel 1", follows=True
        )
        self.chosen = Chosen("auto", "The clips that are selected.", CLIPS, revision=1)
        self.jobs: tuple[ShownJob, ...] = ()
        self.waiting: tuple[Waiting, ...] = ()
        self.publishes = ""
        self.timeline = an_edit(1)
        self.plans: dict[str, ShownPlan] = {}
        self.asked: list[object] = []
        self._revision = 0
        self._moved = anyio.Event()

    def move(self) -> None:
        """Say that something changed."""
        self._revision += 1
        self._moved.set()
        self._moved = anyio.Event()

    async def state(self, seen: int, wait_seconds: float) -> State:
        if seen == self._revision:
            with anyio.move_on_after(wait_seconds):
                await self._moved.wait()
        return State(
            self._revision, NOW, self.editor, self.chosen, self.jobs, self.waiting, None, "sandbox",
            edit=ShownEdit("resolve", self.timeline.title, "", self.timeline.revision),
        )  # fmt: skip

    async def look(self, request: LookRequest) -> None:
        self.asked.append(request)
        self.chosen = replace(self.chosen, how=request.word, revision=self.chosen.revision + 1)
        self.move()

    async def plan(self, request: PlanRequest) -> ShownPlan:
        self.asked.append(request)
        price = Decimal(PRICES[request.resolution or "540p"]) * (request.variations or 1)
        plan = ShownPlan(
            id=f"plan{len(self.plans)}",
            rows=(
                PlanRow("A001_C003", "media frames 0 - 119 as 5s", "96 of 120", "12 + 12", 0,
                        f"${price}"),
            ),
            refused=(("Title <b>1</b>", "a title has no media"),),
            clips=1,
            sending="1 plate to the sandbox on this machine; nothing leaves it",
            writes="/takes/Project/Reel 1",
            takes="ProRes 422 HQ",
            price=str(price),
            price_basis="upstream list price; Oxen's own may differ",
            provider="oxen",
            publishes=self.publishes,
            missing="" if request.prompt.strip() else "Say how it should look",
            sentence=f"Restyles 1 clip for ${price}. 1 take is added to the clip.",
            prompt=request.prompt,
        )  # fmt: skip
        self.plans[plan.id] = plan
        return plan

    async def restyle(self, request: RestyleRequest) -> list[str]:
        plan = self.plans.pop(request.plan, None)
        if plan is None:
            raise SelectionError("This plan was begun already.", why="<script>alert(1)</script>")
        self.asked.append(request)
        self.jobs = (a_job("1a2b3c4d"), *self.jobs)
        self.move()
        return ["1a2b3c4d"]

    async def cancel(self, request: CancelRequest) -> str:
        self.asked.append(request)
        self.jobs = tuple(
            replace(job, status="cancelled", running=False, can_cancel=False, ended_at=NOW)
            for job in self.jobs
        )
        self.move()
        return "The job is cancelled. Nothing was submitted, nothing was charged."

    async def resume(self, request: ResumeRequest) -> list[str]:
        self.asked.append(request)
        return [request.job]

    async def edit(self) -> EditDocument:
        return self.timeline

    async def styles(self) -> Sequence[ShownStyle]:
        return [ShownStyle("noir", "Film noir", 1, "shipped", "{prompt}, noir", {}, {}, True)]

    async def tables(self) -> Sequence[str]:
        return ["/luts/log.cube"]

    async def settle(self, request: SettleRequest) -> str:
        self.asked.append(request)
        return "Settled."

    async def look_up(self, request: LookUpRequest) -> None:
        self.asked.append(request)

    async def takes(self, request: TakesRequest) -> str:
        self.asked.append(request)
        self.timeline = an_edit(self.timeline.revision + 1, selected=0)
        self.move()
        return "A001_C003 shows the original."

    async def again(self, request: AgainRequest) -> SettingsAgain:
        self.asked.append(request)
        return SettingsAgain({"prompt": "noir"}, "")

    async def about(self, request: AboutRequest) -> TakeReport:
        self.asked.append(request)
        return TakeReport((("Prompt", "noir"),), ("A --hdr note.",))

    async def save(self, request: SaveRequest) -> Saved:
        self.asked.append(request)
        return Saved(request.to or "/edits/reel1.otio", "")

    async def reload(self) -> str:
        self.asked.append("reload")
        return "Read anew."

    async def reveal(self, request: RevealRequest) -> str:
        self.asked.append(request)
        return "/takes/a.mov"

    async def collect(self) -> str:
        self.waiting = ()
        self.move()
        return "2 takes were brought in."

    async def hand_over(self) -> list[str]:
        raise SelectionError("Resolve is there; this page goes on.")
