"""Tells whether an editor is in the middle of something, as moving a strip: nothing is put in then.

Since 4.2 Blender says so. Before, what it draws does (measured with 3.4.1): while a strip is moved,
duplicated or slipped, the header of that sequencer shows numbers in place of its entries. So
headers are drawn anew; that all came with their entries holds for the very next turn of the timers,
which Blender's loop has after drawing and before it handles an event.
"""

import time

import bpy

from . import versions

IS_TOLD = versions.VERSION >= (4, 2)
_CHANGING = ("TRANSFORM_OT_", "SEQUENCER_OT_", "GRAPH_OT_", "ACTION_OT_", "ANIM_OT_KEY")
"""How the names of operators begin that change strips or their curves. Others may stay for ever, as
an add-on that shows keys on the screen."""
_HEADERS = {
    "SEQUENCE_EDITOR": "SEQUENCER_HT_header",
    "GRAPH_EDITOR": "GRAPH_HT_header",
    "DOPESHEET_EDITOR": "DOPESHEET_HT_header",
}
_UNDRAWN_SECONDS = 1.0
"""A window of which nothing is drawn for so long is not in sight."""


class Quiet:
    """Asked before each change that is not an editor's own."""

    def __init__(self):
        self._then = None
        self._wanted = {}
        """By area: its window. What has to be drawn."""
        self._drawn = set()
        self._windows = set()
        """Those of which something was drawn since."""
        self._since = 0.0
        self._ever = set()
        """Areas whose header tells us when it is drawn; another add-on may have its own."""
        self._is_now = False
        self._handle = None

    @property
    def is_now(self):
        """Whether a change may be made at this very moment. Until 4.1 only `when` can have it so,
        but without a window."""
        if bpy.app.background:
            return True
        return not _is_changing() if IS_TOLD else self._is_now

    def when(self, then):
        """Have `then()` called in the first moment in which `is_now`, unless asked again before."""
        self._then = then
        self._wanted, self._drawn, self._windows = {}, set(), set()
        self._since = time.monotonic()
        for window, area in _areas():
            area.tag_redraw()
            if area.spaces.active.show_region_header and area.as_pointer() in self._ever:
                self._wanted[area.as_pointer()] = window.as_pointer()

    def forget(self):
        """Nothing is waited for any more."""
        self._then = None

    def turn(self):
        """A turn of the timer: where nothing can be drawn, nobody moves anything."""
        if self._then is None or time.monotonic() - self._since < _UNDRAWN_SECONDS:
            return
        there = {area.as_pointer() for _, area in _areas()}
        left = set(self._wanted) & there - self._drawn
        if not any(self._wanted[each] in self._windows for each in left):
            self._come()

    def add(self):
        if IS_TOLD:
            return
        for name in _HEADERS.values():
            getattr(bpy.types, name).append(_in_header)
        self._handle = bpy.types.SpaceSequenceEditor.draw_handler_add(
            _in_window, (), "WINDOW", "POST_PIXEL"
        )

    def take_away(self):
        self.forget()
        if self._handle is None:
            return
        for name in _HEADERS.values():
            getattr(bpy.types, name).remove(_in_header)
        bpy.types.SpaceSequenceEditor.draw_handler_remove(self._handle, "WINDOW")
        self._handle = None

    def header_drawn(self, context):
        area = context.area.as_pointer()
        self._ever.add(area)
        self._windows.add(context.window.as_pointer())
        if self._then is None:
            return
        self._drawn.add(area)
        if self._wanted and self._drawn.issuperset(self._wanted):
            bpy.app.timers.register(self._come_after_drawing, first_interval=0)

    def window_drawn(self, context):
        self._windows.add(context.window.as_pointer())

    def _come_after_drawing(self):
        # Of several headers that were drawn the first one has done it.
        if self._then is not None and self._drawn.issuperset(self._wanted):
            self._come()

    def _come(self):
        then, self._then = self._then, None
        self._is_now = True
        try:
            then()
        finally:
            self._is_now = False


QUIET = Quiet()


def _is_changing():
    windows = bpy.context.window_manager.windows
    return any(
        is_of_change(each.bl_idname) for window in windows for each in window.modal_operators
    )


def is_of_change(operator):
    """Whether nothing is put in while an operator of that name goes on."""
    return operator.replace(".", "_OT_", 1).upper().startswith(_CHANGING)


def _areas():
    return [
        (window, area)
        for window in bpy.context.window_manager.windows
        for area in window.screen.areas
        if area.type in _HEADERS
    ]


def _in_header(self, context):
    del self  # Nothing is added to the header.
    QUIET.header_drawn(context)


def _in_window():
    QUIET.window_drawn(bpy.context)
