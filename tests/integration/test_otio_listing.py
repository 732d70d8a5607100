"""Listings of timeline files: true ranges, and for each quirk the right reason."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from newtake.domain.clip import Clip
from newtake.domain.errors import TimelineError
from otio_newtake.listing import list_clips
from otio_newtake.reading import open_timeline

FIXTURES = Path(__file__).parents[2] / "fixtures" / "timelines"
NTSC = Fraction(24000, 1001)


def listed(path: Path, *, online: bool = True) -> list[Clip]:
    return list_clips(open_timeline(path), _is_path if online else Path.exists)


def _is_path(path: Path) -> bool:
    """Every file is there; an address with a scheme is none. A drive's colon is no scheme's."""
    return ":" not in path.as_posix()[2:]


def row(clip: Clip) -> tuple[str, str, int, int, int, int, str]:
    reason = clip.refusal.reason.value if clip.refusal else ""
    record, source = clip.record, clip.source
    return (
        clip.track,
        clip.name,
        record.start,
        record.duration,
        source.start,
        source.duration,
        reason,
    )


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("bare_clip.json", [("V1", "alone", 0, 24, 10, 24, "")]),
        ("collection.otio", [("V1", "A", 0, 24, 0, 24, "")]),
        (
            "dissolve.otio",
            [
                ("V1", "A", 0, 48, 24, 54, ""),
                ("V1", "B", 48, 48, 94, 54, ""),
                ("V1", "C", 96, 48, 10, 48, ""),
            ],
        ),
        (
            "file_urls.otio",
            [
                ("V1", "A", 0, 48, 30, 48, ""),
                ("V1", "B", 48, 50, 0, 50, ""),
                ("V1", "A", 98, 48, 30, 48, ""),
                ("A1", "A", 0, 48, 0, 48, "audio"),
            ],
        ),
        (
            "fractional_in_points.otio",
            [("V1", "A", 86424, 24, 86400, 24, ""), ("V1", "B", 86448, 52, 86424, 52, "")],
        ),
        ("ghost_active_key.otio", [("V1", "ghost", 0, 24, 0, 24, "")]),
        ("image_sequence.otio", [("V1", "exr", 0, 24, 1010, 24, "")]),
        (
            "media_at_another_rate.otio",
            [
                ("V1", "A001.mov", 86400, 48, 90000, 50, ""),
                ("V1", "A001.mov", 86448, 25, 90050, 27, ""),
                ("A1", "A001.mov", 86400, 48, 90000, 50, "audio"),
            ],
        ),
        (
            "nested_stack.otio",
            [
                ("V1", "A", 0, 24, 0, 24, ""),
                ("V1", "Compound Clip 1", 24, 36, 12, 36, ""),
                ("V1", "C", 60, 24, 24, 24, ""),
            ],
        ),
        (
            "no_media.otio",
            [
                ("V1", "knows its path", 0, 24, 0, 24, ""),
                ("V1", "nothing", 24, 24, 0, 24, "no_media"),
                ("V1", "bars", 48, 24, 0, 24, "generator"),
                ("V1", "empty address", 72, 24, 0, 24, "no_media"),
                ("V1", "asset", 96, 24, 0, 24, "not_a_file"),
                ("V1", "web", 120, 24, 0, 24, "not_a_file"),
            ],
        ),
        (
            "ranges_and_tracks.otio",
            [
                ("V1", "empty", 0, 0, 0, 0, "empty"),
                ("V1", "outside", 0, 24, 230, 24, "outside_media"),
                ("V1", "no range", 24, 24, 0, 24, ""),
                ("V2", "off", 0, 24, 0, 24, ""),
                ("A1", "sound", 0, 24, 0, 24, "audio"),
                ("T1", "words", 0, 24, 0, 24, "unsupported"),
            ],
        ),
        (
            "speeds.otio",
            [
                ("V1", "double", 0, 48, 24, 96, ""),
                ("V1", "backwards", 48, 24, 100, 24, ""),
                ("V1", "freeze", 72, 24, 100, 1, ""),
                ("V1", "ramp", 96, 24, 100, 24, "retimed"),
                ("V1", "as shot", 120, 24, 100, 24, ""),
            ],
        ),
        (
            "stills.otio",
            [
                ("V1", "title.png", 0, 120, 0, 120, "still"),
                ("V1", "frame", 120, 120, 0, 120, "still"),
                ("V1", "kdenlive", 240, 48, 0, 50, "unknown_rate"),
            ],
        ),
        (
            "track_with_source_range.otio",
            [
                ("V1", "A", 86400, 24, 24, 24, ""),
                ("V1", "B", 86424, 36, 100, 36, ""),
                ("V1", "C", 86472, 0, 0, 24, "empty"),
            ],
        ),
    ],
)
def test_each_quirk_is_listed_with_its_true_ranges(name: str, rows: list[Any]) -> None:
    # Windows' own addresses are paths there; what they are elsewhere is tested with the addresses.
    clips = listed(FIXTURES / name)[: len(rows)]
    assert [row(clip) for clip in clips] == rows
    assert [clip.index for clip in clips] == list(range(1, len(rows) + 1))


def test_every_fixture_is_listed_or_refused_in_these_tests() -> None:
    names = {path.name for path in FIXTURES.iterdir()}
    here = Path(__file__).read_text(encoding="utf-8")
    readme = (FIXTURES.parent / "README.md").read_text(encoding="utf-8")
    assert {name for name in names if f'"{name}"' not in here} == set()
    assert {name for name in names if f"`{name}`" not in readme} == set()


def test_rates_are_exact_and_a_different_media_rate_is_noted() -> None:
    hiero = listed(FIXTURES / "fractional_in_points.otio")
    assert {(clip.record.rate, clip.source.rate) for clip in hiero} == {(NTSC, NTSC)}
    resolve = listed(FIXTURES / "media_at_another_rate.otio")[0]
    assert (resolve.record.rate, resolve.source.rate) == (Fraction(24), Fraction(25))
    assert "media at 25" in resolve.notes[0]


def test_offline_media_is_refused_with_the_path_that_was_tried() -> None:
    clip = listed(FIXTURES / "file_urls.otio", online=False)[0]
    assert clip.refusal is not None
    assert clip.refusal.reason.value == "offline"
    assert "/media/a b#.mov" in clip.refusal.text


def test_a_media_path_in_the_metadata_of_an_offline_clip_is_its_link() -> None:
    clip = listed(FIXTURES / "no_media.otio")[0]
    assert clip.media is not None
    assert clip.media.path == FIXTURES / "media" / "a.mov"


def test_a_speed_and_a_transition_are_noted_with_what_they_consume() -> None:
    double, backwards, freeze, ramp = listed(FIXTURES / "speeds.otio")[:4]
    assert [clip.speed for clip in (double, backwards, freeze)] == [2, -1, 0]
    assert "200 % speed: 48 frames of the timeline consume 96" in double.notes[0]
    assert "backwards" in backwards.notes[0]
    assert "freeze of media frame 100" in freeze.notes[0]
    assert ramp.refusal is not None
    assert "speed ramp" in ramp.refusal.text
    dissolve = listed(FIXTURES / "dissolve.otio")[0]
    assert (dissolve.dissolves.head, dissolve.dissolves.tail) == (0, 6)
    assert "0 + 6 media frames more of it show in Cross Dissolve" in dissolve.notes[0]


def test_what_was_mended_or_is_disabled_is_noted() -> None:
    assert "'proxy'" in listed(FIXTURES / "ghost_active_key.otio")[0].notes[0]
    assert "bare clip" in listed(FIXTURES / "bare_clip.json")[0].notes[0]
    off = next(clip for clip in listed(FIXTURES / "ranges_and_tracks.otio") if clip.name == "off")
    assert off.notes == ("it is disabled on the timeline", "its track is disabled")


def test_a_newer_schema_is_refused_by_name() -> None:
    with pytest.raises(TimelineError, match=r"Marker\.3"):
        listed(FIXTURES / "written_by_newer_otio.otio")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cut.otioz", "bundle"),
        ("cut.mov", "a .mov file"),
        ("cut", "nameless"),
    ],
)
def test_other_formats_are_refused_with_what_to_do(name: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"x")
    with pytest.raises(TimelineError, match=words) as caught:
        open_timeline(path)
    assert caught.value.fix


def test_a_timeline_that_is_not_there_or_is_a_folder_is_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "cut.otio"
    folder.mkdir()
    for path in (tmp_path / "none.otio", folder):
        with pytest.raises(TimelineError, match=path.name):
            open_timeline(path)


def test_an_otiod_folder_is_read_with_its_media(tmp_path: Path) -> None:
    bundle = tmp_path / "cut.otiod"
    (bundle / "media").mkdir(parents=True)
    (bundle / "media" / "a.mov").write_bytes(b"x")
    (bundle / "content.otio").write_bytes((FIXTURES / "collection.otio").read_bytes())
    assert [clip.refusal for clip in listed(bundle, online=False)] == [None]


def test_another_format_is_read_through_the_adapter_that_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The adapter here is a real plugin of OpenTimelineIO, found through its own variable."""
    (tmp_path / "newtake_test_cuts.py").write_text(
        "import opentimelineio as otio\n"
        "def read_from_file(filepath):\n"
        "    with open(filepath) as file:\n"
        "        words = file.read().split()\n"
        "    if words == ['wrong']:\n"
        "        raise KeyError(words)\n"
        "    timeline = otio.schema.Timeline()\n"
        "    timeline.tracks.append(otio.schema.Track(kind='Video'))\n"
        "    for word in words:\n"
        "        span = otio.opentime.TimeRange(duration=otio.opentime.RationalTime(24, 24))\n"
        "        timeline.tracks[0].append(otio.schema.Clip(name=word, source_range=span))\n"
        "    return timeline\n"
    )
    adapter = {
        "OTIO_SCHEMA": "Adapter.1",
        "name": "newtake_test_cuts",
        "filepath": "newtake_test_cuts.py",
        "suffixes": ["cuts"],
    }
    manifest = {
        "OTIO_SCHEMA": "PluginManifest.1",
        "adapters": [adapter],
        "schemadefs": [],
        "media_linkers": [],
        "hooks": {},
        "hook_scripts": [],
    }
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    cut, wrong, empty = (tmp_path / f"{name}.cuts" for name in ("x", "wrong", "empty"))
    cut.write_text("one two")
    wrong.write_text("wrong")
    empty.write_text("")
    monkeypatch.setenv("OTIO_PLUGIN_MANIFEST_PATH", str(tmp_path / "manifest.json"))
    otio.plugins.ActiveManifest(force_reload=True)
    try:
        assert [(clip.name, clip.record.start) for clip in listed(cut)] == [("one", 0), ("two", 24)]
        with pytest.raises(TimelineError, match=r"adapter for \.cuts could not read"):
            open_timeline(wrong)
        with pytest.raises(TimelineError, match="is empty"):
            open_timeline(empty)
    finally:
        monkeypatch.delenv("OTIO_PLUGIN_MANIFEST_PATH")
        otio.plugins.ActiveManifest(force_reload=True)


