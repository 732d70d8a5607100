"""An EDL is read at the rate of its media where that fits, at a told one, or at the lowest."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import opentimelineio as otio
import pytest

from edited_timelines import take_for
from newtake.bootstrap import open_journal, settings_now
from newtake.bootstrap.drafts import open_draft
from newtake.bootstrap.outputs import edl_rate_of, timeline_target
from newtake.bootstrap.shown_frames import chosen_clip
from newtake.domain.errors import HostError, OutputError, TimelineError
from newtake.domain.events import JobCreated, Stamped
from newtake.domain.files import HostTarget
from orders import order
from otio_newtake.edl_rates import edl_rate
from otio_newtake.host import OtioHost
from otio_newtake.listing import list_clips
from otio_newtake.reading import open_timeline


@pytest.fixture(autouse=True)
def _not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEWTAKE_EDL_RATE", raising=False)


def movie(path: Path, rate: int) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=rate)
        stream.width = stream.height = 32
        for _ in range(4):
            container.mux(stream.encode(av.VideoFrame(32, 32, "yuv420p")))
        container.mux(stream.encode())
    return path


def edl_of(path: Path, rate: int, media: list[Path]) -> Path:
    """Clips of four seconds each, so that no frame number tells the rate."""
    timeline, track = otio.schema.Timeline("cut"), otio.schema.Track(kind="Video")
    timeline.tracks.append(track)
    for each in media:
        span = otio.opentime.TimeRange(
            otio.opentime.RationalTime(rate * 36_000, rate),
            otio.opentime.RationalTime(4 * rate, rate),
        )
        reference = otio.schema.ExternalReference(each.as_uri(), span)
        track.append(otio.schema.Clip(each.name, reference, span))
    otio.adapters.write_to_file(timeline, str(path), rate=rate)
    return path


def frames(path: Path) -> list[tuple[float, int, int]]:
    """Of each clip the record rate, the media frame and the length."""
    return [
        (float(clip.record.rate), clip.source.start, clip.source.duration)
        for clip in list_clips(open_timeline(path), lambda _: True)
    ]


def test_an_edl_counts_as_its_media_does(tmp_path: Path) -> None:
    media = [movie(tmp_path / f"{name}.mov", 25) for name in "ab"]
    path = edl_of(tmp_path / "cut.edl", 25, media)
    assert frames(path) == [(25, 900_000, 100), (25, 900_000, 100)]
    (note,) = open_timeline(path).notes
    assert "all its media runs at 25 frames per second" in note


def test_media_of_several_rates_tells_none(tmp_path: Path) -> None:
    media = [movie(tmp_path / f"{rate}.mov", rate) for rate in (25, 30)]
    path = edl_of(tmp_path / "cut.edl", 25, media)
    assert {rate for rate, *_ in frames(path)} == {24}
    assert "--edl-rate" in open_timeline(path).notes[0]


def test_media_that_is_gone_or_none_tells_none(tmp_path: Path) -> None:
    odd = tmp_path / "b.mov"
    odd.write_bytes(b"no film")
    path = edl_of(tmp_path / "cut.edl", 25, [tmp_path / "gone.mov", odd])
    assert {rate for rate, *_ in frames(path)} == {24}


def test_a_told_rate_is_read_at_also_after_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = edl_of(tmp_path / "cut.edl", 25, [movie(tmp_path / "a.mov", 25)])
    assert frames(path)[0][0] == 25
    monkeypatch.setenv("NEWTAKE_EDL_RATE", "30")
    assert frames(path) == [(30, 1_080_000, 120)]


@pytest.mark.parametrize(
    ("highest", "media", "rate"),
    [(20, 25, 25), (20, 50, 24), (26, 25, 30), (40, 50, 50), (20, Fraction(24000, 1001), 23.976)],
    ids=["fits", "may-be-half", "too-low", "counts-above-half", "23.976"],
)
def test_media_tells_the_rate_that_the_frame_numbers_allow(
    highest: int, media: Fraction | int, rate: float
) -> None:
    text = f"001 AX V C 00:00:00:00 00:00:01:{highest} 00:00:00:00 00:00:01:{highest}".encode()
    assert edl_rate(text, "", Fraction(media))[0] == pytest.approx(rate, abs=0.001)


@pytest.mark.parametrize("text", ["", " \n", "TITLE: x\n"], ids=["nothing", "blank", "no-event"])
def test_an_edl_without_an_event_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "cut.edl"
    path.write_text(text)
    with pytest.raises(TimelineError):
        open_timeline(path)


@pytest.mark.anyio
async def test_whatever_looks_at_the_edl_of_a_job_counts_as_it_was_told(tmp_path: Path) -> None:
    path = edl_of(tmp_path / "cut.edl", 25, [movie(tmp_path / "a.mov", 25)])
    settings = settings_now()
    assert timeline_target(path).edl_rate == ""
    journal = open_journal(settings)
    for number, told in enumerate(("24", "30")):
        planned = replace(order(), host=HostTarget("otio", path, path, edl_rate=told))
        journal.append(f"job{number}", Stamped(number, JobCreated(f"job{number}", planned)))

    # What `takes` and `settings`, `compare` and `proxy`, and the page each look at.
    host, clip = await chosen_clip(path, "1")
    draft = await open_draft(path, settings.home)
    listed = (clip, *await host.clips(), *await OtioHost(draft.target).clips())

    assert timeline_target(path).edl_rate == draft.target.edl_rate == "30"
    assert {each.record.rate for each in listed} == {30}
    assert edl_rate_of(path, "48") == "48"
    assert edl_rate_of(path.with_suffix(".otio"), "48") == ""


@pytest.mark.anyio
async def test_an_output_is_not_gone_on_with_at_another_rate(tmp_path: Path) -> None:
    media = movie(tmp_path / "a.mov", 25)
    target = HostTarget("otio", edl_of(tmp_path / "cut.edl", 25, [media]), tmp_path / "out.otio")
    host = OtioHost(replace(target, edl_rate="24"))
    (clip,) = await host.clips()
    await host.add_take(take_for(clip, tmp_path / "takes"))
    await host.check_output([])

    told = OtioHost(replace(target, edl_rate="25"))
    late = take_for(clip, tmp_path / "takes", "job/2")
    for refused in (told.check_output([]), told.add_take(late)):
        with pytest.raises(HostError, match="at 24 frames per second, and cut"):
            await refused
    # Nobody said, and its media is found by now.
    with pytest.raises(OutputError, match="is read at 25 now") as caught:
        await OtioHost(target).check_output([])
    assert "--edl-rate 24 goes on with it" in caught.value.fix
    assert (await OtioHost(target).add_take(late)).added


@pytest.mark.anyio
async def test_a_draft_is_not_gone_on_with_at_another_rate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = edl_of(tmp_path / "cut.edl", 25, [movie(tmp_path / "a.mov", 25)])
    draft = await open_draft(path, tmp_path / "home")
    host = OtioHost(draft.target)
    (clip,) = await host.clips()
    await host.add_take(take_for(clip, tmp_path / "takes"))
    monkeypatch.setenv("NEWTAKE_EDL_RATE", "24")
    with pytest.raises(OutputError, match="--edl-rate 25"):
        await open_draft(path, tmp_path / "home")
    monkeypatch.setenv("NEWTAKE_EDL_RATE", "25")
    assert (await open_draft(path, tmp_path / "home")).target.edl_rate == "25"


_NAMED = """TITLE: reel
FCM: NON-DROP FRAME

