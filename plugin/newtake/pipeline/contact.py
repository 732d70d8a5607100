"""Whether the service can be reached while it is waited for: said once for all jobs of a run.

Waiting outlasts most troubles, but not in silence: whoever watches a command that stands still
cannot tell a long generation from a dead network.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

QUIET_SECONDS = 10.0
"""Trouble that passes sooner is not worth a word."""


@dataclass(slots=True)
class Contact:
    """What one run knows of it. Times are a clock's `monotonic` seconds."""

    _since: float | None = None
    """When asking first failed; None while it is answered."""
    _told: bool = False

    def failed(self, at: float, what: str, note: Callable[[str], None]) -> None:
        """A question failed for the reason `what`; noted once, when that lasts."""
        if self._since is None:
            self._since = at
        if not self._told and at - self._since >= QUIET_SECONDS:
            self._told = True
            note(f"{what.rstrip('.')}; it is asked again until it answers")

    def answered(self, at: float, note: Callable[[str], None]) -> None:
        """A question was answered; noted where its absence was."""
        if self._told and self._since is not None:
            note(f"the service answers again, after {at - self._since:.0f} s")
        self._since, self._told = None, False
