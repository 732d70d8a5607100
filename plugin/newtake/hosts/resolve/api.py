"""Which methods a version of Resolve has, by Blackmagic's own documents (`api.json`)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from newtake.hosts.resolve.bridge_objects import offers

TABLE = Path(__file__).with_name("api.json")
OLDEST = (18, 6)
"""What is older lacks the unique ids that everything here is found by."""


def has(version: tuple[int, ...], owner: str, method: str) -> bool:
    """Whether a version documents a method; one that is newer than the table has the newest."""
    row = _classes().get(owner, {}).get(method)
    # The bridge is untyped: it runs in Resolve's own Python.
    return row is not None and bool(offers(version, row))  # type: ignore[no-untyped-call]


@cache
def _classes() -> dict[str, dict[str, Any]]:
    classes: dict[str, dict[str, Any]] = json.loads(TABLE.read_text("utf-8"))["classes"]
    return classes
