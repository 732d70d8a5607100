"""Holds DaVinci Resolve's `resolve` object and makes the calls it is asked for, line by line.

Runs in Resolve's own Python or in any other (`bridge_doors.py` has the ways in), so it knows the
standard library of Python 3.8 alone and nothing of New Take. It decides nothing: what to call, with
what and what must come of it stands in each request; which methods there are, in the table of the
versions.

Requests, their calls and the checks of these are one file on purpose: here one imports by paths, so
each further file is one more that can be missing inside Resolve.

A request is one line of JSON, an answer is one line of JSON; `messages.py` has both as values.

    {"id": 1, "do": "hello"}
    {"id": 2, "do": "run", "calls": [CALL, ...], "finally": [CALL, ...]}
    {"id": 3, "do": "each", "list": CALL, "get": [CALL without "on", ...]}
    {"id": 4, "do": "bye"}
    CALL: {"on": ADDRESS, "call": "AddTake", "args": [...], "want": "true", "check": READ}
    READ: {"on": ADDRESS, "call": "...", "args": [...], "equals": ..., "field": "...", "within": 0}
    An argument {"$": ADDRESS} is an object; {"$": {"constant": "EXPORT_OTIO"}} a word of Resolve's.

Rule 1: Resolve says failures by None, False or nothing at all (measured; 21.0.3.7). What a call
must give is in `want`: "true", "value", "number" (0 is one), "list" (None is empty) or "any".
Rule 2: an object is its unique id. A proxy that was handed out is asked for its id before use, and
looked for again when it no longer has it: proxies go stale when the project changes.
Rule 3: all calls are made on the thread that runs `serve`: from another one Resolve deadlocks.
Rule 4: a request that has begun is carried out to its end, its "finally" included, whatever becomes
of the one who asked: nothing here ends in the middle because an answer cannot be delivered.
"""

import importlib.util
import json
import math
import sys
from pathlib import Path


