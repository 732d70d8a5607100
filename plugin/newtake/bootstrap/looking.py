"""What is needed to look at takes beside their originals: comparisons and reports."""

from __future__ import annotations

from newtake import bootstrap
from newtake.ports import CompareMaker
from newtake.settings import Settings


def compare_maker(settings: Settings) -> CompareMaker:
    """Raises: MediaToolError."""
    from newtake.adapters.comparing import FfmpegCompareMaker

    return FfmpegCompareMaker(bootstrap.toolchain(settings))
