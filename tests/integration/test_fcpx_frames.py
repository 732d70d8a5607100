"""Final Cut Pro X XML: every time of the file is the frame that it says, in and out."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import opentimelineio as otio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newtake.domain.clip import RefusalReason
from newtake.domain.errors import HostError, TimelineError
from otio_newtake.fcpx_reading import correct, exact_seconds
from otio_newtake.fcpx_writing import exact
from otio_newtake.listing import list_clips
from otio_newtake.reading import open_timeline

RATES = (24, 25, 30, 50, 60)
Row = tuple[Fraction, Fraction, Fraction]


def span(start: int, length: int, rate: int) -> Any:
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(start, rate), otio.opentime.RationalTime(length, rate)
    )


def track_of(kind: str, cuts: list[tuple[int, int, int, int]], start: int = 0) -> Any:
    """Clips of (gap before in frames of the first rate, media frame, length, rate)."""
    track = otio.schema.Track(kind, kind=kind)
    for index, (gap, first, length, rate) in enumerate(cuts):
        if gap:
            track.append(otio.schema.Gap(source_range=span(0, gap, cuts[0][3])))
        media = otio.schema.ExternalReference(
            f"file:///{kind}{start + index}.mov", span(max(0, first - 9), length + 20, rate)
        )
        track.append(otio.schema.Clip(f"{start + index}", media, span(first, length, rate)))
    return track


def seconds(time: Any) -> Fraction:
    return Fraction(time.value) / Fraction(time.rate)


def rows(timeline: Any) -> list[list[Row]]:
    """Of each track's clips, in seconds: place, media, length."""
    found: dict[str, list[Row]] = {}
    for track in timeline.tracks:
        at, own = Fraction(0), []
        for item in track:
            length = seconds(item.source_range.duration)
            if isinstance(item, otio.schema.Clip):
                own.append((at, seconds(item.source_range.start_time), length))
            at += length
        found[f"{track.kind}{own}"] = own
    return [found[key] for key in sorted(found)]


def written(timeline: Any) -> bytes:
    text = otio.adapters.write_to_string(timeline, "fcpx_xml")
    return exact(text.encode(), timeline)


def read(raw: bytes) -> Any:
    found = otio.adapters.read_from_string(raw.decode(), "fcpx_xml")
    correct(found, raw, "cut.fcpxml")
    return found


@st.composite
def cuts(draw: Any, rates: Any) -> list[tuple[int, int, int, int]]:
    return [
        (
            draw(st.sampled_from((0, 0, 1, 7, 250))),
            draw(st.integers(0, 60 * 3600 * 24)),
            draw(st.integers(1, 5000)),
            draw(rates),
        )
        for _ in range(draw(st.integers(1, 4)))
    ]


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(RATES).flatmap(lambda rate: cuts(st.just(rate))), st.data())
def test_every_frame_of_one_rate_comes_out_again(
    main: list[tuple[int, int, int, int]], data: st.DataObject
) -> None:
    rate, timeline = main[0][3], otio.schema.Timeline("cut")
    timeline.tracks.append(track_of("Video", main))
    length = int(timeline.tracks[0].duration().value)
    for kind in ("Video", "Audio"):
        place = data.draw(st.integers(0, length - 1))
        other = (place, data.draw(st.integers(0, rate * 90_000)), length - place, rate)
        timeline.tracks.append(track_of(kind, [other], 10))
    assert rows(read(written(timeline))) == rows(timeline)


@settings(max_examples=15, deadline=None)
@given(cuts(st.sampled_from((25, 50))))
def test_every_frame_of_mixed_rates_comes_out_again(main: list[tuple[int, int, int, int]]) -> None:
    timeline = otio.schema.Timeline("cut")
    timeline.tracks.append(track_of("Video", main))
    assert rows(read(written(timeline))) == rows(timeline)


def test_a_take_is_written_at_the_frame_of_its_clip() -> None:
    timeline = otio.schema.Timeline("cut")
    for start in (0, 10):
        timeline.tracks.append(track_of("Video", [(0, 900_780, 100, 25)], start))
    (connected,) = ElementTree.fromstring(written(timeline)).iterfind(".//clip[@lane='1']")
    # Of the frame 900780 the adapter itself makes 900779.
    assert connected.get("offset") == connected.get("start") == "180156/5s"


DOCUMENT = (
    '<?xml version="1.0"?><fcpxml version="1.8"><resources>'
    '<format id="r1" frameDuration="100/2500s"/><format id="r3" frameDuration="1/50s"/>'
    '<asset id="r2" name="A" src="file:///a.mov" format="r1" start="36000s" duration="100s"'
    ' hasVideo="1"/>'
    '<asset id="r4" name="S" src="file:///s.wav" format="r1" start="0s" duration="100s"'
    ' hasAudio="1"/>'
    '</resources><project name="p"><sequence format="r1"><spine>{}</spine></sequence></project>'
    "</fcpxml>"
)
FIRST = '<asset-clip name="A" ref="r2" offset="0s" start="180156/5s" duration="4s">{}</asset-clip>'


def listed(path: Path, spine: str) -> list[tuple[str, int, int, int]]:
    path.write_text(DOCUMENT.format(spine))
    return [
        (each.track, each.record.start, each.source.start, each.source.duration)
        for each in list_clips(open_timeline(path), lambda _: True)
    ]


def test_a_start_that_floats_cut_down_is_the_frame_of_the_file(tmp_path: Path) -> None:
    assert listed(tmp_path / "cut.fcpxml", FIRST.format("")) == [("V1", 0, 900_780, 100)]


