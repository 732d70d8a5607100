"""Runs inside Blender, as its script or by its `bpy` module: does what a test asks, line by line.

A test builds timelines here as an editor would, asks the add-on's bridge, and has frames rendered.
Nothing of New Take is imported but the add-on, from the folder in NEWTAKE_ADDONS.
"""

import importlib
import os
import sys
import time
from pathlib import Path

import bpy

sys.path.insert(0, os.environ["NEWTAKE_ADDONS"])
bridge = importlib.import_module(os.environ["NEWTAKE_ADDON"] + ".bridge")
serving = importlib.import_module(os.environ["NEWTAKE_ADDON"] + ".serving")
quiet = importlib.import_module(os.environ["NEWTAKE_ADDON"] + ".quiet")
versions = importlib.import_module(os.environ["NEWTAKE_ADDON"] + ".versions")
BRIDGE = bridge.Bridge()


def scene():
    return versions.edited_scene(bpy.context)


def editor():
    return scene().sequence_editor_create()


def strip(name):
    return versions.all_strips(editor())[name]


def reset(fps=25, base=1.0, size=(480, 270)):
    """An empty timeline."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bridge.forget()
    prepare()
    render = scene().render
    render.fps, render.fps_base = fps, base
    render.resolution_x, render.resolution_y = size
    render.resolution_percentage = 100
    scene().view_settings.view_transform = "Standard"
    editor()
    push()


def prepare():
    if hasattr(bpy.context.workspace, "sequencer_scene"):
        bpy.context.workspace.sequencer_scene = bpy.context.scene


def movie(path, name="clip", channel=1, frame_start=1, start=None, end=None, meta=None):
    holder = strip(meta) if meta else editor()
    made = versions.strips_of(holder).new_movie(name, path, channel, frame_start)
    if start is not None:
        made.frame_final_start = start
    if end is not None:
        made.frame_final_end = end
    push()
    return made.name


def in_sequencer():
    """As with the mouse over the sequencer."""
    window = bpy.context.window_manager.windows[0]
    area = window.screen.areas[0]
    area.type = "SEQUENCE_EDITOR"
    region = next(each for each in area.regions if each.type == "WINDOW")
    return bpy.context.temp_override(window=window, area=area, region=region)


def many(path, count, frames):
    """Cuts of one movie, one after the other."""
    for at in range(count):
        made = versions.strips_of(editor()).new_movie(f"cut {at}", path, 1, 1 + at * frames)
        made.frame_final_end = 1 + (at + 1) * frames
    push()


def held_back_by(operator):
    """Whether no take is put in while that operator goes on."""
    return quiet.is_of_change(operator)


def look_seconds():
    """What one look at all strips takes of the processor."""
    begun = time.process_time()
    BRIDGE.answer({"do": "strips", "document": None, "known": []})
    return time.process_time() - begun


def adjusted(path, frame_start, start, end, name="clip"):
    """A movie that plays at its own speed, as Blender adds one by default."""
    more = {}
    if "move_strips" in bpy.ops.sequencer.movie_strip_add.get_rna_type().properties:
        # 5.0 follows the mouse otherwise, and crashes without one.
        more["move_strips"] = False
    with in_sequencer():
        bpy.ops.sequencer.movie_strip_add(
            filepath=path,
            channel=1,
            frame_start=frame_start,
            adjust_playback_rate=True,
            sound=False,
            use_framerate=False,
            set_view_transform=False,
            fit_method="ORIGINAL",
            **more,
        )
    made = next(iter(editor_strips()))
    made.name = name
    made.frame_final_start = start
    made.frame_final_end = end
    push()


def images(folder, names, name="clip", channel=1, frame_start=1, start=None, end=None):
    made = versions.strips_of(editor()).new_image(
        name, str(Path(folder, names[0])), channel, frame_start
    )
    for each in names[1:]:
        made.elements.append(each)
    if start is not None:
        made.frame_final_start = start
    if end is not None:
        made.frame_final_end = end
    push()


def effect(kind, name, channel, start, end, inputs=()):
    """An effect strip."""
    call = versions.strips_of(editor()).new_effect
    word = "length" if "length" in _parameters("new_effect") else "frame_end"
    given = {"frame_start": start, word: end - start if word == "length" else end}
    one, two = ("input1", "input2") if "input1" in _parameters("new_effect") else ("seq1", "seq2")
    given.update({key: strip(each) for key, each in zip((one, two), inputs)})
    made = call(name, kind, channel, **given)
    if kind == "COLOR":
        made.color = (0.5, 0.5, 0.5)
    push()


def _parameters(name):
    return versions.strips_of(editor()).bl_rna.functions[name].parameters


def meta(name, channel, frame_start):
    versions.strips_of(editor()).new_meta(name, channel, frame_start)
    push()


def assign(name, values):
    """Set attributes of a strip, by dotted names."""
    for path, value in values.items():
        _set(strip(name), path, value)
    push()


def modifier(name, kind, values):
    made = strip(name).modifiers.new(kind, kind)
    for path, value in values.items():
        _set(made, path, value)
    push()


def curve(name, kind, at, points):
    """A modifier of curves with points of its own."""
    mapping = strip(name).modifiers.new(kind, kind).curve_mapping
    for x, y in points:
        mapping.curves[at].points.new(x, y)
    mapping.update()
    push()


def mute_modifier(name):
    """As the eye beside a modifier."""
    strip(name).modifiers[0].mute = True
    push()


def mask(name, by):
    """Have a strip's first modifier masked by another strip."""
    made = strip(name).modifiers[0]
    made.input_mask_type = "STRIP"
    made.input_mask_strip = strip(by)
    push()


