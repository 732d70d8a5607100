"""The commands of `newtake blender` and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newtake.shells.cli.options import DryRun, Json

blender_app = typer.Typer(
    help="Blender: install into its sequencer, and see what works there.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Program = Annotated[
    Path | None,
    typer.Option("--blender", help="Blender's program, instead of every Blender that is found."),
]
BlenderVersion = Annotated[
    str | None, typer.Option("--version", help="One version of those that are found, as 4.5.")
]


@blender_app.command("install")
def blender_install(
    blender: Program = None,
    version: BlenderVersion = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Put New Take into Blender and switch it on there. Running it again mends it."""
    from newtake.shells.cli.blender_addon import install

    install(blender, version, dry_run, json)


@blender_app.command("uninstall")
def blender_uninstall(
    blender: Program = None,
    version: BlenderVersion = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Take New Take out of Blender: the files that are New Take's, and no others."""
    from newtake.shells.cli.blender_addon import uninstall

    uninstall(blender, version, dry_run, json)


@blender_app.command("status")
def blender_status(json: Json = False) -> None:
    """Which Blender there is, what is installed in it, and what to do."""
    from newtake.shells.cli.blender_addon import show_status

    show_status(json)


@blender_app.command("package")
def blender_package(
    out: Annotated[Path, typer.Option("--out", help="Where the zips are written.")] = Path(),
    json: Json = False,
) -> None:
    """Write the add-on as zips that Blender itself installs: for 4.2 and later, and for 3.4."""
    from newtake.shells.cli.blender_addon import package

    package(out, json)


@blender_app.command("open")
def blender_open() -> None:
    """What New Take's add-on in Blender starts: it speaks with it over standard input and output.

    Of no use in a terminal.
    """
    from newtake.shells.cli.interrupts import run
    from newtake.shells.panel.opening_blender import open_blender_page

    run(open_blender_page)
