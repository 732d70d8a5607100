"""Puts media into a clip's take selector, checks what came of it, and takes it out again if wrong.

Ranges are half-open and count from the media's first frame (measured, 21.0.3.7). Nobody documents
which take is selected after AddTake, nor what a take of another length does; so lengths are equal,
the selection is explicit, and everything is read back. A selector is never finalised: that would
throw the other takes away.

Rule: whatever ends between two calls, the clip shows what it showed or the finished take, and
the next try finds the take by its pool item.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from newtake.domain.errors import HostError
from newtake.domain.files import HostDocument
from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.facts import ItemFacts
from newtake.hosts.resolve.messages import Call, Check, Obj, ResolveCallError, Want
from newtake.hosts.resolve.standing import ids_beside, reached, read_again, take_of


class ClipMovedError(HostError):
    """The clip is being edited at this very moment: look again, and decide anew."""

    fix = "Leave the clip alone for a moment, then `newtake jobs resume`; the take is kept."


@dataclass(frozen=True, slots=True)
class Placing:
    """A take that is to be in a clip's selector."""

    media: Obj
    first: int
    """Frame of the media, from 0, that the clip's first frame gets."""
    origin: int = 0
    """What AddTake counts the media's first frame as; see `sequences`."""


@dataclass(frozen=True, slots=True)
class TakeOutcome:
    """What came of it."""

    item: ItemFacts
    """The clip as it stands now."""
    added: bool = False
    trouble: str = ""
    """Why the take is not in the clip, which is as it was; empty where it is."""


async def put_take(
    calls: ResolveCalls, document: HostDocument, item: ItemFacts, take: Placing
) -> TakeOutcome:
    """Have a take in the selector, and selected.

    Raises:
        ClipMovedError: The clip is not as it was read.
        HostError: The clip could not be put back as it was.
        HostAwayError: Resolve is not there any more.
    """
    return await _Selector(calls, document, item, take).put()


async def select_held(
    calls: ResolveCalls, document: HostDocument, item: ItemFacts, take: Placing
) -> TakeOutcome:
    """Have a take that is in the selector selected; it stays in it where that cannot be.

    Raises: as `put_take`; HostError as well where it is not in the selector.
    """
    return await _Selector(calls, document, item, take).select_held()


async def take_out(
    calls: ResolveCalls, document: HostDocument, item: ItemFacts, take: Placing, shown: Placing
) -> None:
    """Take a take out of the selector and show another that is in it. Raises: as `put_take`."""
    held = take_of(item, shown.media.uid)
    index = held.index if held is not None else 0
    media, left = shown.media.uid, shown.first
    as_wanted = replace(item, selected_take=index, media=media, left=left)
    await _Selector(calls, document, as_wanted, take).take_out(item)


