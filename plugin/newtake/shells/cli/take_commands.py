"""The commands `takes` and `styles` and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newtake.shells.cli.options import Json, TakesOut, Timeline


def takes(
    timeline: Timeline,
    use: Annotated[
        list[str] | None,
        typer.Option("--use", help="CLIP=TAKE, e.g. 2=take_001 or 2=original; repeatable."),
    ] = None,
    star: Annotated[
        list[str] | None, typer.Option("--star", help="CLIP=TAKE: a favourite; repeatable.")
    ] = None,
    unstar: Annotated[
        list[str] | None, typer.Option("--unstar", help="CLIP=TAKE: not any more; repeatable.")
    ] = None,
    remove: Annotated[
        list[str] | None,
        typer.Option(
            "--remove",
            help="CLIP=TAKE: take it out of its clip, with its EXR frames. Its files stay. Where "
            "it was selected, the original is then. Repeatable.",
        ),
    ] = None,
    settings: Annotated[
        str | None,
        typer.Option(
            "--settings", help="CLIP=TAKE: print its settings as a style, to run them again."
        ),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", help="With --settings, a new file: NAME.style.toml."),
    ] = None,
    out: TakesOut = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Remove without asking.")] = False,
    json: Json = False,
) -> None:
    """List the takes of a timeline's clips and how they were made; select, star or remove some.

    What changes them writes to --out; without it over TIMELINE, where New Take wrote that.
    """
    from newtake.shells.cli.takes import TakesAsked, export_settings, list_takes

    asked = TakesAsked(
        timeline,
        tuple(use or ()),
        tuple(star or ()),
        tuple(unstar or ()),
        tuple(remove or ()),
        out,
        yes,
    )
    if settings is None:
        list_takes(asked, json)
    else:
        export_settings(asked, settings, to, json)


def styles(
    name: Annotated[
        str | None, typer.Argument(help="A style's name or file; none lists all of them.")
    ] = None,
    timeline: Annotated[
        Path | None,
        typer.Option(
            "--timeline", help="Whose folder is looked in first. Default: the current folder."
        ),
    ] = None,
    prompt: Annotated[
        str, typer.Option("--prompt", "-p", help="Show the style's prompt with these words in it.")
    ] = "",
    copy: Annotated[
        str | None, typer.Option("--copy", help="NAME: begin a style of your own from this one.")
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", help="The folder of the copy. Default: NEWTAKE_HOME/styles."),
    ] = None,
    json: Json = False,
) -> None:
    """List styles and where they are from, or show one with its settings and its whole prompt.

    Of two of the same name the first is meant: NAME.style.toml beside the timeline, styles/ beside
    it, NEWTAKE_HOME/styles, the shipped ones.
    """
    from newtake.shells.cli.styles import StyleQuestion, show_styles

    show_styles(StyleQuestion(name, timeline, prompt, copy, to), json)
