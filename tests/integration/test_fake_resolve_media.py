"""The fake Resolve with real files: what an import shows, and what the Deliver page makes."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import numbered_exr
from newtake.testing.resolve import FakeResolve, Quirks
from numbered_media import DNXHR, luma_of, make_numbered, numbers_in

FFMPEG = shutil.which("ffmpeg") or "ffmpeg"


@pytest.fixture(scope="module")
def movie(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """120 numbered frames at 25 fps, at 10:00:00:00."""
    return make_numbered(
        FFMPEG,
        tmp_path_factory.mktemp("media") / "ein Schuß.mov",
        rate=Fraction(25),
        frames=120,
        coding=DNXHR,
        options=("-timecode", "10:00:00:00"),
    )


def project(fake: FakeResolve) -> Any:
    return fake.resolve.GetProjectManager().GetCurrentProject()


def test_an_import_lands_in_the_current_bin_and_shows_what_the_file_holds(movie: Path) -> None:
    fake = FakeResolve(rate="25")
    fake.set_current_bin("Rushes/Day 1")

    (entry,) = project(fake).GetMediaPool().ImportMedia([{"FilePath": str(movie)}])

    assert fake.bins()["Rushes/Day 1"] == [entry.GetUniqueId()]
    shown = entry.GetClipProperty()
    assert shown["File Path"] == str(movie)
    assert (shown["Frames"], shown["FPS"], shown["Start TC"]) == ("120", 25.0, "10:00:00:00")
    assert (shown["Resolution"], shown["Type"]) == ("480x270", "Video")
    assert shown["Online Status"] == "Online"


def test_the_same_path_twice_is_two_entries_or_one(movie: Path) -> None:
    for answer, entries in (("new", 2), ("same", 1)):
        fake = FakeResolve(rate="25", quirks=Quirks(reimport=answer))  # type: ignore[arg-type]
        pool = project(fake).GetMediaPool()

        pool.ImportMedia([{"FilePath": str(movie)}])
        pool.ImportMedia([{"FilePath": str(movie)}])

        assert len(fake.bins()[""]) == entries


def test_an_image_sequence_has_the_rate_of_the_project_until_it_is_set(tmp_path: Path) -> None:
    for number in range(1001, 1006):
        numbered_exr.write_numbered(tmp_path / f"take.{number:06}.exr", number)
    fake = FakeResolve(rate="25")
    info = {"FilePath": str(tmp_path / "take.%06d.exr"), "StartIndex": 1001, "EndIndex": 1005}
    pool = project(fake).GetMediaPool()

    (entry,) = pool.ImportMedia([info])

    assert entry.GetClipProperty("Frames") == "5"
    assert entry.GetClipProperty("FPS") == 25.0
    assert entry.GetClipProperty("File Path").endswith("take.[001001-001005].exr")
    assert entry.GetClipProperty("Resolution") == "160x90"
    assert entry.SetClipProperty("FPS", "24") is True
    assert entry.GetClipProperty("FPS") == 24.0
    assert pool.ImportMedia([{**info, "EndIndex": 1006}]) == []


def cut(fake: FakeResolve, movie: Path, **options: Any) -> str:
    """A clip of 30 frames from frame 40 on, under a gap of nothing."""
    fake.add_timeline(start="01:00:00:00")
    return fake.add_item(fake.add_media(movie), source_start=40, duration=30, **options)


def deliver(fake: FakeResolve, folder: Path, **settings: Any) -> str:
    """Queue frames 10 to 19 of the timeline."""
    fake.resolve.OpenPage("deliver")
    one = project(fake)
    one.GetRenderCodecs("mp4")
    assert one.SetCurrentRenderFormatAndCodec("mp4", "H264") is True
    marks = {"SelectAllFrames": False, "MarkIn": 90010, "MarkOut": 90019}
    where = {"TargetDir": str(folder), "CustomName": "plate", "NoSuchKey": 1}
    assert one.SetRenderSettings({**marks, **where, **settings}) is True
    uid: str = one.AddRenderJob()
    return uid


def finished(fake: FakeResolve, job: str) -> dict[str, Any]:
    one = project(fake)
    assert one.StartRendering([job]) is True
    seen = [one.GetRenderJobStatus(job) for _ in range(10)]
    assert seen[0]["JobStatus"] == "Rendering"
    last: dict[str, Any] = seen[-1]
    return last


@pytest.mark.parametrize("graded", [False, True])
def test_a_rendered_range_holds_exactly_the_frames_between_its_marks(
    movie: Path, tmp_path: Path, graded: bool
) -> None:
    fake = FakeResolve(rate="25", quirks=Quirks(render_suffix="_1"))
    cut(fake, movie, graded=graded)

    job = deliver(fake, tmp_path)

    assert finished(fake, job)["JobStatus"] == "Complete"
    (listed,) = project(fake).GetRenderJobList()
    path = tmp_path / listed["OutputFilename"]
    assert path.name == "plate_1.mp4"
    if graded:
        # In a negative the bits and their complement change places.
        assert numbers_in(path) == [(2**20 - 1) ^ number for number in range(50, 60)]
    else:
        assert numbers_in(path) == list(range(50, 60))


def test_the_topmost_enabled_track_is_rendered(movie: Path, tmp_path: Path) -> None:
    fake = FakeResolve(rate="25")
    cut(fake, movie)
    above = fake.add_media(movie)
    fake.add_item(above, track=2, source_start=80, duration=30)
    timeline = project(fake).GetCurrentTimeline()

    assert timeline.SetTrackEnable("video", 2, False) is True
    finished(fake, deliver(fake, tmp_path, CustomName="below"))
    fake.change_track(2, enabled=True)
    finished(fake, deliver(fake, tmp_path, CustomName="above"))

    assert numbers_in(tmp_path / "below.mp4") == list(range(50, 60))
    assert numbers_in(tmp_path / "above.mp4") == list(range(90, 100))


def test_an_empty_range_is_black(movie: Path, tmp_path: Path) -> None:
    fake = FakeResolve(rate="25")
    clip = cut(fake, movie)
    fake.move_item(clip, 90500)

    finished(fake, deliver(fake, tmp_path))

    assert max(luma_of(tmp_path / "plate.mp4")) < 5


def test_what_the_deliver_page_refuses(movie: Path, tmp_path: Path) -> None:
    fake = FakeResolve(rate="25")
    cut(fake, movie)
    one = project(fake)

    assert one.SetCurrentRenderFormatAndCodec("mp4", "H264") is False  # not initialised yet
    one.GetRenderCodecs("mp4")
    assert one.SetCurrentRenderFormatAndCodec("mp4", "H.264") is False  # a label, no id
    assert one.SetCurrentRenderFormatAndCodec("mp4", "H264") is True
    assert one.SetRenderSettings({"VideoQuality": "Medium"}) is False
    assert one.SetRenderSettings({"VideoQuality": 0, "TargetDir": str(tmp_path)}) is True
    assert one.AddRenderJob() == ""  # away from the Deliver page
    job = deliver(fake, tmp_path)
    assert one.StartRendering(job) is False  # a text, no list
    assert one.GetRenderJobStatus("unknown") == {}
    fake.change_quirks(render_fails="disk full")
    assert finished(fake, job) == {
        "JobStatus": "Failed",
        "CompletionPercentage": 99,
        "Error": "disk full",
    }


def test_a_preset_without_video_makes_a_file_without_video(movie: Path, tmp_path: Path) -> None:
    fake = FakeResolve(rate="25")
    cut(fake, movie)
    assert project(fake).LoadRenderPreset("Audio Only") is True
    fake.resolve.OpenPage("deliver")
    project(fake).SetRenderSettings({"TargetDir": str(tmp_path), "CustomName": "sound"})

    finished(fake, project(fake).AddRenderJob())

    with pytest.raises(IndexError):
        numbers_in(tmp_path / "sound.mov")


def test_an_export_of_otio_holds_the_selected_take_alone(movie: Path, tmp_path: Path) -> None:
    fake = FakeResolve(rate="25")
    cut(fake, movie)
    fake.resolve.GetMediaPool().ImportMedia([{"FilePath": str(movie)}])
    timeline = project(fake).GetCurrentTimeline()
    (item,) = timeline.GetItemListInTrack("video", 1)
    item.AddTake(fake.resolve.GetMediaPool().GetRootFolder().GetClipList()[-1], 0, 30)
    item.SelectTakeByIndex(2)
    path = tmp_path / "out.otio"

    assert timeline.Export(str(path), fake.resolve.EXPORT_OTIO, fake.resolve.EXPORT_NONE) is True

    text = path.read_text(encoding="utf-8")
    assert text.count("ExternalReference.1") == 1
    assert '"value": 900000.0' in text
