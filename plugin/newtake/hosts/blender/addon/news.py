"""What goes on between Blender and its newtake: one session, carried on by a timer.

Rule 1: Blender never waits for it; what has come is taken on the main thread, a piece at a time.
Rule 2: what a person should know is told once: reports, a status text, and the jobs' popover.
"""

import time

import bpy
from bpy.app.handlers import persistent

from . import begun, bridge, identity, job_words, marks, preferences, versions
from .answering import Answering
from .child import Child
from .page import Page, Trouble
from .quiet import QUIET

BUSY_SECONDS, IDLE_SECONDS = 0.05, 0.5
_TEXT_SECONDS = 8.0


class Session:
    """The one newtake of this Blender, and what is known of it."""

    def __init__(self):
        self.answering = Answering(self._line_answered)
        self.answering.bridge.others["page"] = self._page_opened
        self.child = None
        self.page = None
        self.state = None
        """The newest state as the page's events have it; None before the first. Of a newtake that
        has ended the last one, with its jobs at rest."""
        self._is_known = False
        """Whether the state is of the newtake that is there."""
        self._when_there = []
        self._soon = []
        self._said = {}
        """The status of each job as it was seen last."""
        self._text_until = 0.0
        self._offered = None
        self._lively_until = 0.0

    def when_there(self, do):
        """Have something done once newtake is there; it is started where it is not.

        `do(page)`, or with None where it could not be started: that was told then.
        """
        if self.page is not None:
            do(self.page)
            return
        self._when_there.append(do)
        if self.child is None:
            self._start()

    def ask(self, what, body, then):
        """Post to the page once it is there; `then(answer, trouble)`."""

        def do(page):
            if page is None:
                then(None, Trouble({"what": "New Take could not be started."}))
            else:
                page.post(what, body, then)

        self.when_there(do)

    def soon(self, do):
        """Have something done in the next turn, outside of the operator that asks for it."""
        self._soon.append(do)

    def say(self, text):
        """Show a text in the status bar for a while."""
        self._text_until = time.monotonic() + _TEXT_SECONDS
        _status_text("New Take: " + text)

    def hush(self):
        self._text_until = 0.0
        _status_text(None)

    def tell(self, text, kind="INFO"):
        """Report it, as an operator of Blender does."""
        self.say(text)
        with _window():
            try:
                bpy.ops.newtake.tell("INVOKE_DEFAULT", text=text, kind=kind)
            except RuntimeError:
                # No window, as in a test: the status bar would not be there either.
                print("New Take: " + text)

    def turn(self):
        """One turn of the timer: seconds until the next one."""
        now = time.monotonic()
        if self._text_until and now > self._text_until:
            self.hush()
        soon, self._soon = self._soon, []
        for do in soon:
            do()
        if self.child is not None:
            self.answering.turn(self.child)
        if self.page is not None:
            self.page.take(self._state_came)
        if self.child is not None and self.child.has_ended:
            self._ended()
        lively = (
            self._when_there
            or self.running
            or self.answering.is_busy
            or time.monotonic() < self._lively_until
        )
        return BUSY_SECONDS if self.child is not None and lively else IDLE_SECONDS

    @property
    def running(self):
        """The jobs that are under way."""
        return [each for each in self.jobs if each["running"]]

    @property
    def stopped(self):
        """The jobs for the file that is open that rest in the middle and can go on."""
        return [each for each in self.jobs if job_words.is_stopped(each)]

    @property
    def jobs(self):
        return self.state["jobs"] if self.state else []

    @property
    def waiting(self):
        """How many takes wait for the file that is open."""
        return sum(each["takes"] for each in self._rows_here)

    @property
    def ready(self):
        """How many of these would find a place in it as it stands."""
        return sum(each["takes"] - each["no_place"] for each in self._rows_here)

    @property
    def unsaved(self):
        """How many of those that wait were placed once, and the file was not saved with them."""
        return sum(each["unsaved"] for each in self._rows_here)

    @property
    def undone(self):
        """How many takes an undo took away: offered, and none that wait."""
        return sum(each["undone"] for each in self._rows_here)

    @property
    def _rows_here(self):
        rows = self.state["waiting"] if self.state else []
        return [each for each in rows if each["here"]]

    def file_opened(self):
        """Another file is open: what was known of strips was the other's."""
        bridge.forget()
        self._offered = None
        if self.child is None:
            self.state = None
        self.tidy()
        had_jobs = any(each.get(identity.DOCUMENT) for each in bpy.data.scenes)
        if self.child is None and (had_jobs or begun.knows(bpy.data.filepath)):
            # A file that has takes, or may get some: newtake says whether any wait.
            try:
                preferences.command(bpy.context)
            except preferences.NoCommand:
                return
            self.when_there(lambda page: None)

    def tidy(self):
        """Take marks of jobs away that have ended: an undo, a redo or a file brought them back, or
        a strip was copied with its mark."""
        if self.state is not None or self.child is None:
            marks.tidy({each["id"] for each in self.running})

    def let_go(self):
        self.answering.forget()
        if self.child is not None:
            self.child.let_go()
        if self.page is not None:
            self.page.close()
        self.child = self.page = self.state = None
        self._is_known = False

    def _start(self):
        try:
            words, home = preferences.command(bpy.context)
            self.child = Child(words, home)
        except (preferences.NoCommand, OSError) as problem:
            self._not_there(str(problem))
            return
        self.say("starts ...")

    def _not_there(self, why):
        self.tell("New Take could not be started. " + why, "ERROR")
        self._release(None)

    def _release(self, page):
        waiting, self._when_there = self._when_there, []
        for do in waiting:
            do(page)

    def _page_opened(self, request):
        self.page = Page(request["url"])
        self._release(self.page)
        return {}

    def _line_answered(self):
        self._lively_until = time.monotonic() + 2.0
        redraw()

    def _ended(self):
        told = self.child.last_words()
        was_there, left = self.page is not None, self.state
        running = sum(map(job_words.is_own, self.jobs))
        self.let_go()
        self._said = {}
        if left is not None:
            self.state = job_words.at_rest(left)
        if not was_there:
            self._not_there(told.splitlines()[-1] if told else "It ended at once.")
        elif running:
            jobs = "1 job was" if running == 1 else f"{running} jobs were"
            self.tell(
                f"New Take has ended while {jobs} under way: New Take in the sequencer's header "
                "goes on.",
                "WARNING",
            )
        redraw()

    def _state_came(self, state):
        first = not self._is_known
        were_running = {each["id"] for each in self.running}
        self.state, self._is_known = state, True
        if first or were_running - {each["id"] for each in self.running}:
            self.tidy()
        if any(each["timeline_here"] for each in state["jobs"]):
            begun.note(bpy.data.filepath)
        for job in state["jobs"]:
            was, self._said[job["id"]] = self._said.get(job["id"]), job["status"]
            # One that is new here may have come to its end already.
            if not first and was != job["status"] and (was or job["status"] == "done"):
                self._job_changed(job)
        # Those of other Blenders are no reason to wait.
        if not any(map(job_words.is_own, self.jobs)):
            self._offer()
        redraw()

    def _offer(self):
        """Say once that takes wait; again where others have a place by now, as after an undo."""
        waiting, ready = self.waiting, self.ready
        offer = (bpy.data.filepath, waiting, ready) if waiting else None
        before, self._offered = self._offered, offer
        if offer is None or offer == before:
            return
        if ready or before is None or before[0] != offer[0]:
            self.tell(job_words.offer_of(waiting, ready, self.unsaved))
        # Else one more has no place, which was told with its job.

    def _job_changed(self, job):
        name, status = " ".join(filter(None, (job["clip"], job_words.place_of(job)))), job["status"]
        if status == "done":
            self.tell(f"The take of {name} is there.")
        elif status == "cancelled":
            self.tell(f"{name}: cancelled.")
        elif status in ("failed", "unsure"):
            failure = job.get("failure") or {}
            if failure.get("error") == "HostAwayError":
                # Its take waits, which is told by itself.
                return
            words = [failure.get(key) or "" for key in ("what", "next")]
            self.tell("{}: {}".format(name, " ".join(words).strip() or status), "WARNING")


