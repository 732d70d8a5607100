"""The command `newtake resolve open` and its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newtake.shells.cli.resolve_timeline_commands import resolve_app

__all__ = ["resolve_app"]


@resolve_app.command("open")
def resolve_open(
    spool: Annotated[
        Path | None,
        typer.Option("--spool", help="The folder that New Take's Lua script waits in."),
    ] = None,
    by_hand: Annotated[
        bool,
        typer.Option(
            "--by-hand",
            help="For the free edition from 21.1 on, whose scripts start no program: then choose "
            "New Take in Resolve's menu yourself.",
        ),
    ] = False,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Say the page's address instead of opening it.")
    ] = False,
) -> None:
    """Open New Take's page: the clips chosen in Resolve, the plan, the button, the queue."""
    from newtake.shells.cli.by_hand import by_hand_spool
    from newtake.shells.cli.interrupts import run
    from newtake.shells.panel.opening import Opening, open_page

    if by_hand and spool is not None:
        raise typer.BadParameter("it names the folder itself", param_hint="--by-hand with --spool")
    folder = by_hand_spool() if by_hand else spool
    run(open_page, Opening(folder, browser=not no_browser))
