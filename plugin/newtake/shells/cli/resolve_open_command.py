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
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Say the page's address instead of opening it.")
    ] = False,
) -> None:
    """Open New Take's page: the clips chosen in Resolve, the plan, the button, the queue."""
    from newtake.shells.cli.interrupts import run
    from newtake.shells.panel.opening import Opening, open_page

    run(open_page, Opening(spool, browser=not no_browser))
