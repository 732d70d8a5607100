"""The commands of `newtake resolve` and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newtake.domain.choices import MenuLanguageAsked
from newtake.shells.cli.options import DryRun, Json, Yes

resolve_app = typer.Typer(
    help="DaVinci Resolve: install into its menu, and see what works there.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

ForEveryone = Annotated[
    bool,
    typer.Option(
        "--for-everyone", help="The folder of all users of this machine; needs an administrator."
    ),
]
Folder = Annotated[
    Path | None,
    typer.Option("--folder", help="A folder of scripts that Resolve reads, instead of the usual."),
]


@resolve_app.command("install")
def resolve_install(
    for_everyone: ForEveryone = False,
    folder: Folder = None,
    language: Annotated[
        MenuLanguageAsked,
        typer.Option(
            "--language",
            help="Of the menu entry. auto chooses by the Resolve that is found: python, lua for "
            "the free edition from 21.1 on, both where its files do not tell.",
        ),
    ] = "auto",
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Put New Take into Resolve's menu Workspace > Scripts. Running it again mends it."""
    from newtake.shells.cli.resolve_menu import install

    chosen = None if language == "auto" else language
    install(for_everyone, folder, chosen, dry_run, json)


@resolve_app.command("uninstall")
def resolve_uninstall(
    for_everyone: ForEveryone = False,
    folder: Folder = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Take New Take out of Resolve's menu: the files that `install` wrote, and no others."""
    from newtake.shells.cli.resolve_menu import uninstall

    uninstall(for_everyone, folder, dry_run, json)


@resolve_app.command("status")
def resolve_status(json: Json = False) -> None:
    """What is installed, which Resolve there is, whether it answers, and what to do."""
    from newtake.shells.cli.resolve_menu import show_status

    show_status(json)


@resolve_app.command("selftest")
def resolve_selftest(
    report: Annotated[
        Path | None,
        typer.Option(
            "--report", help="A new file for the report; without it, one in New Take's own folder."
        ),
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the scratch project and its files.")
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="The id of a question, as the report has it; repeatable."),
    ] = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Measure what no document says of this Resolve, in a scratch project. Asks first."""
    from newtake.shells.cli.resolve_selftest import SelftestAsked, measure

    measure(SelftestAsked(report, keep, frozenset(only or ()), yes), json)
