"""The command `newtake panel` and its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def panel(
    timeline: Annotated[
        Path | None,
        typer.Argument(help="A timeline file. Without one: the timeline that is open in Resolve."),
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Say the page's address instead of opening it.")
    ] = False,
) -> None:
    """Open the panel: the timeline on a page of this machine, with all that can be done to it.

    Select clips, restyle them, watch the queue, compare takes and switch between them. The file
    itself is written only when you save: until then what was done is kept as a draft. A second
    start for the same timeline brings the first one's page up. It ends by itself when the page is
    closed and no job is under way.
    """
    from newtake.shells.cli.interrupts import run

    if timeline is None:
        from newtake.shells.panel.opening import Opening, open_page

        run(open_page, Opening(None, browser=not no_browser))
        return
    from newtake.shells.panel.opening_file import open_timeline_page

    run(open_timeline_page, timeline, not no_browser)
