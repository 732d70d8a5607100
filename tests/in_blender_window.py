"""Runs inside a Blender with a window, as its script: does what a test asks, between two turns.

Requests are lines of JSON on standard input: {"call": a function below, "with": its arguments}.
What a person would do is done by the test with a mouse and a keyboard, not here. The add-on is the
installed one.
"""

import itertools
import json
import os
import queue
import sys
import threading
import time

import bpy

ANSWERS = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
os.dup2(2, 1)
CAME: "queue.Queue[object]" = queue.Queue()
TICKS: "list[float]" = []


def scene():
    return bpy.context.scene


def sequencer():
    """The window, area and region with the timeline."""
    window = bpy.context.window_manager.windows[0]
    for area in window.screen.areas:
        if area.type == "SEQUENCE_EDITOR" and area.spaces.active.view_type != "PREVIEW":
            region = next(each for each in area.regions if each.type == "WINDOW")
            return window, area, region
    raise LookupError("no sequencer is open")


def build(rate, strips):
    """A timeline of cuts [name, file, channel, start, end, first media frame]."""
    one = scene()
    one.render.fps, one.render.fps_base = rate
    one.render.resolution_x, one.render.resolution_y = 480, 270
    one.render.resolution_percentage = 100
    one.view_settings.view_transform = "Standard"
    editor = one.sequence_editor_create()
    for name, media, channel, start, end, first in strips:
        made = editor.sequences.new_movie(name, media, channel, start - first)
        made.frame_final_start, made.frame_final_end = start, end
        made.select = False
    one.frame_start = min(each[3] for each in strips)
    one.frame_end = max(each[4] for each in strips) - 1
    editor.active_strip = None
    window, area, region = sequencer()
    with bpy.context.temp_override(window=window, area=area, region=region):
        bpy.ops.sequencer.view_all()


def place_of(name):
    """Where the middle of a strip is, in pixels of the window from its upper left corner."""
    window, _, region = sequencer()
    strip = scene().sequence_editor.sequences_all[name]
    middle = (strip.frame_final_start + strip.frame_final_end) / 2
    x, y = region.view2d.view_to_region(middle, strip.channel + 0.5, clip=False)
    return [region.x + x, window.height - (region.y + y)]


def state():
    found = {}
    for each in scene().sequence_editor.sequences_all:
        found[each.name] = {
            "channel": each.channel,
            "range": [each.frame_final_start, each.frame_final_end],
            "mute": each.mute,
            "colour": each.color_tag,
            "select": each.select,
            "label": each.get("newtake_take", ""),
        }
    return found


def save(path):
    bpy.ops.wm.save_as_mainfile(filepath=path)


def load(path):
    bpy.ops.wm.open_mainfile(filepath=path)


def ticked(since):
    """How often the main loop came round since then, and the longest pause between, in seconds."""
    times = [each for each in TICKS if each >= since]
    pauses = [after - before for before, after in itertools.pairwise(times)]
    return [len(times), max(pauses, default=0.0)]


def now():
    return time.monotonic()


def session():
    """What the add-on knows of its newtake."""
    news = sys.modules["new_take.news"]
    return {
        "page": news.SESSION.page.url if news.SESSION.page else "",
        "pid": news.SESSION.child._process.pid if news.SESSION.child else None,
        "jobs": [[each["clip"], each["status"]] for each in news.SESSION.jobs],
        "waiting": news.SESSION.waiting,
        # By that newtake: the lease of one that was killed may count for a moment.
        "running": sum(not each["elsewhere"] for each in news.SESSION.running),
        "stopped": len(news.SESSION.stopped),
        "unsaved": news.SESSION.unsaved,
        "undone": news.SESSION.undone,
    }


def dialog():
    """The words that the dialog's plan is for, and its sentence; None while it shows none."""
    planning = sys.modules["new_take.planning"].PLANNING
    plan = planning._plans.get(planning._drawn)
    return None if plan is None else [json.loads(planning._drawn)["prompt"], plan["sentence"]]


def tick():
    TICKS.append(time.monotonic())
    del TICKS[:-20000]
    try:
        request = CAME.get_nowait()
    except queue.Empty:
        return 0.02
    try:
        answer = {"ok": globals()[request["call"]](**request.get("with", {}))}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    ANSWERS.write(json.dumps(answer) + "\n")
    ANSWERS.flush()
    return 0.02


def listen():
    for line in sys.stdin:
        CAME.put(json.loads(line))


def ready():
    try:
        sequencer()
    except LookupError:
        # File > New > Video Editing. (Blender's option `--app-template` has preferences, and so
        # add-ons, of its own.)
        bpy.ops.wm.read_homefile(app_template="Video_Editing")
        return 0.5
    ANSWERS.write(json.dumps({"ok": "ready"}) + "\n")
    ANSWERS.flush()
    return None


bpy.context.preferences.view.show_splash = False
threading.Thread(target=listen, daemon=True).start()
bpy.app.timers.register(tick, persistent=True)
bpy.app.timers.register(ready, first_interval=0.5, persistent=True)
