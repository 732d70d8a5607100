"""Every bridge tells a silent or gone Resolve from a failure, and does what comes afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge_scene import NAME, Open, clip_call, opening
from bridge_ways import WAYS, call


@pytest.fixture(params=WAYS)
def open_way(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    with opening(request.param, tmp_path / "resolve") as opened:
        yield opened


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
