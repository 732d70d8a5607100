"""Where a finished take goes, decided from the strip as it was and the scene as it stands.

Nothing is read or written here. What an editor did to the strip in the meantime is recognised, and
either followed or answered with keeping the take; it is always said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from newtake.domain.counting import counted
from newtake.domain.timing import FrameRange, display_rate
from newtake.hosts.blender.facts import Media, Sequencer, Strip
from newtake.hosts.blender.identity import ID, StripKey
from newtake.hosts.blender.refusals import timing_refused, use_refused


@dataclass(frozen=True, slots=True)
class RelinkPlan:
    """What is to be done with a take."""

    strip: Strip | None
    """The original; None where it is gone."""
    place: bool
    """False: the take is kept, and the notes say why."""
    frames: tuple[int, ...] = ()
    """For each record frame of the strip the frame of the take's file, from 0; empty where the file
    can stand as it is, one frame for each record frame."""
    first: int = 0
    """Record frames from the strip's media frame 0 to frame 0 of what is placed."""
    notes: tuple[str, ...] = field(default=())


def plan_relink(key: StripKey, available: FrameRange, sequencer: Sequencer) -> RelinkPlan:
    """Find the strip again and say how its take is placed.

    Args:
        key: The strip as it was chosen.
        available: The take's frames, in media frames from the media's first, at the file's rate.
        sequencer: As it stands.
    """
    strip = sequencer.strip(key.uid)
    if strip is None:
        return _kept(None, "the strip is gone from the scene")
    if not strip.is_of(key):
        text = "the strip's id is lost, and the one of its name shows other frames elsewhere"
        return _kept(strip, text)
    media = strip.media
    is_same = media is not None and key.is_of_media(media.path, media.frames)
    if media is None or strip.kind != key.kind or not is_same:
        return _kept(strip, "the strip shows other media than when it was sent")
    refusal = timing_refused(media)
    if refusal is not None:
        return _kept(strip, f"the strip was retimed after it was sent: {refusal.text}")
    refusal = use_refused(strip, sequencer)
    if refusal is not None:
        # It was none when it was sent, and may be none again.
        return _kept(strip, refusal.text)
    if strip.no_room:
        return _kept(strip, strip.no_room.rstrip("."))
    if media.missing and available.rate != sequencer.hello.rate:
        # Blender then knows neither its rate nor at which speed it plays.
        return _kept(strip, f"its media is offline: there is no {media.path}")
    shown = frames_shown(strip, media, available)
    beyond = [each for each in shown if not available.start <= each < available.end]
    if beyond:
        text = (
            f"the strip was trimmed beyond the take: it shows frames {min(shown)} to {max(shown)} "
            f"of its media, the take has {available.start} to {available.end - 1}"
        )
        return _kept(strip, text)
    notes = tuple(_meanwhile(key, strip))
    if media.shown is None and _same_rate(media, available):
        return RelinkPlan(strip, True, (), available.start, notes)
    inside = tuple(each - available.start for each in shown)
    return RelinkPlan(strip, True, inside, strip.start - media.stands_at, notes)


def plan_where_it_was(key: StripKey, available: FrameRange, rate: Fraction) -> RelinkPlan:
    """How a take stands on its own at the record range that its strip had.

    Args:
        key: The strip as it was chosen.
        available: As `plan_relink` has it.
        rate: The scene's.
    """
    wanted = range(key.first, key.first + key.duration)
    if available.rate == rate and available.start <= wanted[0] and wanted[-1] < available.end:
        return RelinkPlan(None, True, (), available.start)
    # At its own speed: each record frame shows what the file has at that time.
    ratio = available.rate / rate
    at = max(key.first - available.start, 0)
    inside = [min(at + int(each * ratio), available.duration - 1) for each in range(key.duration)]
    return RelinkPlan(None, True, tuple(inside), key.first)


def halves_of(key: StripKey, sequencer: Sequencer) -> Sequence[Strip]:
    """The other parts of a strip that was split after it was sent, which have no take yet, wherever
    they were moved.

    What was copied instead is a clip of its own: it shows frames that another part shows as well,
    or that were not sent.
    """
    first = sequencer.strip(key.uid)
    if first is None or first.media is None:
        return ()
    others = [
        each
        for each in sequencer.strips
        if each.uid != key.uid
        and each.properties.get(ID) == key.uid
        and each.media is not None
        and (each.media.path, each.meta) == (first.media.path, first.meta)
    ]
    # Of a part and its copy the part is the one that lies where it was.
    stands_at = key.start - key.first
    others.sort(key=lambda each: each.media is None or each.media.stands_at != stands_at)
    parts = [first]
    for each in others:
        if all(_is_part(key, each, part) for part in parts):
            parts.append(each)
    return [each for each in parts[1:] if not sequencer.takes_of(each.uid)]


def _is_part(key: StripKey, strip: Strip, other: Strip) -> bool:
    """Whether a strip with the id of another one may be a part of the same."""
    one, two = strip.media, other.media
    if one is None or two is None:
        return False
    if one.stands_at == two.stands_at:
        return strip.end <= other.start or other.end <= strip.start
    is_apart = one.last < two.first or two.last < one.first
    sent = range(key.first, key.first + key.duration)
    return is_apart and (one.shown is not None or (one.first in sent and one.last in sent))


def frames_shown(strip: Strip, media: Media, available: FrameRange) -> Sequence[int]:
    """The media frame of each record frame, as the file counts them.

    Blender may know the file by another rate than the file says itself; it then shows at each of
    its own frames what the file has at that time.
    """
    shown = media.shown
    if shown is None:
        shown = tuple(range(media.first, media.first + strip.duration))
    if _same_rate(media, available) or media.rate is None:
        return shown
    ratio = available.rate / media.rate
    return tuple(int(each * ratio) for each in shown)


def _same_rate(media: Media, available: FrameRange) -> bool:
    return media.rate is None or media.rate == available.rate


def _kept(strip: Strip | None, why: str) -> RelinkPlan:
    return RelinkPlan(strip, False, notes=(why,))


def _meanwhile(key: StripKey, strip: Strip) -> list[str]:
    notes = []
    media = strip.media
    assert media is not None
    moved = (strip.start - media.first) - (key.start - key.first)
    trimmed = (media.first, strip.duration) != (key.first, key.duration)
    if media.shown is not None:
        moved = strip.start - key.start
    if moved:
        way = f"{counted(abs(moved), 'frame')} {'later' if moved > 0 else 'earlier'}"
        notes.append(f"the strip lies {way} than when it was sent; the take followed it")
    if trimmed:
        notes.append("the strip was trimmed after it was sent; the take covers what it shows now")
    if media.path != key.path:
        notes.append(f"its media lies in {Path(media.path).parent} by now")
    if strip.name != key.name:
        notes.append(f"the strip is called {strip.name!r} now")
    return notes


def made_text(rate: FrameRange, plan: RelinkPlan) -> str:
    """What is said where a file at the scene's rate was made."""
    again = len(plan.frames) - len(set(plan.frames))
    return (
        f"at {display_rate(rate.rate)} frames per second in the scene, {again} of "
        f"{len(plan.frames)} frames show the frame before once more, as the strip does; a file was "
        "made for exactly these, beside the take"
    )
