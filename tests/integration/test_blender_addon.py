"""The add-on whole in a Blender without a window: its own newtake, plan, button, takes, reasons.

What the timer does in a window is done here by hand. Debian's Blender, or what NEWTAKE_BLENDER
names.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from blender_child import PROGRAM
from blender_scripts import ran, version_of
from newtake.bootstrap import blender_addon
from newtake.bootstrap.blender_addon import Asked
from newtake.hosts.blender.places import module_of
from numbered_media import make_numbered

_BEGIN = """
import importlib, time
module = os.environ["MODULE"]
bpy.ops.wm.read_factory_settings(use_empty=True)
if hasattr(bpy.context.workspace, "sequencer_scene"):
    bpy.context.workspace.sequencer_scene = bpy.context.scene
bpy.ops.preferences.addon_enable(module=module)
part = lambda name: importlib.import_module(module + "." + name)
news, planning, dialog, standing = map(part, ("news", "planning", "dialog", "standing"))
versions, SESSION, PLANNING = part("versions"), news.SESSION, planning.PLANNING
scene = bpy.context.scene
scene.render.fps, scene.render.fps_base = 25, 1.0
editor = scene.sequence_editor_create()
new = lambda: versions.strips_of(editor)
clip = new().new_movie("clip", os.environ["FILM"], 1, 1)
clip.frame_final_start, clip.frame_final_end = 21, 61
for each in new():
    each.select = each.name == "clip"
editor.active_strip = clip
bpy.ops.wm.save_as_mainfile(filepath=os.environ["BLEND"])

def until(holds, seconds=120):
    end, longest = time.monotonic() + seconds, 0.0
    while not holds():
        begun = time.monotonic()
        news.tick()
        longest = max(longest, time.monotonic() - begun)
        assert time.monotonic() < end, (SESSION.state, SESSION.child and SESSION.child.last_words())
        time.sleep(0.02)
    return longest

def stands():
    return {each.name: [each.channel, each.frame_final_start, each.frame_final_end, each.mute]
            for each in versions.all_strips(editor)}
"""
_ROUND = """
there = []
settings = {"prompt": "noir", "style": None, "resolution": "540p", "edit_strength": None,
            "auto_controls": None, "hdr": False, "exr_export": False, "variations": 1,
            "cadence": None, "provider": "sandbox"}
PLANNING.open("auto", settings, lambda: there.append(1))
longest = until(lambda: there)
plan, trouble = PLANNING.draws(settings)
given = {"prompt": "noir", "provider": "sandbox"}
dialog._show = lambda: there.append(1)
def comes_back(**more):
    before = len(there)
    bpy.ops.newtake.dialog(**given, **more)
    until(lambda: len(there) > before)
# A question that newtake gets later than the newest one, which it ends for that.
PLANNING.ask({**settings, "prompt": "x"}, lambda: there.append(1))
time.sleep(0.2)
SESSION.page.post("plan", {**settings, "prompt": "y"}, lambda answer, trouble: None)
until(lambda: len(there) > 1)
overtaken = PLANNING.draws({**settings, "prompt": "x"})[0]["sentence"]
# Settings that do not fit: the dialog comes back with the words and the reason, each time anew.
comes_back(hdr=True)
comes_back(hdr=True, cadence="time")
unfit = {**settings, "hdr": True, "cadence": "time"}
refused = [dialog._last["prompt"], " ".join(PLANNING.draws(unfit)[1].lines)]
PLANNING.draws(settings)
bpy.ops.newtake.dialog(**given)
# Another press of the button begins nothing: it asks for a new plan first.
del there[1:]
bpy.ops.newtake.dialog(**given)
# Something is done to the timeline while the job is at work: an undo brings its mark back.
until(lambda: clip.color_tag == "COLOR_06")
versions.push_undo("by hand")
# Another scene has a copy of the strip meanwhile, with its mark.
other = bpy.data.scenes.new("other").sequence_editor_create()
copied = versions.strips_of(other).new_movie("copied", os.environ["FILM"], 1, 1)
copied["newtake_at_work"], copied.color_tag = clip["newtake_at_work"], "COLOR_06"
until(lambda: len(versions.all_strips(editor)) == 2)
until(lambda: SESSION.jobs and not SESSION.running)
copied = versions.all_strips(other)["copied"]
copied = [copied.color_tag, "newtake_at_work" in copied]
made, asked_again = stands(), len(there) - 1
take = next(each for each in versions.all_strips(editor) if each.name != "clip")
label = standing.label_of(take)
bpy.ops.newtake.switch(label="original")
original = stands()
bpy.ops.newtake.switch(label=label)
again = stands()
bpy.ops.newtake.remove()
left = stands()
# What was paid for is paid for again only where its box is ticked.
PLANNING.open("auto", settings, lambda: there.append(1))
until(lambda: len(there) > 2)
(box, red), *_ = part("plan_lines").to_agree(PLANNING.draws(settings)[0])
comes_back()
paid = [box, red[0][0], len(SESSION.jobs)]
def marked():
    strips = versions.all_strips(bpy.context.scene.sequence_editor)
    return [strips["clip"].color_tag, "newtake_at_work" in strips["clip"], len(strips)]
