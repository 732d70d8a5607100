"""From a wish to takes: the flow that the command line, DaVinci Resolve and the page share.

A shell draws and asks between the functions here, in this order:

    checked_wish -> wired_for -> plan_wish -> (draw) -> refuse_if_nothing -> clear_to_begin
    -> (ask) -> begin -> carry_out

or, to look only, `checked_wish -> plan_only`. Nothing that costs money happens before `carry_out`,
and nothing is written before `begin`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newtake import bootstrap
from newtake.bootstrap.room_for_takes import refuse_without_room, room_notes
from newtake.bootstrap.styles import with_style
from newtake.bootstrap.traceless import traceless
from newtake.domain.choices import Codec, WaitMode
from newtake.domain.codecs import choose_codec
from newtake.domain.cube import Lut
from newtake.domain.edit import EditSettings
from newtake.domain.errors import ClipRefusedError
from newtake.domain.events import Order
from newtake.domain.files import HostTarget
from newtake.domain.job import Job
from newtake.durable import make_private
from newtake.pipeline.batch import run_jobs
from newtake.pipeline.budget import Budget
from newtake.pipeline.lanes import lanes_of
from newtake.pipeline.part_planning import PartChoices
from newtake.pipeline.planning import Plan, plan_edits
from newtake.pipeline.repeats import (
    Repeat,
    made_for_others,
    refuse_repeats,
    repeats_of,
    told,
)
from newtake.pipeline.run import create_jobs
from newtake.pipeline.sending import check_sending, sending_of
from newtake.pipeline.session import Run
from newtake.pipeline.wanted import Wanted
from newtake.ports import Host, Journal, Ports, Watcher
from newtake.settings import Settings, edit_options

if TYPE_CHECKING:
    from newtake.hosts.resolve.connection import ResolveCalls


@dataclass(frozen=True, slots=True)
class Wish:
    """How clips should look and how that is done, as a person said it; nothing is checked yet."""

    edit: Mapping[str, Any]
    """The parameters of `settings.EditOptions`, as far as they were said."""
    style: str | None = None
    """The name or the file of what is laid under them."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Values for the style's fields."""
    codec: Codec = "auto"
    lut: Path | None = None
    provider: str | None = None
    """None here and below takes this machine's settings."""
    uploader: str | None = None
    fetch_url: str | None = None
    wait: WaitMode | None = None


@dataclass(frozen=True, slots=True)
class CheckedWish:
    """A wish whose parameters fit the model's rules and whose files can be read."""

    wish: Wish
    edit: EditSettings
    lut: Lut | None
    choices: PartChoices = field(default_factory=PartChoices)

    def provider(self, settings: Settings) -> str:
        return self.wish.provider or settings.provider


def checked_wish(wish: Wish, beside: Path | None = None) -> CheckedWish:
    """Checked before anything is started: a wrong prompt should not wait for a server.

    Args:
        wish: As it was said.
        beside: The folder of the timeline, where styles may lie; None where that is no file.

    Raises:
        SettingsError: A rule is broken, or the first-frame image or the table cannot be used.
        StyleError: The style cannot be found, or is not right.
    """
    options = edit_options(with_style(wish.edit, wish.style, wish.fields, beside))
    bootstrap.check_first_frame(options.first_frame)
    return CheckedWish(
        wish,
        options.settings(),
        bootstrap.look_up_table(wish.lut),
        PartChoices(options.cadence, options.continuity),
    )


def wired_for(
    settings: Settings,
    wish: Wish,
    *,
    needs_key: bool = False,
    resolve: ResolveCalls | None = None,
) -> bootstrap.Wired:
    """Ports for this wish; arguments and errors as `bootstrap.wired` has them."""
    return bootstrap.wired(
        settings,
        provider=wish.provider,
        uploader=wish.uploader,
        fetch_url=wish.fetch_url,
        wait=wish.wait,
        needs_key=needs_key,
        resolve=resolve,
    )


async def plan_wish(
    ports: Ports,
    host: Host,
    target: HostTarget,
    clips: Sequence[Wanted],
    checked: CheckedWish,
    notes: Sequence[str] = (),
) -> Plan:
    """The plan for these clips, repeats of unfinished jobs not looked for yet. Changes nothing.

    Args:
        ports: Of the run.
        host: Has the timeline.
        target: The timeline.
        clips: What is wanted.
        checked: What was said for all.
        notes: What a person should know of how they were chosen.

    Raises:
        SettingsError: The live model or the uploader would not take what would be sent.
        TimelineError: The host's timeline cannot be read.
    """
    wish = checked.wish
    plan = await plan_edits(
        clips,
        checked.edit,
        target,
        media=ports.media,
        provider=ports.provider,
        uploader=ports.uploader,
        codec=choose_codec(wish.codec, await host.readers(), sys.platform),
        lut=checked.lut,
        parts=ports.parts,
        choices=checked.choices,
    )
    check_sending(sending_of(plan, ports.uploader.audience), ports.uploader)
    return replace(plan, notes=(*plan.notes, *notes, *room_notes(plan)))


