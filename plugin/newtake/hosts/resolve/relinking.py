"""Brings a finished take into the open timeline: into the clip, above it, or only into our bin.

Rule 1: a take is recognised by its label or its file, so a second try after any interruption
completes the first and adds nothing twice.
Rule 2: the media pool comes first, the clip second: what a broken-off try leaves is either nothing
that shows, or the finished take.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from newtake.domain.errors import HostError
from newtake.domain.files import HostTarget, NewTake, PlacedTake
from newtake.domain.timing import exact_rate
from newtake.hosts.resolve.bins import OurBins, import_media, read_bins, read_clips, where
from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.facts import ItemFacts
from newtake.hosts.resolve.identity import ItemKey, parse_key
from newtake.hosts.resolve.labelling import (
    Label,
    PoolClip,
    free_number,
    movie_of,
    write_label,
)
from newtake.hosts.resolve.look import Look, changes_since, read_look
from newtake.hosts.resolve.messages import Call, Obj
from newtake.hosts.resolve.placing import TRACK_NAME, placed_on, put_above
from newtake.hosts.resolve.relink_plan import RelinkPlan, plan_relink
from newtake.hosts.resolve.sequences import add_exr
from newtake.hosts.resolve.showing import COLOUR, unmarked
from newtake.hosts.resolve.standing import OpenTimeline, read_standing
from newtake.hosts.resolve.take_selector import ClipMovedError, Placing, put_take

_TRIES = 3
"""An editor who trims the clip while its take is added has it decided anew."""

_SELECTOR_STAYS = (
    "the clip is a take selector now, with its original alone in it: New Take finalises nothing; "
    "Finalize Take in the clip's menu makes it a plain clip again"
)


async def add_take(
    calls: ResolveCalls, target: HostTarget, take: NewTake, *, colour: str = COLOUR
) -> PlacedTake:
    """Add a take to its clip and select it; where that cannot be, above the clip or in our bin.

    Args:
        calls: To Resolve.
        target: Of which document the clip is.
        take: With its file.
        colour: Of a clip while its take is made; that it may have stayed somewhere is noted.

    Raises:
        HostAwayError: Resolve is away, or has another project or timeline open.
        HostError: Resolve does not take it, or the clip's track is locked; the take is kept.
    """
    document = target.document
    assert document is not None, "a target of Resolve names a document"
    try:
        key = parse_key(take.clip_key)
    except ValueError as error:
        raise HostError(
            f"The timeline has no clip {take.clip_key!r}.",
            why=str(error),
            fix="Choose the clip again in DaVinci Resolve.",
        ) from error
    await calls.ready()
    relink = _Relink(calls, target, take, key, colour)
    for left in reversed(range(_TRIES)):
        try:
            placed = await relink.done()
            return replace(placed, notes=(*placed.notes, *relink.coloured))
        except ClipMovedError:
            if not left:
                raise
    raise AssertionError("the last try returns or raises")


class _Relink:
    """Brings one take in, in as many tries as it takes."""

    def __init__(
        self, calls: ResolveCalls, target: HostTarget, take: NewTake, key: ItemKey, colour: str
    ) -> None:
        assert target.document is not None
        self._calls = calls
        self._target = target
        self._wanted = target.document
        self._take = take
        self._key = key
        self._colour = colour
        self.coloured: tuple[str, ...] = ()
        """Notes of what may keep our colour, as the timeline was read last."""
        self._look: Look = {}
        """Of the clip before the first try touched it."""

    async def done(self) -> PlacedTake:
        take = self._take
        timeline = await read_standing(self._calls, self._wanted)
        self._wanted = timeline.document
        job_id = take.provenance.job_id
        self.coloured = unmarked(self._key, job_id, timeline.items, self._colour)
        plan = plan_relink(self._key, take.file.available, job_id, timeline.items)
        self._refuse_locked(plan, timeline)
        bins = await self._pool(timeline)
        known = movie_of(take, bins.clips)
        label = self._label(known, plan.item, bins)
        movie, notes = await self._movie(known, bins, label)
        if _is_above(plan, timeline, movie):
            notes = (*notes, *plan.notes, *await self._exr(movie, label, None))
            return self._placed(label, "track", notes, added=False)
        if plan.place == "bin" or plan.item is None:
            return await self._in_bin(plan, movie, label, notes, is_new=known is None)
        place: Literal["take", "track"] = "track"
        item, added = plan.item, False
        notes = (*notes, *plan.notes)
        if plan.place == "take":
            if not self._look:
                self._look = await read_look(self._calls, self._wanted, item)
            outcome = await put_take(self._calls, self._wanted, item, Placing(movie, plan.first))
            item, added = outcome.item, outcome.added
            if not outcome.trouble:
                place = "take"
            else:
                text = (
                    "it goes on a track above the clip, without the clip's grade and effects, "
                    "since a take was not possible"
                )
                notes = (*notes, f"{text}: {outcome.trouble}")
                if outcome.item.takes and not plan.item.takes:
                    notes = (*notes, _SELECTOR_STAYS)
        if place == "track":
            above = await put_above(self._calls, self._wanted, item, movie, plan.first)
            added, notes = above.added, (*notes, *above.notes)
        clip = (item.uid, plan.first) if place == "take" else None
        notes = (*notes, *await self._exr(movie, label, clip))
        if self._look:
            # Last: every selection of another take may have changed it, also one taken back.
            notes += await changes_since(self._calls, self._wanted, item, self._look)
        return self._placed(label, place, notes, added=added)

    async def _pool(self, timeline: OpenTimeline) -> OurBins:
        """Our bins, and what an editor moved out of them and the timeline still shows."""
        bins = await read_bins(self._calls)
        shown = {take.media for item in timeline.items for take in item.takes if take.index > 1}
        for track in timeline.tracks:
            if track.name == TRACK_NAME:
                shown |= {item.media for item in track.items}
        others = shown - {each.object.uid for each in bins.clips} - {""}
        found = await read_clips(self._calls, sorted(others))
        return replace(bins, clips=[*bins.clips, *found])

    def _refuse_locked(self, plan: RelinkPlan, timeline: OpenTimeline) -> None:
        if plan.place == "take" and plan.item is not None:
            track = timeline.tracks[plan.item.track - 1]
            if track.is_locked:
                raise HostError(
                    f"The clip's track V{track.number} is locked.",
                    why="A take is a change of the clip; the take is kept.",
                    fix="Unlock the track, then `newtake jobs resume`.",
                )

    def _label(self, known: PoolClip | None, item: ItemFacts | None, bins: OurBins) -> Label:
        if known is not None and known.label is not None:
            return known.label
        held = {each.media for each in item.takes} if item is not None else set()
        labels = [
            each.label for each in bins.clips if each.label is not None and each.object.uid in held
        ]
        return Label(self._take.label, "movie", free_number(self._take, labels))

    async def _movie(
        self, known: PoolClip | None, bins: OurBins, label: Label
    ) -> tuple[Obj, tuple[str, ...]]:
        """The take's movie in the media pool, imported where it is not there yet, and labelled."""
        path = str(self._take.file.path)
        if known is not None and known.is_told:
            return known.object, ()
        if known is not None:
            # Imported by a try that broke off before it was labelled in full.
            return known.object, await write_label(self._calls, known.object, self._take, label)
        imported = await import_media(self._calls, bins, self._wanted, {"FilePath": path})
        notes = await self._checked(imported)
        return imported[0], (
            *notes,
            *await write_label(self._calls, imported[0], self._take, label),
        )

    async def _checked(self, imported: Sequence[Obj]) -> tuple[str, ...]:
        """See that what was imported is the take; takes it out of the pool again when it is not."""
        file, media = self._take.file, imported[0]
        frames, rate, start = await self._calls.run(
            *(
                Call("GetClipProperty", media.address, (name,), "any")
                for name in ("Frames", "FPS", "Start TC")
            )
        )
        wrong = ""
        if str(frames or file.frames_in_file) != str(file.frames_in_file):
            wrong = f"Resolve sees {frames} frames; the take has {file.frames_in_file}."
        elif not _is_rate(rate, self._take):
            wrong = f"Resolve plays it at {rate}; the take has {float(file.available.rate):.3f}."
        if wrong:
            await self._calls.run(Call("DeleteClips", "pool", (list(imported),), "any"))
            raise HostError(
                f"DaVinci Resolve reads the take {file.path.name} as something else.",
                why=wrong,
                fix="Report it with the file's name and your version; the take is kept.",
            )
        if start and _digits(str(start)) != _digits(file.start_timecode):
            return (
                f"Resolve reads the take's start timecode as {start}, not {file.start_timecode}; "
                "its frames are placed by number, which is exact",
            )
        return ()

    async def _in_bin(
        self, plan: RelinkPlan, movie: Obj, label: Label, notes: tuple[str, ...], *, is_new: bool
    ) -> PlacedTake:
        text = f"the take is in {where(self._wanted.timeline_name)} and on no timeline"
        exr = await self._exr(movie, label, None)
        return self._placed(label, "bin", (*notes, *plan.notes, text, *exr), added=is_new)

    async def _exr(self, movie: Obj, label: Label, clip: tuple[str, int] | None) -> tuple[str, ...]:
        if self._take.file.exr is None:
            return ()
        bins = await self._pool(await read_standing(self._calls, self._wanted))
        return await add_exr(
            self._calls,
            self._wanted,
            bins,
            self._take,
            replace(label, role="exr"),
            clip=clip,
            movie=movie,
        )

    def _placed(
        self,
        label: Label,
        place: Literal["take", "track", "bin"],
        notes: tuple[str, ...],
        *,
        added: bool,
    ) -> PlacedTake:
        key = f"take_{label.number:03}"
        return PlacedTake(key, label.number, self._target.timeline, added, place, notes)


def _is_above(plan: RelinkPlan, timeline: OpenTimeline, movie: Obj) -> bool:
    """Whether an earlier try placed the movie on a track, wherever an editor moved it since."""
    item = plan.item
    for placed in placed_on(timeline, movie):
        if item is None or (
            placed.uid != item.uid
            # At the clip's place with another length it is what a try that broke off left.
            and (placed.start != item.start or placed.duration == item.duration)
        ):
            return True
    return False


def _is_rate(shown: object, take: NewTake) -> bool:
    """Whether Resolve shows the take's rate; it has three decimals, and some versions a suffix."""
    try:
        return exact_rate(str(shown).split()[0]) == take.file.available.rate
    except (ValueError, IndexError):
        return shown in (None, "")


def _digits(label: str) -> str:
    """A timecode without its separators: Resolve shows drop-frame in more than one way."""
    return "".join(each for each in label if each.isdecimal())
