"""A take's EXR frames in the media pool and in the clip: a sequence, at its rate, in its colour.

The frames are a take of the clip, beside the movie. The movie stays selected, since it plays
in real time; an editor chooses the EXR for grading and finishing.

Rule: EXR frames that cannot be placed hold up nothing: what is the matter comes back as a note.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from newtake.domain.counting import counted
from newtake.domain.errors import HostAwayError, HostError
from newtake.domain.exr import colour_space
from newtake.domain.files import ExrFrames, HostDocument, NewTake
from newtake.domain.timing import display_rate, exact_rate
from newtake.hosts.resolve.bins import OurBins, import_media
from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.facts import ItemFacts
from newtake.hosts.resolve.labelling import Label, exr_of, write_label
from newtake.hosts.resolve.messages import Call, Obj
from newtake.hosts.resolve.standing import read_standing, take_of
from newtake.hosts.resolve.take_selector import Placing, put_take, select_held, take_out

_UNMANAGED = "davinciYRGB"
_ACES = ("acescc", "acescct")
_GAMUTS = {
    "ACES2065-1": "ACES (AP0)",
    "ACEScg": "ACES (AP1)",
    "linear Rec.709": "Rec.709",
    "linear Rec.2020": "Rec.2020",
}
"""Resolve's names in its list of gamuts (read from 21.0.4's by a public project)."""
_COMBINED = {
    "ACES2065-1": ("ACES (AP0)", "ACES (AP0)/Linear", "ACES2065-1", "ACES"),
    "ACEScg": ("ACEScg", "ACES (AP1)", "ACES (AP1)/Linear"),
    "linear Rec.709": ("Rec.709 Linear", "Linear"),
    "linear Rec.2020": ("Rec.2020 Linear", "Rec.2020/Linear"),
}
"""Where gamut and gamma are one setting: nobody published the list, so these are tried in turn."""
_TRANSFORMS = {
    "ACES2065-1": ("ACES2065-1", "No Input Transform"),
    "ACEScg": ("ACEScg", "ACEScg - CSC"),
    "linear Rec.709": ("sRGB (Linear) - CSC",),
    "linear Rec.2020": (),
}
"""Of ACES projects, where ACES2065-1 is what no transform means."""
_TRANSFORM_KEYS = ("IDT", "ACES Input Transform", "Input Color Space")


@dataclass(frozen=True, slots=True)
class ProjectColour:
    """How a project manages colour."""

    science: str
    """Resolve's word, "" where it is not known."""
    is_separate: bool
    """Whether gamut and gamma are set apart."""


Attempt = tuple[tuple[str, str], ...]
"""Clip properties and values that belong together."""


def colour_attempts(space: str, colour: ProjectColour) -> list[Attempt]:
    """What to set, in the order in which to try, until one reads back; empty: nothing to set."""
    if colour.science in ("", _UNMANAGED) or space not in _GAMUTS:
        return []
    if colour.science in _ACES:
        return [((key, name),) for name in _TRANSFORMS[space] for key in _TRANSFORM_KEYS]
    combined: list[Attempt] = [(("Input Color Space", name),) for name in _COMBINED[space]]
    apart: Attempt = (("Input Color Space", _GAMUTS[space]), ("Input Gamma", "Linear"))
    return [apart, *combined] if colour.is_separate else combined


async def add_exr(
    calls: ResolveCalls,
    wanted: HostDocument,
    bins: OurBins,
    take: NewTake,
    label: Label,
    *,
    clip: tuple[str, int] | None,
    movie: Obj,
) -> tuple[str, ...]:
    """Import a take's EXR frames and add them to its clip; gives notes, and raises for nothing
    but a Resolve that is away.

    Args:
        wanted: The timeline that must be open.
        bins: As they are with the movie in them.
        take: Whose frames.
        label: What they are labelled.
        clip: The item's id, and the frame of the take's file that its first frame gets; None where
            the movie is not in a clip: then the frames go into the bin.
        movie: The movie's pool item, which is selected again afterwards.

    Raises:
        HostAwayError: Resolve, or the timeline, is not there any more.
    """
    frames = take.file.exr
    assert frames is not None
    if (why := _not_importable(frames)) is not None:
        return (f"the EXR {why}; it lies in {frames.folder}",)
    try:
        media, notes = await _imported(calls, wanted, bins, take, frames, label)
        if clip is not None:
            notes += await _in_clip(calls, wanted, clip, (movie, media), frames, label)
    except HostAwayError:
        raise
    except HostError as error:
        text = f"{error.what} {error.why}".strip()
        return (f"the EXR is not in the clip: {text} It lies in {frames.folder}",)
    return notes


