"""Switches clips between their native takes, each switch read back and undone where it did harm.

Rule: a take of another length may move what follows (nobody documents it), so a clip that is not
where it was, or not as long, after the switch gets its former take back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newtake.domain.clip import Clip, TakeSummary
from newtake.domain.errors import HostError, SelectionError
from newtake.domain.files import HostDocument
from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.facts import ItemFacts
from newtake.hosts.resolve.finding import find_item
from newtake.hosts.resolve.identity import ItemKey, parse_key
from newtake.hosts.resolve.look import changes_since, read_look
from newtake.hosts.resolve.messages import Address, Call, Check, ResolveCallError
from newtake.hosts.resolve.standing import (
    ids_beside,
    original_of,
    reached,
    read_again,
    read_items,
    still_open,
)

_FIX = "`newtake resolve takes` lists the takes of every clip."


@dataclass(frozen=True, slots=True)
class Switch:
    """A clip, the take that shows and the one that is to show."""

    clip: Clip
    before: TakeSummary
    after: TakeSummary


def plan_switch(clip: Clip, wanted: str) -> Switch:
    """Which take is meant.

    Args:
        clip: As it was listed.
        wanted: A take's key; "original" is what the editor cut. No number: Resolve's selector
            counts the original and EXR takes as well, so that a number has two meanings.

    Raises:
        SelectionError: The clip has no such take, or a number was said.
    """
    word = wanted.strip().casefold()
    found = [each for each in clip.takes if word == each.key.casefold()]
    has = ", ".join(each.key for each in clip.takes) or "none; only its original media"
    above = next((each for each in clip.takes_above if word == each.key), None)
    if not found and above is not None:
        raise SelectionError(
            f"{above.key} of clip {clip.index} ({clip.name}) is no take of its selector.",
            why=f"It is a clip of its own on {above.track}, above.",
            fix=f"Switch that clip on or off in DaVinci Resolve: {above.track}, Enable Clip.",
        )
    if not found and word.isdecimal():
        raise SelectionError(
            f"{wanted!r} says no take of clip {clip.index}: takes are called by name.",
            why=f"Resolve's take selector numbers them in another way. It has: {has}.",
            fix=_FIX,
        )
    if not found:
        raise SelectionError(
            f"Clip {clip.index} ({clip.name}) has no take {wanted!r}.",
            why=f"It has: {has}.",
            fix=_FIX,
        )
    before = next((each for each in clip.takes if each.selected), clip.takes[0])
    return Switch(clip, before, found[0])


async def use_takes(calls: ResolveCalls, switches: Sequence[Switch]) -> tuple[str, ...]:
    """Carry the switches out, one after the other.

    Returns:
        Notes of what of a clip's grade and effects did not stay.

    Raises:
        HostError: The clip is not as it was listed, Resolve would not switch, or the clip moved by
            it; that clip shows its former take, earlier ones their new takes.
        HostAwayError: Resolve cannot be reached.
    """
    notes: list[str] = []
    for switch in switches:
        clip = switch.clip
        notes += [f"clip {clip.index} ({clip.name}): {each}" for each in await _use(calls, switch)]
    return tuple(notes)


async def _use(calls: ResolveCalls, switch: Switch) -> tuple[str, ...]:
    clip, key = switch.clip, parse_key(switch.clip.key)
    # Nothing is asked of the names, and the id tells the timeline.
    document = HostDocument("", "", key.timeline, "")
    item = await _clip(calls, document, key)
    if item is None or len(item.takes) != len(clip.takes):
        raise _changed(clip, "It is not on its track any more, or has other takes.")
    found = await reached(calls, document, item)
    if found is None:
        raise _changed(clip, "It is not on its track any more.")
    guards, address = found
    look = await read_look(calls, document, item)
    beside = await ids_beside(calls, item)
    try:
        await calls.run(
            *guards,
            # Where it was listed: what was read just now may be another place.
            _is(address, "GetStart", key.start),
            _is(address, "GetDuration", key.duration),
            _select(address, clip, item, switch.after),
            _is(address, "GetStart", key.start),
            _is(address, "GetDuration", key.duration),
        )
    except ResolveCallError as error:
        why = f"{error.what} {error.why}"
        if error.at < len(guards) + 2:
            raise _changed(clip, why) from error
        await _undo(calls, document, item, beside, switch)
        raise HostError(
            f"Clip {clip.index} ({clip.name}) does not show {switch.after.key}.",
            why=why,
            fix=f"It shows {switch.before.key}, as before. Look at its take selector in Resolve.",
        ) from error
    return await changes_since(calls, document, item, look)


async def _clip(calls: ResolveCalls, document: HostDocument, key: ItemKey) -> ItemFacts | None:
    """The clip as it stands, whose id may be another than in the key since a take was selected."""
    track = int(key.track[1:])
    guard = still_open(document)
    try:
        (_, count) = await calls.run(guard, Call("GetTrackCount", args=("video",), want="number"))
    except ResolveCallError as error:
        if error.at == 0:
            return None
        raise
    if track > count:
        return None
    found = find_item(key, "", await read_items(calls, track))
    if found is None and key.copies:
        # Whether another is a copy of the clip shows on all tracks alone.
        every = [each for n in range(1, round(count) + 1) for each in await read_items(calls, n)]
        found = find_item(key, "", every)
    is_same = found is not None and found.track == track and original_of(found) == key.media
    return found if is_same else None


def _changed(clip: Clip, why: str) -> HostError:
    return HostError(
        f"Clip {clip.index} ({clip.name}) is not as it was listed; nothing was switched in it.",
        why=why,
        fix=_FIX,
    )


async def _undo(
    calls: ResolveCalls,
    document: HostDocument,
    before: ItemFacts,
    beside: frozenset[str],
    switch: Switch,
) -> None:
    """Show the former take again; the clip is looked for anew, since its id may have changed."""
    clip = switch.clip
    try:
        item = await read_again(calls, before, beside)
        found = await reached(calls, document, item) if item is not None else None
        if item is None or found is None:
            why = "It is not on its track any more."
        else:
            guards, address = found
            await calls.run(*guards, _select(address, clip, item, switch.before))
            return
    except ResolveCallError as error:
        why = error.why
    raise HostError(
        f"Clip {clip.index} ({clip.name}) did not get {switch.before.key} back.",
        why=why,
        fix="Undo in DaVinci Resolve until the clip is as it was.",
    )


def _select(address: Address, clip: Clip, item: ItemFacts, take: TakeSummary) -> Call:
    # Listed in the order of Resolve, whose numbers may leave out one that it does not show.
    index = item.takes[clip.takes.index(take)].index
    check = Check("GetSelectedTakeIndex", index)
    return Call("SelectTakeByIndex", address, (index,), "true", check)


def _is(address: Address, method: str, value: int) -> Call:
    return Call(method, address, want="number", check=Check(method, value))
