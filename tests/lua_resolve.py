"""The bridge in Lua, run by `lupa`'s LuaJIT, with objects as Fusion hands them out.

Fusion's Lua knows no None, no list and no dictionary: methods give nil and tables.
"""

from __future__ import annotations

import threading
import time
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lupa.luajit21 import LuaError, LuaRuntime, lua_type

from newtake.hosts.resolve.transports import BRIDGE

LUA_BRIDGE = BRIDGE.with_suffix(".lua")
SANDBOXED = ("io", "package", "require", "debug", "os.execute", "os.remove", "os.rename", "print")
"""What the free edition 21.1 leaves out (measured by others)."""


class LuaObject:
    """One of Resolve's objects as Lua sees it."""

    def __init__(self, lua: LuaRuntime, thing: Any) -> None:
        self.__dict__["_lua"] = lua
        self.__dict__["_thing"] = thing

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = getattr(self._thing, name, None)
        if found is None or not callable(found):
            return found

        def method(_: LuaObject, *args: Any) -> Any:
            return to_lua(self._lua, found(*(from_lua(each) for each in args)))

        return types.MethodType(method, self)


def to_lua(lua: LuaRuntime, value: Any) -> Any:
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    if isinstance(value, (list, tuple)):
        return lua.table_from([to_lua(lua, each) for each in value])
    if isinstance(value, Mapping):
        return lua.table_from({key: to_lua(lua, each) for key, each in value.items()})
    return LuaObject(lua, value)


def from_lua(value: Any) -> Any:
    if isinstance(value, LuaObject):
        return value._thing
    if lua_type(value) != "table":
        return value
    keys = list(value)
    if keys == list(range(1, len(keys) + 1)):
        return [from_lua(value[key]) for key in keys]
    return {key: from_lua(value[key]) for key in keys}


def lua_bridge(
    *, sandboxed: bool = False, fusion: Any = None, wait: Callable[[float], None] = time.sleep
) -> tuple[LuaRuntime, Any]:
    """The runtime, and what the bridge's file gives."""
    lua = LuaRuntime(unpack_returned_tuples=True)
    lua.globals().bmd = lua.table_from({"wait": wait})
    lua.globals().fusion = fusion
    for name in SANDBOXED if sandboxed else ():
        lua.execute(f"{name} = nil")
    chunk = lua.globals().loadfile(str(LUA_BRIDGE))
    assert chunk is not None
    return lua, chunk(str(LUA_BRIDGE))


class Preferences:
    """As much of Fusion as keeps preferences: a file that is written whole at each save."""

    def __init__(self, profiles: Path) -> None:
        self._file = profiles / "Default" / "Fusion.prefs"
        self._file.parent.mkdir(parents=True)
        self._kept: dict[str, str] = {}
        self.saves = 0
        self.answers: list[str] = []
        """All that were ever given, in the form in which they are kept."""
        self._may_read = threading.Event()
        self._may_read.set()
        self._scripts = 0

    def SetPrefs(self, key: str, value: str) -> None:
        self._kept[key] = value
        if key.endswith(".Answer"):
            self.answers.append(value)
        if key.endswith(".Script"):
            self._scripts += 1

    def GetPrefs(self, key: str) -> str | None:
        self._may_read.wait(20)
        return self._kept.get(key)

    def hold(self) -> None:
        """Let nobody read, until `go_on`."""
        self._may_read.clear()

    def go_on(self, scripts: int) -> None:
        """Let all read again, once so many scripts have said that they are there."""
        deadline = time.monotonic() + 20
        while self._scripts < scripts and time.monotonic() < deadline:
            time.sleep(0.01)
        self._may_read.set()

    def SavePrefs(self) -> None:
        self.saves += 1
        rows = "".join(
            f'\t\t{key.split(".")[-1]} = "{value}",\n' for key, value in self._kept.items()
        )
        self._file.write_text(
            "{\n\tGlobal = {\n\tNewTake = {\n" + rows + "\t},\n\t},\n}\n", "ascii"
        )


class LuaMenu:
    """A script in Resolve's menu, in a thread of its own."""

    def __init__(self, run: Callable[[], None]) -> None:
        self.error: LuaError | None = None

        def until_error() -> None:
            try:
                run()
            except LuaError as error:
                self.error = error

        self._thread = threading.Thread(target=until_error, daemon=True)
        self._thread.start()

    @classmethod
    def of_bridge(cls, resolve: Any, command: list[str], parent: Path, **options: Any) -> LuaMenu:
        """What a launcher makes of the bridge."""
        lua, _ = lua_bridge(**options)
        words = lua.table_from(command)
        main = lua.globals().newtake_main
        return cls(lambda: main(LuaObject(lua, resolve), words, str(parent)))

    @classmethod
    def of_entry(cls, resolve: Any, entry: bytes, **options: Any) -> LuaMenu:
        """An installed menu entry, with the names that Resolve gives it."""
        lua, _ = lua_bridge(**options)
        lua.globals().newtake_main = None
        lua.globals().resolve = LuaObject(lua, resolve)
        return cls(lambda: lua.execute(entry.decode("ascii")))

    def ended(self, seconds: float = 20) -> bool:
        self._thread.join(seconds)
        return not self._thread.is_alive()
