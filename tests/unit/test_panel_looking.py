"""How often the page looks at Resolve: not with every request that a page makes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import pytest

from newtake.domain.errors import HostAwayError
from newtake.hosts.resolve.changing import Changing
from newtake.settings import Settings
from newtake.shells.panel.resolve_desk import ResolveDesk


class AwayCalls:
    """A conversation with a Resolve that is away; counts how often it was looked for."""

    def __init__(self) -> None:
        self.looks = 0

    @property
    def hello(self) -> Any:
        raise AssertionError("it never answered")

    @property
    def changing(self) -> Changing:
        raise AssertionError("nothing is changed in what is away")

    async def ready(self) -> Any:
        self.looks += 1
        raise HostAwayError("Resolve is away.", fix="Start it.")

    def has(self, owner: str, method: str) -> bool:
        return False

    async def run(self, *calls: Any, afterwards: Any = ()) -> list[Any]:
        return [await self.ready()]

    async def each(self, listing: Any, *get: Any) -> list[Any]:
        return [await self.ready()]


@pytest.mark.anyio
async def test_a_busy_page_does_not_look_for_an_absent_resolve_again_and_again(
    tmp_path: Path,
) -> None:
    calls = AwayCalls()
    async with anyio.create_task_group() as tasks:
        desk = ResolveDesk(Settings(home=tmp_path), calls, tasks)
        tasks.start_soon(desk.follow)
        state = await desk.state(-1, 0)
        for _ in range(50):
            desk.news.tell()
            state = await desk.state(-1, 0)
            await anyio.sleep(0)
        tasks.cancel_scope.cancel()

    assert state.editor is not None
    assert state.editor.state == "away"
    assert state.editor.trouble is not None
    assert state.editor.trouble.next == "Start it."
    assert calls.looks <= 2