def test_ten_thousand_clips_are_listed_quickly(tmp_path: Path) -> None:
    timeline = otio.schema.Timeline()
    track = otio.schema.Track(kind="Video")
    timeline.tracks.append(track)
    span = otio.opentime.TimeRange(
        otio.opentime.RationalTime(0, 24), otio.opentime.RationalTime(24, 24)
    )
    for number in range(10_000):
        reference = otio.schema.ExternalReference(f"/media/{number}.mov", span)
        track.append(otio.schema.Clip(f"c{number}", reference, span))
    path = tmp_path / "long.otio"
    otio.adapters.write_to_file(timeline, str(path))
    began = time.process_time()
    plain = json.loads(path.read_bytes())
    otio.adapters.read_from_file(str(path))
    reading_seconds = time.process_time() - began
    began = time.process_time()
    clips = listed(path, online=False)
    listing_seconds = time.process_time() - began
    assert (len(clips), clips[-1].record.start) == (10_000, 9_999 * 24)
    assert plain["OTIO_SCHEMA"] == "Timeline.1"
    # About 3.5 times on a quiet machine; anything quadratic is hundreds of times.
    assert listing_seconds < 60 * reading_seconds


@pytest.mark.parametrize(
    ("name", "reason", "words"),
    [
        ("film.mov", None, ""),
        ("gone.mov", "offline", "there is no"),
        ("folder.mov", "not_a_file", "is a folder"),
        ("empty.mov", "not_a_file", "an empty file"),
        ("pipe.mov", "not_a_file", "no regular file"),
        ("speech.WAV", "audio", "sound file"),
        ("gone.wav", "audio", "sound file"),
    ],
)
def test_what_a_path_alone_tells_is_said(
    name: str, reason: str | None, words: str, tmp_path: Path
) -> None:
    (tmp_path / "film.mov").write_bytes(b"x")
    (tmp_path / "speech.WAV").write_bytes(b"x")
    (tmp_path / "empty.mov").touch()
    (tmp_path / "pipe.mov").symlink_to(os.devnull)
    (tmp_path / "folder.mov").mkdir()
    timeline = otio.schema.Timeline("paths")
    timeline.tracks.append(otio.schema.Track("V", kind=otio.schema.TrackKind.Video))
    span = otio.opentime.TimeRange(
        otio.opentime.RationalTime(0, 24), otio.opentime.RationalTime(24, 24)
    )
    reference = otio.schema.ExternalReference(name, span)
    timeline.tracks[0].append(otio.schema.Clip("a", reference, span))
    otio.adapters.write_to_file(timeline, str(tmp_path / "paths.otio"))

    (clip,) = listed(tmp_path / "paths.otio", online=False)

    found = clip.refusal
    assert (found.reason.value if found else None) == reason
    assert words in (found.text if found else "")


