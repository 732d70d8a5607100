"""The command `newtake panel` and its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newtake.shells.cli.options import EdlRate


def panel(
    timeline: Annotated[
        Path | None,
        typer.Argument(help="A timeline file. Without one: the timeline that is open in Resolve."),
    ] = None,
    by_hand: Annotated[
        bool,
        typer.Option(
            "--by-hand",
            help="Without a timeline file, for the free edition of Resolve from 21.1 on, whose "
            "scripts start no program: then choose New Take in Resolve's menu yourself.",
        ),
    ] = False,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Say the page's address instead of opening it.")
    ] = False,
    edl_rate: EdlRate = None,  # noqa: ARG001 # its callback tells it
) -> None:
    """Open the panel: the timeline on a page of this machine, with all that can be done to it.

    Select clips, restyle them, watch the queue, compare takes and switch between them. The file
    itself is written only when you save: until then what was done is kept as a draft. A second
    start for the same timeline brings the first one's page up. It ends by itself when the page is
    closed and no job is under way.
    """
    from newtake.shells.cli.errors import at_interrupt
    from newtake.shells.cli.interrupts import run

    at_interrupt(
        "Interrupted. The panel has ended; drafts and jobs are kept.",
        "Open it again. `newtake jobs` lists the jobs, and `newtake jobs resume --all` goes on "
        "with those that were under way.",
    )
    if timeline is None:
        from newtake.shells.cli.by_hand import by_hand_spool
        from newtake.shells.panel.opening import Opening, open_page

        spool = by_hand_spool() if by_hand else None
        run(open_page, Opening(spool, browser=not no_browser))
        return
    if by_hand:
        raise typer.BadParameter(
            "a timeline file needs no DaVinci Resolve", param_hint="--by-hand with a timeline"
        )
    from newtake.shells.panel.opening_file import open_timeline_page

    run(open_timeline_page, timeline, not no_browser)
