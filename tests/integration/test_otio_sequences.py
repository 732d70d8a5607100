"""Image sequences in timelines: found, planned by number, refused with the missing ones."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from newtake.domain.clip import Refusal
from newtake.domain.errors import MediaError
from newtake.domain.sequence import Holes, ImageSequence
from newtake.domain.timing import FrameRange
from newtake.pipeline.sources import Probed, source_notes, source_of, whole_frames
from newtake.testing import FakeMediaTool
from otio_newtake.listing import list_clips
from otio_newtake.reading import open_timeline
from worlds import media_info

RATE = Fraction(24)
Policy = otio.schema.ImageSequenceReference.MissingFramePolicy


def span(start: int, count: int) -> Any:
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(start, 24), otio.opentime.RationalTime(count, 24)
    )


def images(base: str, **fields: Any) -> Any:
    made = {
        "name_prefix": "shot.",
        "name_suffix": ".exr",
        "start_frame": 1001,
        "frame_zero_padding": 4,
        "rate": 24.0,
        "available_range": span(86400, 50),
    }
    return otio.schema.ImageSequenceReference(base, **{**made, **fields})


def listed(reference: Any, folder: Path, start: int = 86410) -> Any:
    track = otio.schema.Track("V", kind="Video")
    track.append(otio.schema.Clip("shot", reference, span(start, 24)))
    timeline = otio.schema.Timeline("t")
    timeline.tracks.append(track)
    otio.adapters.write_to_file(timeline, str(folder / "t.otio"))
    (clip,) = list_clips(open_timeline(folder / "t.otio"))
    return clip


@pytest.mark.parametrize("encoded", [True, False])
def test_a_reference_is_its_images(encoded: bool, tmp_path: Path) -> None:
    folder = tmp_path / "50% %04d [x]"
    folder.mkdir()
    clip = listed(images(folder.as_uri() if encoded else str(folder)), tmp_path)
    assert clip.refusal is None
    assert clip.media.sequence == ImageSequence(folder, "shot.", ".exr", 4, 1001, RATE, frames=50)
    assert clip.media.path == folder / "shot.%04d.exr"
    assert clip.source == FrameRange(86410, 24, RATE)


@pytest.mark.parametrize("name", ["shot.%04d.exr", "shot.####.exr", "shot.[1001-1050].exr"])
def test_a_plain_reference_may_name_images_too(name: str, tmp_path: Path) -> None:
    start = 1001
    for url in (str(tmp_path / name), f"{tmp_path.as_uri()}/{name}"):
        clip = listed(otio.schema.ExternalReference(url, span(start, 50)), tmp_path, start + 10)
        assert clip.refusal is None
        assert clip.media.sequence is not None
        assert clip.media.sequence.file(1001) == tmp_path / "shot.1001.exr"


def test_a_file_that_is_called_like_a_pattern_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "shot.%04d.exr").write_bytes(b"x")
    reference = otio.schema.ExternalReference(str(tmp_path / "shot.%04d.exr"), span(0, 50))
    clip = listed(reference, tmp_path, 10)
    assert clip.media.sequence is None
    assert clip.refusal.reason.value == "still"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"name_suffix": ".svg"}, "image_sequence"),
        ({"frame_zero_padding": 500}, "image_sequence"),
        ({"name_prefix": "../../etc/"}, "not_a_file"),
        ({"target_url_base": "https://example.org/a"}, "not_a_file"),
        ({"target_url_base": "/nowhere/at/all"}, "offline"),
    ],
)
def test_what_cannot_be_read_is_refused(
    fields: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    base = fields.pop("target_url_base", str(tmp_path))
    assert listed(images(base, **fields), tmp_path).refusal.reason.value == reason


@pytest.mark.anyio
async def test_missing_images_are_refused_held_or_black_and_end_the_handles(
    tmp_path: Path,
) -> None:
    clip = listed(images(str(tmp_path)), tmp_path)
    sequence = clip.media.sequence
    info = replace(
        media_info(sequence.pattern, 50, RATE), sequence=sequence, missing=(1003, 1040), codec="exr"
    )
    media = FakeMediaTool(sequences={sequence: info})
    probed: Probed = {}
    assert await source_of(clip, media, probed) == info
    assert probed == {sequence: info}
    available = FrameRange(86400, 50, RATE)
    notes: list[str] = []
    # Image 1003 is frame 86402, image 1040 is frame 86439.
    assert whole_frames(clip, info, available, notes) == FrameRange(86403, 36, RATE)
    assert "1003, 1040" in notes[0]
    assert "scene-linear" in " ".join(source_notes(info, FrameRange(10, 24, RATE)))
    # A LUT says otherwise how the model is shown them.
    assert source_notes(info, FrameRange(10, 24, RATE), through_lut=True) == []

    inside = replace(info, missing=(1012, 1013))
    refused = whole_frames(clip, inside, available, [])
    assert isinstance(refused, Refusal)
    assert refused.text == "shot.%04d.exr has no image 1012-1013"
    for policy, words in ((Policy.hold, "the image before"), (Policy.black, "are black")):
        other = listed(images(str(tmp_path), missing_frame_policy=policy), tmp_path)
        assert other.media.sequence.holes in (Holes.HOLD, Holes.BLACK)
        said: list[str] = []
        kept = replace(inside, sequence=other.media.sequence)
        assert whole_frames(other, kept, available, said) == available
        assert words in said[0]


@pytest.mark.anyio
async def test_a_variable_rate_is_counted_as_the_timeline_counts_it(tmp_path: Path) -> None:
    path = tmp_path / "phone.mp4"
    path.write_bytes(b"x")
    clip = listed(otio.schema.ExternalReference(str(path), span(0, 50)), tmp_path, 10)
    moments = tuple(Fraction(each, 30) for each in range(60) if each % 5)
    moments = tuple(each - moments[0] for each in moments)
    info = replace(
        media_info(path, len(moments), Fraction(30)), constant_rate=False, frame_times=moments
    )
    found = await source_of(clip, FakeMediaTool({path: info}), {})
    assert not isinstance(found, Refusal)
    assert (found.rate, found.frames) == (RATE, 47)
    (note,) = source_notes(found, FrameRange(10, 24, RATE))
    assert "24 frames are" in note
    assert "variable" in note
    unknown = replace(info, frame_times=())
    refused = await source_of(clip, FakeMediaTool({path: unknown}), {})
    assert isinstance(refused, Refusal)


@pytest.mark.anyio
async def test_the_fake_knows_only_the_sequences_it_was_given() -> None:
    with pytest.raises(MediaError, match="offline"):
        await FakeMediaTool().probe_sequence(
            ImageSequence(Path("/in"), "a.", ".png", 4, 1, RATE, frames=3)
        )
