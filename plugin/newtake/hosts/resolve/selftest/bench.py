"""What the questions of a self-test work with: media in the scratch project, and clips of them.

Every question gets a timeline of its own, so that none sees what another one left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newtake.domain.errors import HostError
from newtake.hosts.resolve.changing import Changing
from newtake.hosts.resolve.connection import ResolveCalls
from newtake.hosts.resolve.messages import Address, Call, Hello, Obj, Row

LEFT, LENGTH = 10, 24
"""Of a clip in its media, where a question wants no other."""


@dataclass(frozen=True, slots=True)
class NumberedMedia:
    """Files with a number drawn into every frame (see `numbered`)."""

    movie: Path
    """Numbered from 0, at the timeline's rate."""
    take: Path
    """Another one at the same rate, of the same length, numbered from `take_first`."""
    other_rate: Path
    """One at another rate."""
    sequence: Path
    """EXR frames as a pattern with %d, their pictures numbered from 0."""
    sequence_first: int
    """The number in the name of the first EXR file."""
    take_first: int
    frames: int
    """Of each."""


class LoggedCalls:
    """Implements `ResolveCalls` over another; keeps what was called, in words."""

    def __init__(self, calls: ResolveCalls) -> None:
        self._calls = calls
        self.log: list[str] = []

    @property
    def hello(self) -> Hello:
        return self._calls.hello

    @property
    def changing(self) -> Changing:
        return self._calls.changing

    async def ready(self) -> Hello:
        return await self._calls.ready()

    def has(self, owner: str, method: str) -> bool:
        return self._calls.has(owner, method)

    async def run(self, *calls: Call, afterwards: Sequence[Call] = ()) -> list[Any]:
        self.log += [shown_call(each) for each in (*calls, *afterwards)]
        return await self._calls.run(*calls, afterwards=afterwards)

    async def each(self, listing: Call, *get: Call) -> list[Row]:
        self.log.append(shown_call(listing))
        self.log += [f"each.{shown_call(call).partition('.')[2]}" for call in get]
        return await self._calls.each(listing, *get)


def shown_call(call: Call) -> str:
    """A call as a person writes it; objects by their kinds, since their ids say nothing."""
    arguments = ", ".join(_shown(each) for each in call.args)
    return f"{_address(call.on)}.{call.method}({arguments})"


def _address(address: Address) -> str:
    if isinstance(address, str):
        return address
    return "result" if "result" in address else str(next(iter(address), "object"))


def _shown(value: Any) -> str:
    if isinstance(value, Obj):
        return value.kind or "object"
    if isinstance(value, Mapping):
        if "$" in value:
            named = value["$"]
            has_name = isinstance(named, Mapping) and "constant" in named
            return str(named["constant"]) if has_name else _address(named)
        return "{" + ", ".join(f"{key}: {_shown(each)}" for key, each in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_shown(each) for each in value) + "]"
    return repr(value)


@dataclass(frozen=True, slots=True)
class Placed:
    """An item of the current timeline, as it reads now: record frames, and its left offset."""

    item: Obj
    start: int
    duration: int
    left: int

    @property
    def address(self) -> Address:
        return self.item.address

    @property
    def place(self) -> dict[str, int]:
        return {"start": self.start, "duration": self.duration, "left_offset": self.left}


class Bench:
    """The scratch project, open."""

    def __init__(
        self, calls: LoggedCalls, media: NumberedMedia, folder: Path, project: str
    ) -> None:
        """Nothing is asked yet.

        Args:
            calls: To Resolve.
            media: The files.
            folder: For what Resolve writes; ends with the self-test.
            project: The scratch project's name.
        """
        self.calls, self.media, self.folder, self.project = calls, media, folder, project
        self._imported: dict[Path, Obj] = {}
        self._timelines = 0

    async def timeline(self) -> Obj:
        """A new empty timeline, which is the current one."""
        self._timelines += 1
        name = f"Question {self._timelines}"
        (made,) = await self.calls.run(Call("CreateEmptyTimeline", "pool", (name,)))
        await self.calls.run(Call("SetCurrentTimeline", "project", (made,), "true"))
        assert isinstance(made, Obj)
        return made

    async def imported(self, path: Path) -> Obj:
        """The pool item of a file of the media; imported once."""
        if path not in self._imported:
            self._imported[path] = await self.import_again(path)
        return self._imported[path]

    async def import_again(self, path: Path) -> Obj:
        """Import a file; the pool item that Resolve gives."""
        info: dict[str, Any] = {"FilePath": str(path)}
        if path == self.media.sequence:
            first = self.media.sequence_first
            info |= {"StartIndex": first, "EndIndex": first + self.media.frames - 1}
        (found,) = await self.calls.run(Call("ImportMedia", "pool", ([info],), "list"))
        items = [each for each in found if isinstance(each, Obj) and each.uid]
        if len(items) != 1:
            raise HostError(f"Importing {path.suffix} media gave {len(items)} pool items.")
        return items[0]

    async def clip(
        self, media: Obj | None = None, left: int = LEFT, length: int = LENGTH
    ) -> Placed:
        """Media at the end of the current timeline's first track; as long as Resolve makes it."""
        shown = await self.imported(self.media.movie) if media is None else media
        info = {"mediaPoolItem": shown, "startFrame": left, "endFrame": left + length}
        return await self.append({**info, "mediaType": 1})

    async def append(self, info: Mapping[str, Any]) -> Placed:
        """Raises: HostError, when nothing lies on the track afterwards that did not before."""
        before = {each.item.uid for each in await self.items()}
        if self.calls.has("MediaPool", "SetSelectedClip"):
            # Some versions of 20 append nothing while no pool item is selected.
            await self.calls.run(Call("SetSelectedClip", "pool", (info["mediaPoolItem"],), "any"))
        await self.calls.run(Call("AppendToTimeline", "pool", ([dict(info)],), "any"))
        new = [each for each in await self.items() if each.item.uid not in before]
        if len(new) != 1:
            raise HostError(f"AppendToTimeline placed {len(new)} items on the first track.")
        return new[0]

    async def items(self) -> list[Placed]:
        """What lies on the current timeline's first video track, in the record's order."""
        listing = Call("GetItemListInTrack", "timeline", ("video", 1), "list")
        names = ("GetStart", "GetDuration", "GetLeftOffset")
        rows = await self.calls.each(listing, *(Call(name, want="any") for name in names))
        found = [Placed(row.object, *map(_whole, row.values)) for row in rows]
        return sorted(found, key=lambda each: each.start)

    async def at(self, start: int) -> Placed:
        """The item that begins at a record frame, whatever its id is now. Raises: HostError."""
        found = next((each for each in await self.items() if each.start == start), None)
        if found is None:
            raise HostError("The clip is not where it was.")
        return found

    async def read(self, thing: Address, method: str, *args: Any) -> Any:
        (value,) = await self.calls.run(Call(method, thing, args, "any"))
        return value

    async def try_take(self, clip: Placed, media: Obj, start: int, end: int) -> bool:
        """Whether AddTake says True; what came of it is to be read."""
        return (await self.read(clip.address, "AddTake", media, start, end)) is True

    async def show_take(self, clip: Placed, number: int) -> bool:
        return (await self.read(clip.address, "SelectTakeByIndex", number)) is True


def _whole(value: Any) -> int:
    return round(value) if isinstance(value, (int, float)) else 0
