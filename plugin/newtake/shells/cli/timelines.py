"""`clips`, `plan` and `restyle`: what is done with a timeline."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from newtake import bootstrap
from newtake.bootstrap.account import require_key
from newtake.bootstrap.traceless import traceless
from newtake.domain.choices import Cadence, Codec, Continuity, WaitMode
from newtake.domain.clip import Clip
from newtake.domain.codecs import choose_codec
from newtake.domain.cube import Lut
from newtake.domain.edit import EditSettings
from newtake.domain.errors import ClipRefusedError, SelectionError
from newtake.domain.files import HostTarget, Layout, Profile
from newtake.domain.job import Job, Status
from newtake.domain.selection import Selection, select_clips
from newtake.pipeline.batch import run_jobs
from newtake.pipeline.budget import Budget
from newtake.pipeline.part_planning import PartChoices
from newtake.pipeline.planning import Plan, listed, plan_edits
from newtake.pipeline.repeats import Repeat, refuse_repeats, repeats_of
from newtake.pipeline.run import create_jobs
from newtake.pipeline.sending import check_sending, sending_of
from newtake.pipeline.session import Run
from newtake.ports import Ports
from newtake.settings import Settings, edit_settings
from newtake.shells.cli.asking import agree_to_publish, ask
from newtake.shells.cli.documents import (
    clip_document,
    job_document,
    plan_document,
    print_document,
)
from newtake.shells.cli.drawing import draw_clips, draw_outcome, draw_plan
from newtake.shells.cli.errors import nothing_submitted, show_error
from newtake.shells.cli.interrupts import run
from newtake.shells.cli.prices import budget_limit, price_text
from newtake.shells.cli.printable import printable
from newtake.shells.cli.progress import watcher


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of `plan` and `restyle`, as they were typed."""

    timeline: Path
    edit: Mapping[str, Any]
    clips: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    everything: bool = False
    track: str | None = None
    provider: str | None = None
    uploader: str | None = None
    fetch_url: str | None = None
    out: Path | None = None
    layout: Layout = Layout.TAKES
    profile: Profile = Profile.AUTO
    codec: Codec = "auto"
    lut: Path | None = None
    cadence: Cadence = "auto"
    continuity: Continuity = "carry"
    wait: WaitMode | None = None

    @property
    def selection(self) -> Selection:
        return Selection(self.clips, self.at, self.everything, self.track)

    @property
    def target(self) -> HostTarget:
        timeline = self.timeline.absolute()
        output = self.out.absolute() if self.out else default_output(timeline)
        return HostTarget("otio", timeline, output, self.layout, self.profile)


def default_output(timeline: Path) -> Path:
    """Beside the timeline, never over it. One of our own takes more takes: see `_settled`."""
    return timeline.with_name(f"{timeline.stem}_newtake.otio")


def list_clips(timeline: Path, as_json: bool) -> None:
    clips = [listed(clip) for clip in run(clips_of, timeline.absolute())]
    if as_json:
        print_document([clip_document(clip) for clip in clips])
    else:
        draw_clips(clips)


def show_plan(asked: Asked, as_json: bool) -> None:
    asked = run(_settled, asked)
    plan, audience = run(_plan_only, asked)
    if as_json:
        print_document(plan_document(plan, audience))
    else:
        draw_plan(plan, audience)
    try:
        _refuse_if_nothing(plan, asked)
    except ClipRefusedError as error:
        # The document is printed already, and stdout holds one.
        show_error(error, as_json=False)
        sys.exit(error.exit_code)


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
        restyle = partial(
            restyle_once,
            bootstrap.settings_now(),
            asked,
            limit=budget_limit(budget),
            yes=yes,
            agree_public=agree_public,
            again=again,
        )
    jobs = run(restyle)
    if as_json:
        print_document(
            {"output": str(asked.target.output), "jobs": [job_document(job) for job in jobs]}
        )
    draw_outcome(jobs, sys.stderr)
    if any(each.placed for job in jobs for each in job.renditions):
        print(printable(f"Written: {asked.target.output}"), file=sys.stderr)
    if any(job.status is not Status.DONE for job in jobs):
        sys.exit(1)


async def clips_of(timeline: Path) -> Sequence[Clip]:
    return await bootstrap.open_host(HostTarget("otio", timeline, timeline)).clips()


async def _settled(asked: Asked) -> Asked:
    """Where nobody says where to, a timeline that New Take wrote gets the takes itself.

    It is no original, takes are only added to it, and `takes --use` has the same rule.
    """
    if asked.out is not None:
        return asked
    timeline = asked.timeline.absolute()
    host = bootstrap.timeline_host(HostTarget("otio", timeline, timeline))
    return replace(asked, out=timeline if await host.is_ours() else None)


