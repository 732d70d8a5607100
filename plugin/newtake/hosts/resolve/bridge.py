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
    An argument {"$": ADDRESS} is an object; {"$": {"constant": "EXPORT_OTIO"}} a word of Resolve's.

Rule 1: Resolve says failures by None, False or nothing at all (measured; 21.0.3.7). What a call
must give is in `want`: "true", "value", "number" (0 is one), "list" (None is empty) or "any".
Rule 2: an object is its unique id. A proxy that was handed out is asked for its id before use, and
looked for again when it no longer has it: proxies go stale when the project changes.
Rule 3: all calls are made on the thread that runs `serve`: from another one Resolve deadlocks.
Rule 4: a request that has begun is carried out to its end, its "finally" included, whatever becomes
of the one who asked: nothing here ends in the middle because an answer cannot be delivered.

One file, longer than others here, since another interpreter loads it by its path alone.
"""

import json
import math
import os
import signal
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
WANTS = ("true", "value", "number", "list", "any")
POOL_ITEM = "mediaPoolItem"
"""The one key of Resolve's dictionaries whose value is an object (of a take)."""
TRACK_TYPES = ("video", "audio", "subtitle")
# Set by Resolve, by a launcher or by another environment: our own Python must start without them.
# Tells the child that its standard input and output lead to us.
MENU = "NEWTAKE_RESOLVE_MENU"
SECONDS_TO_END = 1
NOT_FOR_THE_CHILD = ("PYTHONHOME", "PYTHONPATH", "PYTHONEXECUTABLE", "__PYVENV_LAUNCHER__")


class BridgeError(Exception):
    def __init__(self, kind, text, call="", value=None):
        Exception.__init__(self, text)
        self.kind, self.text, self.call, self.value = kind, text, call, value

    @property
    def ends_all(self):
        return self.kind in ("silent", "gone")

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
            self.known = Table(self.classes, self.version())
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
        objects = list(found.values()) if isinstance(found, dict) else found
        owner = self.class_of(returns)
        rows = []
        for thing in objects:
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
            raise BridgeError("refused", "Resolve refused and gave no reason.", label, plain(value))
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if want == "number" and not number:
            raise BridgeError("nothing", "Resolve gave no number.", label, plain(value))
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
            return silent if callable(attribute(self.resolve, "GetProductName")) else gone
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
        if same(value, read["equals"], read.get("within", 0)):
            return
        text, label = "It was written, and reads back as something else.", f"{owner}.{read['call']}"
        if value is None:
            raise self.silence(label, "not_as_written", text)
        raise BridgeError("not_as_written", text, label, value)

    def found(self, address, results):
        """The object of an address, and its class."""
        if isinstance(address, str):
            return self.named(address), CLASSES[address]
        if "result" in address:
            return self.earlier(address["result"], address.get("at"), results)
        kind = next((each for each in KINDS.values() if each in address), None)
        if kind is None:
            raise BridgeError("request", f"{address!r} is no address.")
        return self.identified(kind, address[kind], address.get("in")), CLASSES[kind]

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
        return value, CLASSES["media"] if at == POOL_ITEM else owner

    def named(self, name):
        if name not in CLASSES or name in ("item", "media", "folder"):
            raise BridgeError("request", f"{name!r} is no address.")
        if name == "resolve":
            return self.resolve
        if name == "storage":
            return self.there(self.resolve, "GetMediaStorage", name)
        manager = self.there(self.resolve, "GetProjectManager", name)
        if name == "project_manager":
            return manager
        project = self.there(manager, "GetCurrentProject", "project")
        if name == "project":
            return project
        if name == "timeline":
            return self.there(project, "GetCurrentTimeline", name)
        pool = self.there(project, "GetMediaPool", name)
        if name == "pool":
            return pool
        way = "GetRootFolder" if name == "root_folder" else "GetCurrentFolder"
        return self.there(pool, way, name)

    def there(self, owner, method, name):
        thing = asked(owner, method)
        if thing is None:
            raise self.silence("", "not_found", f"There is no {name.replace('_', ' ')} open.")
        return thing

    def identified(self, kind, uid, within):
        known = self.handed_out.get((kind, uid))
        if known is not None and id_of(known) == uid:
            return known
        for each in self.all_of(kind, within):
            if id_of(each) == uid:
                self.handed_out[kind, uid] = each
                return each
        raise self.silence("", "not_found", f"There is no {kind} of the id {uid}.")

    def all_of(self, kind, within):
        project = self.named("project")
        if kind == "project":
            return [project]
        if kind == "timeline":
            count = int(asked(project, "GetTimelineCount") or 0)
            return (asked(project, "GetTimelineByIndex", at) for at in range(1, count + 1))
        if kind == "item":
            timeline = self.identified("timeline", within, None) if within else None
            return items_of(timeline or self.named("timeline"))
        folders = folders_of(self.named("root_folder"))
        if kind == "folder":
            return folders
        return (clip for folder in folders for clip in listed(folder, "GetClipList"))

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
        value = attribute(self.resolve, name)
        if value is None:
            raise BridgeError("not_found", f"This Resolve has no constant {name}.")
        return value

    def encoded(self, value, returns):
        if isinstance(value, float) and not math.isfinite(value):
            # JSON has no such number.
            return None
        if isinstance(value, PLAIN):
            return value
        if isinstance(value, (list, tuple)):
            return [self.encoded(each, returns) for each in value]
        if isinstance(value, dict):
            return {
                key_of(key): self.encoded(each, CLASSES["media"] if key == POOL_ITEM else returns)
                for key, each in value.items()
            }
        uid, kind = id_of(value), kind_of(returns)
        if not uid or kind is None:
            return {"$": None}
        self.handed_out[kind, uid] = value
        return {"$": {kind: uid}}

    def class_of(self, returns):
        """The class of the objects in what a method is documented to return; "" for others."""
        name = bare(returns)
        return name if name in self.classes else ""


