"""All doors of a job in one value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from newtake.domain.files import HostTarget
from newtake.ports.files import Host, MediaTool, TakeStore
from newtake.ports.parts import PartTool
from newtake.ports.running import Clock, Journal
from newtake.ports.service import Provider, Uploader


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything a job needs, wired once by bootstrap."""

    provider: Provider
    uploader: Uploader
    media: MediaTool
    parts: PartTool
    journal: Journal
    takes: TakeStore
    clock: Clock
    open_host: HostOpener


HostOpener = Callable[[HostTarget], Host]
"""Opens the host of a job again, also in a later process."""
