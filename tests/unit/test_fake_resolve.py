"""The fake Resolve misbehaves as a real one was seen to."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from newtake.testing.resolve import FakeResolve, Quirks


def scene(version: str = "21.1", **options: Any) -> tuple[FakeResolve, str, Any]:
    """A 25 fps timeline at 01:00:00:00 with one clip: 50 frames from frame 11 of 200."""
    fake = FakeResolve(version, rate="25", **options)
    fake.add_timeline("Reel 1")
    media = fake.add_made_media("shot", frames=200, rate="25")
    clip = fake.add_item(media, source_start=11, duration=50)
    fake.add_item(media, source_start=100, duration=20)
    return fake, clip, items(fake)[0]


def project(fake: FakeResolve) -> Any:
    return fake.resolve.GetProjectManager().GetCurrentProject()


def timeline(fake: FakeResolve) -> Any:
    return project(fake).GetCurrentTimeline()


def items(fake: FakeResolve, track: int = 1) -> list[Any]:
    found: list[Any] = timeline(fake).GetItemListInTrack("video", track)
    return found


def pool_entry(fake: FakeResolve, frames: int = 60) -> Any:
    fake.add_made_media("result", frames=frames, rate="25")
    return project(fake).GetMediaPool().GetRootFolder().GetClipList()[-1]


def test_everything_is_an_attribute_and_what_is_unknown_is_none() -> None:
    fake, _, item = scene("21.0")

    assert hasattr(item, "GetTakeCount")
    assert item.GetTakeCount is None
    assert fake.resolve.IsStudio is None
    assert "GetTakesCount" in dir(item)
    assert "TimelineItem.GetTakeCount" in fake.absent_names
    assert fake.violations == []


def test_each_answer_is_a_new_object() -> None:
    fake, _, _ = scene()

    assert items(fake)[0] != items(fake)[0]
    assert items(fake)[0].GetUniqueId() == items(fake)[0].GetUniqueId()


def test_a_wrong_number_of_arguments_is_recorded_and_answered_with_none() -> None:
    fake, _, item = scene()

    assert item.GetName("too many") is None
    assert item.SelectTakeByIndex(idx=1) is None
    assert len(fake.violations) == 2
    assert [(c.method, c.args) for c in fake.calls[-2:]] == [
        ("GetName", ("too many",)),
        ("SelectTakeByIndex", ()),
    ]


def test_the_first_take_added_seeds_the_original_and_changes_nothing_that_is_shown() -> None:
    fake, clip, item = scene()
    before = fake.item(clip)

    assert item.GetTakesCount() == 0
    assert item.AddTake(pool_entry(fake), 5, 55) is True

    assert item.GetTakesCount() == 2
    assert item.GetSelectedTakeIndex() == 1
    assert item.GetTakeByIndex(1)["startFrame"] == 11
    assert item.GetTakeByIndex(1)["endFrame"] == 61
    assert item.GetTakeByIndex(3) is None
    assert fake.item(clip)["media"] == before["media"]


def test_the_selected_take_is_what_the_item_shows() -> None:
    fake, clip, item = scene()
    take = pool_entry(fake)
    item.AddTake(take, 5, 55)

    assert item.SelectTakeByIndex(2) is True

    assert item.GetMediaPoolItem().GetUniqueId() == take.GetUniqueId()
    assert (item.GetStart(), item.GetDuration()) == (90000, 50)
    assert item.GetLeftOffset() == 5
    assert fake.item(clip)["selected_take"] == 2


@pytest.mark.parametrize(("length", "moved"), [(45, -5), (50, 0), (60, 10)])
def test_a_take_of_another_length_moves_what_follows(length: int, moved: int) -> None:
    fake, _, item = scene()
    item.AddTake(pool_entry(fake), 0, length)

    item.SelectTakeByIndex(2)

    assert item.GetDuration() == length
    assert items(fake)[1].GetStart() == 90050 + moved


def test_takes_can_be_deleted_and_the_selected_one_gives_way_to_the_first() -> None:
    fake, clip, item = scene()
    item.AddTake(pool_entry(fake), 5, 55)
    item.SelectTakeByIndex(2)

    assert item.DeleteTakeByIndex(2) is True

    assert item.GetSelectedTakeIndex() == 1
    assert item.GetLeftOffset() == 11
    assert item.DeleteTakeByIndex(1) is False
    assert fake.item(clip)["duration"] == 50


@pytest.mark.parametrize("kind", ["title", "compound", "multicam", "fusion_clip", "generator"])
def test_a_take_on_a_kind_that_nobody_tried_is_refused_unless_it_is_allowed(kind: str) -> None:
    fake, _, _ = scene()
    fake.add_item(kind=kind, track=2, duration=50)

    assert items(fake, 2)[0].AddTake(pool_entry(fake), 0, 50) is False
    fake.change_quirks(take_kinds=["video", kind])
    assert items(fake, 2)[0].AddTake(pool_entry(fake), 0, 50) is True


def test_a_retimed_and_a_mixed_rate_item_are_kinds_of_their_own() -> None:
    fake, _, _ = scene()
    other = fake.add_made_media("film", frames=200, rate="24")
    fake.add_item(other, track=2, duration=50)
    fast = fake.add_made_media("fast", frames=200, rate="25")
    fake.add_item(fast, track=2, duration=50, source_start=20, speed=2)

    mixed, retimed = items(fake, 2)

    assert mixed.AddTake(pool_entry(fake), 0, 50) is False
    assert retimed.AddTake(pool_entry(fake), 0, 50) is False
    assert mixed.GetSourceEndFrame() - mixed.GetSourceStartFrame() == 47  # 48 frames, inclusive
    assert retimed.GetSourceEndFrame() - retimed.GetSourceStartFrame() == 100
    assert retimed.GetLeftOffset() == 10
    assert retimed.GetSpeed() == {"speed": 200.0}


def test_getters_give_nothing_on_a_timeline_that_is_not_current() -> None:
    fake, _, item = scene()
    line = timeline(fake)
    item.AddTake(pool_entry(fake), 5, 55)

    fake.add_timeline("Reel 2")

    assert item.GetTakesCount() == 0
    assert item.GetSelectedTakeIndex() == 0
    assert line.GetIsTrackEnabled("video", 1) is False
    project(fake).SetCurrentTimeline(line)
    assert item.GetTakesCount() == 2
    assert line.GetIsTrackEnabled("video", 1) is True


def test_the_left_offset_is_exact_and_the_source_start_slips_for_odd_frames() -> None:
    fake, _, item = scene()

    assert item.GetLeftOffset() == 11
    assert item.GetSourceStartFrame() == 10
    assert item.GetSourceEndFrame() == 60
    assert items(fake)[1].GetSourceStartFrame() == 100
    assert item.GetEnd() == 90050
    assert item.GetRightOffset() == 139
    assert item.GetStart(True) == 90000.0


def test_source_times_count_from_the_timecode_of_the_media() -> None:
    fake, clip, item = scene()
    fake.change_media(str(fake.item(clip)["media"]), start=250)

    assert item.GetSourceStartTime() == pytest.approx(261 / 25)


def test_transitions_are_listed_from_21_on() -> None:
    for version, listed in (("20.3.2", 2), ("21.0", 3)):
        fake, _, _ = scene(version)
        fake.add_item(kind="transition", record_start=90045, duration=10)

        assert len(items(fake)) == listed
    shown = items(fake)[1]
    assert (shown.GetName(), shown.GetMediaPoolItem()) == ("Cross Dissolve", None)


def test_the_selection_can_be_read_from_21_0_4_on() -> None:
    fake, clip, _ = scene("21.0.4")
    fake.select([clip])

    assert [one.GetUniqueId() for one in timeline(fake).GetSelectedClips()] == [clip]
    assert timeline(scene("21.0")[0]).GetSelectedClips is None


def test_marks_count_from_the_start_of_the_timeline_and_are_absent_when_unset() -> None:
    fake, _, _ = scene()

    assert timeline(fake).GetMarkInOut() == {}
    fake.set_marks(10, 39)
    assert timeline(fake).GetMarkInOut()["video"] == {"in": 10, "out": 39}
    fake.resolve.OpenPage("deliver")
    assert timeline(fake).GetMarkInOut() == {}


def test_one_marker_a_frame_with_float_keys_and_checked_colours() -> None:
    _, _, item = scene()

    assert item.AddMarker(11, "Blue", "take", "", 1, '{"newtake": 1}') is True
    assert item.AddMarker(11, "Red", "other", "", 1) is False
    assert item.AddMarker(12, "Teal", "", "", 1) is False
    assert list(item.GetMarkers()) == [11.0]
    assert isinstance(next(iter(item.GetMarkers())), float)
    assert item.GetMarkerByCustomData('{"newtake": 1}')["color"] == "Blue"
    assert item.DeleteMarkerByCustomData('{"newtake": 1}') is True
    assert item.GetMarkers() == {}


def test_clip_colours_are_not_marker_colours_and_a_generator_keeps_none() -> None:
    fake, _, item = scene()
    fake.add_item(kind="generator", track=2)
    generator = items(fake, 2)[0]

    assert item.SetClipColor("Cyan") is False
    assert item.SetClipColor("Teal") is True
    assert item.GetClipColor() == "Teal"
    assert generator.SetClipColor("Teal") is True
    assert generator.GetClipColor() == ""


def append(fake: FakeResolve, **info: Any) -> list[Any]:
    found: list[Any] = project(fake).GetMediaPool().AppendToTimeline([info])
    return found


def test_the_end_frame_is_exclusive_from_19_on_and_inclusive_in_18() -> None:
    for version, length in (("18.6", 11), ("19.1", 10)):
        fake, _, _ = scene(version)

        made = append(fake, mediaPoolItem=pool_entry(fake), startFrame=0, endFrame=10, mediaType=1)

        assert made[0].GetDuration() == length


def test_media_on_an_occupied_span_or_a_locked_track_is_not_placed_and_a_hollow_item_returned() -> (
    None
):
    fake, _, _ = scene()
    where = {"startFrame": 0, "endFrame": 10, "mediaType": 1, "trackIndex": 1}

    occupied = append(fake, mediaPoolItem=pool_entry(fake), recordFrame=90010, **where)
    fake.change_track(1, locked=True)
    locked = append(fake, mediaPoolItem=pool_entry(fake), recordFrame=91000, **where)

    assert len(occupied) == len(locked) == 1
    assert occupied[0].GetUniqueId() == ""
    assert occupied[0].GetMediaPoolItem() is None
    assert len(items(fake)) == 2


def test_a_new_bin_becomes_the_current_one() -> None:
    fake, _, _ = scene()
    pool = project(fake).GetMediaPool()

    made = pool.AddSubFolder(pool.GetRootFolder(), "New Take")

    assert pool.GetCurrentFolder().GetUniqueId() == made.GetUniqueId()
    assert pool.AddSubFolder(pool.GetRootFolder(), "New Take") is None
    assert pool.ImportMedia([{"FilePath": "/nowhere/at/all.mov"}]) == []


def test_properties_that_are_dropped_refused_or_kept() -> None:
    fake, _, _ = scene()
    entry = pool_entry(fake)

    assert entry.SetClipProperty("Reel Name", "A001") is True
    assert entry.GetClipProperty("Reel Name") == ""
    assert entry.SetClipProperty("Input Color Space", "ACES (AP0)") is False
    assert "Input Color Space" not in entry.GetClipProperty()
    assert entry.SetThirdPartyMetadata({"newtake": "1"}) is True
    assert entry.GetThirdPartyMetadata("newtake") == "1"
    managed, _, _ = scene(colour_managed=True)
    entry = pool_entry(managed)
    assert entry.SetClipProperty("Input Color Space", "ACES (AP0)") is True
    assert entry.GetClipProperty("Input Color Space") == "ACES (AP0)"


def test_handles_of_a_project_are_stale_when_another_is_open() -> None:
    fake, _, item = scene()
    line = timeline(fake)
    fake.add_project("Other")

    assert item.GetName() is None
    assert line.GetName() is None
    fake.switch_project("Feature")
    assert item.GetName() is None
    assert items(fake)[0].GetName() == "shot"


def test_a_deleted_item_a_dialog_and_quitting_answer_none() -> None:
    fake, clip, item = scene()
    other = items(fake)[1]

    fake.delete_item(clip)
    assert item.GetName() is None
    fake.open_dialog()
    assert fake.resolve.GetProductName() is None
    fake.close_dialog()
    assert other.GetName() == "shot"
    fake.quit()
    assert other.GetName() is None
    assert fake.lets_in("menu") is False


def test_resolve_started_again_has_its_project_and_knows_no_handle_of_before() -> None:
    fake, clip, item = scene()
    root, before = fake.resolve, fake.snapshot()

    fake.quit()
    fake.start_again()
    assert (root.GetProductName(), item.GetName()) == (None, None)
    assert fake.snapshot() == before
    assert items(fake)[0].GetUniqueId() == clip


def test_a_project_can_be_reverted_to_what_was_saved() -> None:
    fake, clip, item = scene()
    before = fake.snapshot()
    fake.save_project()
    for _ in range(2):
        items(fake)[0].AddTake(pool_entry(fake), 0, 50)
        fake.delete_item(clip)
        assert fake.snapshot() != before

        fake.revert_project()
        assert fake.snapshot() == before
    assert item.GetName() is None
    assert items(fake)[0].GetName() == "shot"


def test_from_outside_only_studio_with_the_preference_on_is_reached() -> None:
    assert FakeResolve(edition="free").external() is None
    assert FakeResolve(edition="free").lets_in("menu") is True
    studio = FakeResolve("21.0")
    assert studio.external().GetProductName() == "DaVinci Resolve Studio"
    studio.set_external_scripting(False)
    assert studio.external() is None


def test_a_call_can_be_refused_and_the_next_is_not() -> None:
    fake, _, item = scene()
    fake.on_call("AddTake", "refuse")
    entry = pool_entry(fake)

    assert item.AddTake(entry, 5, 55) is False
    assert item.GetTakesCount() == 0
    assert item.AddTake(entry, 5, 55) is True


def test_an_answer_can_be_lost_after_the_call_was_carried_out() -> None:
    fake, clip, item = scene()
    fake.on_call("AddTake", "quit", moment="after")

    assert item.AddTake(pool_entry(fake), 5, 55) is None

    assert len(fake.item(clip)["takes"]) == 2


@pytest.mark.parametrize(("drop", "takes"), [(False, 2), (True, 0)])
def test_a_paused_call_goes_on_or_is_dropped(drop: bool, takes: int) -> None:
    fake, clip, item = scene()
    hook = fake.on_call("AddTake", "pause")
    entry = pool_entry(fake)
    calling = threading.Thread(target=lambda: item.AddTake(entry, 5, 55))
    calling.start()

    assert fake.wait_for(hook)
    assert fake.item(clip)["takes"] == []
    fake.go_on(hook, drop=drop)
    calling.join()

    assert len(fake.item(clip)["takes"]) == takes


def test_the_open_questions_have_switches() -> None:
    fake, clip, item = scene(quirks=Quirks(take_after_add="new", item_id_changes=True))

    item.AddTake(pool_entry(fake), 5, 55)

    assert item.GetSelectedTakeIndex() == 2
    assert item.GetUniqueId() != clip


def test_a_drop_frame_timeline_starts_at_its_label() -> None:
    fake = FakeResolve("19.1", rate="29.97 DF")
    fake.add_timeline(start="10:00:00:00")
    line = timeline(fake)

    assert line.GetStartFrame() == 1078920
    assert line.GetStartTimecode() == "10:00:00;00"
    assert line.GetSetting("timelineFrameRate") == "29.97 DF"
    assert line.SetCurrentTimecode("09:59:59:00") is False
    assert line.SetCurrentTimecode("10:00:01;00") is True


def test_the_snapshot_is_the_same_until_something_changes() -> None:
    fake, _, item = scene()
    before = fake.snapshot()

    item.GetName()
    assert fake.snapshot() == before
    item.SetClipColor("Teal")
    assert fake.snapshot() != before
