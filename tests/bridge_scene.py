"""A timeline with one clip behind any way to a bridge, and the conversation with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bridge_ways import WAYS, Conversation, call
from newtake.testing.resolve import FakeResolve

NAME = 'Szene "1"\nnächste \\ 場面 🎬'
"""What editors write into names, and JSON must bring over."""


class Scene:
    """A 25 fps timeline with one clip, 50 frames from frame 11 of 200, and a way to it."""

    def __init__(self, version: str) -> None:
        self.fake = FakeResolve(version, rate="25")
        self.timeline = self.fake.add_timeline("Reel 1")
        self.media = self.fake.add_made_media(NAME, frames=200, rate="25")
        self.clip = self.fake.add_item(self.media, source_start=11, duration=50)


Open = Callable[..., tuple[Scene, Conversation]]


@contextmanager
def opening(way: str, folder: Path) -> Iterator[Open]:
    """What opens scenes and conversations with them, all of which end with it."""
    with ExitStack() as ways:

        def opened(version: str = "21.1") -> tuple[Scene, Conversation]:
            scene = Scene(version)
            exchange = ways.enter_context(WAYS[way](scene.fake, folder))
            return scene, Conversation(exchange, way)

        yield opened


def clip_call(scene: Scene, method: str, *args: Any, **more: Any) -> dict[str, Any]:
    return call(method, {"item": scene.clip}, *args, **more)
