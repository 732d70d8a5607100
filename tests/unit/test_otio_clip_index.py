"""Many clips of a large timeline are found without going through all of it for each."""

from __future__ import annotations

from collections.abc import Iterator

import opentimelineio as otio

from otio_newtake.appearances import Appearance, find_appearances
from otio_newtake.identity import ClipIndex, clip_keys


class Counted(list[Appearance]):
    """Appearances that count how often somebody goes through them."""

    walks = 0

    def __iter__(self) -> Iterator[Appearance]:
        self.walks += 1
        return super().__iter__()


def timeline_of(count: int) -> otio.schema.Timeline:
    track = otio.schema.Track("Video 1", kind=otio.schema.TrackKind.Video)
    for index in range(count):
        start = otio.opentime.RationalTime(index, 25)
        span = otio.opentime.TimeRange(start, otio.opentime.RationalTime(10, 25))
        track.append(
            otio.schema.Clip(
                f"c{index}", otio.schema.ExternalReference("file:///m/a.mov", span), span
            )
        )
    timeline = otio.schema.Timeline("long")
    timeline.tracks.append(track)
    return timeline


def test_all_clips_are_found_in_a_few_walks() -> None:
    found = Counted(find_appearances(timeline_of(50)))
    keys = clip_keys(found)
    found.walks = 0
    index = ClipIndex(found)
    assert [index.clip(key) for key in keys] == list(found)
    assert [index.pieces(key) for key in keys] == [[]] * len(keys)
    assert found.walks <= 4


def test_clips_that_moved_are_found_in_a_few_walks_as_well() -> None:
    timeline = timeline_of(50)
    keys = clip_keys(find_appearances(timeline))
    track = timeline.tracks[0]
    first = track[0]
    del track[0]
    track.append(first)
    found = Counted(find_appearances(timeline))
    index = ClipIndex(found)
    places = [index.clip(key) for key in keys]
    assert [each.item.name for each in places if each is not None] == [
        f"c{number}" for number in range(50)
    ]
    assert found.walks <= 6


def test_images_keep_their_key_where_their_folder_is_spelled_as_a_url() -> None:
    timeline = timeline_of(1)
    clip = timeline.tracks[0][0]
    clip.media_reference = otio.schema.ImageSequenceReference(
        target_url_base="/m/a b/", name_prefix="a.", name_suffix=".png", rate=25,
        frame_zero_padding=4, available_range=clip.source_range,
    )  # fmt: skip
    (key,) = clip_keys(find_appearances(timeline))
    clip.media_reference.target_url_base = "file:///m/a%20b/"
    assert clip_keys(find_appearances(timeline)) == [key]
