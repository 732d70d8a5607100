"""A run leaves its report beside the takes, and `compare` shows source and take frame-locked."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio

import numbered_media
from cropped import numbers_at
from newtake.adapters.ffmpeg_compare import bar_px
from newtake.adapters.toolchain import find_toolchain
from otio_newtake.cuts import write_cuts

Newtake = Callable[..., "subprocess.CompletedProcess[str]"]

RATE = Fraction(25)
FRAMES = 90
CELL = (240, 135)
PROMPT = 'a <b>"sketch"</b>, token=hunter2hunter2'


def test_a_run_is_reported_and_its_take_compared(
    newtake: Newtake, copying_service: str, tmp_path: Path
) -> None:
    source = numbered_media.make_numbered(
        find_toolchain().executable,
        tmp_path / "it's <s>.mov",
        rate=RATE,
        frames=FRAMES,
        options=("-timecode", "10:00:00:00"),
    )
    timeline = write_cuts(source, RATE, FRAMES, tmp_path / "cut.otio", name="cut")
    key = "oxen-key-0123456789"
    service = {
        "OXEN_BASE_URL": copying_service,
        "OXEN_API_KEY": key,
        "NEWTAKE_HOME": str(tmp_path / "home"),
    }
    options = ("--clip", "2", "--prompt", PROMPT, "--yes", "--json")
    made = newtake("restyle", timeline, *options, **service)
    assert made.returncode == 0, made.stderr
    takes = tmp_path / "cut_newtake_takes"
    (page,) = takes.glob("report_*.html")
    assert re.fullmatch(r"report_\d{8}-\d{6}\.html", page.name)
    assert f"Report: {page}" in made.stderr
    told = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    assert (told["totals"]["done"], told["totals"]["takes"]) == (1, 1)
    (take,) = told["jobs"][0]["takes"]
    assert [(each["place"], each["why_not"]) for each in take["stills"]] == [
        ("first", None),
        ("middle", None),
    ]
    text = page.read_text(encoding="utf-8")
    assert text.count('src="data:image/jpeg;base64,') == 2
    assert "a &lt;b&gt;&quot;sketch&quot;&lt;/b&gt;" in text
    assert "<b>&quot;" not in text
    for secret in (key, "signature=", "X-Amz"):
        assert secret not in text

    again = newtake("report", "--last", "--json", **service)
    assert again.returncode == 0, again.stderr
    document = json.loads(again.stdout)
    assert [job["id"] for job in document["jobs"]] == [job["id"] for job in told["jobs"]]
    assert Path(document["report"]) != page
    assert page.read_text(encoding="utf-8") == text
    named = newtake("report", told["jobs"][0]["id"], "--out", "r.html", **service)
    assert named.returncode == 0, named.stderr
    taken = newtake("report", "--out", "r.html", **service)
    assert (taken.returncode, "exists already" in taken.stderr) == (2, True)

    compared = newtake(
        "compare", "cut_newtake.otio", "--clip", "2", "--sheet", "--height", "135", "--json",
        **service,
    )  # fmt: skip
    assert compared.returncode == 0, compared.stderr
    seen = json.loads(compared.stdout)
    assert [each["name"][:8] for each in seen["sides"]] == ["original", "take_001"]
    first, frames = seen["sides"][0]["first_frame"], seen["frames"]
    movie, sheet = Path(seen["movie"]), Path(seen["sheet"])
    assert movie.parent == takes
    slots = list(range(first, first + frames))
    assert numbers_at(movie, CELL, (0, 0), tmp_path) == slots
    assert numbers_at(movie, CELL, (CELL[0] + 4, 0), tmp_path) == slots
    below = CELL[1] + bar_px(CELL[1]) + 4
    for column, frame in enumerate(seen["sheet_frames"]):
        place = (column * (CELL[0] + 4), below)
        assert numbers_at(sheet, CELL, place, tmp_path) == [first + frame]
    assert seen["sheet_frames"][-1] == frames - 1

    # The media goes on, and another program lets the clip run past the end of its take.
    source.unlink()
    numbered_media.make_numbered(
        find_toolchain().executable,
        source,
        rate=RATE,
        frames=FRAMES + 3,
        options=("-timecode", "10:00:00:00"),
    )
    written = tmp_path / "cut_newtake.otio"
    slipped = otio.adapters.read_from_file(str(written))
    clip = list(slipped.find_clips())[1]
    has = clip.media_references()["take_001"].available_range
    shows = clip.source_range
    media = clip.media_references()["DEFAULT_MEDIA"].available_range
    clip.media_references()["DEFAULT_MEDIA"].available_range = otio.opentime.TimeRange(
        media.start_time, otio.opentime.RationalTime(FRAMES + 3, 25)
    )
    begin = has.end_time_exclusive() - shows.duration + otio.opentime.RationalTime(3, 25)
    clip.source_range = otio.opentime.TimeRange(begin, shows.duration)
    otio.adapters.write_to_file(slipped, str(written))
    lack = "lacks the clip's last 3 frames"
    assert f"2: take 1 {lack}; restyle the clip again" in newtake("clips", written).stdout
    listed = newtake("takes", written)
    assert lack in " ".join(listed.stdout.split())
    assert "restyle its clip as it is now" in listed.stderr
    document = json.loads(newtake("takes", written, "--json").stdout)
    assert document[0]["takes"][1]["lacks_frames"] == {"head": 0, "tail": 3}
    fewer = newtake(
        "compare", written, "--clip", "2", "--height", "135", "--out", "f.mp4", "--json", **service
    )
    assert fewer.returncode == 0, fewer.stderr
    seen = json.loads(fewer.stdout)
    assert seen["frames"] == frames - 3
    assert lack in seen["notes"][0]
    first = seen["sides"][0]["first_frame"]
    slots = list(range(first, first + frames - 3))
    assert numbers_at(Path(seen["movie"]), CELL, (0, 0), tmp_path) == slots

    original = newtake("compare", "cut.otio", "--clip", "2", **service)
    assert original.returncode == 2
    assert "cut_newtake.otio has them, in its clip 2" in original.stderr
    assert f"`newtake compare {tmp_path / 'cut_newtake.otio'} --clip 2`" in original.stderr


def test_what_cannot_be_compared_or_reported_is_said(
    newtake: Newtake, timeline: Path, tmp_path: Path
) -> None:
    home = {"NEWTAKE_HOME": str(tmp_path / "home")}
    for words, said in (
        (("compare", timeline, "--clip", "2"), "has no takes to compare"),
        (("compare", timeline, "--clip", "2", "--out", "x.gif"), "neither a movie nor a picture"),
        (("report",), "nothing to report"),
        (("report", "--out", "x.txt"), "neither a page nor a document"),
    ):
        done = newtake(*words, **home)
        assert (done.returncode, said in done.stderr) == (2, True), done.stderr
