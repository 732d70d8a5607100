"""A batch from the markers of a mixed timeline: exact takes, refusals with reasons, paid once.

The service copies frames, so each frame of a take carries the number of the source frame that it
was made of. A reader that knows only OpenTimelineIO plays the written timeline against the one that
was cut.
"""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import opentimelineio as otio
import pytest

from numbered_media import make_numbered, numbers_in
from plain_reading import file_frame, moment_in

RECORD = 25.0
START = 10 * 3600 * 25
FRAMES = 260
Time = otio.opentime.RationalTime


def span(start: float, count: float) -> Any:
    return otio.opentime.TimeRange(Time(start, RECORD), Time(count, RECORD))


def clip(folder: Path, rate: str, name: str, start: int, count: int, speed: float = 1.0) -> Any:
    exact = Fraction(30000, 1001) if rate == "29.97" else Fraction(rate)
    available = otio.opentime.TimeRange(Time(0, float(exact)), Time(FRAMES, float(exact)))
    media = otio.schema.ExternalReference(str(folder / f"m{rate}.mov"), available)
    made = otio.schema.Clip(name, media, span(start, count))
    if speed != 1:
        made.effects.append(otio.schema.LinearTimeWarp("", speed))
    return made


def gap(count: int) -> Any:
    return otio.schema.Gap(duration=Time(count, RECORD))


def fade() -> Any:
    return otio.schema.Transition(
        "Cross Dissolve", "SMPTE_Dissolve", Time(6, RECORD), Time(6, RECORD)
    )


def timeline(folder: Path) -> Any:
    """Sixteen clips on one track; the numbers at the right are their first record frames."""

    def cut(*fields: Any) -> Any:
        return clip(folder, *fields)

    ramp = cut("25", "ramp", 20, 30)
    ramp.effects.append(otio.schema.TimeEffect("", "ramp"))
    inner = otio.schema.Track("inner", kind="Video")
    inner.append(cut("25", "nested", 50, 80))
    offline = otio.schema.ExternalReference(str(folder / "gone.mov"), span(0, 100))
    title = otio.schema.Clip("title", otio.schema.GeneratorReference("Text", "text"), span(0, 30))
    track = otio.schema.Track("Video 1", kind="Video")
    track.extend(
        [
            cut("24", "a24", 20, 40),  # 0
            cut("25", "b25", 30, 50),  # 40
            gap(20),  # 90
            cut("29.97", "c2997", 10, 40),  # 110
            cut("24", "d24", 60, 50),  # 150
            fade(),
            cut("25", "e25", 100, 50),  # 200
            cut("25", "fast", 80, 40, 2.0),  # 250
            cut("25", "slow", 90, 40, 0.5),  # 290
            ramp,  # 330
            title,  # 360
            cut("25", "b25 again", 30, 50),  # 390
            otio.schema.Stack("nest", [inner], source_range=span(10, 40)),  # 440
            otio.schema.Clip("gone", offline, span(10, 30)),  # 480
            cut("29.97", "f2997", 60, 40),  # 510
            cut("25", "back", 120, 40, -1.0),  # 550
            cut("24", "g24", 90, 40),  # 590
            cut("25", "h25", 10, 40),  # 630
        ]
    )
    made = otio.schema.Timeline("cut", global_start_time=Time(START, RECORD))
    made.tracks.append(track)
    return made


MARKS = [
    ("Marker 1", "rain", 10, 15),
    ("watercolor", "", 60, 0),
    ("over a gap", "rain", 100, 30),
    ("in the dissolve", "rain", 170, 27),
    ("", "rain", 215, 35),
    ("", "rain", 260, 10),
    ("between frames", "rain", 301, 10),
    ("on a ramp", "rain", 335, 10),
    ("on a title", "rain", 360, 30),
    ("", "style=watercolor", 395, 1),
    ("", "rain strength=flex_2", 450, 20),
    ("offline", "rain", 480, 30),
    ("", "rain", 510, 40),
    ("", "rain", 560, 20),
    ("nobody there", "rain", 700, 20),
    ("twice", "snow", 20, 10),
    ("misspelt", "hdr=maybe", 15, 5),
    ("in the plate of b25", "style=watercolor", 633, 25),
]
MADE = {
    # First record frame and frames of what each take sits on.
    (10, 15): "a24",
    (40, 50): "b25",
    (110, 20): "c2997",
    (215, 35): "e25",
    (260, 10): "fast",
    (390, 50): "b25 again",
    (450, 20): "nest",
    (510, 40): "f2997",
    (560, 20): "back",
    (633, 25): "h25",
}
SUBMISSIONS = len(MADE) - 2
"""Two clips get the take of a third: one shows the same frames, one others of the same plate."""
REFUSED = {
    "d24": "inside Cross Dissolve",
    "slow": "between two frames",
    "ramp": "",
    "title": "",
    "gone": "",
}


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    for rate, exact in (("24", 24), ("25", 25), ("29.97", Fraction(30000, 1001))):
        make_numbered(
            imageio_ffmpeg.get_ffmpeg_exe(),
            tmp_path / f"m{rate}.mov",
            rate=Fraction(exact),
            frames=FRAMES,
            size=(320, 180),
        )
    made = timeline(tmp_path)
    for name, note, start, count in MARKS:
        made.tracks.markers.append(
            otio.schema.Marker(name, span(start, count), "RED", {"Resolve_OTIO": {"Note": note}})
        )
    made.tracks.markers.append(otio.schema.Marker("of the sound, not = ours", span(5, 1), "BLUE"))
    otio.adapters.write_to_file(made, str(tmp_path / "cut.otio"))
    return tmp_path / "cut.otio"


