"""Every bridge to Resolve, in Python and in Lua, makes calls and answers lines in the same way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bridge_scene import NAME, Open, clip_call, opening
from bridge_ways import WAYS, call


@pytest.fixture(params=WAYS)
def open_way(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    with opening(request.param, tmp_path / "resolve") as opened:
        yield opened


def test_hello_says_who_answers(open_way: Open) -> None:
    _, bridge = open_way("21.0.4")

    hello = bridge.ask("hello")["ok"]

    assert hello["version"][:3] == [21, 0, 4]
    assert hello["product"] == "DaVinci Resolve Studio"
    assert hello["studio"] is True
    assert hello["page"] == "edit"
    assert hello["protocol"] == 1
    ways = {"here": "outside", "child": "outside", "menu": "menu", "lua": "lua"}
    assert hello["way"] == ways[bridge.way]


def test_names_come_back_as_they_were_written(open_way: Open) -> None:
    _, bridge = open_way()

    answer = bridge.run(
        call("SetName", "timeline", NAME, want="true", check={"call": "GetName", "equals": NAME}),
        call("GetName"),
    )

    assert answer == {"ok": [True, NAME]}


def test_what_reads_back_otherwise_is_not_as_written(open_way: Open) -> None:
    scene, bridge = open_way()
    check = {"call": "GetClipColor", "equals": "Teal"}

    error = bridge.error(
        call("GetName"), clip_call(scene, "SetClipColor", "Purple", want="true", check=check)
    )

    assert error["kind"] == "not_as_written"
    assert error["call"] == "TimelineItem.GetClipColor"
    assert error["value"] == "Purple"
    assert error["at"] == 1


def test_a_check_reads_one_field_of_another_object_and_rounds(open_way: Open) -> None:
    scene, bridge = open_way()
    frame = {"call": "GetStart", "on": {"item": scene.clip}, "equals": 90001}
    near = {**frame, "within": 1}
    field = {"call": "GetClipProperty", "on": {"media": scene.media}, "field": "Frames"}

    assert bridge.run(call("GetName", check=near))["ok"] == ["Reel 1"]
    assert bridge.error(call("GetName", check=frame))["value"] == 90000
    assert bridge.run(call("GetName", check={**field, "equals": "200"}))["ok"] == ["Reel 1"]
    error = bridge.error(call("GetName", check={**field, "field": "Nothing", "equals": "200"}))
    assert (error["kind"], error["value"]) == ("not_as_written", None)


def test_a_check_of_objects_compares_who_they_are(open_way: Open) -> None:
    scene, bridge = open_way()
    is_ours = {"call": "GetMediaPoolItem", "equals": {"$": {"media": scene.media}}}
    is_another = {"call": "GetMediaPoolItem", "equals": {"$": {"media": "another"}}}

    assert "ok" in bridge.run(clip_call(scene, "GetName", check=is_ours))
    assert bridge.error(clip_call(scene, "GetName", check=is_another))["kind"] == "not_as_written"


def test_each_kind_of_want_has_its_own_failure(open_way: Open) -> None:
    scene, bridge = open_way()
    nowhere = clip_call(scene, "GetMarkerByCustomData", "no such")

    assert bridge.run({**nowhere, "want": "any"})["ok"] == [{}]
    assert bridge.error(nowhere)["kind"] == "nothing"
    assert bridge.run(clip_call(scene, "GetTakesCount"))["ok"] == [0]
    assert bridge.run(clip_call(scene, "GetTakesCount", want="number"))["ok"] == [0]
    assert bridge.error(clip_call(scene, "GetName", want="number"))["kind"] == "nothing"
    assert bridge.error(clip_call(scene, "GetName", want="list"))["kind"] == "nothing"
    empty = call("GetItemListInTrack", "timeline", "audio", 1, want="list")
    assert bridge.run(empty)["ok"] == [[]]
    assert bridge.error({**empty, "want": "value"})["kind"] == "nothing"


def test_false_is_a_refusal_and_none_is_nothing(open_way: Open) -> None:
    scene, bridge = open_way()

    refused = bridge.error(clip_call(scene, "SetClipColor", "no colour", want="true"))
    nothing = bridge.error(call("GetTakeByIndex", {"item": scene.clip}, 7))

    assert (refused["kind"], refused["call"], refused["value"]) == (
        "refused",
        "TimelineItem.SetClipColor",
        False,
    )
    assert (nothing["kind"], nothing["value"]) == ("nothing", None)


def test_an_absent_list_is_an_empty_one_while_resolve_answers(open_way: Open) -> None:
    scene, bridge = open_way()
    scene.fake.on_call("GetMarkers", "refuse")

    assert bridge.run(clip_call(scene, "GetMarkers", want="list"))["ok"] == [[]]


@pytest.mark.parametrize(
    ("version", "on", "method", "args"),
    [
        ("19.1", "timeline", "GetSelectedClips", []),
        ("21.0", "timeline", "GetSelectedClips", []),
        ("21.1", "timeline", "GetSetting", ["timelineFrameRate"]),
        ("18.6", "media", "SetThirdPartyMetadata", ["a", "b"]),
        ("21.1", "timeline", "NoSuchMethod", []),
    ],
)
def test_a_method_that_the_version_does_not_document_is_not_called(
    open_way: Open, version: str, on: str, method: str, args: list[str]
) -> None:
    scene, bridge = open_way(version)

    error = bridge.error(call(method, {"media": scene.media} if on == "media" else on, *args))

    assert error["kind"] == "no_method"
    assert error["call"].endswith(f".{method}")
    assert method not in [each.method for each in scene.fake.calls]
    assert scene.fake.violations == []


@pytest.mark.parametrize(
    ("version", "method"),
    [("21.0.4", "GetSelectedClips"), ("21.1", "GetSelectedClips"), ("22.0", "GetSelectedClips")],
)
def test_a_method_is_called_from_its_version_on(open_way: Open, version: str, method: str) -> None:
    scene, bridge = open_way(version)
    scene.fake.select([scene.clip])

    assert bridge.run(call(method))["ok"] == [[{"$": {"item": scene.clip}}]]


def test_a_method_that_a_later_version_dropped_is_called_up_to_the_last(open_way: Open) -> None:
    _, bridge = open_way("21.0.4")

    assert bridge.run(call("GetSetting", "timeline", "timelineFrameRate"))["ok"] != [None]


def test_a_wrong_number_of_arguments_is_not_sent(open_way: Open) -> None:
    scene, bridge = open_way()

    error = bridge.error(clip_call(scene, "GetName", "too", "many"))

    assert (error["kind"], error["value"]) == ("arguments", 2)
    assert scene.fake.violations == []


@pytest.mark.parametrize("line", ["\n", "nonsense\n", "[1, 2]\n", "7\n", '{"id": 1\n', '"text"\n'])
def test_a_line_that_is_no_request_is_answered_and_survived(open_way: Open, line: str) -> None:
    _, bridge = open_way()

    answer = json.loads(bridge.exchange(line))

    assert answer["id"] is None
    assert answer["error"]["kind"] == "request"
    assert "ok" in bridge.ask("hello")


def test_a_request_for_something_unknown_is_answered_and_survived(open_way: Open) -> None:
    _, bridge = open_way()

    assert bridge.ask("dance")["error"]["kind"] == "request"
    assert bridge.ask("run")["error"]["kind"] == "request"
    assert "ok" in bridge.ask("hello")


def test_each_reads_the_same_of_every_object(open_way: Open) -> None:
    scene, bridge = open_way()
    second = scene.fake.add_item(scene.media, source_start=100, duration=20)
    gets = [{"call": "GetStart"}, {"call": "GetTakeByIndex", "args": [9]}, {"call": "GetNope"}]

    rows = bridge.ask("each", list=call("GetItemListInTrack", "timeline", "video", 1), get=gets)

    assert [row["object"] for row in rows["ok"]] == [
        {"$": {"item": scene.clip}},
        {"$": {"item": second}},
    ]
    starts = [row["values"][0]["ok"] for row in rows["ok"]]
    assert starts == [90000, 90050]
    kinds = {row["values"][k]["error"]["kind"] for row in rows["ok"] for k in (1, 2)}
    assert kinds == {"nothing", "no_method"}


def test_a_huge_listing_comes_whole(open_way: Open) -> None:
    scene, bridge = open_way()
    for _ in range(400):
        scene.fake.add_item(scene.media, duration=2)

    rows = bridge.ask(
        "each",
        list=call("GetItemListInTrack", "timeline", "video", 1),
        get=[{"call": "GetName"}, {"call": "GetStart"}, {"call": "GetDuration"}],
    )["ok"]

    assert len(rows) == 401
    assert rows[400]["values"] == [{"ok": NAME}, {"ok": 90000 + 50 + 2 * 399}, {"ok": 2}]


def test_keys_that_are_frames_are_whole_numbers(open_way: Open) -> None:
    scene, bridge = open_way()
    marker = ("Blue", NAME, "note", 1, '{"newtake": 1}')

    for frame in (1, 20):
        add = clip_call(scene, "AddMarker", frame, *marker, want="true")
        assert bridge.run(add)["ok"] == [True]
        markers = bridge.run(clip_call(scene, "GetMarkers"))["ok"][0]
        assert markers[str(frame)]["name"] == NAME
        assert markers[str(frame)]["customData"] == '{"newtake": 1}'

    assert set(markers) == {"1", "20"}


def test_a_word_of_resolves_own_is_handed_on_as_it_is(open_way: Open, tmp_path: Path) -> None:
    _, bridge = open_way()
    cut, none = tmp_path / "cut.otio", {"$": {"constant": "EXPORT_NONE"}}

    def export(word: str) -> Any:
        return bridge.run(call("Export", "timeline", str(cut), {"$": {"constant": word}}, none))

    assert export("EXPORT_NO_SUCH")["error"]["kind"] == "not_found"
    assert not cut.exists()
    assert export("EXPORT_OTIO") == {"ok": [True]}
    assert cut.exists()


def test_bye_is_answered_and_ends_the_conversation(open_way: Open) -> None:
    _, bridge = open_way()

    assert bridge.ask("bye") == {"ok": None}
