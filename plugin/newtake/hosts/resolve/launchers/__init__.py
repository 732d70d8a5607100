"""The menu entries as text: written for an environment's paths, and read again.

A menu entry is a file that Resolve runs. It holds absolute paths, is pure ASCII whatever they are,
and begins with a line by which an installer knows that the file is its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newtake.domain.errors import OutputError

MARKER = "Menu entry of New Take, written by `newtake resolve install`; `uninstall` removes it."
_COMMENTS = ("# ", "-- ")
_TARGET = "target: "


@dataclass(frozen=True, slots=True)
class Target:
    """What a menu entry starts."""

    command: tuple[str, ...]
    """The program and its words; the first is an absolute path."""
    bridge: str
    """The absolute path of `bridge_doors.py`; `bridge_doors.lua` lies beside it."""
    spool_parent: str
    """The absolute path of the folder in which a bridge in Lua and its command meet."""
    home: str = ""
    """NEWTAKE_HOME, where it is set: a program with windows does not get what a terminal sets, and
    another home would be another journal. Empty for the usual one."""

    @property
    def lua_bridge(self) -> str:
        return self.bridge.removesuffix(".py") + ".lua"

    def as_json(self) -> str:
        """One line of ASCII, with no character that ends a line anywhere."""
        return json.dumps(
            {
                "command": self.command,
                "bridge": self.bridge,
                "spool_parent": self.spool_parent,
                "home": self.home,
            }
        )


def python_entry(target: Target) -> bytes:
    return _filled(
        "menu.py.template",
        {"@TARGET@": target.as_json(), "@TARGET_LITERAL@": repr(target.as_json())},
    )


def lua_entry(target: Target, path_encoding: str = "utf-8") -> bytes:
    """The entry in Lua.

    Args:
        target: What it starts.
        path_encoding: What the C library of Lua takes names of files in: UTF-8, and on Windows the
            ANSI code page (observed by plugins in Lua on Resolve 21.1).

    Raises:
        OutputError: A path cannot be written in that encoding.
    """

    # Names that are no text are kept as bytes where the system's names are bytes.
    errors = "surrogateescape" if path_encoding == "utf-8" else "strict"

    def literal(text: str) -> str:
        try:
            return lua_literal(text.encode(path_encoding, errors))
        except UnicodeEncodeError as error:
            raise OutputError(
                f"Resolve's Lua cannot open {text}.",
                why=f"The path has letters outside this system's code page ({path_encoding}).",
                fix="Install New Take into a folder whose path has only letters of that code page.",
            ) from error

    return _filled(
        "menu.lua.template",
        {
            "@TARGET@": target.as_json(),
            "@BRIDGE@": literal(target.lua_bridge),
            "@COMMAND@": ", ".join(map(literal, target.command)),
            "@SPOOL_PARENT@": literal(target.spool_parent),
        },
    )


def lua_literal(text: bytes) -> str:
    """A string of Lua 5.1 that stands for exactly these bytes, itself in printable ASCII."""
    plain = (
        chr(byte) if 0x20 <= byte < 0x7F and byte not in b'"\\' else f"\\{byte:03d}"
        for byte in text
    )
    return '"' + "".join(plain) + '"'


def is_ours(data: bytes) -> bool:
    """Whether an installer of New Take wrote the file."""
    first = data.split(b"\n", 1)[0].decode("ascii", "replace").rstrip("\r")
    return first in {comment + MARKER for comment in _COMMENTS}


def target_of(data: bytes) -> Target | None:
    """What a menu entry of ours starts; None where that cannot be read."""
    lines = data.decode("ascii", "replace").splitlines()
    second = lines[1] if len(lines) > 1 else ""
    for comment in _COMMENTS:
        if second.startswith(comment + _TARGET):
            return _read(second.removeprefix(comment + _TARGET))
    return None


def _read(line: str) -> Target | None:
    try:
        said: Any = json.loads(line)
        command = tuple(map(str, said["command"]))
        paths = (str(said[name]) for name in ("bridge", "spool_parent", "home"))
        target = Target(command, *paths)
    except (ValueError, KeyError, TypeError):
        return None
    return target if command else None


def _filled(template: str, values: Mapping[str, str]) -> bytes:
    text = (Path(__file__).parent / template).read_text(encoding="ascii")
    values = {"@MARKER@": MARKER, **values}
    # In one pass: what is put in is not looked at again.
    return re.sub(r"@[A-Z_]+@", lambda name: values[name[0]], text).encode("ascii")
