"""Questions about AddTake and what a clip is after it: origin, selection, length, identity."""

from __future__ import annotations

from typing import Any

from newtake.domain.errors import HostAwayError, HostError
from newtake.hosts.resolve.messages import Call, Obj
from newtake.hosts.resolve.selftest.bench import LEFT, LENGTH, Bench, Placed
from newtake.hosts.resolve.selftest.pictures import render
from newtake.hosts.resolve.selftest.report import Finding, not_measurable

_OTHER_LENGTH = 8
"""Frames by which an unequal take is longer or shorter."""


async def sequence_origin(bench: Bench) -> Finding:
    """Whether AddTake counts the frames of an image sequence from 0 or from the files' numbers."""
    await bench.timeline()
    clip = await bench.clip()
    media = await bench.imported(bench.media.sequence)
    first = bench.media.sequence_first
    observed: dict[str, Any] = {"first_file_number": first, "asked_for_frame": clip.left}
    accepted = {}
    for name, origin in (("zero", 0), ("number", first)):
        start = origin + clip.left
        accepted[name] = await bench.try_take(clip, media, start, start + clip.duration)
        if accepted[name]:
            observed["added_with"] = start
            break
    observed["accepted"] = accepted
    if not any(accepted.values()):
        return Finding("refused", "AddTake took the image sequence in neither way.", observed)
    observed["take"] = await _take(bench, clip, 2)
    await bench.show_take(clip, 2)
    shown = await bench.at(clip.start)
    observed["item"] = shown.place
    try:
        numbers = (await render(bench, clip.start, clip.start + 3)).numbers
    except HostAwayError:
        raise
    except HostError as error:
        numbers = ()
        observed["render"] = f"{error.what} {error.why}".strip()
    observed["pictures"] = list(numbers)
    return _origin_of(accepted, numbers[0] if numbers else None, shown, clip, observed)


def _origin_of(
    accepted: dict[str, bool],
    number: int | None,
    shown: Placed,
    clip: Placed,
    observed: dict[str, Any],
) -> Finding:
    by = "by the rendered picture"
    seen = number == clip.left
    if number is None:
        by, seen = "by its left offset alone", shown.left == clip.left
    if not seen:
        found = f"the take begins with frame {number if number is not None else shown.left}"
        verdict = f"AddTake said True, and {found} instead of {clip.left} ({by})."
        return Finding("another frame", verdict, observed)
    if accepted["zero"]:
        return Finding("zero", f"It counts from 0, the first file ({by}).", observed)
    return Finding("number", f"It counts from the number of the first file ({by}).", observed)


async def selected_after_add(bench: Bench) -> Finding:
    """Which take AddTake leaves selected, and how many there are then."""
    await bench.timeline()
    clip = await bench.clip()
    media = await bench.imported(bench.media.take)
    before = await _selector(bench, clip)
    added = await bench.try_take(clip, media, clip.left, clip.left + clip.duration)
    clip = await bench.at(clip.start)
    after = await _selector(bench, clip)
    observed = {"before": before, "added": added, "after": after}
    observed["takes"] = [await _take(bench, clip, at) for at in (1, 2)]
    if not added:
        return Finding("refused", "AddTake refused an ordinary clip.", observed)
    if after["takes"] != 2:
        verdict = f"AddTake said True; the clip has {after['takes']} takes."
        return Finding("no selector", verdict, observed)
    selected = after["selected"]
    answer = {1: "original", 2: "new"}.get(selected, "neither")
    return Finding(answer, f"Take {selected} of 2 is selected: {answer}.", observed)


async def take_length(bench: Bench) -> Finding:
    """What a longer and a shorter take do to the clip, and to the one behind it."""
    answers, observed = [], {}
    for word, more in (("longer", _OTHER_LENGTH), ("shorter", -_OTHER_LENGTH)):
        await bench.timeline()
        clip, behind = await bench.clip(), await bench.clip(left=LEFT + LENGTH)
        media = await bench.imported(bench.media.take)
        added = await bench.try_take(clip, media, clip.left, clip.left + clip.duration + more)
        shown = added and await bench.show_take(await bench.at(clip.start), 2)
        now = await bench.items()
        observed[word] = {
            "added": added,
            "selected": shown,
            "before": [clip.place, behind.place],
            "after": [each.place for each in now],
        }
        answers.append(f"{word} {_length_word(shown, clip, behind, now)}")
    return Finding(
        ", ".join(answers), f"A take that is {', one that is '.join(answers)}.", observed
    )


