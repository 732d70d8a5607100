"""The inside of the fake Resolve: one call comes in, is recorded, and is carried out or not.

Rule 1: a failure is a value (None, False, [] or ""), never an exception.
Rule 2: every call is recorded with its version; what the version's documents do not have is a
violation as well, and is answered with None.
"""

from __future__ import annotations

import threading
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from newtake.testing.resolve.quirks import Quirks
from newtake.testing.resolve.state import Project, Record, Timeline
from newtake.testing.resolve.table import Method, Version, methods_at, version_of

Action: TypeAlias = Literal["pause", "refuse", "dialog", "quit"]
Moment: TypeAlias = Literal["before", "after"]

_PROJECT_CLASSES = frozenset(
    {"Project", "MediaPool", "Folder", "MediaPoolItem", "Timeline", "TimelineItem", "Graph"}
)


@dataclass(frozen=True)
class RecordedCall:
    """One call as it came: objects among the arguments are their class names."""

    class_name: str
    method: str
    args: tuple[Any, ...]
    version: str
    value: Any = None
    """What was answered; objects by their class names."""


@dataclass
class Hook:
    """What happens at coming calls of one method."""

    method: str
    action: Action
    moment: Moment
    skip: int
    times: int
    reached: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    dropped: bool = False
    """The paused call is not carried out: whoever made it is no longer there."""


class ResolveObject:
    """One object of the API: the record behind it, and methods with the vendor's names."""

    class_name = ""

    def __init__(self, world: World, record: Record | None = None) -> None:
        self.world = world
        self.any_record = record


