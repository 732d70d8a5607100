"""`clips`, `plan` and `restyle`: what is done with a timeline."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from newtake import bootstrap
from newtake.bootstrap.account import require_key
from newtake.bootstrap.outputs import default_output, own_output, planned_on, timeline_target
from newtake.bootstrap.restyling import Wish, checked_wish, plan_only, plan_wish, wired_for
from newtake.bootstrap.wanting import Asking, Wanting, wanted_of
from newtake.bootstrap.written_places import written_file, written_places
from newtake.domain.choices import Partial
from newtake.domain.clip import Clip
from newtake.domain.files import HostTarget, Layout, Profile
from newtake.domain.job import Job, Status
from newtake.domain.selection import Selection
from newtake.pipeline.planning import Plan, listed
from newtake.ports import Host
from newtake.settings import Settings
from newtake.shells.cli.again import wish_again
from newtake.shells.cli.agreeing import Consent, agree_and_run, print_plan
from newtake.shells.cli.counting import as_listed
from newtake.shells.cli.documents import clip_document, job_document, print_document
from newtake.shells.cli.drawing import draw_clips, draw_outcome
from newtake.shells.cli.errors import at_interrupt, nothing_submitted
from newtake.shells.cli.interrupts import run
from newtake.shells.cli.prices import budget_limit
from newtake.shells.cli.printable import printable
from newtake.shells.cli.reporting import report_after


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of `plan` and `restyle`, as they were typed."""

    timeline: Path
    wish: Wish
    clips: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    everything: bool = False
    track: str | None = None
    markers: str | None = None
    table: Path | None = None
    partial: Partial = "split"
    out: Path | None = None
    layout: Layout = Layout.TAKES
    profile: Profile = Profile.AUTO
    again_from: str | None = None
    """CLIP=TAKE, a take whose settings are used again."""
    edl_rate: str = ""
    """As `HostTarget.edl_rate`."""
    is_listed: bool = False
    """Whether the clips are numbered as the host lists them, not as the timeline itself does."""

    @property
    def asking(self) -> Asking:
        chosen = Selection(self.clips, self.at, self.everything, self.ranges, self.track)
        return Asking(chosen, self.markers, self.table, self.partial)

    @property
    def named(self) -> bool:
        """Whether a person chose each clip; see `refuse_if_nothing`."""
        return bool(self.clips or self.at) and not self.asking.is_batch

    @property
    def beside(self) -> Path:
        """The timeline's folder, where styles may lie."""
        return self.timeline.absolute().parent

    @property
    def target(self) -> HostTarget:
        timeline = self.timeline.absolute()
        output = self.out.absolute() if self.out else default_output(timeline)
        return HostTarget(
            "otio", timeline, output, self.layout, self.profile, edl_rate=self.edl_rate
        )


_NOTHING_BEGUN = "Interrupted. Nothing was begun."


def list_clips(timeline: Path, as_json: bool) -> None:
    at_interrupt(_NOTHING_BEGUN, "")
    clips = [listed(clip) for clip in run(clips_of, timeline.absolute())]
    if as_json:
        print_document([clip_document(clip) for clip in clips])
    else:
        draw_clips(clips)


def show_plan(asked: Asked, as_json: bool) -> None:
    at_interrupt(_NOTHING_BEGUN, "")
    asked = run(_settled, asked)
    plan, audience = run(_plan_only, asked)
    plan = run(_with_losses, plan, asked)
    print_plan(plan, audience, as_json, named=asked.named)


