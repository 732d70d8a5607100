"""The commands and their options; each one hands over to the file that carries it out.

Only typer is imported here: what a command needs is imported when it runs.
"""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from newtake.domain.choices import STRENGTHS

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
jobs_app = typer.Typer(
    help="The journal of jobs: list, show, resume, cancel, settle, fetch.",
    invoke_without_command=True,
    rich_markup_mode=None,
)
app.add_typer(jobs_app, name="jobs")


class Provider(Enum):
    oxen = "oxen"
    sandbox = "sandbox"


class Resolution(Enum):
    p540 = "540p"
    p720 = "720p"
    p1080 = "1080p"


class Duration(Enum):
    auto = "auto"
    five = "5s"
    ten = "10s"


class Wait(Enum):
    events = "events"
    poll = "poll"
    sync = "sync"


class Codec(Enum):
    auto = "auto"
    h264 = "h264"
    prores = "prores"
    dnxhr = "dnxhr"


class LayoutName(Enum):
    takes = "takes"
    track = "track"
    replace = "replace"


class ProfileName(Enum):
    auto = "auto"
    resolve = "resolve"
    generic = "generic"


Timeline = Annotated[Path, typer.Argument(help="An OpenTimelineIO timeline (.otio).")]
Clips = Annotated[
    list[str] | None, typer.Option("--clip", help="A clip's number or name; repeatable.")
]
At = Annotated[
    list[str] | None, typer.Option("--at", help="The clip under a record timecode; repeatable.")
]
All = Annotated[bool, typer.Option("--all", help="Every clip that can be restyled.")]
Track = Annotated[str | None, typer.Option("--track", help="Only clips of this track, e.g. V1.")]
Prompt = Annotated[str, typer.Option("--prompt", "-p", help="How the clip should look.")]
ResolutionOption = Annotated[Resolution, typer.Option("--resolution", help="The picture's height.")]
DurationOption = Annotated[
    Duration,
    typer.Option("--duration", help="The length to buy; auto takes the shortest that fits."),
]
Strength = Annotated[
    str | None,
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
    Provider | None, typer.Option("--provider", help="The service, or the embedded sandbox.")
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
    typer.Option("--out", "-o", help="Where the timeline is written; default: beside it."),
]
LayoutOption = Annotated[LayoutName, typer.Option("--layout", help="How takes are written.")]
ProfileOption = Annotated[ProfileName, typer.Option("--profile", help="For which readers.")]
CodecOption = Annotated[
    Codec, typer.Option("--codec", help="Of the take; auto keeps the result's pictures untouched.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
AgreePublic = Annotated[
    bool,
    typer.Option("--agree-public", help="Agree that an uploader may make plates public."),
]


@app.command()
def demo(
    video: Annotated[
        Path | None, typer.Option("--video", help="Your own file instead of the footage.")
    ] = None,
    folder: Annotated[Path, typer.Option("--folder", help="Where everything is written.")] = Path(
        "newtake-demo"
    ),
    prompt: Prompt = "Redraw the footage as a charcoal sketch on rough paper.",
    resolution: ResolutionOption = Resolution.p540,
    strength: Strength = "reimagine_1",
    json: Json = False,
) -> None:
    """The whole round trip on the embedded sandbox: no key, no cost, nothing leaves here."""
    from newtake.shells.cli.demo import run_demo

    run_demo(video, folder, prompt, resolution.value, strength, json)


@app.command()
def clips(timeline: Timeline, json: Json = False) -> None:
    """List a timeline's clips: ranges, rate, takes, and why one cannot be restyled."""
    from newtake.shells.cli.timelines import list_clips

    list_clips(timeline, json)


def _edit(
    prompt: str,
    resolution: Resolution,
    duration: Duration,
    strength: str | None,
    auto_controls: bool,
    hdr: bool,
    exr: bool,
    first_frame: str | None,
    variations: int,
) -> dict[str, object]:
    return {
        "prompt": prompt,
        "resolution": resolution.value,
        "duration": duration.value,
        "edit_strength": strength,
        "auto_controls": auto_controls or None,
        "hdr": hdr,
        "exr_export": exr,
        "first_frame": first_frame,
        "variations": variations,
    }


@app.command()
def plan(
    timeline: Timeline,
    prompt: Prompt = "",
    clip: Clips = None,
    at: At = None,
    everything: All = False,
    track: Track = None,
    resolution: ResolutionOption = Resolution.p540,
    duration: DurationOption = Duration.auto,
    strength: Strength = None,
    auto_controls: AutoControls = False,
    hdr: Hdr = False,
    exr: Exr = False,
    first_frame: FirstFrame = None,
    variations: Variations = 1,
    provider: ProviderOption = None,
    uploader: Uploader = None,
    fetch_url: FetchUrl = None,
    out: Out = None,
    layout: LayoutOption = LayoutName.takes,
    profile: ProfileOption = ProfileName.auto,
    codec: CodecOption = Codec.auto,
    json: Json = False,
) -> None:
    """Say what `restyle` would do, what would leave this machine and what it costs. Do nothing."""
    from newtake.shells.cli.timelines import Asked, show_plan

    show_plan(
        Asked(
            timeline=timeline,
            clips=tuple(clip or ()),
            at=tuple(at or ()),
            everything=everything,
            track=track,
            edit=_edit(
                prompt,
                resolution,
                duration,
                strength,
                auto_controls,
                hdr,
                exr,
                first_frame,
                variations,
            ),
            provider=provider.value if provider else None,
            uploader=uploader,
            fetch_url=fetch_url,
            out=out,
            layout=layout.value,
            profile=profile.value,
            codec=codec.value,
        ),
        json,
    )


@app.command()
def restyle(
    timeline: Timeline,
    prompt: Prompt = "",
    clip: Clips = None,
    at: At = None,
    everything: All = False,
    track: Track = None,
    resolution: ResolutionOption = Resolution.p540,
    duration: DurationOption = Duration.auto,
    strength: Strength = None,
    auto_controls: AutoControls = False,
    hdr: Hdr = False,
    exr: Exr = False,
    first_frame: FirstFrame = None,
    variations: Variations = 1,
    provider: ProviderOption = None,
    uploader: Uploader = None,
    fetch_url: FetchUrl = None,
    out: Out = None,
    layout: LayoutOption = LayoutName.takes,
    profile: ProfileOption = ProfileName.auto,
    codec: CodecOption = Codec.auto,
    wait: Annotated[
        Wait | None,
        typer.Option("--wait", help="events, poll, or sync (one blocking request)."),
    ] = None,
    budget: Annotated[
        float | None, typer.Option("--budget", help="US dollars this run may cost.")
    ] = None,
    yes: Yes = False,
    agree_public: AgreePublic = False,
    json: Json = False,
) -> None:
    """Restyle clips and write the timeline with the new takes. Shows the plan and asks first."""
    from newtake.shells.cli.timelines import Asked, restyle_clips

    restyle_clips(
        Asked(
            timeline=timeline,
            clips=tuple(clip or ()),
            at=tuple(at or ()),
            everything=everything,
            track=track,
            edit=_edit(
                prompt,
                resolution,
                duration,
                strength,
                auto_controls,
                hdr,
                exr,
                first_frame,
                variations,
            ),
            provider=provider.value if provider else None,
            uploader=uploader,
            fetch_url=fetch_url,
            out=out,
            layout=layout.value,
            profile=profile.value,
            codec=codec.value,
            wait=wait.value if wait else None,
        ),
        json,
        budget=budget,
        yes=yes,
        agree_public=agree_public,
    )


@app.command()
def takes(
    timeline: Timeline,
    use: Annotated[
        list[str] | None,
        typer.Option("--use", help="CLIP=TAKE, e.g. 2=take_001 or 2=original; repeatable."),
    ] = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """List the takes of a timeline's clips, or switch to others."""
    from newtake.shells.cli.timelines import list_takes

    list_takes(timeline, use or [], out, json)


@jobs_app.callback()
def jobs(context: typer.Context, json: Json = False) -> None:
    """The journal of jobs. Without a word: list them."""
    if context.invoked_subcommand is None:
        from newtake.shells.cli.jobs import list_jobs

        list_jobs(json)


JobId = Annotated[str, typer.Argument(help="A job's id, or its beginning.")]


@jobs_app.command("show")
def jobs_show(job: JobId, json: Json = False) -> None:
    """One job: its steps, files, submission and cost."""
    from newtake.shells.cli.jobs import show_job

    show_job(job, json)


@jobs_app.command("resume")
def jobs_resume(
    job: Annotated[str | None, typer.Argument(help="A job's id, or its beginning.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every job that can go on.")] = False,
    uploader: Uploader = None,
    fetch_url: FetchUrl = None,
    json: Json = False,
) -> None:
    """Go on where a job stopped. Never submits a second time."""
    from newtake.shells.cli.jobs import resume_jobs

    resume_jobs(job, everything, uploader, fetch_url, json)


@jobs_app.command("cancel")
def jobs_cancel(job: JobId, json: Json = False) -> None:
    """Ask the service to stop a job's submission, and say what became of it."""
    from newtake.shells.cli.jobs import cancel_job

    cancel_job(job, json)


@jobs_app.command("settle")
def jobs_settle(
    job: JobId,
    submission: Annotated[
        list[str] | None, typer.Option("--submission", help="It exists: its id; repeatable.")
    ] = None,
    not_sent: Annotated[
        bool, typer.Option("--not-sent", help="It does not exist: submit when resumed.")
    ] = False,
    json: Json = False,
) -> None:
    """Say what became of a submission that New Take could not find."""
    from newtake.shells.cli.jobs import settle_job

    settle_job(job, tuple(submission or ()), not_sent, json)


@jobs_app.command("fetch")
def jobs_fetch(
    submission: Annotated[str, typer.Argument(help="A job's id or a submission's id.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File to write; default: here.")
    ] = None,
    provider: ProviderOption = None,
    json: Json = False,
) -> None:
    """Fetch the raw result of a job, or of any submission of the account. Costs nothing."""
    from newtake.shells.cli.jobs import fetch_result

    fetch_result(submission, out, provider.value if provider else None, json)


@app.command()
def model(provider: ProviderOption = None, json: Json = False) -> None:
    """The model's live schema and prices."""
    from newtake.shells.cli.machine import show_model

    show_model(provider.value if provider else None, json)


@app.command()
def login(
    forget: Annotated[bool, typer.Option("--forget", help="Remove the stored key.")] = False,
) -> None:
    """Store the Oxen key in the system's keychain. Reads it from the terminal or from stdin."""
    from newtake.shells.cli.machine import log_in

    log_in(forget)


@app.command()
def doctor(json: Json = False) -> None:
    """What works on this machine, and what to do about what does not."""
    from newtake.shells.cli.machine import examine

    examine(json)


@app.command()
def sandbox(
    port: Annotated[int, typer.Option("--port", help="0 takes a free one.")] = 0,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="State; default: in NEWTAKE_HOME.")
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option("--fault", help="Misbehave, e.g. submit:503x1 or result:drop; repeatable."),
    ] = None,
    look: Annotated[
        str | None, typer.Option("--look", help="'copy' returns the pictures as they came.")
    ] = None,
) -> None:
    """Run the embedded provider as a server with the service's contract, for trying and testing."""
    from newtake.shells.cli.machine import serve_sandbox

    serve_sandbox(port, folder, tuple(fault or ()), look)
