"""The commands of `newtake jobs` and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newtake.shells.cli.options import (
    AgreePublic,
    BudgetOption,
    FetchUrl,
    JobId,
    Json,
    ProviderOption,
    Uploader,
    Yes,
)

jobs_app = typer.Typer(
    help="The journal of jobs: list, show, resume, cancel, settle, fetch.",
    invoke_without_command=True,
    rich_markup_mode=None,
)


@jobs_app.callback()
def jobs(context: typer.Context, json: Json = False) -> None:
    """The journal of jobs. Without a word: list them."""
    if context.invoked_subcommand is None:
        from newtake.shells.cli.jobs import list_jobs

        list_jobs(json)


@jobs_app.command("list")
def jobs_list(json: Json = False) -> None:
    """Every job of the journal, as `newtake jobs` alone does."""
    from newtake.shells.cli.jobs import list_jobs

    list_jobs(json)


@jobs_app.command("show")
def jobs_show(job: JobId, json: Json = False) -> None:
    """One job: its steps, files, submission and cost."""
    from newtake.shells.cli.jobs import show_job

    show_job(job, json)


@jobs_app.command("resume")
def jobs_resume(
    job: Annotated[str | None, typer.Argument(help="A job's id, or its beginning.")] = None,
    everything: Annotated[
        bool,
        typer.Option("--all", help="Every job that can go on or is unsure, no cancelled ones."),
    ] = False,
    uploader: Uploader = None,
    fetch_url: FetchUrl = None,
    budget: BudgetOption = None,
    yes: Yes = False,
    agree_public: AgreePublic = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="Lay the takes into this timeline, also those of jobs that are done, whatever "
            "became of the file they lie in. JOB --all means all jobs of that job's timeline.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Go on where a job stopped. Asks before a first submission; never submits a second time.

    A take whose movie is gone is made again from its result, and nothing is paid.
    """
    from newtake.shells.cli.resuming import ResumeOptions, resume_jobs

    options = ResumeOptions(uploader, fetch_url, budget, yes, agree_public, out)
    resume_jobs(job, everything, options, json)


@jobs_app.command("cancel")
def jobs_cancel(job: JobId, json: Json = False) -> None:
    """Ask the service to stop a job's submission, and say what became of it."""
    from newtake.shells.cli.cancelling import cancel_job

    cancel_job(job, json)


@jobs_app.command("settle")
def jobs_settle(
    job: JobId,
    submission: Annotated[
        list[str] | None, typer.Option("--submission", help="It exists: its id; repeatable.")
    ] = None,
    not_sent: Annotated[
        bool, typer.Option("--not-sent", help="It does not exist: submit when resumed.")
    ] = False,
    json: Json = False,
) -> None:
    """Say what became of a submission that New Take could not find."""
    from newtake.shells.cli.settling import settle_job

    settle_job(job, tuple(submission or ()), not_sent, json)


@jobs_app.command("fetch")
def jobs_fetch(
    submission: Annotated[str, typer.Argument(help="A job's id or a submission's id.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File to write; default: here.")
    ] = None,
    provider: ProviderOption = None,
    json: Json = False,
) -> None:
    """Fetch the raw result of a job, or of any submission of the account. Costs nothing."""
    from newtake.shells.cli.submissions import fetch_result

    fetch_result(submission, out, provider, json)
