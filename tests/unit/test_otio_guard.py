"""What is refused before OpenTimelineIO's own reader sees it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from newtake.domain.errors import TimelineError
from otio_newtake.guard import MAX_CLIPS, MAX_DEPTH, MAX_NESTED_STACKS, checked_text

VERSIONS = {"Timeline": 1, "Stack": 1, "Track": 1, "Clip": 2, "Marker": 2, "Gap": 1}


def document(*children: dict[str, Any], **fields: Any) -> dict[str, Any]:
    track = {"OTIO_SCHEMA": "Track.1", "kind": "Video", "children": list(children)}
    stack = {"OTIO_SCHEMA": "Stack.1", "children": [track]}
    return {"OTIO_SCHEMA": "Timeline.1", "tracks": stack, **fields}


def clip(value: Any = 24, rate: Any = 24.0, start: Any = 0) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "Clip.2",
        "name": "A",
        "source_range": {
            "OTIO_SCHEMA": "TimeRange.1",
            "start_time": {"OTIO_SCHEMA": "RationalTime.1", "value": start, "rate": rate},
            "duration": {"OTIO_SCHEMA": "RationalTime.1", "value": value, "rate": rate},
        },
    }


def check(found: object) -> str:
    return checked_text(json.dumps(found).encode(), VERSIONS)


def refusal(raw: bytes) -> str:
    with pytest.raises(TimelineError) as caught:
        checked_text(raw, VERSIONS)
    return f"{caught.value.what} {caught.value.why}"


def test_an_ordinary_timeline_passes_unchanged() -> None:
    text = json.dumps(document(clip()))
    assert text == checked_text(text.encode(), VERSIONS)


def test_a_byte_order_mark_is_taken_off() -> None:
    text = json.dumps(document(clip()))
    assert text == checked_text(b"\xef\xbb\xbf" + text.encode(), VERSIONS)


def test_brackets_inside_strings_are_no_nesting() -> None:
    hostile = '"' + "[" * 500 + '\\"' + "{" * 500 + "\\"
    assert check(document(clip(), metadata={"note": hostile, "x\\": "\\\\["}))


@pytest.mark.parametrize("bracket", ["[", '{"a":'])
def test_deep_nesting_is_refused_without_recursion(bracket: str) -> None:
    closing = "]" if bracket == "[" else "}"
    deep = bracket * 50_000 + "1" + closing * 50_000
    raw = ('{"OTIO_SCHEMA":"Timeline.1","metadata":{"x":' + deep + "}}").encode()
    assert "50002 levels deep" in refusal(raw)


def test_nesting_up_to_the_limit_passes() -> None:
    room = MAX_DEPTH - 2
    deep: Any = 1
    for _ in range(room):
        deep = [deep]
    assert check(document(clip(), metadata={"x": deep}))
    with pytest.raises(TimelineError, match=f"{MAX_DEPTH + 1} levels"):
        check(document(clip(), metadata={"x": [deep]}))


def test_nested_stacks_have_a_limit_of_their_own() -> None:
    item: dict[str, Any] = clip()
    for _ in range(MAX_NESTED_STACKS):
        item = {"OTIO_SCHEMA": "Stack.1", "children": [item]}
    assert check(document(item))
    with pytest.raises(TimelineError, match="nests more than"):
        check(document({"OTIO_SCHEMA": "Stack.1", "children": [item]}))


@pytest.mark.parametrize("name", ["SerializableObjectRef.1", "Serializable\\u004fbjectRef.1"])
def test_object_references_are_refused(name: str) -> None:
    raw = json.dumps(document({"OTIO_SCHEMA": "REF", "id": "Track-1"})).replace("REF", name)
    assert "SerializableObjectRef" in refusal(raw.encode())


@pytest.mark.parametrize(
    "tracks",
    [None, [], "x", {"OTIO_SCHEMA": "Track.1", "children": []}, {"children": []}],
)
def test_a_timeline_needs_a_stack_of_tracks(tracks: object) -> None:
    with pytest.raises(TimelineError, match="no stack of tracks"):
        check({"OTIO_SCHEMA": "Timeline.1", "tracks": tracks})


def test_a_timeline_inside_a_collection_needs_its_tracks_too() -> None:
    inner = {"OTIO_SCHEMA": "Timeline.1", "tracks": None}
    with pytest.raises(TimelineError, match="no stack of tracks"):
        check({"OTIO_SCHEMA": "SerializableCollection.1", "children": [inner]})


def test_a_name_given_twice_is_refused_because_readers_differ() -> None:
    text = json.dumps(document(clip())).replace(
        '{"OTIO_SCHEMA"', '{"tracks": null, "OTIO_SCHEMA"', 1
    )
    assert "'tracks' twice" in refusal(text.encode())


@pytest.mark.parametrize("rate", [0, 0.0, -24, 1e308, float("nan"), float("inf"), None, "24", True])
def test_impossible_rates_of_a_range_are_refused(rate: object) -> None:
    with pytest.raises(TimelineError, match="'A'"):
        check(document(clip(rate=rate)))


@pytest.mark.parametrize("value", [-1, 1e308, 2**63 - 1, float("nan"), float("-inf"), None, []])
def test_impossible_lengths_are_refused(value: object) -> None:
    with pytest.raises(TimelineError, match="'A'"):
        check(document(clip(value=value)))


def test_a_negative_start_is_a_start() -> None:
    assert check(document(clip(start=-12)))


def test_impossible_numbers_in_metadata_stop_nothing() -> None:
    assert check(document(clip(), metadata={"x": float("nan"), "y": 1e308}))


@pytest.mark.parametrize("field", ["in_offset", "out_offset"])
def test_a_transition_without_times_is_refused(field: str) -> None:
    with pytest.raises(TimelineError, match="transition"):
        check(document({"OTIO_SCHEMA": "Transition.1", field: None}))


def test_a_start_time_that_is_none_is_refused_unless_it_is_null() -> None:
    assert check(document(clip(), global_start_time=None))
    with pytest.raises(TimelineError, match="start time"):
        check(document(clip(), global_start_time={"value": 86400, "rate": 0}))


def test_a_schema_newer_than_the_library_is_named() -> None:
    marked = {**clip(), "markers": [{"OTIO_SCHEMA": "Marker.3"}]}
    with pytest.raises(TimelineError, match=r"newer OpenTimelineIO \(Marker\.3\)"):
        check(document(marked))


@pytest.mark.parametrize("schema", ["Clip.-1", "Clip", "Clip.x", "."])
def test_a_schema_without_a_version_is_refused(schema: str) -> None:
    with pytest.raises(TimelineError, match="no known kind"):
        check(document({"OTIO_SCHEMA": schema}))


def test_there_is_a_most_of_clips() -> None:
    raw = json.dumps(document(*[{"OTIO_SCHEMA": "Clip.2"}] * (MAX_CLIPS + 1))).encode()
    assert f"{MAX_CLIPS + 1} clips" in refusal(raw)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "not valid JSON"),
        (b"EDL TITLE: x", "not valid JSON"),
        (b'{"OTIO_SCHEMA": "Timeline.1"', "not valid JSON"),
        (b"\x89PNG\r\n", "not text in UTF-8"),
        ('{"name": "Média"}'.encode("latin-1"), "Byte 11"),
        ("{}".encode("utf-16"), "UTF-16"),
        (b"[1, 2]", "no OpenTimelineIO"),
        (b"7", "no OpenTimelineIO"),
        (b"null", "no OpenTimelineIO"),
        (b"{}", "no OpenTimelineIO"),
        (b'{"OTIO_SCHEMA": "Adapter.1"}', "holds a Adapter.1"),
        (b'{"OTIO_SCHEMA": "PluginManifest.1"}', "holds a PluginManifest.1"),
        (b'{"OTIO_SCHEMA": "Marker.2"}', "holds a Marker.2"),
        (b'{"OTIO_SCHEMA": "Track.1", "children": null}', "no list"),
        (b'{"OTIO_SCHEMA": "Track.1", "children": [null]}', "no object"),
        (b'{"OTIO_SCHEMA": "Track.1", "children": [' + b"9" * 5000 + b"]}", ""),
    ],
)
def test_what_is_no_timeline_is_refused_in_words(raw: bytes, words: str) -> None:
    assert words in refusal(raw)
