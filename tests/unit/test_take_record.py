"""How a take was made, from a timeline and a sidecar that may have been through anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newtake.domain.errors import SelectionError
from newtake.domain.style import StyleStamp
from newtake.domain.take_record import TakeRecord, record_of, settings_again
from newtake.settings import edit_options

MARK: dict[str, Any] = {
    "prompt": "ink",
    "model": "m",
    "settings": {"resolution": "540p", "duration": "5s", "edit_strength": "flex_1"},
    "created_at": "2026-01-01T00:00:00+00:00",
    "cost_usd": "0.72",
    "style": {"name": "ink", "revision": 2, "sha256": "ab"},
}
SIDECAR: dict[str, Any] = {
    **MARK,
    "handles_asked": 8,
    "first_frame": None,
    "plate": {"cadence": "frame"},
    "parts": None,
    "source_picture": {"lut": {"file": "/luts/log.cube"}},
    "original_frames": None,
}


def test_the_timeline_alone_says_most_of_it() -> None:
    record = record_of(MARK)

    assert record.style == StyleStamp("ink", 2, "ab")
    assert (record.cost_usd, record.sidecar) == ("0.72", None)
    assert settings_again(record, "take_001") == {
        "prompt": "ink",
        "resolution": "540p",
        "duration": "5s",
        "edit_strength": "flex_1",
        "style": StyleStamp("ink", 2, "ab"),
    }


def test_the_sidecar_knows_handles_cadence_and_the_table() -> None:
    record = record_of({**MARK, "cost_usd": "old"}, SIDECAR, Path("/takes/a.json"))

    assert record.settings["handles"] == 8
    assert record.settings["cadence"] == "frame"
    assert record.lut == Path("/luts/log.cube")
    assert (record.cost_usd, record.sidecar) == ("0.72", Path("/takes/a.json"))


@pytest.mark.parametrize(("began", "word"), [(True, "carry"), (False, "parallel")])
def test_parts_say_how_they_were_joined_and_each_has_its_own_length(began: bool, word: str) -> None:
    parts = [{"began_with_its_last_picture": False}, {"began_with_its_last_picture": began}]

    settings = record_of(MARK, {**SIDECAR, "parts": parts}).settings

    assert settings["continuity"] == word
    assert "duration" not in settings


def test_a_part_of_a_clip_is_told_from_a_whole_one() -> None:
    assert record_of(MARK, {**SIDECAR, "original_frames": {"before": {}}}).of_a_part
    assert not record_of(MARK, SIDECAR).of_a_part


def test_words_of_older_files_are_understood() -> None:
    old = {**MARK, "settings": {"resolution": "720p", "hdr": "True", "exr_export": "False"}}

    assert record_of(old).settings == {"resolution": "720p", "hdr": True}


def test_settings_of_a_take_are_settings_of_an_edit() -> None:
    options = edit_options(settings_again(record_of(MARK, SIDECAR), "take_001"))

    assert (options.prompt, options.handles, options.cadence) == ("ink", 8, "frame")
    assert options.settings().style == StyleStamp("ink", 2, "ab")


def test_a_take_that_nobody_says_anything_of_cannot_be_made_again() -> None:
    with pytest.raises(SelectionError, match="Nothing says how take_001"):
        settings_again(TakeRecord(), "take_001")


ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from([*SIDECAR, "lut", "file", "name", "hdr"]), inner),
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(st.sampled_from([*SIDECAR]), ANYTHING),
    st.one_of(st.none(), st.dictionaries(st.sampled_from([*SIDECAR]), ANYTHING)),
)
def test_no_file_breaks_the_reading(mark: dict[str, Any], sidecar: dict[str, Any] | None) -> None:
    record = record_of(mark, sidecar)

    assert isinstance(record.prompt, str)
    assert all(value is not None for value in record.settings.values())