async def _plan_only(asked: Asked) -> tuple[Plan, str]:
    """The plan, and who could read what is sent; nothing is left behind by making it."""
    # Input is checked before anything is started: a wrong prompt should not wait for a server.
    edit = edit_settings(asked.edit)
    bootstrap.check_first_frame(edit.first_frame)
    lut = bootstrap.look_up_table(asked.lut)
    clips = await _chosen(asked)
    settings = bootstrap.settings_now()
    with traceless(settings, asked.provider or settings.provider) as looking:
        async with _wired(looking, asked) as wiring:
            plan = await _planned(clips, edit, asked, lut, wiring.ports)
            if settings.journal_path.exists():
                journal = bootstrap.open_journal(settings)
                plan = _told_of(plan, repeats_of(plan.orders, journal))
            return plan, wiring.ports.uploader.audience


async def _chosen(asked: Asked) -> Sequence[Clip]:
    """The clips that were asked for, in a timeline whose output would take their takes."""
    host = bootstrap.open_host(asked.target)
    clips = select_clips(await host.clips(), asked.selection)
    await host.check_output([clip.key for clip in clips])
    return clips


async def restyle_once(
    settings: Settings,
    asked: Asked,
    *,
    limit: Decimal | None = None,
    yes: bool = False,
    agree_public: bool = False,
    again: bool = False,
) -> list[Job]:
    """Plan, show, ask and run; the jobs as they stand at the end.

    Raises:
        RepeatError: An unfinished job does the same already, and nobody said `again`.
    """
    with nothing_submitted() as begun:
        return await _restyled(settings, asked, limit, yes, agree_public, again, begun)


async def _restyled(
    settings: Settings,
    asked: Asked,
    limit: Decimal | None,
    yes: bool,
    agree_public: bool,
    again: bool,
    begun: Callable[[], None],
) -> list[Job]:
    edit = edit_settings(asked.edit)
    bootstrap.check_first_frame(edit.first_frame)
    lut = bootstrap.look_up_table(asked.lut)
    clips = await _chosen(asked)
    require_key(settings, asked.provider or settings.provider)
    async with _wired(settings, asked, needs_key=True) as wiring:
        ports = wiring.ports
        plan = await _planned(clips, edit, asked, lut, ports)
        repeats = repeats_of(plan.orders, ports.journal)
        draw_plan(_told_of(plan, repeats), ports.uploader.audience)
        _refuse_if_nothing(plan, asked)
        if not again:
            refuse_repeats(repeats)
        budget = Budget(limit, allow_unknown=yes)
        budget.refuse_unread(ports.journal.unreadable())
        budget.check(
            (order.price for order in plan.orders), ports.journal.jobs(), ports.provider.name
        )
        await agree_to_publish(ports, agree_public)
        question = f"Restyle {plan.clip_count} clip(s) for {price_text(plan.total)}?"
        if not yes and not await ask(question):
            raise SelectionError("Nothing was done.", fix="Say --yes to go on without a question.")
        jobs = create_jobs(ports, plan.orders)
        begun()
        budget.jobs = frozenset(job.id for job in jobs)
        with watcher() as shown:
            run = Run(
                ports,
                shown,
                settings.work_folder,
                budget=budget,
                deadline_seconds=settings.deadline_minutes * 60,
            )
            return await run_jobs([job.id for job in jobs], run, listen=wiring.listen)


async def _planned(
    clips: Sequence[Clip], edit: EditSettings, asked: Asked, lut: Lut | None, ports: Ports
) -> Plan:
    host = bootstrap.timeline_host(asked.target)
    plan = await plan_edits(
        clips,
        edit,
        asked.target,
        media=ports.media,
        provider=ports.provider,
        uploader=ports.uploader,
        codec=choose_codec(asked.codec, await host.readers(), sys.platform),
        lut=lut,
        parts=ports.parts,
        choices=PartChoices(asked.cadence, asked.continuity),
    )
    check_sending(sending_of(plan, ports.uploader.audience), ports.uploader)
    return plan


def _told_of(plan: Plan, repeats: Sequence[Repeat]) -> Plan:
    return replace(plan, notes=(*plan.notes, *(each.text for each in repeats)))


def _wired(settings: Settings, asked: Asked, *, needs_key: bool = False) -> bootstrap.Wired:
    return bootstrap.wired(
        settings,
        provider=asked.provider,
        uploader=asked.uploader,
        fetch_url=asked.fetch_url,
        wait=asked.wait,
        needs_key=needs_key,
    )


def _refuse_if_nothing(plan: Plan, asked: Asked) -> None:
    """Naming a clip that cannot be restyled is an error; with --all the rest goes on."""
    named = [entry for entry in plan.refused if not asked.everything]
    if named:
        first = named[0]
        text = first.refusal.text if first.refusal else "it cannot be restyled"
        raise ClipRefusedError(
            f"Clip {first.clip.index} ({first.clip.name}) cannot be restyled: {text}."
        )
    if not plan.orders:
        raise ClipRefusedError("None of the chosen clips can be restyled.")
