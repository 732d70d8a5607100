"""Timelines of other formats in and out: their frames survive, and what they lose is said."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from newtake.domain.clip import Clip
from newtake.domain.errors import HostError, OutputError, TimelineError
from newtake.domain.files import HostTarget, NewTake, Provenance, TakeFile
from newtake.domain.timing import FrameRange
from otio_newtake.edl_rates import edl_rate
from otio_newtake.foreign import check_xml, read_foreign
from otio_newtake.formats import FORMATS
from otio_newtake.host import OtioHost
from otio_newtake.listing import list_clips
from otio_newtake.reading import open_timeline

pytestmark = pytest.mark.anyio

SUFFIXES = sorted(FORMATS)
RATES = [Fraction(24), Fraction(25), Fraction(30000, 1001)]
HOUR = 86_400
OPTIONS = {".aaf": {"use_empty_mob_ids": True}}


def write_cut(path: Path, rate: Fraction, first: int = 0) -> Path:
    """Three clips and a gap of three files, whose frames count from `first`."""
    spelled = float(rate)

    def span(start: int, length: int) -> otio.opentime.TimeRange:
        return otio.opentime.TimeRange(
            otio.opentime.RationalTime(start, spelled), otio.opentime.RationalTime(length, spelled)
        )

    timeline = otio.schema.Timeline("cut")
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    timeline.tracks.append(track)
    for name, start, length in (("A", 10, 48), ("", 0, 12), ("B", 24, 40), ("C", 31, 25)):
        if not name:
            track.append(otio.schema.Gap(duration=otio.opentime.RationalTime(length, spelled)))
            continue
        media = path.with_name(f"{name}.mov")
        media.write_bytes(b"no film")
        reference = otio.schema.ExternalReference(media.as_uri(), span(first, 200))
        track.append(otio.schema.Clip(f"{name}.mov", reference, span(first + start, length)))
    otio.adapters.write_to_file(timeline, str(path), **OPTIONS.get(path.suffix, {}))
    return path


def take_of(clip: Clip, label: str = "job/1", number: int = 1) -> NewTake:
    source = clip.source
    path = Path(f"/takes/b_take_{number:03}.mov")
    return NewTake(
        clip_key=clip.key,
        label=label,
        name=f"Take {number}",
        file=TakeFile(
            path=path,
            number=number,
            available=FrameRange(source.start - 4, source.duration + 9, source.rate),
            start_timecode="00:00:00:00",
            frames_in_file=source.duration + 9,
            method="rewrap",
            sidecar=path.with_suffix(".json"),
        ),
        provenance=Provenance(
            *("job", "1", "sandbox", "m", "oil"), {}, "2026-01-01T00:00:00+00:00", "", "00"
        ),
    )


def rows(path: Path) -> list[tuple[str, str, int, int, int]]:
    """Of each clip: track, media, record frame, length, media frame counted from the file's own."""
    return [
        (
            clip.track,
            clip.media.url.rpartition("/")[2] if clip.media else "",
            clip.record.start,
            clip.record.duration,
            clip.source.start,
        )
        for clip in list_clips(open_timeline(path), lambda _: True)
    ]


@pytest.fixture(autouse=True)
def _rate_of_edls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEWTAKE_EDL_RATE", raising=False)