class _Selector:
    """One clip and one take for it."""

    def __init__(
        self, calls: ResolveCalls, document: HostDocument, before: ItemFacts, take: Placing
    ) -> None:
        self._calls = calls
        self._document = document
        self._before = before
        self._take = take
        self._media = take.media.uid
        self._beside: frozenset[str] = frozenset()
        """Ids of other clips of its track, before the last change."""
        begin = take.origin + take.first
        self._range = (begin, begin + before.duration)

    async def put(self) -> TakeOutcome:
        item, added = self._before, False
        held = take_of(item, self._media)
        if held is not None and (item.selected_take, item.left) == (held.index, self._take.first):
            return TakeOutcome(item)
        if held is not None and (held.start, held.end) != self._range:
            # Of an earlier try, before the clip was trimmed.
            item, held = await self._removed(item), None
        if held is None:
            trouble = await self._add(item)
            item = await self._again(item)
            held, added = take_of(item, self._media), True
            if held is None:
                why = trouble or "AddTake says yes and adds nothing"
                return TakeOutcome(await self._removed(item), trouble=why)
            if (held.start, held.end) != self._range:
                (begin, end), found = self._range, f"{held.start} to {held.end - 1}"
                why = f"the take reads back as frames {found}, not {begin} to {end - 1}"
                return TakeOutcome(await self._removed(item), trouble=why)
        trouble = await self._select(item, held.index)
        item = await self._again(item)
        if trouble:
            return TakeOutcome(await self._removed(item), trouble=trouble)
        return TakeOutcome(item, added=added)

    async def select_held(self) -> TakeOutcome:
        item = self._before
        held = take_of(item, self._media)
        if held is None:
            raise HostError("The take is not in the clip any more.")
        if (item.selected_take, item.left) == (held.index, self._take.first):
            return TakeOutcome(item)
        trouble = await self._select(item, held.index)
        return TakeOutcome(await self._again(item), trouble=trouble)

    async def take_out(self, item: ItemFacts) -> None:
        """Take the take out of the clip as it stands, so that it is as `before` says."""
        await self._removed(item)

    async def _run(self, item: ItemFacts, *asked: tuple[str, tuple[Any, ...], Check | None]) -> str:
        """Make calls of the clip if it is where it was; gives what went wrong with them.

        Raises:
            ClipMovedError: It is not there.
        """
        self._beside = await ids_beside(self._calls, item)
        found = await reached(self._calls, self._document, item)
        if found is None:
            raise ClipMovedError("The clip went away while its take was added.")
        guards, clip = found
        takes = Call("GetTakesCount", clip, want="number")
        guards.append(replace(takes, check=Check("GetTakesCount", len(item.takes))))
        writes = [Call(name, clip, args, _want(name), check) for name, args, check in asked]
        try:
            await self._calls.run(*guards, *writes)
        except ResolveCallError as error:
            if error.at < len(guards):
                raise ClipMovedError(
                    "The clip is being edited at this moment.", why=error.why
                ) from error
            return f"{error.call}: {error.why}"
        return ""

    async def _add(self, item: ItemFacts) -> str:
        # The original becomes take 1 when the selector is made.
        count = Check("GetTakesCount", max(len(item.takes), 1) + 1)
        return await self._run(item, ("AddTake", (self._take.media, *self._range), count))

    async def _select(self, item: ItemFacts, index: int) -> str:
        """Select a take and see that the clip lies as before and shows the take's frames."""
        before = self._before
        reads = {
            "GetStart": before.start,
            "GetDuration": before.duration,
            "GetLeftOffset": self._take.first,
            "GetMediaPoolItem": self._take.media,
        }
        return await self._run(
            item,
            ("SelectTakeByIndex", (index,), Check("GetSelectedTakeIndex", index)),
            *((name, (), Check(name, value)) for name, value in reads.items()),
        )

    async def _removed(self, item: ItemFacts) -> ItemFacts:
        """Take our take out and show what was shown before; the clip as it then stands.

        Raises:
            HostError: The clip is not as it was before.
        """
        before, held = self._before, take_of(item, self._media)
        was_ours = before.media == self._media
        if held is not None:
            previous = 1 if was_ours else max(before.selected_take, 1)
            # Selected first: what a clip shows whose selected take is deleted is not documented.
            steps: list[tuple[str, tuple[Any, ...], Check | None]] = [
                ("SelectTakeByIndex", (previous,), Check("GetSelectedTakeIndex", previous)),
                ("DeleteTakeByIndex", (held.index,), Check("GetTakesCount", len(item.takes) - 1)),
            ]
            if trouble := await self._run(item, *steps):
                raise _not_as_before(trouble)
            item = await self._again(item)
        if (item.start, item.duration) != (before.start, before.duration):
            raise _not_as_before(
                f"It lay at {before.start} for {before.duration} frames, "
                f"and lies at {item.start} for {item.duration}."
            )
        if not was_ours and (item.media, item.left) != (before.media, before.left):
            raise _not_as_before("It shows other frames than before.")
        return item

    async def _again(self, item: ItemFacts) -> ItemFacts:
        """The clip, read again: by its id, or by its place when that changed with the take."""
        found = await read_again(self._calls, item, self._beside)
        if found is not None:
            return found
        raise ClipMovedError("The clip went away while its take was added.")


def _want(method: str) -> Want:
    if method in ("AddTake", "SelectTakeByIndex", "DeleteTakeByIndex"):
        return "true"
    return "value" if method == "GetMediaPoolItem" else "number"


def _not_as_before(why: str) -> HostError:
    return HostError(
        "A take did not fit its clip, and the clip is not as it was before.",
        why=why,
        fix="Undo in DaVinci Resolve until the clip is as it was, then `newtake jobs resume`.",
    )
