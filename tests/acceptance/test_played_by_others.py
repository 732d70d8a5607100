"""Editors that nobody here wrote play the written timeline, decoded frame by frame.

MLT, the engine of Kdenlive and Shotcut, gets it through the Kdenlive and the MLT adapter and must
play every frame exactly; GStreamer Editing Services read the .otio themselves and, by nature of
their renderer, may be one frame early at a cut.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from newtake.adapters.toolchain import find_toolchain
from newtake.domain.errors import OutputError
from newtake.domain.files import HostTarget, Layout, NewTake, Profile, Provenance, TakeFile
from newtake.domain.timing import FrameRange
from numbered_media import make_numbered, numbers_in
from otio_newtake.host import OtioHost

pytestmark = pytest.mark.anyio

SIZE = (480, 270)
FIRST = {"A": 1000, "B": 2000, "C": 3000}
CUTS = (("A", 0, 48), ("B", 24, 48), ("C", 12, 48))
TAKE = 5000
"""Number of the take's first frame; it is the clip's own in-point, 12 frames of handles on."""
HANDLES = 12
LENGTH = 144
PLAYED = [
    *range(1000, 1048),
    *range(TAKE + HANDLES, TAKE + HANDLES + 48),
    *range(3012, 3060),
]
SYSTEM_PYTHON = "/usr/bin/python3"
RATES = [Fraction(25), Fraction(24000, 1001)]


@pytest.fixture(scope="module", params=RATES, ids=["25", "23.976"])
def media(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three files, a timeline of them, and a take of the second clip."""
    rate: Fraction = request.param
    folder, ffmpeg = tmp_path_factory.mktemp("played"), find_toolchain().executable
    for name, first in FIRST.items():
        make_numbered(ffmpeg, folder / f"{name}.mp4", rate=rate, frames=120, size=SIZE, first=first)
    (folder / "take").mkdir()
    make_numbered(ffmpeg, folder / "take" / "b.mp4", rate=rate, frames=72, size=SIZE, first=TAKE)
    timeline = otio.schema.Timeline("cut")
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    timeline.tracks.append(track)
    for name, start, length in CUTS:
        span = otio.opentime.TimeRange(
            otio.opentime.RationalTime(start, float(rate)),
            otio.opentime.RationalTime(length, float(rate)),
        )
        whole = otio.opentime.TimeRange(
            otio.opentime.RationalTime(0, float(rate)),
            otio.opentime.RationalTime(120, float(rate)),
        )
        url = (folder / f"{name}.mp4").as_uri()
        track.append(otio.schema.Clip(name, otio.schema.ExternalReference(url, whole), span))
    otio.adapters.write_to_file(timeline, str(folder / "cut.otio"))
    (folder / "rate").write_text(str(rate))
    return folder


async def restyled(media: Path, output: Path, layout: Layout, clip: int = 1) -> Path:
    """The timeline with the take written by New Take."""
    target = HostTarget("otio", media / "cut.otio", output, layout, Profile.GENERIC)
    host = OtioHost(target)
    chosen = (await host.clips())[clip]
    source = chosen.source
    path = media / "take" / "b.mp4"
    await host.add_take(
        NewTake(
            clip_key=chosen.key,
            label="job/1",
            name="Take 1",
            file=TakeFile(
                path=path,
                number=1,
                available=FrameRange(source.start - HANDLES, 72, source.rate),
                start_timecode="00:00:00:12",
                frames_in_file=72,
                method="rewrap",
                sidecar=path.with_suffix(".json"),
            ),
            provenance=Provenance(
                *("job", "1", "sandbox", "m", "oil"), {}, "2026-01-01T00:00:00+00:00", "", "00"
            ),
        )
    )
    return output