def _length_word(shown: bool, clip: Placed, behind: Placed, now: list[Placed]) -> str:
    if not shown:
        return "is refused"
    if len(now) != 2:
        return "loses a clip"
    if now[1].duration != behind.duration:
        return "cuts the clip behind"
    if now[1].start != behind.start:
        return "ripples"
    return "keeps" if now[0].duration == clip.duration else "resizes"


async def item_id(bench: Bench) -> Finding:
    """Whether the clip's unique id outlives AddTake and both switches."""
    await bench.timeline()
    clip = await bench.clip()
    media = await bench.imported(bench.media.take)
    ids = {"before": clip.item.uid}
    if not await bench.try_take(clip, media, clip.left, clip.left + clip.duration):
        return not_measurable("AddTake refused an ordinary clip.")
    ids["after AddTake"] = (await bench.at(clip.start)).item.uid
    for word, number in (("after the take", 2), ("after the original", 1)):
        await bench.show_take(await bench.at(clip.start), number)
        ids[word] = (await bench.at(clip.start)).item.uid
    return _same_ids(ids, "AddTake and switching takes")


async def item_id_after_reload(bench: Bench) -> Finding:
    """Whether ids of clip, timeline and media outlive closing and opening the project."""
    timeline = await bench.timeline()
    clip = await bench.clip()
    media = await bench.read(clip.address, "GetMediaPoolItem")
    ids = {"item before": clip.item.uid, "timeline before": timeline.uid, "media before": media.uid}
    await bench.calls.run(Call("SaveProject", "project_manager", want="true"))
    (project,) = await bench.calls.run(Call("GetCurrentProject", "project_manager"))
    closed = await bench.read("project_manager", "CloseProject", project)
    if closed is not True:
        return not_measurable("the project could not be closed", closed=closed)
    await bench.calls.run(Call("LoadProject", "project_manager", (bench.project,)))
    name = await bench.read("project", "GetCurrentTimeline")
    if not isinstance(name, Obj) or not name.uid:
        return not_measurable("no timeline is open after loading")
    again = await bench.at(clip.start)
    ids["item after"], ids["timeline after"] = again.item.uid, name.uid
    ids["media after"] = (await bench.read(again.address, "GetMediaPoolItem")).uid
    kinds = ("item", "timeline", "media")
    changed = [each for each in kinds if ids[f"{each} before"] != ids[f"{each} after"]]
    if changed:
        verdict = f"The id of {' and '.join(changed)} is another one after a reload."
        return Finding(f"changes: {', '.join(changed)}", verdict, _numbered(ids))
    return Finding("same", "Ids of clip, timeline and media outlive a reload.", _numbered(ids))


def _same_ids(ids: dict[str, str], through: str) -> Finding:
    if len(set(ids.values())) == 1:
        return Finding("same", f"The clip keeps its id through {through}.", _numbered(ids))
    return Finding("changes", f"The clip gets another id through {through}.", _numbered(ids))


def _numbered(ids: dict[str, str]) -> dict[str, int]:
    """Ids as small numbers: equal ones are equal, and they say nothing else."""
    numbers: dict[str, int] = {}
    return {name: numbers.setdefault(uid, len(numbers) + 1) for name, uid in ids.items()}


async def other_timeline(bench: Bench) -> Finding:
    """What the take getters say of a clip while another timeline is current."""
    first = await bench.timeline()
    clip = await bench.clip()
    media = await bench.imported(bench.media.take)
    await bench.try_take(clip, media, clip.left, clip.left + clip.duration)
    clip = await bench.at(clip.start)
    current = await _selector(bench, clip)
    await bench.timeline()
    away = {"item": clip.item.uid, "in": first.uid}
    found = {
        "takes": await bench.read(away, "GetTakesCount"),
        "selected": await bench.read(away, "GetSelectedTakeIndex"),
    }
    observed = {"current": current, "not_current": found}
    if current["takes"] != 2:
        return not_measurable("the clip got no second take", **observed)
    if found == current:
        return Finding("true", "The take getters tell the truth there.", observed)
    return Finding("silent", f"They say {found['takes']} takes instead of 2.", observed)


async def _selector(bench: Bench, clip: Placed) -> dict[str, Any]:
    return {
        "takes": await bench.read(clip.address, "GetTakesCount"),
        "selected": await bench.read(clip.address, "GetSelectedTakeIndex"),
    }


async def _take(bench: Bench, clip: Placed, number: int) -> dict[str, Any] | None:
    found = await bench.read(clip.address, "GetTakeByIndex", number)
    if not isinstance(found, dict):
        return None
    return {key: found[key] for key in ("startFrame", "endFrame") if key in found}
