"""Switches clips between their native takes, each switch read back and undone where it did harm.

Rule: a take of another length may move what follows (nobody documents it), so a clip that is not
where it was, or not as long, after the switch gets its former take back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newtake.domain.clip import Clip, TakeSummary
from newtake.domain.errors import HostError, SelectionError
from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.identity import parse_key
from newtake.hosts.resolve.messages import Address, Call, Check, Obj, ResolveCallError

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
        wanted: A take's number (0 or "original" is what the editor cut), or its key.

    Raises:
        SelectionError: The clip has no such take.
    """
    word = wanted.strip().casefold()
    found = [
        each
        for each in clip.takes
        if word == each.key.casefold() or (word.isdecimal() and int(word) == each.number)
    ]
    if not found:
        has = ", ".join(each.key for each in clip.takes) or "none; only its original media"
        raise SelectionError(
            f"Clip {clip.index} ({clip.name}) has no take {wanted!r}.",
            why=f"It has: {has}.",
            fix=_FIX,
        )
    before = next((each for each in clip.takes if each.selected), clip.takes[0])
    return Switch(clip, before, found[0])


async def use_takes(calls: ResolveCalls, switches: Sequence[Switch]) -> None:
    """Carry the switches out, one after the other.

    Raises:
        HostError: Resolve would not switch, or the clip moved by it; that clip shows its former
            take again, earlier ones their new takes.
        HostAwayError: Resolve cannot be reached.
    """
    for switch in switches:
        await _use(calls, switch)


async def _use(calls: ResolveCalls, switch: Switch) -> None:
    clip = switch.clip
    key = parse_key(clip.key)
    item = Obj("item", key.item).address
    try:
        await calls.run(
            _select(item, clip, switch.after),
            _unmoved(item, "GetStart", key.start),
            _unmoved(item, "GetDuration", key.duration),
        )
    except ResolveCallError as error:
        if error.kind in ("not_found", "no_method"):
            raise
        await _undo(calls, item, switch)
        raise HostError(
            f"Clip {clip.index} ({clip.name}) does not show {switch.after.key}.",
            why=f"{error.what} {error.why}",
            fix=f"It shows {switch.before.key}, as before. Look at its take selector in Resolve.",
        ) from error


async def _undo(calls: ResolveCalls, item: Address, switch: Switch) -> None:
    try:
        await calls.run(_select(item, switch.clip, switch.before))
    except ResolveCallError as error:
        raise HostError(
            f"Clip {switch.clip.index} ({switch.clip.name}) did not get {switch.before.key} back.",
            why=error.why,
            fix="Undo in DaVinci Resolve until the clip is as it was.",
        ) from error


def _select(item: Address, clip: Clip, take: TakeSummary) -> Call:
    # All takes are listed, in the order of Resolve, which counts from 1.
    index = clip.takes.index(take) + 1
    check = Check("GetSelectedTakeIndex", index)
    return Call("SelectTakeByIndex", item, (index,), "true", check)


def _unmoved(item: Address, method: str, value: int) -> Call:
    return Call(method, item, want="number", check=Check(method, value))
