"""Shows on a strip that a take is being made for it: a colour tag, and a property that says which
jobs' it is and what colour the strip had.

Rule 1: an editor who changes the colour meanwhile keeps the new one.
Rule 2: it is no undo step, and nothing of it is in the picture.
"""

from __future__ import annotations

import json
from typing import Any

from newtake.domain.files import HostTarget
from newtake.hosts.blender.connection import BlenderCalls
from newtake.hosts.blender.documents import document_of
from newtake.hosts.blender.facts import Sequencer, Strip
from newtake.hosts.blender.identity import StripKey

AT_WORK = "newtake_at_work"
COLOUR = "COLOR_06"
"""Blender's violet, in its default theme."""


async def mark(
    calls: BlenderCalls, target: HostTarget, key: StripKey, job_id: str, about: str
) -> None:
    """Raises: HostError, where it cannot be marked."""
    sequencer = await document_of(calls, target, key.known)
    strip = sequencer.strip(key.uid)
    if strip is None or not strip.is_of(key):
        return
    jobs = _jobs(strip)
    if job_id in jobs:
        return
    before = next(iter(jobs.values()), {}).get("before", strip.colour)
    jobs[job_id] = {"about": about, "before": before}
    await _write(calls, sequencer, strip, jobs, COLOUR, key)


async def unmark(calls: BlenderCalls, target: HostTarget, job_id: str) -> None:
    """Take a job's mark away, wherever it is by now. Raises: HostError."""
    await unmark_all(calls, await document_of(calls, target), lambda job: job == job_id)


async def unmark_all(calls: BlenderCalls, sequencer: Sequencer, ended: Any) -> int:
    """Take the marks of jobs away for which `ended` is true; how many there were."""
    gone: set[str] = set()
    for strip in sequencer.strips:
        jobs = _jobs(strip)
        going = {job for job in jobs if ended(job)}
        if not going:
            continue
        before = str(next(iter(jobs.values())).get("before", "NONE"))
        left = {job: said for job, said in jobs.items() if job not in going}
        colour = strip.colour if left or strip.colour != COLOUR else before
        await _write(calls, sequencer, strip, left, colour, strip.key)
        gone |= going
    return len(gone)


def at_rest(strip: Strip, job_id: str) -> dict[str, Any]:
    """What a strip's property and colour are without a job's mark, as the request to place that
    job's take has it: undone in one step, the strip is as it was before the job."""
    jobs = {job: said for job, said in _jobs(strip).items() if job != job_id}
    return {
        "properties": {AT_WORK: json.dumps(jobs) if jobs else None},
        "colour": strip.colour if jobs else own_colour(strip),
    }


def own_colour(strip: Strip) -> str:
    """The tag of a strip, without the mark that shows that a take is being made for it."""
    before = next(iter(_jobs(strip).values()), {}).get("before", strip.colour)
    return str(before) if strip.colour == COLOUR else strip.colour


def _jobs(strip: Strip) -> dict[str, dict[str, Any]]:
    """What our property says; what cannot be read is somebody else's."""
    try:
        said = json.loads(strip.properties.get(AT_WORK, "{}"))
    except ValueError:
        return {}
    if not isinstance(said, dict):
        return {}
    return {job: facts for job, facts in said.items() if isinstance(facts, dict)}


async def _write(
    calls: BlenderCalls,
    sequencer: Sequencer,
    strip: Strip,
    jobs: dict[str, dict[str, Any]],
    colour: str,
    key: StripKey,
) -> None:
    await calls.ask(
        "mark",
        document=sequencer.hello.document,
        known=[key.known],
        strips={strip.uid: {AT_WORK: json.dumps(jobs) if jobs else None}},
        colours={strip.uid: colour},
    )