def played_by_mlt(project: Path) -> list[int]:
    rate = (project.parent / "rate").read_text()
    out = project.with_name(f"{project.stem}_played.y4m")
    script = Path(__file__).parents[1] / "mlt_frames.py"
    done = subprocess.run(
        [SYSTEM_PYTHON, str(script), str(project), str(LENGTH), *map(str, SIZE), rate, str(out)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert done.returncode == 0, done.stderr
    return numbers_in(out)


@pytest.fixture
def mlt(require_program: Callable[[str], str]) -> None:
    """Debian's python3-mlt, on the system's own Python."""
    require_program("python3")
    there = (
        Path(SYSTEM_PYTHON).exists()
        and not subprocess.run(
            [SYSTEM_PYTHON, "-c", "import mlt7"], capture_output=True, check=False, timeout=60
        ).returncode
    )
    if not there:
        if os.environ.get("NEWTAKE_NEEDS_PROGRAMS"):
            pytest.fail("python3-mlt is not installed, and NEWTAKE_NEEDS_PROGRAMS asks for it")
        pytest.skip("python3-mlt is not installed")


@pytest.mark.usefixtures("mlt")
@pytest.mark.parametrize("layout", [Layout.TAKES, Layout.TRACK])
async def test_mlt_plays_the_kdenlive_project_exactly(layout: Layout, media: Path) -> None:
    output = await restyled(media, media / f"kdenlive_{layout.value}.kdenlive", layout)
    assert played_by_mlt(output) == PLAYED


def write_mixed(folder: Path, first_in_50: int = 20) -> Path:
    """At 25 frames per second, of media at 25, at 50 with a given in-point, and at 24."""
    ffmpeg, track = find_toolchain().executable, otio.schema.Track("V1", kind="Video")
    timeline = otio.schema.Timeline("cut", global_start_time=otio.opentime.RationalTime(0, 25))
    timeline.tracks.append(track)
    cuts = (("A", 25, 0, 48.0), ("B", 50, first_in_50, 96.0), ("C", 24, 24, 46.08))
    for name, rate, start, length in cuts:
        path = folder / f"{name}.mp4"
        make_numbered(ffmpeg, path, rate=Fraction(rate), frames=130, size=SIZE, first=FIRST[name])
        span, whole = (
            otio.opentime.TimeRange(
                otio.opentime.RationalTime(first, rate), otio.opentime.RationalTime(count, rate)
            )
            for first, count in ((start, length), (0, 130))
        )
        track.append(
            otio.schema.Clip(name, otio.schema.ExternalReference(path.as_uri(), whole), span)
        )
    otio.adapters.write_to_file(timeline, str(folder / "cut.otio"))
    (folder / "rate").write_text("25")
    return folder


@pytest.mark.usefixtures("mlt")
async def test_mlt_plays_a_kdenlive_project_of_media_at_other_rates_exactly(
    tmp_path: Path,
) -> None:
    media = write_mixed(tmp_path)
    (media / "take").mkdir()
    ffmpeg, take = find_toolchain().executable, media / "take" / "b.mp4"
    make_numbered(ffmpeg, take, rate=Fraction(25), frames=72, size=SIZE, first=TAKE)
    await restyled(media, media / "mixed.kdenlive", Layout.TAKES, clip=0)
    assert played_by_mlt(media / "mixed.kdenlive") == [
        *range(TAKE + HANDLES, TAKE + HANDLES + 48),
        *range(2020, 2116, 2),
        # A project's frame is rounded to the media's next one.
        *(
            3000 + int(Fraction(25 + frame) * Fraction(24, 25) + Fraction(1, 2))
            for frame in range(48)
        ),
    ]


@pytest.mark.parametrize(
    ("first", "clip", "said"),
    [(21, 0, "'B' begins in its media between two frames"), (20, 1, "A take of 'B' cannot be")],
    ids=["in-point", "take"],
)
async def test_what_a_kdenlive_project_cannot_hold_is_refused_before_anything_is_paid(
    first: int, clip: int, said: str, tmp_path: Path
) -> None:
    media = write_mixed(tmp_path, first)
    host = OtioHost(HostTarget("otio", media / "cut.otio", media / "mixed.kdenlive"))
    chosen = (await host.clips())[clip]
    with pytest.raises(OutputError, match=said) as caught:
        await host.check_output([chosen.key])
    assert "at 50" in caught.value.why
    assert ".otio" in caught.value.fix


@pytest.mark.usefixtures("mlt")
async def test_mlt_plays_what_its_own_adapter_makes_of_the_otio(media: Path) -> None:
    written = await restyled(media, media / "mlt.otio", Layout.TRACK)
    project = written.with_suffix(".mlt")
    otio.adapters.write_to_file(
        otio.adapters.read_from_file(str(written)), str(project), adapter_name="mlt_xml"
    )
    assert played_by_mlt(project) == PLAYED


@pytest.mark.parametrize("layout", [Layout.TRACK, Layout.REPLACE])
async def test_gstreamer_plays_the_otio_within_a_frame(
    layout: Layout, media: Path, require_program: Callable[[str], str]
) -> None:
    """It must be able to import OpenTimelineIO with the system's Python."""
    launch = require_program("ges-launch-1.0")
    version = subprocess.run(
        [SYSTEM_PYTHON, "-c", "import sys; print(sys.version_info[:2])"],
        capture_output=True, text=True, check=True, timeout=60,
    ).stdout.strip()  # fmt: skip
    if version != str(sys.version_info[:2]):
        pytest.skip(f"the system's Python is {version}, and OpenTimelineIO is built for ours")
    written = await restyled(media, media / f"ges_{layout.value}.otio", layout)
    out = written.with_name(f"{written.stem}_played.mp4")
    rate = (media / "rate").read_text()
    caps = f"video/x-raw,width={SIZE[0]},height={SIZE[1]},framerate={Fraction(rate).numerator}/"
    done = subprocess.run(
        [
            *(launch, "--load", str(written), "-o", out.as_uri(), "--no-interactive"),
            *("-f", "video/quicktime,variant=iso:video/x-h264", "--track-types=video"),
            *("--video-caps", f"{caps}{Fraction(rate).denominator}"),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={
            **os.environ,
            "PYTHONPATH": sysconfig.get_paths()["purelib"],
            # Its Python takes the library of the first `python3` there, which must be the system's.
            "PATH": f"{Path(SYSTEM_PYTHON).parent}{os.pathsep}{os.environ['PATH']}",
        },
    )
    assert done.returncode == 0, done.stderr
    played = numbers_in(out)
    assert abs(len(played) - LENGTH) <= 1
    off = [k for k, number in enumerate(played) if number != PLAYED[min(k, LENGTH - 1)]]
    # A cut may come a frame early, with the frame before the in-point: nothing is further off.
    for k in off:
        near = PLAYED[max(0, k - 1) : k + 2]
        assert min(abs(played[k] - each) for each in near) <= 1, (k, played[k], near)
    assert len(off) <= len(CUTS)
