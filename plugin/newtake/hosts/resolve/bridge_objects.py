"""Asks DaVinci Resolve's objects, and says what came of it: a value, nothing, or a failure.

Also which methods a version's objects have. It is `bridge.py`'s, and lives as that does: on the
standard library of Python 3.8 alone, with nothing of New Take.
"""

import importlib.util
from pathlib import Path


def shared(name):
    """The module of that name which the bridges of all hosts share, by its path, loaded once."""
    if name not in _SHARED:
        path = Path(__file__).resolve().parent.parent / "bridging" / (name + ".py")
        spec = importlib.util.spec_from_file_location("newtake_" + name, path)
        _SHARED[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(_SHARED[name])
    return _SHARED[name]


_SHARED: "dict[str, object]" = {}
BridgeError = shared("serving").BridgeError
PLAIN = (str, int, float, bool, type(None))
TRACK_TYPES = ("video", "audio", "subtitle")


class Table:
    """Which methods a version has; `classes` as api.json has them."""

    def __init__(self, classes, version):
        self.classes = classes
        self.version = tuple(int(part) for part in version[:3])

    def method(self, owner, name):
        row = self.classes.get(owner, {}).get(name)
        if row is None:
            raise BridgeError("no_method", "No version documents it.", f"{owner}.{name}")
        if not offers(self.version, row):
            text = f"Resolve {dotted(self.version)} does not have it."
            raise BridgeError("no_method", text, f"{owner}.{name}")
        return row


def offers(version, row):
    """Whether a version documents a method of api.json; one newer than the table has the newest."""
    last = numbers(row.get("last", ""))
    return numbers(row["since"]) <= version and not (last and version[: len(last)] > last)


def dotted(version):
    return ".".join(map(str, version))


def numbers(version):
    return tuple(int(part) for part in version.split(".") if part)


def attribute(thing, name):
    try:
        return getattr(thing, name, None)
    except Exception:
        return None


def asked(thing, name, *arguments):
    """What a method gives; None where it is absent or fails, as Resolve itself says it.

    For what the bridge asks by itself, which every version has: the table is not looked at.
    """
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
