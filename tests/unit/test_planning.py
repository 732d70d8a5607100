"""The plan: what would be sent and why a clip is refused, over fakes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from newtake.domain.clip import Clip, ColourTags, MediaInfo, MediaLink, Refusal, RefusalReason
from newtake.domain.edit import EditSettings
from newtake.domain.errors import SettingsError, UnavailableError
from newtake.domain.files import HostTarget, Profile
from newtake.domain.timing import FrameRange
from newtake.pipeline.planning import Plan, listed, plan_edits
from newtake.ports import ModelCard
from newtake.testing import FakeMediaTool, FakePartTool, FakeProvider, FakeUploader
from plain_reading import file_frame

pytestmark = pytest.mark.anyio

PATH = Path("/media/a.mov")
TARGET = HostTarget("otio", Path("in.otio"), Path("out.otio"))
R25, R24 = Fraction(25), Fraction(24)


def info(frames: int = 250, rate: Fraction = R25, timecode: str | None = None) -> MediaInfo:
    return MediaInfo(
        PATH,
        "mov",
        "h264",
        1280,
        720,
        rate,
        frames,
        True,
        Fraction(0),
        Fraction(0),
        "yuv420p",
        8,
        Fraction(1),
        0,
        False,
        True,
        False,
        False,
        ColourTags(),
        timecode,
        rate,
    )


def clip(source: FrameRange, available: FrameRange | None) -> Clip:
    record = FrameRange(0, source.duration, source.rate)
    return Clip("k", 1, "a", "V1", record, source, MediaLink("a.mov", PATH, available))


async def plan(
    clip: Clip,
    media: MediaInfo,
    settings: EditSettings | None = None,
    provider: FakeProvider | None = None,
    target: HostTarget = TARGET,
) -> Plan:
    return await plan_edits(
        [clip],
        settings or EditSettings("x"),
        target,
        media=FakeMediaTool({PATH: media}),
        provider=provider or FakeProvider(),
        uploader=FakeUploader(),
        parts=FakePartTool(),
    )


async def test_a_clip_in_the_middle_gets_handles_on_both_sides() -> None:
    made = await plan(clip(FrameRange(100, 50, R25), FrameRange(0, 250, R25)), info())

    (order,) = made.orders
    assert (order.plate.duration, order.plate.length) == ("5s", 120)
    assert order.plate.media_range == FrameRange(65, 120, R25)
    assert (order.plate.clip_offset, order.plate.tail, order.plate.held) == (35, 35, 0)
    assert made.total.usd == Decimal("0.72")


async def test_timecode_based_ranges_find_their_frames_in_the_file() -> None:
    available = FrameRange(90000, 250, R25)
    made = await plan(clip(FrameRange(90100, 150, R25), available), info(timecode="01:00:00:00"))

    (order,) = made.orders
    assert order.plate.duration == "10s"
    assert order.plate.media_range.start - order.origin == order.plate.file_index
    assert order.timecode_start == 90000
    assert order.plate.media_range == FrameRange(90010, 240, R25)
    assert order.plate.file_index == 10


async def test_zero_based_ranges_of_a_file_with_timecode_keep_both() -> None:
    made = await plan(
        clip(FrameRange(0, 240, R25), FrameRange(0, 250, R25)), info(timecode="01:00:00:00")
    )

    (order,) = made.orders
    assert (order.origin, order.plate.file_index) == (0, 0)
    assert order.timecode_start == 90000

    made = await plan(
        clip(FrameRange(10, 120, R25), FrameRange(0, 250, R25)), info(timecode="01:00:00:00")
    )
    assert made.orders[0].timecode_start == 90000
    assert made.orders[0].plate.file_index == 10


async def test_the_plan_for_resolve_says_that_ranges_will_count_from_the_timecode() -> None:
    media, target = info(timecode="10:00:00:00"), replace(TARGET, profile=Profile.RESOLVE)
    zero, absolute = (FrameRange(start + 50, 24, R25) for start in (0, 900_000))
    for source, said in ((zero, True), (absolute, False)):
        stated = FrameRange(source.start - 50, 250, R25)
        (entry,) = (await plan(clip(source, stated), media, target=target)).entries
        assert any("DaVinci Resolve" in note for note in entry.notes) is said
        (entry,) = (await plan(clip(source, stated), media)).entries
        assert not any("DaVinci Resolve" in note for note in entry.notes)


async def test_a_part_of_a_file_stated_as_available_is_understood() -> None:
    shown, stated = FrameRange(110, 40, R25), FrameRange(100, 60, R25)
    made = await plan(clip(shown, stated), info(frames=500))

    (order,) = made.orders
    assert order.origin == 0
    assert order.plate.media_range == FrameRange(70, 120, R25)
    read, outside = made.entries[0].notes
    assert "states 100 to 159 as available, a part of the file" in read
    assert "shows file frames 10 to 49" in read
    assert "an available range of 100 to 599, the whole file" in read
    assert "70 to 99 and 160 to 189, which the file has outside the 100 to 159" in outside

    # A reader of OpenTimelineIO alone finds the frames that are sent.
    span, part = (
        otio.opentime.TimeRange(*(otio.opentime.RationalTime(n, 25) for n in (r.start, r.duration)))
        for r in (shown, stated)
    )
    cut = otio.schema.Clip("a", otio.schema.ExternalReference("a.mov", part), span)
    first = order.plate.file_index + order.plate.clip_offset
    assert file_frame(cut, Fraction(0), file_frames=500) == first == 110

    # As the note says, and where the file's timecode tells, there is one way.
    stated = FrameRange(100, 500, R25)
    made = await plan(clip(shown, stated), info(frames=500))
    assert (made.orders[0].origin, made.entries[0].notes) == (100, ())
    shown, stated = (each.moved(90_000) for each in (shown, FrameRange(100, 60, R25)))
    made = await plan(clip(shown, stated), info(frames=500, timecode="01:00:00:00"))
    assert made.orders[0].origin == 90_000
    (outside,) = made.entries[0].notes
    assert "90070 to 90099" in outside


@pytest.mark.parametrize("stated", [None, FrameRange(30, 100, R25)])
async def test_frames_that_fit_a_file_in_two_ways_are_said_with_the_choice(
    stated: FrameRange | None,
) -> None:
    media = info(timecode="00:00:01:00")

    made = await plan(clip(FrameRange(60, 40, R25), stated), media)

    assert made.orders[0].origin == 25
    note, *others = made.entries[0].notes
    assert len(others) == (stated is not None)
    assert "60 to 99" in note
    assert "timecode 00:00:01:00 (frame 25), which was chosen" in note
    assert "available range of 0 to 249" in note

    decided = await plan(clip(FrameRange(60, 40, R25), FrameRange(0, 250, R25)), media)

    assert decided.orders[0].origin == 0
    assert decided.entries[0].notes == ()


@pytest.mark.parametrize(
    ("source", "timecode"),
    [
        (FrameRange(90_010, 40, R25), "01:00:00:00"),
        (FrameRange(10, 40, R25), "01:00:00:00"),
        (FrameRange(10, 40, R25), "00:00:00:00"),
        (FrameRange(10, 40, R25), None),
        (FrameRange(10, 40, R25), "00:00:01:00"),
    ],
)
async def test_frames_that_fit_in_one_way_need_no_word(
    source: FrameRange, timecode: str | None
) -> None:
    made = await plan(clip(source, None), info(timecode=timecode))

    assert len(made.orders) == 1
    assert made.entries[0].notes == ()


def test_a_listing_refuses_what_is_too_long_for_parts_and_keeps_earlier_reasons() -> None:
    def reason(source: FrameRange) -> RefusalReason | None:
        refusal = listed(clip(source, None)).refusal
        return refusal.reason if refusal is not None else None

    assert reason(FrameRange(0, 600 * 25, R25)) is None
    assert reason(FrameRange(0, 600 * 25 + 1, R25)) is RefusalReason.TOO_LONG
    refusal = listed(clip(FrameRange(0, 600 * 25 + 1, R25), None)).refusal
    assert refusal is not None
    assert "15001 frames of its media, 600.04 seconds" in refusal.text
    assert reason(FrameRange(0, 600 * 50, Fraction(50))) is None
    still = Refusal(RefusalReason.STILL, "it is a still picture, not a movie")
    refused = replace(clip(FrameRange(0, 500, R25), None), refusal=still)
    assert listed(refused).refusal is still


async def test_a_short_media_file_is_filled_with_its_last_frame() -> None:
    made = await plan(clip(FrameRange(0, 40, R25), FrameRange(0, 60, R25)), info(frames=60))

    assert made.orders[0].plate.held == 60
    assert made.orders[0].plate.media_range == FrameRange(0, 60, R25)


async def test_media_of_another_rate_covers_every_frame_that_shows() -> None:
    made = await plan(
        clip(FrameRange(10, 25, R25), FrameRange(0, 250, R25)), info(frames=240, rate=R24)
    )

    (entry,) = made.entries
    assert entry.order is not None
    assert entry.order.clip.source == FrameRange(9, 25, R24)
    assert any("covered" in note for note in entry.notes)


@pytest.mark.parametrize(
    ("source", "media", "reason"),
    [
        (FrameRange(200, 100, R25), info(), RefusalReason.OUTSIDE_MEDIA),
        (
            FrameRange(0, 50, R25),
            replace(info(), constant_rate=False),
            RefusalReason.UNSUPPORTED,
        ),
        (FrameRange(0, 15_001, R25), info(frames=16_000), RefusalReason.TOO_LONG),
    ],
)
async def test_what_cannot_be_sent_is_refused_before_anything_is(
    source: FrameRange, media: MediaInfo, reason: RefusalReason
) -> None:
    made = await plan(clip(source, FrameRange(0, 250, source.rate)), media)

    assert made.refused[0].refusal is not None
    assert made.refused[0].refusal.reason is reason


async def test_offline_media_is_refused() -> None:
    offline = clip(FrameRange(0, 50, R25), FrameRange(0, 250, R25))
    made = await plan_edits(
        [offline],
        EditSettings("x"),
        TARGET,
        media=FakeMediaTool(),
        provider=FakeProvider(),
        uploader=FakeUploader(),
        parts=FakePartTool(),
    )

    assert made.refused[0].refusal is not None
    assert made.refused[0].refusal.reason is RefusalReason.OFFLINE
    assert made.refused[0].refusal.text == f"{PATH} is offline"


async def test_a_live_schema_that_refuses_stops_the_plan() -> None:
    provider = FakeProvider(
        card=ModelCard(
            "m", "M", {"properties": {"prompt": {}, "resolution": {"enum": ["1080p"]}}}, {}
        )
    )

    with pytest.raises(SettingsError, match="live model"):
        await plan(clip(FrameRange(0, 50, R25), None), info(), provider=provider)


async def test_a_service_out_of_reach_leaves_the_built_in_rules() -> None:
    class Unreachable(FakeProvider):
        async def model(self) -> ModelCard:
            raise UnavailableError("no network", sent=False)

    made = await plan(clip(FrameRange(0, 50, R25), None), info(), provider=Unreachable())

    assert len(made.orders) == 1
    assert "built-in" in made.notes[0]


async def test_rates_above_thirty_are_sent_in_real_time_and_the_plan_says_so() -> None:
    rate = Fraction(50)
    fast = clip(FrameRange(100, 50, rate), FrameRange(0, 400, rate))
    media = info(frames=400, rate=rate)

    made = await plan(fast, media)

    plate = made.orders[0].plate
    assert (plate.cadence, plate.length, plate.media_range.duration) == ("time", 120, 250)
    why, what = made.entries[0].notes
    assert "runs at 50" in why
    assert "--cadence frame" in why
    assert "120 are sent on the grid of 24; dropped: 130 (" in what
    # What it is coded as is known before: no result fits its slots as it comes.
    assert made.takes.startswith("ProRes 422 HQ")
    assert "those that keep real time are coded anew" in made.takes
    slow = await plan(clip(FrameRange(0, 50, R25), FrameRange(0, 250, R25)), info())
    assert slow.takes.startswith("the result's own pictures, rewrapped")
