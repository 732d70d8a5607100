"""Shows on a clip in the timeline that a take is being made for it: a marker and a clip colour.

Rule 1: the marker remembers the clip's own colour, so any later process can give it back; it
comes first, and goes last: once the colour reads back as given back.
Rule 2: an editor who changes the colour meanwhile keeps the new one.
Rule 3: of a clip that is cut one part keeps the marker, and all keep the colour; so the marker says
what the clip showed, by which its parts are known.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

from newtake.domain.errors import HostError, TimelineError
from newtake.domain.files import HostDocument
from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.facts import ItemFacts, whole_number
from newtake.hosts.resolve.finding import find_item
from newtake.hosts.resolve.identity import MANY_COPIES, ItemKey, copies_of, mark_of, parse_key
from newtake.hosts.resolve.items import read_document
from newtake.hosts.resolve.marks import MARKER_COLOURS
from newtake.hosts.resolve.messages import Call, Check, Obj, ResolveCallError
from newtake.hosts.resolve.standing import marks_of, original_of, read_standing, still_open

COLOUR = "Purple"
"""Of the clip while its take is made: one that clips and markers both have."""
_NAME = "New Take"
_TRIES = 2


async def show_at_work(
    calls: ResolveCalls,
    document: HostDocument,
    clip_key: str,
    job_id: str,
    about: str,
    *,
    colour: str = COLOUR,
) -> None:
    """Mark a clip, once for each job. Where it cannot be marked, it is not, and nothing is raised.

    Args:
        document: Whose clip; another timeline than the open one is left alone.
        colour: Of clips, in Resolve's words.
    """
    with suppress(HostError, ValueError):
        await calls.ready()
        timeline = await read_standing(calls, document)
        key = parse_key(clip_key)
        item = find_item(key, job_id, timeline.items)
        if item is None or job_id in marks_of(item.markers):
            return
        others = list(marks_of(item.markers).values())
        # Of two jobs the second finds the first one's colour; what counts is the editor's.
        before = str(others[0].get("colour", "")) if others else item.colour
        mark = {"newtake": 1, "job": job_id, "clip": key.item}
        shows = _what_it_shows(item, [each for each in timeline.items if each.colour == colour])
        data = json.dumps({**mark, "colour": before, "shown": colour, **shows})
        frame = _free_frame(item)
        if frame is None:
            return
        address = Obj("item", item.uid).address
        marker = colour if colour in MARKER_COLOURS else COLOUR
        text = (frame, marker, _NAME, about, 1, data)
        kept = Check("GetMarkerCustomData", data, (frame,))
        await calls.run(
            still_open(timeline.document),
            Call("AddMarker", address, text, "true", kept),
            # Where it is refused the marker shows it alone, and no colour has to be given back.
            Call("SetClipColor", address, (colour,), "true", Check("GetClipColor", colour)),
        )


async def show_at_rest(calls: ResolveCalls, document: HostDocument, job_id: str) -> None:
    """Take a job's marks away, wherever its clip is by now, also of all parts of a cut one."""
    with suppress(HostError):
        await calls.ready()
        await _unmark(calls, document, {job_id})


async def tidy(calls: ResolveCalls, ended: Collection[str]) -> int:
    """Take away the marks of jobs that an earlier process left on the open timeline's clips.

    Args:
        ended: Jobs of which it is known. The mark of any other stays: it may be of a job that goes
            on for another user or machine, or in another journal.

    Returns:
        How many jobs' marks were taken away.
    """
    with suppress(HostError, TimelineError):
        await calls.ready()
        document = await read_document(calls)
        before = await _marked(calls, document, ended)
        if before:
            await _unmark(calls, document, before)
            return len(before - await _marked(calls, document, before))
    return 0


async def _marked(
    calls: ResolveCalls, document: HostDocument, jobs: Collection[str]
) -> frozenset[str]:
    """Which of the jobs have a mark on a clip."""
    timeline = await read_standing(calls, document)
    found = {job for item in timeline.items for job in marks_of(item.markers)}
    return frozenset(found & set(jobs))


