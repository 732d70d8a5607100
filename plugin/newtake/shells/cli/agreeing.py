"""Show a plan, ask, and run what was agreed to: one manner for every command that restyles."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from newtake import bootstrap
from newtake.bootstrap.restyling import (
    begin,
    carry_out,
    check_unchanged,
    clear_to_begin,
    refuse_if_nothing,
    told_of,
)
from newtake.bootstrap.run_reports import remember_run
from newtake.domain.errors import ClipRefusedError, SelectionError
from newtake.domain.job import Job
from newtake.pipeline.budget import Budget
from newtake.pipeline.planning import Plan
from newtake.pipeline.repeats import repeats_of
from newtake.settings import Settings
from newtake.shells.cli.asking import agree_to_publish, ask
from newtake.shells.cli.documents import plan_document, print_document
from newtake.shells.cli.errors import show_error
from newtake.shells.cli.plan_drawing import draw_plan
from newtake.shells.cli.prices import price_text
from newtake.shells.cli.progress import watcher


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person agreed to beforehand, as it was typed."""

    limit: Decimal | None = None
    """US dollars that the run may cost; None is no limit."""
    yes: bool = False
    agree_public: bool = False
    again: bool = False


def print_plan(plan: Plan, audience: str, as_json: bool, *, named: bool, chosen: str = "") -> None:
    """Show a plan; exits with 2 where nothing of it can be restyled (see `refuse_if_nothing`)."""
    if as_json:
        document = plan_document(plan, audience)
        if chosen:
            document["chosen"] = chosen
        print_document(document)
    else:
        draw_plan(plan, audience)
    try:
        refuse_if_nothing(plan, named=named)
    except ClipRefusedError as error:
        # The document is printed already, and stdout holds one.
        show_error(error, as_json=False)
        sys.exit(error.exit_code)


async def agree_and_run(
    wiring: bootstrap.Wiring,
    settings: Settings,
    plan: Plan,
    consent: Consent,
    *,
    named: bool,
    begun: Callable[[], None],
) -> list[Job]:
    """Show, ask and run; the jobs as they stand at the end.

    Args:
        wiring: The ports, with a key that works.
        settings: This machine's.
        plan: Its repeats not looked for yet.
        consent: What was agreed to beforehand.
        named: As `refuse_if_nothing` has it.
        begun: Called once there are jobs: from then on errors may be about money.

    Raises:
        SelectionError: The answer was no.
        RepeatError, BudgetError, ClipRefusedError, ConsentError: Before anything is begun.
        HostError, HostAwayError, OutputError: As `check_unchanged`, before anything is begun.
    """
    ports = wiring.ports
    repeats = repeats_of(plan.orders, ports.journal)
    draw_plan(told_of(plan, repeats, ports.journal), ports.uploader.audience)
    refuse_if_nothing(plan, named=named)
    budget = Budget(consent.limit, allow_unknown=consent.yes)
    clear_to_begin(plan, repeats, ports, budget, again=consent.again)
    await agree_to_publish(ports, consent.agree_public)
    question = f"Restyle {plan.clip_count} clip(s) for {price_text(plan.total)}?"
    if not consent.yes and not await ask(question):
        raise SelectionError("Nothing was done.", fix="Say --yes to go on without a question.")
    await check_unchanged(ports, plan)
    jobs = begin(ports, plan, budget)
    begun()
    remember_run(ports.journal, jobs)
    with watcher() as shown:
        return await carry_out(wiring, settings, jobs, shown, budget)
