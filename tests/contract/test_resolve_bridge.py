"""Every bridge to Resolve, in Python and in Lua, keeps the same promises to the same requests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bridge_ways import WAYS, Conversation, call
from newtake.testing.resolve import FakeResolve

NAME = 'Szene "1"\nnächste \\ 場面 🎬'
"""What editors write into names, and JSON must bring over."""


class Scene:
    """A 25 fps timeline with one clip, 50 frames from frame 11 of 200, and a way to it."""

    def __init__(self, version: str) -> None:
        self.fake = FakeResolve(version, rate="25")
        self.timeline = self.fake.add_timeline("Reel 1")
        self.media = self.fake.add_made_media(NAME, frames=200, rate="25")
        self.clip = self.fake.add_item(self.media, source_start=11, duration=50)


Open = Callable[..., tuple[Scene, Conversation]]


@pytest.fixture(params=WAYS)
def open_way(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    with ExitStack() as ways:

        def opened(version: str = "21.1") -> tuple[Scene, Conversation]:
            scene = Scene(version)
            exchange = ways.enter_context(WAYS[request.param](scene.fake, tmp_path / "resolve"))
            return scene, Conversation(exchange, request.param)

        yield opened


def clip_call(scene: Scene, method: str, *args: Any, **more: Any) -> dict[str, Any]:
    return call(method, {"item": scene.clip}, *args, **more)


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


def test_results_are_the_objects_of_later_calls(open_way: Open) -> None:
    scene, bridge = open_way()

    answer = bridge.run(
        call("GetItemListInTrack", "timeline", "video", 1),
        call("GetMediaPoolItem", {"result": 0, "at": 0}),
        call("GetName", {"result": 1}),
        call("GetName", {"media": scene.media}),
    )

    items, media, name, same_name = answer["ok"]
    assert items == [{"$": {"item": scene.clip}}]
    assert media == {"$": {"media": scene.media}}
    assert name == same_name == NAME


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


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ({"item": "no such"}, "not_found"),
        ({"media": "no such"}, "not_found"),
        ({"folder": "no such"}, "not_found"),
        ({"timeline": "no such"}, "not_found"),
        ({"project": "no such"}, "not_found"),
        ({"item": "no such", "in": "no such"}, "not_found"),
        ({"result": 3}, "request"),
        ({"result": 0, "at": 9}, "not_found"),
        ({"planet": "Mars"}, "request"),
        ("planet", "request"),
        ("item", "request"),
    ],
)
def test_an_address_that_leads_nowhere_says_so(open_way: Open, address: Any, kind: str) -> None:
    _, bridge = open_way()
    first = call("GetItemListInTrack", "timeline", "video", 1)

    assert bridge.error(first, call("GetName", address))["kind"] == kind


def test_every_name_of_an_address_leads_to_its_object(open_way: Open) -> None:
    scene, bridge = open_way()

    answer = bridge.run(
        call("GetVersion", "resolve"),
        call("GetCurrentProject", "project_manager"),
        call("GetName", "project"),
        call("GetRootFolder", "pool"),
        call("GetName", "root_folder"),
        call("GetName", "current_folder"),
        call("GetMountedVolumeList", "storage", want="any"),
        call("GetName", {"timeline": scene.timeline}),
        call("GetName", {"item": scene.clip, "in": scene.timeline}),
    )

    assert "error" not in answer
    names = answer["ok"]
    assert names[2] == "Feature"
    assert names[4] == names[5] == "Master"
    assert names[7] == "Reel 1"


def test_an_object_of_another_timeline_is_found_by_its_timeline(open_way: Open) -> None:
    scene, bridge = open_way()
    scene.fake.add_timeline("Reel 2")

    assert bridge.error(clip_call(scene, "GetName"))["kind"] == "not_found"
    there = call("GetName", {"item": scene.clip, "in": scene.timeline})
    assert bridge.run(there)["ok"] == [NAME]


def test_handles_of_another_project_are_not_used(open_way: Open) -> None:
    scene, bridge = open_way()
    listing = call("GetItemListInTrack", "timeline", "video", 1)
    assert bridge.run(listing)["ok"] == [[{"$": {"item": scene.clip}}]]
    first = bridge.run(call("GetUniqueId", "project"))["ok"][0]

    scene.fake.add_project("Another")
    scene.fake.add_timeline("Reel 9")
    assert bridge.error(clip_call(scene, "GetName"))["kind"] == "not_found"
    assert bridge.error(call("GetName", {"project": first}))["kind"] == "not_found"

    scene.fake.switch_project("Feature")
    assert bridge.run(clip_call(scene, "GetName"))["ok"] == [NAME]


def test_a_deleted_item_is_not_found_although_it_was_handed_out(open_way: Open) -> None:
    scene, bridge = open_way()
    assert "ok" in bridge.run(clip_call(scene, "GetName"))

    scene.fake.delete_item(scene.clip)

    assert bridge.error(clip_call(scene, "GetName"))["kind"] == "not_found"


def test_a_dialog_is_silence_not_a_failure_of_the_call(open_way: Open) -> None:
    scene, bridge = open_way()
    assert "ok" in bridge.ask("hello")

    scene.fake.open_dialog()
    silent = bridge.error(clip_call(scene, "GetName"))
    hello = bridge.ask("hello")
    scene.fake.close_dialog()

    assert silent["kind"] == "silent"
    assert hello["error"]["kind"] == "silent"
    assert bridge.run(clip_call(scene, "GetName"))["ok"] == [NAME]


def test_a_dialog_that_opens_during_a_check_is_silence(open_way: Open) -> None:
    scene, bridge = open_way()
    scene.fake.on_call("SetClipColor", "dialog", moment="after")
    check = {"call": "GetClipColor", "equals": "Teal"}

    error = bridge.error(clip_call(scene, "SetClipColor", "Teal", want="any", check=check))

    assert error["kind"] == "silent"
    scene.fake.close_dialog()


def test_a_resolve_that_has_quit_is_gone(open_way: Open) -> None:
    scene, bridge = open_way()
    assert "ok" in bridge.ask("hello")

    scene.fake.quit()

    kind = bridge.error(clip_call(scene, "GetName"))["kind"]
    # From inside, the end of Resolve looks as an open dialog does until its own end ends the menu.
    assert kind == "gone" if bridge.way in ("here", "child") else kind == "silent"


def test_what_comes_afterwards_is_done_whatever_failed_before(open_way: Open) -> None:
    scene, bridge = open_way()
    bad = clip_call(scene, "SetClipColor", "no colour", want="true")
    never = clip_call(scene, "SetClipColor", "Orange", want="true")
    after = clip_call(scene, "SetClipColor", "Teal", want="true")
    worse = call("GetName", {"result": "x"})

    answer = bridge.run(call("GetName"), bad, never, afterwards=(worse, bad, after))

    assert answer["error"]["at"] == 1
    assert answer["done"] == ["Reel 1"]
    assert [each["kind"] for each in answer["finally_errors"]] == ["request", "refused"]
    assert scene.fake.item(scene.clip)["color"] == "Teal"


def test_what_comes_afterwards_is_done_after_a_call_that_makes_no_sense(open_way: Open) -> None:
    scene, bridge = open_way()
    after = clip_call(scene, "SetClipColor", "Teal", want="true")

    for nonsense in ({"on": "timeline"}, call("GetName", 5), call("GetName", "timeline", want="?")):
        scene.fake.change_item(scene.clip, color="")
        answer = bridge.run(nonsense, afterwards=(after,))
        assert answer["error"]["kind"] == "request"
        assert scene.fake.item(scene.clip)["color"] == "Teal"


def test_what_comes_afterwards_may_speak_of_what_came_before(open_way: Open) -> None:
    scene, bridge = open_way()
    scene.fake.set_current_bin("Rushes/Day 1")
    current = call("GetCurrentFolder", "pool")
    away = call("SetCurrentFolder", "pool", {"$": "root_folder"}, want="true")
    back = call("SetCurrentFolder", "pool", {"$": {"result": 0}}, want="true")
    bad = clip_call(scene, "SetClipColor", "no colour", want="true")

    before = scene.fake.snapshot()["current_bin"]
    answer = bridge.run(current, away, bad, afterwards=(back,))

    assert answer["error"]["at"] == 2
    assert "finally_errors" not in answer
    assert scene.fake.snapshot()["current_bin"] == before
    # What it speaks of was never made: nothing is done.
    answer = bridge.run(bad, current, afterwards=(back,))
    assert len(answer["finally_errors"]) == 1
    assert scene.fake.snapshot()["current_bin"] == before


def test_errors_of_what_comes_afterwards_stand_beside_a_success(open_way: Open) -> None:
    scene, bridge = open_way()
    bad = clip_call(scene, "SetClipColor", "no colour", want="true")

    answer = bridge.run(call("GetName"), afterwards=(bad,))

    assert answer["ok"] == ["Reel 1"]
    assert [each["kind"] for each in answer["finally_errors"]] == ["refused"]


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


def test_a_listing_in_which_resolve_falls_silent_is_no_listing(open_way: Open) -> None:
    scene, bridge = open_way()
    scene.fake.add_item(scene.media, source_start=100, duration=20)
    scene.fake.on_call("GetStart", "dialog", skip=1)

    rows = bridge.ask(
        "each",
        list=call("GetItemListInTrack", "timeline", "video", 1),
        get=[{"call": "GetName"}, {"call": "GetStart"}],
    )

    assert rows["error"]["kind"] == "silent"
    scene.fake.close_dialog()


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


def test_objects_go_in_and_come_out_inside_of_lists_and_dictionaries(open_way: Open) -> None:
    scene, bridge = open_way()
    ours = {"$": {"media": scene.media}}
    piece = {"mediaPoolItem": ours, "startFrame": 0, "endFrame": 9, "trackIndex": 1}

    placed, linked = bridge.run(
        call("AppendToTimeline", "pool", [piece]),
        call("GetMediaPoolItem", {"result": 0, "at": 0}),
    )["ok"]
    take = bridge.run(
        clip_call(scene, "AddTake", ours, 11, 61, want="true"),
        clip_call(scene, "GetTakeByIndex", 2),
        call("GetName", {"result": 1, "at": "mediaPoolItem"}),
    )["ok"]

    assert [list(each["$"]) for each in placed] == [["item"]]
    assert linked == ours
    assert take[1]["mediaPoolItem"] == ours
    assert take[1]["startFrame"] == 11
    assert take[2] == NAME


def test_an_object_that_is_an_argument_and_gone_is_not_sent(open_way: Open) -> None:
    scene, bridge = open_way()

    error = bridge.error(clip_call(scene, "AddTake", {"$": {"media": "gone"}}, 0, 50))

    assert error["kind"] == "not_found"
    assert "AddTake" not in [each.method for each in scene.fake.calls]


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
