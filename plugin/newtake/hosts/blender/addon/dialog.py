"""The dialog of a new take: how it should look, what will happen, what it costs, and the button.

Blender draws an open dialog again when something in it is changed; since 4.2 also when it is told
to. So what comes while it is open is drawn at once there; before, a dialog that was confirmed
without having shown its plan comes back with it.
"""

import textwrap

import bpy

from . import standing, versions
from .news import SESSION
from .planning import PLANNING

_WIDTH, _CHARACTERS = 520, 88
_STRENGTHS = [
    ("MODEL", "The model's own", "The model's own strength"),
    ("AUTO", "Auto controls", "The model chooses the strength by the footage"),
    *(
        (
            f"{word}_{degree}",
            f"{word.capitalize()} {degree}",
            f"{about}, degree {degree} of 3",
        )
        for word, about in (
            ("adhere", "Stays with the footage"),
            ("flex", "Between the footage and the words"),
            ("reimagine", "Goes with the words"),
        )
        for degree in (1, 2, 3)
    ),
]
_RESOLUTIONS = [(each, each, "Of the take that comes back") for each in ("540p", "720p", "1080p")]
_PROVIDERS = [
    ("SETTINGS", "As in the settings", "The service of this machine's settings"),
    ("oxen", "Oxen", "The service"),
    ("sandbox", "Sandbox", "A service on this machine, for trying out; free of charge"),
]
_items = []
"""Blender keeps no reference to the texts of items that a function gives."""
_applying = []
"""Not empty while a style's settings are put into a dialog: one question is enough."""


def _styles(self, context):
    rows = [("NONE", "No style", "Your own words alone")]
    rows += [(each["name"], each["title"], each["about"]) for each in PLANNING.styles]
    _items[:] = rows
    return _items


def _changed(self, context):
    if not _applying:
        PLANNING.ask(settings_of(self))


def _style_chosen(self, context):
    """A style's settings go into the dialog, where they can be changed."""
    style = next((each for each in PLANNING.styles if each["name"] == self.style), None)
    said = style["settings"] if style is not None else {}
    _applying.append(self)
    try:
        for name in ("resolution", "hdr", "exr_export", "variations"):
            if said.get(name) is not None:
                setattr(self, name, said[name])
        if said.get("auto_controls"):
            self.edit_strength = "AUTO"
        elif said.get("edit_strength"):
            self.edit_strength = said["edit_strength"]
    finally:
        _applying.pop()
    _changed(self, context)


def settings_of(holder):
    """The dialog's settings in the words of a plan's request."""
    strength = holder.edit_strength
    return {
        "prompt": holder.prompt,
        "style": None if holder.style in ("", "NONE") else holder.style,
        "resolution": holder.resolution,
        "edit_strength": None if strength in ("MODEL", "AUTO") else strength,
        "auto_controls": True if strength == "AUTO" else None,
        "hdr": holder.hdr,
        "exr_export": holder.exr_export,
        "variations": holder.variations,
        "provider": None if holder.provider == "SETTINGS" else holder.provider,
    }


class Settings:
    """What the dialog asks for; its operators have these properties."""

    prompt: bpy.props.StringProperty(
        name="Prompt", description="How the strip should look", update=_changed
    )
    style: bpy.props.EnumProperty(name="Style", items=_styles, update=_style_chosen)
    edit_strength: bpy.props.EnumProperty(
        name="Strength", items=_STRENGTHS, default="MODEL", update=_changed
    )
    resolution: bpy.props.EnumProperty(
        name="Resolution", items=_RESOLUTIONS, default="540p", update=_changed
    )
    hdr: bpy.props.BoolProperty(name="HDR", description="A take in HDR", update=_changed)
    exr_export: bpy.props.BoolProperty(
        name="EXR frames", description="Frames in EXR as well (with HDR)", update=_changed
    )
    variations: bpy.props.IntProperty(
        name="Variations", description="So many takes", default=1, min=1, max=4, update=_changed
    )
    provider: bpy.props.EnumProperty(
        name="Service", items=_PROVIDERS, default="SETTINGS", update=_changed
    )


_NAMES = tuple(Settings.__annotations__)


