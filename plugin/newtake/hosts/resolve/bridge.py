"""Holds DaVinci Resolve's `resolve` object and makes the calls it is asked for, line by line.

Runs in Resolve's own Python (from the menu) or in any other (`--connect`), so it knows the standard
library of Python 3.8 alone and nothing of New Take. It decides nothing: what to call, with what and
what must come of it stands in each request, and which methods there are, in the version's table.

A request is one line of JSON, an answer is one line of JSON; `messages.py` has both as values.

    {"id": 1, "do": "hello"}
    {"id": 2, "do": "run", "calls": [CALL, ...], "finally": [CALL, ...]}
    {"id": 3, "do": "each", "list": CALL, "get": [CALL without "on", ...]}
    {"id": 4, "do": "bye"}
    CALL: {"on": ADDRESS, "call": "AddTake", "args": [...], "want": "true", "check": READ}
    READ: {"on": ADDRESS, "call": "...", "args": [...], "equals": ..., "field": "...", "within": 0}

Rule 1: Resolve says failures by None, False or nothing at all (measured; 21.0.3.7). What a call
must give is in `want`: "true", "value", "number" (0 is one), "list" (None is empty) or "any".
Rule 2: an object is its unique id. A proxy that was handed out is asked for its id before use, and
looked for again when it no longer has it: proxies go stale when the project changes.
Rule 3: all calls are made on the thread that runs `serve`: from another one Resolve deadlocks.

One file, longer than others here, since another interpreter loads it by its path alone.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

PROTOCOL = 1
PLAIN = (str, int, float, bool, type(None))
CLASSES = {
    "resolve": "Resolve",
    "project_manager": "ProjectManager",
    "project": "Project",
    "pool": "MediaPool",
    "storage": "MediaStorage",
    "timeline": "Timeline",
    "root_folder": "Folder",
    "current_folder": "Folder",
    "item": "TimelineItem",
    "media": "MediaPoolItem",
    "folder": "Folder",
}
KINDS = {
    "Project": "project",
    "Timeline": "timeline",
    "TimelineItem": "item",
    "MediaPoolItem": "media",
    "Folder": "folder",
}
TRACK_TYPES = ("video", "audio", "subtitle")
# Set by Resolve, by a launcher or by another environment: our own Python must start without them.
NOT_FOR_THE_CHILD = ("PYTHONHOME", "PYTHONPATH", "PYTHONEXECUTABLE", "__PYVENV_LAUNCHER__")


class BridgeError(Exception):
    def __init__(self, kind, text, call="", value=None):
        Exception.__init__(self, text)
        self.kind, self.text, self.call, self.value = kind, text, call, value

    def as_json(self):
        return {"kind": self.kind, "text": self.text, "call": self.call, "value": self.value}


class Table:
    """Which methods a version has; `classes` as api.json has them."""

    def __init__(self, classes, version):
        self.classes = classes
        self.version = tuple(int(part) for part in version[:3])

    def method(self, owner, name):
        row = self.classes.get(owner, {}).get(name)
        if row is None:
            raise BridgeError("no_method", "No version documents it.", f"{owner}.{name}")
        last = numbers(row.get("last", ""))
        if numbers(row["since"]) > self.version or (last and self.version[: len(last)] > last):
            text = f"Resolve {dotted(self.version)} does not have it."
            raise BridgeError("no_method", text, f"{owner}.{name}")
        return row


def dotted(version):
    return ".".join(map(str, version))


def numbers(version):
    return tuple(int(part) for part in version.split(".") if part)


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
            version = self.resolve.GetVersion()
            if not version:
                raise self.silence("Resolve.GetVersion")
            self.known = Table(self.classes, version)
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

    def hello(self):
        product = self.resolve.GetProductName()
        if product is None:
            raise self.silence("Resolve.GetProductName")
        return {
            "protocol": PROTOCOL,
            "way": self.way,
            "version": self.resolve.GetVersion(),
            "product": product,
            "studio": "studio" in product.lower(),
            "page": self.resolve.GetCurrentPage(),
            "python": dotted(sys.version_info[:3]),
        }

    def run(self, calls, afterwards):
        """One call after the other, up to the first that fails; `afterwards` in any case."""
        results, done, answer = [], [], {}
        for place, call in enumerate(calls):
            try:
                result = self.made(call, results)
                results.append(result)
                done.append(self.encoded(result[0], result[1]))
            except BridgeError as error:
                answer = {"error": dict(error.as_json(), at=place), "done": done}
                break
        errors = []
        for call in afterwards:
            try:
                self.made(call, results)
            except BridgeError as error:
                errors.append(error.as_json())
        answer = answer or {"ok": done}
        if errors:
            answer["finally_errors"] = errors
        return answer

    def each(self, listing, get):
        """The same reads of every object of a list."""
        found, returns = self.made(dict(listing, want="list"), [])
        objects = list(found.values()) if isinstance(found, dict) else found or []
        kind = kind_of(returns)
        rows = []
        for thing in objects:
            values = []
            for call in get:
                try:
                    value, gives = self.call(thing, class_of(kind), call, [])
                    values.append({"ok": self.encoded(value, gives)})
                except BridgeError as error:
                    values.append({"error": error.as_json()})
            rows.append({"object": self.encoded(thing, returns), "values": values})
        return rows

    def made(self, call, results):
        """A call with its check: the raw result, and what it is documented to be."""
        thing, owner = self.found(call.get("on", "timeline"), results)
        value = self.call(thing, owner, call, results)
        if call.get("check"):
            self.check(call["check"], thing, owner, results)
        return value

    def call(self, thing, owner, call, results):
        name = call["call"]
        label = f"{owner}.{name}"
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
        self.demand(value, call.get("want", "value"), label)
        return value, row["returns"]

    def demand(self, value, want, label):
        if want == "any" or (want == "list" and isinstance(value, (list, dict, tuple))):
            return
        if want == "list" and value is None and not self.is_silent():
            return
        if value is None:
            raise self.silence(label)
        if want == "true" and value is not True:
            raise BridgeError("refused", "Resolve refused and gave no reason.", label, plain(value))
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if want == "number" and not number:
            raise BridgeError("nothing", "Resolve gave no number.", label, plain(value))
        if want in ("value", "list") and not number and not value:
            raise BridgeError("nothing", "Resolve gave nothing back and no reason.", label)

    def is_silent(self):
        return self.resolve.GetProductName() is None

    def silence(self, label, kind="nothing", text="Resolve gave nothing back and no reason."):
        """The error for an answer that is missing: worse when Resolve as a whole is silent."""
        try:
            if not self.is_silent():
                return BridgeError(kind, text, label)
            alive = self.reconnect is None or self.reconnect() is not None
        except Exception:
            alive = False
        if alive:
            # Measured on 21.0: every call gives None while a modal dialog is open.
            return BridgeError("silent", "Resolve answers nothing: is a dialog open?", label)
        return BridgeError("gone", "Resolve has quit, or does not let scripts in.", label)

    def check(self, read, thing, owner, results):
        """Read back what was written."""
        if "on" in read:
            thing, owner = self.found(read["on"], results)
        value, returns = self.call(thing, owner, dict(read, want="any"), results)
        if read.get("field") is not None and isinstance(value, dict):
            value = value.get(read["field"])
        value = self.encoded(value, returns)
        if not same(value, read["equals"], read.get("within", 0)):
            text = "It was written, and reads back as something else."
            raise BridgeError("not_as_written", text, f"{owner}.{read['call']}", value)

    def found(self, address, results):
        """The object of an address, and its class."""
        if isinstance(address, str):
            return self.named(address), CLASSES[address]
        if "result" in address:
            value, returns = results[address["result"]]
            if "at" in address:
                value = value[address["at"]]
            return value, class_of(kind_of(returns))
        kind = next(each for each in KINDS.values() if each in address)
        return self.identified(kind, address[kind], address.get("in")), CLASSES[kind]

    def named(self, name):
        manager = self.resolve.GetProjectManager()
        if name == "resolve":
            return self.resolve
        if name == "project_manager":
            return self.there(manager, name)
        if name == "storage":
            return self.there(self.resolve.GetMediaStorage(), name)
        project = self.there(self.there(manager, name).GetCurrentProject(), "project")
        if name == "project":
            return project
        if name == "timeline":
            return self.there(project.GetCurrentTimeline(), name)
        pool = self.there(project.GetMediaPool(), name)
        if name == "root_folder":
            return self.there(pool.GetRootFolder(), name)
        return pool if name == "pool" else self.there(pool.GetCurrentFolder(), name)

    def there(self, thing, name):
        if thing is None:
            raise self.silence("", "not_found", f"There is no {name.replace('_', ' ')} open.")
        return thing

    def identified(self, kind, uid, within):
        known = self.handed_out.get(uid)
        if known is not None and id_of(known) == uid:
            return known
        for each in self.all_of(kind, within):
            if id_of(each) == uid:
                self.handed_out[uid] = each
                return each
        raise self.silence("", "not_found", f"There is no {kind} of the id {uid}.")

    def all_of(self, kind, within):
        project = self.named("project")
        if kind == "project":
            return [project]
        if kind == "timeline":
            count = int(project.GetTimelineCount() or 0)
            return [project.GetTimelineByIndex(place) for place in range(1, count + 1)]
        if kind == "item":
            timeline = self.identified("timeline", within, None) if within else None
            return items_of(timeline or self.named("timeline"))
        folders = folders_of(self.named("root_folder"))
        if kind == "folder":
            return folders
        return (clip for folder in folders for clip in folder.GetClipList() or [])

    def decoded(self, value, results):
        if isinstance(value, dict) and "$" in value:
            return self.found(value["$"], results)[0]
        if isinstance(value, dict):
            return {key: self.decoded(each, results) for key, each in value.items()}
        if isinstance(value, list):
            return [self.decoded(each, results) for each in value]
        return value

    def encoded(self, value, returns):
        if isinstance(value, PLAIN):
            return value
        if isinstance(value, (list, tuple)):
            return [self.encoded(each, returns) for each in value]
        if isinstance(value, dict):
            return {
                # Keys that are frames can come as floats.
                str(int(key) if isinstance(key, float) else key): self.encoded(
                    each, "MediaPoolItem" if key == "mediaPoolItem" else returns
                )
                for key, each in value.items()
            }
        uid, kind = id_of(value), kind_of(returns)
        if not uid or kind is None:
            return {"$": None}
        self.handed_out[uid] = value
        return {"$": {kind: uid}}


def items_of(timeline):
    for track_type in TRACK_TYPES:
        for place in range(1, int(timeline.GetTrackCount(track_type) or 0) + 1):
            yield from timeline.GetItemListInTrack(track_type, place) or []


def folders_of(folder):
    yield folder
    for each in folder.GetSubFolderList() or []:
        yield from folders_of(each)


def id_of(thing):
    method = getattr(thing, "GetUniqueId", None)
    try:
        return method() if callable(method) else None
    except Exception:
        return None


def kind_of(returns):
    """The kind of address of what a method is documented to return."""
    name = returns.replace("list[", "").rstrip("]?")
    return KINDS.get(name)


def class_of(kind):
    return CLASSES.get(kind, "")


def plain(value):
    return value if isinstance(value, PLAIN) else str(value)


def same(found, wanted, within):
    if isinstance(found, (int, float)) and isinstance(wanted, (int, float)):
        if isinstance(found, bool) or isinstance(wanted, bool):
            return found == wanted
        return abs(round(found) - round(wanted)) <= within
    return found == wanted


def serve(answer, read_line, write_line):
    """Answer until there is no more line, or a "bye"."""
    while True:
        line = read_line()
        if not line:
            return
        number, request = None, {}
        try:
            request = json.loads(line)
            number = request.get("id")
            reply = answer(request)
        except BridgeError as error:
            reply = {"error": error.as_json()}
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
            reply = {"error": {"kind": "request", "text": text, "call": "", "value": None}}
        reply["id"] = number
        try:
            write_line(json.dumps(reply) + "\n")
        except (OSError, ValueError):
            # The other side is gone; the next line would be the end.
            return
        if request.get("do") == "bye":
            return


def read_table():
    table = Path(__file__).with_name("api.json")
    return json.loads(table.read_text(encoding="utf-8"))["classes"]


def menu_main(resolve, command):
    """Serve a child that is started with `command`; returns its exit code.

    Called by the launcher inside Resolve, on the script's main thread.
    """
    environment = {k: v for k, v in os.environ.items() if k not in NOT_FOR_THE_CHILD}
    child = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        encoding="utf-8",
        # No console window on Windows.
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    bridge = Bridge(resolve, read_table(), "menu")

    def write_line(line):
        child.stdin.write(line)
        child.stdin.flush()

    serve(bridge.answer, child.stdout.readline, write_line)
    child.stdin.close()
    child.stdout.close()
    # What it still has to do, it does without Resolve.
    return child.poll()


def script_api():
    """Where Blackmagic's README says that its module and its library are."""
    if sys.platform == "darwin":
        support = "/Library/Application Support/Blackmagic Design/DaVinci Resolve"
        library = "/Applications/DaVinci Resolve/DaVinci Resolve.app/Contents/Libraries/Fusion"
        return support + "/Developer/Scripting", library + "/fusionscript.so"
    if sys.platform == "win32":
        data = os.environ.get("PROGRAMDATA", r"C:\ProgramData")
        programs = os.environ.get("PROGRAMFILES", r"C:\Program Files")
        support = data + r"\Blackmagic Design\DaVinci Resolve\Support\Developer\Scripting"
        return support, programs + r"\Blackmagic Design\DaVinci Resolve\fusionscript.dll"
    return "/opt/resolve/Developer/Scripting", "/opt/resolve/libs/Fusion/fusionscript.so"


