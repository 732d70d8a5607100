"""Every documented error and every fault of the sandbox, at every step it can come at.

Each cell runs a job over the real adapters, then, where it stopped, resumes it once the fault is
over. Whatever the fault: the step and the error that the tree promises, never a second submission,
never a lost result, and of money no word that the service does not bear out.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import anyio
import imageio_ffmpeg
import pytest

from keys import key_of
from newtake import bootstrap
from newtake.adapters.clock import SystemClock
from newtake.domain.choices import WaitMode
from newtake.domain.edit import EditSettings
from newtake.domain.errors import Money
from newtake.domain.events import Stamped, SubmitRefused
from newtake.domain.files import HostTarget
from newtake.domain.job import Job, Status
from newtake.pipeline.batch import run_jobs
from newtake.pipeline.cancelling import cancel_job
from newtake.pipeline.planning import plan_edits
from newtake.pipeline.run import create_job
from newtake.pipeline.session import Run
from newtake.ports import Ports
from newtake.sandbox.faults import Fault
from newtake.sandbox.service import Sandbox, SandboxOptions, run_sandbox
from newtake.settings import read_settings
from newtake.shells.cli.prices import charge_text
from newtake.testing import RecordingWatcher
from numbered_media import SMALL, make_numbered
from otio_newtake.cuts import write_cuts

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(900)]

RATE, FRAMES = Fraction(24), 150
DONE = "done"


class HurriedClock(SystemClock):
    """Sleeps a tenth of what is asked, and says that the whole time has passed."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self._ahead

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / 10)
        self._ahead += seconds * 0.9


@dataclass(frozen=True)
class Cell:
    """A fault; where the first run ends: done, or step and error; and what comes of the resume."""

    fault: str
    """Or several, with a comma between them. All of them must happen."""
    first: str
    then: str = DONE
    submissions: int = 1
    wait: WaitMode = "events"
    refused: Money = Money.REFUSED
    """What is known of money where the first run ends at the submit step."""
    cancel: str = ""
    """Cancelled instead of resumed: the status that is read then, or the error, and at the second
    time the status "cancelled"."""
    ends: bool = False
    """Whether the fault is over before the resume, however often it was to happen."""

    @property
    def faults(self) -> tuple[Fault, ...]:
        return tuple(Fault.parse(text) for text in self.fault.split(", "))

    @property
    def money(self) -> Money:
        """What the first run must say of money where it does not end with a take."""
        if self.first in (DONE, "unsure"):
            return Money.NONE if self.first == DONE else Money.UNKNOWN
        step = self.first.partition(" ")[0]
        return {"*": Money.NOT_SENT, "submit": self.refused}.get(step, Money.SUBMITTED)