def _not_importable(frames: ExrFrames) -> str | None:
    if frames.is_still:
        return "is a single picture, which Resolve takes for a still: it is no take"
    if frames.start < 0:
        return "begins with a negative number, which Resolve has no name for"
    if "%" in str(frames.folder) + frames.prefix:
        return "has a percent sign in its name, which Resolve reads as a number"
    return None


async def _imported(
    calls: ResolveCalls,
    wanted: HostDocument,
    bins: OurBins,
    take: NewTake,
    frames: ExrFrames,
    label: Label,
) -> tuple[Obj, tuple[str, ...]]:
    known = exr_of(take, bins.clips)
    if known is not None:
        media = known.object
    else:
        pattern = frames.folder / f"{frames.prefix}%0{frames.padding}d.exr"
        info = {
            "FilePath": str(pattern),
            "StartIndex": frames.start,
            "EndIndex": frames.start + frames.count - 1,
        }
        imported = await import_media(calls, bins, wanted, info)
        if len(imported) != 1:
            await calls.run(Call("DeleteClips", "pool", (imported,), "any"))
            raise HostError(
                f"Resolve made {len(imported)} pool items of it.",
                why='Its media pool has "Show Individual Frames" on.',
            )
        media = imported[0]
    await _set_rate(calls, media, frames.rate)
    (count,) = await calls.run(Call("GetClipProperty", media.address, ("Frames",), "any"))
    if str(count) != str(frames.count):
        if known is None:
            await calls.run(Call("DeleteClips", "pool", ([media],), "any"))
        raise HostError(f"Resolve sees {count} of its {frames.count} frames.")
    if known is not None and known.is_told:
        return media, ()
    # Labelled last: what is labelled is an editor's to change.
    notes = await _set_colour(calls, media, frames)
    return media, (*notes, *await write_label(calls, media, take, label))


async def _set_rate(calls: ResolveCalls, media: Obj, rate: Fraction) -> None:
    """A sequence gets the project's rate at its import; whether it can be set is not documented."""
    if await _rate_of(calls, media) == rate:
        return
    wish = Call("SetClipProperty", media.address, ("FPS", display_rate(rate)), "any")
    await calls.run(wish)
    found = await _rate_of(calls, media)
    if found != rate:
        shown = display_rate(found) if found else "an unknown rate"
        raise HostError(
            f"Resolve plays it at {shown}, not at {display_rate(rate)}.",
            why="The rate of the sequence could not be set; Clip Attributes can set it by hand.",
        )


async def _rate_of(calls: ResolveCalls, media: Obj) -> Fraction | None:
    (text,) = await calls.run(Call("GetClipProperty", media.address, ("FPS",), "any"))
    try:
        return exact_rate(str(text).split()[0])
    except (ValueError, IndexError):
        return None


async def project_colour(calls: ResolveCalls) -> ProjectColour:
    """How the open project manages colour."""
    names = ("colorScienceMode", "separateColorSpaceAndGamma")
    if calls.has("Project", "GetSetting"):
        found: list[Any] = await calls.run(
            *(Call("GetSetting", "project", (name,), "any") for name in names)
        )
    else:
        (settings,) = await calls.run(Call("GetSettings", "project", want="any"))
        found = [settings.get(name) if isinstance(settings, dict) else None for name in names]
    return ProjectColour(str(found[0] or ""), str(found[1]) == "1")


