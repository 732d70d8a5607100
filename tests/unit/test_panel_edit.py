"""The edit as a page draws it: every frame of the record has its item, and a take its record."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from laid_takes import clip, dissolve, timeline
from newtake.bootstrap.panel_edit import clip_id, edit_document
from newtake.domain.clip import Clip, Refusal, RefusalReason, TakeSummary
from newtake.domain.files import HostTarget
from newtake.domain.marker import Marker
from newtake.domain.outline import Outline, OutlinedTrack, OutlinedTransition
from newtake.domain.take_record import TakeRecord
from newtake.domain.timing import FrameRange, Handles
from otio_newtake.host import OtioHost
from worlds import World

NTSC = Fraction(30000, 1001)


def outline(record: FrameRange, *transitions: OutlinedTransition) -> Outline:
    tracks = (
        OutlinedTrack("V1", "Picture", "video"),
        OutlinedTrack("V2", "Titles", "video"),
        OutlinedTrack("A1", "", "audio"),
        OutlinedTrack("A2", "", "audio"),
    )
    return Outline("Reel 1", record, tracks, transitions)


def test_clips_and_gaps_follow_each_other_and_transitions_lie_over_them(tmp_path: Path) -> None:
    one = World(tmp_path).clip
    rate = one.record.rate
    first = replace(one, key="a", record=FrameRange(110, 20, rate))
    second = replace(one, key="b", record=FrameRange(150, 10, rate))
    cross = OutlinedTransition("V1", "Cross Dissolve", FrameRange(145, 10, rate))

    edit = edit_document(
        "Reel 1", 3, [second, first], outline=outline(FrameRange(100, 60, rate), cross)
    )

    assert [each.name for each in edit.tracks] == ["A2", "A1", "V1", "V2"]
    assert [(each.kind, each.start, each.end) for each in edit.tracks[2].items] == [
        ("gap", 100, 110), ("clip", 110, 130), ("gap", 130, 150), ("clip", 150, 160),
        ("transition", 145, 155),
    ]  # fmt: skip
    assert edit.tracks[3].items == ()
    assert (edit.start, edit.end, edit.revision) == (100, 160, 3)


def test_what_is_said_of_the_whole_timeline_is_said_once(tmp_path: Path) -> None:
    one = replace(World(tmp_path).clip, notes=("read at 25", "its own"))
    told = replace(outline(one.record), notes=("read at 25",))

    edit = edit_document("x", 1, [one], outline=told)

    assert edit.notes == ("read at 25",)
    assert [item.notes for track in edit.tracks for item in track.items] == [("its own",)]


@pytest.mark.parametrize(("drop", "shown"), [(None, True), (False, False), (True, True)])
def test_frames_are_counted_as_the_timeline_counts(drop: bool | None, shown: bool) -> None:
    edit = edit_document("x", 1, [], outline=outline(FrameRange(107892, 10, NTSC, drop)))

    assert (edit.rate, edit.timebase, edit.drop) == ("30000/1001", 30, shown)
    assert edit.start_label == ("01:00:00;00" if shown else "00:59:56:12")


def test_takes_have_how_they_were_made_and_the_original_is_none_of_them(tmp_path: Path) -> None:
    takes = (
        TakeSummary(0, "DEFAULT_MEDIA", "a.mov", "a.mov", False),
        TakeSummary(1, "take_001", "Take 1", "t.mov", True, starred=True),
        TakeSummary(1, "take_001_exr", "Take 1 (EXR)", "t.exr", False),
    )
    one = replace(World(tmp_path).clip, takes=takes, known_by=("k", "older"), key="k")
    record = TakeRecord(
        prompt="noir",
        settings={"resolution": "720p", "first_frame": "/secret/place.png"},
        created_at="2026-01-02T03:04:05Z",
        cost_usd="1.08",
    )

    edit = edit_document("x", 1, [one], records={"k": {"take_001": record}})
    (item,) = edit.tracks[0].items

    assert [each.key for each in item.takes] == ["take_001", "take_001_exr"]
    assert [each.exr for each in item.takes] == [False, True]
    assert all(each.has_record for each in item.takes)
    assert item.takes[0].settings == {"prompt": "noir", "resolution": "720p"}
    assert item.takes[0].made_at == 1767323045.0
    assert (item.id, item.was) == (clip_id("k"), ("older",))
    assert len(item.id) == 16


def test_a_selected_take_that_lacks_frames_of_its_clip_is_told_of(tmp_path: Path) -> None:
    one = World(tmp_path).clip
    count = one.source.duration

    def lacking(head: int, tail: int, *, selected: bool = True) -> Clip:
        take = TakeSummary(1, "take_001", "Take 1", "t.mov", selected, lacks=Handles(head, tail))
        return replace(one, takes=(take,))

    edit = edit_document("x", 1, [lacking(0, 3), lacking(2, 1), lacking(0, 9, selected=False)])
    told = [item.takes[0].lacks for item in edit.tracks[0].items if item.takes]
    assert told == [
        "the clip's last 3 frames",
        "the clip's first 2 frames and last frame",
        "the clip's last 9 frames",
    ]
    assert edit.notes == (
        f"take 1 of {one.name} lacks {told[0]}; take 1 of {one.name} lacks {told[1]}: "
        "restyle them as they are now, or select the original",
    )
    (gone,) = edit_document("x", 1, [lacking(0, count)] * 5).notes
    assert gone.count("lacks all frames of the clip") == 3
    assert "and so on, 2 more" in gone
    assert edit_document("x", 1, [lacking(0, 0)]).notes == ()


def test_another_take_is_another_version(tmp_path: Path) -> None:
    one = World(tmp_path).clip
    other = replace(one, takes=(*one.takes, TakeSummary(7, "take_007", "Take 7", "n.mov", True)))
    versions = {
        edit_document("x", 1, [each]).tracks[0].items[-1].version for each in (one, other, one)
    }

    assert len(versions) == 2


def test_media_that_are_gone_are_another_version(tmp_path: Path) -> None:
    one = World(tmp_path).clip
    gone = replace(one, refusal=Refusal(RefusalReason.OFFLINE, "its media is offline"))
    versions = {
        edit_document("x", 1, [each]).tracks[0].items[-1].version for each in (one, gone, one)
    }
    assert len(versions) == 2


def test_a_marker_without_a_length_is_one_frame(tmp_path: Path) -> None:
    rate = Fraction(25)
    markers = [Marker("look", "here", "RED", FrameRange(5, 0, rate), clip_key="k")]

    (shown,) = edit_document("x", 1, [World(tmp_path).clip], markers).markers

    assert (shown.start, shown.end, shown.clip, shown.colour) == (5, 6, "k", "RED")


@pytest.mark.anyio
async def test_a_timeline_file_tells_its_tracks_and_transitions_with_their_frames(
    tmp_path: Path,
) -> None:
    laid = timeline(clip(24, 48), dissolve(6, 6), clip(100, 48))
    laid.global_start_time = otio.opentime.RationalTime(86400, 24)
    laid.tracks.append(otio.schema.Track("Sound", kind=otio.schema.TrackKind.Audio))
    file = tmp_path / "reel.otio"
    otio.adapters.write_to_file(laid, str(file))

    found = await OtioHost(HostTarget("otio", file, file)).outline()

    assert [(each.label, each.kind) for each in found.tracks] == [("V1", "video"), ("A1", "audio")]
    assert found.tracks[1].name == "Sound"
    assert (found.record.start, found.record.duration) == (86400, 96)
    (cross,) = found.transitions
    assert (cross.record.start, cross.record.end) == (86400 + 42, 86400 + 54)