def cells() -> list[Cell]:
    made = []
    # While the plate is brought up: nothing is submitted, whatever happens.
    for place in ("repository", "upload", "presign"):
        made += [Cell(f"{place}:{fault}", DONE) for fault in ("503x1", "429=1x1", "dropx1")]
        made += [
            Cell(f"{place}:401x1", "* NotAuthorised"),
            Cell(f"{place}:402x1", "* OutOfCredits|Upload"),
            Cell(f"{place}:500x5", "* Upload|Unavailable"),
            Cell(f"{place}:422x1", "* Upload|RefusedSettings"),
        ]
    # The one request that costs money: refused, not sent, or not known.
    made += [
        Cell("submit:400x1", "submit RefusedSettings"),
        Cell("submit:401x1", "submit NotAuthorised"),
        Cell("submit:402x1", "submit OutOfCredits"),
        Cell("submit:403x1", "submit NotAuthorised"),
        Cell("submit:404x1", "submit RefusedSettings"),
        Cell("submit:413x1", "submit RefusedSettings"),
        Cell("submit:422x1", "submit RefusedSettings"),
        Cell("submit:426x1", "submit Unavailable", refused=Money.NOT_SENT),
        Cell("submit:429x1", DONE),
        Cell("submit:429=2x2", DONE),
        Cell("submit:429x9", "submit RateLimited"),
        Cell("submit:408x1", "unsure"),
        Cell("submit:500x1", "unsure"),
        Cell("submit:502x1", "unsure"),
        Cell("submit:503x1", "unsure"),
        Cell("submit:504x1", "unsure"),
        Cell("submit:dropx1", "unsure"),
        Cell("submit:drop-afterx1", DONE),
        Cell("submit:delay=1x1", DONE),
        Cell("credits:nonex1", "submit OutOfCredits"),
    ]
    # The look-up of a submission fails as well: not known, and found when it is looked for again.
    made += [
        Cell(f"submit:drop-afterx1, history:{fault}", "unsure", ends=True)
        for fault in ("500", "401", "404")
    ]
    # Cancelling: what the row says afterwards counts, not what became of the request.
    made += [
        Cell(f"stuckx1, cancel:{fault}", "wait StillRunning", "cancelled", cancel=said)
        for fault, said in (
            ("502x1", "cancelled|processing"),
            ("dropx1", "cancelled|processing"),
            ("429=1x1", "cancelled|processing|RateLimited"),
            ("401x1", "NotAuthorised"),
            ("404x1", "Unavailable"),
            ("delay=1x1", "cancelled"),
        )
    ]
    # Waiting: trouble delays, and decides nothing.
    for fault in ("401x1", "500x2", "502x5", "503x1", "429=1x2", "404x1", "dropx3", "delay=1x1"):
        ends = "wait NotAuthorised" if fault == "401x1" else DONE
        made.append(Cell(f"poll:{fault}", ends, wait="poll"))
    made += [
        Cell(f"events:{fault}", DONE)
        for fault in ("401x1", "404x1", "500x3", "drop", "silent", "garbage", "duplicate")
    ]
    # The generation itself ends badly: it is said, and nothing is submitted for it again.
    made += [
        Cell("render:fail=no such lookx1", "wait GenerationFailed", "failed"),
        Cell("render:moderatedx1", "wait GenerationFailed", "failed"),
        Cell("render:frames=-110x1", "conform Result", "failed"),
        Cell("render:frames=1x1", DONE),
        Cell("render:fps=25x1", DONE),
        Cell("render:delay=1x1", DONE),
        Cell("stuckx1", "wait StillRunning", "wait StillRunning"),
    ]
    # The result: fetched again until it is whole.
    made += [
        Cell(f"result:{fault}", DONE)
        for fault in ("500x1", "503x2", "404x1", "410x1", "dropx2", "truncatex1", "expiredx2")
    ]
    made += [
        Cell("result:503x9", "download Unavailable"),
        Cell("result:expiredx9", "download NotFound"),
        Cell("result:truncatex5", "download Result"),
    ]
    # What costs nothing must stop nothing.
    made += [Cell(f"history:{fault}", DONE) for fault in ("401x9", "404x9", "500x9", "dropx9")]
    made += [Cell(f"models:{fault}", DONE) for fault in ("401x9", "404x9", "500x9", "dropx9")]
    made += [Cell(f"account:{fault}", DONE) for fault in ("503x1", "dropx1")]
    return made


async def test_every_fault_at_every_step_ends_as_the_error_tree_says(
    tmp_path: Path,
    renders: Path,
    monkeypatch: pytest.MonkeyPatch,
    show_table: Callable[[str], None],
) -> None:
    monkeypatch.setenv("OXEN_API_KEY", key_of("fault-matrix"))
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    source = make_numbered(ffmpeg, tmp_path / "source.mov", rate=RATE, frames=FRAMES, size=SMALL)
    every = cells()
    assert len(every) >= 60
    rows: dict[int, tuple[Cell, str]] = {}
    limit = anyio.CapacityLimiter(3)

    async def one(number: int, cell: Cell) -> None:
        async with limit:
            rows[number] = (
                cell,
                await outcome(cell, source, tmp_path / str(number), ffmpeg, renders),
            )

    async with anyio.create_task_group() as group:
        for number, cell in enumerate(every):
            group.start_soon(one, number, cell)

    lines = [("fault", "first run", "money", "resumed", "verdict")]
    lines += [
        (cell.fault, cell.first, cell.money.name, cell.then, verdict)
        for _, (cell, verdict) in sorted(rows.items())
    ]
    show_table("\n".join("{:<30} {:<28} {:<10} {:<20} {}".format(*line) for line in lines))
    assert {cell.fault: verdict for cell, verdict in rows.values() if verdict != "as said"} == {}


