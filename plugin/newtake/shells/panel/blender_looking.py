"""Follows Blender: whether it is there, what is open in it, and its strips."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import anyio

from newtake import bootstrap
from newtake.bootstrap import blender
from newtake.bootstrap.blender import Scene
from newtake.bootstrap.blender_known import Known, known_again
from newtake.domain.errors import HostAwayError, NewTakeError
from newtake.settings import Settings
from newtake.shells.panel import desk
from newtake.shells.panel.news import News
from newtake.shells.panel.showing import said

if TYPE_CHECKING:
    from newtake.hosts.blender.connection import BlenderCalls

_LOG = logging.getLogger("newtake")
SECONDS = 0.7
"""Between two looks at the strips, while a page is open."""
SLOW_SECONDS = 4.0
"""The same while none is."""
SHARE = 20
"""And at least so many times what the last look took: Blender's main thread answers it."""
GLANCE_SECONDS = 8.0
"""A Blender that takes longer has a dialog open, or renders."""
NAME = "Blender"


@dataclass(slots=True)
class BlenderLooking:
    """What is known of Blender, kept up to date by `follow`."""

    calls: BlenderCalls
    settings: Settings
    news: News
    editor: desk.Editor = field(default_factory=lambda: desk.Editor("looking", NAME))
    how: str = blender.AUTO
    """How strips are chosen in Blender where nobody names them."""
    scene: Scene | None = None
    """As it was seen last; also while Blender is away."""
    known: Known = ()
    """Strips of the scene's jobs, to be found again also where their ids are lost."""
    revision: int = 0
    """Of the scene's edit."""
    seen_at: float = 0.0
    """When the look began that saw it so, in seconds since 1970."""
    _turn: anyio.Lock = field(default_factory=anyio.Lock)
    _wake: anyio.Event = field(default_factory=anyio.Event)
    _pause_seconds: float = SECONDS

    @property
    def is_there(self) -> bool:
        return not self.calls.is_over

    async def follow(self) -> None:
        """Look again and again, until cancelled or Blender has ended."""
        while not self.calls.is_over:
            try:
                await self.look()
            except Exception:
                # A fault of ours in looking must not end the jobs that go on.
                _LOG.exception("looking at Blender failed")
            self._wake = anyio.Event()
            usual = SECONDS if self.news.page_is_open else SLOW_SECONDS
            with anyio.move_on_after(max(usual, self._pause_seconds)):
                await self._wake.wait()

    def hurry(self) -> None:
        """A page came, or takes were added: look soon."""
        self._wake.set()

    async def look(self, how: str | None = None) -> None:
        """Look now; with `how`, choose in this way from now on."""
        async with self._turn:
            self.how = how if how is not None else self.how
            begun, at = time.monotonic(), time.time()
            try:
                with anyio.fail_after(GLANCE_SECONDS):
                    scene = await self._read()
            except TimeoutError:
                self._say(desk.Editor("busy", NAME, *self._names()))
                return
            except HostAwayError as error:
                state = "away" if self.calls.is_over else "busy"
                self._say(desk.Editor(state, NAME, *self._names(), trouble=said(error)))
                return
            except NewTakeError as error:
                self._say(desk.Editor("away", NAME, *self._names(), trouble=said(error)))
                return
            self._pause_seconds = SHARE * (time.monotonic() - begun)
            self.seen_at = at
            self._seen(scene)

    async def _read(self) -> Scene:
        scene = await blender.read_scene(self.calls, self.settings, *self.known)
        if self.settings.journal_path.exists():
            jobs = bootstrap.open_journal(self.settings).jobs()
            scene, self.known = await known_again(
                self.calls, self.settings, scene, jobs, self.known
            )
        return scene

    def _seen(self, scene: Scene) -> None:
        before, self.scene = self.scene, scene
        self._say(desk.Editor("here", NAME, *self._names(), follows=True))
        if before is None or before.sequencer.edit != scene.sequencer.edit:
            self.revision += 1
            self.news.tell()

    def _say(self, editor: desk.Editor) -> None:
        if editor != self.editor:
            self.editor = editor
            self.news.tell()

    def _names(self) -> tuple[str, str, str]:
        if self.scene is None:
            return "", "", ""
        hello = self.scene.hello
        return hello.version_text, hello.file_name, hello.scene
