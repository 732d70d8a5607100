"""Takes that wait together: one write for all of them, and to each caller its own answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event

import anyio
import anyio.to_thread
import pytest

from newtake.domain.errors import HostError
from newtake.domain.files import NewTake, PlacedTake, Provenance, TakeFile
from newtake.domain.timing import FrameRange
from otio_newtake.gathering import Answer, Gathering, gathering_for

pytestmark = pytest.mark.anyio


def take(number: int) -> NewTake:
    available = FrameRange(0, 10, 24)  # type: ignore[arg-type]  # nobody counts with it
    file = TakeFile(Path("a.mov"), number, available, "00:00:00:00", 10, "rewrap", Path("a.json"))
    made = Provenance("job", "1", "sandbox", "m", "oil", {}, "2026-01-01T00:00:00+00:00", "", "00")
    return NewTake("key", f"job/{number}", "Take", file, made)


class Writer:
    """What writes takes: which came together, in order; it can be held in the middle of that."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.let_go = Event()
        self.let_go.set()
        self.begun = Event()
        self.refused: HostError | None = None
        self.attempts: list[Event] = []
        """Where it has any, each try for the right ends with one, in vain."""
        self.tried = 0

    @asynccontextmanager
    async def right(self) -> AsyncIterator[None]:
        await anyio.sleep(0)
        if self.tried < len(self.attempts):
            self.tried += 1
            assert await anyio.to_thread.run_sync(self.attempts[self.tried - 1].wait, 20)
            raise HostError("another one writes")
        if self.refused is not None:
            raise self.refused
        yield

    def write(self, takes: Sequence[NewTake]) -> list[Answer]:
        self.groups.append([each.file.number for each in takes])
        self.begun.set()
        assert self.let_go.wait(20)
        return [
            HostError(f"no room for {each.file.number}")
            if each.file.number % 5 == 4
            else PlacedTake(
                f"take_{each.file.number}", each.file.number, Path("out.otio"), added=True
            )
            for each in takes
        ]


class Callers:
    """Who wants takes written, and what each was told, in the order of being told."""

    def __init__(self, writer: Writer) -> None:
        self.writer, self.gathering = writer, Gathering()
        self.told: list[tuple[int, str]] = []
        self.scopes: dict[int, anyio.CancelScope] = {}

    async def add(self, number: int) -> None:
        with anyio.CancelScope() as scope:
            self.scopes[number] = scope
            try:
                placed = await self.gathering.add(
                    take(number), self.writer.right, self.writer.write
                )
            except HostError as error:
                self.told.append((number, error.what))
            else:
                self.told.append((number, placed.key))


async def begun(writer: Writer) -> None:
    assert await anyio.to_thread.run_sync(writer.begun.wait, 20)


async def test_all_that_wait_are_written_at_once_and_told_after_that() -> None:
    writer = Writer()
    writer.let_go.clear()
    callers = Callers(writer)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(callers.add, 1)
        await begun(writer)
        for number in range(2, 8):
            tasks.start_soon(callers.add, number)
        await anyio.wait_all_tasks_blocked()
        assert (writer.groups, callers.told) == ([[1]], [])
        writer.let_go.set()
    assert writer.groups == [[1], [2, 3, 4, 5, 6, 7]]
    assert callers.told == [
        (number, "no room for 4" if number == 4 else f"take_{number}") for number in range(1, 8)
    ]


async def test_a_right_that_is_not_had_is_told_to_all_that_waited_for_it() -> None:
    writer = Writer()
    writer.refused = HostError("another one writes")
    callers = Callers(writer)
    async with anyio.create_task_group() as tasks:
        for number in (1, 2, 3):
            tasks.start_soon(callers.add, number)
    assert sorted(callers.told) == [(number, "another one writes") for number in (1, 2, 3)]
    writer.refused = None
    await callers.add(5)
    assert (writer.groups, callers.told[-1]) == ([[5]], (5, "take_5"))


async def test_who_waited_in_vain_stays_while_others_try() -> None:
    writer = Writer()
    writer.attempts = [Event(), Event()]
    callers = Callers(writer)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(callers.add, 1)
        for number, attempt in enumerate(writer.attempts, start=1):
            while writer.tried < number:
                await anyio.sleep(0.001)
            # Another one comes while this one tries.
            tasks.start_soon(callers.add, number + 1)
            await anyio.wait_all_tasks_blocked()
            assert callers.told == []
            attempt.set()
    assert sorted(callers.told) == [(number, f"take_{number}") for number in (1, 2, 3)]
    assert writer.groups == [[1, 2, 3]]


async def test_who_is_cancelled_while_waiting_leaves_nothing_and_nobody_behind() -> None:
    writer = Writer()
    writer.let_go.clear()
    callers = Callers(writer)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(callers.add, 1)
        await begun(writer)
        for number in (2, 3, 5):
            tasks.start_soon(callers.add, number)
        await anyio.wait_all_tasks_blocked()
        # The writer, the next in turn, and one behind it.
        for number in (1, 2, 5):
            callers.scopes[number].cancel()
        await anyio.sleep(0)
        writer.let_go.set()
    assert writer.groups == [[1], [3]]
    assert (3, "take_3") in callers.told


async def test_a_timeline_has_one_gathering_in_an_event_loop() -> None:
    assert gathering_for("cut") is gathering_for("cut")
    assert gathering_for("cut") is not gathering_for("other")


async def test_who_goes_before_writing_leaves_the_others_to_the_next() -> None:
    writer, gathering = Writer(), Gathering()
    told: list[int | None] = []
    leaving = anyio.CancelScope()

    @asynccontextmanager
    async def right_and_gone() -> AsyncIterator[None]:
        # By now the others wait; nothing is written yet.
        await anyio.sleep(0.05)
        leaving.cancel()
        yield

    async def goes() -> None:
        with leaving:
            await gathering.add(take(1), right_and_gone, writer.write)

    async def stays(number: int) -> None:
        told.append((await gathering.add(take(number), writer.right, writer.write)).number)

    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(goes)
            await anyio.sleep(0.01)
            for number in (2, 3):
                tasks.start_soon(stays, number)

    assert writer.groups == [[2, 3]]
    assert told == [2, 3]
