"""The command lines, as plain values: nothing is run here."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from newtake.adapters.colour import colour_tags
from newtake.adapters.ffmpeg_conform import (
    encode_command,
    frame_hashes,
    hash_command,
)
from newtake.adapters.ffmpeg_export import Cut, plate_command, seek_points
from newtake.adapters.ffmpeg_picture import Table, fitted_size
from newtake.adapters.rewrap import rewrap_ticks, timecode_track
from newtake.adapters.toolchain import Toolchain, release
from newtake.domain.clip import ColourTags, MediaInfo
from newtake.domain.conform import ConformPlan, FrameMapping
from newtake.domain.cube import Lut
from newtake.domain.errors import MediaError, MediaToolError
from newtake.domain.timing import FrameRange

NTSC_24 = Fraction(24000, 1001)
NTSC_30 = Fraction(30000, 1001)
GRID = Fraction(24)

SOURCE = MediaInfo(
    path=Path("/media/-y #1, größe %d.mov"),
    container="mov,mp4,m4a,3gp,3g2,mj2",
    codec="h264",
    width=1920,
    height=1080,
    rate=Fraction(25),
    frames=5000,
    frames_counted=True,
    video_start_seconds=Fraction(1, 2),
    container_start_seconds=Fraction(0),
    pixel_format="yuv420p",
    bit_depth=8,
    pixel_aspect=Fraction(1),
    rotation_degrees=0,
    interlaced=False,
    constant_rate=True,
    has_alpha=False,
    has_audio=True,
    colour=ColourTags(),
)


def plate(source: MediaInfo = SOURCE, cut: Cut | None = None, **changes: object) -> list[str]:
    how: dict[str, object] = {
        "seek": Fraction(0),
        "rate": GRID,
        "short_side": 540,
        "maps_tones": True,
        "to": Path("/plates/-plate.part"),
    }
    return plate_command("ffmpeg", source, cut or Cut(0, 120), **(how | changes))  # type: ignore[arg-type]  # by name


def after(command: list[str], option: str) -> str:
    return command[command.index(option) + 1]


def graph(command: list[str]) -> str:
    return after(command, "-filter_complex")


def test_files_are_named_by_protocol_and_absolute_path() -> None:
    command = plate()
    assert after(command, "-i") == "file:/media/-y #1, größe %d.mov"
    assert "file:/plates/-plate.part" in command
    assert after(command, "-protocol_whitelist") == "file"
    assert "hls" not in after(command, "-format_whitelist").split(",")


def test_a_cut_seeks_early_and_selects_by_time_on_the_source_s_grid() -> None:
    command = plate(cut=Cut(1000, 100, 20), seek=Fraction(79, 2))
    assert float(after(command, "-ss")) == 39.5
    # Half a second of offset, 40 s to the first frame, 4 s of frames, 2 s to spare.
    assert float(after(command, "-t")) == 0.5 + 40 - 39.5 + 4 + 2
    filters = graph(command)
    assert "setpts=round(PTS-(1/2)/TB)" in filters
    assert "39.980000000" in filters
    assert "40.020000000" in filters
    steps = ["fps=", "select=", "settb=", "trim=end_frame=100", "tpad=", "stop=20", "scale="]
    places = [filters.index(step) for step in steps]
    assert places == sorted(places)
    assert "-copyts" in command
    assert after(command, "-r") == "24"


def test_a_plate_is_silent_and_nameless() -> None:
    command = plate()
    assert [after(command, option) for option in ("-map_metadata", "-map_chapters")] == ["-1", "-1"]
    assert command.count("-map") == 1
    assert after(command, "-movflags") == "+faststart"
    assert (after(command, "-crf"), after(command, "-preset")) == ("18", "veryfast")


def test_seeks_go_back_fourfold_and_end_at_the_beginning() -> None:
    assert [float(each) for each in seek_points(SOURCE, 1000)] == [39.5, 36.5, 24.5, 0]
    assert list(seek_points(SOURCE, 0)) == [0]
    assert [float(each) for each in seek_points(SOURCE, 1000, Fraction(10))] == [9, 6, 0]
    starts_late = replace(SOURCE, container_start_seconds=Fraction(-3, 2))
    assert float(next(seek_points(starts_late, 1000))) == 41


@pytest.mark.parametrize(
    ("changes", "short_side", "expected"),
    [
        ({}, 540, (960, 540)),
        ({}, 1080, (1920, 1080)),
        ({}, 2000, (1920, 1080)),
        ({"width": 1080, "height": 1920}, 540, (540, 960)),
        ({"rotation_degrees": 90}, 540, (540, 960)),
        ({"width": 1440, "pixel_aspect": Fraction(4, 3)}, 540, (960, 540)),
        ({"width": 720, "height": 576, "pixel_aspect": Fraction(64, 45)}, 540, (960, 540)),
        ({"width": 853, "height": 481}, 540, (852, 480)),
    ],
)
def test_the_short_side_is_fitted_and_both_are_even(
    changes: dict[str, object], short_side: int, expected: tuple[int, int]
) -> None:
    info = replace(SOURCE, **changes)  # type: ignore[arg-type]  # fields by name
    assert fitted_size(info, short_side) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "in_color_matrix=bt709"),
        ({"width": 720, "height": 576}, "min=smpte170m"),
        ({"colour": ColourTags(matrix="bt470bg")}, "min=bt470bg"),
        ({"colour": ColourTags(matrix="bt709", range="pc")}, "rin=pc"),
        ({"pixel_format": "yuvj420p"}, "rin=pc"),
        ({"pixel_format": "yuv422p10le", "bit_depth": 10}, "dither=none"),
        ({"pixel_format": "gbrp10le", "bit_depth": 10}, "min=gbr"),
        ({"width": 853, "colour": ColourTags(matrix="bt470bg")}, "in_color_matrix=bt601"),
        ({"pixel_format": "gray10le", "bit_depth": 10}, "in_color_matrix=bt709"),
        ({"interlaced": True}, "bwdif"),
        ({"colour": ColourTags("bt2020", "smpte2084", "bt2020nc", "tv")}, "tonemap=desat=0"),
        ({"colour": ColourTags("bt2020", "bt2020-10", "bt2020nc", "tv")}, "zscale=min=bt2020nc"),
    ],
)
def test_colour_and_scan_are_handled_by_what_the_source_says(
    changes: dict[str, object], expected: str
) -> None:
    filters = graph(plate(replace(SOURCE, **changes)))  # type: ignore[arg-type]  # by name
    assert expected in filters
    assert "color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv" in filters


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"width": 720, "height": 576}, "in_color_matrix=bt601"),
        ({"colour": ColourTags(matrix="smpte170m")}, "in_color_matrix=bt601"),
        ({"colour": ColourTags(matrix="bt709", range="pc")}, "in_range=pc"),
        ({"pixel_format": "yuvj420p"}, "in_range=pc"),
    ],
)
def test_without_zscale_swscale_converts_standard_range(
    changes: dict[str, object], expected: str
) -> None:
    source = replace(SOURCE, **changes)  # type: ignore[arg-type]  # by name
    filters = graph(plate(source, maps_tones=False))
    assert expected in filters
    assert "zscale" not in filters


def test_a_table_is_applied_in_rgb_between_scaling_and_coding() -> None:
    lut = Lut(Path("/luts/a.cube"), "00", "3d", 33)
    log = replace(SOURCE, pixel_format="yuv422p10le", bit_depth=10)
    filters = graph(plate(log, table=Table(lut, Path("/plates/.plate.mp4.cube"))))
    steps = ["scale=", "format=gbrp16le", "lut3d=file=/plates/.plate.mp4.cube", "scale=", "yuv420p"]
    place = 0
    for step in steps:
        place = filters.index(step, place) + 1
    curve = Table(replace(lut, kind="1d"), Path("/p.cube"))
    assert "lut1d=file=/p.cube" in graph(plate(log, table=curve))
    hdr = replace(SOURCE, colour=ColourTags("bt2020", "smpte2084", "bt2020nc", "tv"))
    assert "tonemap" not in graph(plate(hdr, table=curve, maps_tones=False))


def test_rgb_has_no_matrix_to_convert_from() -> None:
    rgb = replace(SOURCE, pixel_format="gbrp10le", colour=ColourTags(matrix="gbr"))
    assert "in_color_matrix" not in graph(plate(rgb))


def test_what_cannot_be_mapped_is_refused() -> None:
    hdr = replace(SOURCE, colour=ColourTags("bt2020", "arib-std-b67", "bt2020nc", "tv"))
    with pytest.raises(MediaToolError, match="HDR"):
        plate(hdr, maps_tones=False)
    with pytest.raises(MediaError, match="ictcp"):
        plate(replace(SOURCE, colour=ColourTags(matrix="ictcp")))


@pytest.mark.parametrize(
    ("rate", "ticks"),
    [
        (NTSC_24, (24000, 1001)),
        (Fraction(25), (10000, 400)),
        (NTSC_30, (30000, 1001)),
        (Fraction(30), (10020, 334)),
        (Fraction(99989, 4003), (99989, 4003)),
    ],
)
def test_a_frame_of_a_rewrap_is_a_whole_number_of_ticks(
    rate: Fraction, ticks: tuple[int, int]
) -> None:
    assert rewrap_ticks(rate) == ticks
    assert Fraction(*ticks) == rate


def take(**changes: object) -> ConformPlan:
    plan = ConformPlan(
        mapping=FrameMapping.FRAME,
        rewrap=True,
        codec="copy",
        available=FrameRange(107892, 100, NTSC_30),
        result_rate=GRID,
        grid_rate=GRID,
        timecode_start=107892,
        reel="A001=x",
        colour=ColourTags("bt2020", None, "bt2020nc", "tv"),
    )
    return replace(plan, **changes)  # type: ignore[arg-type]  # fields by name


RESULT = replace(
    SOURCE, path=Path("/takes/r.mp4"), rate=GRID, codec="hevc", bit_depth=10, frames=120
)


def test_a_take_is_labelled_in_the_form_of_its_source() -> None:
    dropping = timecode_track(take())
    assert (dropping.frame, dropping.base, dropping.drop) == (107892, 30, True)
    counting = timecode_track(take(drop=False))
    assert (counting.frame, counting.base, counting.drop) == (107892, 30, False)
    film = timecode_track(take(available=FrameRange(0, 9, GRID), timecode_start=24 * 86400 + 5))
    assert (film.frame, film.base, film.drop) == (5, 24, False)


def test_a_result_is_opened_as_a_download() -> None:
    for command in (
        encode_command("ffmpeg", RESULT, take(), "prores", to=Path("/t/take")),
        hash_command("ffmpeg", RESULT.path, 10, to=Path("/t/hashes")),
    ):
        before_input = command[: command.index("-i")]
        assert after(before_input, "-f") == "mov"
        assert after(before_input, "-protocol_whitelist") == "file"
        assert "hevc" in after(before_input, "-codec_whitelist").split(",")
        assert int(after(before_input, "-max_pixels")) < 2**26
        assert "-xerror" in before_input


@pytest.mark.parametrize(
    ("codec", "depth", "encoder", "pixels"),
    [
        ("h264", 8, "libx264", "yuv420p"),
        ("h264", 10, "libx264", "yuv420p10le"),
        ("prores", 8, "prores_aw", "yuv422p10le"),
        ("dnxhr", 8, "dnxhd", "yuv422p"),
        ("dnxhr", 10, "dnxhd", "yuv422p10le"),
    ],
)
def test_codecs_keep_the_depth_of_the_result(
    codec: str, depth: int, encoder: str, pixels: str
) -> None:
    info = replace(RESULT, bit_depth=depth)
    command = encode_command("ffmpeg", info, take(), codec, to=Path("/t/take"))
    assert after(command, "-vcodec") == encoder
    assert f"format={pixels}[" in graph(command)
    assert "trim=end_frame=100" in graph(command)


def test_only_the_tags_that_a_result_has_are_written() -> None:
    filters = graph(encode_command("ffmpeg", RESULT, take(), "prores", to=Path("/t/take")))
    assert "setparams=color_primaries=bt2020:colorspace=bt2020nc:range=tv" in filters
    bare = take(colour=ColourTags())
    assert "setparams" not in graph(encode_command("ffmpeg", RESULT, bare, "h264", to=Path("/t")))


def test_mapping_by_time_goes_through_the_grid() -> None:
    by_time = take(mapping=FrameMapping.TIME)
    filters = graph(encode_command("ffmpeg", RESULT, by_time, "prores", to=Path("/t/take")))
    assert filters.index("fps=fps=24:") < filters.index("settb")
    straight = graph(encode_command("ffmpeg", RESULT, take(), "prores", to=Path("/t")))
    assert "fps=fps=24:" not in straight
    assert straight.index("setpts=N") < straight.index("fps=fps=30000/1001")


def test_an_unknown_codec_is_refused() -> None:
    with pytest.raises(ValueError, match="cinepak"):
        encode_command("ffmpeg", RESULT, take(), "cinepak", to=Path("/t/take"))


def test_hashes_are_read_with_their_sizes() -> None:
    listing = "#format: frame checksums\n#tb 0: 1/24\n0, 0, 0, 1, 345600, ab12\n0, 1, 1, 1, 9, cd\n"
    assert frame_hashes(listing) == ["345600,ab12", "9,cd"]


def test_colour_numbers_have_names_and_unspecified_has_none() -> None:
    assert colour_tags(9, 16, 9, 1, is_rgb=False) == ColourTags(
        "bt2020", "smpte2084", "bt2020nc", "tv"
    )
    assert colour_tags(2, 2, 0, 0, is_rgb=False) == ColourTags()
    assert colour_tags(1, 1, 0, 2, is_rgb=True).matrix == "gbr"


@pytest.mark.parametrize(
    ("version", "usable"),
    [
        ("5.1.9-0+deb12u1", True),
        ("n9.0.2-17-g2a571b6068-20260930", True),
        ("N-118000-gabcdef", True),
        ("7", True),
        ("5.0.3", False),
        ("4.4.2-0ubuntu0.22.04.1", False),
    ],
)
def test_old_releases_are_told_apart(version: str, usable: bool) -> None:
    assert Toolchain("ffmpeg", version, "path").usable is usable
    assert release("5.1.9-0+deb12u1") == (5, 1)


def test_a_build_without_an_encoder_is_not_usable_and_one_without_zscale_is() -> None:
    assert not Toolchain("ffmpeg", "6.1", "path", ("encoder libx264",)).usable
    plain = Toolchain("ffmpeg", "6.1", "path", ("filter zscale",))
    assert (plain.usable, plain.maps_tones) == (True, False)
