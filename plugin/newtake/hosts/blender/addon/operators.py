"""What a person can have done besides a new take: switch, remove, compare, cancel, go on."""

import webbrowser
from urllib.parse import quote, unquote

import bpy

from . import job_words, standing
from .identity import EXR_LABEL, ORIGINAL
from .news import SESSION
from .serving import BridgeError

_RESUME = "Go on with this job"


class _OfTakes(bpy.types.Operator):
    bl_options = {"REGISTER", "INTERNAL"}

    @classmethod
    def poll(cls, context):
        if standing.has_takes(standing.active(context)):
            return True
        cls.poll_message_set("The active strip has no takes yet")
        return False

    def carry_out(self, do, **body):
        """One undo step of its own."""
        try:
            standing.change(do, **body)
        except BridgeError as problem:
            self.report({"ERROR"}, problem.text)
            return {"CANCELLED"}
        return {"FINISHED"}


class NEWTAKE_OT_switch(_OfTakes):
    """Show this take; the original and the others are muted"""

    bl_idname = "newtake.switch"
    bl_label = "Show Take"
    label: bpy.props.StringProperty(default=ORIGINAL, options={"HIDDEN", "SKIP_SAVE"})

    def execute(self, context):
        uid = standing.uid_of(context, standing.active(context))
        return self.carry_out("switch", clip=uid, label=self.label, undo="Switch Take")


class NEWTAKE_OT_remove(_OfTakes):
    """Remove this take's strip, and that of its EXR images; the files stay"""

    bl_idname = "newtake.remove"
    bl_label = "Remove Take"
    label: bpy.props.StringProperty(options={"HIDDEN", "SKIP_SAVE"})

    def execute(self, context):
        uid, _, takes = standing.takes_of(context, standing.active(context))
        label = self.label or next((standing.label_of(each) for each in takes if not each.mute), "")
        if not label:
            self.report({"WARNING"}, "The original shows; no take was removed.")
            return {"CANCELLED"}
        labels = [label, label + EXR_LABEL]  # of an EXR's strip only itself
        return self.carry_out("remove", clip=uid, labels=labels, undo="Remove Take")


class NEWTAKE_OT_compare(_OfTakes):
    """Compare the takes with the original, frame by frame, in New Take's panel in a browser"""

    bl_idname = "newtake.compare"
    bl_label = "Compare in Panel"

    def execute(self, context):
        uid = standing.uid_of(context, standing.active(context))

        def came(edit, trouble):
            key = None if edit is None else _key_of(edit, uid)
            if key is None:
                SESSION.tell(trouble.what if trouble else "The strip is not listed.", "WARNING")
            else:
                _open("#compare=" + quote(key, safe=""))

        _with_page(lambda page: page.get("edit", came))
        return {"FINISHED"}


class NEWTAKE_OT_panel(bpy.types.Operator):
    """Open New Take's panel of this timeline in a browser"""

    bl_idname = "newtake.panel"
    bl_label = "Open New Take's Panel"
    bl_options = {"REGISTER"}

    def execute(self, context):
        _with_page(lambda page: _open(""))
        return {"FINISHED"}


class NEWTAKE_OT_collect(bpy.types.Operator):
    """Bring in the takes that wait for this file, and go on with what stopped and is paid for"""

    bl_idname = "newtake.collect"
    bl_label = "Bring In Takes That Wait"
    bl_options = {"REGISTER"}

    def execute(self, context):
        SESSION.ask("collect", {}, _told)
        return {"FINISHED"}


class _OfJob(bpy.types.Operator):
    """Asked in a dialog where money is at stake; there is no other way to see all of it first."""

    bl_options = {"REGISTER", "INTERNAL"}
    job: bpy.props.StringProperty(options={"HIDDEN", "SKIP_SAVE"})
    _lines = ()

    def ask(self, context, lines, button):
        self._lines = lines
        more = {"confirm_text": button} if bpy.app.version >= (4, 1) else {}
        return context.window_manager.invoke_props_dialog(self, width=420, **more)

    def draw(self, context):
        for text in self._lines:
            self.layout.label(text=text, translate=False)