async def _set_colour(calls: ResolveCalls, media: Obj, frames: ExrFrames) -> tuple[str, ...]:
    """Set the input colour space and read it back; gives what a person has to know or do."""
    colour = await project_colour(calls)
    space, _ = colour_space(frames.facts)
    if colour.science in ("", _UNMANAGED):
        return (
            f"the EXR frames are {space}, scene-linear, and this project is not colour managed: "
            "put a Color Space Transform from that on the clip, or they look wrong",
        )
    for attempt in colour_attempts(space, colour):
        if await _sticks(calls, media, attempt):
            return ()
    by_hand = "set its input colour space by hand in the media pool (right-click the EXR)"
    return (f"the EXR frames are {space}, scene-linear, and Resolve did not take that: {by_hand}",)


async def _sticks(calls: ResolveCalls, media: Obj, attempt: Attempt) -> bool:
    for key, value in attempt:
        wish = Call("SetClipProperty", media.address, (key, value), "any")
        read = Call("GetClipProperty", media.address, (key,), "any")
        said, found = await calls.run(wish, read)
        if said is not True or found != value:
            return False
    return True


async def _in_clip(
    calls: ResolveCalls,
    wanted: HostDocument,
    clip: tuple[str, int],
    pair: tuple[Obj, Obj],
    frames: ExrFrames,
    label: Label,
) -> tuple[str, ...]:
    """Add the frames as a take and select the movie; says what became of both."""
    movie, media = pair
    try:
        await _beside(calls, wanted, clip, movie, media, frames)
    except HostAwayError:
        raise
    except HostError as error:
        return await _as_it_stands(calls, wanted, clip, pair, label, error)
    return (f"the EXR is {label.key} of the clip; the movie is selected",)


async def _beside(
    calls: ResolveCalls,
    wanted: HostDocument,
    clip: tuple[str, int],
    movie: Obj,
    media: Obj,
    frames: ExrFrames,
) -> None:
    """Add the frames as a take, whatever Resolve counts from, and select the movie again.

    Raises:
        HostError: It is not so; both may be in the clip, and either may show.
    """
    item_id, first = clip
    trouble = ""
    for origin in (0, frames.start):
        item = await _clip_with(calls, wanted, item_id, movie)
        if first + item.duration > frames.count:
            lacking = counted(first + item.duration - frames.count, "frame")
            raise HostError(f"It ends {lacking} too early.")
        if take_of(item, media.uid) is None:
            outcome = await put_take(calls, wanted, item, Placing(media, first, origin))
            item_id, trouble = outcome.item.uid, outcome.trouble
            if trouble:
                continue
            item = outcome.item
        again = await select_held(calls, wanted, item, Placing(movie, first))
        if again.trouble:
            exr, shown = Placing(media, first, origin), Placing(movie, first)
            await take_out(calls, wanted, again.item, exr, shown)
            raise HostError(f"With it the movie could not be selected again: {again.trouble}")
        return
    raise HostError("Resolve does not take it as a take.", why=trouble)


async def _clip_with(
    calls: ResolveCalls, wanted: HostDocument, item_id: str, movie: Obj
) -> ItemFacts:
    """The clip that has the movie as a take, which is told by its id where copies have it too."""
    having = [
        each
        for each in (await read_standing(calls, wanted)).items
        if each.uid == item_id or take_of(each, movie.uid)
    ]
    same = [each for each in having if each.uid == item_id]
    if len(same or having) != 1:
        raise HostError("The clip went away, or was copied at this moment.")
    return (same or having)[0]


async def _as_it_stands(
    calls: ResolveCalls,
    wanted: HostDocument,
    clip: tuple[str, int],
    pair: tuple[Obj, Obj],
    label: Label,
    error: HostError,
) -> tuple[str, ...]:
    """What a person has to know of a clip in which the takes are not as they should be.

    Raises:
        HostError: The error, where the EXR is not in the clip.
    """
    movie, media = pair
    item = await _clip_with(calls, wanted, clip[0], movie)
    exr, own = take_of(item, media.uid), take_of(item, movie.uid)
    text = f"{error.what} {error.why}".strip()
    if exr is None:
        raise error
    if item.selected_take == exr.index and own is not None:
        return (
            f"the EXR, {label.key} of the clip, shows, and not the movie: choose that one in the "
            f"clip's take selector, where it is number {own.index}. {text}",
        )
    return (f"the EXR is {label.key} of the clip: look at it there. {text}",)
