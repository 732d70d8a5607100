"""One thing that was looked at on this machine, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    name: str
    state: Literal["ok", "note", "missing"]
    """missing: the work at hand needs it; note: it limits something."""
    text: str
    fix: str = ""
