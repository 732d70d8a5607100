"""Follows Resolve: whether it is there, what is open and chosen, and the timeline itself."""

from __future__ import annotations

import logging
import time
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import anyio

from newtake.bootstrap import resolve
from newtake.bootstrap.resolve_edit import (
    fingerprint_of,
    has_selected,
    quick_fingerprint,
    read_edit,
    whole_fingerprint,
)
from newtake.bootstrap.resolve_left_over import put_back_left
from newtake.bootstrap.resolve_presence import Glance, glance
from newtake.domain.errors import HostAwayError, NewTakeError
from newtake.domain.files import HostDocument
from newtake.settings import Settings
from newtake.shells.panel import desk
from newtake.shells.panel.news import News
from newtake.shells.panel.showing import said, shown_clip

if TYPE_CHECKING:
    from newtake.hosts.resolve.connection import ResolveCalls
    from newtake.hosts.resolve.snapshot import Snapshot

_LOG = logging.getLogger("newtake")
SECONDS = 1.0
"""Between two looks, while a page is open."""
SLOW_SECONDS = 6.0
"""The same while Resolve is away or busy, or no page is open: a look from outside starts a
program."""
GLANCE_SECONDS = 8.0
"""A Resolve that takes longer has a dialog open, or renders."""
CHOOSE_SECONDS = 60.0
WHOLE_SECONDS = 4.0
"""Between two looks at every clip, at least."""
WHOLE_SHARE = 10
"""And at least so many times what the last one took, or reading the timeline: looking for changes
takes a tenth of Resolve's time at most, however long the timeline is."""