class NEWTAKE_OT_new_take(bpy.types.Operator):
    """Restyle the selected strips: each comes back as a new take above its original"""

    bl_idname = "newtake.new_take"
    bl_label = "New Take..."
    bl_options = {"REGISTER"}
    preview: bpy.props.BoolProperty(
        name="Preview range",
        description="What lies in the preview range, instead of the selected strips",
        options={"SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context):
        scene = versions.edited_scene(context)
        reason = standing.why_not(context)
        if not reason or (scene is not None and scene.use_preview_range):
            return True
        cls.poll_message_set(reason)
        return False

    def invoke(self, context, event):
        return self.execute(context)

    def execute(self, context):
        how = "preview" if self.preview else "auto"
        last = context.window_manager.operator_properties_last(NEWTAKE_OT_dialog.bl_idname)
        SESSION.say("looks at the strips ...")
        PLANNING.open(how, settings_of(last), lambda: _show(_kept(last)))
        return {"FINISHED"}


class NEWTAKE_OT_dialog(Settings, bpy.types.Operator):
    """Restyle what is shown, as it is shown"""

    bl_idname = "newtake.dialog"
    bl_label = "New Take"
    bl_options = {"INTERNAL"}
    agree_public: bpy.props.BoolProperty(
        name="I agree that others could read it", options={"SKIP_SAVE"}
    )
    again: bpy.props.BoolProperty(name="Pay for it again", options={"SKIP_SAVE"})

    def invoke(self, context, event):
        more = {"confirm_text": "Make Takes"} if bpy.app.version >= (4, 1) else {}
        return context.window_manager.invoke_props_dialog(self, width=_WIDTH, **more)

    def check(self, context):
        return True

    def draw(self, context):
        region = versions.popup_region(context)
        PLANNING.changed = region.tag_refresh_ui if region is not None else _nothing
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        # What is empty is written into at once; with the split of the others Blender would not.
        row = layout.row()
        row.use_property_split = False
        row.activate_init = not self.prompt
        row.prop(self, "prompt")
        for name in _NAMES[1:]:
            layout.prop(self, name)
        settings = settings_of(self)
        PLANNING.ask(settings)
        plan, trouble = PLANNING.draws(settings)
        box = layout.box().column(align=True)
        if plan is not None:
            _draw_plan(self, box, plan)
        elif trouble is not None:
            for at, line in enumerate(trouble.lines):
                _text(box, line, "ERROR" if at == 0 else "BLANK1")
        else:
            box.label(text="Says what will happen, and the price ...", icon="SORTTIME")
            if region is None:
                box.label(text="OK shows it here first; nothing begins before.", icon="BLANK1")

    def execute(self, context):
        PLANNING.changed = _nothing
        settings, kept = settings_of(self), _kept(self)
        plan, trouble = PLANNING.plan_of(settings), PLANNING.trouble_of(settings)
        if trouble is not None:
            self.report({"WARNING"}, trouble.what)
            return {"CANCELLED"}
        if plan is not None and PLANNING.was_drawn(settings) and not self._lacks(plan):
            SESSION.say("begins ...")
            PLANNING.begin(settings, self.agree_public, self.again, _begun)
            return {"FINISHED"}
        if plan is not None and self._lacks(plan):
            self.report({"WARNING"}, self._lacks(plan))
        PLANNING.ask(settings, lambda: _show(kept))
        return {"FINISHED"}

    def cancel(self, context):
        PLANNING.changed = _nothing

    def _lacks(self, plan):
        """What a person still has to say, where anything is."""
        if plan["missing"]:
            return plan["missing"]
        if not plan["clips"]:
            return "None of the strips can be restyled."
        if plan["publishes"] and not self.agree_public:
            return plan["publishes"]
        if plan["repeats"] and not self.again:
            return plan["repeats"][0]
        return ""


def _draw_plan(operator, box, plan):
    _text(box, plan["sentence"], "INFO")
    for row in plan["rows"]:
        words = (row["clip"], row["sent"], row["frames"], row["price"])
        _text(box, ": ".join((words[0], ", ".join(filter(None, words[1:])))), "FILE_MOVIE")
    for clip, reason in plan["refused"]:
        _text(box, f"{clip} is left out: {reason}", "CANCEL")
    for note in plan["notes"]:
        _text(box, note, "DOT")
    if plan["missing"]:
        _text(box, plan["missing"], "ERROR")
    for name, texts in (("agree_public", [plan["publishes"]]), ("again", plan["repeats"])):
        for text in filter(None, texts):
            _text(box, text, "ERROR")
        if any(texts):
            box.prop(operator, name)


def _text(layout, text, icon):
    """A paragraph: Blender's own labels are cut off at the edge."""
    for at, line in enumerate(textwrap.wrap(text, _CHARACTERS) or [""]):
        layout.label(text=line, icon=icon if at == 0 else "BLANK1", translate=False)


def _kept(holder):
    """The values of a dialog, for the next one."""
    return {name: getattr(holder, name) for name in _NAMES if getattr(holder, name) != ""}


def _show(kept):
    """Open the dialog at the mouse; from the timer, where no sequencer is under it."""
    SESSION.hush()
    with versions.some_sequencer():
        bpy.ops.newtake.dialog("INVOKE_DEFAULT", **kept)


def _begun(answer, trouble):
    if trouble is not None:
        SESSION.tell(" ".join(trouble.lines), "ERROR")
    else:
        count = len(answer["jobs"])
        SESSION.tell("1 take is being made." if count == 1 else f"{count} takes are being made.")


def _nothing():
    pass


CLASSES = (NEWTAKE_OT_new_take, NEWTAKE_OT_dialog)
