"""What the prober says of files as cameras, editors and attackers write them."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import pytest

from newtake.adapters.packets import decode_order
from newtake.adapters.probe import probe, probe_now
from newtake.adapters.quicktime import timecode_track_rate
from newtake.adapters.toolchain import find_toolchain
from newtake.domain.clip import ColourTags
from newtake.domain.errors import MediaError
from numbered_media import DNXHR, H264, PRORES, make_numbered, run

NTSC_30 = Fraction(30000, 1001)


@pytest.fixture
def ffmpeg() -> str:
    return find_toolchain().executable


@pytest.mark.parametrize(
    ("name", "rate", "timecode"),
    [
        ("a.mov", Fraction(24000, 1001), "01:00:00:00"),
        ("b.mp4", Fraction(24), "23:59:59:23"),
        ("c.mov", Fraction(25), "10:00:00:24"),
        ("d.mov", NTSC_30, "00:59:58;00"),
        ("e.mp4", Fraction(30), "00:00:00:29"),
    ],
)
def test_rate_frames_and_timecode_are_exact(
    name: str, rate: Fraction, timecode: str, ffmpeg: str, tmp_path: Path
) -> None:
    path = make_numbered(
        ffmpeg, tmp_path / name, rate=rate, frames=37, options=("-timecode", timecode)
    )
    for counting in (False, True):
        media = probe_now(path, count_frames=counting)
        assert (media.rate, media.frames, media.constant_rate) == (rate, 37, True)
        assert (media.timecode, media.timecode_rate) == (timecode, rate)
        assert (media.codec, media.width, media.height) == ("h264", 480, 270)
        assert media.frames_counted


def test_a_long_file_is_not_read_whole_and_its_frames_are_known(
    ffmpeg: str, tmp_path: Path
) -> None:
    for name in ("long.mp4", "long.mkv", "long.ts"):
        path = make_numbered(ffmpeg, tmp_path / name, rate=NTSC_30, frames=1000, size=(240, 135))
        media = probe_now(path)
        assert not media.frames_counted
        assert (media.frames, media.rate) == (1000, NTSC_30)
        counted = probe_now(path, count_frames=True)
        assert (counted.frames, counted.frames_counted) == (1000, True)


@pytest.mark.parametrize("name", ["vfr.mp4", "vfr.mkv"])
def test_a_variable_rate_is_noticed(name: str, ffmpeg: str, tmp_path: Path) -> None:
    path = make_numbered(
        ffmpeg,
        tmp_path / name,
        rate=Fraction(30),
        frames=120,
        options=("-vf", "select='mod(n,4)'", "-fps_mode", "vfr"),
    )
    assert not probe_now(path, count_frames=True).constant_rate


def test_a_rate_that_changes_late_is_noticed_from_the_index(ffmpeg: str, tmp_path: Path) -> None:
    path = make_numbered(
        ffmpeg,
        tmp_path / "late.mp4",
        rate=Fraction(30),
        frames=700,
        size=(240, 135),
        options=("-vf", "select='lt(n,600)+mod(n,2)'", "-fps_mode", "vfr"),
    )
    media = probe_now(path)
    assert not media.constant_rate
    assert (media.frames, media.frames_counted) == (len(media.frame_times), True)
    assert media.frames == 700
    assert media.rate == 30
    assert media.frame_times[598:604] == tuple(
        Fraction(each, 30) for each in (598, 599, 601, 603, 605, 607)
    )


@pytest.mark.parametrize(
    ("coding", "codec", "pixels", "depth", "alpha"),
    [
        (PRORES, "prores", "yuv422p10le", 10, False),
        (DNXHR, "dnxhd", "yuv422p", 8, False),
        (
            ("-c:v", "prores_ks", "-profile:v", "4444", "-pix_fmt", "yuva444p10le"),
            "prores",
            "yuva444p12le",
            12,
            True,
        ),
    ],
)
def test_pixel_formats_and_alpha(
    coding: tuple[str, ...],
    codec: str,
    pixels: str,
    depth: int,
    alpha: bool,
    ffmpeg: str,
    tmp_path: Path,
) -> None:
    path = make_numbered(ffmpeg, tmp_path / "p.mov", rate=Fraction(24), frames=3, coding=coding)
    media = probe_now(path)
    assert (media.codec, media.has_alpha) == (codec, alpha)
    assert (media.pixel_format, media.bit_depth) in ((pixels, depth), ("yuva444p10le", 10))


def test_colour_tags_have_ffmpeg_s_names_and_silence_is_none(ffmpeg: str, tmp_path: Path) -> None:
    tags = "setparams=color_primaries=bt2020:color_trc=arib-std-b67:colorspace=bt2020nc:range=tv"
    tagged = make_numbered(
        ffmpeg, tmp_path / "t.mov", rate=Fraction(25), frames=3, options=("-vf", tags)
    )
    silent = make_numbered(ffmpeg, tmp_path / "s.mov", rate=Fraction(25), frames=3)
    colour = probe_now(tagged).colour
    assert colour == ColourTags("bt2020", "arib-std-b67", "bt2020nc", "tv")
    assert colour.is_hdr
    assert probe_now(silent).colour == ColourTags()


def test_reel_name_and_pixel_aspect(ffmpeg: str, tmp_path: Path) -> None:
    path = make_numbered(
        ffmpeg,
        tmp_path / "r.mov",
        rate=Fraction(25),
        frames=3,
        size=(720, 576),
        filters=",setsar=64/45",
        options=("-timecode", "01:00:00:00", "-metadata:s:v:0", "reel_name=A001C002_1125"),
    )
    media = probe_now(path)
    assert media.reel == "A001C002_1125"
    assert (media.pixel_aspect, media.display_size) == (Fraction(64, 45), (1024, 576))


def test_a_timecode_track_may_count_at_its_own_rate(ffmpeg: str, tmp_path: Path) -> None:
    path = make_numbered(
        ffmpeg,
        tmp_path / "fast.mov",
        rate=Fraction(60000, 1001),
        frames=6,
        options=("-timecode", "01:00:00;00"),
    )
    assert timecode_track_rate(path) == Fraction(60000, 1001)
    data = bytearray(path.read_bytes())
    at = data.index(b"tmcd", data.index(b"gmhd")) if b"gmhd" in data else -1
    at = data.index(b"stsd", at) + 12
    description = data[at : at + 38]
    assert description[4:8] == b"tmcd"
    duration = int.from_bytes(description[28:32], "big")
    data[at + 28 : at + 32] = (2 * duration).to_bytes(4, "big")
    path.write_bytes(data)
    assert probe_now(path).timecode_rate == NTSC_30


def test_a_cover_picture_is_not_the_video(ffmpeg: str, tmp_path: Path) -> None:
    cover = tmp_path / "cover.png"
    run([ffmpeg, "-v", "error", "-f", "lavfi", "-i", "color=red:s=64x64", "-frames:v", "1",
         str(cover)])  # fmt: skip
    film = make_numbered(ffmpeg, tmp_path / "film.mp4", rate=Fraction(25), frames=30)
    both = tmp_path / "both.mp4"
    run([ffmpeg, "-v", "error", "-i", str(cover), "-i", str(film), "-map", "0", "-map", "1",
         "-c", "copy", "-disposition:v:0", "attached_pic", str(both)])  # fmt: skip
    media = probe_now(both)
    assert (media.codec, media.frames) == ("h264", 30)
    only = tmp_path / "only.m4a"
    run([ffmpeg, "-v", "error", "-f", "lavfi", "-t", "1", "-i", "sine", str(only)])
    with pytest.raises(MediaError, match="no video"):
        probe_now(only)


def test_decode_order_names_each_packet_s_place(ffmpeg: str, tmp_path: Path) -> None:
    path = make_numbered(
        ffmpeg, tmp_path / "b.mp4", rate=Fraction(24), frames=48, coding=(*H264, "-bf", "2")
    )
    order = decode_order(path)
    assert sorted(order) == list(range(48))
    assert order != list(range(48))


def hostile(folder: Path, film: Path) -> dict[str, bytes]:
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{film}\n#EXT-X-ENDLIST\n"
    return {
        "playlist.mp4": playlist.encode(),
        "playlist.ts": playlist.encode(),
        "concat.mp4": f"ffconcat version 1.0\nfile {film.name}\n".encode(),
        "session.mp4": b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
        b"m=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
        "dash.mp4": b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>',
        "subtitles.mp4": b"[Script Info]\nScriptType: v4.00+\n",
        "empty.mp4": b"",
        "zeros.mov": bytes(4096),
        "words.mov": b"<html><body>404</body></html>",
        "cut.mp4": film.read_bytes()[:600],
    }


def test_hostile_and_broken_files_are_refused(ffmpeg: str, tmp_path: Path) -> None:
    film = make_numbered(ffmpeg, tmp_path / "film.mp4", rate=Fraction(24), frames=24)
    for name, data in hostile(tmp_path, film).items():
        path = tmp_path / name
        path.write_bytes(data)
        for counting in (False, True):
            with pytest.raises(MediaError) as caught:
                probe_now(path, count_frames=counting)
            assert name in caught.value.what
            assert caught.value.fix


@pytest.mark.anyio
async def test_missing_media_is_offline(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="offline"):
        await probe(tmp_path / "gone.mov")


def test_what_is_no_film_is_said_without_a_librarys_words(tmp_path: Path) -> None:
    (tmp_path / "bad.mov").write_bytes(b"no film at all " * 40)
    for path in (tmp_path, Path(os.devnull)):
        with pytest.raises(MediaError, match="no regular file"):
            probe_now(path)
    with pytest.raises(MediaError) as caught:
        probe_now(tmp_path / "bad.mov")
    assert caught.value.why == "Its content is damaged, or of no kind that is read here."


@pytest.mark.parametrize("name", ["-y.mp4", "http:film.mp4", "concat:a|b.mp4", "a%03d #?.mp4"])
def test_no_name_is_taken_for_an_option_or_an_address(
    name: str, ffmpeg: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = make_numbered(ffmpeg, tmp_path / "film.mp4", rate=Fraction(24), frames=8)
    film.rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert probe_now(Path(name)).frames == 8
