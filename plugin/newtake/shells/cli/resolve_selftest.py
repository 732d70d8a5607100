"""`newtake resolve selftest`: says what it will do, asks, measures, and shows what came of it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table
from rich.text import Text

from newtake import bootstrap
from newtake.bootstrap import resolve_selftest as selftest
from newtake.domain.errors import NewTakeError, OutputError, SelectionError
from newtake.hosts.resolve.selftest.report import Answer, Report
from newtake.hosts.resolve.selftest.scratch import Before
from newtake.settings import Settings
from newtake.shells.cli.asking import ask
from newtake.shells.cli.documents import print_document
from newtake.shells.cli.drawing import console, say
from newtake.shells.cli.interrupts import run
from newtake.shells.cli.printable import printable

_WHAT_COMES = """\
The self-test measures what no document says of {product} {version}. It will
  1. save the open project {project} and close it, which may end its undo history;
  2. make a project of its own with test pictures, try things in it, and render some frames;
  3. {ending} and open {project} again.
Please leave Resolve alone meanwhile: some minutes. Nothing is sent anywhere.
"""


@dataclass(frozen=True, slots=True)
class SelftestAsked:
    """The options, as they were typed."""

    report: Path | None
    keep: bool
    only: frozenset[str]
    yes: bool


def measure(asked: SelftestAsked, as_json: bool) -> None:
    """Exits with 1 when a question failed or something could not be put back."""
    settings = bootstrap.settings_now()
    _check(asked)
    report = selftest.new_report(keep=asked.keep)
    try:
        run(_measure, settings, asked, report)
    except KeyboardInterrupt:
        report.broke_off = "Interrupted."
        if not as_json:
            # With it, stdout holds one document: the interrupt's.
            _draw(report)
        _tell_end(settings, asked, report, as_json)
        raise
    except NewTakeError:
        # What is shown of an error has no place for what is left.
        _tell_left(report)
        raise
    if as_json:
        print_document(selftest.document(report))
    else:
        _draw(report)
    _tell_end(settings, asked, report, as_json)
    if not report.went_well:
        sys.exit(1)


def _check(asked: SelftestAsked) -> None:
    if asked.report is not None and asked.report.exists():
        raise OutputError(f"{asked.report} is there already.", fix="Name a new file with --report.")
    if unknown := sorted(asked.only - set(selftest.question_ids())):
        raise SelectionError(
            f"There is no question {', '.join(unknown)}.",
            fix=f"Questions: {', '.join(selftest.question_ids())}.",
        )


async def _measure(settings: Settings, asked: SelftestAsked, report: Report) -> None:
    out = console(sys.stderr)
    async with bootstrap.resolve_from_outside() as calls:
        before = await selftest.look_before(calls)
        hello = await calls.ready()
        ending = "leave it, since --keep was said," if asked.keep else "delete that project"
        text = _WHAT_COMES.format(
            product=hello.product,
            version=hello.version_text,
            project=before.project,
            ending=ending,
        )
        for line in text.splitlines():
            say(out, line)
        _tell_leftovers(before)
        if not asked.yes and not await ask("Go on?"):
            raise SelectionError("Nothing was done.", fix="Say --yes to go on without a question.")

        def told(answer: Answer) -> None:
            say(out, f"{answer.id}: {answer.finding.answer or answer.finding.state}")

        folder = await selftest.run_selftest(
            calls, settings, before, report, told=told, only=asked.only
        )
        if asked.keep:
            say(out, f"Kept: the scratch project, and its files in {folder}.")


def _tell_leftovers(before: Before) -> None:
    for name in before.leftovers:
        say(
            console(sys.stderr),
            f"An earlier self-test left the project {name}; delete it in the project manager.",
        )


def _tell_end(settings: Settings, asked: SelftestAsked, report: Report, as_json: bool) -> None:
    """Where the report is, what it holds, and what could not be put back."""
    _tell_left(report)
    err = console(sys.stderr)
    if report.broke_off:
        say(err, f"Not every question was asked: {report.broke_off}")
    if not report.answers or (as_json and asked.report is None):
        return
    path = asked.report or selftest.report_path(settings, report)
    selftest.write_report(report, path)
    say(err, f"Report: {path}")
    say(
        err,
        "It holds versions and what was measured, no paths and no names of your projects. Nothing "
        "is sent by itself: please look through it, and attach it to an issue of New Take's "
        "repository.",
    )


def _draw(report: Report) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for name in ("question", "state", "what was found"):
        table.add_column(name, overflow="fold")
    for each in report.answers:
        cells = (each.question, each.finding.state, each.finding.verdict)
        table.add_row(*(Text(printable(cell)) for cell in cells))
    console(sys.stdout).print(table)


def _tell_left(report: Report) -> None:
    for each in report.cleanup.left:
        say(console(sys.stderr), f"Left: {each}")
