"""The event stream, decoded from raw pieces: ids of generations that ended, and signs of life.

A stream is silent only when not even a heartbeat comes, so comments count as life here, which the
library's own iterator leaves out. Source: docs.oxen.ai, "Async queue", server-sent events: a
`: keep-alive` comment every 15 s, no replay, `media_generation_completed` once per generation.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import cast

import httpx

# Not among the package's exported names; the line decoder is the part that keeps comments apart.
from httpx_sse._decoders import SSEDecoder

from newtake.adapters.http import timeout
from newtake.adapters.http_bodies import is_plain
from newtake.adapters.http_errors import library_errors
from newtake.domain.errors import UnknownProviderError

SILENCE_SECONDS = 50.0
"""Three heartbeats missed and a little: the connection is dead."""
STREAM_TIMEOUT = timeout(read_seconds=SILENCE_SECONDS)
_COMPLETED = "media_generation_completed"
_EVENT_MAX_CHARACTERS = 1 << 20


class EventDecoder:
    """Bytes in any pieces to the ids of generations that ended."""

    def __init__(self) -> None:
        self._text = codecs.getincrementaldecoder("utf-8")("replace")
        self._events = SSEDecoder()
        self._line: list[str] = []
        self._pending_characters = 0
        self._after_return = False
        self._at_start = True

    def feed(self, piece: bytes) -> list[str]:
        """The ids that became complete with this piece.

        Raises:
            UnknownProviderError: An event grows without end.
        """
        text = self._text.decode(piece)
        if self._at_start and text:
            text = text.removeprefix("\ufeff")
            self._at_start = False
        if self._after_return and text.startswith("\n"):
            # The second half of a line end that was cut between its two characters.
            text = text[1:]
            self._after_return = False
        if text:
            self._after_return = text.endswith("\r")
        *lines, rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        ended = []
        for line in lines:
            self._count(len(line) + 1)
            found = self._take_line("".join([*self._line, line]))
            self._line = []
            if found is not None:
                ended.append(found)
        if rest:
            self._count(len(rest))
            self._line.append(rest)
        return ended

    def _count(self, characters: int) -> None:
        self._pending_characters += characters
        if self._pending_characters > _EVENT_MAX_CHARACTERS:
            raise UnknownProviderError("The event stream sends an event without an end.")

    def _take_line(self, line: str) -> str | None:
        event = self._events.decode(line)
        if not line:
            self._pending_characters = 0
        if event is None or event.event != _COMPLETED:
            return None
        return ended_id(event.data)


def ended_id(data: str) -> str | None:
    """The generation that an event's data names; None for data that names none."""
    try:
        payload = json.loads(data)
    except (ValueError, RecursionError):
        return None
    named = payload.get("generation_id") if isinstance(payload, dict) else None
    return named if isinstance(named, str) and named else None


async def ended_generations(response: httpx.Response) -> AsyncGenerator[str | None, None]:
    """Ids as they come, and None for each piece without one.

    Raises:
        UnavailableError: The stream broke, or was silent for `SILENCE_SECONDS`.
        UnknownProviderError: It comes compressed, so that a small piece could hold a large one, or
            has an event without an end.
    """
    if not is_plain(response):
        raise UnknownProviderError("The events came in a coding that was not asked for.")
    decoder = EventDecoder()
    # The library declares an iterator and returns a generator, which must be closed.
    raw = cast("AsyncGenerator[bytes, None]", response.aiter_raw())
    async with aclosing(raw) as pieces:
        while True:
            # Only the library's errors: what the reader of this iterator raises is not ours.
            with library_errors():
                piece = await anext(pieces, None)
            if piece is None:
                return
            ended = decoder.feed(piece)
            for each in ended:
                yield each
            if not ended:
                yield None
