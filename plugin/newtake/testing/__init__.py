"""Fakes of every port, for tests of this product and of anything built on it.

They are honest: they pass the same contract tests as the real adapters, keep what they were asked
in plain attributes, and fail only where a test says so.
"""

from __future__ import annotations

from newtake.testing.files import FakeHost, FakeMediaTool, MemoryTakes
from newtake.testing.parts import FakePartTool
from newtake.testing.proxies import FakeProxies
from newtake.testing.running import Crash, ManualClock, MemoryJournal, RecordingWatcher
from newtake.testing.service import FakeProvider, FakeUploader

__all__ = [
    "Crash",
    "FakeHost",
    "FakeMediaTool",
    "FakePartTool",
    "FakeProvider",
    "FakeProxies",
    "FakeUploader",
    "ManualClock",
    "MemoryJournal",
    "MemoryTakes",
    "RecordingWatcher",
]
