"""Asks the page's server what the page asks, without a browser."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from services import PATIENCE_SECONDS


def address_in(line: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+/[\w-]{43}/", line)
    assert found, line
    return found[0]


class Asker:
    """Asks the server as the page does."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._origin = "/".join(url.split("/")[:3])

    def __call__(self, what: str, **asked: object) -> tuple[int, dict[str, Any]]:
        answer = httpx.post(
            f"{self.url}api/{what}",
            json=asked,
            headers={"Origin": self._origin},
            timeout=PATIENCE_SECONDS,
        )
        return answer.status_code, answer.json()

    def get(self, what: str) -> Any:
        answer = httpx.get(f"{self.url}api/{what}", timeout=PATIENCE_SECONDS)
        answer.raise_for_status()
        return answer.json()

    def states(self) -> Iterator[dict[str, Any]]:
        """Each state as it is pushed, the present one first, until the server ends."""
        with httpx.stream("GET", f"{self.url}api/events", timeout=PATIENCE_SECONDS) as answer:
            answer.raise_for_status()
            for line in answer.iter_lines():
                if line == "event: ended":
                    return
                if line.startswith("data: "):
                    yield json.loads(line.removeprefix("data: "))

    def until(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The state, as soon as it is as wished."""
        ends = time.monotonic() + 4 * PATIENCE_SECONDS
        state: dict[str, Any] = {}
        for state in self.states():
            if holds(state):
                return state
            if time.monotonic() > ends:
                break
        raise AssertionError(state)
