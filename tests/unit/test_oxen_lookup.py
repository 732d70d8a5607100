"""After a crash a submission is recognised by its input, and never mistaken for another."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from newtake.adapters.oxen_lookup import contradictions, is_before, matching_ids, wanted_of
from newtake.adapters.oxen_rows import Row, read_row
from newtake.domain.edit import EditSettings
from newtake.domain.job import Intent

AT = 1_700_000_000.0
URL = "https://cdn.example/newtake/plate.mp4?signature=1"
INTENT = Intent(AT, hashlib.sha256(URL.encode()).hexdigest(), "/newtake/plate.mp4")


def row(name: str, url: Any = URL, prompt: str = "oil", at: Any = AT) -> Row:
    fields = {
        "generation_id": name,
        "status": "queued",
        "input_video": url,
        "prompt": prompt,
        "enqueued_at": at,
    }
    return read_row(fields)[0]


RESIGNED = URL.replace("=1", "=2")


def test_the_exact_address_decides_whatever_the_prompt_and_time() -> None:
    rows = [row("likely", RESIGNED), row("exact", URL, prompt="other", at=None)]
    assert matching_ids(rows, INTENT, {"prompt": "oil"}) == ("exact",)


def test_every_variation_is_found_once_and_in_order() -> None:
    rows = [row("b", at=AT + 2), row("a", at=AT + 1), row("b", at=AT + 2)]
    assert matching_ids(rows, INTENT, {"prompt": "oil"}) == ("a", "b")


def test_another_signature_of_the_same_file_is_likely_with_prompt_and_time() -> None:
    assert matching_ids([row("a", RESIGNED, at=AT - 100)], INTENT, {"prompt": "oil"}) == ("a",)


def test_likeness_needs_path_prompt_and_time() -> None:
    rows = [
        row("other-file", "https://cdn.example/newtake/other.mp4"),
        row("other-prompt", RESIGNED, prompt="ink"),
        row("long-before", RESIGNED, at=AT - 121),
        row("no-time", RESIGNED, at=None),
        row("no-input", None),
        row("no-address", "https://["),
    ]
    assert matching_ids(rows, INTENT, {"prompt": "oil"}) == ()


WANTED = wanted_of(EditSettings("oil", resolution="720p"), "5s")


def test_nothing_speaks_against_the_exact_address_or_a_new_signature() -> None:
    assert contradictions(row("a", URL, prompt="other", at=AT - 9999), INTENT, WANTED) == ()
    assert contradictions(row("a", RESIGNED), INTENT, WANTED) == ()


def test_what_a_row_does_not_say_speaks_for_nothing() -> None:
    bare = read_row({"generation_id": "a", "status": "queued"})[0]
    assert contradictions(bare, INTENT, WANTED) == ()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"input_video": "https://cdn.example/other.mp4"}, ("input",)),
        ({"input_video": "https://["}, ("input",)),
        ({"prompt": "ink"}, ("prompt",)),
        ({"enqueued_at": AT - 9999}, ("time, before this job's",)),
        ({"resolution": "1080p", "duration": 10}, ("resolution", "duration")),
    ],
)
def test_what_a_row_says_otherwise_is_named(
    fields: dict[str, Any], expected: tuple[str, ...]
) -> None:
    read = read_row({"generation_id": "a", "status": "queued", **fields})[0]
    assert contradictions(read, INTENT, WANTED) == expected


def test_a_row_is_before_the_intent_only_beyond_the_clocks_slack() -> None:
    assert is_before(row("a", at=AT - 121), INTENT)
    assert not is_before(row("a", at=AT - 119), INTENT)
    assert not is_before(row("a", at=None), INTENT)


EDIT = EditSettings("oil", resolution="720p", edit_strength="flex_1", hdr=True, variations=2)


@pytest.mark.parametrize(
    "said",
    [
        {"resolution": "540p"},
        {"duration": "10s"},
        {"duration": 10},
        {"edit_strength": "adhere_1"},
        {"params": {"edit_strength": "adhere_1"}},
        {"auto_controls": True},
        {"hdr": False},
        {"exr_export": True},
        {"num_generations": 1},
        {"input_image": "https://cdn.example/first.png"},
    ],
    ids=str,
)
def test_a_path_of_other_settings_is_another_submission(said: dict[str, object]) -> None:
    fields = {**row("a", RESIGNED).model_dump(), **said}
    wanted = wanted_of(EDIT, "5s")
    assert matching_ids([Row.model_validate(fields)], INTENT, wanted) == ()


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"resolution": "720p", "duration": "5s", "edit_strength": "flex_1", "hdr": True},
        {"resolution": 720, "duration": 5, "num_generations": "2", "hdr": "true"},
        {"auto_controls": False, "exr_export": None, "input_image": None},
        {"params": {"edit_strength": "flex_1"}, "something_else": "x"},
    ],
    ids=str,
)
def test_what_a_row_does_not_say_of_its_settings_counts_for_nothing(
    said: dict[str, object],
) -> None:
    fields = {**row("a", RESIGNED).model_dump(), **said}
    wanted = wanted_of(EDIT, "5s")
    assert matching_ids([Row.model_validate(fields)], INTENT, wanted) == ("a",)
