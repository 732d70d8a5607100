"""The doors between the work and the outside, as protocols.

Rule 1: no port has a verb that overwrites media, replaces a clip or finalises a choice of takes.
Rule 2: what crosses a port is a value of the domain; a library's error never does.
"""

from __future__ import annotations

from newtake.ports.comparing import CompareMaker
from newtake.ports.files import PICTURE_HEIGHT, ConformOutcome, Host, MediaTool, TakeSlot, TakeStore
from newtake.ports.parts import PartResult, PartTool
from newtake.ports.pictures import FirstFrame, FirstFrameStore, Stacked, StackMaker, StillMaker
from newtake.ports.proxies import ProxyMaker
from newtake.ports.running import Clock, Journal, Progress, UnreadableJob, Watcher, no_progress
from newtake.ports.service import ModelCard, Provider, Submission, SubmitAnswer, Uploader
from newtake.ports.wiring import HostOpener, Ports

__all__ = [
    "PICTURE_HEIGHT",
    "Clock",
    "CompareMaker",
    "ConformOutcome",
    "FirstFrame",
    "FirstFrameStore",
    "Host",
    "HostOpener",
    "Journal",
    "MediaTool",
    "ModelCard",
    "PartResult",
    "PartTool",
    "Ports",
    "Progress",
    "Provider",
    "ProxyMaker",
    "StackMaker",
    "Stacked",
    "StillMaker",
    "Submission",
    "SubmitAnswer",
    "TakeSlot",
    "TakeStore",
    "UnreadableJob",
    "Uploader",
    "Watcher",
    "no_progress",
]