def inverting_nodes(name):
    """A compositor modifier (5.0) of nodes that invert the picture."""
    group = bpy.data.node_groups.new("inverting", "CompositorNodeTree")
    group.interface.new_socket("Image", in_out="INPUT", socket_type="NodeSocketColor")
    group.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
    given, gone = group.nodes.new("NodeGroupInput"), group.nodes.new("NodeGroupOutput")
    invert = group.nodes.new("CompositorNodeInvert")
    group.links.new(given.outputs[0], invert.inputs["Color"])
    group.links.new(invert.outputs[0], gone.inputs[0])
    strip(name).modifiers.new("nodes", "COMPOSITOR").node_group = group
    push()


def key(name, path, keys, modify=None):
    """Keyframes [frame, value] of an attribute of a strip."""
    owner, _, attribute = path.rpartition(".")
    thing = _at(strip(name), owner) if owner else strip(name)
    for frame, value in keys:
        setattr(thing, attribute, value)
        thing.keyframe_insert(attribute, frame=frame)
    found = next(
        each for each in versions.curves_of(scene()) if each.data_path.endswith("." + path)
    )
    if modify:
        found.modifiers.new(modify)
    push()


def driver(name, path, expression):
    owner, _, attribute = path.rpartition(".")
    thing = _at(strip(name), owner) if owner else strip(name)
    thing.driver_add(attribute).driver.expression = expression
    push()


def speed(name, factor):
    """A constant speed (until 3.6). Returns whether this Blender has it."""
    has_it = hasattr(strip(name), "speed_factor")
    if has_it:
        strip(name).speed_factor = factor
        push()
    return has_it


def push_down():
    """Move the scene's action into an NLA track."""
    data = scene().animation_data
    action, slot = data.action, getattr(data, "action_slot", None)
    data.action = None
    made = data.nla_tracks.new().strips.new("pushed", 1, action)
    if slot is not None:
        made.action_slot = slot
    push()


def channel(number, **values):
    for name, value in values.items():
        setattr(editor().channels[number], name, value)
    push()


def _at(thing, path):
    for part in path.split("."):
        thing = thing[int(part)] if part.isdigit() else getattr(thing, part)
    return thing


def _set(thing, path, value):
    owner, _, name = path.rpartition(".")
    setattr(_at(thing, owner) if owner else thing, name, value)


def editor_strips():
    return versions.strips_of(editor())


