"""How much of each kind of work a run does at a time; the stages go on side by side.

Cutting plates and making takes have lanes of their own, so that a result is made into a take at
once and does not wait for all plates that are still to be cut.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

import anyio

LEAST_AT_WORK, MOST_AT_WORK = 2, 8
UPLOADS_AT_ONCE, DOWNLOADS_AT_ONCE, LOOKS_AT_ONCE = 3, 4, 8


def works_at_once() -> int:
    """Programs on pictures at a time: each keeps about two cores busy, and more cost only memory.

    Measured on two cores; the most bounds the memory of large machines.
    """
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity is not None else os.cpu_count() or 1
    return min(max(LEAST_AT_WORK, cores // 2), MOST_AT_WORK)


def _lane(places: int) -> anyio.CapacityLimiter:
    return anyio.CapacityLimiter(places)


@dataclass(slots=True)
class Lanes:
    """First come, first served, each."""

    cut: anyio.CapacityLimiter = field(default_factory=lambda: _lane(works_at_once()))
    """Plates out of sources."""
    make: anyio.CapacityLimiter = field(default_factory=lambda: _lane(works_at_once()))
    """Takes out of results, and results played to their ends."""
    upload: anyio.CapacityLimiter = field(default_factory=lambda: _lane(UPLOADS_AT_ONCE))
    download: anyio.CapacityLimiter = field(default_factory=lambda: _lane(DOWNLOADS_AT_ONCE))
    look: anyio.CapacityLimiter = field(default_factory=lambda: _lane(LOOKS_AT_ONCE))
    """Readings of rows: when a stream breaks off, everybody looks."""


def lanes_of(*, uploads: int, downloads: int) -> Lanes:
    """Lanes with so many transfers at a time; the rest by this machine's cores."""
    return Lanes(upload=_lane(uploads), download=_lane(downloads))