def beside(name):
    """The module in a file beside this one, by its path: nothing of ours comes on `sys.path`."""
    path = Path(__file__).with_name(name + ".py")
    spec = importlib.util.spec_from_file_location("newtake_" + name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


objects = beside("bridge_objects")
serving = objects.shared("serving")
BridgeError, as_error, serve = serving.BridgeError, serving.as_error, serving.serve
asked = objects.asked

PROTOCOL = 1
NAMED = {
    "storage": ("MediaStorage", "resolve", "GetMediaStorage"),
    "project_manager": ("ProjectManager", "resolve", "GetProjectManager"),
    "project": ("Project", "project_manager", "GetCurrentProject"),
    "timeline": ("Timeline", "project", "GetCurrentTimeline"),
    "pool": ("MediaPool", "project", "GetMediaPool"),
    "root_folder": ("Folder", "pool", "GetRootFolder"),
    "current_folder": ("Folder", "pool", "GetCurrentFolder"),
}
"""The class of each, and of what it is asked for with which method."""
KINDS = {
    "project": "Project",
    "timeline": "Timeline",
    "item": "TimelineItem",
    "media": "MediaPoolItem",
    "folder": "Folder",
}
"""The classes whose objects have a unique id."""
WANTS = ("true", "value", "number", "list", "any")
POOL_ITEM = "mediaPoolItem"
"""The one key of Resolve's dictionaries whose value is an object (of a take)."""


class Bridge:
    """Answers requests with one `resolve` object."""

    def __init__(self, resolve, classes, way, reconnect=None):
        self.resolve = resolve
        self.way = way
        self.reconnect = reconnect
        self.handed_out = {}
        self.classes = classes
        self.known = None

    @property
    def table(self):
        if self.known is None:
            self.known = objects.Table(self.classes, self.version())
        return self.known

    def answer(self, request):
        do = request.get("do")
        if do == "hello":
            return {"ok": self.hello()}
        if do == "run":
            return self.run(request["calls"], request.get("finally", []))
        if do == "each":
            return {"ok": self.each(request["list"], request["get"])}
        if do == "bye":
            return {"ok": None}
        raise BridgeError("request", f"There is no {do!r} to do.")

    def version(self):
        version = asked(self.resolve, "GetVersion")
        if not version:
            raise self.silence("Resolve.GetVersion")
        return version

    def hello(self):
        product = asked(self.resolve, "GetProductName")
        if not product:
            raise self.silence("Resolve.GetProductName")
        return {
            "protocol": PROTOCOL,
            "way": self.way,
            "version": list(self.version()),
            "product": product,
            "studio": "studio" in product.lower(),
            "page": asked(self.resolve, "GetCurrentPage"),
            "python": objects.dotted(sys.version_info[:3]),
        }

    def run(self, calls, afterwards):
        """One call after the other, up to the first that fails; `afterwards` in any case."""
        results, done, answer = [], [], {}
        for place, call in enumerate(calls):
            try:
                result = self.made(call, results)
                results.append(result)
                done.append(self.encoded(result[0], result[1]))
            except Exception as error:
                answer = {"error": dict(as_error(error).as_json(), at=place), "done": done}
                break
        errors = []
        for call in afterwards:
            try:
                self.made(call, results)
            except Exception as error:
                errors.append(as_error(error).as_json())
        answer = answer or {"ok": done}
        if errors:
            answer["finally_errors"] = errors
        return answer

    def each(self, listing, get):
        """The same reads of every object of a list."""
        found, returns = self.made(dict(listing, want="list"), [])
        things = list(found.values()) if isinstance(found, dict) else found
        owner = self.class_of(returns)
        rows = []
        for thing in things:
            values = []
            for call in get:
                try:
                    value, gives = self.call(thing, owner, call, [])
                    values.append({"ok": self.encoded(value, gives)})
                except Exception as problem:
                    error = as_error(problem)
                    if error.ends_all:
                        raise error from problem
                    values.append({"error": error.as_json()})
            rows.append({"object": self.encoded(thing, returns), "values": values})
        return rows

    def made(self, call, results):
        """A call with its check: the raw result, and what it is documented to be."""
        thing, owner = self.found(call.get("on", "timeline"), results)
        made = self.call(thing, owner, call, results)
        if call.get("check"):
            self.check(call["check"], thing, owner, results)
        return made

    def call(self, thing, owner, call, results):
        name = call["call"]
        label = f"{owner}.{name}"
        if thing is None:
            raise BridgeError("not_found", "There is no object to ask.", label)
        row = self.table.method(owner, name)
        arguments = [self.decoded(each, results) for each in call.get("args", [])]
        if not row["least"] <= len(arguments) <= row["most"]:
            text = f"It takes {row['least']} to {row['most']} arguments."
            raise BridgeError("arguments", text, label, len(arguments))
        method = getattr(thing, name, None)
        if not callable(method):
            # Resolve hands out None for methods it lacks, and for all of a stale object.
            raise self.silence(label, "no_method", "This Resolve does not offer it.")
        try:
            value = method(*arguments)
        except Exception as error:
            raise self.silence(label, "raised", f"{type(error).__name__}: {error}") from error
        want = call.get("want", "value")
        self.demand(value, want, label)
        return [] if want == "list" and value is None else value, row["returns"]

    def demand(self, value, want, label):
        if want not in WANTS:
            raise BridgeError("request", f"There is no {want!r} to want.", label)
        if want == "any":
            return
        if want == "list":
            if isinstance(value, (list, dict, tuple)) or (value is None and not self.is_silent()):
                return
            raise self.silence(label, "nothing", "Resolve gave no list.")
        if value is None:
            raise self.silence(label)
        if want == "true" and value is not True:
            raise BridgeError(
                "refused", "Resolve refused and gave no reason.", label, objects.plain(value)
            )
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if want == "number" and not number:
            raise BridgeError("nothing", "Resolve gave no number.", label, objects.plain(value))
        if want == "value" and not number and not value:
            raise BridgeError("nothing", "Resolve gave nothing back and no reason.", label)

    def is_silent(self):
        return not asked(self.resolve, "GetProductName")

    def silence(self, label, kind="nothing", text="Resolve gave nothing back and no reason."):
        """The error for an answer that is missing: worse when Resolve as a whole is silent."""
        if not self.is_silent():
            return BridgeError(kind, text, label)
        silent = BridgeError("silent", "Resolve answers nothing: is a dialog open?", label)
        gone = BridgeError("gone", "Resolve has quit, or does not let scripts in.", label)
        if self.reconnect is None:
            # Measured on 21.0: every call gives None while a modal dialog is open. An object that
            # cannot be asked at all has lost its program.
            return silent if callable(objects.attribute(self.resolve, "GetProductName")) else gone
        try:
            another = self.reconnect()
        except BridgeError:
            another = None
        if another is None:
            return gone
        if asked(another, "GetProductName"):
            return BridgeError("gone", "Resolve was started anew meanwhile.", label)
        return silent

    def check(self, read, thing, owner, results):
        """Read back what was written."""
        if "on" in read:
            thing, owner = self.found(read["on"], results)
        value, returns = self.call(thing, owner, dict(read, want="any"), results)
        if read.get("field") is not None:
            value = value.get(read["field"]) if isinstance(value, dict) else None
        value = self.encoded(value, returns)
        if objects.same(value, read["equals"], read.get("within", 0)):
            return
        text, label = "It was written, and reads back as something else.", f"{owner}.{read['call']}"
        if value is None:
            raise self.silence(label, "not_as_written", text)
        raise BridgeError("not_as_written", text, label, value)

    def found(self, address, results):
        """The object of an address, and its class."""
        if isinstance(address, str):
            return self.named(address)
        if "result" in address:
            return self.earlier(address["result"], address.get("at"), results)
        kind = next((each for each in KINDS if each in address), None)
        if kind is None:
            raise BridgeError("request", f"{address!r} is no address.")
        return self.identified(kind, address[kind], address.get("in")), KINDS[kind]

    def earlier(self, place, at, results):
        """What an earlier call gave, or one entry of it."""
        if not 0 <= place < len(results):
            raise BridgeError("request", f"There is no result {place} yet.")
        value, returns = results[place]
        owner = self.class_of(returns)
        if at is None:
            return value, owner
        if isinstance(value, dict):
            value = value.get(at)
        elif isinstance(value, (list, tuple)) and isinstance(at, int) and 0 <= at < len(value):
            value = value[at]
        else:
            value = None
        if value is None:
            raise BridgeError("not_found", f"Result {place} has no entry {at!r}.")
        return value, KINDS["media"] if at == POOL_ITEM else owner

    def named(self, name):
        if name == "resolve":
            return self.resolve, "Resolve"
        if name not in NAMED:
            raise BridgeError("request", f"{name!r} is no address.")
        owner, holder, method = NAMED[name]
        thing = asked(self.named(holder)[0], method)
        if thing is None:
            raise self.silence("", "not_found", f"There is no {name.replace('_', ' ')} open.")
        return thing, owner

    def identified(self, kind, uid, within):
        known = self.handed_out.get((kind, uid))
        if known is not None and objects.id_of(known) == uid:
            return known
        for each in self.all_of(kind, within):
            if objects.id_of(each) == uid:
                self.handed_out[kind, uid] = each
                return each
        raise self.silence("", "not_found", f"There is no {kind} of the id {uid}.")

    def all_of(self, kind, within):
        project, _ = self.named("project")
        if kind == "project":
            return [project]
        if kind == "timeline":
            count = int(asked(project, "GetTimelineCount") or 0)
            return (asked(project, "GetTimelineByIndex", at) for at in range(1, count + 1))
        if kind == "item":
            timeline = self.identified("timeline", within, None) if within else None
            return objects.items_of(timeline or self.named("timeline")[0])
        folders = objects.folders_of(self.named("root_folder")[0])
        if kind == "folder":
            return folders
        return (clip for folder in folders for clip in objects.listed(folder, "GetClipList"))

    def decoded(self, value, results):
        if isinstance(value, dict) and "$" in value:
            if isinstance(value["$"], dict) and "constant" in value["$"]:
                return self.constant(value["$"]["constant"])
            return self.found(value["$"], results)[0]
        if isinstance(value, dict):
            return {key: self.decoded(each, results) for key, each in value.items()}
        if isinstance(value, list):
            return [self.decoded(each, results) for each in value]
        return value

    def constant(self, name):
        """A word of Resolve's own, such as EXPORT_OTIO: an opaque value on its root object."""
        value = objects.attribute(self.resolve, name)
        if value is None:
            raise BridgeError("not_found", f"This Resolve has no constant {name}.")
        return value

    def encoded(self, value, returns):
        if isinstance(value, float) and not math.isfinite(value):
            # JSON has no such number.
            return None
        if isinstance(value, objects.PLAIN):
            return value
        if isinstance(value, (list, tuple)):
            return [self.encoded(each, returns) for each in value]
        if isinstance(value, dict):
            return {
                objects.key_of(key): self.encoded(
                    each, KINDS["media"] if key == POOL_ITEM else returns
                )
                for key, each in value.items()
            }
        kind = kind_of(returns)
        # Of other classes, such as Graph, no version documents an id.
        uid = None if kind is None else objects.id_of(value)
        if not uid:
            return {"$": None}
        self.handed_out[kind, uid] = value
        return {"$": {kind: uid}}

    def class_of(self, returns):
        """The class of the objects in what a method is documented to return; "" for others."""
        name = objects.bare(returns)
        return name if name in self.classes else ""


def kind_of(returns):
    """The kind of address of what a method is documented to return."""
    return next((kind for kind, owner in KINDS.items() if owner == objects.bare(returns)), None)


def read_table():
    table = Path(__file__).with_name("api.json")
    return json.loads(table.read_text(encoding="utf-8"))["classes"]
