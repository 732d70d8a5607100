"""The commands of `newtake blender` and their options."""

from __future__ import annotations

import typer

blender_app = typer.Typer(
    help="Blender: install into its sequencer, and see what works there.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@blender_app.callback()
def blender() -> None:
    """Blender: install into its sequencer, and see what works there."""


@blender_app.command("open")
def blender_open() -> None:
    """What New Take's add-on in Blender starts: it speaks with it over standard input and output.

    Of no use in a terminal.
    """
    from newtake.shells.cli.interrupts import run
    from newtake.shells.panel.opening_blender import open_blender_page

    run(open_blender_page)
