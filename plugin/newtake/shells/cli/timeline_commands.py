"""The commands that list a timeline's clips, plan edits of them and restyle them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newtake.domain.files import Layout, Profile
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

if TYPE_CHECKING:
    from newtake.shells.cli.timelines import Asked


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
