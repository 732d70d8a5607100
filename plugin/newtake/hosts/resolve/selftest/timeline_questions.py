"""Questions about a timeline: what is placed, read, marked, rendered and exported of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from newtake.domain.errors import HostError
from newtake.hosts.resolve.messages import Call, constant
from newtake.hosts.resolve.selftest.bench import LEFT, LENGTH, Bench
from newtake.hosts.resolve.selftest.pictures import render
from newtake.hosts.resolve.selftest.report import Finding, not_measurable

_IN_POINTS = range(10, 22)


async def append_end(bench: Bench) -> Finding:
    """Whether AppendToTimeline's endFrame is the last frame or the first after it."""
    await bench.timeline()
    clip = await bench.clip()
    observed = {"start_frame": LEFT, "end_frame": LEFT + LENGTH, "item": clip.place}
    beyond = clip.duration - LENGTH
    if clip.left != LEFT or beyond not in (0, 1):
        verdict = f"It is {clip.duration} frames from {clip.left}."
        return Finding("neither", verdict, observed)
    answer = "inclusive" if beyond else "exclusive"
    return Finding(answer, f"endFrame is {answer}: {clip.duration} frames.", observed)


async def source_start(bench: Bench) -> Finding:
    """How GetSourceStartFrame differs from GetLeftOffset for plain clips."""
    await bench.timeline()
    rows = []
    for left in _IN_POINTS:
        clip = await bench.clip(left=left, length=6)
        start = await bench.read(clip.address, "GetSourceStartFrame")
        rows.append({"wanted": left, "left_offset": clip.left, "source_start": start})
    slips = {row["left_offset"] - row["source_start"] for row in rows}
    wrong = [row for row in rows if row["left_offset"] != row["wanted"]]
    observed = {"clips": rows}
    lefts = "" if not wrong else f" GetLeftOffset is wrong for {len(wrong)}."
    if slips == {0}:
        return Finding("exact", f"It is right for all {len(rows)}.{lefts}", observed)
    count = sum(row["left_offset"] != row["source_start"] for row in rows)
    answer = "slips" if slips <= {0, 1} else "differs"
    verdict = f"It is too small for {count} of {len(rows)}, by {max(slips)} at most.{lefts}"
    return Finding(answer, verdict, observed)


async def selected_clips(bench: Bench) -> Finding:
    """What GetSelectedClips gives where nobody selected anything."""
    timeline = await bench.timeline()
    await bench.clip()
    found = await bench.read(timeline.address, "GetSelectedClips")
    observed = {"gave": len(found) if isinstance(found, list) else found}
    if isinstance(found, list):
        return Finding("there", "It is there, and gives a list.", observed)
    return Finding("no list", "It gives no list.", observed)


async def otio_takes(bench: Bench) -> Finding:
    """Which takes of a clip an exported OTIO file has."""
    await bench.timeline()
    clip = await bench.clip()
    media = await bench.imported(bench.media.take)
    if not await bench.try_take(clip, media, clip.left, clip.left + clip.duration):
        return not_measurable("AddTake refused an ordinary clip.")
    await bench.show_take(await bench.at(clip.start), 2)
    document = await _exported(bench)
    text = json.dumps(document)
    clips = list(_clips(document))
    has = {
        "original": bench.media.movie.name in text,
        "take": bench.media.take.name in text,
    }
    observed = {
        **has,
        "clips": len(clips),
        "references": [sorted(each.get("media_references") or {"": None}) for each in clips],
        "has_word_take": "take" in text.replace(bench.media.take.name, "").lower(),
    }
    if all(has.values()):
        return Finding("all", "The selected take and the original are in it.", observed)
    if has["take"]:
        return Finding("selected", "The selected take alone is in it.", observed)
    if has["original"]:
        return Finding("original", "The original alone is in it.", observed)
    return Finding("neither", "Neither is in it by its file name.", observed)


async def item_marker(bench: Bench) -> Finding:
    """What the frame of a marker on a trimmed clip counts from: by where an OTIO file has it."""
    await bench.timeline()
    clip = await bench.clip()
    added = await bench.read(clip.address, "AddMarker", clip.left, "Blue", "Self-test", "", 1, "")
    reads = await bench.read(clip.address, "GetMarkers")
    keys = sorted(reads) if isinstance(reads, dict) else []
    observed: dict[str, Any] = {"left_offset": clip.left, "added": added, "keys": keys}
    if added is not True:
        return not_measurable("no marker was added", **observed)
    for each in _clips(await _exported(bench)):
        for marker in each.get("markers") or []:
            head = _frame(each["source_range"])
            distance = round(_frame(marker["marked_range"]) - head)
            observed["frames_from_head"] = distance
            if distance == 0:
                verdict = "It counts from the media's first frame: the head is the left offset."
                return Finding("media", verdict, observed)
            if distance == clip.left:
                return Finding("item", "It counts from the clip's own first frame.", observed)
            return Finding("another", f"It is {distance} frames from the head.", observed)
    return not_measurable("the exported file has no marker on the clip", **observed)


async def render_mark_out(bench: Bench) -> Finding:
    """Whether the Deliver page's MarkOut is rendered, and which frames are."""
    await bench.timeline()
    clip = await bench.clip()
    first, last = clip.start + 5, clip.start + 14
    done = await render(bench, first, last)
    observed = {
        "mark_in": first,
        "mark_out": last,
        "timeline_start": clip.start,
        "queue": list(done.queued),
        "frames": len(done.numbers),
        "pictures": list(done.numbers),
        "expected_first": clip.left + 5,
    }
    if done.numbers[0] not in (None, clip.left + 5):
        verdict = f"It begins with frame {done.numbers[0]}, not {clip.left + 5}."
        return Finding("another range", verdict, observed)
    answer = {10: "inclusive", 9: "exclusive"}.get(len(done.numbers), "another range")
    return Finding(answer, f"{len(done.numbers)} frames: MarkOut is {answer}.", observed)


async def _exported(bench: Bench) -> Any:
    """The current timeline as Resolve writes OTIO. Raises: HostError."""
    path = bench.folder / f"timeline_{sum(1 for _ in bench.folder.iterdir())}.otio"
    arguments = (str(path), constant("EXPORT_OTIO"), constant("EXPORT_NONE"))
    await bench.calls.run(Call("Export", "timeline", arguments, "true"))
    return read_otio(path)


def read_otio(path: Path) -> Any:
    """Raises: HostError."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise HostError("What Resolve exported is no OTIO file.", why=str(error)) from error


def _clips(value: Any) -> Iterator[dict[str, Any]]:
    """Every clip on a video track, nested ones as well."""
    if isinstance(value, dict):
        schema = str(value.get("OTIO_SCHEMA", ""))
        if schema.startswith("Clip."):
            yield value
        if not (schema.startswith("Track.") and value.get("kind") == "Audio"):
            for each in value.values():
                yield from _clips(each)
    elif isinstance(value, list):
        for each in value:
            yield from _clips(each)


def _frame(time_range: dict[str, Any]) -> float:
    return float(time_range["start_time"]["value"])
