"""`newtake resolve clips`, `plan` and `restyle`: what is done with the timeline that is open."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from newtake import bootstrap
from newtake.bootstrap import resolve
from newtake.bootstrap.account import require_key
from newtake.bootstrap.restyling import Wish, checked_wish, plan_only, plan_wish, wired_for
from newtake.bootstrap.wanting import Asking, Wanting
from newtake.domain.clip import Clip
from newtake.domain.errors import NewTakeError, SelectionError
from newtake.domain.job import Job, Status
from newtake.domain.selection import Selection
from newtake.pipeline.planning import Plan, listed
from newtake.settings import Settings
from newtake.shells.cli.agreeing import Consent, agree_and_run, print_plan
from newtake.shells.cli.documents import clip_document, job_document, print_document
from newtake.shells.cli.drawing import console, draw_clips, draw_outcome, say
from newtake.shells.cli.errors import nothing_submitted
from newtake.shells.cli.interrupts import run
from newtake.shells.cli.prices import budget_limit
from newtake.shells.cli.reporting import report_after
from newtake.shells.cli.resolve_contact import resolve_as_left

if TYPE_CHECKING:
    from newtake.hosts.resolve.connection import ResolveCalls


@dataclass(frozen=True, slots=True)
class ResolveAsked:
    """The options of `resolve plan` and `resolve restyle`, as they were typed."""

    wish: Wish
    select: str | None = None
    """How clips are chosen in Resolve; None where clips are named, or for the usual way."""
    listed: Selection = field(default_factory=Selection)
    markers: str | None = None
    table: Path | None = None
    folder: Path | None = None
    render: bool = False
    """Whether Resolve renders what is sent."""

    @property
    def asking(self) -> Asking:
        return Asking(self.listed, self.markers, self.table, "cut-in")


def list_clips(as_json: bool) -> None:
    clips = run(_clips)
    if as_json:
        print_document([clip_document(clip) for clip in clips])
        return
    draw_clips(clips)


async def _clips() -> list[Clip]:
    settings = bootstrap.settings_now()
    async with resolve_as_left(settings) as calls:
        clips = await resolve.list_clips(calls, settings)
        return [listed(clip) for clip in clips]


def show_plan(asked: ResolveAsked, as_json: bool) -> None:
    plan, audience, chosen = run(_plan_only, asked)
    _tell_choice(chosen)
    print_plan(plan, audience, as_json, named=_named(asked, chosen), chosen=chosen.text)


def restyle_clips(
    asked: ResolveAsked,
    as_json: bool,
    *,
    budget: float | None,
    yes: bool,
    agree_public: bool,
    again: bool,
) -> None:
    """Plan, ask, run, report. Exits with 1 when a job did not end well."""
    with nothing_submitted():
        consent = Consent(budget_limit(budget), yes, agree_public, again)
        settings = bootstrap.settings_now()
    chosen, jobs = run(_restyle, settings, asked, consent)
    if as_json:
        print_document(
            {
                "chosen": chosen.text,
                "output": str(chosen.target.output),
                "jobs": [job_document(job) for job in jobs],
            }
        )
    draw_outcome(jobs, sys.stderr)
    report_after(settings, jobs)
    if any(job.status is not Status.DONE for job in jobs):
        sys.exit(1)


async def _plan_only(asked: ResolveAsked) -> tuple[Plan, str, resolve.Chosen]:
    settings = bootstrap.settings_now()
    async with resolve_as_left(settings) as calls:
        chosen, wanting = await _wanted(calls, settings, asked)
        plan, audience = await plan_only(
            settings, chosen.host, chosen.target, wanting.clips, wanting.checked, wanting.notes
        )
        return plan, audience, chosen


async def _restyle(
    settings: Settings, asked: ResolveAsked, consent: Consent
) -> tuple[resolve.Chosen, list[Job]]:
    with nothing_submitted() as begun:
        async with resolve_as_left(settings) as calls:
            chosen, wanting = await _wanted(calls, settings, asked)
            require_key(settings, wanting.checked.provider(settings))
            _tell_choice(chosen)
            async with wired_for(settings, asked.wish, needs_key=True, resolve=calls) as wiring:
                plan = await plan_wish(
                    wiring.ports,
                    chosen.host,
                    chosen.target,
                    wanting.clips,
                    wanting.checked,
                    wanting.notes,
                )
                jobs = await agree_and_run(
                    wiring, settings, plan, consent, named=_named(asked, chosen), begun=begun
                )
                return chosen, jobs


async def _wanted(
    calls: ResolveCalls, settings: Settings, asked: ResolveAsked
) -> tuple[resolve.Chosen, Wanting]:
    if asked.asking.is_batch:
        if asked.select is not None:
            raise SelectionError(
                "--select was said beside markers or ranges.", fix="Say one of them."
            )
        return await resolve.choose_asked(
            calls, settings, asked.asking, asked.wish, folder=asked.folder, render=asked.render
        )
    # A wrong prompt should not wait for Resolve.
    try:
        checked = checked_wish(asked.wish)
    except NewTakeError as error:
        if (asked.select or "").startswith("markers"):
            error.fix = (
                "`--select markers` chooses clips, and needs --prompt or --style; `--markers` "
                f"reads the look from what is written in the markers. {error.fix}"
            ).strip()
        raise
    chosen = await _chosen(calls, settings, asked)
    return chosen, Wanting(chosen.clips, checked)


async def _chosen(calls: ResolveCalls, settings: Settings, asked: ResolveAsked) -> resolve.Chosen:
    if asked.select is not None and resolve.names_clips(asked.listed):
        raise SelectionError(
            "--select was said beside clips that are named.",
            fix="Say --select, or which clips (--clip, --at, --range or --all); not both.",
        )
    return await resolve.choose(
        calls,
        settings,
        how=asked.select or resolve.AUTO,
        listed=asked.listed,
        folder=asked.folder,
        render=asked.render,
    )


def _named(asked: ResolveAsked, chosen: resolve.Chosen) -> bool:
    """Whether each clip was meant by itself. What lies between two marks may hold a title."""
    each = asked.listed
    if asked.asking.is_batch:
        return False
    return bool(each.clips or each.at) or len(chosen.clips) == 1


def _tell_choice(chosen: resolve.Chosen) -> None:
    out = console(sys.stderr)
    for each in chosen.skipped:
        say(out, f"Looked first: {each}.")
    say(out, f"Chosen: {chosen.text}.")
