"""The commands that only look: comparisons, small copies and reports, with their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from newtake.shells.cli.options import Json, Timeline

_Mode = Literal["side", "wipe", "stack"]


def compare(
    timeline: Timeline,
    clip: Annotated[str, typer.Option("--clip", help="A clip's number or name.")],
    take: Annotated[
        list[str] | None,
        typer.Option("--take", help="take_001, take_001_exr ...; repeatable; default: all movies."),
    ] = None,
    mode: Annotated[
        _Mode,
        typer.Option("--mode", help="Beside each other, one picture with a moving seam, or above."),
    ] = "side",
    sheet: Annotated[
        bool,
        typer.Option("--sheet", help="A contact sheet (PNG) beside the movie, a row for each."),
    ] = False,
    columns: Annotated[
        int, typer.Option("--columns", min=1, max=24, help="Frames in a row of the sheet.")
    ] = 6,
    height: Annotated[
        int | None,
        typer.Option(
            "--height", min=64, max=1080, help="Short side of a picture; 540, of many 360."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="A new .mp4; or a new .png for the sheet alone. Default: beside the takes.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Compare a clip's original with its takes: frame k of each picture is the same slot.

    The movie is H.264 at the media's rate, and every frame can be stepped to. Names, record
    timecode and frame number stand below the pictures; the sound is the clip's file's. HDR and EXR
    are tone-mapped as proxies are. Of a retimed clip the media frames that it consumes are shown.
    """
    from newtake.domain.comparing import CompareMode
    from newtake.shells.cli.comparing import CompareQuestion, show_comparison

    show_comparison(
        CompareQuestion(
            timeline, clip, tuple(take or ()), CompareMode(mode), sheet, columns, height, out
        ),
        json,
    )


def report(
    job: Annotated[
        list[str] | None, typer.Argument(help="Jobs by their ids; without one the last run.")
    ] = None,
    last: Annotated[bool, typer.Option("--last", help="The last run's jobs.")] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="A new .html or .json. Default: both beside the takes, report_DATE-TIME.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Report a run again, from the journal: a page with stills of source and take, and JSON.

    `restyle` and `jobs resume` leave the same beside the takes. The page is one file that loads
    nothing; keys and what signs a link are not in it, your prompts and file names are.
    """
    from newtake.shells.cli.reporting import show_report

    show_report(tuple(job or ()), last, out, json)


def proxy(
    media: Annotated[
        Path,
        typer.Argument(
            help="A timeline (.otio), with --clip; or a video, an EXR, or NAME.####.exr."
        ),
    ],
    clip: Annotated[
        str | None, typer.Option("--clip", help="Of a timeline: a clip's number or name.")
    ] = None,
    take: Annotated[
        str | None,
        typer.Option(
            "--take",
            help="take_001, take_001_exr, original ...; default: the one that is selected.",
        ),
    ] = None,
    frames: Annotated[
        str | None,
        typer.Option(
            "--frames", help="FIRST-END, counted from 0, END exclusive; of a clip in what it shows."
        ),
    ] = None,
    height: Annotated[
        int, typer.Option("--height", min=64, max=1080, help="Pixels of the shorter side.")
    ] = 360,
    rate: Annotated[
        str, typer.Option("--rate", help="Of images that no timeline speaks of: 24, 23.976 ...")
    ] = "24",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="A copy of it; a file that is not there yet.")
    ] = None,
    json: Json = False,
) -> None:
    """Make a small H.264 copy to look at: frame k of it is frame k of what was asked for.

    HDR and EXR are tone-mapped, every frame can be stepped to, and the rate is the media's. It is
    kept in NEWTAKE_HOME/cache/proxies and found again; what was not used for long goes first.
    """
    from newtake.shells.cli.proxies import ProxyQuestion, show_proxy

    show_proxy(ProxyQuestion(media, clip, take, frames, height, rate, out), json)