SESSION = Session()


def redraw():
    """Have every sequencer drawn anew, and its header."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "SEQUENCE_EDITOR":
                area.tag_redraw()


def _status_text(text):
    for workspace in {each.workspace for each in bpy.context.window_manager.windows}:
        workspace.status_text_set(text)


def _window():
    return versions.some_window()


def tick():
    try:
        return SESSION.turn()
    except Exception as error:
        # A timer that raises is never called again.
        print(f"New Take: {type(error).__name__}: {error}")
        return IDLE_SECONDS


@persistent
def _file_opened(*_):
    SESSION.file_opened()


@persistent
def _undone(*_):
    SESSION.tidy()


def _handlers():
    handlers = bpy.app.handlers
    return (
        (handlers.load_post, _file_opened),
        (handlers.undo_post, _undone),
        (handlers.redo_post, _undone),
    )


def start():
    for handlers, each in _handlers():
        handlers.append(each)
    QUIET.add()
    bpy.app.timers.register(tick, first_interval=IDLE_SECONDS, persistent=True)


def stop():
    SESSION.let_go()
    QUIET.take_away()
    for handlers, each in _handlers():
        if each in handlers:
            handlers.remove(each)
    if bpy.app.timers.is_registered(tick):
        bpy.app.timers.unregister(tick)