@pytest.mark.parametrize(
    ("rate", "first"),
    [(RATES[0], HOUR), (RATES[1], 0), (RATES[2], HOUR)],
    ids=["24", "25", "29.97"],
)
@pytest.mark.parametrize("suffix", SUFFIXES)
async def test_a_take_goes_into_the_format_and_every_number_comes_out_again(
    suffix: str, rate: Fraction, first: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if suffix == ".fcpxml" and rate.denominator > 1:
        pytest.skip("its adapter cuts such rates down; see the next test")
    if suffix == ".edl":
        monkeypatch.setenv("NEWTAKE_EDL_RATE", f"{float(rate):.5g}")
    cut = write_cut(tmp_path / f"cut{suffix}", rate, first)
    before = cut.read_bytes()
    output = tmp_path / f"cut_newtake{suffix}"
    host = OtioHost(HostTarget("otio", cut, output))
    clips = await host.clips()
    assert [(c.record.start, c.source.start) for c in clips] == [
        (0, first + 10), (60, first + 24), (100, first + 31)
    ]  # fmt: skip
    await host.check_output([clips[1].key])
    placed = await host.add_take(take_of(clips[1]))
    assert (placed.notes, placed.timeline) == ((), tmp_path / "cut_newtake.otio")
    assert cut.read_bytes() == before
    # Kdenlive counts each file from its own first frame: the take's is 4 before what it shows.
    own = 0 if suffix == ".kdenlive" else first
    take = 4 if suffix == ".kdenlive" else first + 24
    wanted = [
        ("V1", "A.mov", 0, 48, own + 10),
        ("V1", "B.mov", 60, 40, own + 24),
        ("V1", "C.mov", 100, 25, own + 31),
        ("V2", "b_take_001.mov", 60, 40, take),
    ]
    if suffix == ".edl":
        wanted[1] = ("V1", *wanted.pop()[1:])
    assert rows(output) == wanted


async def test_a_second_take_renews_the_export_and_switching_back_takes_it_out(
    tmp_path: Path,
) -> None:
    cut, output = write_cut(tmp_path / "cut.xml", RATES[0]), tmp_path / "cut_newtake.xml"
    host = OtioHost(HostTarget("otio", cut, output))
    (_, clip, _) = await host.clips()
    await host.add_take(take_of(clip))
    first = output.read_bytes()
    await host.add_take(take_of(clip, "job/2", 2))
    assert [row[1] for row in rows(output)] == ["A.mov", "B.mov", "C.mov", "b_take_002.mov"]
    assert output.read_bytes() != first
    # The .otio alone is enough: it knows what was made of it.
    otio_file = output.with_suffix(".otio")
    await OtioHost(HostTarget("otio", otio_file, otio_file)).select_take(2, "original")
    assert [row[1] for row in rows(output)] == ["A.mov", "B.mov", "C.mov"]
    (_, clip, _) = await host.clips()
    assert [take.key for take in clip.takes] == ["DEFAULT_MEDIA", "take_001", "take_002"]


async def test_an_export_that_somebody_went_on_in_is_left_alone(tmp_path: Path) -> None:
    cut, output = write_cut(tmp_path / "cut.xml", RATES[0]), tmp_path / "cut_newtake.xml"
    host = OtioHost(HostTarget("otio", cut, output))
    (_, clip, _) = await host.clips()
    await host.add_take(take_of(clip))
    output.write_bytes(b"mine now")
    with pytest.raises(OutputError, match="is not as New Take wrote it"):
        await host.check_output([clip.key])
    placed = await host.add_take(take_of(clip, "job/2", 2))
    assert [note for note in placed.notes if "cut_newtake.xml was not written" in note]
    assert output.read_bytes() == b"mine now"
    assert [take.number for take in (await host.clips())[1].takes] == [0, 1, 2]
    assert not list(tmp_path.glob(".*"))


async def test_an_edl_can_come_back_as_otio_or_as_any_other_format(tmp_path: Path) -> None:
    cut = write_cut(tmp_path / "cut.edl", RATES[0])
    for name in ("out.otio", "other.xml"):
        host = OtioHost(HostTarget("otio", cut, tmp_path / name))
        clip = (await host.clips())[1]
        await host.add_take(take_of(clip))
    assert (tmp_path / "out.otio").exists()
    assert not (tmp_path / "out.edl").exists()
    assert [row[1] for row in rows(tmp_path / "other.xml")][-1] == "b_take_001.mov"


_EDL = """TITLE: reel
FCM: NON-DROP FRAME

001  AX  V   C  10:00:00:00 10:00:02:00 {h}:00:00:00 {h}:00:02:00
* FROM CLIP NAME: one.mov
002  AX  V   C  10:00:00:00 10:00:01:24 {h}:00:03:00 {h}:00:04:24
* FROM CLIP NAME: two.mov
003  AX  A2  C  10:00:00:00 10:00:01:00 {h}:00:05:00 {h}:00:06:00
* FROM CLIP NAME: sound.wav
"""


@pytest.mark.parametrize(("hour", "start"), [("01", 90_000), ("00", 0)], ids=["01", "00"])
async def test_an_edl_begins_at_its_record_timecode_and_comes_back_with_it(
    hour: str, start: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWTAKE_EDL_RATE", "25")
    edl, output = tmp_path / "cut.edl", tmp_path / "cut_newtake.edl"
    edl.write_text(_EDL.format(h=hour))
    host = OtioHost(HostTarget("otio", edl, output))
    clips = [clip for clip in await host.clips() if clip.track == "V1"]
    assert [(c.record.start, c.record.duration) for c in clips] == [(start, 50), (start + 75, 49)]
    span = (await host.outline()).record
    assert (span.start, span.end) == (start, start + 150)
    placed = await host.add_take(take_of(clips[1]))
    assert placed.notes == ()
    lines = [each.split()[6:] for each in output.read_text().splitlines() if " C " in each]
    assert lines[:2] == [
        [f"{hour}:00:00:00", f"{hour}:00:02:00"], [f"{hour}:00:03:00", f"{hour}:00:04:24"]
    ]  # fmt: skip


async def test_the_reel_in_an_edl_is_the_take_s_own(tmp_path: Path) -> None:
    cut = write_cut(tmp_path / "cut.edl", RATES[0])
    reels = [line.split()[1] for line in cut.read_text().splitlines() if line[:3].isdecimal()]
    host = OtioHost(HostTarget("otio", cut, tmp_path / "out.edl"))
    await host.add_take(take_of((await host.clips())[1]))
    lines = (tmp_path / "out.edl").read_text().splitlines()
    assert [line.split()[1] for line in lines if line[:3].isdecimal()] == [
        reels[0], "b_take_001", reels[2]
    ]  # fmt: skip


async def test_what_a_format_loses_is_said_before(tmp_path: Path) -> None:
    source = write_cut(tmp_path / "cut.otio", RATES[0])
    timeline = otio.adapters.read_from_file(str(source))
    first, _, second, third = timeline.tracks[0]
    first.effects.append(otio.schema.LinearTimeWarp(time_scalar=2.0))
    second.enabled = False
    third.markers.append(otio.schema.Marker("look"))
    half = otio.opentime.RationalTime(4, 24)
    timeline.tracks[0].insert(3, otio.schema.Transition("cut", "SMPTE_Dissolve", half, half))
    otio.adapters.write_to_file(timeline, str(source))
    lost = await OtioHost(HostTarget("otio", source, tmp_path / "out.edl")).losses()
    for words in ("1 dissolve becomes a cut", "1 disabled clip", "1 retimed clip", "1 marker"):
        assert any(words in each for each in lost), (words, lost)
    assert await OtioHost(HostTarget("otio", source, tmp_path / "out.otio")).losses() == ()


def test_a_rate_that_the_adapter_would_cut_down_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.fcpxml"
    path.write_text(
        '<?xml version="1.0"?><!DOCTYPE fcpxml><fcpxml version="1.8"><resources>'
        '<format id="r1" frameDuration="1001/30000s"/></resources></fcpxml>'
    )
    with pytest.raises(TimelineError, match=r"such as 23\.976"):
        open_timeline(path)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_format_without_its_adapter_names_the_extra(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"cut{suffix}"
    path.write_bytes(b"x")
    monkeypatch.setenv("OTIO_DISABLE_ENTRYPOINTS_PLUGINS", "1")
    otio.plugins.ActiveManifest(force_reload=True)
    try:
        with pytest.raises(TimelineError, match="Nothing installed here reads") as caught:
            open_timeline(path)
    finally:
        monkeypatch.undo()
        otio.plugins.ActiveManifest(force_reload=True)
    assert FORMATS[suffix].words in caught.value.what
    assert "pip install 'newtake[formats]'" in caught.value.fix


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('<!DOCTYPE a [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><a>&c;</a>', "declares entities"),
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "declares entities"),
        ("<a>" * 300 + "</a>" * 300, "more than 200 deep"),
        ("<a><b></a>", "is not valid XML"),
    ],
)
def test_xml_that_is_not_safe_reaches_no_adapter(text: str, words: str, tmp_path: Path) -> None:
    for suffix in (".xml", ".fcpxml", ".kdenlive"):
        path = tmp_path / f"cut{suffix}"
        path.write_text(text)
        with pytest.raises(TimelineError, match=words):
            open_timeline(path)
    check_xml(b"<!DOCTYPE xmeml><xmeml/>", "cut.xml")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_rubbish_is_an_error_of_the_timeline(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"cut{suffix}"
    path.write_bytes(b"\x00\xff<rubbish" * 100)
    with pytest.raises((TimelineError, HostError)) as caught:
        list_clips(open_timeline(path))
    assert caught.value.what


def test_an_adapter_that_never_ends_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The adapter here is a real plugin of OpenTimelineIO, found through its own variable."""
    plugin = tmp_path / "newtake_test_forever.py"
    plugin.write_text("def read_from_file(filepath):\n    while True:\n        pass\n")
    (tmp_path / "manifest.json").write_text(
        '{"OTIO_SCHEMA": "PluginManifest.1", "adapters": [{"OTIO_SCHEMA": "Adapter.1", '
        '"name": "newtake_test_forever", "filepath": "newtake_test_forever.py", '
        '"suffixes": ["forever"]}]}'
    )
    monkeypatch.setenv("OTIO_PLUGIN_MANIFEST_PATH", str(tmp_path / "manifest.json"))
    path = tmp_path / "cut.forever"
    path.write_text("x")
    with pytest.raises(TimelineError, match="could not read") as caught:
        read_foreign(path, b"x", None, seconds=2)
    assert "stopped after 2 seconds" in caught.value.why


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        (b"001 AX V C 01:00:00:00 01:00:01:23 00:00:00:00 00:00:01:23", 24.0),
        (b"001 AX V C 01:00:00:00 01:00:01:24 00:00:00:00 00:00:01:24", 25.0),
        (b"001 AX V C 01:00:00:00 01:00:01:29 00:00:00:00 00:00:01:29", 30.0),
        (b"FCM: DROP FRAME\n001 AX V C 01:00:00;00 01:00:01;10 00:00:00;00 00:00:01;10", 29.97),
        (b"001 AX V C 01:00:00:00 01:00:01:49 00:00:00:00 00:00:01:49", 50.0),
    ],
)
def test_the_rate_of_an_edl_is_the_lowest_that_fits_and_is_told(text: bytes, rate: float) -> None:
    found, note = edl_rate(text)
    assert found == pytest.approx(rate, abs=0.001)
    assert "frames per second" in note
    assert edl_rate(text, "23.976")[0] == 24000 / 1001
    with pytest.raises(TimelineError, match="no frame rate"):
        edl_rate(text, "fast")


def test_nothing_of_the_folder_we_stand_in_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = write_cut(tmp_path / "cut.xml", RATES[0])
    (tmp_path / "opentimelineio.py").write_text("open('taken', 'w').close()\n")
    monkeypatch.chdir(tmp_path)
    assert len(list_clips(open_timeline(cut))) == 3
    assert not (tmp_path / "taken").exists()
