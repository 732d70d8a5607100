"""Answers what newtake asks, a little in each turn of Blender's timers.

Rule 1: nothing is written while somebody moves a strip; such a request is held for a moment, then
newtake asks again.
Rule 2: a timeline's media are opened a few at a time before they are told of.
"""

import json
import time

import bpy

from . import bridge, media, serving, versions
from .quiet import QUIET

_WRITES = ("place", "lay", "switch", "remove")
_HOLD_SECONDS = 1.5
"""Longer than a window's being out of sight needs to be seen."""
_TURN_SECONDS = 0.02
"""What one turn of the timer may take, as far as it can be helped; one line is answered whole."""
_AHEAD_SECONDS = 20.0
"""What opening a timeline's media ahead may take, in all, before newtake has its answer."""


class Answering:
    """Has the bridge answer the lines of one newtake after another."""

    def __init__(self, answered):
        """`answered()` is called after each line."""
        self.bridge = bridge.Bridge()
        self._say_answered = answered
        self._held = None
        """A child, and its line that is to write."""
        self._held_until = 0.0
        self._ahead_since = None
        """Since when the media of a timeline are being opened, a few in each turn."""

    @property
    def is_busy(self):
        """Whether it has something to do in the next turn."""
        return self._held is not None or self._ahead_since is not None

    def turn(self, child):
        """Answer what has come, as long as one turn may take."""
        until = time.monotonic() + _TURN_SECONDS
        if self._ahead_since is not None:
            self._open_ahead()
        QUIET.turn()
        if self._held is not None:
            if time.monotonic() < self._held_until:
                return
            # It is not quiet: newtake is told so, and asks again.
            self._answer_held()
        while time.monotonic() < until:
            line = child.line()
            if line is None:
                return
            if _is_to_write(line) and not QUIET.is_now:
                self._held, self._held_until = (child, line), time.monotonic() + _HOLD_SECONDS
                QUIET.when(self._answer_held)
                return
            self._answer(child, line)

    def forget(self):
        """Its newtake has ended."""
        self._held = None
        QUIET.forget()

    def _answer_held(self):
        if self._held is not None:
            (child, line), self._held = self._held, None
            self._answer(child, line)

    def _answer(self, child, line):
        reply, last = serving.reply_to(line, self._answered)
        child.put(reply)
        if last:
            child.let_go()
        self._say_answered()

    def _answered(self, request):
        if request.get("do") in _WRITES and not QUIET.is_now:
            raise serving.BridgeError("busy", "Something is being moved at this moment.")
        if request.get("do") not in (*self.bridge.others, "bye") and not self._open_ahead():
            raise serving.BridgeError("busy", "The timeline's media are being opened.")
        return self.bridge.answer(request)

    def _open_ahead(self):
        """Open media that were not yet, as long as one turn may take; whether that is over."""
        now = time.monotonic()
        since = now if self._ahead_since is None else self._ahead_since
        editor = versions.edited_scene(bpy.context).sequence_editor
        strips = versions.all_strips(editor) if editor is not None else ()
        is_over = media.open_some(strips, now + _TURN_SECONDS) or now - since > _AHEAD_SECONDS
        self._ahead_since = None if is_over else since
        return is_over


def _is_to_write(line):
    try:
        return json.loads(line).get("do") in _WRITES
    except (ValueError, AttributeError):
        # Answered as what it is.
        return False