@dataclass(slots=True)
class Looking:
    """What is known of Resolve, kept up to date by `follow`."""

    calls: ResolveCalls
    settings: Settings
    news: News
    editor: desk.Editor = field(default_factory=lambda: desk.Editor("looking"))
    shown: desk.Chosen = field(default_factory=lambda: desk.Chosen(resolve.AUTO))
    chosen: resolve.Chosen | None = None
    """The clips themselves; None where none are."""
    document: HostDocument | None = None
    how: str = resolve.AUTO
    edit: Snapshot | None = None
    """The open timeline; while Resolve is away, the one that was open last."""
    edit_revision: int = 0
    edit_read_at: float = 0.0
    """When reading it began, in seconds since 1970."""
    edit_trouble: desk.Said | None = None
    """What keeps the open timeline from being read."""
    _seen: Glance | None = None
    _quick: Hashable = None
    _whole_at: float = 0.0
    _turn: anyio.Lock = field(default_factory=anyio.Lock)
    _wake: anyio.Event = field(default_factory=anyio.Event)

    @property
    def is_there(self) -> bool:
        return self.editor.state in ("here", "busy", "looking")

    @property
    def page_is_open(self) -> bool:
        return self.news.page_is_open

    async def follow(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            async with self._turn:
                try:
                    await self._look()
                except Exception:
                    # A fault of ours in looking must not end the jobs that go on.
                    _LOG.exception("looking at Resolve failed")
            await self._pause()

    async def look(self, how: str) -> None:
        """Choose anew, in this way from now on."""
        async with self._turn:
            self.how = how
            self._seen = None
            await self._look()

    def hurry(self) -> None:
        """A page came: look soon."""
        self._wake.set()

    def forget(self) -> None:
        """The timeline was changed by us: choose anew at the next look."""
        self._seen = None
        self._wake.set()

    async def _pause(self) -> None:
        self._wake = anyio.Event()
        quick = self.page_is_open and self.editor.state == "here"
        with anyio.move_on_after(SECONDS if quick else SLOW_SECONDS):
            await self._wake.wait()

    async def _look(self) -> None:
        try:
            with anyio.fail_after(GLANCE_SECONDS):
                seen = await glance(self.calls)
        except TimeoutError:
            self._say(desk.Editor("busy", *self._names(self._seen)))
            return
        except NewTakeError as error:
            self._seen = None
            self.document = None
            self._say(desk.Editor("away", trouble=said(error)))
            return
        before, self._seen = self._seen, seen
        self.document = seen.document
        try:
            with anyio.fail_after(CHOOSE_SECONDS):
                await self._keep_up(before, seen)
        except (HostAwayError, TimeoutError) as error:
            # The next look tells what became of it; all stays as it was seen last.
            self._seen = None
            _LOG.info("reading the timeline: %s", error)
        self._say(desk.Editor("here", *self._names(seen), seen.follows))

    async def _keep_up(self, before: Glance | None, seen: Glance) -> None:
        """Read anew what may have changed, and no more. What is forgotten meanwhile is read again
        at the next look."""
        edit = self.edit
        if seen.document is not None and (before is None or seen.document != before.document):
            # Before clips are chosen; see there.
            for each in (await put_back_left(self.calls, self.settings)).said:
                _LOG.warning(each)
        if before is None or edit is None or seen.document != before.document:
            await self._read(seen)
        elif seen.selection != before.selection:
            if not has_selected(edit, seen.selection):
                await self._read(seen)
        elif self.page_is_open and await self._has_changed(edit):
            await self._read(seen)
            if not seen.follows and self.chosen is not None:
                # By a playhead that has moved, others would be chosen unasked.
                return
        else:
            return
        await self._choose()

    async def _has_changed(self, edit: Snapshot) -> bool:
        if await quick_fingerprint(self.calls) != self._quick:
            return True
        if time.monotonic() < self._whole_at:
            return False
        begun = time.monotonic()
        whole = await whole_fingerprint(self.calls, edit)
        self._pace(begun)
        return whole != fingerprint_of(edit)

    def _pace(self, begun: float) -> None:
        now = time.monotonic()
        self._whole_at = now + max(WHOLE_SECONDS, WHOLE_SHARE * (now - begun))

    async def _read(self, seen: Glance) -> None:
        before, trouble = self.edit, self.edit_trouble
        begun, read_at = time.monotonic(), time.time()
        self.edit_trouble = None
        try:
            if seen.document is None:
                self.edit = None
            else:
                # First: what changes while the timeline is read is seen at the next look.
                self._quick = await quick_fingerprint(self.calls)
                self.edit = await read_edit(self.calls, before)
                self.edit_read_at = read_at
        except HostAwayError:
            raise
        except NewTakeError as error:
            self.edit, self.edit_trouble = None, said(error)
        self._pace(begun)
        if (before, trouble) != (self.edit, self.edit_trouble):
            self.edit_revision += 1
            self.news.tell()

    async def _choose(self) -> None:
        try:
            # Without a timeline to choose in it is Resolve that says why.
            chosen = await resolve.choose(self.calls, self.settings, how=self.how, edit=self.edit)
        except HostAwayError:
            raise
        except NewTakeError as error:
            self._show(None, desk.Chosen(self.how, trouble=said(error)))
            return
        skipped = f" ({'; '.join(chosen.skipped)})" if chosen.skipped else ""
        sentence = f"{chosen.text}{skipped}."
        clips = tuple(shown_clip(clip) for clip in chosen.clips)
        self._show(chosen, desk.Chosen(self.how, sentence[:1].upper() + sentence[1:], clips))

    def _show(self, chosen: resolve.Chosen | None, shown: desk.Chosen) -> None:
        """The revision grows, so that a plan of the same clips is made anew when they are asked
        for again."""
        self.chosen = chosen
        self.shown = desk.Chosen(
            shown.how, shown.sentence, shown.clips, shown.trouble, self.shown.revision + 1
        )
        self.news.tell()

    def _say(self, editor: desk.Editor) -> None:
        if editor != self.editor:
            self.editor = editor
            self.news.tell()

    @staticmethod
    def _names(seen: Glance | None) -> tuple[str, str, str, str]:
        if seen is None:
            return "DaVinci Resolve", "", "", ""
        document = seen.document
        names = (document.project_name, document.timeline_name) if document else ("", "")
        return seen.product, seen.version, *names
