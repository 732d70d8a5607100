"""The media of a written timeline: where it and the takes are found, and from what they count."""

from __future__ import annotations

import copy
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from newtake.domain.clip import Clip
from newtake.domain.errors import (
    HostError,
)
from newtake.domain.files import HostTarget, Layout, NewTake, Profile
from newtake.domain.timing import FrameRange
from otio_newtake.host import OtioHost
from otio_takes import FIXTURES, take_of, target_of

pytestmark = pytest.mark.anyio


async def test_relative_media_is_still_found_from_another_folder(tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "a.mov").write_bytes(b"x")
    target = target_of(tmp_path, "dissolve.otio")
    target = replace(target, output=tmp_path / "out" / "deep" / "cut.otio")
    clip = (await OtioHost(target).clips())[2]
    assert clip.refusal is None
    await OtioHost(target).add_take(take_of(clip))
    moved = await OtioHost(HostTarget("otio", target.output, target.output)).clips()
    assert [each.refusal for each in moved][2] is None
    assert moved[2].media is not None
    assert moved[2].media.url == "../../media/a.mov"


async def timed(
    folder: Path, layout: Layout, profile: Profile, url: str = "media/a.mov"
) -> HostTarget:
    """A timeline that counts a file with a timecode from zero, and names it relatively."""
    (folder / "media").mkdir(exist_ok=True)
    (folder / "media" / "a.mov").write_bytes(b"x")
    cut = otio.opentime.range_from_start_end_time(time(50), time(74))
    media = otio.schema.ExternalReference(url, otio.opentime.TimeRange(time(0), time(250)))
    clip = otio.schema.Clip("A", media, cut, markers=[otio.schema.Marker(marked_range=cut)])
    made = otio.schema.Timeline("cut", global_start_time=time(0))
    made.tracks.append(otio.schema.Track("V", [clip], kind="Video"))
    otio.adapters.write_to_file(made, str(folder / "cut.otio"))
    return HostTarget("otio", folder / "cut.otio", folder / "out.otio", layout, profile)


def time(value: float) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(value, 25)


def ten_o_clock(clip: Clip, label: str, folder: Path) -> NewTake:
    """A take as it is planned while the clip counts from zero; its own timecode is the media's."""
    take = take_of(clip, label, handles=10)
    file = replace(
        take.file,
        path=folder / "out_takes" / "A_take_001.mov",
        start_timecode="10:00:01:15",
        available=FrameRange(40, 44, Fraction(25)),
    )
    return replace(take, file=file)


@pytest.mark.parametrize("layout", Layout)
async def test_for_resolve_everything_of_a_clip_counts_from_the_medias_timecode(
    layout: Layout, tmp_path: Path
) -> None:
    target = await timed(tmp_path, layout, Profile.RESOLVE)
    (clip,) = await OtioHost(target).clips()
    host = OtioHost(target)
    await host.add_take(ten_o_clock(clip, "job/1", tmp_path))
    if layout is not Layout.REPLACE:
        await host.add_take(ten_o_clock(clip, "job/2", tmp_path))

    zero = 10 * 3600 * 25
    written = otio.adapters.read_from_file(str(target.output))
    for each in written.find_clips():
        assert each.source_range.start_time == time(zero + 50)
        assert each.source_range.duration == time(24)
        for reference in each.media_references().values():
            assert reference.available_range.contains(each.source_range)
            assert Path(reference.target_url).is_absolute()
            first = 0 if reference.target_url.endswith("media/a.mov") else 40
            assert reference.available_range.start_time == time(zero + first)
    assert next(iter(written.find_clips())).markers[0].marked_range.start_time == time(zero + 50)
    (listed,) = await OtioHost(replace(target, timeline=target.output)).clips()
    assert (listed.source.start, listed.source.duration) == (zero + 50, 24)


async def test_a_take_is_addressed_relatively_where_the_clips_media_is(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    target = await timed(folder, Layout.TAKES, Profile.AUTO)
    (clip,) = await OtioHost(target).clips()
    await OtioHost(target).add_take(ten_o_clock(clip, "job/1", folder))

    moved = folder.rename(tmp_path / "moved")
    written = otio.adapters.read_from_file(str(moved / "out.otio"))
    urls = {
        key: each.target_url for key, each in written.find_clips()[0].media_references().items()
    }
    assert urls == {"DEFAULT_MEDIA": "media/a.mov", "take_001": "out_takes/A_take_001.mov"}
    (moved / "out_takes").mkdir()
    (moved / "out_takes" / "A_take_001.mov").write_bytes(b"x")
    host = OtioHost(HostTarget("otio", moved / "out.otio", moved / "out.otio"))
    (listed,) = await host.clips()
    shown = await host.shown_media(listed, "take_001")
    assert shown.path == moved / "out_takes" / "A_take_001.mov"


async def test_a_nested_composition_has_no_media_to_show(tmp_path: Path) -> None:
    nested = tmp_path / "nested.otio"
    edit = otio.adapters.read_from_file(str(FIXTURES / "nested_stack.otio"))
    compound = otio.schema.Stack("compound")
    inside = otio.schema.Track("inside", kind="Video")
    inside.extend(copy.deepcopy(each) for each in edit.find_clips())
    compound.append(inside)
    edit.tracks[0].append(compound)
    otio.adapters.write_to_file(edit, str(nested))
    host = OtioHost(HostTarget("otio", nested, nested))
    listed = next(each for each in await host.clips() if each.name == "compound")

    with pytest.raises(HostError, match="nested composition"):
        await host.shown_media(listed, "original")


async def test_relative_media_stays_right_in_a_timeline_written_elsewhere(tmp_path: Path) -> None:
    target = await timed(tmp_path, Layout.TAKES, Profile.AUTO)
    other = tmp_path / "other" / "place"
    other.mkdir(parents=True)
    target = replace(target, output=other / "out.otio")
    (clip,) = await OtioHost(target).clips()
    await OtioHost(target).add_take(ten_o_clock(clip, "job/1", other))
    written = otio.adapters.read_from_file(str(target.output))
    urls = {
        key: each.target_url for key, each in written.find_clips()[0].media_references().items()
    }
    assert urls == {
        "DEFAULT_MEDIA": "../../media/a.mov",
        "take_001": "out_takes/A_take_001.mov",
    }
