"""A Resolve that listens for scripts, and a connection to it over bridges of its own."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from newtake.hosts.resolve.connection import ResolveConnection
from newtake.hosts.resolve.messages import Call
from newtake.hosts.resolve.transports import ChildBridge
from newtake.testing.resolve import FakeResolve
from newtake.testing.resolve.server import ResolveServer


class Scene:
    """A Resolve with one clip, listening for scripts."""

    def __init__(self, folder: Path, version: str = "21.1") -> None:
        self.fake = FakeResolve(version, rate="25")
        self.fake.add_timeline("Reel 1")
        self.media = self.fake.add_made_media("shot", frames=200, rate="25")
        self.clip = self.fake.add_item(self.media, source_start=11, duration=50)
        self.folder = folder

    def paint(self, colour: str) -> Call:
        return Call("SetClipColor", {"item": self.clip}, (colour,), "true")

    @property
    def colour(self) -> str:
        return str(self.fake.item(self.clip)["color"])


@asynccontextmanager
async def connected(
    scene: Scene, *, seconds: float = 20, **environment: str
) -> AsyncIterator[tuple[ResolveConnection, list[ChildBridge]]]:
    """The connection, and the bridges that were started for it."""
    started: list[ChildBridge] = []

    async def start() -> ChildBridge:
        facts = {"RESOLVE_SCRIPT_API": str(scene.folder)}
        started.append(await ChildBridge.start({**os.environ, **facts, **environment}))
        return started[-1]

    connection = ResolveConnection(start, answer_seconds=seconds)
    try:
        yield connection, started
    finally:
        await connection.aclose()


@contextmanager
def listening(scene: Scene) -> Iterator[None]:
    with ResolveServer(scene.fake, scene.folder):
        yield
