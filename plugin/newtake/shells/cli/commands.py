"""All commands; each one hands over to the file that carries it out.

Only typer is imported here: what a command needs is imported when it runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newtake.shells.cli.blender_commands import blender_app
from newtake.shells.cli.jobs_commands import jobs_app
from newtake.shells.cli.looking_commands import compare, proxy, report
from newtake.shells.cli.machine_commands import doctor, login, model, sandbox
from newtake.shells.cli.options import (
    Json,
    Prompt,
    ResolutionOption,
    StrengthOption,
)
from newtake.shells.cli.panel_command import panel
from newtake.shells.cli.resolve_open_command import resolve_app
from newtake.shells.cli.take_commands import styles, takes
from newtake.shells.cli.timeline_commands import clips, plan, restyle

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
app.add_typer(jobs_app, name="jobs")
app.add_typer(resolve_app, name="resolve")
app.add_typer(blender_app, name="blender")
for each in (
    compare,
    report,
    panel,
    takes,
    styles,
    clips,
    plan,
    restyle,
    proxy,
    model,
    login,
    doctor,
    sandbox,
):
    app.command()(each)


@app.command()
def demo(
    video: Annotated[
        Path | None, typer.Option("--video", help="Your own file instead of the footage.")
    ] = None,
    folder: Annotated[Path, typer.Option("--folder", help="Where everything is written.")] = Path(
        "newtake-demo"
    ),
    prompt: Prompt = "Redraw the footage as a charcoal sketch on rough paper.",
    resolution: ResolutionOption = "540p",
    strength: StrengthOption = "reimagine_1",
    json: Json = False,
) -> None:
    """The whole round trip on the embedded sandbox: no key, no cost, nothing leaves here."""
    from newtake.shells.cli.demo import run_demo

    run_demo(video, folder, prompt, resolution, strength, json)