class World:
    """Everything that one running Resolve knows."""

    def __init__(self, version: str, edition: str, quirks: Quirks) -> None:
        self.version_text = version
        self.version: Version = version_of(version)
        self.edition = edition
        self.quirks = quirks
        self.methods: dict[str, dict[str, Method]] = methods_at(self.version)
        self.classes: dict[str, type[ResolveObject]] = {}
        self.projects: list[Project] = []
        self._saved: dict[str, Project] = {}
        self.project: Project | None = None
        self.page = "edit"
        self.dialog = False
        self.has_quit = False
        self.external_scripting = True
        self.runs = 0
        """Counts the starts of Resolve: every handle of an earlier one is stale."""
        self.session = 0
        """Counts the project switches: handles of an earlier session are stale."""
        self.timeline_session = 0
        self.calls: list[RecordedCall] = []
        self.violations: list[str] = []
        self.absent: list[str] = []
        self.unmodelled: list[str] = []
        self.bad_arguments: list[str] = []
        self.hooks: list[Hook] = []
        self.lock = threading.RLock()
        self._handles: dict[str, tuple[str, Record | None, int, int, int]] = {}

    @property
    def timeline(self) -> Timeline | None:
        return self.project.current_timeline if self.project else None

    def open_project(self, project: Project | None) -> None:
        """Make a project the current one; handles of the one before go stale."""
        if project is not self.project:
            self.session += 1
            self.project = project

    def start_again(self) -> None:
        """Resolve was quit and runs again, with the same project open; no handle is any good."""
        self.has_quit = self.dialog = False
        self.runs += 1

    def save_project(self) -> None:
        """Keep the open project as it is now."""
        if self.project is not None:
            self._saved[self.project.uid] = deepcopy(self.project)

    def revert_project(self) -> None:
        """Open what was kept of the open project; everything has the unique ids it had."""
        if self.project is not None:
            kept = deepcopy(self._saved[self.project.uid])
            self.projects[self.projects.index(self.project)] = kept
            self.open_project(kept)

    def open_timeline(self, timeline: Timeline | None) -> None:
        if self.project is not None and timeline is not self.project.current_timeline:
            self.timeline_session += 1
            self.project.current_timeline = timeline

    def open_page(self, page: str) -> None:
        """Change the page; the Deliver page may clear the timeline's marks."""
        if page == "deliver" and self.page != "deliver" and self.quirks.deliver_clears_marks:
            for timeline in self.project.timelines if self.project else []:
                timeline.marks.clear()
        self.page = page

    def pack(self, value: Any) -> Any:
        """A value as it travels (see `vendor_module.pack`); objects get a handle."""
        if isinstance(value, ResolveObject):
            return {"object": self._handle(value), "class": value.class_name}
        if isinstance(value, dict):
            return {"pairs": [[self.pack(key), self.pack(one)] for key, one in value.items()]}
        if isinstance(value, list | tuple):
            return [self.pack(one) for one in value]
        return value

    def _handle(self, value: ResolveObject) -> str:
        record = value.any_record
        identity = str(id(record)) if record is not None else "only"
        sessions = f"{self.runs}:{self.session}:{self.timeline_session}"
        handle = f"{value.class_name}:{identity}:{sessions}"
        # The record is kept here, so that no later one gets the same identity.
        self._handles[handle] = (
            value.class_name,
            record,
            self.runs,
            self.session,
            self.timeline_session,
        )
        return handle

    def unpack(self, value: Any) -> Any:
        """A value as it was; a stale handle becomes None."""
        if isinstance(value, list):
            return [self.unpack(one) for one in value]
        if isinstance(value, dict):
            if "object" in value:
                return self._object(value["object"])
            if "pairs" in value:
                return {self.unpack(key): self.unpack(one) for key, one in value["pairs"]}
            return None
        return value

    def _object(self, handle: str) -> ResolveObject | None:
        if handle not in self._handles:
            return None
        class_name, record, runs, session, timeline_session = self._handles[handle]
        if runs != self.runs:
            return None
        if class_name in _PROJECT_CLASSES and session != self.session:
            return None
        if (
            class_name == "TimelineItem"
            and self.quirks.timeline_switch_kills_items
            and timeline_session != self.timeline_session
        ):
            return None
        if record is not None and record.gone:
            return None
        return self.classes[class_name](self, record)

    def ask(self, request: dict[str, Any]) -> Any:
        """Answer one request of a proxy: a call, or the note that a name was found absent."""
        if "absent" in request:
            with self.lock:
                self.absent.append(".".join(request["absent"]))
            return None
        handle, name = request["on"], request["call"]
        with self.lock:
            class_name = str(handle).split(":", 1)[0]
            hook = self._hook(name, "before")
        if hook is not None and not self._act(hook):
            return self._refused(class_name, name, request)
        with self.lock:
            value = self._call(class_name, handle, name, request)
            hook = self._hook(name, "after")
        if hook is not None and not self._act(hook):
            return self._refusal(class_name, name)
        # Carried out, and never answered: it was the last thing that Resolve did.
        return None if self.has_quit else value

    def _call(self, class_name: str, handle: str, name: str, request: dict[str, Any]) -> Any:
        args = self.unpack(request["args"])
        shown = tuple(self._shown(one) for one in args)
        if self.has_quit or self.dialog:
            self._record(class_name, name, shown, None)
            return None
        fact = self.methods.get(class_name, {}).get(name)
        problem = ""
        if fact is None:
            problem = "is not in this version"
        elif request.get("named"):
            problem = f"was called with keywords: {', '.join(request['named'])}"
        elif not fact.least <= len(args) <= fact.most:
            problem = f"was called with {len(args)} arguments"
        if problem:
            self.violations.append(f"{class_name}.{name} {problem} ({self.version_text})")
            self._record(class_name, name, shown, None)
            return None
        found = self._object(handle)
        carried_out = getattr(found, name, None)
        if found is not None and carried_out is None:
            self.unmodelled.append(f"{class_name}.{name}")
        value = self._carried_out(carried_out, args, class_name, name)
        self._record(class_name, name, shown, self._shown(value))
        return self.pack(value)

    def _carried_out(self, method: Any, args: list[Any], class_name: str, name: str) -> Any:
        if method is None:
            return None
        try:
            return method(*args)
        except Exception as error:  # Resolve raises nothing; what made the fake raise is kept
            self.bad_arguments.append(f"{class_name}.{name}: {type(error).__name__}: {error}")
            return self._refusal(class_name, name)

    def _record(self, class_name: str, name: str, args: tuple[Any, ...], value: Any) -> None:
        self.calls.append(RecordedCall(class_name, name, args, self.version_text, value))

    def _shown(self, value: Any) -> Any:
        if isinstance(value, ResolveObject):
            return value.class_name
        if isinstance(value, dict):
            return {key: self._shown(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self._shown(one) for one in value]
        return value

    def _hook(self, name: str, moment: Moment) -> Hook | None:
        for hook in self.hooks:
            if hook.method != name or hook.moment != moment or hook.times <= 0:
                continue
            if hook.skip > 0:
                hook.skip -= 1
                continue
            hook.times -= 1
            return hook
        return None

    def _act(self, hook: Hook) -> bool:
        """Do what the hook says; whether the call goes on after it."""
        if hook.action == "pause":
            hook.reached.set()
            # Without the lock: whoever wants to look or to kill somebody can do so meanwhile.
            hook.go_on.wait()
            return not hook.dropped
        hook.reached.set()
        with self.lock:
            self.dialog = self.dialog or hook.action == "dialog"
            self.has_quit = self.has_quit or hook.action == "quit"
        return hook.action != "refuse"

    def _refused(self, class_name: str, name: str, request: dict[str, Any]) -> Any:
        with self.lock:
            value = self._refusal(class_name, name)
            args = tuple(self._shown(one) for one in self.unpack(request["args"]))
            self._record(class_name, name, args, value)
            return value

    def _refusal(self, class_name: str, name: str) -> Any:
        fact = self.methods.get(class_name, {}).get(name)
        return False if fact and fact.returns.lower() == "bool" else None
