"""Shows on a clip in the timeline that a take is being made for it: a marker and a clip colour.

Rule 1: the marker remembers the clip's own colour, so any later process can give it back; it
comes first and goes last.
Rule 2: an editor who changes the colour meanwhile keeps the new one.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from contextlib import suppress

from newtake.domain.errors import HostError, TimelineError
from newtake.domain.files import HostDocument
from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.facts import ItemFacts, whole_number
from newtake.hosts.resolve.identity import parse_key
from newtake.hosts.resolve.items import read_document
from newtake.hosts.resolve.marks import MARKER_COLOURS
from newtake.hosts.resolve.messages import Call, Check, Obj
from newtake.hosts.resolve.relink_plan import find_item
from newtake.hosts.resolve.standing import marks_of, read_standing, still_open

COLOUR = "Purple"
"""Of the clip while its take is made: one that clips and markers both have."""
_NAME = "New Take"


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
        item = find_item(parse_key(clip_key), job_id, timeline.items)
        if item is None or job_id in marks_of(item.markers):
            return
        others = list(marks_of(item.markers).values())
        # Of two jobs the second finds the first one's colour; what counts is the editor's.
        before = str(others[0].get("colour", "")) if others else item.colour
        data = json.dumps({"newtake": 1, "job": job_id, "colour": before, "shown": colour})
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
            Call("SetClipColor", address, (colour,), "any"),
        )


async def show_at_rest(calls: ResolveCalls, document: HostDocument, job_id: str) -> None:
    """Take a job's marks away, wherever its clip is by now, also of both halves of a cut one."""
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
        timeline = await read_standing(calls, document)
        found = {job for item in timeline.items for job in marks_of(item.markers)}
        if going := found & set(ended):
            await _unmark(calls, document, going)
        return len(going)
    return 0


async def _unmark(calls: ResolveCalls, document: HostDocument, jobs: Collection[str]) -> None:
    timeline = await read_standing(calls, document)
    for item in timeline.items:
        marks = marks_of(item.markers)
        going = {job: facts for job, facts in marks.items() if job in jobs}
        if not going:
            continue
        address = Obj("item", item.uid).address
        steps = [still_open(timeline.document)]
        first = next(iter(going.values()))
        if len(going) == len(marks) and item.colour == first.get("shown"):
            before = str(first.get("colour", ""))
            steps.append(
                Call("SetClipColor", address, (before,), "any")
                if before
                else Call("ClearClipColor", address, want="any")
            )
        steps += [
            Call("DeleteMarkerByCustomData", address, (facts["text"],), "true")
            for facts in going.values()
        ]
        await calls.run(*steps)


def _free_frame(item: ItemFacts) -> int | None:
    """The first frame of the clip without a marker: a frame takes one (observed).

    Markers of items count in the media's frames: a clip's head is its left offset (observed).
    """
    taken = {whole_number(frame) for frame in item.markers}
    left = item.left or 0
    return next((n for n in range(left, left + item.duration) if n not in taken), None)
