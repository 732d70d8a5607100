"""How strips stand, as menus need it: what can be restyled, and which takes there are.

Cheap enough to be asked whenever something is drawn.
"""

from . import bridge, strips, versions
from .identity import CLIP, ORIGINAL, TAKE

_PICTURES = ("MOVIE", "IMAGE")
_REASONS = {
    "SOUND": "It is sound: choose the picture above it",
    "TEXT": "It is text, which Blender draws: choose the picture below it",
    "COLOR": "It is a colour, which Blender draws, and no footage",
    "SCENE": "It is a scene: render it to a movie and choose that",
    "MASK": "It is a mask, and no footage",
    "MOVIECLIP": "It is a movie clip of the clip editor: add its file as a movie",
    "META": "It is a meta strip: open it with Tab and choose the strips in it",
    "ADJUSTMENT": "It is an adjustment layer: choose the strips below it",
    "MULTICAM": "It is a multicam selector: choose the strip that it shows",
    "SPEED": "It is a speed effect: choose the strip that it is made of",
}
"""In short, before newtake is asked; what a plan says has the whole reason."""


def editor_of(context):
    """The sequence editor that is shown, or None."""
    scene = versions.edited_scene(context)
    return scene.sequence_editor if scene is not None else None


def selected(context):
    """The selected strips that are seen."""
    editor = editor_of(context)
    if editor is None:
        return []
    metas = editor.meta_stack
    shown = versions.strips_of(metas[-1]) if metas else versions.strips_of(editor)
    return [each for each in shown if each.select]


def active(context):
    editor = editor_of(context)
    return editor.active_strip if editor is not None else None


def why_not(context):
    """Why nothing of what is selected can be restyled; "" where something may be."""
    if editor_of(context) is None:
        return "This scene has no strips"
    some = selected(context)
    if not some:
        return "Select a strip first"
    if any(each.type in _PICTURES for each in some):
        return ""
    return _REASONS.get(some[0].type, "It is an effect: choose the strips that it is made of")


def has_takes(strip):
    return strip is not None and bool(strip.get(CLIP)) and bool(strip.get(TAKE))


def takes_of(context, strip):
    """The uid of a strip's clip, its original, and its takes in their order.

    The strip may be the original or a take.
    """
    sequencer = strips.Sequencer(versions.edited_scene(context), ())
    uid = sequencer.clips.get(strip.name) or sequencer.uid(strip)
    takes = sequencer.takes(uid)
    return uid, sequencer.strip(uid), [takes[label] for label in sorted(takes)]


def label_of(strip):
    return strip.get(TAKE) or ORIGINAL


def uid_of(context, strip):
    """The id of a strip's clip."""
    return takes_of(context, strip)[0]


def change(do, **body):
    """Have the bridge do something with the strips. Raises: BridgeError."""
    return bridge.Bridge().answer({"do": do, "document": None, **body})["ok"]