async def plan_only(
    settings: Settings,
    host: Host,
    target: HostTarget,
    clips: Sequence[Wanted],
    checked: CheckedWish,
    notes: Sequence[str] = (),
) -> tuple[Plan, str]:
    """The plan with its repeats, and who could read what is sent; nothing is left behind by it.

    Raises:
        SettingsError, TimelineError: As `plan_wish`.
    """
    with traceless(settings, checked.provider(settings)) as looking:
        async with wired_for(looking, checked.wish) as wiring:
            plan = await plan_wish(wiring.ports, host, target, clips, checked, notes)
            if settings.journal_path.exists():
                journal = bootstrap.open_journal(settings)
                plan = told_of(plan, repeats_of(plan.orders, journal), journal)
            return plan, wiring.ports.uploader.audience


def told_of(plan: Plan, repeats: Sequence[Repeat], journal: Journal) -> Plan:
    """The plan with notes for the orders that a job carries out, or has carried out, already, be it
    for another clip."""
    others = made_for_others(plan.orders, journal)
    return replace(plan, notes=(*plan.notes, *told(repeats), *others))


def refuse_if_nothing(plan: Plan, *, named: bool) -> None:
    """See that something of the plan can be restyled.

    Args:
        plan: Of the chosen clips.
        named: Whether a person chose each of them: then one that cannot be restyled is an error;
            of all clips together, the rest goes on.

    Raises:
        ClipRefusedError: Says the first reason, or each where none can be restyled.
    """
    is_resolve = plan.target.kind == "resolve"
    fix = "`newtake resolve clips` says which clips can be restyled." if is_resolve else ""
    reasons = [
        (each.clip, each.refusal.text if each.refusal else "it cannot be restyled")
        for each in plan.refused
    ]
    if reasons and (named or (len(reasons) == 1 and not plan.orders)):
        clip, text = reasons[0]
        # What is in no listing, as sound and transitions are, has no number to be asked for by.
        name = f"Clip {clip.index} ({clip.name})" if clip.index else clip.name
        raise ClipRefusedError(f"{name} cannot be restyled: {text}.", fix=fix)
    if not plan.orders:
        why = "; ".join(f"{clip.name}: {text}" for clip, text in reasons)
        raise ClipRefusedError("None of the chosen clips can be restyled.", why=why, fix=fix)


def clear_to_begin(
    plan: Plan, repeats: Sequence[Repeat], ports: Ports, budget: Budget, *, again: bool
) -> None:
    """See that beginning would neither pay for the same twice nor exceed the budget.

    Raises:
        RepeatError: An unfinished job does the same already, and nobody said `again`.
        BudgetError: The plan would exceed the budget, or what is in flight cannot be read.
        StorageError: The disk of the takes has no room for them.
    """
    if not again:
        refuse_repeats(repeats)
    refuse_without_room(plan)
    budget.refuse_unread(ports.journal.unreadable())
    budget.check((order.price for order in plan.orders), ports.journal.jobs(), ports.provider.name)


async def check_unchanged(ports: Ports, plan: Plan) -> None:
    """See that a running editor, which goes on being used, has the plan's clips as they were.

    Raises:
        HostError, OutputError, StorageError: As `ports.Host.check_output`.
        HostAwayError: The editor is away, or has another timeline open.
    """
    if plan.target.document is not None:
        keys = [key for order in plan.orders for key in _keys_of(order)]
        await ports.open_host(plan.target).check_output(keys)


def _keys_of(order: Order) -> list[str]:
    return [order.clip.key, *(each.clip_key for each in order.also)]


def begin(ports: Ports, plan: Plan, budget: Budget) -> list[Job]:
    """Journal the plan's jobs, which the budget counts as this run's own from now on."""
    jobs = create_jobs(ports, plan.orders)
    budget.jobs = frozenset(job.id for job in jobs)
    return jobs


async def carry_out(
    wiring: bootstrap.Wiring,
    settings: Settings,
    jobs: Sequence[Job],
    watcher: Watcher,
    budget: Budget,
    *,
    reopen_cancelled: bool = False,
) -> list[Job]:
    """Run jobs of the journal side by side; as they stand afterwards, in the order given.

    Cancelled or killed, it can be called again for the same jobs on any later day.

    Raises:
        JournalError: The journal failed; every job was still taken as far as it went.
    """
    run = run_of(wiring, settings, watcher, budget)
    return await run_jobs(
        [job.id for job in jobs], run, listen=wiring.listen, reopen_cancelled=reopen_cancelled
    )


def run_of(wiring: bootstrap.Wiring, settings: Settings, watcher: Watcher, budget: Budget) -> Run:
    """One run over any jobs, for shells that reach into it while it goes on."""
    # Plates and results lie in it. Where it cannot be made, the first job says so.
    with suppress(OSError):
        make_private(settings.work_folder)
    return Run(
        wiring.ports,
        watcher,
        settings.work_folder,
        budget=budget,
        deadline_seconds=settings.deadline_minutes * 60,
        lanes=lanes_of(uploads=settings.uploads_at_once, downloads=settings.downloads_at_once),
    )
