"""What differs between versions of Blender, 3.4 to 5.0, under one name each.

Measured with 3.4.1, 4.5.15 and 5.0.1, unless a line says otherwise.
"""

import contextlib

import bpy

VERSION = bpy.app.version[:2]
ROUNDS_TIME = VERSION >= (4, 0)
"""Whether a media position between two frames shows the nearer one, not the earlier one."""
TIME_IS_MEASURED = VERSION in ((3, 4), (4, 5))
"""5.0 shows some positions one frame early (0.96 as 0, yet 0.92 as 1); others were not tried."""


def strips_of(holder):
    """The strips of a sequence editor or a meta strip (`sequences` until 4.3)."""
    return holder.strips if hasattr(holder, "strips") else holder.sequences


def all_strips(editor):
    """The strips of a sequence editor and of all metas in it (`sequences_all` until 4.3)."""
    return editor.strips_all if hasattr(editor, "strips_all") else editor.sequences_all


def edited_scene(context):
    """The scene whose sequencer is shown: since 5.0 it need not be the window's."""
    shown = getattr(context, "sequencer_scene", None)
    if shown is None and getattr(context, "workspace", None) is not None:
        shown = getattr(context.workspace, "sequencer_scene", None)
    return shown or context.scene


def curves_of(scene):
    """The F-curves that animate a scene and its strips; None without any.

    Since 4.4 they are those of the scene's slot in a layered action; 5.0 has no others.
    """
    data = scene.animation_data
    if data is None or data.action is None:
        return None
    slot = getattr(data, "action_slot", None)
    if slot is not None:
        for layer in data.action.layers:
            for strip in layer.strips:
                bag = strip.channelbag(slot)
                if bag is not None:
                    return bag.fcurves
        return None
    return data.action.fcurves


def new_curve(curves, path, index, group):
    """An empty F-curve; its group's argument has another name since 5.0."""
    if not group:
        return curves.new(path, index=index)
    functions = type(curves).bl_rna.functions["new"].parameters
    word = "group_name" if "group_name" in functions else "action_group"
    return curves.new(path, index=index, **{word: group})


def nla_curves(scene):
    """The F-curves of all actions in the scene's NLA tracks."""
    data = scene.animation_data
    for track in data.nla_tracks if data is not None else ():
        for strip in track.strips:
            action = strip.action
            if action is None:
                continue
            for layer in getattr(action, "layers", ()):
                for each in layer.strips:
                    for bag in each.channelbags:
                        yield from bag.fcurves
            if not hasattr(action, "layers"):
                yield from action.fcurves


def effect_inputs(strip):
    """The strips that an effect strip is made from."""
    count = getattr(strip, "input_count", 0)
    inputs = (getattr(strip, f"input_{at + 1}", None) for at in range(count))
    return [each for each in inputs if each is not None]


def is_retimed(strip):
    """Whether retiming keys (since 4.0) move the strip's media."""
    return len(getattr(strip, "retiming_keys", ())) > 0


def is_rendering():
    """Whether the sequencer must not be changed at this moment (since 3.3)."""
    return bpy.app.is_job_running("RENDER")


def push_undo(message):
    """Ends what can be undone at once; it works without a visible window too."""
    with some_window():
        bpy.ops.ed.undo_push(message=message)


def popup_region(context):
    """The region of the dialog that is being drawn, which can be drawn anew later; None until
    4.1: there a dialog is drawn again only when something in it was changed."""
    return getattr(context, "region_popup", None)


def some_window():
    """To be in for operators that want a window."""
    windows = bpy.context.window_manager.windows
    if bpy.context.window is not None or not windows:
        return contextlib.nullcontext()
    return bpy.context.temp_override(window=windows[0])


def some_sequencer():
    """To be in for operators that a person would call in a sequencer; where none is open, in some
    window."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "SEQUENCE_EDITOR" and area.spaces.active.view_type != "PREVIEW":
                region = next(each for each in area.regions if each.type == "WINDOW")
                return bpy.context.temp_override(window=window, area=area, region=region)
    return some_window()
