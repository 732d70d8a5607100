"""The commands and their options; each one hands over to the file that carries it out.

Only typer is imported here: what a command needs is imported when it runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newtake.domain.files import Layout, Profile
from newtake.shells.cli import looking_commands
from newtake.shells.cli.blender_commands import blender_app
from newtake.shells.cli.jobs_commands import jobs_app
from newtake.shells.cli.options import (
    Again,
    AgainFrom,
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
    EdlRate,
    Exr,
    FetchUrl,
    Fields,
    FileRanges,
    FirstFrame,
    HandlesOption,
    Hdr,
    Json,
    LayoutOption,
    LutOption,
    Markers,
    Out,
    PartialOption,
    ProfileOption,
    Prompt,
    ProviderOption,
    RangesFile,
    ResolutionOption,
    StrengthOption,
    StyleOption,
    Timeline,
    Track,
    Uploader,
    Variations,
    WaitOption,
    Yes,
)
from newtake.shells.cli.panel_command import panel
from newtake.shells.cli.resolve_open_command import resolve_app
from newtake.shells.cli.take_commands import styles, takes

if TYPE_CHECKING:
    from newtake.shells.cli.timelines import Asked

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
app.add_typer(jobs_app, name="jobs")
app.command()(looking_commands.compare)
app.command()(looking_commands.report)
app.command()(panel)
app.add_typer(resolve_app, name="resolve")
app.add_typer(blender_app, name="blender")
app.command()(takes)
app.command()(styles)


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


@app.command()
def clips(
    timeline: Timeline,
    edl_rate: EdlRate = None,  # noqa: ARG001 # its callback tells it
    json: Json = False,
) -> None:
    """List a timeline's clips: ranges, rate, takes, and why one cannot be restyled.

    Media is not opened, but an EDL's for its rate; `newtake plan` does that, and may find more.
    """
    from newtake.shells.cli.timelines import list_clips

    list_clips(timeline, json)


def _asked(words: dict[str, Any]) -> Asked:
    """The options of `plan` and `restyle` under the names that the rest knows."""
    from newtake.bootstrap.outputs import edl_rate_of
    from newtake.shells.cli.timelines import Asked
    from newtake.shells.cli.wishes import wish_of

    return Asked(
        timeline=words["timeline"],
        wish=wish_of(words),
        clips=tuple(words["clip"] or ()),
        at=tuple(words["at"] or ()),
        ranges=tuple(words["ranges"] or ()),
        everything=words["everything"],
        track=words["track"],
        markers=words["markers"],
        table=words["ranges_file"],
        partial=words["partial"],
        out=words["out"],
        layout=words["layout"],
        profile=words["profile"],
        again_from=words["again_from"],
        edl_rate=edl_rate_of(words["timeline"].absolute(), words["edl_rate"]),
    )


# The next two say the same options twice: typer reads a command's own signature, and putting one
# together at run time would hide every option from the reader and from mypy.
@app.command()
def plan(
    timeline: Timeline,
    prompt: Prompt = "",
    clip: Clips = None,
    at: At = None,
    ranges: FileRanges = None,
    markers: Markers = None,
    ranges_file: RangesFile = None,
    everything: All = False,
    track: Track = None,
    partial: PartialOption = "split",
    style: StyleOption = None,
    field: Fields = None,
    again_from: AgainFrom = None,
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
    edl_rate: EdlRate = None,  # its callback tells it
    out: Out = None,
    layout: LayoutOption = Layout.TAKES,
    profile: ProfileOption = Profile.AUTO,
    codec: CodecOption = "auto",
    lut: LutOption = None,
    cadence: CadenceOption = None,
    continuity: ContinuityOption = None,
    json: Json = False,
) -> None:
    """Say what `restyle` would do, what would leave this machine and what it costs. Do nothing."""
    asked = _asked(locals())
    from newtake.shells.cli.timelines import show_plan

    show_plan(asked, json)


@app.command()
def restyle(
    timeline: Timeline,
    prompt: Prompt = "",
    clip: Clips = None,
    at: At = None,
    ranges: FileRanges = None,
    markers: Markers = None,
    ranges_file: RangesFile = None,
    everything: All = False,
    track: Track = None,
    partial: PartialOption = "split",
    style: StyleOption = None,
    field: Fields = None,
    again_from: AgainFrom = None,
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
    edl_rate: EdlRate = None,  # its callback tells it
    out: Out = None,
    layout: LayoutOption = Layout.TAKES,
    profile: ProfileOption = Profile.AUTO,
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
    """Restyle clips and write the timeline with the new takes. Shows the plan and asks first."""
    asked = _asked(locals())
    from newtake.shells.cli.timelines import restyle_clips

    restyle_clips(asked, json, budget=budget, yes=yes, agree_public=agree_public, again=again)


@app.command()
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


@app.command()
def model(provider: ProviderOption = None, json: Json = False) -> None:
    """The model's live schema and prices."""
    from newtake.shells.cli.machine import show_model

    show_model(provider, json)


@app.command()
def login(
    forget: Annotated[bool, typer.Option("--forget", help="Remove the stored key.")] = False,
    json: Json = False,
) -> None:
    """Store the Oxen key in the system's keychain. Reads it from the terminal or from stdin."""
    from newtake.shells.cli.machine import log_in

    log_in(forget, json)


@app.command()
def doctor(
    bundle: Annotated[
        Path | None,
        typer.Option("--bundle", help="Write a ZIP for a bug report; nothing is sent."),
    ] = None,
    private: Annotated[
        bool,
        typer.Option(
            "--private", help="Take prompts, file and account names out of the bundle as well."
        ),
    ] = False,
    json: Json = False,
) -> None:
    """What works on this machine, and what to do about what does not.

    --bundle also writes versions, settings, these findings, the events of the last jobs and the
    logs into a new ZIP file. Keys and signatures are always taken out; without --private it holds
    your prompts and the names of your files.
    """
    if bundle is None and not private:
        from newtake.shells.cli.machine import examine

        examine(json)
    else:
        from newtake.shells.cli.bundles import examine_into

        examine_into(bundle, private, json)


@app.command()
def sandbox(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = 0,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="State; default: in NEWTAKE_HOME.")
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            "--fault", help="Misbehave, e.g. submit:503x1, result:drop or poll:502%10; repeatable."
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of faults by chance (%).")] = 0,
    look: Annotated[
        str | None, typer.Option("--look", help="'copy' returns the pictures as they came.")
    ] = None,
    at_once: Annotated[
        int, typer.Option("--at-once", min=1, help="Jobs that it works on at a time.")
    ] = 2,
    job_seconds: Annotated[
        float, typer.Option("--job-seconds", min=0, help="What a job takes at least.")
    ] = 0.0,
    result: Annotated[
        Path | None,
        typer.Option(
            "--result", exists=True, dir_okay=False, help="Give this video for every request."
        ),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Its address as one line of JSON on stdout.")
    ] = False,
) -> None:
    """Run the embedded provider as a server with the service's contract, for trying and testing."""
    from newtake.bootstrap import SandboxPace
    from newtake.shells.cli.machine import serve_sandbox

    pace = SandboxPace(at_once, job_seconds, result)
    serve_sandbox(port, folder, tuple(fault or ()), seed, look, pace, json)
