"""A clip in Resolve shows that a take is being made for it, and looks as before when it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from newtake.hosts.resolve.host import ResolveHost
from newtake.hosts.resolve.showing import tidy
from newtake.testing.resolve.state import Marker
from resolve_relinks import DURATION, HANDLE, LEFT, START, VERSIONS, Scene, scene

pytestmark = pytest.mark.anyio


def host(here: Scene) -> ResolveHost:
    return ResolveHost(here.target, here.calls)


def look(here: Scene) -> tuple[str, list[int]]:
    item = here.fake.item(here.clip)
    return item["color"], [marker["frame"] for marker in item["markers"]]


async def at_work(here: Scene, job: str = "job1") -> None:
    await host(here).show_at_work(str(here.key), job, "oil painting")


async def at_rest(here: Scene, job: str = "job1") -> None:
    await host(here).show_at_rest(str(here.key), job)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("colour", ["", "Teal"])
async def test_a_clip_is_marked_and_looks_as_before_afterwards(
    version: str, colour: str, tmp_path: Path
) -> None:
    here = scene(tmp_path, version)
    here.fake.change_item(here.clip, color=colour)
    before = here.fake.snapshot()
    await at_work(here)
    assert look(here) == ("Purple", [LEFT])
    marker = here.fake.item(here.clip)["markers"][0]
    assert (marker["name"], marker["note"]) == ("New Take", "oil painting")
    marked = here.fake.snapshot()
    await at_work(here)
    assert here.fake.snapshot() == marked
    await at_rest(here)
    assert here.fake.snapshot() == before
    await at_rest(here)
    assert here.fake.snapshot() == before
    assert here.fake.violations == []


async def test_a_frame_with_a_marker_of_an_editor_is_left_to_it(tmp_path: Path) -> None:
    here = scene(tmp_path)
    theirs = here.fake.resolve.GetProjectManager().GetCurrentProject().GetCurrentTimeline()
    item = theirs.GetItemListInTrack("video", 1)[1]
    assert item.AddMarker(LEFT, "Red", "look", "", 1, "")
    await at_work(here)
    assert look(here)[1] == [LEFT, LEFT + 1]
    await at_rest(here)
    assert look(here)[1] == [LEFT]


async def test_an_editor_s_own_change_of_colour_stays(tmp_path: Path) -> None:
    here = scene(tmp_path)
    await at_work(here)
    here.fake.change_item(here.clip, color="Navy")
    await at_rest(here)
    assert look(here) == ("Navy", [])


@pytest.mark.parametrize("first", ["job1", "job2"])
async def test_two_jobs_of_one_clip_end_in_any_order(first: str, tmp_path: Path) -> None:
    here = scene(tmp_path)
    here.fake.change_item(here.clip, color="Teal")
    await at_work(here, "job1")
    await at_work(here, "job2")
    assert look(here) == ("Purple", [LEFT, LEFT + 1])
    await at_rest(here, first)
    assert look(here)[0] == "Purple"
    await at_rest(here, "job1" if first == "job2" else "job2")
    assert look(here) == ("Teal", [])


async def test_the_mark_goes_from_a_clip_that_was_moved_and_got_its_take(tmp_path: Path) -> None:
    here = scene(tmp_path)
    await at_work(here)
    take = here.take()
    here.fake.move_item(here.clip, 95000)
    assert (await here.add(take)).place == "take"
    await at_rest(here)
    assert look(here) == ("", [])
    assert here.item()["source_start"] == HANDLE
    assert here.item()["duration"] == DURATION


async def test_a_mark_finds_a_clip_that_has_another_id(tmp_path: Path) -> None:
    here = scene(tmp_path)
    await at_work(here)
    take = here.take()
    here.fake.move_item(here.clip, 95000)
    here.fake.change_item(here.clip, uid="another")
    placed = await here.add(take)
    assert placed.place == "take"


async def test_an_editor_that_is_away_or_elsewhere_is_no_error(tmp_path: Path) -> None:
    here = scene(tmp_path)
    here.fake.add_timeline("Reel 2")
    before = here.fake.snapshot()
    await at_work(here)
    await at_rest(here)
    assert here.fake.snapshot() == before
    here.fake.open_dialog()
    await at_work(here)
    await at_rest(here)
    here.fake.close_dialog()
    here.fake.close_project()
    await at_work(here)
    await at_rest(here)


async def test_marks_that_a_process_left_are_tidied_by_a_later_one(tmp_path: Path) -> None:
    here = scene(tmp_path)
    await at_work(here, "job1")
    await at_work(here, "job2")
    assert await tidy(here.calls, ["job1", "job9"]) == 1
    assert look(here) == ("Purple", [LEFT + 1])
    assert await tidy(here.calls, ["job2"]) == 1
    assert look(here) == ("", [])
    assert await tidy(here.calls, ["job2"]) == 0
    here.fake.close_project()
    assert await tidy(here.calls, ["job2"]) == 0


async def test_a_job_that_is_not_known_here_stays_marked(tmp_path: Path) -> None:
    here = scene(tmp_path)
    await at_work(here, "job of another journal")
    marked = here.fake.snapshot()
    assert await tidy(here.calls, ["job1"]) == 0
    assert here.fake.snapshot() == marked


@pytest.mark.parametrize("method", ["AddMarker", "SetClipColor", "ClearClipColor"])
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_mark_that_broke_off_is_taken_away_by_the_next(
    method: str, moment: Any, tmp_path: Path
) -> None:
    here = scene(tmp_path)
    here.fake.on_call(method, "quit", moment=moment)
    await at_work(here)
    await at_rest(here)
    here.fake.world.has_quit = False
    await tidy(here.calls, ["job1"])
    assert look(here) == ("", [])


@pytest.mark.parametrize(("colour", "method"), [("Orange", "SetClipColor"), ("", "ClearClipColor")])
async def test_a_colour_that_resolve_refuses_once_is_given_back(
    colour: str, method: str, tmp_path: Path
) -> None:
    here = scene(tmp_path)
    here.fake.change_item(here.clip, color=colour)
    before = here.fake.snapshot()
    await at_work(here)
    here.fake.on_call(method, "refuse")
    await at_rest(here)
    assert here.fake.snapshot() == before


@pytest.mark.parametrize(("colour", "method"), [("Orange", "SetClipColor"), ("", "ClearClipColor")])
async def test_a_marker_stays_until_its_colour_is_given_back(
    colour: str, method: str, tmp_path: Path
) -> None:
    here = scene(tmp_path)
    here.fake.change_item(here.clip, color=colour)
    before = here.fake.snapshot()
    await at_work(here)
    marked = here.fake.snapshot()
    here.fake.on_call(method, "refuse", times=5)
    await at_rest(here)
    assert here.fake.snapshot() == marked
    assert await tidy(here.calls, ["job1"]) == 0
    here.fake.world.hooks.clear()
    assert await tidy(here.calls, ["job1"]) == 1
    assert here.fake.snapshot() == before


async def test_a_colour_that_is_refused_leaves_the_marker_alone_to_show_it(tmp_path: Path) -> None:
    here = scene(tmp_path)
    here.fake.change_item(here.clip, color="Teal")
    before = here.fake.snapshot()
    here.fake.on_call("SetClipColor", "refuse")
    await at_work(here)
    assert look(here) == ("Teal", [LEFT])
    await at_rest(here)
    assert here.fake.snapshot() == before


async def test_both_halves_of_a_cut_clip_get_their_colour_back_past_a_refusal(
    tmp_path: Path,
) -> None:
    here = scene(tmp_path)
    here.fake.change_item(here.clip, color="Teal")
    await at_work(here)
    # As when the editor cut the clip in two.
    second = here.fake.items()[2]["id"]
    (mark,) = here.fake.item(here.clip)["markers"]
    here.fake.change_item(second, markers={LEFT: Marker(**mark)}, color="Purple")
    here.fake.on_call("SetClipColor", "refuse")
    await at_rest(here)
    assert [here.fake.item(each)["color"] for each in (here.clip, second)] == ["Teal", "Teal"]
    assert [here.fake.item(each)["markers"] for each in (here.clip, second)] == [[], []]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("colour", ["", "Teal"])
async def test_parts_that_are_cut_off_get_their_colour_back_past_a_refusal(
    version: str, colour: str, tmp_path: Path
) -> None:
    here = scene(tmp_path, version)
    theirs = here.fake.copy_item(here.clip, START + 1000)
    other = here.fake.add_item(here.media, source_start=LEFT + 80, duration=20)
    for each in (theirs, other):
        here.fake.change_item(each, color="Purple")
    here.fake.change_item(here.clip, color=colour)
    await at_work(here)
    behind = here.fake.cut_item(here.clip, 20)
    last = here.fake.cut_item(behind, 10)
    here.fake.move_item(last, START + 2000)
    assert here.fake.item(last)["color"] == "Purple"
    here.fake.on_call("SetClipColor" if colour else "ClearClipColor", "refuse", skip=1)
    await at_rest(here)
    for each in (here.clip, behind, last):
        assert (here.fake.item(each)["color"], here.fake.item(each)["markers"]) == (colour, [])
    for each in (theirs, other):
        assert here.fake.item(each)["color"] == "Purple", "it is the editor's own"
    assert here.fake.violations == []


async def test_a_part_that_an_editor_coloured_keeps_it(tmp_path: Path) -> None:
    here = scene(tmp_path)
    await at_work(here)
    behind = here.fake.cut_item(here.clip, 20)
    here.fake.change_item(behind, color="Lime")
    await at_rest(here)
    assert [here.fake.item(each)["color"] for each in (here.clip, behind)] == ["", "Lime"]


async def test_parts_keep_the_colour_while_another_job_shows_it(tmp_path: Path) -> None:
    here = scene(tmp_path)
    await at_work(here)
    await at_work(here, "job2")
    behind = here.fake.cut_item(here.clip, 20)
    await at_rest(here)
    assert [here.fake.item(each)["color"] for each in (here.clip, behind)] == ["Purple"] * 2
    await at_rest(here, "job2")
    assert [here.fake.item(each)["color"] for each in (here.clip, behind)] == ["", ""]


async def test_a_part_whose_marker_was_deleted_with_the_other_is_named(tmp_path: Path) -> None:
    here = scene(tmp_path)
    here.fake.change_item(here.clip, color="Teal")
    await at_work(here)
    behind = here.fake.cut_item(here.clip, 20)
    here.fake.delete_item(here.clip)
    placed = await host(here).add_take(here.take())
    assert placed.place == "bin"
    assert f"V1 at frame {START + 50} has the clip colour Purple" in placed.notes[-1]
    here.fake.change_item(behind, color="Teal")
    assert "Purple" not in str((await host(here).add_take(here.take())).notes)
