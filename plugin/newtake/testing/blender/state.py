"""What a fake Blender holds: one scene, its channels and strips."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any

CHANNELS = 128
PICTURES = ("MOVIE", "IMAGE")


@dataclass(slots=True)
class FakeChannel:
    name: str
    mute: bool = False
    lock: bool = False


@dataclass(slots=True)
class FakeStrip:
    """A strip. Media frames count from 0; record ranges are half-open."""

    name: str
    type: str
    channel: int
    begin: int
    """Record frame of the first frame of its media."""
    start: int
    end: int
    path: str = ""
    names: tuple[str, ...] = ()
    frames: int = 0
    rate: Fraction | None = None
    own_speed: bool = False
    select: bool = False
    mute: bool = False
    lock: bool = False
    colour: str = "NONE"
    reverse: bool = False
    retimed: bool = False
    speed: float = 1.0
    strobe: float = 1.0
    views: bool = False
    colour_space: str = "sRGB"
    size: tuple[int, int] = (0, 0)
    meta: str = ""
    """Name of the meta strip that it lies in."""
    inputs: tuple[str, ...] = ()
    properties: dict[str, str] = field(default_factory=dict)

    def step(self, scene_rate: Fraction) -> Fraction:
        """Media frames per record frame."""
        own = self.rate / scene_rate if self.own_speed and self.rate is not None else Fraction(1)
        return own * Fraction(self.speed).limit_denominator(1000)

    def shown(self, scene_rate: Fraction, *, rounds: bool) -> list[int]:
        """The media frame of each record frame; `rounds`: the nearer one, not the earlier one."""
        step, strobe = self.step(scene_rate), Fraction(self.strobe).limit_denominator(1000)
        half = Fraction(1, 2) if rounds else 0
        found = []
        for record in range(self.start, self.end):
            at = max(0, record - self.begin) * step
            if strobe > 1:
                at -= at % strobe
            found.append(min(max(floor(at + half), 0), max(self.frames, 1) - 1))
        return found

    def length(self, scene_rate: Fraction) -> int:
        """Record frames of all its media."""
        return floor(self.frames / self.step(scene_rate))


@dataclass(slots=True)
class FakeScene:
    rounds: bool = False
    """Whether the nearer frame shows where media plays at its own speed, as since Blender 4.0."""
    exact: bool = True
    """Whether this version shows then what it should; of 5.0 it is known that it does not."""
    name: str = "Scene"
    fps: int = 25
    base: float = 1.0
    size: tuple[int, int] = (480, 270)
    start: int = 1
    end: int = 251
    preview: tuple[int, int] | None = None
    open_meta: str = ""
    """Name of the meta strip whose strips are shown."""
    strips: dict[str, FakeStrip] = field(default_factory=dict)
    channels: dict[int, FakeChannel] = field(
        default_factory=lambda: {n: FakeChannel(f"Channel {n}") for n in range(1, CHANNELS + 1)}
    )
    active: str = ""
    properties: dict[str, str] = field(default_factory=dict)

    @property
    def rate(self) -> Fraction:
        return Fraction(self.fps) / Fraction(self.base).limit_denominator(10000)

    def users(self, name: str) -> list[FakeStrip]:
        return [each for each in self.strips.values() if name in each.inputs]

    def free_name(self, wanted: str) -> str:
        """As Blender counts: clip, clip.001, clip.002."""
        stem, number, name = wanted, 0, wanted
        head, dot, tail = wanted.rpartition(".")
        if dot and tail.isdecimal() and len(tail) == 3:
            stem = head
        while name in self.strips:
            number += 1
            name = f"{stem}.{number:03}"
        return name


class Refusal(Exception):
    """What is answered instead of a result."""

    def __init__(self, kind: str, text: str, value: Any = None) -> None:
        super().__init__(text)
        self.kind, self.text, self.value = kind, text, value

    def as_json(self) -> Mapping[str, Any]:
        return {"kind": self.kind, "text": self.text, "call": "", "value": self.value}


def file_of(strip: FakeStrip) -> Path:
    """The movie, or the first image."""
    return Path(strip.path) / strip.names[0] if strip.type == "IMAGE" else Path(strip.path)