@pytest.mark.parametrize(
    ("name", "count", "sample"),
    [
        ("hiero_sq001_timeline.json", 15, ("V1", "referencesq01sh010", 86424, 52, 86424, 52)),
        ("openrv_openassetio.otio", 1, ("V1", "rv_asset1", 0, 49, 1, 49)),
        (
            "resolve_clip_exr_embedded_tc.json",
            1,
            ("V1", "output.[1000-1100].exr", 0, 74, 87404, 72),
        ),
        ("resolve_clip_retimed.json", 1, ("V1", "simple_editorial_setup.mp4", 0, 171, 0, 428)),
        ("resolve_effects.otio", 37, ("V5", "sq0100_sh0020_layout_v005.mp4", 86900, 316, 0, 316)),
        ("tlrender_MultipleRates.otio", 1, ("V1", "videoclip5", 25, 232, 0, 232)),
    ],
)
def test_timelines_of_real_editors_are_listed(
    name: str, count: int, sample: Any, outside_data: Callable[[str], Path]
) -> None:
    clips = listed(outside_data("NEWTAKE_TIMELINES") / name)
    assert len(clips) == count
    assert sample in [row(clip)[:6] for clip in clips]
    assert len({clip.key for clip in clips}) == count


def test_a_real_premiere_xml_is_listed_through_its_adapter(
    outside_data: Callable[[str], Path],
) -> None:
    clips = listed(outside_data("NEWTAKE_TIMELINES") / "premiere_example.xml")
    assert clips
    assert all(clip.record.rate == Fraction(30) for clip in clips)
