"""What a report of a fault is made from, as values."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event as it lies in the journal."""

    job_id: str
    at: float
    body: str
    """JSON, as far as it is sound."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything as it was found, secrets and private names included."""

    made_at: str
    versions: Mapping[str, Any]
    settings: Mapping[str, Any]
    findings: Sequence[Mapping[str, str]]
    events: Sequence[EventRow]
    journal_note: str
    """What is missing of the events; "" when nothing is."""
    logs: Mapping[str, str]
    """Name of the file -> its text."""
    secrets: Collection[str]
    """Known ones, to be taken out wherever they stand."""
    programs: Mapping[str, str]
    """Folders that tell nothing of the user -> what is written for them."""
    user_names: Collection[str]
    """How this machine calls its user."""
    service_host: str
