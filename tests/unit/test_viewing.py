"""What the model is shown of a source is decided by its tags, and said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from newtake.adapters.ffmpeg_picture import SCALE_MATRIX
from newtake.domain.clip import ColourTags
from newtake.domain.cube import Lut
from newtake.domain.viewing import (
    READ_MATRICES,
    Viewing,
    keeps_transfer,
    looking_text,
    unread_colours,
    viewing_notes,
    viewing_of,
    viewing_text,
)
from worlds import media_info

LUT = Lut(Path("/luts/slog3.cube"), "ab" * 32, "3d", 33)
PLAIN = media_info(Path("/a.mov"), 10)


@pytest.mark.parametrize(
    ("colour", "viewing", "words"),
    [
        (ColourTags(), Viewing.STANDARD, "as it is: bt709, limited range"),
        (ColourTags(matrix="smpte170m", range="pc"), Viewing.STANDARD, "smpte170m, full range"),
        (ColourTags("bt2020", "smpte2084", "bt2020nc"), Viewing.TONE_MAPPED, "from PQ to BT.709"),
        (ColourTags("bt2020", "arib-std-b67", "bt2020nc"), Viewing.TONE_MAPPED, "from HLG"),
        (ColourTags("bt2020", "bt2020-10", "bt2020nc"), Viewing.CONVERTED, "from bt2020"),
        (ColourTags("bt709", "log316", "bt709"), Viewing.CONVERTED, "from log316"),
        (ColourTags("smpte432", "iec61966-2-1", "bt709"), Viewing.CONVERTED, "from smpte432"),
        (ColourTags("smpte431", "bt709", "bt709"), Viewing.CONVERTED, "from smpte431"),
        (ColourTags("bt470bg", "smpte170m", "bt470bg"), Viewing.STANDARD, "as it is: bt470bg"),
    ],
)
def test_tags_decide_and_a_table_overrides_them(
    colour: ColourTags, viewing: Viewing, words: str
) -> None:
    source = replace(PLAIN, colour=colour)
    assert viewing_of(source) is viewing
    assert words in viewing_text(source)
    # Copies to look at go the same way.
    assert bool(looking_text(source)) is (viewing is not Viewing.STANDARD)
    assert words.partition(",")[0] in (looking_text(source) or words)
    assert viewing_of(source, LUT) is Viewing.LUT
    assert "slog3.cube (3D, 33 points)" in viewing_text(source, LUT)


@pytest.mark.parametrize(
    ("colour", "word"),
    [
        (ColourTags("bt709", "bt709", "ycgco"), "matrix ycgco"),
        (ColourTags("smpte431", "smpte428", "gbr"), "transfer smpte428"),
        (ColourTags("bt2020", "smpte2084", "ictcp"), "matrix ictcp"),
        (ColourTags("bt2020", "bt2020-10", "bt2020c"), "matrix bt2020c"),
        (ColourTags("bt2020", "smpte2084", "bt2020nc"), None),
        (ColourTags("smpte432", "iec61966-2-1", "bt709"), None),
        *((ColourTags(matrix=each), None) for each in READ_MATRICES),
    ],
)
def test_colours_that_nothing_converts_are_refused_unless_a_table_says_how(
    colour: ColourTags, word: str | None
) -> None:
    source = replace(PLAIN, colour=colour)
    assert (word is None) is (unread_colours(source) is None)
    assert word is None or word in (unread_colours(source) or "")
    # A table says what the values mean, and not how they are coded.
    assert (unread_colours(source, LUT) is None) is (colour.matrix in (*READ_MATRICES, "gbr"))


def test_only_a_display_s_own_curve_is_kept() -> None:
    for transfer, kept in (("iec61966-2-1", True), ("bt2020-10", True), ("linear", False)):
        colour = ColourTags("smpte432", transfer, "bt709")
        assert keeps_transfer(replace(PLAIN, colour=colour)) is kept
    assert set(READ_MATRICES) == set(SCALE_MATRIX)


def test_exr_is_said_to_be_shown_as_a_display_shows_it() -> None:
    frames = replace(PLAIN, codec="exr", pixel_format="gbrp", colour=ColourTags(matrix="gbr"))
    assert "scene-linear" in viewing_text(frames)
    assert "after its scene-linear values" in viewing_text(frames, LUT)


def test_a_person_is_told_what_is_done_and_how_to_give_a_table() -> None:
    assert viewing_notes(PLAIN) == ()
    (untagged,) = viewing_notes(replace(PLAIN, bit_depth=10))
    assert "--lut FILE.cube" in untagged
    said = replace(PLAIN, bit_depth=10, colour=ColourTags("bt709", "bt709", "bt709", "tv"))
    assert viewing_notes(said) == ()
    (mapped,) = viewing_notes(replace(PLAIN, colour=ColourTags("bt2020", "smpte2084")))
    assert "tone-mapped" in mapped
    (shown,) = viewing_notes(PLAIN, LUT)
    assert "slog3.cube" in shown