def render(folder, start, end):
    """Render [start, end) into numbered pictures."""
    one = scene()
    before = one.frame_start, one.frame_end
    one.frame_start, one.frame_end = start, end - 1
    settings = one.render.image_settings
    if hasattr(settings, "media_type"):
        settings.media_type = "IMAGE"
    settings.file_format, settings.color_mode, settings.compression = "PNG", "RGB", 0
    one.render.filepath = str(Path(folder, "f"))
    bpy.ops.render.render(animation=True, scene=one.name)
    one.frame_start, one.frame_end = before


def push():
    versions.push_undo("by hand")


def undo():
    with bpy.context.temp_override(window=bpy.context.window_manager.windows[0]):
        bpy.ops.ed.undo()


def redo():
    with bpy.context.temp_override(window=bpy.context.window_manager.windows[0]):
        bpy.ops.ed.redo()


def remove(name):
    versions.strips_of(editor()).remove(strip(name))
    push()


def duplicate(name):
    """As Shift+D: the copy has copies of all properties."""
    for each in versions.all_strips(editor()):
        each.select = each.name == name
    with in_sequencer():
        bpy.ops.sequencer.duplicate()
    push()


def split(name, frame):
    """As K: both halves have copies of all properties."""
    for each in versions.all_strips(editor()):
        each.select = each.name == name
    with in_sequencer():
        bpy.ops.sequencer.split(frame=frame, type="SOFT", side="RIGHT")
    push()


def rename(name, new):
    strip(name).name = new
    push()


def into_meta(name, meta):
    """A meta strip of one strip."""
    for each in versions.all_strips(editor()):
        each.select = each.name == name
    with in_sequencer():
        bpy.ops.sequencer.meta_make()
    editor().active_strip = None
    next(each for each in editor_strips() if each.type == "META").name = meta
    push()


def open_meta(name):
    """Show the strips of a meta strip alone."""
    editor().display_stack(strip(name))


def preview(start, end):
    """Set the preview range; half-open."""
    one = scene()
    one.use_preview_range = True
    one.frame_preview_start, one.frame_preview_end = start, end - 1


def relative_paths(on):
    """The preference that paths are written relative to the .blend."""
    bpy.context.preferences.filepaths.use_relative_paths = on


def relative_paths_made():
    """As with File > External Data."""
    bpy.ops.file.make_paths_relative()


def path_in_file(name):
    """A movie's path as it is written."""
    return strip(name).filepath


def save(path):
    bpy.ops.wm.save_as_mainfile(filepath=path)


def load(path):
    bpy.ops.wm.open_mainfile(filepath=path)
    bridge.forget()
    prepare()


def state():
    """All that can be seen of the timeline, the takes' ids aside."""
    found = {}
    for each in versions.all_strips(editor()):
        found[each.name] = {
            "type": each.type,
            "channel": each.channel,
            "begin": each.frame_start,
            "range": [each.frame_final_start, each.frame_final_end],
            "mute": each.mute,
            "select": each.select,
            "keys": sorted(each.keys()),
        }
    curves = [each.data_path for each in versions.curves_of(scene()) or ()]
    data = scene().animation_data
    drivers = [each.data_path for each in data.drivers] if data is not None else []
    active = editor().active_strip
    return {
        "strips": found,
        "curves": sorted(curves),
        "drivers": sorted(drivers),
        "active": active.name if active is not None else "",
        "channels": [each.name for each in list(editor().channels)[:12]],
    }


def modifier_types():
    parameters = bpy.types.SequenceModifiers if hasattr(bpy.types, "SequenceModifiers") else None
    parameters = parameters or bpy.types.StripModifiers
    return [
        each.identifier for each in parameters.bl_rna.functions["new"].parameters["type"].enum_items
    ]


def answer(request):
    if request["do"] == "test":
        function = globals()[request["call"]]
        return {"ok": function(**request.get("with", {}))}
    return BRIDGE.answer(request)


def main():
    # Blender prints where the answers go.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    requests = os.fdopen(os.dup(0), encoding="utf-8")

    def write_line(line):
        answers.write(line)
        answers.flush()

    # After what Blender printed before this.
    write_line("ready\n")
    serving.serve(answer, requests.readline, write_line)
    # Not through Blender's own end: 4.5 as a module does not always come to it.
    os._exit(0)


main()
