"""Has Resolve render one item, with its grade and effects, and gives everything back as it was.

Rule 1: the item's own track is the only one that is switched on meanwhile: all of the picture under
the marks is rendered.
Rule 2: other jobs of the queue are neither started nor deleted; while Resolve renders one, we wait
for nobody and say so.
Rule 3: settings go on top of a preset with a picture, the codec after `GetRenderCodecs`, and the
job is added on the Deliver page: otherwise Resolve refuses (measured, 21.0).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread

from newtake.domain.clip import Clip, MediaInfo, Refusal, RefusalReason
from newtake.domain.errors import HostError, StorageError
from newtake.domain.files import HostDocument
from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.deliver import Before, keep, put_back, read_before
from newtake.hosts.resolve.facts import ItemFacts, TimelineFacts
from newtake.hosts.resolve.finding import find_item, refuse_changed
from newtake.hosts.resolve.identity import parse_key
from newtake.hosts.resolve.items import read_timeline
from newtake.hosts.resolve.left_over import left_in, put_back_left, record_of
from newtake.hosts.resolve.listing import Rendered
from newtake.hosts.resolve.messages import Call, Check, ResolveCallError
from newtake.hosts.resolve.render_job import start, wait_for_end
from newtake.hosts.resolve.render_plan import (
    FORMATS,
    PRESETS,
    RenderCodec,
    choose_codec,
    expected_picture,
    file_of_job,
    render_settings,
)
from newtake.hosts.resolve.standing import reached, still_open, unmoved
from newtake.ports import Progress

POLL_SECONDS = 0.5
START_SECONDS = 60.0
"""How long a job that was started may say what it said before; large projects take a while."""


class _ClipChangedError(HostError):
    """The clip, or the timeline, is not as it was read; nothing was changed yet."""

    fix = "Leave the clip alone for a moment, then `newtake jobs resume`."


async def rendered_by(calls: ResolveCalls, timeline: TimelineFacts) -> Rendered:
    """What renders of items of the timeline would be; nothing is rendered or changed."""
    codec = await offered_codec(calls)

    def picture(item: ItemFacts) -> MediaInfo | Refusal:
        if codec is None:
            text = "this Resolve offers no ProRes, DNxHR or H.264 to render it with"
            return Refusal(RefusalReason.UNSUPPORTED, text)
        if 0 in timeline.size:
            return Refusal(RefusalReason.UNSUPPORTED, "the timeline does not say its resolution")
        return expected_picture(item, timeline, codec)

    return picture


async def offered_codec(calls: ResolveCalls) -> RenderCodec | None:
    """The best codec of the live lists: what there is depends on system, edition and version."""
    (formats,) = await calls.run(Call("GetRenderFormats", "project", want="any"))
    there = set(formats.values()) if isinstance(formats, dict) else set()
    offered: dict[str, Mapping[str, Any]] = {}
    for extension in FORMATS:
        if extension in there:
            (codecs,) = await calls.run(
                Call("GetRenderCodecs", "project", (extension,), want="any")
            )
            offered[extension] = codecs if isinstance(codecs, dict) else {}
    return choose_codec(offered)


async def render_clip(
    calls: ResolveCalls,
    clip: Clip,
    *,
    to: Path,
    progress: Progress,
    poll_seconds: float = POLL_SECONDS,
    start_seconds: float = START_SECONDS,
) -> tuple[str, ...]:
    """Render a clip of the open timeline into a file.

    What earlier calls, also for other files beside it, changed and could not put back is put back
    first: their processes are dead, or they would have their turn now.

    Args:
        calls: To Resolve.
        clip: Of the timeline that is open, as it was listed, with `rendered`.
        to: The file to be; must not exist. Its folder is made, and is the job's own, beside those
            of other jobs. The caller owns the file afterwards.
        progress: Is told percent.
        poll_seconds: Between two looks at the job.
        start_seconds: How long Resolve may take to begin.

    Returns:
        What a person should know: what could not be put back.
    Raises:
        HostError: The clip is gone or trimmed, Resolve renders something else, or it failed.
        HostAwayError: Resolve went away meanwhile, or another timeline was opened. It has things as
            the render needed them; the next call puts them back.
        StorageError: The folder cannot be written.
    """
    left = await put_back_left(calls, await anyio.to_thread.run_sync(left_in, to.parent.parent))
    record = record_of(to)
    await anyio.Path(record).unlink(missing_ok=True)
    timeline = await read_timeline(calls)
    item = _found(clip, timeline)
    codec = await offered_codec(calls)
    if codec is None or clip.rendered is None:
        raise HostError("DaVinci Resolve offers no codec to render the clip with.")
    await _refuse_busy(calls)
    token = secrets.token_hex(4)
    folder = to.with_name(f"{to.stem}.{token}")
    try:
        await anyio.Path(folder).mkdir(parents=True)
    except OSError as error:
        raise StorageError(f"{folder} cannot be made.", why=str(error)) from error
    marked = (item.start - timeline.start, item.end - 1 - timeline.start)
    before = await read_before(calls, timeline, folder, token)
    before = replace(before, track=item.track, marked=marked)
    await anyio.to_thread.run_sync(keep, before, record)
    notes: tuple[str, ...] = ()
    job, is_changed = "", True
    try:
        job = await _added(calls, item, clip.rendered, codec, before, timeline.document)
        waiting = await start(calls, job)
        await wait_for_end(
            calls,
            timeline.document,
            job,
            waiting,
            progress=progress,
            poll_seconds=poll_seconds,
            start_seconds=start_seconds,
        )
        (jobs,) = await calls.run(Call("GetRenderJobList", "project", want="list"))
    except _ClipChangedError:
        is_changed = False
        await anyio.Path(folder).rmdir()
        raise
    finally:
        with anyio.CancelScope(shield=True):
            if is_changed:
                notes = await put_back(calls, before, job)
            await anyio.Path(record).unlink(missing_ok=True)
    there = sorted([Path(each) async for each in anyio.Path(folder).iterdir()])
    made = file_of_job(jobs or (), job, folder, there)
    if made is None:
        raise HostError(
            "DaVinci Resolve says that it has rendered the clip, and there is no file.",
            why=f"In {folder} there are {len(there)} files.",
            fix="Look at the Deliver page, then `newtake jobs resume`.",
        )
    await anyio.Path(made).rename(to)
    if len(there) == 1:
        await anyio.Path(folder).rmdir()
    return (*left.notes, *notes)


def _found(clip: Clip, timeline: TimelineFacts) -> ItemFacts:
    key = parse_key(clip.key)
    if key.timeline != timeline.document.timeline:
        raise _ClipChangedError(
            f"The timeline {timeline.document.timeline_name!r} is open, and the clip "
            f"{clip.name} is of another."
        )
    item = find_item(key, "", [each for each in timeline.items if each.track_type == "video"])
    if item is None:
        raise HostError(
            f"The clip {clip.name} is gone from the timeline.",
            why="It was not rendered yet; nothing was sent.",
            fix="Bring it back, then `newtake jobs resume`; or choose it again.",
        )
    refuse_changed(key, item)
    return item


async def _refuse_busy(calls: ResolveCalls) -> None:
    (busy,) = await calls.run(Call("IsRenderingInProgress", "project", want="any"))
    if busy is True:
        raise HostError(
            "DaVinci Resolve is rendering something else.",
            why="Its queue is not touched.",
            fix="`newtake jobs resume` when it has ended.",
        )


async def _added(
    calls: ResolveCalls,
    item: ItemFacts,
    picture: MediaInfo,
    codec: RenderCodec,
    before: Before,
    document: HostDocument,
) -> str:
    """Set everything and put one job into the queue; its id.

    The clip must be where it was read before anything is changed, and be there still when the job
    is in the queue: what the job renders is the timeline that is open, between two numbers.
    """
    folder = Path(before.folder)
    presets = []
    if before.preset:
        presets.append(Call("SaveAsNewRenderPreset", "project", (before.preset,), "true"))
    (known,) = await calls.run(Call("GetRenderPresetList", "project", want="list"))
    with_picture = next((each for each in PRESETS if each in (known or ())), None)
    if with_picture is not None:
        presets.append(Call("LoadRenderPreset", "project", (with_picture,), "true"))
    settings = render_settings(item, (picture.width, picture.height), folder, folder.name)
    found = await reached(calls, document, item)
    if found is None:
        raise _ClipChangedError("The clip went away before it was rendered.")
    guards, address = found
    steps = [
        Call("OpenPage", "resolve", ("edit",), "true"),
        *(
            _switch(before, int(number), on=int(number) == item.track)
            for number, enabled in before.tracks.items()
            if enabled != (int(number) == item.track)
        ),
        Call("OpenPage", "resolve", ("deliver",), "true"),
        *presets,
        Call("GetRenderCodecs", "project", (codec.format,)),
        Call("SetCurrentRenderFormatAndCodec", "project", (codec.format, codec.id), "true"),
        Call("SetCurrentRenderMode", "project", (1,), "true"),
        Call("SetRenderSettings", "project", (settings,), "true"),
        Call("AddRenderJob", "project"),
    ]
    last = [still_open(document), *unmoved(address, item)]
    page = Call("OpenPage", "resolve", (before.page,), "any")
    try:
        answers = await calls.run(*guards, *steps, *last, page)
    except ResolveCallError as error:
        if error.at < len(guards):
            text = "The clip was edited, or another timeline opened, as it was to be rendered."
            raise _ClipChangedError(text, why="Nothing was changed, and nothing sent.") from error
        if error.at >= len(guards) + len(steps):
            raise HostError(
                "The clip was edited at the moment at which it was to be rendered.",
                why=f"{error.why} The job was taken out of the queue again.",
                fix=_ClipChangedError.fix,
            ) from error
        raise
    return str(answers[len(guards) + len(steps) - 1])


def _switch(before: Before, number: int, *, on: bool) -> Call:
    place = ("video", number)
    check = Check("GetIsTrackEnabled", on, place)
    return Call("SetTrackEnable", before.address, (*place, on), "true", check)
