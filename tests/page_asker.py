"""Asks the page's server what the page asks, without a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
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

    def until(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The state, as soon as it is as wished. Each wait ends with the next change."""
        seen = -1
        for _ in range(200):
            _, state = self("state", seen=seen, wait=5)
            if holds(state):
                return state
            seen = int(str(state["revision"]))
        raise AssertionError(state)