class Outside:
    """Reaches Resolve from another process, at the first request that needs it."""

    def __init__(self):
        self.bridge = None

    def answer(self, request):
        if request.get("do") == "bye":
            return {"ok": None}
        if self.bridge is None or request.get("do") == "hello":
            resolve = self.connect()
            if resolve is None:
                self.bridge = None
                text = "Resolve is not running, or does not let scripts in from outside."
                raise BridgeError("gone", text, "scriptapp")
            self.bridge = Bridge(resolve, read_table(), "outside", self.connect)
        return self.bridge.answer(request)

    @staticmethod
    def connect():
        api, library = script_api()
        modules = str(Path(os.environ.get("RESOLVE_SCRIPT_API") or api, "Modules"))
        os.environ.setdefault("RESOLVE_SCRIPT_LIB", library)
        if modules not in sys.path:
            sys.path.append(modules)
        try:
            import DaVinciResolveScript
        except Exception as error:
            # Its import fails in many ways: no file, no library, a Python it cannot live in.
            text = f"Resolve's scripting module cannot be used: {error}."
            raise BridgeError("no_module", text, "import DaVinciResolveScript", modules) from error
        return DaVinciResolveScript.scriptapp("Resolve")


def connect_main():
    # Resolve's library prints; what is printed must not come between the answers.
    protocol = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)

    def write_line(line):
        protocol.write(line)
        protocol.flush()

    serve(Outside().answer, sys.stdin.readline, write_line)


if __name__ == "__main__" and sys.argv[1:] == ["--connect"]:
    connect_main()
