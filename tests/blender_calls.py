"""How newtake asks the fake Blender: what the connection does, without pipes."""

from __future__ import annotations

from typing import Any

import anyio

from newtake.domain.errors import HostAwayError
from newtake.hosts.blender.connection import BlenderCallError
from newtake.testing.blender import FakeBlender


class FakeCalls:
    """Implements `BlenderCalls`."""

    def __init__(self, blender: FakeBlender) -> None:
        self.blender = blender
        self.changing = anyio.Lock()
        self.is_over = False
        self.asked: list[str] = []

    async def ask(self, do: str, **body: Any) -> Any:
        if self.is_over:
            raise HostAwayError("Blender has ended.")
        self.asked.append(do)
        answer = self.blender.answer({"do": do, **body})
        if "error" in answer:
            error = answer["error"]
            raise BlenderCallError(error["kind"], error["text"], error["value"])
        return answer["ok"]