async def outcome(cell: Cell, source: Path, folder: Path, ffmpeg: str, renders: Path) -> str:
    """What differs from the cell; "as said" where nothing does."""
    folder.mkdir()
    timeline = write_cuts(source, RATE, FRAMES, folder / "cut.otio", name="cut")
    options = SandboxOptions(
        folder / "service", ffmpeg, min_render_seconds=0.3, look="copy",
        faults=cell.faults, renders=renders,
    )  # fmt: skip
    async with run_sandbox(options) as sandbox:
        settings = read_settings(
            {"NEWTAKE_HOME": str(folder / "home"), "OXEN_BASE_URL": sandbox.base_url}
        )
        async with bootstrap.wired(settings, provider="oxen", wait=cell.wait) as wiring:
            ports = replace(wiring.ports, clock=HurriedClock())
            job_id = await planned(ports, timeline)
            shown = RecordingWatcher()

            async def run() -> Job:
                # Long for a machine that does much else, short where the deadline is what ends it.
                deadline = 60 if "StillRunning" in cell.first else 1200
                run = Run(ports, shown, folder / "work", deadline_seconds=deadline)
                (job,) = await run_jobs([job_id], run, listen=wiring.listen)
                return job

            first = await run()
            if not fits(first, cell.first):
                return f"ended {said(first)}: {first.failure} {shown.notes}"
            if wrong := wrong_words(first, cell.money, sandbox.submissions):
                return wrong
            if cell.ends:
                sandbox.faults.end()
            if cell.cancel:
                told = [await cancelled(first, ports) for _ in range(2)]
                if told[0] not in cell.cancel.split("|") or told[1] != "cancelled":
                    return f"cancelling said {told}"
                last = ports.journal.load(first.id)
            elif first.status is Status.DONE:
                last = first
            else:
                last = await resumed(first, ports, run, sandbox)
        if not fits(last, cell.then):
            return f"then ended {said(last)}: {last.failure} {shown.notes}"
        if sandbox.submissions != cell.submissions:
            return f"{sandbox.submissions} submissions"
    if asleep := [fault for fault in cell.faults if fault not in sandbox.faults.happened]:
        return f"never happened: {asleep}"
    takes = list(folder.glob("cut_newtake_takes/*.mov"))
    if len(takes) != (1 if last.status is Status.DONE else 0):
        return f"{len(takes)} takes"
    left = [file.name for file in folder.rglob("*.part*")]
    return f"left behind: {left}" if left else "as said"


async def planned(ports: Ports, timeline: Path) -> str:
    target = HostTarget("otio", timeline, timeline.with_name("cut_newtake.otio"))
    clips = await ports.open_host(target).clips()
    plan = await plan_edits(
        clips[:1],
        EditSettings("noir"),
        target,
        media=ports.media,
        provider=ports.provider,
        uploader=ports.uploader,
        parts=ports.parts,
    )
    return create_job(ports, "job1", plan.orders[0]).id


async def cancelled(job: Job, ports: Ports) -> str:
    """Cancel the job's one generation; its status then, or the error that hid it."""
    job = ports.journal.load(job.id)
    if job.status is Status.CANCELLED:
        return "cancelled"
    with ports.journal.hold(job.id) as held:
        (ending,) = await cancel_job(job, ports, held=held)
    return ending.status or (ending.error.code if ending.error else "")


async def resumed(
    job: Job, ports: Ports, run: Callable[[], Awaitable[Job]], sandbox: Sandbox
) -> Job:
    """What a person does next: settle what is unsure, and resume until the fault has passed.

    What the service lists is not settled as not sent: resuming finds it now.
    """
    for _ in range(3):
        if job.status is Status.UNSURE and not sandbox.submissions:
            event = SubmitRefused("a person looked, and it was not there")
            ports.journal.append(job.id, Stamped(ports.clock.now(), event))
        if job.step is None or job.status is Status.DONE:
            return job
        job = await run()
    return job


def said(job: Job) -> str:
    if job.failure is None or job.status is not Status.FAILED:
        return job.status.value
    return f"{job.failure.step.value} {job.failure.code}"


def wrong_words(job: Job, money: Money, submissions: int) -> str:
    """What a job says of money and should not; "" where all of it is borne out."""
    failure = job.failure.money if job.failure else ""
    if failure != (Money.NONE if job.status is Status.UNSURE else money).value:
        return f"its failure says of money: {failure!r}"
    price = charge_text(job)
    if money in (Money.NOT_SENT, Money.REFUSED):
        words = "nothing was submitted, nothing was charged" if submissions == 0 else "(it was)"
    elif money is Money.UNKNOWN:
        words = "whether it was submitted is not known"
    elif all(each.cost_usd is not None for each in job.renditions):
        words = "charged; estimate"
    else:
        words = "not in the service's history yet"
    return "" if words in price else f"it says {price!r}, without {words!r}"


def fits(job: Job, expected: str) -> bool:
    """`expected` is a status, or a step (`*` any) and codes with `|` between them."""
    if " " not in expected:
        return job.status.value == expected
    step, codes = expected.split(" ")
    if job.failure is None or job.status is not Status.FAILED:
        return False
    return step in ("*", job.failure.step.value) and job.failure.code in codes.split("|")