class NEWTAKE_OT_cancel(_OfJob):
    """Ask for this job's end"""

    bl_idname = "newtake.cancel"
    bl_label = "Cancel Job"

    def invoke(self, context, event):
        job = _job(self.job)
        lines = job_words.question_of_ending(job) if job is not None else []
        if not lines:
            return self.execute(context)
        return self.ask(context, ["Cancel {}?".format(job["clip"]), *lines], "Cancel the Job")

    def execute(self, context):
        SESSION.ask("cancel", {"job": self.job}, _told)
        return {"FINISHED"}


class NEWTAKE_OT_resume(_OfJob):
    """Go on with this job"""

    bl_idname = "newtake.resume"
    bl_label = "Resume"
    _price = None

    @classmethod
    def description(cls, context, properties):
        job = _job(properties.job)
        return _RESUME + (". " + job_words.price_of_going_on(job) if job is not None else "")

    def invoke(self, context, event):
        job = _job(self.job)
        if job is None:
            return {"CANCELLED"}
        # What is shown is what is agreed to, whatever becomes of the job meanwhile.
        self._price = job["resume_price"]
        lines = ["Go on with {}?".format(job["clip"]), job_words.price_of_going_on(job)]
        return self.ask(context, [*lines, "So far: {}.".format(job["money"])], "Go On")

    def execute(self, context):
        def came(answer, trouble):
            if trouble is not None:
                SESSION.tell(" ".join(trouble.lines), "WARNING")

        SESSION.ask("resume", {"job": self.job, "price": self._price}, came)
        return {"FINISHED"}


class NEWTAKE_OT_lay(bpy.types.Operator):
    """Place this take on a channel of its own, at the frames where its strip was when it was sent;
    nothing is paid again"""

    bl_idname = "newtake.lay"
    bl_label = "Place Where It Was"
    bl_options = {"REGISTER", "INTERNAL"}
    job: bpy.props.StringProperty(options={"HIDDEN", "SKIP_SAVE"})

    def execute(self, context):
        def came(answer, trouble):
            if trouble is not None:
                SESSION.tell(" ".join(trouble.lines), "WARNING")

        SESSION.ask("resume", {"job": self.job, "price": None, "where_it_was": True}, came)
        return {"FINISHED"}


class NEWTAKE_OT_tell(bpy.types.Operator):
    """Reports a text, as any operator does"""

    bl_idname = "newtake.tell"
    bl_label = "New Take"
    bl_options = {"INTERNAL"}
    text: bpy.props.StringProperty(options={"HIDDEN", "SKIP_SAVE"})
    kind: bpy.props.StringProperty(default="INFO", options={"HIDDEN", "SKIP_SAVE"})

    def invoke(self, context, event):
        # What is reported while Python calls an operator is not shown; in its next event it is.
        self._timer = context.window_manager.event_timer_add(0.01, window=context.window)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context, event):
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        context.window_manager.event_timer_remove(self._timer)
        self.report({self.kind}, self.text)
        return {"FINISHED"}


def _job(job):
    """A job of the newest state by its id; None where it is not listed any more."""
    return next((each for each in SESSION.jobs if each["id"] == job), None)


def _told(answer, trouble):
    if trouble is not None:
        SESSION.tell(" ".join(trouble.lines), "WARNING")
    else:
        SESSION.tell(answer["text"])


def _with_page(do):
    SESSION.when_there(lambda page: do(page) if page is not None else None)


def _open(fragment):
    webbrowser.open(SESSION.page.url + fragment)


def _key_of(edit, uid):
    """The key of a strip's clip; its third part is the strip's id."""
    for track in edit["tracks"]:
        for item in track["items"]:
            parts = item["key"].split("|")
            if len(parts) > 2 and unquote(parts[2]) == uid:
                return item["key"]
    return None


CLASSES = (
    NEWTAKE_OT_switch,
    NEWTAKE_OT_remove,
    NEWTAKE_OT_compare,
    NEWTAKE_OT_panel,
    NEWTAKE_OT_collect,
    NEWTAKE_OT_cancel,
    NEWTAKE_OT_resume,
    NEWTAKE_OT_lay,
    NEWTAKE_OT_tell,
)