def as_error(problem):
    """What no call says, and would end a request in its middle, is an error like the others."""
    if isinstance(problem, BridgeError):
        return problem
    return BridgeError("request", f"{type(problem).__name__}: {problem}")


def attribute(thing, name):
    try:
        return getattr(thing, name, None)
    except Exception:
        return None


def asked(thing, name, *arguments):
    """What a method gives; None where it is absent or fails, as Resolve itself says it."""
    method = attribute(thing, name)
    try:
        return method(*arguments) if callable(method) else None
    except Exception:
        return None


def listed(thing, name, *arguments):
    found = asked(thing, name, *arguments) or []
    return list(found.values()) if isinstance(found, dict) else found


def items_of(timeline):
    for track_type in TRACK_TYPES:
        for place in range(1, int(asked(timeline, "GetTrackCount", track_type) or 0) + 1):
            yield from listed(timeline, "GetItemListInTrack", track_type, place)


def folders_of(folder):
    yield folder
    for each in listed(folder, "GetSubFolderList"):
        yield from folders_of(each)


def id_of(thing):
    return asked(thing, "GetUniqueId")


def bare(returns):
    """MediaPoolItem of list[MediaPoolItem], of list[list[MediaPoolItem]] and of MediaPoolItem?."""
    return returns.replace("list[", "").rstrip("]?")


def kind_of(returns):
    """The kind of address of what a method is documented to return."""
    return KINDS.get(bare(returns))


def key_of(key):
    """Keys that are frames come as floats (measured for GetMarkers)."""
    return str(int(key) if isinstance(key, float) and key.is_integer() else key)


def plain(value):
    return value if isinstance(value, PLAIN) else str(value)


def same(found, wanted, within):
    if isinstance(found, (int, float)) and isinstance(wanted, (int, float)):
        if isinstance(found, bool) or isinstance(wanted, bool):
            return found == wanted
        return abs(round(found) - round(wanted)) <= (within or 0)
    return found == wanted


def serve(answer, read_line, write_line):
    """Answer until there is no more line, or a "bye"."""
    while True:
        line = read_line()
        if not line:
            return
        number, last = None, False
        try:
            request = json.loads(line)
            if not isinstance(request, dict):
                raise ValueError("a request is an object")
            number, last = request.get("id"), request.get("do") == "bye"
            reply = answer(request)
        except Exception as error:
            reply = {"error": as_error(error).as_json()}
        reply["id"] = number
        try:
            write_line(json.dumps(reply) + "\n")
        except (OSError, ValueError):
            # The other side is gone; the next line would be the end.
            return
        if last:
            return


def read_table():
    table = Path(__file__).with_name("api.json")
    return json.loads(table.read_text(encoding="utf-8"))["classes"]


def menu_main(resolve, command):
    """Serve a child that is started with `command`; returns its exit code, None if it goes on.

    Called by the launcher inside Resolve, on the script's main thread.
    """
    environment = {k: v for k, v in os.environ.items() if k not in NOT_FOR_THE_CHILD}
    environment[MENU] = "1"
    # Tells the child that its standard input and output are the way to this bridge.
    environment["NEWTAKE_RESOLVE_MENU"] = "1"
    child = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        encoding="utf-8",
        errors="replace",
        # No console window on Windows.
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    bridge = Bridge(resolve, read_table(), "menu")

    def write_line(line):
        child.stdin.write(line)
        child.stdin.flush()

    try:
        serve(bridge.answer, child.stdout.readline, write_line)
    finally:
        for pipe in (child.stdin, child.stdout):
            try:
                pipe.close()
            except OSError:
                # What could not be delivered is lost with the one it was for.
                continue
    try:
        return child.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        # What it still has to do, it does without Resolve.
        return None


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

            return DaVinciResolveScript.scriptapp("Resolve")
        except Exception as error:
            # Its import fails in many ways: no file, no library, a Python it cannot live in.
            text = f"Resolve's scripting module cannot be used: {error}."
            raise BridgeError("no_module", text, "import DaVinciResolveScript", modules) from error


def connect_main():
    # Ctrl-C and a closed terminal reach this process as well: what was begun is still carried out,
    # and the end of the lines ends it.
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    # Resolve's library prints; what is printed must not come between the answers.
    protocol = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)

    def write_line(line):
        protocol.write(line)
        protocol.flush()

    with open(0, encoding="utf-8", errors="replace") as lines:
        serve(Outside().answer, lines.readline, write_line)
    try:
        protocol.close()
    except OSError:
        # Nobody reads it any more.
        return


if __name__ == "__main__" and sys.argv[1:] == ["--connect"]:
    connect_main()
