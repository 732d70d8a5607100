"""A conversation with Blender: requests go out one by one, answers come back as values or errors.

A Blender that renders, or has a dialog open, is asked again for a while: it changes nothing
meanwhile, and a take can wait for it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

import anyio

from newtake.domain.errors import HostAwayError, HostError
from newtake.hosts.blender.facts import Hello, Sequencer, hello_of, sequencer_of
from newtake.hosts.bridging.conversation import Conversation, Words, request_line
from newtake.hosts.bridging.pipes import Transport

ANSWER_SECONDS = 60.0
"""Where Blender's main thread is held up, by a long import for one, nothing is answered."""
BUSY_SECONDS = 30.0
_POLL_SECONDS = 0.5
COLLECT = "Open the file in Blender again; New Take there offers the takes that wait."
_WORDS = Words(
    host="Blender",
    short="Blender",
    silent_fix="Wait until Blender answers again; then bring the take in from its menu.",
    ended_fix=COLLECT,
)


class BlenderCallError(HostError):
    """What the add-on answered instead of a result."""

    def __init__(self, kind: str, text: str, value: Any = None) -> None:
        super().__init__(
            f"Blender would not do it: {text}", why=_WHY.get(kind, ""), fix=_FIXES.get(kind, "")
        )
        self.kind, self.text, self.value = kind, text, value


_WHY = {
    "request": "newtake and its add-on do not understand each other.",
    "not_as_written": "It read back as something else than it was written as.",
}
_FIXES = {
    "request": "`newtake blender install`, then start Blender anew.",
    "locked": "Unlock the strip and its channel in Blender, then resume the job.",
    "no_channel": "Free a channel above the strip in Blender, then resume the job.",
    "no_file": "See that the file is there and that Blender can read it.",
    "cannot": "Change that in Blender, then resume the job.",
    "not_as_written": "Look at the strip in Blender, then resume the job.",
}


class BlenderCalls(Protocol):
    """What the host asks of Blender through."""

    @property
    def is_over(self) -> bool:
        """Whether Blender has ended, or never was: it does not come back to this process."""
        ...

    @property
    def changing(self) -> AbstractAsyncContextManager[Any]:
        """Held by whoever changes the edit in more than one request, until that is whole."""
        ...

    async def ask(self, do: str, **body: Any) -> Any:
        """What the add-on answers to one request; `bridge.py` there has the words.

        Raises:
            BlenderCallError: It would not do it.
            HostAwayError: Blender is not there, does not answer, or is busy for too long.
        """
        ...


async def hello(calls: BlenderCalls, document: str | None = None) -> Hello:
    """Which file and scene is open. Raises: as `BlenderCalls.ask`; HostError for another version.

    Args:
        calls: To Blender.
        document: A scene's id; None for the scene whose sequencer is shown.
    """
    return hello_of(await calls.ask("hello", document=document))


async def read_sequencer(
    calls: BlenderCalls, document: str | None, *known: Mapping[str, Any]
) -> Sequencer:
    """All strips of a scene. Arguments and errors as for `hello`.

    Args:
        calls: To Blender.
        document: A scene's id; None for the scene whose sequencer is shown.
        known: Strips whose ids may not be in the file any more.
    """
    return sequencer_of(await calls.ask("strips", document=document, known=list(known)))


class BlenderConnection:
    """Implements `BlenderCalls` over a transport."""

    def __init__(
        self,
        open_transport: Callable[[], Awaitable[Transport]],
        *,
        answer_seconds: float = ANSWER_SECONDS,
        busy_seconds: float = BUSY_SECONDS,
    ) -> None:
        """Nothing is started yet.

        Args:
            open_transport: Gives the way to the add-on; asked again after that has ended.
            answer_seconds: How long one answer is waited for.
            busy_seconds: How long a Blender that is busy is asked again.
        """
        self._conversation = Conversation(
            open_transport, _WORDS, away=(), answer_seconds=answer_seconds
        )
        self._busy_seconds = busy_seconds
        self._changing = anyio.Lock()
        self.is_over = False

    @property
    def changing(self) -> anyio.Lock:
        return self._changing

    async def ask(self, do: str, **body: Any) -> Any:
        with anyio.move_on_after(self._busy_seconds):
            while True:
                answer = await self._conversation.ask(
                    lambda number: request_line(number, do, **body)
                )
                error = answer.get("error")
                if error is None:
                    return answer["ok"]
                kind, text = str(error.get("kind", "")), str(error.get("text", ""))
                if kind != "busy":
                    raise BlenderCallError(kind, text, error.get("value"))
                await anyio.sleep(_POLL_SECONDS)
        raise HostAwayError(
            "Blender is busy.",
            why="It renders, has a dialog open, or something in it is being moved.",
            fix="Wait until it is done, then bring the take in from New Take's menu in Blender.",
        )

    async def aclose(self) -> None:
        """Say goodbye; Blender and what was done in it stay."""
        await self._conversation.aclose()


class AwayCalls:
    """Implements `BlenderCalls` where no Blender has started us: nothing can be asked."""

    is_over = True

    def __init__(self) -> None:
        self._changing = anyio.Lock()

    @property
    def changing(self) -> anyio.Lock:
        return self._changing

    async def ask(self, do: str, **body: Any) -> Any:
        del do, body
        raise HostAwayError(
            "The take belongs to a file of Blender, which is not reached from here.",
            why="Only New Take's add-on inside Blender opens the way there.",
            fix=COLLECT,
        )
