"""What a timeline looks like beside its clips: its tracks, and the transitions between clips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from newtake.domain.timing import FrameRange


@dataclass(frozen=True, slots=True)
class OutlinedTrack:
    label: str
    """V1, A2: as clips name their track."""
    name: str
    """The editor's own name for it; may be empty."""
    kind: Literal["video", "audio", "other"]


@dataclass(frozen=True, slots=True)
class OutlinedTransition:
    track: str
    name: str
    record: FrameRange
    """The record frames in which both sides show."""


@dataclass(frozen=True, slots=True)
class Outline:
    name: str
    record: FrameRange
    """All record frames, from the start timecode to the end of the longest track."""
    tracks: tuple[OutlinedTrack, ...]
    """The lowest first; sound after picture."""
    transitions: tuple[OutlinedTransition, ...] = ()
    notes: tuple[str, ...] = ()
    """What a person should know of the whole, each a clause: how a rate was found that nothing
    says. Every clip may repeat them."""