steps = []
for step in (bpy.ops.ed.undo,) * 4 + (bpy.ops.ed.redo,):
    with versions.some_window():
        step()
    steps.append(marked())
tell(copied=copied, refused=refused, overtaken=overtaken, paid=paid, steps=steps,
     sentence=plan["sentence"], made=made, original=original, again=again, left=left,
     jobs=[each["status"] for each in SESSION.jobs], asked_again=asked_again, longest=longest)
SESSION.let_go()
os._exit(0)
"""
_REASONS = """
reasons = {}
def reason(name, *kinds):
    for each in list(versions.all_strips(editor)):
        each.select = each.name in kinds
    reasons[name] = [standing.why_not(bpy.context), bpy.ops.newtake.new_take.poll()]
call = new().new_effect
word = "length" if "length" in new().bl_rna.functions["new_effect"].parameters else "frame_end"
for kind, at in (("TEXT", 3), ("ADJUSTMENT", 4)):
    call(kind.lower(), kind, at, frame_start=1, **{word: 40})
new().new_meta("meta", 5, 1)
reason("none")
for kind in ("text", "adjustment", "meta"):
    reason(kind, kind)
reason("clip", "clip")
reason("both", "clip", "text")
scene.use_preview_range = True
reason("preview")
tell(reasons=reasons)
os._exit(0)
"""

_EXR = """
clip["newtake_id"] = clip["newtake_clip"] = "u"
clip["newtake_take"] = "original"
def take(label, channel):
    strip = new().new_movie(label, os.environ["FILM"], channel, 1)
    strip["newtake_clip"], strip["newtake_take"], strip.mute = "u", label, channel != 2
for channel, label in enumerate(("one", "one/exr", "two", "two/exr"), 2):
    take(label, channel)
left = []
for label in ("one", "two/exr"):
    bpy.ops.newtake.remove(label=label)
    left.append(sorted(each.name for each in versions.all_strips(editor)))
tell(left=left)
os._exit(0)
"""


@pytest.fixture
def script(
    require_program: Callable[[str], str], tmp_path: Path
) -> Callable[[str], dict[str, object]]:
    """Runs a script in a Blender that has the add-on installed."""
    program = Path(os.environ.get(PROGRAM) or require_program("blender"))
    version = version_of(program)
    film = tmp_path / "film.mp4"
    make_numbered(require_program("ffmpeg"), film, rate=Fraction(25), frames=120, size=(320, 180))
    user = tmp_path / "user"
    user.mkdir()
    environment = {
        "HOME": str(user),
        "BLENDER_USER_RESOURCES": str(user),
        "BLENDER_USER_SCRIPTS": str(user / "scripts"),
        "NEWTAKE_HOME": str(tmp_path / "newtake"),
        "MODULE": module_of(version),
        "FILM": str(film),
        "BLEND": str(tmp_path / "edit.blend"),
    }
    blender_addon.install(
        environment, Asked(version=version), ask=lambda _: None, start=lambda _: None
    )
    return lambda text: ran(program, _BEGIN + text, environment)


def test_from_the_dialogs_button_to_the_take_and_back(
    script: Callable[[str], dict[str, object]],
) -> None:
    told = script(_ROUND)
    assert "Restyles 1 clip" in str(told["sentence"])
    made = told["made"]
    assert isinstance(made, dict)
    (name,) = set(made) - {"clip"}
    assert made == {"clip": [1, 21, 61, True], name: [2, 21, 61, False]}
    assert told["original"] == {"clip": [1, 21, 61, False], name: [2, 21, 61, True]}
    assert told["again"] == made
    assert told["left"] == {"clip": [1, 21, 61, False]}
    assert (told["jobs"], told["asked_again"]) == (["done"], 1)
    assert told["copied"] == ["NONE", False]
    assert told["overtaken"] == told["sentence"]
    # Removed, shown, shown, placed; then placed again.
    assert told["steps"] == [["NONE", False, count] for count in (2, 2, 2, 1, 2)]
    refused, paid = told["refused"], told["paid"]
    assert isinstance(refused, list)
    assert isinstance(paid, list)
    assert refused[0] == "noir"
    assert "HDR needs a resolution of 720p or 1080p." in refused[1]
    assert (paid[0], paid[2]) == ("again", 1)
    assert paid[1].startswith("made with these settings already, and would be paid for once more")


def test_what_cannot_be_restyled_says_why(script: Callable[[str], dict[str, object]]) -> None:
    assert script(_REASONS)["reasons"] == {
        "none": ["Select a strip first", False],
        "text": ["It is text, which Blender draws: choose the picture below it", False],
        "adjustment": ["It is an adjustment layer: choose the strips below it", False],
        "meta": ["It is a meta strip: open it with Tab and choose the strips in it", False],
        "clip": ["", True],
        "both": ["", True],
        "preview": ["Select a strip first", True],
    }


def test_a_take_goes_with_its_exr_images_and_these_go_alone(
    script: Callable[[str], dict[str, object]],
) -> None:
    assert script(_EXR)["left"] == [["clip", "two", "two/exr"], ["clip", "two"]]