001  A24  V  C  {first} 01:00:00:00 01:00:00:02
* FROM CLIP NAME: a.mov
{said}"""


def timed_movie(path: Path, rate: int, start: str) -> Path:
    with av.open(str(path), "w") as container:
        container.metadata["timecode"] = start
        stream = container.add_stream("mpeg4", rate=rate)
        stream.width = stream.height = 32
        for _ in range(4):
            container.mux(stream.encode(av.VideoFrame(32, 32, "yuv420p")))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize(
    ("first", "said", "takes"),
    [
        ("10:00:00:01 10:00:00:03", "", "a.mov"),
        ("10:00:00:01 10:00:00:03", "* SOURCE FILE: D:\\footage\\b.mov\n", "b.mov"),
        ("10:00:00:03 10:00:00:05", "", ""),
    ],
    ids=["clip-name", "source-file", "other-timecode"],
)
def test_an_event_that_names_no_path_gets_the_file_whose_name_and_timecode_fit(
    first: str, said: str, takes: str, tmp_path: Path
) -> None:
    for name in ("a.mov", "b.mov"):
        timed_movie(tmp_path / name, 25, "10:00:00:00")
    edl = tmp_path / "cut.edl"
    edl.write_text(_NAMED.format(first=first, said=said))
    (clip,) = list_clips(open_timeline(edl))
    if takes:
        assert clip.refusal is None
        assert clip.media is not None
        assert clip.media.path == tmp_path / takes
        # The rate is that of the media that fits.
        assert (clip.source.start, clip.source.rate) == (900_001, Fraction(25))
        assert any(f"found and are used: {takes}" in note for note in clip.notes)
    else:
        assert clip.refusal is not None
        assert "does not hold its source timecode 10:00:00:03 to 10:00:00:05" in clip.refusal.text


def test_an_event_whose_file_is_nowhere_says_what_to_do(tmp_path: Path) -> None:
    edl = tmp_path / "cut.edl"
    edl.write_text(_NAMED.format(first="10:00:00:01 10:00:00:03", said=""))
    (clip,) = list_clips(open_timeline(edl))
    assert clip.refusal is not None
    assert "no file of that name lies in the timeline's folder; put it there" in clip.refusal.text
    edl.write_text(_NAMED.format(first="10:00:00:01 10:00:00:03", said="").partition("*")[0])
    (clip,) = list_clips(open_timeline(edl))
    assert clip.refusal is not None
    assert "only a reel; export the timeline as Final Cut Pro 7 XML" in clip.refusal.text
