"""The options of the commands: their words and their help, each written once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newtake.domain.choices import (
    STRENGTHS,
    Cadence,
    Codec,
    Continuity,
    Duration,
    ProviderName,
    Resolution,
    Strength,
    WaitMode,
)
from newtake.domain.files import Layout, Profile

Timeline = Annotated[Path, typer.Argument(help="An OpenTimelineIO timeline (.otio).")]
Clips = Annotated[
    list[str] | None, typer.Option("--clip", help="A clip's number or name; repeatable.")
]
At = Annotated[
    list[str] | None, typer.Option("--at", help="The clip under a record timecode; repeatable.")
]
Ranges = Annotated[
    list[str] | None,
    typer.Option(
        "--range",
        help="IN-OUT, two record timecodes, OUT exclusive: what lies there of the track's clips. A "
        "part of a clip is cut into a take of its whole length; repeatable.",
    ),
]
All = Annotated[bool, typer.Option("--all", help="Every clip that can be restyled.")]
Track = Annotated[str | None, typer.Option("--track", help="Only clips of this track, e.g. V1.")]
Prompt = Annotated[str, typer.Option("--prompt", "-p", help="How the clip should look.")]
ResolutionOption = Annotated[Resolution, typer.Option("--resolution", help="The picture's height.")]
DurationOption = Annotated[
    Duration,
    typer.Option("--duration", help="The length to buy; auto takes the shortest that fits."),
]
StrengthOption = Annotated[
    Strength | None,
    typer.Option(
        "--strength",
        help=f"{STRENGTHS[0]} (close to the source) to {STRENGTHS[-1]} (far from it).",
    ),
]
AutoControls = Annotated[
    bool, typer.Option("--auto-controls", help="Let the model choose; excludes --strength.")
]
Hdr = Annotated[bool, typer.Option("--hdr", help="HDR result; needs 720p or 1080p.")]
Exr = Annotated[bool, typer.Option("--exr", help="EXR frames as well; needs --hdr.")]
FirstFrame = Annotated[
    str | None, typer.Option("--first-frame", help="A picture that the first frame should be.")
]
Variations = Annotated[
    int, typer.Option("--variations", min=1, max=4, help="Takes to make of one submission.")
]
ProviderOption = Annotated[
    ProviderName | None, typer.Option("--provider", help="The service, or the embedded sandbox.")
]
Uploader = Annotated[
    str | None,
    typer.Option(
        "--uploader",
        help="workbench (private), repository:NAMESPACE/NAME, put:URL or command:COMMAND.",
    ),
]
FetchUrl = Annotated[
    str | None, typer.Option("--fetch-url", help="With put:URL, where the file is read again.")
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        help="Where the timeline is written. Default: beside it, NAME_newtake.otio; into the "
        "timeline itself where New Take wrote it.",
    ),
]
TakesOut = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        help="Where the timeline is written. Default: the timeline itself, where New Take wrote "
        "it; of any other there must be a name.",
    ),
]
LayoutOption = Annotated[Layout, typer.Option("--layout", help="How takes are written.")]
ProfileOption = Annotated[Profile, typer.Option("--profile", help="For which readers.")]
CodecOption = Annotated[
    Codec,
    typer.Option(
        "--codec",
        help="Of the takes. copy keeps the result's own pictures; the others code every frame by "
        "itself. auto is copy, and prores for DaVinci Resolve's timelines on Linux, where it opens "
        "no H.264 in every edition.",
    ),
]
LutOption = Annotated[
    Path | None,
    typer.Option(
        "--lut",
        help="A .cube table from the footage's log or HDR to Rec.709, for what the model sees.",
    ),
]
CadenceOption = Annotated[
    Cadence,
    typer.Option(
        "--cadence",
        help="frame sends the media's frames one for one, whatever their rate; time keeps real "
        "time, and leaves out or doubles frames for it. auto is frame up to 30 frames per second "
        "and time above.",
    ),
]
ContinuityOption = Annotated[
    Continuity,
    typer.Option(
        "--continuity",
        help="Of clips too long for one plate: carry begins each part with the last picture of "
        "the part before, one after the other; parallel sends all at once.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
WaitOption = Annotated[
    WaitMode | None,
    typer.Option("--wait", help="events, poll, or sync (one blocking request)."),
]
BudgetOption = Annotated[
    float | None, typer.Option("--budget", help="US dollars this run may cost.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
AgreePublic = Annotated[
    bool,
    typer.Option("--agree-public", help="Agree that an uploader may make plates public."),
]
Again = Annotated[
    bool,
    typer.Option(
        "--again", help="Also where an unfinished job has the same clip and settings: pay again."
    ),
]
JobId = Annotated[str, typer.Argument(help="A job's id, or its beginning.")]
