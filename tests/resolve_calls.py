"""Calls to a Resolve in this process: the real bridge, over lines of JSON, without a child process.

Every request and answer goes through the same grammar as between processes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import anyio
import anyio.lowlevel

from newtake.hosts.bridging.conversation import answer_of
from newtake.hosts.resolve import api
from newtake.hosts.resolve.bridge import Bridge, read_table, serve
from newtake.hosts.resolve.changing import Changing
from newtake.hosts.resolve.messages import (
    Call,
    Hello,
    Row,
    each_line,
    hello_line,
    hello_of,
    rows_of,
    run_line,
    values_of,
)


class InProcessCalls:
    """Implements `ResolveCalls`."""

    def __init__(
        self,
        resolve: Any,
        before: Callable[[str], None] | None = None,
        changing: Changing | None = None,
    ) -> None:
        """Nothing is asked yet.

        Args:
            resolve: The root object, of a fake or of a real Resolve.
            before: Is given each request line before the bridge is; what it raises goes up.
            changing: As other processes of New Take have it; None for this conversation alone.
        """
        # The bridge is untyped: it runs in Resolve's own Python.
        table = read_table()  # type: ignore[no-untyped-call]
        self._bridge = Bridge(resolve, table, "outside")  # type: ignore[no-untyped-call]
        self._before = before
        self._hello: Hello | None = None
        self._number = 0
        self._changing = changing or Changing()

    @property
    def changing(self) -> Changing:
        return self._changing

    @property
    def hello(self) -> Hello:
        assert self._hello is not None, "ready() comes first"
        return self._hello

    async def ready(self) -> Hello:
        if self._hello is None:
            self._hello = hello_of(values_of(self._ask(hello_line)))
        return self._hello

    def has(self, owner: str, method: str) -> bool:
        return api.has(self.hello.version, owner, method)

    async def run(self, *calls: Call, afterwards: Sequence[Call] = ()) -> list[Any]:
        await self.ready()
        # As between processes: while one waits for an answer, others go on.
        await anyio.lowlevel.checkpoint()
        values: list[Any] = values_of(self._ask(lambda number: run_line(number, calls, afterwards)))
        return values

    async def each(self, listing: Call, *get: Call) -> list[Row]:
        await self.ready()
        await anyio.lowlevel.checkpoint()
        return rows_of(self._ask(lambda number: each_line(number, listing, get)))

    def _ask(self, line_of: Callable[[int], str]) -> Any:
        self._number += 1
        line = line_of(self._number)
        if self._before is not None:
            self._before(line)
        lines, answers = [line], list[str]()
        read_line = lambda: lines.pop() if lines else ""  # noqa: E731 # one line, then the end
        serve(self._bridge.answer, read_line, answers.append)
        number, answer = answer_of(answers[0])
        assert number == self._number, json.loads(line)
        return answer
