"""The commands of `newtake resolve` that work on the open timeline, and their options."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newtake.domain.choices import PlateSource
from newtake.shells.cli.options import (
    Again,
    AgreePublic,
    All,
    At,
    AutoControls,
    BudgetOption,
    CadenceOption,
    Clips,
    CodecOption,
    ContinuityOption,
    DurationOption,
    Exr,
    FetchUrl,
    Fields,
    FirstFrame,
    HandlesOption,
    Hdr,
    Json,
    LutOption,
    Markers,
    Prompt,
    ProviderOption,
    Ranges,
    RangesFile,
    ResolutionOption,
    StrengthOption,
    StyleOption,
    Track,
    Uploader,
    Variations,
    WaitOption,
    Yes,
)
from newtake.shells.cli.resolve_commands import resolve_app

if TYPE_CHECKING:
    from newtake.shells.cli.resolve_timelines import ResolveAsked

__all__ = ["resolve_app"]
"""With the commands of this file in it."""

Select = Annotated[
    str | None,
    typer.Option(
        "--select",
        help="auto, selection, marks, colour:NAME, playhead, markers or markers:COLOUR; auto takes "
        "the first of them that finds a clip, with the colour of auto:NAME or of the setting "
        "resolve_select_colour. markers:COLOUR means what lies under such markers; markers alone "
        "those that a script marked as New Take's. What is written in them is not read: --markers "
        "does that.",
    ),
]
SourceOption = Annotated[
    PlateSource,
    typer.Option(
        "--from",
        help="source cuts what is sent from the clip's media; render has Resolve render it with "
        "its grade and effects first, also of clips that have no media of their own.",
    ),
]
TakesFolder = Annotated[
    Path | None,
    typer.Option(
        "--folder",
        help="Where takes are written. Default: a folder of the project's name in NEWTAKE_HOME/"
        "takes, or in the settings' takes_folder.",
    ),
]


@resolve_app.command("clips")
def resolve_clips(json: Json = False) -> None:
    """List the open timeline's clips: ranges, rate, takes, and why one cannot be restyled."""
    from newtake.shells.cli.resolve_timelines import list_clips

    list_clips(json)


def _asked(words: dict[str, Any]) -> ResolveAsked:
    """The options of `plan` and `restyle` under the names that the rest knows."""
    from newtake.domain.selection import Selection
    from newtake.shells.cli.resolve_timelines import ResolveAsked
    from newtake.shells.cli.wishes import wish_of

    return ResolveAsked(
        wish=wish_of(words),
        select=words["select"],
        listed=Selection(
            clips=tuple(words["clip"] or ()),
            at=tuple(words["at"] or ()),
            ranges=tuple(words["ranges"] or ()),
            everything=words["everything"],
            track=words["track"],
        ),
        markers=words["markers"],
        table=words["ranges_file"],
        folder=words["folder"],
        render=words["source"] == "render",
    )


# The next two say the same options twice: typer reads a command's own signature, and putting one
# together at run time would hide every option from the reader and from mypy.
@resolve_app.command("plan")
def resolve_plan(
    prompt: Prompt = "",
    select: Select = None,
    clip: Clips = None,
    at: At = None,
    ranges: Ranges = None,
    markers: Markers = None,
    ranges_file: RangesFile = None,
    everything: All = False,
    track: Track = None,
    source: SourceOption = "source",
    style: StyleOption = None,
    field: Fields = None,
    resolution: ResolutionOption = None,
    duration: DurationOption = None,
    strength: StrengthOption = None,
    auto_controls: AutoControls = None,
    hdr: Hdr = None,
    exr: Exr = None,
    first_frame: FirstFrame = None,
    variations: Variations = None,
    handles: HandlesOption = None,
    provider: ProviderOption = None,
    uploader: Uploader = None,
    fetch_url: FetchUrl = None,
    folder: TakesFolder = None,
    codec: CodecOption = "auto",
    lut: LutOption = None,
    cadence: CadenceOption = None,
    continuity: ContinuityOption = None,
    json: Json = False,
) -> None:
    """Say what `resolve restyle` would do, send and cost. Do nothing."""
    asked = _asked(locals())
    from newtake.shells.cli.resolve_timelines import show_plan

    show_plan(asked, json)


@resolve_app.command("restyle")
def resolve_restyle(
    prompt: Prompt = "",
    select: Select = None,
    clip: Clips = None,
    at: At = None,
    ranges: Ranges = None,
    markers: Markers = None,
    ranges_file: RangesFile = None,
    everything: All = False,
    track: Track = None,
    source: SourceOption = "source",
    style: StyleOption = None,
    field: Fields = None,
    resolution: ResolutionOption = None,
    duration: DurationOption = None,
    strength: StrengthOption = None,
    auto_controls: AutoControls = None,
    hdr: Hdr = None,
    exr: Exr = None,
    first_frame: FirstFrame = None,
    variations: Variations = None,
    handles: HandlesOption = None,
    provider: ProviderOption = None,
    uploader: Uploader = None,
    fetch_url: FetchUrl = None,
    folder: TakesFolder = None,
    codec: CodecOption = "auto",
    lut: LutOption = None,
    cadence: CadenceOption = None,
    continuity: ContinuityOption = None,
    wait: WaitOption = None,
    budget: BudgetOption = None,
    yes: Yes = False,
    agree_public: AgreePublic = False,
    again: Again = False,
    json: Json = False,
) -> None:
    """Restyle clips of the open timeline as native takes. Shows the plan and asks first."""
    asked = _asked(locals())
    from newtake.shells.cli.resolve_timelines import restyle_clips

    restyle_clips(asked, json, budget=budget, yes=yes, agree_public=agree_public, again=again)


@resolve_app.command("takes")
def resolve_takes(
    use: Annotated[
        list[str] | None,
        typer.Option("--use", help="CLIP=TAKE, e.g. 2=take_001 or 2=original; repeatable."),
    ] = None,
    json: Json = False,
) -> None:
    """List the takes of the open timeline's clips, or have clips show others."""
    from newtake.shells.cli.resolve_takes import list_takes

    list_takes(use or [], json)


@resolve_app.command("collect")
def resolve_collect(
    job: Annotated[
        list[str] | None,
        typer.Argument(help="Jobs whose takes alone are meant, also where the timeline lost them."),
    ] = None,
    everything: Annotated[
        bool,
        typer.Option("--all", help="Also every take that the timeline lost and has a clip for."),
    ] = False,
    json: Json = False,
) -> None:
    """Give the takes that wait to the timeline that is open; says which wait for others, and which
    are made and not in it. Nothing is paid by it."""
    from newtake.shells.cli.resolve_collect import collect

    collect(job or [], everything, json)
