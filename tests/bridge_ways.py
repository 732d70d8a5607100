"""Each way to a bridge as a conversation in lines, so that the same cases hold for all of them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from lua_resolve import LuaObject, lua_bridge
from newtake.hosts.resolve.bridge import Bridge, read_table, serve
from newtake.hosts.resolve.bridge_doors import menu_main
from newtake.hosts.resolve.transports import BRIDGE
from newtake.testing.resolve import FakeResolve
from newtake.testing.resolve.server import ResolveServer

PYTHON = (sys.executable, "-I", "-S")
"""The standard library alone, as inside Resolve; it starts sooner, too."""

Exchange = Callable[[str], str]
"""A line there, the answer's line back; "" when the bridge has ended."""


class Opened(Protocol):
    def __call__(self, fake: FakeResolve, folder: Path) -> Any: ...


@contextmanager
def in_this_process(fake: FakeResolve, folder: Path) -> Iterator[Exchange]:
    bridge = Bridge(fake.resolve, read_table(), "outside", fake.external)  # type: ignore[no-untyped-call]

    def exchange(line: str) -> str:
        lines, answers = [line], list[str]()
        serve(bridge.answer, lambda: lines.pop() if lines else "", answers.append)
        return answers[0]

    yield exchange


@contextmanager
def as_a_child(fake: FakeResolve, folder: Path) -> Iterator[Exchange]:
    with ResolveServer(fake, folder) as server:
        process = subprocess.Popen(
            [*PYTHON, str(BRIDGE), "--connect"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, **server.environment},
        )
        assert process.stdin is not None
        assert process.stdout is not None
        with process.stdin as stdin, process.stdout as stdout:

            def exchange(line: str) -> str:
                stdin.write(line)
                stdin.flush()
                return stdout.readline()

            yield exchange
        assert process.wait(10) == 0


RELAY = """
import os, socket, sys, threading
there = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
def up():
    for line in sys.stdin.buffer:
        there.sendall(line)
    there.shutdown(socket.SHUT_WR)
threading.Thread(target=up, daemon=True).start()
for line in there.makefile("rb"):
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()
os._exit(0)  # The thread may hold standard input.
"""
"""Plays newtake: what the test says goes to the bridge that started it, and back."""


@contextmanager
def from_the_menu(fake: FakeResolve, folder: Path) -> Iterator[Exchange]:
    with socket.create_server(("127.0.0.1", 0)) as door:
        command = [*PYTHON, "-c", RELAY, str(door.getsockname()[1])]
        code = list[int | None]()
        menu = threading.Thread(target=lambda: code.append(menu_main(fake.resolve, command)))  # type: ignore[no-untyped-call]
        menu.start()
        with door.accept()[0] as child, child.makefile("rw", encoding="utf-8") as lines:

            def exchange(line: str) -> str:
                lines.write(line)
                lines.flush()
                return lines.readline()

            yield exchange
        menu.join(10)
        assert code == [0]


@contextmanager
def in_lua(fake: FakeResolve, folder: Path) -> Iterator[Exchange]:
    lua, module = lua_bridge()
    table = module.decode(BRIDGE.with_name("api.json").read_text("utf-8"))["classes"]
    bridge = module.Bridge.new(LuaObject(lua, fake.resolve), table, "lua")

    def exchange(line: str) -> str:
        answer, _ = module.answer_line(bridge, line)
        assert isinstance(answer, str)
        return answer

    yield exchange


WAYS: dict[str, Opened] = {
    "here": in_this_process,
    "child": as_a_child,
    "menu": from_the_menu,
    "lua": in_lua,
}


class Conversation:
    """Asks in the grammar's own words."""

    def __init__(self, exchange: Exchange, way: str) -> None:
        self.exchange = exchange
        self.way = way
        self._number = 0

    def ask(self, do: str, **request: Any) -> Any:
        """The answer, whose number is checked."""
        self._number += 1
        line = self.exchange(json.dumps({"id": self._number, "do": do, **request}) + "\n")
        answer = json.loads(line)
        assert answer.pop("id") == self._number
        return answer

    def run(self, *calls: dict[str, Any], afterwards: tuple[dict[str, Any], ...] = ()) -> Any:
        return self.ask("run", calls=list(calls), **{"finally": list(afterwards)})

    def error(self, *calls: dict[str, Any]) -> Any:
        """The error of a run."""
        return self.run(*calls)["error"]


def call(method: str, on: Any = "timeline", *args: Any, **more: Any) -> dict[str, Any]:
    return {"on": on, "call": method, "args": list(args), **more}
