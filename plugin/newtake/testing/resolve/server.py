"""Serves a fake Resolve on a loopback socket: to scripts in other processes, and to a control.

One JSON object a line. The first line says who comes: {"hello": "external" | "menu" | "control"}.
A script then sends what `vendor_module` sends; a control sends {"do": NAME, "args": [],
"named": {}} and gets {"value": ...} or {"error": TEXT}.
"""

from __future__ import annotations

import json
import shutil
import socketserver
import threading
from dataclasses import is_dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from newtake.testing.resolve import vendor_module
from newtake.testing.resolve.application import ResolveRoot
from newtake.testing.resolve.control import FakeResolve


class ResolveServer:
    """A listening socket, and the folder by which scripts find it.

    Args:
        folder: What RESOLVE_SCRIPT_API points to; the stand-in for the vendor's module is written
            into its `Modules`. It belongs to the caller.
    """

    def __init__(self, fake: FakeResolve, folder: Path) -> None:
        self.fake = fake
        self.folder = folder
        self._server = _Listener(fake)
        self.address: tuple[str, int] = ("127.0.0.1", self._server.server_address[1])
        modules = folder / "Modules"
        modules.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(vendor_module.__file__, modules / "DaVinciResolveScript.py")
        facts = {"host": self.address[0], "port": self.address[1]}
        (modules / "address.json").write_text(json.dumps(facts), encoding="ascii")
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        self._thread.start()

    @property
    def environment(self) -> dict[str, str]:
        """What a process outside needs in its environment to find this Resolve."""
        return {"RESOLVE_SCRIPT_API": str(self.folder)}

    def close(self) -> None:
        """Stop listening; paused calls are dropped, open connections end with their clients."""
        for number in range(len(self.fake.world.hooks)):
            self.fake.go_on(number, drop=True)
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> ResolveServer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    # A paused call holds its thread; closing must not wait for a script that was killed.
    block_on_close = False

    def __init__(self, fake: FakeResolve) -> None:
        self.fake = fake
        super().__init__(("127.0.0.1", 0), _Connection)


class _Connection(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, _Listener)
        fake, way = self.server.fake, ""
        try:
            for line in self.rfile:
                request = json.loads(line)
                if "hello" in request:
                    way = request["hello"]
                    answer = _welcome(fake, way)
                elif way == "control":
                    answer = _controlled(fake, request)
                else:
                    answer = {"value": fake.world.ask(request)}
                self.wfile.write(json.dumps(answer).encode("ascii") + b"\n")
        except (OSError, ValueError):
            # The script was killed, or it is no script: this connection ends, Resolve goes on.
            return


def _welcome(fake: FakeResolve, way: str) -> dict[str, Any]:
    is_in = way == "control" or fake.lets_in(way)
    root = fake.world.pack(ResolveRoot(fake.world)) if is_in else None
    return {"value": {**fake.hello(), "root": root}}


def _controlled(fake: FakeResolve, request: dict[str, Any]) -> dict[str, Any]:
    try:
        found = getattr(fake, str(request["do"]))
        value = found(*request["args"], **request["named"]) if callable(found) else found
    except Exception as error:  # whatever it is, it belongs to the test at the other end
        return {"error": f"{type(error).__name__}: {error}"}
    return {"value": _plain(value)}


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    return vars(value) if is_dataclass(value) else value
