"""Where New Take is found in the sequencer: the strip's right-click menu, the Strip menu, the
header and the sidebar."""

import bpy

from . import job_words, standing, versions
from .news import SESSION

_ENDED = 5
"""So many of the jobs that have ended are listed."""


class NEWTAKE_MT_takes(bpy.types.Menu):
    bl_idname = "NEWTAKE_MT_takes"
    bl_label = "Takes"

    def draw(self, context):
        _draw_takes(self.layout, context)


class NEWTAKE_MT_strip(bpy.types.Menu):
    bl_idname = "NEWTAKE_MT_strip"
    bl_label = "New Take"

    def draw(self, context):
        _draw_entries(self.layout, context)
        # What is in a menu is what F3 finds.
        self.layout.operator("newtake.collect", icon="IMPORT")
        self.layout.operator("newtake.panel", icon="URL")


class NEWTAKE_PT_jobs(bpy.types.Panel):
    """What is under way, and what waits"""

    bl_idname = "NEWTAKE_PT_jobs"
    bl_label = "New Take"
    bl_space_type = "SEQUENCE_EDITOR"
    bl_region_type = "HEADER"
    bl_ui_units_x = 18

    def draw(self, context):
        _draw_jobs(self.layout)


class NEWTAKE_PT_sidebar(bpy.types.Panel):
    bl_idname = "NEWTAKE_PT_sidebar"
    bl_label = "New Take"
    bl_space_type = "SEQUENCE_EDITOR"
    bl_region_type = "UI"
    bl_category = "New Take"

    def draw(self, context):
        layout = self.layout
        layout.operator_context = "INVOKE_DEFAULT"
        reason = standing.why_not(context)
        layout.operator("newtake.new_take", icon="SHADERFX")
        if reason:
            layout.label(text=reason, icon="INFO")
        strip = standing.active(context)
        if standing.has_takes(strip):
            box = layout.box()
            box.label(text="Takes of " + strip.name)
            _draw_takes(box.column(align=True), context)
            layout.operator("newtake.compare", icon="IMAGE_ALPHA")
        _draw_jobs(layout)


def _draw_entries(layout, context):
    # A menu of the right mouse button carries things out; the dialog is for people.
    layout.operator_context = "INVOKE_DEFAULT"
    scene = versions.edited_scene(context)
    if scene is not None and scene.use_preview_range:
        layout.operator(
            "newtake.new_take", text="New Take of the Preview Range...", icon="PREVIEW_RANGE"
        ).preview = True
    has_takes = standing.has_takes(standing.active(context))
    if has_takes:
        layout.menu("NEWTAKE_MT_takes", icon="RENDERLAYERS")
    else:
        row = layout.row()
        row.enabled = False
        row.label(text="Takes", icon="RENDERLAYERS")
    layout.operator("newtake.compare", icon="IMAGE_ALPHA")
    reason = standing.why_not(context)
    if reason:
        layout.label(text=reason, icon="INFO")
    layout.operator("newtake.new_take", icon="SHADERFX")


def _draw_takes(layout, context):
    strip = standing.active(context)
    if not standing.has_takes(strip):
        layout.label(text="No takes yet")
        return
    _, original, takes = standing.takes_of(context, strip)
    for each in ([original] if original is not None else []) + takes:
        icon = "RADIOBUT_OFF" if each.mute else "RADIOBUT_ON"
        text = "Original" if each == original else each.name
        layout.operator(
            "newtake.switch", text=text, icon=icon, translate=False
        ).label = standing.label_of(each)
    if takes:
        layout.separator()
    for each in takes:
        layout.operator(
            "newtake.remove", text="Remove " + each.name, icon="TRASH", translate=False
        ).label = standing.label_of(each)


def _draw_jobs(layout):
    column = layout.column()
    text = job_words.collecting(SESSION.ready, SESSION.undone)
    if text:
        column.operator("newtake.collect", text=text, icon="IMPORT")
    running, resting = job_words.in_order(SESSION.jobs)
    if SESSION.page is None and SESSION.stopped:
        count = len(SESSION.stopped)
        text = "Go on with what stopped" if count == 1 else f"Go on with {count} that stopped"
        column.operator("newtake.collect", text=text, icon="PLAY")
    for job in running + resting[:_ENDED]:
        _draw_job(column, job)
    if not SESSION.jobs:
        column.label(text="Nothing is under way" if SESSION.page else "Not started yet")
    column.operator("newtake.panel", icon="URL")


def _draw_job(layout, job):
    row = layout.row(align=True)
    text, icon = job_words.stand_of(job)
    row.label(text="{}: {}".format(job["clip"], text), icon=icon, translate=False)
    if job["can_cancel"]:
        row.operator("newtake.cancel", text="", icon="X").job = job["id"]
    if job["can_resume"] and not job["no_place"] and not job_words.waits(job):
        price = job["resume_price"]
        text = f"Resume ({job_words.dollars(price)})" if price else "Resume"
        row.operator("newtake.resume", text=text, translate=False).job = job["id"]
    place = job_words.place_of(job)
    if place:
        layout.label(text=place, icon="BLANK1", translate=False)
    if job["no_place"] and not job["running"]:
        layout.label(text=job["no_place"], icon="BLANK1", translate=False)
        layout.operator("newtake.lay", icon="IMPORT").job = job["id"]


def _in_context_menu(self, context):
    self.layout.separator()
    _draw_entries(self.layout, context)


def _in_strip_menu(self, context):
    self.layout.separator()
    self.layout.menu("NEWTAKE_MT_strip", icon="SHADERFX")


def _in_header(self, context):
    text = job_words.header_of(SESSION.jobs, SESSION.waiting, SESSION.undone)
    if context.space_data.view_type == "PREVIEW" or not text:
        return
    self.layout.popover("NEWTAKE_PT_jobs", text="New Take: " + text, icon="SHADERFX")


_PLACES = (
    ("SEQUENCER_MT_context_menu", _in_context_menu),
    ("SEQUENCER_MT_strip", _in_strip_menu),
    ("SEQUENCER_HT_header", _in_header),
)


def add():
    for name, draw in _PLACES:
        getattr(bpy.types, name).append(draw)


def take_away():
    for name, draw in _PLACES:
        getattr(bpy.types, name).remove(draw)


CLASSES = (NEWTAKE_MT_takes, NEWTAKE_MT_strip, NEWTAKE_PT_jobs, NEWTAKE_PT_sidebar)
