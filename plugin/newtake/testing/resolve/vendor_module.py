"""Stands where the vendor's DaVinciResolveScript stands: thin proxies over a loopback socket.

Standard library only, syntax of Python 3.8: it is copied into a folder and imported from there by
whatever Python holds the other end, as the vendor's is. `scriptapp("Resolve")` gives the root
object, or None where Resolve is not there, is the free edition, or has external scripting off.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from pathlib import Path
from typing import Any, Callable  # noqa: UP035 - the other one is not generic in Python 3.8

Send = Callable[[Any], Any]


class RemoteObject:
    """A proxy of one object inside Resolve; a new one for every answer, so `==` means nothing.

    Every attribute exists (`hasattr` is True of anything); what this version does not know is None.
    Names with two underscores in front are Python's own and are left to it.
    """

    def __init__(self, send: Send, methods: Any, handle: str, class_name: str) -> None:
        self.__dict__["_inside"] = (send, methods, handle, class_name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        send, methods, handle, class_name = self.__dict__["_inside"]
        constants = methods.get("constants", {})
        if class_name == "Resolve" and name in constants:
            return constants[name]
        if name not in methods["classes"].get(class_name, ()):
            send({"absent": [class_name, name]})
            return None

        def call(*args: Any, **named: Any) -> Any:
            request = {"on": handle, "call": name, "args": [pack(value) for value in args]}
            if named:
                request["named"] = sorted(named)
            return unpack(send(request), send, methods)

        return call

    def __dir__(self) -> list[str]:
        _, methods, _, class_name = self.__dict__["_inside"]
        return sorted(methods["classes"].get(class_name, ()))

    def __repr__(self) -> str:
        return f"{self.__dict__['_inside'][3]} (0x{id(self):x})"


def pack(value: Any) -> Any:
    """A value as it travels; dicts as pairs, because their keys may be numbers."""
    if isinstance(value, RemoteObject):
        return {"object": value.__dict__["_inside"][2]}
    if isinstance(value, dict):
        return {"pairs": [[pack(key), pack(one)] for key, one in value.items()]}
    if isinstance(value, (list, tuple)):
        return [pack(one) for one in value]
    if value is None or isinstance(value, (str, int, float)):
        return value
    return {"unknown": type(value).__name__}


def unpack(value: Any, send: Send, methods: Any) -> Any:
    """A value as it was, with new proxies for the objects in it."""
    if isinstance(value, list):
        return [unpack(one, send, methods) for one in value]
    if isinstance(value, dict):
        if "object" in value:
            return RemoteObject(send, methods, value["object"], value["class"])
        return {
            unpack(key, send, methods): unpack(one, send, methods) for key, one in value["pairs"]
        }
    return value


class Wire:
    """One connection to Resolve: a line there, a line back, None when Resolve is gone."""

    def __init__(self, host: str, port: int) -> None:
        self._lock = threading.Lock()
        self._socket = socket.create_connection((host, port), timeout=10)
        self._socket.settimeout(None)
        self._lines = self._socket.makefile("rwb")

    def send(self, request: Any) -> Any:
        """The value of the answer."""
        answer = self.ask(request)
        return answer.get("value") if answer else None

    def ask(self, request: Any) -> Any:
        """The whole answer."""
        with self._lock:
            try:
                self._lines.write(json.dumps(request).encode("ascii") + b"\n")
                self._lines.flush()
                line = self._lines.readline()
            except (OSError, ValueError):
                return None
        return json.loads(line.decode("ascii")) if line else None

    def close(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._lines.close()
        self._socket.close()


def address() -> Any:
    """Where the Resolve that wrote this folder listens: (host, port), or None."""
    try:
        facts = json.loads(Path(__file__).with_name("address.json").read_text("ascii"))
    except (OSError, ValueError):
        return None
    return facts["host"], facts["port"]


def connect(place: Any, way: str) -> Any:
    """The root object for a script that came in by `way` ("external" or "menu"), or None."""
    try:
        wire = Wire(*place)
    except OSError:
        return None
    hello = wire.send({"hello": way})
    if not hello or not hello["root"]:
        wire.close()
        return None
    return unpack(hello["root"], wire.send, hello)


def scriptapp(name: str) -> Any:
    """The object of that name; only "Resolve" is known."""
    place = address()
    return connect(place, "external") if place and name == "Resolve" else None
