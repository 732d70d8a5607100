"""The dialog of a new take: how it should look, what will happen, what it costs, and the button.

Blender draws an open dialog again when something in it is changed; since 4.2 also when it is told
to. So what comes while it is open is drawn at once there; before, a dialog that was confirmed
without having shown its plan comes back with it. Whatever keeps it from beginning brings it back,
with all that was typed: a button that did nothing would have lost it.
"""

from types import SimpleNamespace

import bpy

from . import standing, versions
from .news import SESSION
from .plan_lines import lines_of, to_agree, wrapped
from .planning import PLANNING

_WIDTH = 520
_LINE_PIXELS, _OTHER_LINES = 21, 18
"""Of a dialog's line, and how many lines it has beside its plan: the settings, title and button."""
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
_RESOLUTIONS = [
    ("540p", "540p", "Of the take that comes back; too small for HDR"),
    ("720p", "720p", "Of the take that comes back; the smallest that HDR can have"),
    ("1080p", "1080p", "Of the take that comes back; with or without HDR"),
]
_CADENCES = [
    (
        "SETTINGS",
        "By the clip's rate",
        "Every frame is sent up to 30 a second, and real time is kept above, unless New Take's "
        "settings say otherwise",
    ),
    ("frame", "Every frame", "One for one: above 30 a second the model sees slow motion"),
    ("time", "Real time", "The model sees the speed as it is; frames between are left out"),
]
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
        if said.get("cadence"):
            self.cadence = "SETTINGS" if said["cadence"] == "auto" else said["cadence"]
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
        "cadence": None if holder.cadence == "SETTINGS" else holder.cadence,
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
        name="Resolution",
        description="Of the take that comes back. HDR needs 720p or 1080p",
        items=_RESOLUTIONS,
        default="540p",
        update=_changed,
    )
    hdr: bpy.props.BoolProperty(
        name="HDR",
        description="A take in HDR. It needs a resolution of 720p or 1080p",
        update=_changed,
    )
    exr_export: bpy.props.BoolProperty(
        name="EXR frames",
        description="The take's frames as EXR files as well. They need HDR",
        update=_changed,
    )
    variations: bpy.props.IntProperty(
        name="Variations",
        description="So many takes of each strip; each is paid for",
        default=1,
        min=1,
        max=4,
        update=_changed,
    )
    cadence: bpy.props.EnumProperty(
        name="Cadence",
        description="How frames are sent",
        items=_CADENCES,
        default="SETTINGS",
        update=_changed,
    )
    provider: bpy.props.EnumProperty(
        name="Service", items=_PROVIDERS, default="SETTINGS", update=_changed
    )


_NAMES = tuple(Settings.__annotations__)
_last = {
    "prompt": "",
    "style": "NONE",
    "edit_strength": "MODEL",
    "resolution": "540p",
    "hdr": False,
    "exr_export": False,
    "variations": 1,
    "cadence": "SETTINGS",
    "provider": "SETTINGS",
}
"""What the dialog had when it was left last, by whichever button; the next one begins with it."""


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
        SESSION.say("looks at the strips ...")
        PLANNING.open(how, settings_of(SimpleNamespace(**_last)), _show)
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
        settings = settings_of(self)
        PLANNING.ask(settings)
        plan, trouble = PLANNING.draws(settings)
        layout = self.layout
        # What may cost twice, or is seen by others, comes before everything else.
        agree = to_agree(plan) if plan is not None else []
        for name, lines in agree:
            box = layout.box().column(align=True)
            _draw(box, lines, alert=True)
            box.prop(self, name)
        layout.use_property_split = True
        layout.use_property_decorate = False
        # What is empty is written into at once; with the split of the others Blender would not.
        row = layout.row()
        row.use_property_split = False
        row.activate_init = not self.prompt
        row.prop(self, "prompt")
        for name in _NAMES[1:]:
            layout.prop(self, name)
        box = layout.box().column(align=True)
        if plan is not None:
            _draw(box, lines_of(plan, _room(context, agree)))
        elif trouble is not None:
            for at, line in enumerate(trouble.lines):
                _draw(box, wrapped(line, "ERROR" if at == 0 else "BLANK1"), alert=at == 0)
        else:
            box.label(text="Says what will happen, and the price ...", icon="SORTTIME")
            if region is None:
                box.label(text="OK shows it here first; nothing begins before.", icon="BLANK1")

    def execute(self, context):
        PLANNING.changed = _nothing
        _keep(self)
        settings = settings_of(self)
        plan, trouble = PLANNING.plan_of(settings), PLANNING.trouble_of(settings)
        if plan is not None and PLANNING.was_drawn(settings) and not self._lacks(plan):
            SESSION.say("begins ...")
            PLANNING.begin(settings, self.agree_public, self.again, _begun)
            return {"FINISHED"}
        if trouble is not None:
            self.report({"WARNING"}, " ".join(trouble.lines))
            # It may have passed by now; what is wrong with the settings is said anew.
            PLANNING.forget(settings)
        elif plan is not None and self._lacks(plan):
            self.report({"WARNING"}, self._lacks(plan))
        PLANNING.ask(settings, lambda: SESSION.soon(lambda: _show()))
        return {"FINISHED"}

    def cancel(self, context):
        PLANNING.changed = _nothing
        _keep(self)

    def _lacks(self, plan):
        """What a person still has to say, where anything is."""
        if plan["missing"]:
            return plan["missing"]
        if not plan["clips"]:
            return "None of the strips can be restyled."
        for name, lines in to_agree(plan):
            if not getattr(self, name):
                return " ".join(text for text, _ in lines)
        return ""


def _room(context, agree):
    """How many lines a plan may have for the dialog's button to stay in the window."""
    pixels = _LINE_PIXELS * context.preferences.system.ui_scale
    lines = int(context.window.height / pixels) - _OTHER_LINES
    return max(6, lines - sum(len(each) + 2 for _, each in agree))


def _draw(layout, lines, alert=False):
    for text, icon in lines:
        row = layout.row()
        row.alert = alert
        row.label(text=text, icon=icon, translate=False)


def _keep(holder):
    """The values of a dialog, for the next one."""
    _last.update({name: getattr(holder, name) for name in _NAMES})
    _last["style"] = holder.style or "NONE"


def _show():
    """Open the dialog at the mouse; from the timer, where no sequencer is under it."""
    SESSION.hush()
    if _last["style"] not in [each["name"] for each in PLANNING.styles]:
        _last["style"] = "NONE"
    with versions.some_sequencer():
        bpy.ops.newtake.dialog("INVOKE_DEFAULT", **_last)


def _begun(answer, trouble):
    if trouble is not None:
        SESSION.tell(" ".join(trouble.lines), "ERROR")
    else:
        count = len(answer["jobs"])
        SESSION.tell("1 take is being made." if count == 1 else f"{count} takes are being made.")


def _nothing():
    pass


CLASSES = (NEWTAKE_OT_new_take, NEWTAKE_OT_dialog)
