"""An order with something in every field, for tests of what is journalled."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from newtake.domain.clip import Clip, ColourTags, MediaInfo, MediaLink, TakeSummary
from newtake.domain.edit import EditSettings, Price
from newtake.domain.events import Order
from newtake.domain.files import HostTarget, Layout, Profile
from newtake.domain.plate import PlatePlan
from newtake.domain.timing import FrameRange

RATE = Fraction(30000, 1001)


def order() -> Order:
    path = Path("/media/größe #1.mov")
    frames = FrameRange(107892, 90, RATE)
    return Order(
        clip=Clip(
            "V1/1",
            1,
            "größe",
            "V1",
            frames,
            frames,
            MediaLink("file:///x", path, frames),
            takes=(TakeSummary(1, "take_001", "Take 1", "x.mov", selected=True),),
        ),
        source=MediaInfo(
            path,
            "mov",
            "prores",
            1920,
            1080,
            RATE,
            90,
            True,
            Fraction(1, 3),
            Fraction(0),
            "yuv422p10le",
            10,
            Fraction(4, 3),
            0,
            False,
            True,
            False,
            True,
            ColourTags("bt709", None, "bt709", "tv"),
            "01:00:00;00",
            RATE,
            "A001",
        ),
        origin=107892,
        timecode_start=107892,
        plate=PlatePlan("5s", 120, frames, 0, 0, 90, "time", tuple(range(0, 90, 2))),
        settings=EditSettings("a prompt", resolution="720p", hdr=True),
        host=HostTarget(
            "otio",
            Path("a.otio"),
            Path("b.otio"),
            Layout.TRACK,
            Profile.RESOLVE,
            draft=Path("d.otio"),
        ),
        provider="oxen",
        uploader="workbench",
        price=Price(Decimal("2.16"), "list"),
    )