def restyle_clips(
    asked: Asked,
    as_json: bool,
    *,
    budget: float | None,
    yes: bool,
    agree_public: bool,
    again: bool,
) -> None:
    """Plan, ask, run, report. Exits with 1 when a job did not end well."""
    with nothing_submitted():
        asked = run(_settled, asked)
        consent = Consent(budget_limit(budget), yes, agree_public, again)
        settings = bootstrap.settings_now()
    jobs = run(restyle_once, settings, asked, consent)
    places = written_places(jobs)
    is_written = any(each.placed for job in jobs for each in job.renditions)
    # As it was planned: the timeline may have been saved since.
    lost = run(losses_of, jobs[0].order.host) if is_written else ()
    if as_json:
        output = asked.target.output
        print_document(
            {
                "output": str(output),
                "otio": str(written_file(output)),
                # The first says where everything is.
                "lost": list(lost[1:]),
                "jobs": [job_document(job, places) for job in jobs],
            }
        )
    draw_outcome(jobs, sys.stderr, places)
    if is_written:
        print(printable(f"Written: {asked.target.output}"), file=sys.stderr)
        for line in lost:
            print(printable(f"  {line}"), file=sys.stderr)
    report_after(settings, jobs)
    if any(job.status is not Status.DONE for job in jobs):
        sys.exit(1)


async def losses_of(target: HostTarget) -> Sequence[str]:
    """What another format than OpenTimelineIO's does not carry, each a sentence in itself; where
    everything is comes first."""
    lost = await bootstrap.timeline_host(target).losses()
    if not lost:
        return ()
    everything = target.output.with_suffix(".otio")
    first = f"{everything.name} is written beside it and holds everything, all takes too"
    return (first, *(f"{target.output.name}: {each}" for each in lost))


async def _with_losses(plan: Plan, asked: Asked) -> Plan:
    return replace(plan, notes=(*plan.notes, *await losses_of(asked.target)))


async def clips_of(timeline: Path) -> Sequence[Clip]:
    return await bootstrap.open_host(timeline_target(timeline)).clips()


async def _settled(asked: Asked) -> Asked:
    """Where nobody says where to, a timeline that New Take wrote gets the takes itself.

    It is no original, takes are only added to it, and `takes --use` has the same rule. Settings of
    a take that is there are read.
    """
    if asked.out is None:
        asked = replace(asked, out=await own_output(asked.timeline.absolute()))
    if asked.again_from is None:
        return asked
    named = bool(asked.clips or asked.at or asked.ranges or asked.everything)
    named = named or asked.asking.is_batch
    wish, clip = await wish_again(asked.wish, asked.target, asked.again_from, chosen=named)
    if named:
        return replace(asked, wish=wish)
    return replace(asked, wish=wish, clips=(str(clip.index),), is_listed=True)


async def _plan_only(asked: Asked) -> tuple[Plan, str]:
    host, wanting = await _wanted(asked)
    return await plan_only(
        bootstrap.settings_now(), host, asked.target, wanting.clips, wanting.checked, wanting.notes
    )


async def _wanted(asked: Asked) -> tuple[Host, Wanting]:
    """The edits that were asked for, in a timeline whose output would take their takes."""
    if not asked.asking.is_batch:
        # A wrong prompt should not wait for a large timeline.
        checked_wish(asked.wish, asked.beside)
    host = bootstrap.timeline_host(asked.target)
    asking, notes = asked.asking, tuple[str, ...]()
    if not asked.is_listed:
        selection, notes = await as_listed(asking.selection, asked.target)
        asking = replace(asking, selection=selection)
    wanting = await wanted_of(
        host, await host.clips(), asking, asked.wish, beside=asked.beside, blade=host
    )
    await host.check_output(wanting.keys)
    return host, replace(wanting, notes=(*notes, *wanting.notes))


async def restyle_once(
    settings: Settings,
    asked: Asked,
    consent: Consent,
) -> list[Job]:
    """Plan, show, ask and run; the jobs as they stand at the end.

    Raises:
        RepeatError: An unfinished job does the same already, and `consent` is not for another.
    """
    with nothing_submitted() as begun:
        target = await planned_on(asked.target)
        host, wanting = await _wanted(asked)
        require_key(settings, wanting.checked.provider(settings))
        async with wired_for(settings, asked.wish, needs_key=True) as wiring:
            plan = await plan_wish(
                wiring.ports, host, target, wanting.clips, wanting.checked, wanting.notes
            )
            return await agree_and_run(
                wiring, settings, plan, consent, named=asked.named, begun=begun
            )