def test_takes_sit_exactly_on_the_markers(
    copying_service: str, newtake: Any, cut: Path, tmp_path: Path
) -> None:
    environment = {"OXEN_BASE_URL": copying_service, "OXEN_API_KEY": "any"}

    planned = newtake("plan", "cut.otio", "--markers", "red", "--json", **environment)
    done = newtake("restyle", "cut.otio", "--markers", "red", "--yes", "--json", **environment)

    plan = json.loads(planned.stdout)
    refused = {each["name"]: each["reason_text"] for each in plan["clips"] if each["reason"]}
    assert refused.keys() == REFUSED.keys()
    assert all(text in refused[name] for name, text in REFUSED.items())
    notes = " ".join(plan["notes"])
    assert "'misspelt' at 10:00:00:15 is left out: it reads 'misspelt / hdr=maybe': hdr is" in notes
    assert "'nobody there' at 10:00:28:00 is left out: no clip lies there" in notes
    assert "'twice' at 10:00:00:20 is left out in clip 1 (a24)" in notes
    assert "10 of the 30 frames of the marker 'over a gap' at 10:00:04:00 lie on a gap" in notes
    told = [note for each in plan["clips"] for note in each["notes"]]
    assert any(
        "media frames 0-119 hold all that these clips show" in note
        and "made once, used by clips 2, 10 and 16 at 10:00:25:08" in note
        for note in told
    )
    assert Decimal(plan["total"]["usd"]) == Decimal("0.72") * SUBMISSIONS

    assert done.returncode == 0, done.stderr
    jobs = json.loads(done.stdout)["jobs"]
    submissions = [each["submission"] for job in jobs for each in job["renditions"]]
    assert len(set(submissions)) == len(submissions) == SUBMISSIONS
    written = otio.adapters.read_from_file(str(tmp_path / "cut_newtake.otio"))
    original = otio.adapters.read_from_file(str(cut))
    compared = check_takes(original, written)
    assert compared == sum(count for _, count in MADE)
    looks = {job["clip"]: job["prompt"] for job in jobs}
    assert looks["a24"] == "rain"
    assert "watercolor" in looks["b25"]


def check_takes(original: Any, written: Any) -> int:
    """Every record frame shows what it showed: of the media, or of a take where one was made."""
    numbers: dict[str, list[int]] = {}
    made: dict[tuple[int, int], str] = {}
    compared = 0
    rows = original.tracks[0], written.tracks[0]
    for frame in range(670):
        before, after = (
            row.child_at_time(Time(frame, RECORD), shallow_search=True) for row in rows
        )
        if not isinstance(after, otio.schema.Clip | otio.schema.Stack):
            assert isinstance(after, type(before))
            continue
        top = after
        before, after = (_innermost(each) for each in (before, after))
        if not before.media_reference.available_range or "ramp" in before.name:
            continue
        expected = file_frame(before, moment_in(before, original, frame, RECORD))
        index = file_frame(after, moment_in(after, written, frame, RECORD))
        if after.active_media_reference_key.startswith("take"):
            url = after.media_reference.target_url
            path = Path(otio.url_utils.filepath_from_url(url))
            if url not in numbers:
                numbers[url] = numbers_in(path)
            assert numbers[url][index] == expected, (before.name, frame, index)
            place = rows[1].trimmed_range_of_child(top)
            made[round(place.start_time.value), round(place.duration.value)] = top.name
            compared += 1
        else:
            assert index == expected, (before.name, frame)
    assert made == MADE
    return compared


def _innermost(item: Any) -> Any:
    return item if isinstance(item, otio.schema.Clip) else item[0][0]


def test_a_marker_that_cannot_be_read_is_named_and_nothing_is_sent(
    newtake: Any, cut: Path, tmp_path: Path
) -> None:
    made = otio.adapters.read_from_file(str(cut))
    made.tracks.markers.append(otio.schema.Marker("hdr=maybe", span(640, 5), "GREEN"))
    otio.adapters.write_to_file(made, str(cut))

    refused = newtake("restyle", "cut.otio", "--markers=green", "--yes", "--provider", "sandbox")

    assert refused.returncode == 2
    assert "The marker 'hdr=maybe' at 10:00:25:15 cannot be read" in refused.stderr
    assert "hdr is 'maybe'; it must be yes or no" in refused.stderr
    assert not list(tmp_path.glob("cut_newtake*"))
