"""Every bridge to Resolve finds the object that an address names, and no other one for it."""

from __future__ import annotations

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
