"""Clips of a Resolve timeline: true ranges on every version, each refusal with its own words."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from newtake.domain.clip import Clip, RefusalReason
from newtake.domain.timing import FrameRange, Handles
from newtake.hosts.resolve.exported import exported_items, with_export
from newtake.hosts.resolve.facts import TimelineFacts, rate_of, says_drop
from newtake.hosts.resolve.identity import parse_key
from newtake.hosts.resolve.items import EVERYTHING, read_timeline
from newtake.hosts.resolve.listing import clip_of, list_clips
from newtake.hosts.resolve.spans import spoken_speed
from newtake.testing.resolve import FakeResolve, Quirks
from numbered_exr import write_numbered
from resolve_calls import InProcessCalls

pytestmark = pytest.mark.anyio

VERSIONS = ["18.6", "19.1", "20.3.2", "21.0", "21.0.4", "21.1"]


def there(_: Path) -> bool:
    return True


async def clips_of(fake: FakeResolve) -> list[Clip]:
    return list_clips(await timeline_of(fake), there)


async def timeline_of(fake: FakeResolve) -> TimelineFacts:
    calls = InProcessCalls(fake.resolve)
    timeline = await with_export(calls, await read_timeline(calls, EVERYTHING))
    assert fake.violations == []
    return timeline


def film(fake: FakeResolve, rate: str = "24", frames: int = 240, **more: Any) -> str:
    return fake.add_made_media("a.mov", path="/m/a.mov", frames=frames, rate=rate, **more)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("rate", "start", "first"),
    [
        ("24", "01:00:00:00", 86400),
        ("25", "10:00:00:00", 900000),
        ("23.976", "01:00:00:00", 86400),
        ("29.97 DF", "01:00:00:00", 107892),
    ],
)
async def test_ranges_are_exact(version: str, rate: str, start: str, first: int) -> None:
    fake = FakeResolve(version, rate=rate)
    fake.add_timeline(start=start)
    media = film(fake, rate.split()[0])
    uids = [fake.add_item(media, source_start=at, duration=50 + at) for at in (12, 13)]
    clips = await clips_of(fake)
    exact = rate_of(rate)
    assert exact is not None
    assert [(clip.index, clip.track, clip.record, clip.source) for clip in clips] == [
        (1, "V1", FrameRange(first, 62, exact), FrameRange(12, 62, exact)),
        (2, "V1", FrameRange(first + 62, 63, exact), FrameRange(13, 63, exact)),
    ]
    assert [clip.refusal for clip in clips] == [None, None]
    link = clips[0].media
    assert link is not None
    assert (link.path, link.available) == (Path("/m/a.mov"), FrameRange(0, 240, exact))
    key = parse_key(clips[1].key)
    assert (key.item, key.media, key.left, key.kind) == (uids[1], media, 13, "plain")


@pytest.mark.parametrize(
    ("kind", "reason", "words"),
    [
        ("compound", RefusalReason.COMPOUND, "compound clip; `--from render`"),
        ("multicam", RefusalReason.MULTICAM, "multicam clip; `--from render`"),
        ("fusion_clip", RefusalReason.FUSION, "Fusion clip; `--from render`"),
        ("nested_timeline", RefusalReason.NESTED, "nested timeline; `--from render`"),
        ("fusion_composition", RefusalReason.FUSION, "Fusion composition without media"),
        ("title", RefusalReason.TITLE, "title"),
        ("fusion_title", RefusalReason.TITLE, "opaque picture"),
        ("generator", RefusalReason.GENERATOR, "generator"),
        ("adjustment", RefusalReason.ADJUSTMENT, "restyle the clips under it"),
    ],
)
@pytest.mark.parametrize("version", VERSIONS)
async def test_what_resolve_builds_is_refused_with_its_own_words(
    version: str, kind: str, reason: RefusalReason, words: str
) -> None:
    fake = FakeResolve(version)
    fake.add_timeline()
    fake.add_item(kind=kind, duration=48)
    (clip,) = await clips_of(fake)
    assert clip.refusal is not None
    assert clip.refusal.reason is reason
    assert words in clip.refusal.text


@pytest.mark.parametrize("version", VERSIONS)
async def test_sound_and_subtitles_are_refused_and_not_listed(version: str) -> None:
    fake = FakeResolve(version)
    fake.add_timeline()
    fake.add_item(film(fake))
    fake.add_item(kind="audio", duration=48)
    fake.add_item(kind="subtitle", duration=48)
    timeline = await timeline_of(fake)
    assert [clip.track for clip in list_clips(timeline, there)] == ["V1"]
    refused = {item.track_type: clip_of(item, timeline, there).refusal for item in timeline.items}
    assert refused["video"] is None
    assert refused["audio"] is not None
    assert refused["audio"].reason is RefusalReason.AUDIO
    assert refused["subtitle"] is not None
    assert "subtitle" in refused["subtitle"].text


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_dissolve_is_no_clip_and_what_it_shows_is_sent(version: str) -> None:
    fake = FakeResolve(version)
    fake.add_timeline()
    media = film(fake)
    fake.add_item(media, source_start=20, duration=48)
    fake.add_item(media, source_start=5, duration=48)
    dissolve = fake.add_item(kind="transition", record_start=86400 + 38, duration=18)
    first, second = await clips_of(fake)
    assert (first.source.start, first.source.duration) == (20, 48 + 8)
    assert first.dissolves == Handles(0, 8)
    # The media begins 5 frames before: a dissolve cannot show more.
    assert (second.source.start, second.source.duration) == (0, 5 + 48)
    assert second.dissolves == Handles(5, 0)
    assert parse_key(second.key).left == 5
    if version in VERSIONS[:3]:
        return
    timeline = await timeline_of(fake)
    item = next(each for each in timeline.items if each.uid == dissolve)
    refusal = clip_of(item, timeline, there).refusal
    assert refusal is not None
    assert refusal.reason is RefusalReason.TRANSITION


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("speed", [2, 0.5, 1.1, -1, -2])
async def test_a_retimed_clip_is_refused(version: str, speed: float) -> None:
    fake = FakeResolve(version)
    fake.add_timeline()
    media = film(fake)
    fake.add_item(media, source_start=120, duration=50, record_start=86400 + 30)
    fake.add_item(media, duration=50, speed=speed)
    plain, clip = await clips_of(fake)
    assert plain.refusal is None
    assert (plain.source_is_told, clip.source_is_told) == (True, False)
    assert clip.refusal is not None
    assert clip.refusal.reason is RefusalReason.RETIMED
    assert "--from render" in clip.refusal.text


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("speed", [1, -1])
async def test_what_nothing_tells_to_be_unretimed_is_refused(version: str, speed: float) -> None:
    fake = FakeResolve(version, quirks=Quirks(export_fails=True))
    fake.add_timeline()
    fake.add_item(film(fake), duration=50, speed=speed)
    (clip,) = await clips_of(fake)
    if version == "21.1" and speed == 1:
        assert clip.refusal is None
        return
    assert clip.refusal is not None
    assert clip.refusal.reason is RefusalReason.RETIMED
    assert "--from render" in clip.refusal.text


def exported(*children: dict[str, Any]) -> list[tuple[float, str]]:
    """Start and retime of the items of a track with these children, in a timeline at 25."""
    document = {"tracks": {"children": [{"kind": "Video", "children": list(children)}]}}
    return [(float(each.start), each.retime) for each in exported_items(document, Fraction(25))]


def child(schema: str, frames: float, rate: float = 25, *effects: dict[str, Any]) -> dict[str, Any]:
    lasts = {"duration": {"value": frames, "rate": rate}}
    return {"OTIO_SCHEMA": schema, "source_range": lasts, "effects": list(effects)}


def test_the_warps_of_an_export_are_told_from_its_other_effects() -> None:
    look = {"OTIO_SCHEMA": "Effect.1", "effect_name": "Resolve Effect"}
    assert exported(
        child("Gap.1", 10),
        child("Clip.2", 24, 24, look),
        child("Clip.2", 5, 25, look, {"OTIO_SCHEMA": "LinearTimeWarp.1", "time_scalar": 0.0}),
        {"OTIO_SCHEMA": "Transition.1"},
        child("Clip.2", 5, 25, {"OTIO_SCHEMA": "TimeEffect.1"}),
        child("Stack.1", 5, 25, {"OTIO_SCHEMA": "LinearTimeWarp.1", "time_scalar": 1.0}),
        {"OTIO_SCHEMA": "Stack.1"},
        child("Clip.2", 5),
    ) == [
        (10, ""),
        (35, "it is a freeze frame"),
        (40, "its speed changes within it"),
        (45, ""),
    ]


@pytest.mark.parametrize(
    ("media", "reason", "words"),
    [
        ({"rate": "25"}, RefusalReason.MIXED_RATE, "runs at 25, the timeline at 24"),
        ({"kind": "Still", "frames": 1}, RefusalReason.STILL, "still"),
        ({"path": "/m/A001.braw"}, RefusalReason.UNSUPPORTED, "BRAW camera raw"),
        ({"path": "/m/A001.R3D"}, RefusalReason.UNSUPPORTED, "R3D camera raw"),
        ({"path": "/m/away.mov"}, RefusalReason.OFFLINE, "there is no /m/away.mov"),
        ({"frames": 40}, RefusalReason.OUTSIDE_MEDIA, "frames 0 to 47"),
    ],
)
async def test_media_that_cannot_be_cut_is_refused(
    media: dict[str, Any], reason: RefusalReason, words: str
) -> None:
    fake = FakeResolve("21.1")
    fake.add_timeline()
    uid = fake.add_made_media("a", **{"path": "/m/a.mov", **media})
    kind = "still" if media.get("kind") == "Still" else "video"
    fake.add_item(uid, kind=kind, duration=48)
    timeline = await timeline_of(fake)
    (clip,) = list_clips(timeline, lambda path: path != Path("/m/away.mov"))
    assert clip.refusal is not None
    assert clip.refusal.reason is reason
    assert words in clip.refusal.text


async def test_every_unsupported_item_has_a_message_of_its_own() -> None:
    fake = FakeResolve("21.1")
    fake.add_timeline()
    for kind in ("compound", "multicam", "fusion_clip", "nested_timeline", "title", "generator"):
        fake.add_item(kind=kind, duration=48)
    fake.add_item(kind="adjustment", duration=48)
    fake.add_item(film(fake), speed=2)
    fake.add_item(film(fake, "25"))
    texts = [clip.refusal.text for clip in await clips_of(fake) if clip.refusal is not None]
    assert len(texts) == len(set(texts)) == 9


async def test_a_locked_track_is_refused_and_a_disabled_one_noted() -> None:
    fake = FakeResolve("21.1")
    fake.add_timeline(video_tracks=2)
    fake.add_item(film(fake), track=1, duration=48)
    fake.add_item(film(fake), track=2, duration=48)
    fake.resolve.GetProjectManager().GetCurrentProject().GetCurrentTimeline().SetTrackLock(
        "video", 1, True
    )
    fake.resolve.GetProjectManager().GetCurrentProject().GetCurrentTimeline().SetTrackEnable(
        "video", 2, False
    )
    below, above = await clips_of(fake)
    assert below.refusal is not None
    assert below.refusal.text == "its track V1 is locked; unlock it in Resolve"
    assert above.refusal is None
    assert above.notes == ("its track V2 is switched off",)


async def test_images_are_named_by_their_numbers_and_counted_from_zero() -> None:
    fake = FakeResolve("21.0.4")
    fake.add_timeline()
    uid = fake.add_made_media("s", path="/m/shot.[1001-1100].exr", frames=100)
    fake.add_item(uid, source_start=10, duration=48)
    (clip,) = await clips_of(fake)
    assert clip.refusal is None
    assert clip.media is not None
    assert clip.media.sequence is not None
    assert clip.source == FrameRange(10, 48, Fraction(24))
    assert clip.media.sequence.file(clip.media.sequence.number_at(10)).name == "shot.1011.exr"
    assert clip.media.available == FrameRange(0, 100, Fraction(24))


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_original_is_sent_also_where_a_take_shows(version: str) -> None:
    fake = FakeResolve(version)
    fake.add_timeline()
    media, take = film(fake), fake.add_made_media("take.mov", path="/m/t.mov", frames=70)
    fake.add_item(media, source_start=12, duration=50)
    timeline = fake.resolve.GetProjectManager().GetCurrentProject().GetCurrentTimeline()
    item = timeline.GetItemListInTrack("video", 1)[0]
    pool = fake.resolve.GetProjectManager().GetCurrentProject().GetMediaPool()
    clips = pool.GetRootFolder().GetClipList()
    assert item.AddTake(next(c for c in clips if c.GetUniqueId() == take), 6, 56)
    assert item.SelectTakeByIndex(2)
    (clip,) = await clips_of(fake)
    assert clip.refusal is None
    assert clip.source.start == 12
    assert clip.media is not None
    assert clip.media.path == Path("/m/a.mov")
    assert [(each.number, each.key, each.selected) for each in clip.takes] == [
        (0, "original", False),
        (1, "take_001", True),
    ]
    assert any("shows; what is sent is its original" in each for each in clip.notes)
    key = parse_key(clip.key)
    assert (key.media, key.left) == (media, 12)


async def test_a_key_finds_the_same_clip_again() -> None:
    fake = FakeResolve("21.1")
    fake.add_timeline()
    fake.add_item(film(fake), duration=48)
    assert [replace(c) for c in await clips_of(fake)] == await clips_of(fake)


async def test_a_clip_that_was_moved_is_known_and_its_copy_is_another() -> None:
    fake = FakeResolve("21.1")
    fake.add_timeline()
    start = int(fake.timeline()["start"])
    media = film(fake)
    moved = fake.add_item(media, source_start=20, duration=40)
    (before,) = await clips_of(fake)
    fake.move_item(moved, start + 7)
    (after,) = await clips_of(fake)
    assert after.key != before.key
    assert after.is_same(before)

    fake.delete_item(moved)
    fake.add_item(media, source_start=20, duration=40, record_start=start + 7)
    (placed_again,) = await clips_of(fake)
    assert placed_again.is_same(after)
    assert not placed_again.is_same(before)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (24, Fraction(24)),
        ("23.976", Fraction(24000, 1001)),
        (29.97, Fraction(30000, 1001)),
        ("29.97 DF", Fraction(30000, 1001)),
        ("59.94", Fraction(60000, 1001)),
        ("", None),
        (None, None),
        ("fast", None),
        (0, None),
    ],
)
def test_rates_are_exact(value: Any, expected: Fraction | None) -> None:
    assert rate_of(value) == expected


def test_labels_are_dropped_only_where_resolve_says_so() -> None:
    assert says_drop("29.97 DF", "0")
    assert says_drop(29.97, "1")
    assert not says_drop("29.97", "0")
    assert not says_drop("29.97", None)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (100, 1),
        (1.0, 1),
        ("200 %", 2),
        ({"speed": 100.0}, 1),
        ({"Speed": 50}, Fraction(1, 2)),
        ({"speed": 100.0, "reverse": True}, -1),
        ({"speed": 100.0, "freezeFrame": True}, 0),
        ({"speed": 100.0, "reverse": False}, 1),
        ({"other": 3}, None),
    ],
)
def test_speeds_are_read_however_they_are_told(value: Any, expected: Any) -> None:
    assert spoken_speed(value) == expected


@pytest.mark.parametrize("origin", ["zero", "number"])
@pytest.mark.parametrize(("number", "is_told"), [(1, False), (1001, True), (0, True)])
async def test_a_sequence_under_a_take_of_ours_is_never_off_by_its_number(
    origin: Any, number: int, is_told: bool, tmp_path: Path
) -> None:
    image = write_numbered(tmp_path / "image.exr", 0, size=(8, 8)).read_bytes()
    for at in range(number, number + 100):
        (tmp_path / f"plate.{at:04}.exr").write_bytes(image)
    fake = FakeResolve("21.1", rate="24", quirks=Quirks(sequence_take_origin=origin))
    fake.add_timeline()
    pool = fake.resolve.GetProjectManager().GetCurrentProject().GetMediaPool()
    path = str(tmp_path / "plate.%04d.exr")
    info = {"FilePath": path, "StartIndex": number, "EndIndex": number + 99}
    (sequence,) = pool.ImportMedia([info])
    item = fake.add_item(sequence.GetUniqueId(), source_start=11, duration=50)
    (before,) = await clips_of(fake)
    assert (before.source.start, before.refusal) == (11, None)
    take = fake.add_made_media("take", path="/m/take.mov", frames=60, rate="24")
    track = fake.resolve.GetProjectManager().GetCurrentProject().GetCurrentTimeline()
    (shown,) = track.GetItemListInTrack("video", 1)
    (media,) = [each for each in pool.GetRootFolder().GetClipList() if each.GetUniqueId() == take]
    assert shown.AddTake(media, 5, 55)
    assert shown.SelectTakeByIndex(2)
    (clip,) = await clips_of(fake)
    if is_told:
        assert (clip.source, clip.refusal) == (before.source, None)
        return
    assert clip.refusal is not None
    assert "cannot be told while another take shows" in clip.refusal.text
    assert shown.SelectTakeByIndex(1)
    (again,) = await clips_of(fake)
    assert (again.source, again.refusal) == (before.source, None)
    assert fake.item(item)["selected_take"] == 1
