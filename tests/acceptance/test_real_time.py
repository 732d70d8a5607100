"""Clips in real time on the model's grid come back at their own rate, every frame in its slot.

Through the command and a sandbox of its own that copies frames. What should be sent is said here
once more, in other words than the product's: of the plate's moments each shows the frame nearest
to it, counted from the clip's first one, and a take's frame that was not sent shows the one before.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import imageio_ffmpeg
import opentimelineio as otio
import pytest

from newtake.domain.timing import frame_of_timecode
from numbered_media import make_numbered, numbers_in

GRID = 24
START, SHOWN, FRAMES = 31, 50, 130
ENGINES = {"path": ("25", "48", "59.94 drop"), "bundled": ("50", "59.94", "60")}
"""Which ffmpeg takes which; all of them with both are in the integration tests."""
SOURCES = {
    "25": (Fraction(25), "10:00:00:00"),
    "48": (Fraction(48), "01:00:00:00"),
    "50": (Fraction(50), "10:00:00:00"),
    "59.94 drop": (Fraction(60000, 1001), "00:59:59;00"),
    "59.94": (Fraction(60000, 1001), "00:59:59:00"),
    "60": (Fraction(60), "01:00:00:00"),
}


def shown_in(slot: int, rate: Fraction, head: int) -> int:
    """The source frame that the take shows in the slot of source frame `slot`.

    Args:
        slot: Of the source.
        rate: The source's.
        head: Plate frames before the clip's first one.
    """
    moments = (place * rate / GRID for place in range(-head, FRAMES))
    sent = [START + math.ceil(moment - Fraction(1, 2)) for moment in moments]
    return max(frame for frame in sent if frame <= slot)


@pytest.mark.parametrize("engine", ENGINES)
def test_each_frame_of_a_take_shows_its_source_frame_or_the_one_sent_before(
    newtake: Callable[..., Any],
    copying_service: str,
    tmp_path: Path,
    engine: str,
    require_program: Callable[[str], str],
) -> None:
    bundled = imageio_ffmpeg.get_ffmpeg_exe()
    track = otio.schema.Track(name="Video 1", kind=otio.schema.TrackKind.Video)
    for name in ENGINES[engine]:
        rate, start = SOURCES[name]
        source = make_numbered(
            bundled,
            tmp_path / f"{name.replace(' ', '_')}.mov",
            rate=rate,
            frames=FRAMES,
            size=(320, 180),
            options=("-timecode", start),
        )
        track.append(
            otio.schema.Clip(
                name=name,
                media_reference=otio.schema.ExternalReference(
                    str(source), _range(frame_of_timecode(start, rate), FRAMES, rate)
                ),
                source_range=_range(frame_of_timecode(start, rate) + START, SHOWN, rate),
            )
        )
    timeline = otio.schema.Timeline("fast", global_start_time=otio.opentime.RationalTime(0, 25))
    timeline.tracks.append(track)
    otio.adapters.write_to_file(timeline, str(tmp_path / "cut.otio"))
    environment = {
        **os.environ,
        "OXEN_BASE_URL": copying_service,
        "OXEN_API_KEY": "any",
        "NEWTAKE_FFMPEG": bundled if engine == "bundled" else require_program("ffmpeg"),
    }

    listed = newtake("clips", "cut.otio", "--json")
    done = newtake(
        *("restyle", "cut.otio", "--all", "--prompt", "copy", "--cadence", "time"),
        *("--codec", "h264", "--yes", "--json"),
        **environment,
    )

    assert done.returncode == 0, done.stderr
    assert all(clip["can_restyle"] for clip in json.loads(listed.stdout))
    document = json.loads(done.stdout)
    clips = list(otio.adapters.read_from_file(document["output"]).find_clips())
    for clip, job in zip(clips, document["jobs"], strict=True):
        rate, start = SOURCES[clip.name]
        path = Path(job["renditions"][0]["take"])
        sidecar = json.loads(path.with_suffix(".json").read_text())
        take = clip.media_reference
        assert take.available_range.contains(clip.source_range)
        origin = frame_of_timecode(start, rate)
        first = round(take.available_range.start_time.value) - origin
        count = round(take.available_range.duration.value)

        plate = numbers_in(Path(job["plate"]))
        head = plate.index(START)
        expected = [shown_in(slot, rate, head) for slot in range(first, first + count)]
        assert numbers_in(path)[:count] == expected, clip.name
        assert len(plate) == 120
        assert sidecar["plate"]["cadence"] == "time"
        wanted = set(range(first, first + count))
        assert sidecar["plate"]["dropped"] == [origin + n for n in sorted(wanted - set(plate))]
        assert sidecar["plate"]["doubled"] == []
        assert any("real time is kept" in note for note in sidecar["take"]["notes"])
        assert any("show the result frame before" in note for note in sidecar["take"]["notes"])
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            assert stream.average_rate == rate
            label = container.metadata.get("timecode") or stream.metadata["timecode"]
        assert (";" in label) is (";" in start)
        assert frame_of_timecode(label, rate) == origin + first


def _range(start: int, duration: int, rate: Fraction) -> Any:
    time = otio.opentime.RationalTime
    return otio.opentime.TimeRange(time(start, float(rate)), time(duration, float(rate)))
