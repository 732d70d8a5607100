"""A fake Resolve in a process of its own, as Resolve is, and the control of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from newtake.testing.resolve.core import RecordedCall
from newtake.testing.resolve.vendor_module import Wire


class FakeResolveProcess:
    """The words of `FakeResolve`, carried out in the process behind an address.

        with FakeResolveProcess.start(folder, version="21.0.4") as fake:
            fake.add_timeline("Reel 1", start="10:00:00:00")

    Args:
        address: Host and port, from the process's first line.
        folder: What RESOLVE_SCRIPT_API points to.
    """

    def __init__(
        self,
        address: tuple[str, int],
        folder: Path,
        process: subprocess.Popen[str] | None = None,
    ) -> None:
        self.address = address
        self.folder = folder
        self.process = process
        self._wire = Wire(*address)
        self._wire.send({"hello": "control"})

    @classmethod
    def start(
        cls,
        folder: Path,
        *,
        version: str = "21.1",
        edition: str = "studio",
        options: Sequence[str] = (),
    ) -> FakeResolveProcess:
        """Start `python -m newtake.testing.resolve`; it ends with `close`.

        Args:
            folder: Where the stand-in for the vendor's module is written; the caller's.
            options: Further options of the command.
        """
        command = [sys.executable, "-m", "newtake.testing.resolve", "--folder", str(folder)]
        command += ["--version", version, "--edition", edition, *options]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            process.wait()
            raise RuntimeError(
                f"the fake Resolve did not start: {subprocess.list2cmdline(command)}"
            )
        facts = json.loads(line)
        return cls((facts["host"], facts["port"]), folder, process)

    @property
    def environment(self) -> dict[str, str]:
        """What a process outside needs in its environment to find this Resolve."""
        return {"RESOLVE_SCRIPT_API": str(self.folder)}

    @property
    def calls(self) -> list[RecordedCall]:
        """Every call so far, in order; its arguments as plain values."""
        return [RecordedCall(**{**one, "args": tuple(one["args"])}) for one in self._do("call_log")]

    @property
    def violations(self) -> list[str]:
        return list(self._do("violations"))

    @property
    def bad_arguments(self) -> list[str]:
        return list(self._do("bad_arguments"))

    @property
    def absent_names(self) -> list[str]:
        return list(self._do("absent_names"))

    @property
    def unmodelled_calls(self) -> list[str]:
        return list(self._do("unmodelled_calls"))

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Any method of `FakeResolve`.

        The method raises RuntimeError with the words of what went wrong at the other end.
        """
        if name.startswith("_"):
            raise AttributeError(name)

        def call(*args: Any, **named: Any) -> Any:
            return self._do(name, *args, **named)

        return call

    def close(self) -> None:
        """Let go of the control, and end the process that `start` started."""
        self._wire.close()
        if self.process is not None:
            assert self.process.stdin is not None
            assert self.process.stdout is not None
            # The process ends when its standard input does, also when a test was killed.
            self.process.stdin.close()
            self.process.wait(timeout=20)
            self.process.stdout.close()

    def __enter__(self) -> FakeResolveProcess:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _do(self, name: str, /, *args: Any, **named: Any) -> Any:
        plain = [str(one) if isinstance(one, Path) else one for one in args]
        named = {k: str(v) if isinstance(v, Path) else v for k, v in named.items()}
        answer = self._wire.ask({"do": name, "args": plain, "named": named})
        if answer is None:
            raise RuntimeError("the fake Resolve's process has ended")
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["value"]
