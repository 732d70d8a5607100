"""The options of the commands: their words and their help, each written once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from newtake.domain.choices import (
    STRENGTHS,
    Cadence,
    Codec,
    Continuity,
    Duration,
    Partial,
    ProviderName,
    Resolution,
    Strength,
    WaitMode,
)
from newtake.domain.files import Layout, Profile

Timeline = Annotated[
    Path, typer.Argument(help="A timeline: .otio, or .xml, .fcpxml, .edl, .aaf, .kdenlive.")
]


def _tell_edl_rate(told: str | None) -> str | None:
    # Whatever of this process reads an EDL reads it so.
    if told:
        os.environ["NEWTAKE_EDL_RATE"] = told
    return told


EdlRate = Annotated[
    str | None,
    typer.Option(
        "--edl-rate",
        envvar="NEWTAKE_EDL_RATE",
        callback=_tell_edl_rate,
        help="Frames per second of an EDL, which does not say them. Default: those of its media, "
        "or the lowest that its frame numbers fit.",
    ),
]
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
FileRanges = Annotated[
    list[str] | None,
    typer.Option(
        "--range",
        help="IN-OUT, two record timecodes, OUT exclusive: what lies there of the track's clips; "
        "repeatable. --partial says what becomes of a clip of which that is a part.",
    ),
]
Markers = Annotated[
    str | None,
    typer.Option(
        "--markers",
        metavar="[COLOUR]",
        help="What the timeline's, its tracks' and its clips' markers mark, of one colour or of "
        "any. The note (without one the name) holds the prompt or a style's name, and settings as "
        'NAME=VALUE or NAME="several words". A marker without a length means the clip under it.',
    ),
]
RangesFile = Annotated[
    Path | None,
    typer.Option(
        "--ranges",
        help="A CSV table in UTF-8, one range a line; its first line names the columns: in, out, "
        "track, prompt, style and any setting. What a line does not say, the options say.",
    ),
]
PartialOption = Annotated[
    Partial,
    typer.Option(
        "--partial",
        help="Of a clip of which only a part is meant: split makes the part a clip of its own, "
        "and the take sits exactly on it; cut-in leaves the clip whole and cuts the part into a "
        "take of its whole length.",
    ),
]
All = Annotated[bool, typer.Option("--all", help="Every clip that can be restyled.")]
Track = Annotated[str | None, typer.Option("--track", help="Only clips of this track, e.g. V1.")]
Prompt = Annotated[str, typer.Option("--prompt", "-p", help="How the clip should look.")]
StyleOption = Annotated[
    str | None,
    typer.Option(
        "--style",
        help="A look with a name, or its file (`newtake styles` lists them). What is said beside "
        "it wins over what it says; a prompt is put into its own.",
    ),
]
AgainFrom = Annotated[
    str | None,
    typer.Option(
        "--again-from",
        help="CLIP=TAKE, as `newtake takes` lists the written timeline: the settings of that take, "
        "for its clip where none is named. What is said beside it wins, e.g. --resolution 1080p.",
    ),
]
Fields = Annotated[
    list[str] | None,
    typer.Option("--field", help="NAME=VALUE, for a field of the style; repeatable."),
]
ResolutionOption = Annotated[
    Resolution | None,
    typer.Option("--resolution", help="The picture's height.", show_default="540p"),
]
DurationOption = Annotated[
    Duration | None,
    typer.Option(
        "--duration",
        help="The length to buy; auto takes the shortest that fits.",
        show_default="auto",
    ),
]
StrengthOption = Annotated[
    Strength | None,
    typer.Option(
        "--strength",
        help=f"{STRENGTHS[0]} (close to the source) to {STRENGTHS[-1]} (far from it).",
    ),
]
AutoControls = Annotated[
    bool | None,
    typer.Option(
        "--auto-controls/--no-auto-controls",
        help="Let the model choose; excludes --strength.",
        show_default="no",
    ),
]
Hdr = Annotated[
    bool | None,
    typer.Option("--hdr/--no-hdr", help="HDR result; needs 720p or 1080p.", show_default="no"),
]
Exr = Annotated[
    bool | None,
    typer.Option("--exr/--no-exr", help="EXR frames as well; needs --hdr.", show_default="no"),
]
FirstFrame = Annotated[
    str | None, typer.Option("--first-frame", help="A picture that the first frame should be.")
]
Variations = Annotated[
    int | None,
    typer.Option(
        "--variations",
        min=1,
        max=4,
        help="Takes to make of one submission; the last of them is selected.",
        show_default="1",
    ),
]
HandlesOption = Annotated[
    int | None,
    typer.Option(
        "--handles",
        min=0,
        max=240,
        help="Media frames that the take must have on each side of the clip, at least. The longer "
        "length is bought where the shorter one does not hold them.",
        show_default="as many as fit",
    ),
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
        help="Where the timeline is written. Default: beside it, NAME_newtake in its format; "
        "into the timeline itself where New Take wrote it.",
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
    Cadence | None,
    typer.Option(
        "--cadence",
        help="frame sends the media's frames one for one, whatever their rate; time keeps real "
        "time, and leaves out or doubles frames for it. auto is frame up to 30 frames per second "
        "and time above.",
        show_default="auto",
    ),
]
ContinuityOption = Annotated[
    Continuity | None,
    typer.Option(
        "--continuity",
        help="Of clips too long for one plate: carry begins each part with the last picture of "
        "the part before, one after the other; parallel sends all at once.",
        show_default="carry",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done; do nothing.")]
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