def test_a_storyline_lies_where_it_is_connected(tmp_path: Path) -> None:
    inner = '<asset-clip name="A" ref="r2" offset="1s" start="36000s" duration="1s"/>'
    spine = FIRST.format(f'<spine lane="1" offset="180161/5s">{inner}</spine>')
    assert listed(tmp_path / "cut.fcpxml", spine) == [
        ("V1", 0, 900_780, 100), ("V2", 50, 900_000, 25)
    ]  # fmt: skip


def test_what_has_no_offset_follows_what_is_before_it(tmp_path: Path) -> None:
    clip = '<asset-clip name="A" ref="r2" start="180156/5s" duration="4s"/>'
    spine = clip + '<gap start="3600s" duration="1/25s"/>' * 3000 + clip
    with pytest.raises(TimelineError) as caught:
        listed(tmp_path / "cut.fcpxml", spine + clip.replace("start", 'offset="1s" start'))
    assert "lies over the one before it" in caught.value.why
    assert listed(tmp_path / "cut.fcpxml", spine) == [
        ("V1", 0, 900_780, 100), ("V1", 3100, 900_780, 100)
    ]  # fmt: skip


def test_a_marker_is_its_own_clip_s_alone(tmp_path: Path) -> None:
    marker = '<marker start="180161/5s" duration="1/25s" value="look"/>'
    inner = f'<asset-clip name="B" ref="r2" lane="1" offset="180156/5s" duration="1s">{marker}'
    path = tmp_path / "cut.fcpxml"
    path.write_text(DOCUMENT.format(FIRST.format(f"{inner}</asset-clip>")))
    clips = {each.name: each for each in open_timeline(path).timeline.find_clips()}
    assert [len(clips[name].markers) for name in "AB"] == [0, 1]
    assert clips["B"].markers[0].marked_range == span(900_805, 1, 25)


@pytest.mark.parametrize(
    ("clip", "words"),
    [
        ('start="180001/50s" duration="1s"', None),
        ('start="36000s" duration="10/333s"', "no whole number of frames"),
        ('start="soon" duration="1s"', "could not read"),
    ],
    ids=["half-a-frame-at-50", "between-frames", "no-time"],
)
def test_what_has_no_frame_is_refused_by_name(clip: str, words: str | None, tmp_path: Path) -> None:
    path = tmp_path / "cut.fcpxml"
    path.write_text(DOCUMENT.format(f'<asset-clip name="A" ref="r2" offset="0s" {clip}/>'))
    if words is None:
        found = next(iter(open_timeline(path).timeline.find_clips())).source_range
        assert found == span(180_001, 50, 50)
        return
    with pytest.raises(TimelineError) as caught:
        open_timeline(path)
    assert words in f"{caught.value.what} {caught.value.why}"


def test_clips_that_lie_over_each_other_are_refused(tmp_path: Path) -> None:
    over = '<asset-clip name="B" ref="r2" offset="3s" start="36000s" duration="1s"/>'
    with pytest.raises(TimelineError) as caught:
        listed(tmp_path / "cut.fcpxml", FIRST.format("") + over)
    assert "'B' lies over the one before it" in caught.value.why


@pytest.mark.parametrize(
    "speed",
    ['<timeMap><timept time="0s" value="0s"/></timeMap>', '<conform-rate srcFrameRate="50"/>'],
    ids=["map", "conformed"],
)
def test_a_clip_with_a_speed_of_its_own_is_refused(speed: str, tmp_path: Path) -> None:
    path = tmp_path / "cut.fcpxml"
    path.write_text(DOCUMENT.format(FIRST.format(speed)))
    (clip,) = list_clips(open_timeline(path), lambda _: True)
    assert clip.refusal is not None
    assert clip.refusal.reason is RefusalReason.RETIMED


def test_sound_that_lies_over_sound_moves_nothing_after_it(tmp_path: Path) -> None:
    sound = '<asset-clip name="S" ref="r4" lane="-1" offset="{}" start="0s" duration="{}s"/>'
    # At 0, at 24, which is a frame too early, and at 55.
    offsets = (f"{900_780 + place}/25s" for place in (0, 24, 55))
    lanes = "".join(sound.format(offset, 1) for offset in offsets)
    path = tmp_path / "cut.fcpxml"
    found = listed(path, FIRST.format(lanes))
    assert [place for _, place, media, _ in found if not media] == [0, 25, 55]
    assert "over each other" in open_timeline(path).notes[0]


def test_what_is_read_in_part_is_said(tmp_path: Path) -> None:
    path = tmp_path / "cut.fcpxml"
    sound = '<asset-clip name="S" ref="r4" lane="-1" offset="180156/5s" start="1/48000s"'
    spine = FIRST.format(f'{sound} duration="1s"/>') + '<transition offset="4s" duration="1s"/>'
    path.write_text(DOCUMENT.format(spine))
    assert [note.partition(" of ")[0] for note in open_timeline(path).notes] == [
        "1 transition(s)", "1 sound clip(s)"
    ]  # fmt: skip


@pytest.mark.parametrize("rate", ["1001/30000s", "2002/60000s"])
def test_a_rate_that_is_not_whole_is_refused(rate: str) -> None:
    raw = DOCUMENT.format("").replace("100/2500s", rate).encode()
    with pytest.raises(TimelineError, match=r"such as 23\.976"):
        correct(otio.schema.Timeline(), raw, "cut.fcpxml")


def test_a_rate_that_the_adapter_cannot_write_is_refused() -> None:
    timeline = otio.schema.Timeline("cut")
    timeline.tracks.append(track_of("Video", [(0, 0, 10, 48)]))
    with pytest.raises(HostError, match="48 frames per second"):
        exact(b"", timeline)


@pytest.mark.parametrize("text", ["1", "1/0s", "s", "1/5/5s", "9" * 60 + "s"])
def test_what_is_no_time_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        exact_seconds(text)