async def _unmark(calls: ResolveCalls, document: HostDocument, jobs: Collection[str]) -> None:
    """Take the jobs' marks from every clip; one that Resolve refuses to change stays marked.

    Raises:
        HostAwayError: Resolve, or the timeline, is not there any more.
    """
    for _ in range(_TRIES):
        timeline = await read_standing(calls, document)
        items = [item for item in timeline.items if set(marks_of(item.markers)) & set(jobs)]
        for item in items:
            with suppress(ResolveCallError):
                await _unmark_one(calls, timeline.document, item, jobs, timeline.items)
        if not items:
            return


async def _unmark_one(
    calls: ResolveCalls,
    document: HostDocument,
    item: ItemFacts,
    jobs: Collection[str],
    beside: Sequence[ItemFacts],
) -> None:
    address = Obj("item", item.uid).address
    marks = marks_of(item.markers)
    going = {job: facts for job, facts in marks.items() if job in jobs}
    first = next(iter(going.values()))
    before, shown = str(first.get("colour", "")), first.get("shown")
    if len(going) == len(marks) and shown != before:
        for each in (item, *_cut_off(first, beside)):
            if each.colour != shown:
                continue
            own = Obj("item", each.uid).address
            write = (
                Call("SetClipColor", own, (before,), "any")
                if before
                else Call("ClearClipColor", own, want="any")
            )
            read = Call("GetClipColor", own, want="any")
            *_, now = await calls.run(still_open(document), write, read)
            if now == shown:
                # With its marker gone nobody would know the editor's colour any more.
                return
    await calls.run(
        still_open(document),
        *(
            Call("DeleteMarkerByCustomData", address, (facts["text"],), "true")
            for facts in going.values()
        ),
    )


def unmarked(key: ItemKey, job_id: str, items: Sequence[ItemFacts], colour: str) -> tuple[str, ...]:
    """Notes of what may keep the colour of a take that is made, since the marker is gone.

    Args:
        key: The clip as it was chosen.
        job_id: The job that marked it.
        items: Every item of the timeline's video tracks.
        colour: Of a clip while its take is made.
    """
    if any(job_id in marks_of(each.markers) for each in items):
        return ()
    shows = {"media": key.media, "left": key.left, "frames": key.duration}
    return tuple(
        f"{each.track_label} at frame {each.start} has the clip colour {colour}: where New Take "
        "gave it, choose Clip Color > Clear Color there; what it was before went with its marker"
        for each in items
        if each.colour == colour and not marks_of(each.markers) and _may_be_part(shows, each)
    )


def _what_it_shows(item: ItemFacts, coloured: Sequence[ItemFacts]) -> dict[str, Any]:
    """What a mark says of its clip, so that parts that are cut off it are known.

    Args:
        item: The clip.
        coloured: All that have the colour already, which an editor gave them.
    """
    media, left = original_of(item), item.left or 0
    span = abs((item.source_end or 0) - (item.source_start or 0))
    shows = {"media": media, "left": left, "frames": max(span, item.duration)}
    alike = [each.uid for each in coloured if each is not item and _may_be_part(shows, each)]
    return {**shows, "own": copies_of(alike)}


def _cut_off(mark: Mapping[str, Any], items: Sequence[ItemFacts]) -> list[ItemFacts]:
    """Parts that were cut off a marked clip: with its colour and media, and no mark of any job."""
    own = mark.get("own")
    if not isinstance(own, list) or tuple(own) == MANY_COPIES:
        return []
    return [
        each
        for each in items
        if each.colour == mark.get("shown")
        and not marks_of(each.markers)
        and _may_be_part(mark, each)
        and mark_of(each.uid) not in own
    ]


def _may_be_part(mark: Mapping[str, Any], item: ItemFacts) -> bool:
    left, frames = whole_number(mark.get("left")), whole_number(mark.get("frames"))
    if left is None or frames is None or not mark.get("media"):
        return False
    return original_of(item) == mark["media"] and left <= (item.left or 0) < left + frames


def _free_frame(item: ItemFacts) -> int | None:
    """The first frame of the clip without a marker: a frame takes one (observed).

    Markers of items count in the media's frames: a clip's head is its left offset (observed).
    """
    taken = {whole_number(frame) for frame in item.markers}
    left = item.left or 0
    return next((n for n in range(left, left + item.duration) if n not in taken), None)
